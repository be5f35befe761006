"""A whole round without people (diễn tập một quy trình): every step in its turn, down to the dossier.

Procedures that are held together share a sitting wherever the same people are summoned. Each ballot is a real
conference of `voting.rehearsal.conference`; steps without a ballot end in signed list decisions.
Step feeds step through signed files alone, as in earnest; a tie across the last place goes to the head.
"""

import hashlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from sqlalchemy import select

from keys.files.durable import write_whole
from keys.files.signing import SigningKey
from tally.minutes import renderer_versions
from voting.documents.bundles.ledger import Ledger, Sitting
from voting.documents.bundles.signed import read_signed
from voting.documents.conferences.conference import Override, Signer
from voting.documents.list_decision import (
    sign_list_decision,
    unsigned_list_decision,
)
from voting.procedures.schema import Step
from voting.rehearsal.conference import Held, hold, now
from voting.rehearsal.room import RunningRoom, running_room
from voting.rehearsal.staff import Staff, make_round_staff
from voting.rehearsal.turnout import marks_for, turnout_for
from voting.rounds.decisions import Deciding, list_decision_for
from voting.rounds.dossier.assembly import Paperwork, write_dossier
from voting.rounds.filing import Filed, file_documents, files_of
from voting.rounds.meetings import CompositionWord, Meeting, draft_for
from voting.rounds.round import Round, ballots_of, check_round, step_of, takes_list_decision
from voting.rounds.sittings import Turn, fewest_turns, joined, summoned_to
from voting.rounds.summons import summon
from voting.storage.tables import SetupRow

PLACE = "Hội trường Văn phòng UBND tỉnh Sơn La"
TELLERS, THRESHOLD = 3, 2
Steps = tuple[tuple[Round, Step], ...]
"""Steps that are held together, each with its round."""
GOING_ON = "Diễn tập: không thể hoãn, những người vắng mặt đã có lý do."


@dataclass(slots=True)
class _Progress:
    """What a round has come to: its ledger, documents on file, and every file for the dossier by name."""

    ledger: Ledger = field(default_factory=Ledger)
    files: tuple[Filed, ...] = ()
    raws: dict[str, bytes] = field(default_factory=dict)
    attached: dict[str, bytes] = field(default_factory=dict)

    def file(self, made: list[bytes], heads: list[bytes]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Verify signed files with the head's decisions and put them on file; return the hashes of both."""
        self.files = (*self.files, *file_documents(made, read_signed, heads))
        return self._keep(made), self._keep(heads)

    def _keep(self, raws: list[bytes]) -> tuple[str, ...]:
        hashes = tuple(hashlib.sha256(raw).hexdigest() for raw in raws)
        self.raws |= dict(zip(hashes, raws, strict=True))
        return hashes


@dataclass(frozen=True, slots=True)
class HeldRound:
    """Rounds that were held together: plans and ledger, signed files, and the desk key of the last conference."""

    plans: tuple[Round, ...]
    ledger: Ledger
    files: tuple[Filed, ...]
    raws: dict[str, bytes]
    attached: dict[str, bytes]
    key: SigningKey


def rehearse_round(out: Path, plans: Sequence[Round], seed: int) -> Path:
    """Hold every step of these rounds in as few sittings as can be; write the dossier into `out`, return its path."""
    done = hold_round(plans, seed)
    out.mkdir(parents=True, exist_ok=True)
    target = out / f"{'-'.join(plan.procedure.lower() for plan in plans)}-dossier.zip"
    write_whole(target, dossier_of(done))
    return target


def dossier_of(done: HeldRound) -> bytes:
    """Write the dossier of rounds that were held."""
    paperwork = Paperwork(review=now().date(), to="Ban Tổ chức Tỉnh ủy", signer="Chánh Văn phòng")
    made_by = renderer_versions().software
    return write_dossier(done.plans, done.ledger, done.files, done.raws, paperwork, done.key, made_by, done.attached)


def hold_round(plans: Sequence[Round], seed: int) -> HeldRound:
    """Hold every step of these rounds on a real server, each fed by the signed files of the one before."""
    for plan in plans:
        check_round(plan)
    progress, turns = _Progress(), fewest_turns(plans)
    with tempfile.TemporaryDirectory() as folder:
        others = {person.name for plan in plans for person in plan.people}
        boxes = sum(1 for turn in turns if _ballots(plans, turn))
        staff = make_round_staff(_new(Path(folder), "tellers"), TELLERS, THRESHOLD, seed, others, boxes)
        unused = iter(staff)
        with running_room(Path(folder) / "room") as room:
            held: Held | None = None
            for number, turn in enumerate(turns, 1):
                own = next(unused) if _ballots(plans, turn) else staff[0]
                steps = tuple((plans[place], step_of(plans[place], step)) for place, step in turn.steps)
                held = _hold_turn(room, own, steps, progress, Path(folder) / f"step-{number}", seed) or held
            assert held is not None, "every procedure has a step with a ballot"
            key = _desk_key(room, held.uuid)
    return HeldRound(tuple(plans), progress.ledger, progress.files, progress.raws, progress.attached, key)


def _ballots(plans: Sequence[Round], turn: Turn) -> bool:
    """Tell whether a turn is a sitting with a ballot."""
    return any(ballots_of(plans[place], step_of(plans[place], step)) for place, step in turn.steps)


def _new(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir()
    return made


def _hold_turn(
    room: RunningRoom, staff: Staff, steps: Steps, progress: _Progress, folder: Path, seed: int
) -> Held | None:
    """Hold one turn and put what it leaves on file; return its conference, None for a step without a ballot."""
    made = [_decide_list(staff, plan, step, progress) for plan, step in steps if takes_list_decision(plan, step)]
    voted = tuple((plan, step) for plan, step in steps if ballots_of(plan, step))
    held = _hold_conference(room, staff, voted, progress, folder, seed) if voted else None
    number = len(progress.ledger.sittings) + 1
    if held is not None:
        made.append(held.path.read_bytes())
        for path in sorted(folder.iterdir()):
            if not path.name.startswith("record") and path not in held.heads:
                progress.attached[f"step-{number}/{path.name}"] = path.read_bytes()
    heads = [path.read_bytes() for path in held.heads] if held is not None else []
    documents, decisions = progress.file(made, heads)
    uuid = held.uuid if held is not None else ""
    sitting = Sitting(number, 1, uuid, "signed", documents, decisions=decisions)
    progress.ledger = Ledger((*progress.ledger.sittings, sitting))
    return held


def _decide_list(staff: Staff, plan: Round, step: Step, progress: _Progress) -> bytes:
    signer, key = staff.chair
    deciding = Deciding(place=PLACE, date=now().date().isoformat(), adopted_by=step.composition.text, signers=(signer,))
    files = files_of(plan, progress.files)
    return sign_list_decision(unsigned_list_decision(list_decision_for(plan, step.number, deciding, files)), [key])


def _hold_conference(
    room: RunningRoom, staff: Staff, steps: Steps, progress: _Progress, folder: Path, seed: int
) -> Held:
    drafts = []
    summoned = len(summoned_to(steps[0][0], steps[0][1].number))
    comings = [turnout_for(plan, step, summoned) for plan, step in steps]
    present, ballots = min(one.present for one in comings), min(one.ballots for one in comings)
    for plan, step in steps:
        meeting = _meeting(staff, plan, step)
        if any(one.needs_word for one in comings):
            meeting = msgspec.structs.replace(meeting, override=Override(meeting.chair.name, GOING_ON))
        drafts.append(draft_for(plan, step.number, meeting, files_of(plan, progress.files)))
    return hold(
        room, staff, joined(drafts), present,
        lambda election: marks_for(steps, election, ballots, seed), folder,
    )  # fmt: skip


def _meeting(staff: Staff, plan: Round, step: Step) -> Meeting:
    chair: Signer = staff.chair[0]
    today = now().date().isoformat()
    confirmed = CompositionWord(step.composition.text, chair.name, today) if step.composition.must_confirm else None
    return Meeting(
        place=PLACE,
        date=today,
        tellers=tuple(teller.signer for teller in staff.tellers),
        chair=chair,
        secretary=staff.secretary[0],
        head=staff.head[0],
        summons=summon(plan.people, step.composition.capacities),
        composition=confirmed,
    )


def _desk_key(room: RunningRoom, uuid: str) -> SigningKey:
    """The desk key of the last conference: it signs the manifest."""
    with room.desk.storage.write() as session:
        number = session.scalars(select(SetupRow.conference).where(SetupRow.uuid == uuid)).one()
        return room.desk.keyring.key(session, number, "desk")

"""A whole round without people (diễn tập một quy trình): every step in its turn, down to the dossier.

Each ballot is a real conference of `voting.rehearsal.conference`; steps without a ballot end in signed list decisions.
Step feeds step through signed files alone, as in earnest; a tie across the last place goes to the head.
"""

import hashlib
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from sqlalchemy import select

from keys.files.durable import write_whole
from keys.files.signing import SigningKey
from tally.minutes import renderer_versions
from voting.documents.bundles.ledger import Ledger
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
from voting.rounds.filing import Filed, file_documents
from voting.rounds.ledger import begin, close
from voting.rounds.meetings import CompositionWord, Meeting, draft_for
from voting.rounds.round import Round, ballots_of, check_round, procedure_of, takes_list_decision
from voting.rounds.summons import summon
from voting.storage.tables import SetupRow

PLACE = "Hội trường Văn phòng UBND tỉnh Sơn La"
TELLERS, THRESHOLD = 3, 2
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
    """A round that was held: its plan and ledger, its signed files, and the desk key of its last conference."""

    plan: Round
    ledger: Ledger
    files: tuple[Filed, ...]
    raws: dict[str, bytes]
    attached: dict[str, bytes]
    key: SigningKey


def rehearse_round(out: Path, plan: Round, seed: int) -> Path:
    """Hold every step of a round; write the dossier into `out` and return its path."""
    done = hold_round(plan, seed)
    out.mkdir(parents=True, exist_ok=True)
    target = out / f"{plan.procedure.lower()}-dossier.zip"
    write_whole(target, dossier_of(done))
    return target


def dossier_of(done: HeldRound) -> bytes:
    """Write the dossier of a round that was held."""
    paperwork = Paperwork(review=now().date(), to="Ban Tổ chức Tỉnh ủy", signer="Chánh Văn phòng")
    made_by = renderer_versions().software
    return write_dossier(done.plan, done.ledger, done.files, done.raws, paperwork, done.key, made_by, done.attached)


def hold_round(plan: Round, seed: int) -> HeldRound:
    """Hold every step of a round on a real server, each fed by the signed files of the one before."""
    check_round(plan)
    progress = _Progress()
    with tempfile.TemporaryDirectory() as folder:
        others = {person.name for person in plan.people}
        steps = procedure_of(plan).steps
        boxes = sum(1 for step in steps if ballots_of(plan, step))
        staff = make_round_staff(_new(Path(folder), "tellers"), TELLERS, THRESHOLD, seed, others, boxes)
        unused = iter(staff)
        with running_room(Path(folder) / "room") as room:
            held: Held | None = None
            for step in steps:
                own = next(unused) if ballots_of(plan, step) else staff[0]
                held = _hold_step(room, own, plan, step, progress, Path(folder) / f"step-{step.number}", seed) or held
            assert held is not None, "every procedure has a step with a ballot"
            key = _desk_key(room, held.uuid)
    return HeldRound(plan, progress.ledger, progress.files, progress.raws, progress.attached, key)


def _new(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir()
    return made


def _hold_step(
    room: RunningRoom, staff: Staff, plan: Round, step: Step, progress: _Progress, folder: Path, seed: int
) -> Held | None:
    """Hold one step and put what it leaves on file; return its conference, None for a step without a ballot."""
    made = [_decide_list(staff, plan, step, progress)] if takes_list_decision(plan, step) else []
    held = _hold_conference(room, staff, plan, step, progress, folder, seed) if ballots_of(plan, step) else None
    progress.ledger = begin(progress.ledger, plan, step.number, held.uuid if held else "")
    if held is not None:
        made.append(held.path.read_bytes())
        for path in sorted(folder.iterdir()):
            if not path.name.startswith("record") and path not in held.heads:
                progress.attached[f"step-{step.number}/{path.name}"] = path.read_bytes()
    heads = [path.read_bytes() for path in held.heads] if held is not None else []
    progress.ledger = close(progress.ledger, step.number, *progress.file(made, heads))
    return held


def _decide_list(staff: Staff, plan: Round, step: Step, progress: _Progress) -> bytes:
    signer, key = staff.chair
    deciding = Deciding(place=PLACE, date=now().date().isoformat(), adopted_by=step.composition.text, signers=(signer,))
    return sign_list_decision(
        unsigned_list_decision(list_decision_for(plan, step.number, deciding, progress.files)), [key]
    )


def _hold_conference(
    room: RunningRoom, staff: Staff, plan: Round, step: Step, progress: _Progress, folder: Path, seed: int
) -> Held:
    meeting = _meeting(staff, plan, step)
    coming = turnout_for(plan, step, len(meeting.summons.people))
    if coming.needs_word:
        meeting = msgspec.structs.replace(meeting, override=Override(meeting.chair.name, GOING_ON))
    draft = draft_for(plan, step.number, meeting, progress.files)
    return hold(
        room, staff, draft, coming.present,
        lambda election: marks_for(plan, step, election, coming.ballots, seed), folder,
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

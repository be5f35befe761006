"""The steps of a round on the desk: a draft from signed documents, signed records and list decisions taken in.

Nothing feeds a step but what is on file: records that the desk took in from the step's own conference, signed by all,
and list decisions exactly as they were written here.
"""

import datetime
import hashlib
import re
from collections.abc import Callable

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from keys.files.signing import SigningKey
from voting.conference import closing, results, transitions, waiting_records
from voting.conference.draft.agenda import Draft
from voting.conference.draft.stored import draft_of
from voting.documents.bundles.dossier import box_files, folder_of, head_files, makers, minutes_of
from voting.documents.bundles.head_decision import HeadDecision, read_head_decision
from voting.documents.bundles.ledger import Annulment, Sitting
from voting.documents.bundles.signed import read_signed, read_signed_decision
from voting.documents.canonical import canonical
from voting.documents.conferences.conference import ON_PAPER, Signer
from voting.documents.envelope import parse_envelope, payload_of
from voting.documents.list_decision import WHAT, ListDecision, unsigned_list_decision
from voting.documents.record import LIST_DECISION_TYPE, Record
from voting.documents.states import ENDED
from voting.people.errors import WrongDocument, WrongTurn
from voting.rounds import hand_counts, stored
from voting.rounds import ledger as ledgers
from voting.rounds.decisions import Deciding, list_decision_for
from voting.rounds.dossier.assembly import Paperwork, write_dossier
from voting.rounds.filing import Filed, demand_only
from voting.rounds.meetings import Meeting, draft_for
from voting.rounds.papers import papers_for
from voting.rounds.round import ballots_of, step_of, takes_list_decision
from voting.rounds.stored import Kept, StepExclusion
from voting.rounds.summons import Summons, exclude, recuse, summon
from voting.storage import conference_row, head_decisions
from voting.storage.tables import ServerKeyRow, SetupRow

Attached = Callable[[bytes], bytes]
"""Returns the payload of the record that minutes (PDF) carry; nothing where they carry none."""
HEAD_PAGE = re.compile(r"head-decision-([1-9][0-9]?)\.pdf", re.ASCII)
MINUTES = "minutes.pdf"


def summons_of(kept: Kept, number: int, files: tuple[Filed, ...] = ()) -> Summons:
    """Return who is summoned to a step: exclusions taken off, and those on a paper where the organiser chose so."""
    summons = summon(kept.plan.people, step_of(kept.plan, number).composition.capacities)
    for one in kept.exclusions:
        if one.step == number and any(each.person == one.exclusion.person for each in summons.people):
            told = one.exclusion
            summons = exclude(summons, told.person, reason=told.reason, author=told.author, opened=False)
    if not kept.plan.options.recusal:
        return summons
    papers = papers_for(kept.plan, number, files)
    listed = {one.id for paper in papers for one in paper.candidates if not one.put_forward}
    return recuse(summons, listed, kept.plan.organiser.agency)


def everybody(kept: Kept) -> Kept:
    """Return the round as it would be if those on a paper were summoned."""
    options = msgspec.structs.replace(kept.plan.options, recusal=False)
    return msgspec.structs.replace(kept, plan=msgspec.structs.replace(kept.plan, options=options))


def exclude_from(kept: Kept, number: int, person: str, *, reason: str, author: str) -> Kept:
    """Take somebody off the list of a step that has no conference yet."""
    summons = summons_of(everybody(kept), number)
    summons = exclude(summons, person, reason=reason, author=author, opened=number in kept.conferences)
    added = StepExclusion(number, summons.exclusions[-1])
    return msgspec.structs.replace(kept, exclusions=(*kept.exclusions, added))


def step_draft(session: Session, number: int, step: int, today: datetime.date) -> Draft:
    """Write the draft of a step's conference from the round; raise a PlanError that says what is missing."""
    kept = stored.kept_round(session, number)
    earlier = _last_draft(session, kept)
    files = stored.in_force(session, number, kept)
    meeting = Meeting(
        place=earlier.place if earlier else "",
        date=today.isoformat(),
        tellers=earlier.tellers if earlier else (),
        chair=earlier.chair if earlier else Signer("", "Chủ trì", ON_PAPER, True),
        secretary=earlier.secretary if earlier else Signer("", "Thư ký", ON_PAPER, True),
        head=earlier.head if earlier else Signer("", "Người đứng đầu", ON_PAPER, False),
        summons=summons_of(kept, step, files),
        composition=kept.compositions.get(step),
        confirmations=kept.confirmations,
    )
    return draft_for(kept.plan, step, meeting, files)


def begin_conference(session: Session, number: int, step: int, today: datetime.date) -> int:
    """Begin the conference of the step whose turn it is; return its number in the room."""
    kept = stored.kept_round(session, number)
    if ledgers.next_step(kept.ledger, kept.plan) != step:
        turn = ledgers.next_step(kept.ledger, kept.plan)
        raise WrongTurn(f"step {turn} expected, not {step}", key="step_turn", turn=turn or "–")
    row = conference_row.current(session)
    if row is not None and row.state not in ENDED:
        raise WrongTurn("the room is busy with another conference: end it first", key="room_busy")
    made = transitions.new_conference(session, step_draft(session, number, step, today))
    stored.keep(session, number, msgspec.structs.replace(kept, conferences={**kept.conferences, step: made}))
    return made


def write_decision(session: Session, number: int, step: int, deciding: Deciding) -> bytes:
    """Write the list decision of a step, to be signed; return its file."""
    kept = stored.kept_round(session, number)
    if ledgers.next_step(kept.ledger, kept.plan) != step:
        turn = ledgers.next_step(kept.ledger, kept.plan)
        raise WrongTurn(f"step {turn} expected, not {step}", key="step_turn", turn=turn or "–")
    raw = unsigned_list_decision(list_decision_for(kept.plan, step, deciding, stored.in_force(session, number, kept)))
    decisions = {**kept.decisions, step: raw.decode("ascii", "strict")}
    stored.keep(session, number, msgspec.structs.replace(kept, decisions=decisions))
    return raw


def take_decision(session: Session, number: int, step: int, raw: bytes) -> None:
    """Take the signed list decision of a step; raise WrongDocument if it is not the one written here."""
    kept = stored.kept_round(session, number)
    written = kept.decisions.get(step)
    if not isinstance(read_signed(raw), ListDecision):
        raise WrongDocument("a list decision expected", key="not_decision", at="file")
    if written is None or _payload(raw) != _payload(written.encode()):
        raise WrongDocument("this is not the list decision that was written here", key="other_decision", at="file")
    digest = stored.put_document(session, number, raw)
    if not ballots_of(kept.plan, step_of(kept.plan, step)) or not kept.plan.removals:
        _close(session, number, kept, step, "", (digest,))


def take_record(session: Session, number: int, step: int) -> None:
    """Take the signed record of a step's conference from the desk."""
    kept = stored.kept_round(session, number)
    conference = kept.conferences.get(step)
    if conference is None:
        raise WrongTurn(f"step {step} has no conference", key="no_conference")
    conference_row.demand(conference_row.find(session, conference), "signed")
    raw = waiting_records.settled(session, conference)
    record = read_signed(raw) if raw is not None else None
    assert raw is not None and isinstance(record, Record), "a signed conference has its record"
    digest = stored.put_document(session, number, raw)
    closed = closing.closed_of(session, conference)
    sitting = Sitting(step, 1, record.uuid, "signed")
    archive, facts, count = box_files(sitting)
    tail = waiting_records.tails(session, conference).get(record.hashes.archive if record.hashes else "")
    if tail is not None:
        stored.put_paper(session, number, archive, closed.archive + tail)
    stored.put_paper(session, number, facts, closed.facts)
    stored.put_paper(session, number, count, canonical(record.count))
    decided = _decision_on_file(session, number, kept, step)
    heads = tuple(
        stored.put_document(session, number, raw) for raw in head_decisions.of_conference(session, conference)
    )
    _close(session, number, kept, step, record.uuid, (*decided, digest), heads)


def take_head_decisions(session: Session, number: int, step: int, raws: list[bytes]) -> int:
    """Take the head's decisions on ties of a step's signed records, besides those at the desk; return how many.

    They feed the next step, together with their records. Raises a DocumentError or InvalidRecord for one of another
    record or paper, that does not fit or is not signed; WrongDocument for a second one on a paper.
    """
    kept = stored.kept_round(session, number)
    sitting, conference = ledgers.in_force(kept.ledger, step), kept.conferences.get(step)
    record = _record(session, number, sitting) if sitting is not None else None
    if sitting is None or record is None:
        raise WrongTurn(f"step {step}: a signed record expected first", key="records_first")
    if conference is not None and record.form == "electronic":
        for raw in raws:
            results.take_head_decision(session, conference, raw)
        raws = head_decisions.of_conference(session, conference)
    on_file = stored.documents(session, number)
    known = {one.paper: one for one in (read_head_decision(on_file[sha256])[1] for sha256 in sitting.decisions)}
    fresh = []
    for raw in raws:
        decision, _ = read_signed_decision(raw, [record])
        if decision.paper not in known:
            fresh.append(stored.put_document(session, number, raw))
        demand_only(decision, known.setdefault(decision.paper, decision))
    changed = ledgers.decide(kept.ledger, step, tuple(fresh))
    stored.keep(session, number, msgspec.structs.replace(kept, ledger=changed))
    return len(fresh)


def take_hand_count(session: Session, number: int, step: int, raw: bytes, recount: hand_counts.Recount) -> None:
    """Take the signed record of a step that was moved to paper and counted by hand."""
    kept = stored.kept_round(session, number)
    conference = kept.conferences.get(step)
    if conference is None:
        raise WrongTurn(f"step {step} has no conference", key="no_conference")
    record = hand_counts.check_record(session, conference, raw, recount)
    decided = _decision_on_file(session, number, kept, step)
    _close(session, number, kept, step, record.uuid, (*decided, stored.put_document(session, number, raw)))


def nothing_attached(pdf: bytes) -> bytes:
    """Find no record in any minutes: this program was put together without a reader of PDF."""
    return b""


def take_files(session: Session, number: int, step: int, files: dict[str, bytes], attached: Attached) -> list[str]:
    """Take the finished archive and the minutes of a step; return what is still missing, by name in the dossier.

    Minutes must carry the record of the step, and the page of a head's decision that decision; whether they say what it
    says, `phieukin verify` checks.
    """
    kept = stored.kept_round(session, number)
    sitting = ledgers.in_force(kept.ledger, step)
    record = _record(session, number, sitting) if sitting is not None else None
    if sitting is None or record is None:
        raise WrongTurn(f"step {step}: a signed record expected first", key="records_first")
    archive = record.hashes.archive if record.hashes is not None else ""
    heads = {one.paper: one for one in _decisions(session, number, sitting)}
    for name, raw in files.items():
        if hashlib.sha256(raw).hexdigest() == archive:
            stored.put_paper(session, number, box_files(sitting)[0], raw)
        elif (found := HEAD_PAGE.fullmatch(name)) and raw.startswith(b"%PDF"):
            paper = int(found.group(1))
            if paper not in heads or attached(raw) != canonical(heads[paper]):
                message = f"{name}: it does not carry the head's decision on paper {paper} of this step"
                raise WrongDocument(message, key="not_head_page", at="files", name=name, paper=paper)
            stored.put_paper(session, number, f"step-{step}/{name}", raw)
        elif name == MINUTES and raw.startswith(b"%PDF"):
            if attached(raw) != canonical(record):
                message = f"{name}: it does not carry the record of this step: bring its minutes.pdf"
                raise WrongDocument(message, key="not_minutes", at="files", name=name)
            stored.put_paper(session, number, minutes_of(sitting), raw)
        else:
            message = f"{name[:80]}: not the finished archive of this step, nor minutes"
            raise WrongDocument(message, key="not_file", at="files", name=name[:80])
    return missing_files(session, number, step)


def missing_files(session: Session, number: int, step: int) -> list[str]:
    """Name the files that the dossier still lacks for a step."""
    sitting = ledgers.in_force(stored.kept_round(session, number).ledger, step)
    if sitting is None:
        return []
    record = _record(session, number, sitting)
    wanted = {head_files(sitting, one.paper)[1] for one in _decisions(session, number, sitting)}
    if record is not None:
        wanted.add(minutes_of(sitting))
    if record is not None and record.form == "electronic":
        wanted |= {*box_files(sitting)}
    return sorted(wanted - set(stored.papers(session, number)))


def annul_step(session: Session, number: int, step: int, annulment: Annulment) -> None:
    """Annul what a step came to; its documents stay on file, and it may be held again (bỏ phiếu lại)."""
    kept = stored.kept_round(session, number)
    ledger = kept.ledger
    if ledgers.in_force(ledger, step) is None and _annulled_in_the_room(session, kept, step):
        ledger = ledgers.begin(ledger, kept.plan, step, _uuid_of(session, kept.conferences[step]))
    changed = ledgers.annul(ledger, kept.plan, step, annulment)
    sitting = next(one for one in reversed(changed.sittings) if one.number == step)
    stored.move_papers(session, number, f"step-{step}", folder_of(sitting))
    without = {one: conference for one, conference in kept.conferences.items() if one != step}
    decisions = {one: raw for one, raw in kept.decisions.items() if one != step}
    stored.keep(session, number, msgspec.structs.replace(
        kept, ledger=changed, conferences=without, decisions=decisions))  # fmt: skip


def desk_of(session: Session, number: int) -> int:
    """Return the conference whose desk key signs the dossier: the one that `tally.audit.bundles.dossier` asks for.

    Conferences that were annulled, moved to paper without a count or are not signed yet sign nothing, however late.
    """
    kept = stored.kept_round(session, number)
    _demand_all_signed(kept)
    live = [one.document for one in stored.in_force(session, number, kept)]
    named = makers(live)
    if not named:
        raise WrongTurn("all steps counted by hand: no desk named, or nobody signed all of them", key="no_maker")
    own = (ServerKeyRow.purpose == "desk") & ServerKeyRow.public.in_(named)
    found = session.scalar(select(ServerKeyRow.conference).where(own).limit(1))
    if found is None:
        raise WrongTurn("no step in force of this round has a desk key in this room", key="no_desk")
    return found


def dossier(session: Session, number: int, paperwork: Paperwork, key: SigningKey, made_by: str) -> bytes:
    """Write the dossier of a round whose steps are all signed."""
    kept = stored.kept_round(session, number)
    _demand_all_signed(kept)
    raws = stored.documents(session, number)
    listed = tuple(digest for sitting in kept.ledger.sittings for digest in sitting.documents)
    folders = {
        folder_of(one) for one in kept.ledger.sittings
    }
    papers = {name: raw for name, raw in stored.papers(session, number).items() if name.partition("/")[0] in folders}
    heads = tuple(digest for sitting in kept.ledger.sittings for digest in sitting.decisions)
    return write_dossier(
        [kept.plan], kept.ledger, stored.filed(raws, listed, heads), raws, paperwork, key, made_by, papers
    )


def _demand_all_signed(kept: Kept) -> None:
    turn = ledgers.next_step(kept.ledger, kept.plan)
    if turn is not None:
        raise WrongTurn(f"step {turn} is not signed yet", key="step_unsigned", turn=turn)


def _close(
    session: Session, number: int, kept: Kept, step: int, uuid: str, documents: tuple[str, ...],
    decisions: tuple[str, ...] = (),
) -> None:  # fmt: skip
    ledger = ledgers.close(ledgers.begin(kept.ledger, kept.plan, step, uuid), step, documents, decisions)
    stored.keep(session, number, msgspec.structs.replace(kept, ledger=ledger))


def _decision_on_file(session: Session, number: int, kept: Kept, step: int) -> tuple[str, ...]:
    """Return the signed list decision that goes with a step's ballots (adoption by hand), if it takes one."""
    if not takes_list_decision(kept.plan, step_of(kept.plan, step)):
        return ()
    written = kept.decisions.get(step)
    if written is not None:
        payload = _payload(written.encode())
        for digest, raw in stored.documents(session, number).items():
            if f'"{LIST_DECISION_TYPE}"'.encode() in raw and _payload(raw) == payload:
                return (digest,)
    raise WrongTurn(f"step {step}: the signed list decision is missing", key="decision_missing")


def _record(session: Session, number: int, sitting: Sitting) -> Record | None:
    """Return the record of a sitting, None for a list decision alone."""
    raws = stored.documents(session, number)
    read = (read_signed(raws[digest]) for digest in sitting.documents)
    return next((one for one in read if isinstance(one, Record)), None)


def _decisions(session: Session, number: int, sitting: Sitting) -> list[HeadDecision]:
    raws = stored.documents(session, number)
    return [read_head_decision(raws[sha256])[1] for sha256 in sitting.decisions]


def _payload(raw: bytes) -> bytes:
    return payload_of(parse_envelope(raw, LIST_DECISION_TYPE, WHAT), WHAT)


def _annulled_in_the_room(session: Session, kept: Kept, step: int) -> bool:
    conference = kept.conferences.get(step)
    return conference is not None and conference_row.find(session, conference).state == "annulled"


def _uuid_of(session: Session, conference: int) -> str:
    """Return the uuid of a conference's election, "" where Setup was never written."""
    return session.scalar(select(SetupRow.uuid).where(SetupRow.conference == conference)) or ""


def _last_draft(session: Session, kept: Kept) -> Draft | None:
    """Return the draft of the round's latest conference: its signers are offered again."""
    latest = max(kept.conferences.values(), default=None)
    return None if latest is None else draft_of(session, latest)

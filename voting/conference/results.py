"""Signed records come back from the tally machine (biên bản đã ký), with the finished archive, and are audited here.

The room compares a record with its own box - Setup, facts and the EndBallots hash byte for byte - and then lets the
tally's own audit, which it is handed and which runs in a process of its own, check the finished archive and build the
record again. What passes is true of this box, and waits (`waiting_records`) until everybody has signed one: with it the
conference is counted; once all required signatures are there it is signed, also where a tie is open. Those who sign on
paper are named, and two people say when they have. What the head then decides on a tie comes as a document of its own,
one a paper.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from keys.files.signing import keyid
from keys.transcript import sha256_hex
from voting.conference import closing, setup, transitions, two_person_steps, waiting_records
from voting.conference.steps import STEPS
from voting.conference.transitions import TwoPeople
from voting.conference.waiting_records import Waiting
from voting.documents.bundles import signers
from voting.documents.bundles.head_decision import HeadDecision, read_head_decision, ties_for_the_head
from voting.documents.bundles.signed import read_signed_decision
from voting.documents.bundles.signers import by_key, required_signers, signed_by, signers_of
from voting.documents.canonical import canonical
from voting.documents.conferences.conference import Conference, Paper
from voting.documents.conferences.election import Election, parse_election
from voting.documents.envelope import Envelope, make_envelope, payload_of, write_envelope
from voting.documents.errors import DocumentError
from voting.documents.facts import FACTS_TYPE
from voting.documents.record import FORMAT, PaperResult, Record
from voting.documents.states import PROPERTIES
from voting.errors import InvalidRecord, WrongState
from voting.storage import conference_row, head_decisions
from voting.storage.engine import Storage
from voting.storage.tables import ReleaseRow

Audit = Callable[[bytes, Sequence[bytes]], str]
"""Audits a finished archive with records of it; returns what is false in them, "" where nothing is."""

@dataclass(frozen=True, slots=True)
class SittingRecord:
    """The record of a sitting as far as it came: who has yet to sign with a key, and who signs on paper."""

    record: Record | None
    missing: tuple[str, ...]
    on_paper: tuple[str, ...]
    code: str = ""
    waiting: tuple[Waiting, ...] = ()
    """All records, where several wait side by side; `code` is that of the one that stands."""
    decisions: Mapping[int, HeadDecision] = field(default_factory=dict)
    """What the head decided on ties, by paper."""

    @property
    def awaiting_head(self) -> tuple[int, ...]:
        """The papers whose ties the head must still decide."""
        tied = ties_for_the_head(self.record) if self.record is not None else ()
        return tuple(paper for paper in tied if paper not in self.decisions)


def take_records(storage: Storage, conference: int, files: Sequence[tuple[str, bytes]], audit: Audit) -> None:
    """Take signed records, with the finished archives that they are of, all or none.

    `files` are names with contents: records, and archives (whole, or what follows the closed box). An archive that came
    before need not come again. Signatures add up. Raises InvalidRecord, or WrongState; the audit, which may take
    minutes, runs while nothing is locked.
    """
    archives, records = _sorted_out(files)
    with storage.read() as session:
        conference_row.demand(conference_row.find(session, conference), *STEPS["take_records"].states)
        election = parse_election(setup.setup_of(session, conference).election)
        closed = closing.closed_of(session, conference).archive
        for name, raw in records:
            with _naming(name):
                envelope, record = waiting_records.read_record(raw)
                _check_box(session, conference, election, record)
                _check_signatures(envelope, record.conference)
        tails = waiting_records.tails(session, conference) | _tails(closed, archives)
        digests = {raw: sha256_hex(payload_of(waiting_records.read_record(raw)[0], "record")) for _, raw in records}
        fresh = [one for one in records if not waiting_records.knows(session, conference, digests[one[1]])]
    used = _audited(closed, tails, fresh, audit)
    with storage.write() as session:
        conference_row.demand(conference_row.hold(session, conference), *STEPS["take_records"].states)
        for digest in sorted(used):
            waiting_records.keep_tail(session, conference, digest, tails[digest])
        for _, raw in records:
            waiting_records.keep(session, conference, raw)
        _go_on(session, conference)


def _sorted_out(files: Sequence[tuple[str, bytes]]) -> tuple[list[bytes], list[tuple[str, bytes]]]:
    """Tell archives from records, by what they hold."""
    records = [(name, raw) for name, raw in files if raw[:1] == b"{"]
    archives = [raw for _, raw in files if raw[:1] != b"{"]
    if not records:
        raise InvalidRecord("a record expected", key="record_file", at="records")
    return archives, records


def _tails(closed: bytes, archives: Sequence[bytes]) -> dict[str, bytes]:
    """Return what each archive adds to the closed box, by the SHA-256 of the whole; of this box alone."""
    tails = [raw.removeprefix(closed) for raw in archives]
    return {sha256_hex(closed + tail): tail for tail in tails}


def _audited(closed: bytes, tails: Mapping[str, bytes], records: Sequence[tuple[str, bytes]], audit: Audit) -> set[str]:
    """Audit records with their archives; return the archives' hashes."""
    used = set[str]()
    for name, raw in records:
        hashes = waiting_records.read_record(raw)[1].hashes
        assert hashes is not None, "`_check_box` refuses a record without hashes"
        if hashes.archive not in tails:
            message = f"{name}: the finished archive that this record is of must come with it"
            raise InvalidRecord(message, key="record_archive", at="records", file=name)
        if fault := audit(closed + tails[hashes.archive], [raw]):
            raise InvalidRecord(f"{name}: {fault}", key="record_false", at="records", file=name, why=fault[:400])
        used.add(hashes.archive)
    return used


@contextmanager
def _naming(name: str) -> Iterator[None]:
    """Put a file's name before what is wrong with it."""
    try:
        yield
    except InvalidRecord as error:
        raise InvalidRecord(f"{name}: {error}", key=error.message.key, at="records", file=name) from None


def record_of(session: Session, conference: int) -> SittingRecord:
    """Return the record of a closed box that stands, and those that wait beside it."""
    about = _conference_of(parse_election(setup.setup_of(session, conference).election))
    stands, decisions = waiting_records.standing(session, conference), _decided(session, conference)
    on_paper = tuple(each.name for each in signers.on_paper(about))
    if stands is None:
        return SittingRecord(None, tuple(each.name for each in required_signers(about)), on_paper)
    signed = PROPERTIES[conference_row.find(session, conference).state].is_signed
    beside = () if signed else tuple(waiting_records.all_waiting(session, conference))
    side_by_side = beside if len(beside) > 1 else ()
    return SittingRecord(stands.record, stands.missing, on_paper, stands.code, side_by_side, decisions)


def take_head_decision(session: Session, conference: int, raw: bytes) -> int:
    """Take the head's decision on the tie of a signed record; return its paper.

    Raises WrongState before the record is signed, InvalidRecord for a decision of another record or paper, one that
    does not fit or is not signed, and a second one on a paper. The same one may come again.
    """
    conference_row.demand(conference_row.hold(session, conference), *STEPS["take_head_decision"].states)
    stands = waiting_records.standing(session, conference)
    try:
        decision, _ = read_signed_decision(raw, [stands.record] if stands is not None else [])
    except DocumentError as error:
        raise InvalidRecord(str(error), key="head_false", at="decision", why=str(error)[:400]) from None
    known = head_decisions.find(session, conference, decision.paper)
    if known is None:
        head_decisions.keep(session, conference, decision.paper, raw)
    elif read_head_decision(known)[1] != decision:
        message = f"paper {decision.paper}: the head has decided already, and decides once"
        raise InvalidRecord(message, key="head_second", at="decision", paper=decision.paper)
    return decision.paper


def _decided(session: Session, conference: int) -> dict[int, HeadDecision]:
    """Return the head's decisions on ties of a conference, by paper."""
    found = (read_head_decision(raw)[1] for raw in head_decisions.of_conference(session, conference))
    return {one.paper: one for one in found}


def sign_on_paper(session: Session, conference: int, by: TwoPeople) -> None:
    """Two people say that all paper signatures are given; raise WrongState while a record or a key's is missing."""
    found = record_of(session, conference)
    if found.record is None or found.missing:
        raise WrongState("the record or electronic signatures are missing", key="records_missing")
    two_person_steps.keep(session, conference, "signed", by)
    _settle(session, conference)


def release(session: Session, conference: int, *, shown: bool) -> None:
    """Let the hall screen show the signed result, or hide it again; raise WrongState before it is signed."""
    conference_row.demand(conference_row.hold(session, conference), *STEPS["release"].states)
    row = session.get(ReleaseRow, conference)
    if shown and row is None:
        session.add(ReleaseRow(conference=conference))
    elif row is not None and not shown:
        session.delete(row)
    session.flush()


def released(session: Session, conference: int) -> SittingRecord | None:
    """Return the record that the hall screen may show: none unless the chair released it."""
    found = record_of(session, conference) if session.get(ReleaseRow, conference) is not None else None
    return found if found is not None and found.record is not None else None


def telling(result: PaperResult) -> tuple[str, ...]:
    """Names on which all ballots of a paper say the same, so that everybody's opinion is known."""
    ballots = result.ballots.valid
    alone = [one.name for one in result.case.candidates if {one.agree, one.disagree} <= {0, ballots}]
    return tuple(alone) if ballots else ()


def _conference_of(election: Election) -> Conference:
    assert election.conference is not None, "the room writes a conference into every election"
    return election.conference


def no_audit(archive: bytes, records: Sequence[bytes]) -> str:
    """Refuse every record: this program was put together without an audit."""
    return "this server cannot audit records: start it with phieukin serve"


def _check_box(session: Session, conference: int, election: Election, record: Record) -> None:
    """Compare everything that the room knows by itself."""
    closed = closing.closed_of(session, conference)
    end = closing.end_ballots(closed.facts)
    about = _conference_of(election)
    if record.format != FORMAT or record.form != "electronic" or record.hashes is None:
        raise InvalidRecord("an electronic record of this version expected", key="record_file", at="records")
    own = make_envelope(canonical(record.facts), FACTS_TYPE, record.facts_signatures)
    ballots = len(closing.trackers(session, conference))
    fitting = {
        "uuid": record.uuid == election.uuid,
        "fingerprint": record.fingerprint == election.fingerprint,
        "conference": record.conference == about,
        "end_ballots": end == record.hashes.end_ballots == record.count.end_ballots,
        "facts": record.hashes.facts == sha256_hex(closed.facts) and write_envelope(own) == closed.facts,
        "count": record.count.uuid == election.uuid and record.hashes.count == sha256_hex(canonical(record.count)),
        **{f"paper {result.paper}": _fits(paper, result, about, ballots) for paper, result in record.results()},
    }
    for place, fits in fitting.items():
        if not fits:
            raise InvalidRecord(f"{place}: it is not this room's", key="record_other", at="records")


def _fits(paper: Paper, result: PaperResult, about: Conference, ballots: int) -> bool:
    """Tell whether a paper's result is of this rule, these names, bases and ballots."""
    case = result.case
    names = [(one.id, one.name) for one in paper.candidates]
    return (
        case.ballots == result.ballots.collected == ballots
        and (case.rule, case.selection) == (paper.rule, paper.selection)
        and (case.present, case.summoned) == (about.present, about.summoned)
        and [(one.id, one.name) for one in case.candidates] == names
    )


def _check_signatures(envelope: Envelope, conference: Conference) -> None:
    """Every signature must be of somebody whom Setup names, and verify; there must be one."""
    named = by_key(signers_of(conference))
    strange = [one.keyid for one in envelope.signatures if one.keyid not in {keyid(each.key) for each in named}]
    if strange:
        raise InvalidRecord(
            f"signed with a key that Setup does not name: {strange[0][:16]}", key="record_signature", at="records"
        )
    try:
        found = {one.key for one in signed_by(envelope, named)}  # one key may stand for two offices
    except DocumentError as error:
        raise InvalidRecord(str(error), key="record_file", at="records") from None
    if len(found) != len(envelope.signatures):
        raise InvalidRecord("a signature does not verify", key="record_signature", at="records")
    if not found:
        raise InvalidRecord("not signed by anybody", key="record_unsigned", at="records")


def _go_on(session: Session, conference: int) -> None:
    """Take the conference as far as its record allows."""
    found = record_of(session, conference)
    if found.record is None:
        return
    if conference_row.find(session, conference).state == "closed":
        transitions.mark_counted(session, conference)
    if not found.missing and not found.on_paper:
        _settle(session, conference)


def _settle(session: Session, conference: int) -> None:
    """Let the record that stands be that of the conference."""
    waiting_records.settle(session, conference)
    transitions.mark_signed(session, conference)

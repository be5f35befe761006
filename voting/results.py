"""Signed records come back from the tally machine (biên bản đã ký): verified against the room's own box, then kept.

The room does not count again (that is `phieukin verify`); it checks that a record is about this box - Setup, facts and
the EndBallots hash byte for byte - and that everybody who signed is one whom Setup names. Once all papers are there
the conference is counted, or awaits the head; once all required signatures are there it is signed. Those who sign
on paper are named, and two people say when they have.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from keys.errors import KeysError
from keys.signing import keyid, verify_envelope
from keys.structs import read_json
from keys.transcript import sha256_hex
from voting import closing, life, life_row, setup, ways
from voting.documents.canonical import canonical
from voting.documents.conference import ON_PAPER, Conference, Signer
from voting.documents.election import Election, parse_election
from voting.documents.envelope import make_envelope, parse_envelope, payload_of, read_payload, write_envelope
from voting.documents.errors import DocumentError
from voting.documents.facts import Envelope, EnvelopeSignature
from voting.documents.record import RECORD_TYPE, Record
from voting.errors import InvalidRecord, WrongState
from voting.life import TwoPeople
from voting.storage.tables import RecordRow, ReleaseRow

FORMAT = 1
WHAT = "record"


@dataclass(frozen=True, slots=True)
class PaperRecord:
    """One paper's record as far as it came: who has yet to sign with a key, and who signs on paper."""

    paper: int
    title: str
    record: Record | None
    missing: tuple[str, ...]
    on_paper: tuple[str, ...]

    @property
    def awaits_head(self) -> bool:
        """Whether the head must decide a tie."""
        return self.record is not None and self.record.verdict.status == "awaiting_head"


def take_record(session: Session, conference: int, raw: bytes) -> int:
    """Take a signed record; return its paper. Signatures add up; raise InvalidRecord or WrongState."""
    life_row.demand(life_row.hold(session, conference), "closed", "counted", "awaiting_head")
    envelope, record = _read(raw)
    election = parse_election(setup.setup_of(session, conference).election)
    _check_box(session, conference, election, record)
    _check_signatures(envelope, record.conference)
    _check_others(session, conference, record)
    _keep(session, conference, record, envelope)
    _go_on(session, conference)
    return record.paper


def paper_records(session: Session, conference: int) -> list[PaperRecord]:
    """Every paper of a closed box, with its record if it came."""
    election = parse_election(setup.setup_of(session, conference).election)
    about = _conference_of(election)
    rows = {row.paper: row.content for row in session.scalars(_rows(conference))}
    return [_status(number, paper.title, about, rows.get(number)) for number, paper in enumerate(about.papers, 1)]


def sign_on_paper(session: Session, conference: int, by: TwoPeople) -> None:
    """Two people say that all paper signatures are given; raise WrongState while a record or a key's is missing."""
    found = paper_records(session, conference)
    if any(one.record is None or one.missing or one.awaits_head for one in found):
        raise WrongState("records, electronic signatures or the head's decision are missing", told="records_missing")
    ways.note_way(session, conference, "signed", by)
    life.mark_signed(session, conference)


def release(session: Session, conference: int, *, shown: bool) -> None:
    """Let the hall screen show the signed result, or hide it again; raise WrongState before it is signed."""
    life_row.demand(life_row.hold(session, conference), "signed")
    row = session.get(ReleaseRow, conference)
    if shown and row is None:
        session.add(ReleaseRow(conference=conference))
    elif row is not None and not shown:
        session.delete(row)
    session.flush()


def released(session: Session, conference: int) -> list[Record]:
    """The records that the hall screen may show: none unless the chair released them."""
    if session.get(ReleaseRow, conference) is None:
        return []
    return [one.record for one in paper_records(session, conference) if one.record is not None]


def telling(record: Record) -> tuple[str, ...]:
    """Names on which all ballots say the same, so that everybody's opinion is known."""
    ballots = record.case.ballots
    alone = [one.name for one in record.case.candidates if {one.agree, one.disagree} <= {0, ballots}]
    return tuple(alone) if ballots else ()


def _rows(conference: int) -> "Select[RecordRow]":
    return select(RecordRow).where(RecordRow.conference == conference).order_by(RecordRow.paper)


def _read(raw: bytes) -> tuple[Envelope, Record]:
    try:
        envelope = parse_envelope(raw, RECORD_TYPE, WHAT)
        return envelope, read_payload(envelope, Record, WHAT)
    except DocumentError as error:
        raise InvalidRecord(str(error), told="record_file", at="records") from None


def _conference_of(election: Election) -> Conference:
    assert election.conference is not None, "the room writes a conference into every election"
    return election.conference


def _check_box(session: Session, conference: int, election: Election, record: Record) -> None:
    """Compare everything that the room knows by itself."""
    closed = closing.closed_of(session, conference)
    end = closing.end_ballots(closed.facts)
    about = _conference_of(election)
    if record.format != FORMAT or record.form != "electronic" or record.hashes is None:
        raise InvalidRecord("an electronic record of this version expected", told="record_file", at="records")
    if not 1 <= record.paper <= len(about.papers):
        raise InvalidRecord(
            f"paper 1 to {len(about.papers)} expected, {record.paper} found", told="record_other", at="records"
        )
    paper = about.papers[record.paper - 1]
    names = tuple((one.id, one.name) for one in paper.candidates)
    own = make_envelope(canonical(record.facts), _facts_type(closed.facts), record.facts_signatures)
    ballots = len(closing.trackers(session, conference))
    fitting = {
        "uuid": record.uuid == election.uuid,
        "fingerprint": record.fingerprint == election.fingerprint,
        "conference": record.conference == about,
        "end_ballots": end == record.hashes.end_ballots == record.count.end_ballots,
        "facts": record.hashes.facts == sha256_hex(closed.facts) and write_envelope(own) == closed.facts,
        "count": record.count.uuid == election.uuid and record.hashes.count == sha256_hex(canonical(record.count)),
        "ballots": record.case.ballots == record.ballots.collected == ballots,
        "rule": (record.case.rule, record.case.selection) == (paper.rule, paper.selection),
        "base": (record.case.present, record.case.summoned) == (about.present, about.summoned),
        "names": tuple((one.id, one.name) for one in record.case.candidates) == names,
    }
    for place, fits in fitting.items():
        if not fits:
            raise InvalidRecord(f"{place}: it is not this room's", told="record_other", at="records")


def _facts_type(facts: bytes) -> str:
    return read_json(facts, Envelope).payloadType


def _signers(conference: Conference) -> tuple[Signer, ...]:
    return (*conference.tellers, conference.secretary, conference.chair)


def _check_signatures(envelope: Envelope, conference: Conference) -> None:
    """Every signature must be of somebody whom Setup names and verify, and one of a teller must be there."""
    named = {keyid(one.key): one.key for one in _signers(conference) if one.key != ON_PAPER}
    strange = [one.keyid for one in envelope.signatures if one.keyid not in named]
    if strange:
        raise InvalidRecord(
            f"signed with a key that Setup does not name: {strange[0][:16]}", told="record_signature", at="records"
        )
    found = _verified(envelope, list(named.values()))
    if len(found) != len(envelope.signatures):
        raise InvalidRecord("a signature does not verify", told="record_signature", at="records")
    if not found & {keyid(teller.key) for teller in conference.tellers}:
        raise InvalidRecord("not signed by any teller", told="record_unsigned", at="records")


def _verified(envelope: Envelope, keys: Sequence[str]) -> set[str]:
    try:
        return set(verify_envelope(msgspec.to_builtins(envelope), keys))
    except KeysError as error:
        raise InvalidRecord(str(error), told="record_file", at="records") from None


def _check_others(session: Session, conference: int, record: Record) -> None:
    """Records of other papers must come from the same count, but where one of them awaits the head."""
    for row in session.scalars(_rows(conference)):
        other = _read(row.content)[1]
        same = other.paper == record.paper or other.hashes == record.hashes
        awaiting = "awaiting_head" in (other.verdict.status, record.verdict.status)
        if not (same or awaiting or _replaces(other, record)):
            raise InvalidRecord(f"paper {other.paper} has a record of another count", told="record_count", at="records")


def _replaces(old: Record, new: Record) -> bool:
    """Whether a record of another count may stand beside an old one: when the head has decided in between."""
    return len(new.count.head_words) > len(old.count.head_words)


def _keep(session: Session, conference: int, record: Record, envelope: Envelope) -> None:
    row = session.get(RecordRow, (conference, record.paper))
    if row is None:
        session.add(RecordRow(conference=conference, paper=record.paper, content=write_envelope(envelope)))
        session.flush()
        return
    before, old = _read(row.content)
    if before.payload == envelope.payload:
        row.content = _joined(before, envelope)
    elif old.verdict.status == "awaiting_head" or _replaces(old, record) or not _missing_tellers(envelope, record):
        row.content = write_envelope(envelope)
    else:
        message = "another record of this paper is here already: all tellers must sign the one that stands"
        raise InvalidRecord(message, told="record_second", at="records")
    session.flush()


def _joined(one: Envelope, other: Envelope) -> bytes:
    signatures: dict[str, EnvelopeSignature] = {each.keyid: each for each in (*one.signatures, *other.signatures)}
    return write_envelope(make_envelope(payload_of(one, WHAT), RECORD_TYPE, tuple(signatures.values())))


def _missing_tellers(envelope: Envelope, record: Record) -> list[str]:
    found = _verified(envelope, [teller.key for teller in record.conference.tellers])
    return [teller.name for teller in record.conference.tellers if keyid(teller.key) not in found]


def _status(number: int, title: str, conference: Conference, raw: bytes | None) -> PaperRecord:
    must = [one for one in _signers(conference) if one.must_sign]
    on_paper = tuple(one.name for one in must if one.key == ON_PAPER)
    with_key = [one for one in must if one.key != ON_PAPER]
    if raw is None:
        return PaperRecord(number, title, None, tuple(one.name for one in with_key), on_paper)
    envelope, record = _read(raw)
    found = _verified(envelope, [one.key for one in with_key])
    return PaperRecord(number, title, record, tuple(_unsigned(with_key, found)), on_paper)


def _unsigned(signers: Sequence[Signer], found: set[str]) -> Iterator[str]:
    yield from (one.name for one in signers if keyid(one.key) not in found)


def _go_on(session: Session, conference: int) -> None:
    """Take the conference as far as its records allow."""
    found = paper_records(session, conference)
    if any(one.record is None for one in found):
        return
    state = life_row.find(session, conference).state
    awaiting = any(one.awaits_head for one in found)
    if state == "closed":
        life.mark_counted(session, conference, awaiting_head=awaiting)
    if not awaiting and not any(one.missing or one.on_paper for one in found):
        life.mark_signed(session, conference)

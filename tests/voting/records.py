"""Records of a closed room as the tally machine would bring them: numbers chosen by the test, signed by tellers."""

from keys.files.signing import SigningKey
from keys.transcript import sha256_hex
from tally.result.rule import decide
from tests.voting.rooms import CLOSING, Room
from voting.conference import closing, setup
from voting.documents.canonical import canonical, parse_canonical
from voting.documents.case import Case, Counted
from voting.documents.conferences.conference import Conference
from voting.documents.conferences.election import parse_election
from voting.documents.envelope import Envelope, read_payload, sign_envelope
from voting.documents.facts import CountFacts, RoomFacts
from voting.documents.record import FORMAT, RECORD_TYPE, BallotCounts, Hashes, MadeBy, PaperResult, Record

TAIL = b"what the tellers added"
"""Stands for the end of the finished archive, where nobody audits it."""

Votes = dict[str, tuple[int, int]]
"""Agree and disagree by id."""


def conference_of(room: Room) -> Conference:
    """The conference as the room's Setup has it."""
    with room.storage.read() as session:
        found = parse_election(setup.setup_of(session, room.conference).election).conference
    assert found is not None
    return found


def new_record(room: Room, votes: Votes) -> Record:
    """The record of a closed box with these votes on every paper."""
    with room.storage.read() as session:
        closed = closing.closed_of(session, room.conference)
        election = parse_election(setup.setup_of(session, room.conference).election)
        ballots = len(closing.trackers(session, room.conference))
    conference = conference_of(room)
    envelope = parse_canonical(closed.facts, Envelope, what="facts")
    facts = read_payload(envelope, RoomFacts, "facts")
    moment = CLOSING.isoformat()
    count = CountFacts(
        1, election.uuid, facts.end_ballots, moment, moment, (1, 2), (), (), witnesses=(), chair_words=(),
    )  # fmt: skip
    return Record(
        format=FORMAT,
        kind="record",
        form="electronic",
        uuid=election.uuid,
        fingerprint=election.fingerprint,
        conference=conference,
        papers=tuple(_result(conference, number, votes, ballots) for number in range(1, len(conference.papers) + 1)),
        facts=facts,
        facts_signatures=envelope.signatures,
        count=count,
        hashes=Hashes(
            sha256_hex(closed.archive + TAIL),
            "b" * 64,
            facts.end_ballots,
            sha256_hex(closed.facts),
            sha256_hex(canonical(count)),
        ),
        made_by=MadeBy("phieukin", "typst", "Tinos"),
    )


def _result(conference: Conference, number: int, votes: Votes, ballots: int) -> PaperResult:
    one = conference.papers[number - 1]
    case = Case(
        rule=one.rule,
        selection=one.selection,
        summoned=conference.summoned,
        present=conference.present,
        ballots=ballots,
        candidates=tuple(Counted(each.id, each.name, *votes[each.id]) for each in one.candidates),
    )
    counts = BallotCounts(conference.drawn, ballots, ballots, 0, "")
    return PaperResult(number, case, decide(case), counts, one.previous, ())


def signed(record: Record, *keys: SigningKey) -> bytes:
    """The record's file with these signatures."""
    payload = canonical(record)
    envelopes = [sign_envelope(payload, RECORD_TYPE, key) for key in keys]
    signatures = sorted((one for each in envelopes for one in each.signatures), key=lambda one: (one.keyid, one.sig))
    whole = Envelope(envelopes[0].payload, RECORD_TYPE, tuple(signatures))
    return canonical(whole)

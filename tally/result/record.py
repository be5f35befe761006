"""The record of a sitting (biên bản kiểm phiếu as data), built from the finished archive and both facts files.

Building it again gives the same payload byte for byte (design §5): nothing here reads a clock, a file or a setting.
"""

from dataclasses import dataclass

from keys.transcript import sha256_hex
from tally.errors import CannotRecord
from tally.result.rule import decide, notes_on
from voting.documents.canonical import canonical
from voting.documents.case import Case, Counted
from voting.documents.conferences.conference import Candidate, Conference, Paper
from voting.documents.conferences.election import Election
from voting.documents.conferences.questions import disagree_at
from voting.documents.envelope import Envelope, make_envelope, read_payload, write_envelope
from voting.documents.facts import FACTS_TYPE, CountFacts, RoomFacts
from voting.documents.kinds import Kind, kind_of
from voting.documents.record import FORMAT, BallotCounts, Hashes, MadeBy, PaperResult, Record

Result = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class FinishedBox:
    """What a finished archive says: its election, the number of ballots, the sums per answer, and its hashes (hex)."""

    election: Election
    ballots: int
    result: Result
    archive: str
    last_event: str
    end_ballots: str


@dataclass(frozen=True, slots=True)
class BothFacts:
    """The two facts files: the room's envelope, and the count's."""

    room: Envelope
    count: CountFacts


def build_record(box: FinishedBox, facts: BothFacts, made_by: MadeBy) -> Record:
    """Build the record of all papers; raise CannotRecord, or ImpossibleCase from the rule."""
    conference = conference_of(box)
    room = read_payload(facts.room, RoomFacts, "facts")
    ballots = BallotCounts(conference.drawn, box.ballots, box.ballots, 0, "")
    return Record(
        format=FORMAT,
        kind="record",
        form="electronic",
        uuid=box.election.uuid,
        fingerprint=box.election.fingerprint,
        conference=conference,
        papers=tuple(
            result_of(number, paper, case_of(conference, paper, box), ballots)
            for number, paper in enumerate(conference.papers, 1)
        ),
        facts=room,
        facts_signatures=facts.room.signatures,
        count=facts.count,
        hashes=_hashes(box, facts),
        made_by=made_by,
    )


def result_of(number: int, paper: Paper, case: Case, ballots: BallotCounts) -> PaperResult:
    """Judge the case of paper `number` (from 1) by its rule; raise ImpossibleCase."""
    return PaperResult(
        paper=number,
        case=case,
        verdict=decide(case),
        ballots=ballots,
        previous=paper.previous,
        notes=tuple(notes_on(case, paper.tie_scope)),
    )


def record_payload(record: Record) -> bytes:
    """Spell a record: the bytes that are signed and that the minutes are rendered from."""
    return canonical(record)


def facts_of(record: Record) -> BothFacts:
    """Take both facts files out of a record again."""
    room = make_envelope(canonical(record.facts), FACTS_TYPE, record.facts_signatures)
    return BothFacts(room, record.count)


def conference_of(box: FinishedBox) -> Conference:
    """Return the meeting of a box; raise CannotRecord."""
    conference = box.election.conference
    if conference is None:
        raise CannotRecord("the election has no conference, so there is nothing to make minutes of")
    if not conference.papers:
        raise CannotRecord("the conference has no paper, so there is nothing to make minutes of")
    return conference


def _hashes(box: FinishedBox, facts: BothFacts) -> Hashes:
    return Hashes(
        archive=box.archive,
        last_event=box.last_event,
        end_ballots=box.end_ballots,
        facts=sha256_hex(write_envelope(facts.room)),
        count=sha256_hex(canonical(facts.count)),
    )


def case_of(conference: Conference, paper: Paper, box: FinishedBox) -> Case:
    """Join the votes of a paper with its rule."""
    return Case(
        rule=paper.rule,
        selection=paper.selection,
        summoned=conference.summoned,
        present=conference.present,
        ballots=box.ballots,
        candidates=tuple(_counted(one, kind_of(paper.kind), box.result) for one in paper.candidates),
    )


def _counted(candidate: Candidate, kind: Kind, result: Result) -> Counted:
    question, answer = candidate.at
    against = disagree_at(candidate, kind)
    disagree = 0 if against is None else result[against[0]][against[1]]
    return Counted(candidate.id, candidate.name, result[question][answer], disagree)

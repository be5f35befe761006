"""A count by hand on paper (kiểm phiếu giấy): the same rule, record and minutes as for the electronic box (design §5).

People count; this module adds up nothing but checks that their numbers agree: issued <= present, valid + invalid =
collected, no name with more votes than valid ballots. What comes out is a record of the form "paper", without an
archive and without hashes, which the signatures alone hold.
"""

import tomllib
from pathlib import Path

import msgspec

from keys.files.plain_text import decode_text
from tally.errors import CannotRecord
from tally.minutes.agreement import disagreements
from tally.result.record import result_of
from voting.documents.canonical import DOCUMENT_LIMIT, check_size, parse_unique
from voting.documents.case import Case, Counted
from voting.documents.conferences.conference import Conference, Paper
from voting.documents.counted import NUMBERS
from voting.documents.facts import Cards, ChairWord, CountFacts, RoomFacts
from voting.documents.kinds import Kind, kind_of
from voting.documents.record import FORMAT as RECORD_FORMAT
from voting.documents.record import BallotCounts, MadeBy, Record

FORMAT = 1


class Votes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Votes for one name, by its id on the paper."""

    id: str
    agree: int
    disagree: int = 0


class PaperVotes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was counted for one paper (from 1): ballots, and votes for each name."""

    paper: int
    ballots: BallotCounts
    votes: tuple[Votes, ...]


class HandCount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The input: times, absences, counts and words of one conference; JSON or TOML.

    `conference` may be left out where it comes from elsewhere (a Setup, see `read_hand_count`). `uuid` is that of the
    election where it was moved to paper after Setup. Times are ISO 8601 with seconds and offset.
    """

    format: int
    opened: str
    closed: str
    begun: str
    ended: str
    absent_excused: int
    absent_unexcused: int
    papers: tuple[PaperVotes, ...]
    conference: Conference | None = None
    uuid: str = ""
    complaints: tuple[str, ...] = ()
    witnesses: tuple[str, ...] = ()
    chair_words: tuple[ChairWord, ...] = ()


def read_hand_count(path: Path, conference: Conference | None = None, uuid: str = "") -> HandCount:
    """Read the input strictly, JSON or TOML by its name; raise CannotRecord with what is wrong and where.

    `conference` and `uuid`, of a Setup, fill in what the file leaves out; a file that says otherwise is refused.
    """
    raw = path.read_bytes()
    try:
        check_size(raw, DOCUMENT_LIMIT, path.name)
        text = decode_text(raw, path.name)
        is_toml = path.suffix.lower() == ".toml"
        plain = tomllib.loads(text) if is_toml else parse_unique(text.encode(), DOCUMENT_LIMIT, path.name)
        count = msgspec.convert(plain, HandCount)
    except (msgspec.ValidationError, tomllib.TOMLDecodeError) as error:
        raise CannotRecord(f"{path.name}: {error}") from None
    if count.format != FORMAT:
        raise CannotRecord(f"{path.name}: format {FORMAT} expected, {count.format} found")
    if conference is None:
        return count
    if count.conference not in (None, conference) or count.uuid not in ("", uuid):
        raise CannotRecord(f"{path.name}: it is of another conference than the Setup given")
    return msgspec.structs.replace(count, conference=conference, uuid=uuid)


def paper_record(count: HandCount, made_by: MadeBy) -> Record:
    """Build the record of all papers; raise CannotRecord where numbers contradict each other, ImpossibleCase."""
    conference = count.conference
    if conference is None:
        raise CannotRecord("the conference is missing: give it in the file, or a Setup beside it")
    numbers = [one.paper for one in count.papers]
    if not numbers or numbers != list(range(1, len(conference.papers) + 1)):
        raise CannotRecord(f"counts of papers 1 to {len(conference.papers)}, in order, expected; {numbers} found")
    results = tuple(
        result_of(votes.paper, paper, _case(conference, paper, votes), votes.ballots)
        for paper, votes in zip(conference.papers, count.papers, strict=True)
    )
    record = Record(
        format=RECORD_FORMAT,
        kind="record",
        form="paper",
        uuid=count.uuid,
        fingerprint="",
        conference=conference,
        papers=results,
        facts=_facts(count),
        facts_signatures=(),
        count=_count(count),
        hashes=None,
        made_by=made_by,
    )
    for problem in disagreements(record):
        raise CannotRecord(problem)
    for votes in count.papers:
        if votes.ballots.invalid and not votes.ballots.invalid_reason:
            raise CannotRecord(f"paper {votes.paper}: a reason for {votes.ballots.invalid} invalid ballots expected")
    return record


def _case(conference: Conference, paper: Paper, votes: PaperVotes) -> Case:
    found = {one.id: one for one in votes.votes}
    names = [one.id for one in paper.candidates]
    if sorted(found) != sorted(names) or len(found) != len(votes.votes):
        raise CannotRecord(f"paper {votes.paper}: votes for each of {', '.join(names)} once expected")
    _check_choices(kind_of(paper.kind), paper, votes)
    return Case(
        rule=paper.rule,
        selection=paper.selection,
        summoned=conference.summoned,
        present=conference.present,
        ballots=votes.ballots.collected,
        invalid=votes.ballots.invalid,
        candidates=tuple(
            Counted(one.id, one.name, found[one.id].agree, found[one.id].disagree) for one in paper.candidates
        ),
    )


def _check_choices(kind: Kind, paper: Paper, votes: PaperVotes) -> None:
    """Refuse votes that so many valid ballots cannot hold, where a ballot chooses from the names of a paper."""
    if not kind.chooses:
        return
    most = kind.most_of(len(paper.candidates), paper.selection.quota) * votes.ballots.valid
    if any(one.disagree for one in votes.votes):
        raise CannotRecord(f"paper {votes.paper}: nobody votes against a name where names are chosen from a list")
    if (found := sum(one.agree for one in votes.votes)) > most:
        raise CannotRecord(f"paper {votes.paper}: at most {most} votes in all valid ballots expected, {found} found")


def _facts(count: HandCount) -> RoomFacts:
    return RoomFacts(
        format=RoomFacts.FORMAT,
        uuid=count.uuid,
        setup="",
        end_ballots="",
        opened=count.opened,
        closed=count.closed,
        absent_excused=count.absent_excused,
        absent_unexcused=count.absent_unexcused,
        cards=Cards(0, 0, 0, 0),
        spares_activated=(),
        ballots=max(one.ballots.collected for one in count.papers),
        cards_handed_back=0,
        decks_voided=0,
        account_resets=0,
        incidents=(),
        confirmations=(),
        **dict.fromkeys(NUMBERS, 0),
    )


def _count(count: HandCount) -> CountFacts:
    return CountFacts(
        format=FORMAT,
        uuid=count.uuid,
        end_ballots="",
        begun=count.begun,
        ended=count.ended,
        openers=(),
        opening_proofs=(),
        complaints=count.complaints,
        witnesses=count.witnesses,
        chair_words=count.chair_words,
    )

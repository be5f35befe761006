"""Check ballots in chunks: form, election, signature, proofs of each; a chunk's findings and sum can be merged.

`check_ballots` is the reference, one ballot and one proof at a time. Anything with the shape of `Checker` can take its
place: a batch verifier, processes, many machines; it must find the same. What concerns the whole box (known cards, one
ballot a card, copies) is not a chunk's business: see `box`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from keys.group import Point
from tally.audit.copies import mark
from tally.audit.report import Finding, Findings
from tally.result.sum import add_ballot, nothing
from voting.documents.archives.file_ranges import FileRange
from voting.documents.archives.outcome import Tally
from voting.documents.ballots.answers import check_shape, statement, verify_answer
from voting.documents.ballots.ballot import EncryptedBallot, parse_ballot, verify_binding, verify_signature
from voting.documents.ballots.request import ballot_limit
from voting.documents.conferences.election import Election
from voting.documents.errors import InvalidBallot

FORM, ELECTION, SIGNATURE, PROOFS = "ballot_form", "ballot_election", "ballot_signature", "ballot_proofs"
CHUNK_BALLOTS = 64
CHUNK_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class NumberedBallot:
    """A ballot's bytes, the height of its event, and where the archive has them, if others can read them there."""

    height: int
    raw: bytes
    kept: FileRange | None = field(default=None, compare=False)

    @property
    def place(self) -> str:
        """Where it stands, for people."""
        return f"event {self.height} (Ballot)"


@dataclass(frozen=True, slots=True)
class BallotRules:
    """What a chunk is checked against; `mark_key` is this audit's, for finding copies."""

    election: Election
    limit: int
    mark_key: bytes

    @classmethod
    def of(cls, election: Election, mark_key: bytes) -> "BallotRules":
        """Make the rules of an election."""
        return cls(election, ballot_limit(election), mark_key)


@dataclass(frozen=True, slots=True)
class Voted:
    """What the box needs of a ballot in good form: its height, card, and the marks of its ciphertexts."""

    height: int
    credential: Point
    marks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ChunkFindings:
    """Findings of a chunk, the sum of its ballots of good form, and what the box needs of each."""

    findings: tuple[Finding, ...]
    tally: Tally
    voted: tuple[Voted, ...]
    ballots: int


Chunk = Sequence[NumberedBallot]
Checker = Callable[[BallotRules, Iterable[Chunk]], Iterator[ChunkFindings]]


def one_by_one(rules: BallotRules, chunks: Iterable[Chunk]) -> Iterator[ChunkFindings]:
    """Check chunk after chunk in this process: the checker that needs nothing but PyNaCl."""
    return (check_ballots(rules, chunk) for chunk in chunks)


def check_ballots(rules: BallotRules, chunk: Chunk) -> ChunkFindings:
    """Check every ballot of a chunk; a pure function of what it is given."""
    findings, tally, voted = Findings(), nothing(rules.election), []
    for check in (FORM, ELECTION, SIGNATURE, PROOFS):
        findings.passed(check, 0)
    for numbered in chunk:
        ballot = findings.get(FORM, numbered.place, lambda: parse_form(rules, numbered.raw))  # noqa: B023
        if ballot is None:
            continue
        _check_ballot(findings, rules.election, ballot, numbered.place)
        tally = add_ballot(tally, ballot)
        voted.append(voted_by(rules, numbered.height, ballot))
    return ChunkFindings(findings.findings, tally, tuple(voted), len(chunk))


def parse_form(rules: BallotRules, raw: bytes) -> EncryptedBallot:
    """Parse a ballot and check its shape; raise NotCanonical, TooLarge or InvalidBallot."""
    ballot = parse_ballot(raw, rules.limit)
    questions = rules.election.questions
    if len(ballot.answers) != len(questions):
        raise InvalidBallot("shape", "answers", f"{len(questions)} expected, {len(ballot.answers)} found")
    for number, (question, answer) in enumerate(zip(questions, ballot.answers, strict=True), 1):
        check_shape(question, answer, f"question {number}")
    return ballot


def voted_by(rules: BallotRules, height: int, ballot: EncryptedBallot) -> Voted:
    """Collect what the box needs of a ballot."""
    choices = (choice for answer in ballot.answers for choice in answer.choices)
    return Voted(height, ballot.credential, tuple(mark(rules.mark_key, choice) for choice in choices))


def _check_ballot(findings: Findings, election: Election, ballot: EncryptedBallot, place: str) -> None:
    findings.holds(ELECTION, place, lambda: verify_binding(election, ballot))
    findings.holds(SIGNATURE, place, lambda: verify_signature(ballot))
    start = statement(election.fingerprint, ballot.credential)
    for number, (question, answer) in enumerate(zip(election.questions, ballot.answers, strict=True), 1):
        spot = f"question {number}"
        findings.holds(
            PROOFS,
            place,
            lambda: verify_answer(question, election.public_key, start, answer, spot),  # noqa: B023 - called at once
        )

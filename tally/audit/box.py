"""Check the box (hòm phiếu) as a whole: cards of Setup alone, one ballot a card, no ciphertext copied; the sum."""

from collections.abc import Iterable, Iterator

from keys.group import Point
from tally.audit.ballots import (
    CHUNK_BALLOTS,
    CHUNK_BYTES,
    BallotRules,
    Checker,
    Chunk,
    ChunkFindings,
    NumberedBallot,
    Voted,
)
from tally.audit.copies import Copies
from tally.audit.report import Ledger
from tally.sum import add_tallies, nothing
from voting.documents.outcome import Tally

CARDS, COPIES = "ballot_cards", "ballot_copies"


class Box:
    """The box so far: memory for each card, and 12 bytes for each ciphertext."""

    def __init__(self, ledger: Ledger, rules: BallotRules, credentials: frozenset[Point]) -> None:
        self._ledger, self._credentials = ledger, credentials
        self._voted: dict[Point, int] = {}
        self._copies = Copies()
        self.tally: Tally = nothing(rules.election)
        self.ballots = 0

    def add(self, part: ChunkFindings) -> None:
        """Take in a checked chunk."""
        for finding in part.findings:
            self._ledger.add(finding)
        for one in part.voted:
            self._check_card(one)
            self._copies.add(one.height, one.marks)
        self.tally = add_tallies(self.tally, part.tally)
        self.ballots += part.ballots

    def close(self) -> None:
        """Look for copies, when the last ballot is in."""
        copied: dict[int, int] = {later: first for first, later in self._copies.found()}
        for later, first in sorted(copied.items()):
            self._ledger.failed(COPIES, f"event {later} (Ballot)", f"holds a ciphertext of the ballot in event {first}")
        self._ledger.passed(COPIES, self.ballots - len(copied))

    def _check_card(self, one: Voted) -> None:
        place = f"event {one.height} (Ballot)"
        if one.credential not in self._credentials:
            self._ledger.failed(CARDS, place, "its card is not one of Setup's")
        elif (first := self._voted.setdefault(one.credential, one.height)) != one.height:
            self._ledger.failed(CARDS, place, f"a second ballot of the card of event {first}")
        else:
            self._ledger.passed(CARDS)


def check_box(
    ledger: Ledger,
    rules: BallotRules,
    credentials: frozenset[Point],
    ballots: Iterable[NumberedBallot],
    checker: Checker,
) -> Box:
    """Check all ballots with the given checker, in chunks as they come from the file."""
    box = Box(ledger, rules, credentials)
    for part in checker(rules, _chunks(ballots, rules.limit)):
        box.add(part)
    box.close()
    return box


def _chunks(ballots: Iterable[NumberedBallot], limit: int) -> Iterator[Chunk]:
    """Chunks of so many ballots or bytes; of a ballot over the limit one byte too many is kept, to be refused."""
    chunk: list[NumberedBallot] = []
    size = 0
    for ballot in ballots:
        kept = NumberedBallot(ballot.height, ballot.raw[: limit + 1])
        chunk.append(kept)
        size += len(kept.raw)
        if len(chunk) == CHUNK_BALLOTS or size >= CHUNK_BYTES:
            yield tuple(chunk)
            chunk, size = [], 0
    if chunk:
        yield tuple(chunk)

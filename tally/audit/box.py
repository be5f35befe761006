"""Check the box (hòm phiếu) as a whole: cards of Setup alone, one ballot a card, no ciphertext copied; the sum."""

from array import array
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
from tally.audit.report import Findings
from tally.audit.setup.credentials import Credentials
from tally.result.sum import add_tallies, nothing
from voting.documents.archives.outcome import Tally

CARDS, COPIES = "ballot_cards", "ballot_copies"


class Cards:
    """The cards of Setup and the first ballot of each: 40 bytes a card."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials
        self._heights = array("Q", bytes(8 * len(credentials)))  # 0: no ballot yet, for Setup stands at height 0

    def first(self, credential: Point, height: int) -> int | None:
        """Note a ballot; return the height of the card's first one, None for a card that is not one of Setup's."""
        place = self._credentials.place(credential)
        if place is None:
            return None
        self._heights[place] = self._heights[place] or height
        return self._heights[place]


class Box:
    """The box so far: memory for each card, and in a file for each ciphertext."""

    def __init__(self, findings: Findings, rules: BallotRules, credentials: Credentials) -> None:
        self._ledger, self._cards = findings, Cards(credentials)
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
        if part.voted:  # else nothing was added, and a sum is as wide as the election asks
            self.tally = add_tallies(self.tally, part.tally)
        self.ballots += part.ballots

    def close(self) -> None:
        """Look for copies, when the last ballot is in."""
        copied: dict[int, int] = {later: first for first, later in self._copies.found()}
        self._copies.close()
        for later, first in sorted(copied.items()):
            self._ledger.failed(COPIES, f"event {later} (Ballot)", f"holds a ciphertext of the ballot in event {first}")
        self._ledger.passed(COPIES, self.ballots - len(copied))

    def _check_card(self, one: Voted) -> None:
        place = f"event {one.height} (Ballot)"
        first = self._cards.first(one.credential, one.height)
        if first is None:
            self._ledger.failed(CARDS, place, "its card is not one of Setup's")
        elif first != one.height:
            self._ledger.failed(CARDS, place, f"a second ballot of the card of event {first}")
        else:
            self._ledger.passed(CARDS)


def check_box(
    findings: Findings,
    rules: BallotRules,
    credentials: Credentials,
    ballots: Iterable[NumberedBallot],
    checker: Checker,
) -> Box:
    """Check all ballots with the given checker, in chunks as they come from the file."""
    box = Box(findings, rules, credentials)
    for part in checker(rules, _chunks(ballots, rules.limit)):
        box.add(part)
    box.close()
    return box


def _chunks(ballots: Iterable[NumberedBallot], limit: int) -> Iterator[Chunk]:
    """Chunks of so many ballots or bytes; of a ballot over the limit one byte too many is kept, to be refused."""
    chunk: list[NumberedBallot] = []
    size = 0
    for ballot in ballots:
        kept = NumberedBallot(ballot.height, ballot.raw[: limit + 1], ballot.kept)
        chunk.append(kept)
        size += len(kept.raw)
        if len(chunk) == CHUNK_BALLOTS or size >= CHUNK_BYTES:
            yield tuple(chunk)
            chunk, size = [], 0
    if chunk:
        yield tuple(chunk)

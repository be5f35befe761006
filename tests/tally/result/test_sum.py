"""The encrypted sum: the same whatever the order, and the one that belenios-tool computes."""

from itertools import permutations
from pathlib import Path

from keys.group import IDENTITY
from tally.result.sum import add_ballot, add_tallies, nothing
from tests.tally.sums import sum_ballots
from voting.documents.archives.outcome import parse_tally
from voting.documents.ballots.ballot import EncryptedBallot, parse_ballot
from voting.documents.ballots.request import ballot_limit
from voting.documents.conferences.election import Election, parse_election

FOLDER = Path(__file__).resolve().parents[2] / "vectors" / "3x2"


def vector() -> tuple[Election, list[EncryptedBallot]]:
    election = parse_election((FOLDER / "election.json").read_bytes().strip())
    raws = (path.read_bytes().strip() for path in sorted((FOLDER / "ballots").glob("*.json")))
    return election, [parse_ballot(raw, ballot_limit(election)) for raw in raws]


def test_it_is_the_sum_that_belenios_computes_in_every_order() -> None:
    election, ballots = vector()
    expected = parse_tally((FOLDER / "encrypted_tally.jsons").read_bytes().splitlines()[0])
    for order in permutations(ballots):
        assert sum_ballots(election, order) == expected


def test_sums_of_parts_add_up() -> None:
    election, ballots = vector()
    first, rest = sum_ballots(election, ballots[:1]), sum_ballots(election, ballots[1:])
    assert add_tallies(first, rest) == sum_ballots(election, ballots)


def test_nothing_adds_nothing() -> None:
    election, ballots = vector()
    one = add_ballot(nothing(election), ballots[0])
    assert add_tallies(one, nothing(election)) == one
    assert {point for row in nothing(election) for cell in row for point in (cell.alpha, cell.beta)} == {IDENTITY}

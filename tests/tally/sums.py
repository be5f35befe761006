"""The sum of many ballots at once; the product adds them as it reads them."""

from collections.abc import Iterable

from tally.result.sum import add_ballot, nothing
from voting.documents.archives.outcome import Tally
from voting.documents.ballots.ballot import EncryptedBallot
from voting.documents.conferences.election import Election


def sum_ballots(election: Election, ballots: Iterable[EncryptedBallot]) -> Tally:
    """Sum ballots of good form."""
    tally = nothing(election)
    for ballot in ballots:
        tally = add_ballot(tally, ballot)
    return tally

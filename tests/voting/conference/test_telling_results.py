"""Names on which all valid ballots say the same are pointed out before the chair shows them."""

import pytest

from tests.tally.records import sample_paper, sample_record
from voting.conference.results import telling
from voting.documents.case import Counted


@pytest.mark.parametrize("invalid", [0, 2])
def test_names_on_which_all_valid_ballots_agree_are_told(invalid: int) -> None:
    paper, valid = sample_paper(3), 40 - invalid
    counts = ((valid, 0), (0, valid), (valid - 1, 1))
    votes = [Counted(one.id, one.name, *count) for one, count in zip(paper.candidates, counts, strict=True)]
    record = sample_record(3, paper=paper, votes=votes, form="paper", invalid=invalid)
    assert (record.papers[0].case.ballots, record.papers[0].case.invalid) == (40, invalid)
    assert telling(record.papers[0]) == (votes[0].name, votes[1].name)

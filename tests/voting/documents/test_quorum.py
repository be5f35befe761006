"""The quorum: rounded up, and missed by one less."""

import pytest

from voting.documents.conferences.conference import Quorum
from voting.documents.quorum import is_missed, least_present


@pytest.mark.parametrize(
    ("summoned", "needed"),
    [(3, 2), (5, 4), (7, 5), (8, 6), (9, 6), (10, 7), (11, 8), (15, 10), (20, 14), (30, 20), (33, 22), (40, 27),
     (47, 32), (50, 34)],
)  # fmt: skip
def test_two_thirds_are_rounded_up_and_one_less_misses_them(summoned: int, needed: int) -> None:
    rule = Quorum(2, 3, None)
    assert least_present(rule, summoned) == needed
    assert is_missed(rule, summoned, needed - 1) and not is_missed(rule, summoned, needed)


def test_where_no_quorum_is_asked_none_is_missed() -> None:
    assert not is_missed(None, 10, 0)

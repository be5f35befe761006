import pytest

from tests.tools.minutes import group_of, minutes_by_group


def test_a_test_belongs_to_its_first_two_folders() -> None:
    assert group_of("tests/voting/web/access/test_locks.py::test_x[a::b]") == "voting/web"
    assert group_of("tests/attacks/test_records.py::test_x") == "attacks"
    assert group_of("tests/test_house.py::test_x") == "test_house.py"


def test_minutes_add_up_the_longest_group_first() -> None:
    timed = [
        ("tests/keys/test_a.py::x", 30.0),
        ("tests/tally/fast/test_b.py::y", 90.0),
        ("tests/keys/test_c.py::z", 6.0),
    ]
    assert minutes_by_group(timed) == [("tally/fast", 1.5), ("keys", pytest.approx(0.6))]

"""Tablets and minutes: people x seconds / tablets, in whole turns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.conference.draft import planner

PEOPLE, SECONDS = st.integers(1, 20_000), st.integers(1, 900)


@pytest.mark.parametrize(("tablets", "minutes"), [(20, 100), (40, 50), (80, 25)])
def test_two_thousand_people_at_a_minute_each(tablets: int, minutes: int) -> None:
    assert planner.minutes_for(2000, 60, tablets) == minutes
    assert planner.tablets_for(2000, 60, minutes) == tablets


@given(PEOPLE, SECONDS, st.integers(1, 600))
def test_the_tablets_asked_for_are_enough_unless_one_turn_takes_longer(people: int, seconds: int, minutes: int) -> None:
    tablets = planner.tablets_for(people, seconds, minutes)
    assert 1 <= tablets <= people
    if seconds <= minutes * 60:
        assert planner.minutes_for(people, seconds, tablets) <= minutes


@given(PEOPLE, SECONDS, st.integers(1, 500))
def test_more_tablets_never_take_longer(people: int, seconds: int, tablets: int) -> None:
    assert planner.minutes_for(people, seconds, tablets + 1) <= planner.minutes_for(people, seconds, tablets)

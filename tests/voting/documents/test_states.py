"""What holds in which state, once more and by hand.

The steps by hand: `tests/voting/web/access/test_pairs.py`.
"""

import pytest

from voting.documents.states import PROPERTIES, STATES, WAY, State

# By hand: in which states something holds that pages ask for.
HOLDS: dict[str, str] = {
    "is_draft": "draft",
    "draws_cards": "list_frozen",
    "awaits_setup": "roll_taken",
    "awaits_opening": "sealed",
    "is_open": "open",
    "is_paused": "frozen",
    "is_signed": "signed",
    "is_annulled": "annulled",
    "is_on_paper": "on_paper",
    "in_use": "open frozen",
    "has_box": "sealed open frozen",
    "before_setup": "draft list_frozen roll_taken",
    "under_way": "list_frozen roll_taken sealed open frozen",
    "too_late_to_draw": "roll_taken sealed open frozen",
    "takes_records": "closed counted",
    "has_setup": "sealed open frozen closed counted signed",
    "ended": "closed counted signed annulled on_paper",
}


@pytest.mark.parametrize("name", list(HOLDS))
def test_what_holds_in_a_state_is_as_the_table_by_hand_says(name: str) -> None:
    assert [state for state in STATES if getattr(PROPERTIES[state], name)] == HOLDS[name].split()


def test_the_table_by_hand_has_every_property_that_pages_may_ask_for() -> None:
    assert {name for name in dir(PROPERTIES["draft"]) if not name.startswith("_")} == {*HOLDS, "state", "place"}


def test_the_way_of_a_conference_goes_from_draft_to_signed() -> None:
    aside: dict[State, int | None] = {"frozen": 4, "annulled": None, "on_paper": None}
    assert {state: one.place for state, one in PROPERTIES.items()} == {state: n for n, state in enumerate(WAY)} | aside

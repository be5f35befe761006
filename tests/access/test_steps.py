"""The steps of a conference, once more and by hand: in which states, to which, by whom, with which second person."""

import re
from pathlib import Path

import pytest

from voting.conference.steps import STEPS, Pair
from voting.documents.states import PROPERTIES, STATES, WAY, State

PAGES = Path(__file__).resolve().parents[2] / "kiosk_templates" / "pages"
TABLE = """
change_draft | draft | - | organiser | none
freeze_list | draft | list_frozen | organiser | none
back_to_draft | list_frozen roll_taken | draft | organiser chair | chair
make_deck | draft list_frozen | - | organiser technician | chair
reserve_deck | list_frozen | - | organiser teller chair secretary | chair
take_roll | list_frozen | roll_taken | organiser teller chair secretary | chair
mark_roll | list_frozen | - | door | none
void_leftover | list_frozen | - | door teller | none
upload_trustees | draft list_frozen roll_taken | - | organiser teller technician | none
seal | roll_taken | sealed | secretary technician | none
open_box | sealed frozen | open | teller chair | chair+teller
confirm_setup | sealed | - | teller secretary technician | none
last_call | open | - | teller chair | none
note | open frozen | - | teller secretary technician | none
freeze | open | frozen | teller chair technician | chair,teller
new_code | open | - | technician | chair,teller
activate_spare | open | - | door teller chair | chair
close_box | open frozen | closed | teller chair | chair+teller
annul | draft list_frozen roll_taken sealed open frozen closed | annulled | organiser chair | chair
on_paper | list_frozen roll_taken sealed open frozen | on_paper | organiser chair | chair
take_records | closed counted awaiting_head | - | organiser teller chair secretary technician | none
release | signed | - | chair | none
count | closed | counted | | none
await_head | counted | awaiting_head | | none
sign | counted awaiting_head | signed | | none
signed | counted awaiting_head | - | organiser teller chair secretary | chair
"""
PAIRS = {
    "none": None,
    "chair": Pair(("chair",)),
    "chair+teller": Pair(("chair",), ("chair", "teller")),
    "chair,teller": Pair(("chair", "teller")),
}
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
    "takes_records": "closed counted awaiting_head",
    "has_setup": "sealed open frozen closed counted awaiting_head signed",
    "ended": "closed counted awaiting_head signed annulled on_paper",
}
COMPARED = re.compile(r"\bstate\b *(?:==|!=|in|not in) |\bmay\(|\broles\b *(?:&|==)|[\"'] in [\w.]*roles\b")
LITERAL = re.compile(r"""(?<!offered\()["'](\w+)["']""")  # `offered` takes the name of a step


def rows() -> dict[str, list[str]]:
    """The table, cell by cell; who begins a step is empty where a record takes it by itself."""
    lines = [[cell.strip() for cell in line.split("|")] for line in TABLE.strip().splitlines()]
    return {name: cells for name, *cells in lines}


def test_the_table_by_hand_has_every_step_and_no_other() -> None:
    assert list(rows()) and set(rows()) == set(STEPS)


@pytest.mark.parametrize("name", list(STEPS))
def test_a_step_is_as_the_table_by_hand_says(name: str) -> None:
    states, to, who, pair = rows()[name]
    step = STEPS[name]
    assert sorted(step.states) == sorted(states.split())
    assert step.to == (None if to == "-" else to)
    assert sorted(step.who) == sorted(who.split())
    assert step.pair == PAIRS[pair]


@pytest.mark.parametrize("name", list(HOLDS))
def test_what_holds_in_a_state_is_as_the_table_by_hand_says(name: str) -> None:
    assert [state for state in STATES if getattr(PROPERTIES[state], name)] == HOLDS[name].split()


def test_the_table_by_hand_has_every_property_that_pages_may_ask_for() -> None:
    assert {name for name in dir(PROPERTIES["draft"]) if not name.startswith("_")} == {*HOLDS, "state", "place"}


def test_the_way_of_a_conference_goes_from_draft_to_signed() -> None:
    aside: dict[State, int | None] = {"frozen": 4, "awaiting_head": 6, "annulled": None, "on_paper": None}
    assert {state: one.place for state, one in PROPERTIES.items()} == {state: n for n, state in enumerate(WAY)} | aside


def test_no_page_names_a_state_or_a_role() -> None:
    found = []
    for path in sorted(PAGES.rglob("*.html")):
        for code in re.findall(r"\{[{%].*?[%}]\}", path.read_text("utf-8"), re.DOTALL):
            named = set(LITERAL.findall(code)) & set(STATES)
            found += [(path.name, code)] if named or COMPARED.search(code) else []
    assert found == []

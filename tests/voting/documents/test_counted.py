"""What is counted, once more and by hand: what stands in the facts, what among the incidents, what staff count."""

from typing import get_type_hints

import msgspec
import pytest

from voting.documents.counted import BY_HAND, COUNTED, INCIDENTS, NUMBERS
from voting.documents.facts import Cards, Confirmation, Incident, RoomFacts, SparesActivated

FACTS_BY_HAND = (
    1,
    "format uuid setup end_ballots opened closed absent_excused absent_unexcused cards spares_activated ballots refused"
    " cards_handed_back decks_voided audits helpers account_resets incidents confirmations",
    "made drawn void spares",
    "reason count",
    "kind count",
    "format uuid setup owner threshold",
)
"""The version of the room's facts, and the fields that it stands for: they change together."""


def test_incidents_numbers_and_buttons_are_those_of_the_lists_by_hand() -> None:
    assert INCIDENTS == (
        "card_already_used", "limit_reached", "frozen", "server_restarted", "tablet_replaced", "power", "network",
        "other_deck",
    )  # fmt: skip
    assert NUMBERS == ("refused", "audits", "helpers")
    assert BY_HAND == ("audits", "helpers", "power", "network")
    assert len({one.name for one in COUNTED}) == len(COUNTED)


def test_the_facts_have_another_version_where_they_have_other_fields() -> None:
    structs = (RoomFacts, Cards, SparesActivated, Incident, Confirmation)
    assert (RoomFacts.FORMAT, *(" ".join(one.__struct_fields__) for one in structs)) == FACTS_BY_HAND


def test_every_number_is_a_whole_number_of_the_facts() -> None:
    hints = get_type_hints(RoomFacts)
    assert {hints[name] for name in NUMBERS} == {int}


def test_an_incident_that_is_not_of_the_list_is_refused_where_it_is_read() -> None:
    assert msgspec.json.decode(b'{"kind":"power","count":1}', type=Incident).kind == "power"
    with pytest.raises(msgspec.ValidationError, match=r"kind"):
        msgspec.json.decode(b'{"kind":"helpers","count":1}', type=Incident)

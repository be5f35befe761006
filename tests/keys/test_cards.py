import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys import cards
from keys.errors import InvalidCard
from keys.group import Q, base_power, decode_point, secret_to_int
from tests.keys import elections

CARD = "dgw4cV3yba2N6gCDUFdRPC"
UUID = "3NGX6NdhdXaBGB"
WITH_CREDENTIALS = {"3x2": "public_creds.with_ids.json", "3x2-single": "public_creds.with_ids.json",
                    "per-candidate-10x10": "public_creds.json"}  # fmt: skip


@pytest.mark.parametrize("name", elections.NAMES)
def test_private_credentials_of_belenios_give_its_public_ones(name: str) -> None:
    election = elections.load(name)
    private = election.json("private_creds.json").values()
    public = {decode_point(line.split(",")[0]) for line in election.json(WITH_CREDENTIALS[name])}
    assert {cards.credential(card, election.election["uuid"]) for card in private} == public


def test_new_cards_are_22_base58_characters_and_differ() -> None:
    drawn = {cards.new_card() for _ in range(200)}
    assert len(drawn) == 200
    assert all(len(card) == 22 and set(card) <= set(cards.ALPHABET) for card in drawn)
    assert set("".join(drawn)) == set(cards.ALPHABET)


@given(st.text(alphabet=cards.ALPHABET, min_size=22, max_size=22))
def test_dashes_come_and_go(card: str) -> None:
    dashed = cards.with_dashes(card)
    assert [len(group) for group in dashed.split("-")] == [5, 6, 5, 6]
    assert cards.normalise(dashed) == cards.normalise(card) == card
    assert cards.derive(dashed, UUID) == cards.derive(card, UUID)


@pytest.mark.parametrize(
    "text", [CARD + "\n", f" {CARD} ", "dgw4c V3yba2 N6gCD UFdRPC", "dgw4c-V3yba2-N6gCD-UFdRPC\r\n"]
)
def test_what_a_scanner_or_a_person_types_around_a_card_is_dropped(text: str) -> None:
    assert cards.normalise(text) == CARD


@pytest.mark.parametrize(
    "text",
    ["", CARD[:-1], CARD + "a", CARD.replace("d", "0"), CARD.replace("d", "l"), CARD[:-1] + "é", CARD[:-1] + "１",
     CARD + " " * 80, "-" * 22, CARD[:-1] + "_", f"https://x/{CARD}"],
)  # fmt: skip
def test_what_is_no_card_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(InvalidCard) as caught:
        cards.normalise(text)
    assert CARD[:6] not in str(caught.value)


@pytest.mark.parametrize("uuid", ["", "short", "3NGX6NdhdXaBG0", "3NGX6NdhdXaBGB|", "3NGX6NdhdXaBGB|0", "x" * 65])
def test_a_uuid_that_is_none_is_refused(uuid: str) -> None:
    with pytest.raises(InvalidCard, match="uuid"):
        cards.derive(CARD, uuid)


def test_the_same_card_has_another_credential_in_another_election() -> None:
    assert cards.credential(CARD, UUID) != cards.credential(CARD, UUID + "2")


def test_the_secret_is_in_range_and_its_public_credential_is_its_power() -> None:
    secret = cards.derive(CARD, UUID)
    assert 0 < secret_to_int(secret) < Q
    assert base_power(secret) == cards.credential(CARD, UUID)


def test_the_vector_of_one_card_holds() -> None:
    public = json.loads(elections.load("3x2").raw("public_creds.with_ids.json"))
    assert public[0].startswith("aa36fa5bebbf9d9c")
    assert cards.credential(CARD, UUID) in {decode_point(line.split(",")[0]) for line in public}

"""What a card is told: staff in one word, its owner its tracker, and tests of tablets are counted."""

import json

import pytest

from keys.cards import derive
from keys.proofs.schnorr import sign_message
from tests.voting.rooms import Room
from tests.voting.web.conftest import HERE, Browser
from tests.voting.web.test_api import Tablet, refusal
from tests.voting.web.test_api import tablet as tablet
from voting.box.card_status import TRACKER_TAG
from voting.storage import conference_row


def ask(tablet: Tablet, room: Room, card: str, *, signer: str | None = None, tag: str = TRACKER_TAG) -> object:
    proof = sign_message(derive(signer or card, room.uuid()), f"{tag}|{room.uuid()}")
    signature = {"challenge": str(proof.challenge), "response": str(proof.response)}
    content = {"credential": room.public(card), "signature": signature}
    answer = tablet.client.post(f"/api/v1/elections/{room.uuid()}/cards", json=content, base_url=HERE)
    return answer.json if answer.status_code == 200 else refusal(answer)


def test_a_card_learns_the_tracker_of_its_own_ballot(room: Room, tablet: Tablet) -> None:
    room.open()
    assert ask(tablet, room, room.drawn[0]) == {"tracker": None}
    receipt = room.box.cast(room.uuid(), room.body(room.drawn[0]))
    assert ask(tablet, room, room.drawn[0]) == {"tracker": receipt.tracker}


def test_nobody_learns_of_a_card_that_they_do_not_hold(room: Room, tablet: Tablet) -> None:
    room.open()
    room.box.cast(room.uuid(), room.body(room.drawn[0]))
    unknown = (403, "unknown_card", None)
    assert ask(tablet, room, room.drawn[0], signer=room.drawn[1]) == unknown
    assert ask(tablet, room, room.drawn[0], tag="phieukin/other/v1") == unknown


def audit(tablet: Tablet, room: Room, card: str, shown: str = "h" * 43) -> object:
    body = json.dumps({"credential": room.public(card), "hash": shown}).encode()
    answer = tablet.post("audits", body)
    return answer.json if answer.status_code == 200 else refusal(answer)[1]


def audits(room: Room) -> int:
    with room.storage.read() as session:
        return conference_row.counts(session, room.conference).get("audits", 0)


def test_tests_of_tablets_are_counted_and_cost_no_card(room: Room, tablet: Tablet) -> None:
    room.open()
    for shown in ("h" * 43, "h" * 43, "i" * 43):
        assert audit(tablet, room, room.drawn[0], shown) == {"counted": True}
    assert audits(room) == 2, "a request that comes again counts once"
    assert room.box.cast(room.uuid(), room.body(room.drawn[0])).tracker


def test_only_cards_that_may_vote_count_as_tests(room: Room, tablet: Tablet) -> None:
    room.open()
    assert audit(tablet, room, room.spares[0]) == "spare_not_active"
    assert audit(tablet, room, "1" * 22) == "unknown_card"
    tablet.id = "0" * 64
    assert audit(tablet, room, room.drawn[0]) == "device_unknown"
    assert audits(room) == 0


def standing(browser: Browser, room: Room, card: str) -> str:
    content = json.dumps({"credentials": [room.public(card)]})
    headers = {"X-CSRFToken": browser.token(), "Referer": f"{HERE}/"}
    answer = browser.client.post("/card", data=content, base_url=HERE, headers=headers)
    assert answer.json is not None, answer.text
    return str(answer.json["standing"])


@pytest.mark.usefixtures("cheap_passwords")
def test_staff_learn_in_one_word_whether_a_card_voted(room: Room, browser: Browser) -> None:
    room.open()
    browser.sign_in("teller")
    room.box.cast(room.uuid(), room.body(room.drawn[0]))
    left = next(card.text for card in room.secrets if card.text not in [*room.drawn, *room.spares])
    words = [standing(browser, room, card) for card in (*room.drawn[:2], room.spares[0], left, "1" * 22)]
    assert words == ["recorded", "good", "ask", "ask", "ask"]
    room.close()
    assert [standing(browser, room, card) for card in room.drawn[:2]] == ["recorded", "closed"]

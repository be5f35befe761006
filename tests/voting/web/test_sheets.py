"""Sheets over the web, and the page from which tablets take the room's certificate."""

import pytest
from cryptography import x509
from flask import Flask

from tests.voting.rooms import OPENING, Room
from tests.voting.web.conftest import Browser, web_room
from voting.server.certificates import prepare_certificate


@pytest.mark.parametrize("name", ["placing", "pinning", "what_to_do", "roll", "exits", "paper_ballot"])
def test_staff_print_sheets_before_and_after_setup(room: Room, browser: Browser, name: str) -> None:
    room.seal()
    browser.sign_in("secretary")
    assert browser.get(f"/sheets/{name}.pdf").data.startswith(b"%PDF")
    assert f"/sheets/{name}.pdf" in browser.get("/sheets").text


def test_trackers_are_printed_once_the_box_is_closed(room: Room, browser: Browser) -> None:
    room.open()
    browser.sign_in("secretary")
    assert browser.get("/sheets/trackers.pdf").status_code == 404
    room.close()
    assert browser.get("/sheets/trackers.pdf").data.startswith(b"%PDF")


def test_tablets_take_the_certificate_of_the_rooms_authority(app: Flask, browser: Browser) -> None:
    settings = web_room(app).settings
    prepare_certificate(settings.directory / "tls", settings.names, OPENING)
    found = x509.load_der_x509_certificate(browser.get("/ca/phieukin.crt").data)
    assert found == x509.load_pem_x509_certificate(settings.authority.read_bytes())
    text = browser.get("/ca").text
    assert all(one in text for one in ("Android", "iPad", "Windows", "/kiosk", "phieukin.crt"))

"""Which tablets are there: in coarse steps, in memory alone, shared by the server's processes, and of no voter."""

import contextlib
import datetime
import multiprocessing
import os
import sqlite3
from pathlib import Path

import msgspec
import pytest
from flask import Flask

from keys.files.signing import new_signing_key, public_text
from tests.voting.rooms import Room
from tests.voting.web.conftest import HERE, Browser, Clock, web_room
from voting.box import tablets
from voting.web.built import FOLDER
from voting.web.presence import PATIENCE, SLOTS, STEP, VARIABLE, Heard, Presence, shared_presence

NOW = 1_650_000_000 // STEP * STEP


def enrolled(app: Flask, label: str = "Máy 01") -> str:
    with web_room(app).storage.write() as session:
        code = tablets.new_code(session, label, 1)
        return tablets.enrol(session, code, public_text(new_signing_key()), 1)


def look(app: Flask, device: str, page: str = "0" * 16, showing: str = "real") -> None:
    """A tablet's look at the room."""
    headers = {"Phieukin-Device": device, "Phieukin-Page": f"{page} {showing}"}
    assert app.test_client().get("/api/v1/room", base_url=HERE, headers=headers).status_code == 200


def shown(browser: Browser) -> str:
    page = browser.get("/tablets").text
    return page[page.index("<tbody>") : page.index("</tbody>")]


def test_a_tablet_is_here_until_it_is_silent_for_a_while(app: Flask, browser: Browser, clock: Clock) -> None:
    device = enrolled(app)
    browser.sign_in("technician")
    assert "chưa nối từ khi mở máy chủ" in shown(browser)
    look(app, device)
    assert "đang nối" in shown(browser) and "trang thật" in shown(browser)
    clock.forward(seconds=PATIENCE - 1)
    assert "đang nối" in shown(browser)
    clock.forward(seconds=2 * STEP)
    assert "mất nối" in shown(browser)
    look(app, device)
    assert "đang nối" in shown(browser)


def test_a_tablet_on_an_old_or_a_practice_page_stands_out(app: Flask, browser: Browser) -> None:
    device = enrolled(app)
    browser.sign_in("technician")
    look(app, device, showing="practice")
    assert '<span class="tag amber">trang diễn tập</span>' in shown(browser)
    assert "trang cũ: tải lại trang" in shown(browser)
    built = FOLDER / "static" / "built" / "manifest.json"
    if built.exists():
        look(app, device, page=msgspec.json.decode(built.read_bytes())["page"][:16])
        assert "trang cũ" not in shown(browser)


def test_a_revoked_tablet_says_so_whatever_it_does(app: Flask, browser: Browser) -> None:
    device = enrolled(app)
    look(app, device)
    browser.sign_in("technician").post(f"/tablets/{device}/revoke")
    look(app, device)
    assert "đã thu hồi" in shown(browser) and "đang nối" not in shown(browser)


def test_strangers_take_no_slot(app: Flask) -> None:
    memory = app.extensions["phieukin-presence"]
    for stranger in ("f" * 64, "", "x" * 64, "a" * 63):
        look(app, stranger)
        assert not memory.knows(stranger)


def test_nothing_of_it_is_written_anywhere(app: Flask, room: Room, browser: Browser, tmp_path: Path) -> None:
    room.open()
    device = enrolled(app)

    def everything() -> list[str]:
        with contextlib.closing(sqlite3.connect(tmp_path / "room.db")) as database:
            return list(database.iterdump())

    before = everything()
    for _ in range(5):
        look(app, device)
    assert everything() == before


def test_casting_scanning_and_testing_do_not_touch_it(app: Flask, room: Room) -> None:
    room.open()
    device, memory = enrolled(app), app.extensions["phieukin-presence"]
    client = app.test_client()
    for path in ("ballots", "audits", "receipts", "cards"):
        client.post(f"/api/v1/elections/{room.uuid()}/{path}", base_url=HERE, headers={"Phieukin-Device": device})
    client.get(f"/api/v1/elections/{room.uuid()}/election.json", base_url=HERE, headers={"Phieukin-Device": device})
    assert not memory.knows(device)


def test_times_are_kept_in_coarse_steps_alone() -> None:
    heard = []
    for second in range(STEP):
        memory = Presence()
        memory.hear("a", NOW + second, "real", fresh=True)
        heard.append(bytes(memory._memory()[: SLOTS * 22]))
    assert len(set(heard)) == 1


def test_a_later_word_takes_the_place_of_the_earlier() -> None:
    memory = Presence()
    memory.hear("a", NOW, "real", fresh=False)
    memory.hear("a", NOW + 10 * STEP, "practice", fresh=True)
    assert memory.of("a", NOW + 10 * STEP) == Heard(True, "practice", True)
    assert memory.of("a", NOW + 20 * STEP) == Heard(False, "practice", True)
    assert memory.of("b", NOW) is None


def test_with_all_slots_taken_a_further_tablet_is_not_noted_and_the_others_stay() -> None:
    memory = Presence()
    for at in range(SLOTS + 3):
        memory.hear(str(at), NOW, "real", fresh=True)
    assert memory.of(str(SLOTS + 2), NOW) is None
    assert all(memory.of(str(at), NOW) == Heard(True, "real", True) for at in range(SLOTS))


def _hear_elsewhere() -> None:
    Presence().hear("from another process", NOW, "real", fresh=True)


@pytest.mark.parametrize("method", ["spawn", "fork"])
def test_processes_of_one_server_share_it_and_nothing_is_left(method: str) -> None:
    with shared_presence():
        name, memory = os.environ[VARIABLE], Presence()
        process = multiprocessing.get_context(method).Process(target=_hear_elsewhere)
        process.start()
        process.join()
        assert process.exitcode == 0
        assert memory.of("from another process", NOW) == Heard(True, "real", True)
        memory.close()
    assert VARIABLE not in os.environ
    assert not Path("/dev/shm", name).exists()


def test_the_desk_counts_tablets_that_are_here(app: Flask, room: Room, browser: Browser, clock: Clock) -> None:
    room.open()
    first, _ = enrolled(app, "Máy 01"), enrolled(app, "Máy 02")
    clock.now = datetime.datetime.fromtimestamp(NOW, datetime.UTC)
    browser.sign_in("chair")
    look(app, first)
    page = browser.get("/desk").text
    assert "Máy đang nối</dt><dd>01<small>/02</small>" in page
    assert page.index("<b>Máy 01</b>") < page.index("đang nối</span>") < page.index("<b>Máy 02</b>")

"""Testing a tablet instead of casting, with the tester's page on a second device that knows no server."""

import json
from pathlib import Path

import pytest

from tests.kiosk_templates.conftest import Tablet
from tests.stories.looking import photographed

pytestmark = pytest.mark.browser


def test_the_testers_page_finds_an_honest_tablet_right(tablet: Tablet, front: Path, tmp_path: Path) -> None:
    tablet.begin(0)
    tablet.choose(lambda number: number % 2)
    seal = tablet.seal()
    assert len(seal.replace(" ", "")) == 22
    tablet.touch("[data-key=test]")
    tablet.touch("dialog [data-key=test-go]")
    tablet.at("test")
    photos = photographed(tablet.page, tmp_path)
    page = tablet.page.context.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text))
    (tmp_path / "election.json").write_bytes(tablet.room.meeting.election.raw)
    page.goto((front.parent / json.loads(front.read_bytes())["files"]["auditor.html"]["file"]).as_uri())
    page.set_input_files("input[type=file]", tmp_path / "election.json")
    page.set_input_files("input[accept='image/*']", photos)
    page.wait_for_selector(".verdict.good")
    assert page.locator("code").last.inner_text() == seal
    assert "Lò Thị Thanh Hương\tĐồng ý" in page.inner_text("table")
    assert errors == []

"""The screens of each kind of ballot: names to choose from up to a number, and levels of equal weight."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.kiosk_templates.conftest import Cast, Tablet, new_tablet
from tests.kiosk_templates.devserver import DevRoom
from tests.kiosk_templates.meeting import new_meeting
from tests.stories.looking import LENSES, Lens, complaints, crowded, picture, small_targets
from voting.documents.ballots.ballot import parse_ballot, verify_ballot
from voting.documents.ballots.request import ballot_limit, ballot_size, unpack_request

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ELECTED, RATED = 5, 3
BOXES = """() => [...document.querySelectorAll(".choices")].map((row) => [...row.children]
    .map((one) => one.getBoundingClientRect())
    .map((box) => [Math.round(box.width), Math.round(box.height)].join("x")))"""


def room(elected: int = ELECTED, rated: int = RATED) -> DevRoom:
    return DevRoom(new_meeting(listed=0, further=0, removed=0, elected=elected, rated=rated))


@pytest.fixture
def tablet(chromium: "Browser", front: Path) -> Iterator[Tablet]:
    with new_tablet(chromium, room=room()) as one:
        one.enrol()
        yield one


def choose(tablet: Tablet, *names: int) -> None:
    for name in names:
        tablet.page.locator("label.person").nth(name).click()


def following(tablet: Tablet) -> None:
    tablet.touch("[data-key=next]")
    tablet.ready()


@pytest.mark.browser
def test_so_many_are_chosen_and_one_more_is_refused_with_a_sentence(tablet: Tablet) -> None:
    tablet.begin(0)
    page = tablet.page
    assert "Chọn tối đa 02 người trong danh sách." in page.inner_text("main")
    assert "Còn được chọn 02 người. Đã chọn 0/2 người" in page.inner_text("main")
    tablet.ready()
    choose(tablet, 0)
    assert "Còn được chọn 01 người. Đã chọn 1/2 người" in page.inner_text("main")
    choose(tablet, 3)
    assert "Đã chọn đủ số người được chọn. Đã chọn 2/2 người" in page.inner_text("main")
    choose(tablet, 4)
    assert page.locator("label.person input:checked").count() == 2
    assert "Đã chọn đủ 02 người. Muốn chọn người khác, bỏ chọn một người trước." in page.inner_text("main")
    choose(tablet, 0, 4)
    assert page.locator("label.person input:checked").count() == 2


@pytest.mark.browser
def test_choices_and_levels_go_from_the_screen_into_a_ballot_that_the_room_takes(tablet: Tablet) -> None:
    tablet.begin(0)
    tablet.ready()
    choose(tablet, 1)
    for question, level in ((1, 2), (2, 0)):
        answer = tablet.page.locator(f'label:has([data-key="name-{question}-0-{level}"])')
        if not answer.count():
            following(tablet)
        answer.click()
    while not tablet.page.locator(".at-review").count():
        following(tablet)
    said = tablet.page.inner_text("#tablet")
    assert "Đã chọn 1/2 người" in said and "Nguyễn Văn An" in said
    assert "Tín nhiệm thấp" in said and "Tín nhiệm cao" in said
    assert "Còn 01 nhân sự đồng chí chưa cho ý kiến." in said
    tablet.touch("[data-key=cast]")
    tablet.at("done")
    assert len(tablet.room.ballots) == 1


@pytest.mark.browser
@pytest.mark.parametrize("lens", (*LENSES, Lens(768, 1024, "vi", "x"), Lens(1280, 800, "vi")), ids=str)
def test_every_level_has_a_button_of_one_size_and_nothing_is_wrong_to_see(
    chromium: "Browser", front: Path, lens: Lens
) -> None:
    with new_tablet(chromium, (lens.width, lens.height), room=room()) as tablet:
        tablet.enrol()
        tablet.begin(0)
        if lens.language == "en":
            tablet.touch("[data-key=language]")
        tablet.touch("[data-key=display]")
        tablet.touch(f"dialog [data-key={lens.size}]")
        tablet.touch("dialog [data-key=close]")
        found: list[str] = []
        while not tablet.page.locator(".at-review").count():
            tablet.ready()
            number = tablet.page.inner_text("#progress b")
            picture(tablet.page, f"kinds-{lens}-{number.replace('/', '-').replace(' ', '')}")
            found += [*complaints(tablet.page), *small_targets(tablet.page), *crowded(tablet.page)]
            for boxes in tablet.page.evaluate(BOXES):
                assert len(boxes) == 3 and len(set(boxes)) == 1, boxes
            following(tablet)
        picture(tablet.page, f"kinds-{lens}-review")
        assert found == []


MARKS = ([0, 1, 0, 1, 0], [0, 0, 1], [1, 0, 0], [0, 0, 0])


def test_python_accepts_choices_and_levels_of_the_tablet(cast_in_node: Cast, tmp_path: Path) -> None:
    meeting = room().meeting
    (tmp_path / "election.json").write_bytes(meeting.election.raw)
    body = cast_in_node(tmp_path / "election.json", meeting.cards[0], [*map(list, MARKS)])
    assert len(body) == ballot_size(meeting.election)
    raw, _ = unpack_request(meeting.election, body)
    verify_ballot(meeting.election, parse_ballot(raw, ballot_limit(meeting.election)))


@pytest.mark.parametrize(
    ("question", "marks"), [(0, [1, 1, 1, 0, 0]), (1, [1, 0, 1])], ids=["one choice over the number", "two levels"]
)
def test_the_tablet_makes_no_ballot_of_more_marks_than_its_kind_allows(
    cast_in_node: Cast, tmp_path: Path, question: int, marks: list[int]
) -> None:
    meeting = room().meeting
    (tmp_path / "election.json").write_bytes(meeting.election.raw)
    forged = [*map(list, MARKS)]
    forged[question] = marks
    with pytest.raises(subprocess.CalledProcessError) as error:
        cast_in_node(tmp_path / "election.json", meeting.cards[0], forged)
    assert b"more or fewer marks" in error.value.stderr
    assert json.loads(meeting.election.raw)["questions"][question]["max"] < sum(marks)

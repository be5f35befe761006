"""A second staff list: shown before it takes effect, and nobody who was decided or voted on changes or vanishes."""

import io
import re

import pytest
from flask import Flask

from tests.voting.rounds import office
from tests.voting.rounds.staff import row
from tests.voting.web.conftest import Browser
from tests.voting.web.test_rounds import begin, confirm, kept, put, staff_file
from voting.people.person import Person
from voting.rounds import steps

DEPUTY = "Phó Trưởng phòng và tương đương"
HEAD = "Trưởng phòng và tương đương"


def listed(name: str, **changes: str) -> list[str]:
    return row(1, id="", name=name, position="Phó Trưởng phòng", post=DEPUTY, birth="05/04/1985", **changes)


FIRST = [
    listed("Lò Văn Một"),
    listed("Quàng Văn Hai", discipline="khiển trách 2020"),
    listed("Cầm Văn Ba"),
    listed("Hà Văn Bốn", planned=HEAD, planned_decision="Số 1-QĐ ngày 01/6/2021"),
]


def ids(app: Flask) -> dict[str, str]:
    return {one.name: one.id for one in kept(app).plan.people}


@pytest.fixture
def decided(app: Flask, browser: Browser) -> dict[str, str]:
    """A round with the first list: a decision on one, a source list of one, a removal of one; ids by name."""
    browser.sign_in("organiser")
    begin(browser)
    assert browser.post("/rounds/1/people", file=staff_file(*FIRST)).status_code == 303
    assert ids(app) == {}, "the first list waits as well"
    shown = browser.get("/rounds/1/people/changes").text
    assert "04 người từ 05 dòng" in shown and "dòng tiêu đề cột" in shown
    assert confirm(browser) == 303
    found = ids(app)
    browser.post("/rounds/1/seats", title="dept_head", unit="Phòng Tổng hợp", quota="1")
    said = {"person": found["Quàng Văn Hai"], "check": "discipline", "reason": "Đã hết thời hạn"}
    assert browser.post("/rounds/1/seats/1/confirm", **said).status_code == 303
    assert browser.post("/rounds/1/seats/1/lists", listed=[found["Cầm Văn Ba"]]).status_code == 303
    removal = {"person": found["Hà Văn Bốn"], "reason": "Không đủ tiêu chuẩn"}
    assert browser.post("/rounds/1/seats/1/removals", **removal).status_code == 303
    return found


def test_rows_in_another_order_move_no_decision(app: Flask, browser: Browser, decided: dict[str, str]) -> None:
    before = kept(app)
    answer = browser.post("/rounds/1/people", file=staff_file(*reversed(FIRST)))
    assert answer.headers["Location"].endswith("/rounds/1/people"), "nothing changes, so nothing is asked"
    after = kept(app)
    assert ids(app) == decided
    assert (after.plan.nominees, after.plan.removals, after.confirmations) == (
        before.plan.nominees, before.plan.removals, before.confirmations)  # fmt: skip


def test_who_comes_goes_and_changes_is_shown_and_takes_effect_when_it_is_confirmed(
    app: Flask, browser: Browser, decided: dict[str, str]
) -> None:
    second = [listed("Bạc Văn Mới"), FIRST[3], FIRST[1], listed("Cầm Văn Ba", education="Thạc sĩ")]
    answer = browser.post("/rounds/1/people", file=staff_file(*second))
    assert answer.headers["Location"].endswith("/rounds/1/people/changes")
    assert ids(app) == decided, "nothing has changed yet"
    page = browser.get("/rounds/1/people/changes").text
    assert "Thêm vào: 01 người" in page and "Bạc Văn Mới" in page
    assert "Không còn trong danh sách: 01 người" in page and "Lò Văn Một" in page
    assert "Trình độ chuyên môn" in page
    assert confirm(browser) == 303
    left = {name: identity for name, identity in decided.items() if name != "Lò Văn Một"}
    assert left.items() <= ids(app).items() and "Bạc Văn Mới" in ids(app)
    assert [one.person for one in kept(app).plan.nominees] == [decided["Cầm Văn Ba"]]
    assert browser.get("/rounds/1/people/changes").status_code == 303


@pytest.mark.parametrize("gone", [1, 2, 3])
def test_nobody_who_was_decided_on_vanishes(app: Flask, browser: Browser, decided: dict[str, str], gone: int) -> None:
    second = [one for at, one in enumerate(FIRST) if at != gone]
    answer = browser.post("/rounds/1/people", file=staff_file(*second))
    assert answer.status_code == 409 and FIRST[gone][1] in answer.text and "05/04/1985" in answer.text
    assert ids(app) == decided
    assert browser.get("/rounds/1/people/changes").status_code == 303, "nothing waits"


def test_nobody_who_was_decided_on_becomes_another_under_the_same_code(app: Flask, browser: Browser) -> None:
    browser.sign_in("organiser")
    begin(browser)
    rows = [row(1, post=DEPUTY), row(2, post=DEPUTY)]
    browser.post("/rounds/1/people", file=staff_file(*rows))
    assert confirm(browser) == 303
    browser.post("/rounds/1/seats", title="dept_head", unit="Phòng Tổng hợp", quota="1")
    assert browser.post("/rounds/1/seats/1/lists", listed=["CB001"]).status_code == 303
    for changes in ({"name": "Tòng Lãnh Quế"}, {"birth": "05/04/1981"}, {"sex": "Nữ"}):
        answer = browser.post("/rounds/1/people", file=staff_file(row(1, post=DEPUTY, **changes), rows[1]))
        assert answer.status_code == 409 and rows[0][1] in answer.text
    answer = browser.post("/rounds/1/people", file=staff_file(rows[0], row(2, post=DEPUTY, name="Tòng Lãnh Quế")))
    assert answer.status_code == 303 and confirm(browser) == 303, "on the other one nothing was decided"


def test_those_summoned_to_a_step_whose_conference_has_begun_stay(app: Flask, browser: Browser) -> None:
    browser.sign_in("organiser")
    begin(browser)
    put(app, office.office_round("CUR-DEPT"))
    assert browser.post("/rounds/1/steps/1/conference").status_code == 303
    summoned = {one.person for one in steps.summons_of(kept(app), 1).people}
    listed_ones = {one.person for one in (*kept(app).plan.nominees, *kept(app).plan.eligible)}
    leader = next(one for one in kept(app).plan.people if one.id in summoned - listed_ones)
    answer = browser.post("/rounds/1/people", file=as_file(tuple(
        one for one in kept(app).plan.people if one.id != leader.id)))  # fmt: skip
    assert answer.status_code == 409 and leader.name in answer.text


def test_what_was_not_seen_does_not_take_effect(app: Flask, browser: Browser, decided: dict[str, str]) -> None:
    browser.post("/rounds/1/people", file=staff_file(*FIRST, listed("Bạc Văn Mới")))
    shown = browser.get("/rounds/1/people/changes").text
    mark = re.findall(r'name="mark" value="([0-9a-f]{64})"', shown)[0]
    browser.post("/rounds/1/people", file=staff_file(*FIRST, listed("Tòng Văn Khác")))
    assert browser.post("/rounds/1/people/changes", mark=mark).status_code == 409
    assert browser.post("/rounds/1/people/changes", mark="").status_code == 409
    assert ids(app) == decided
    assert confirm(browser) == 303 and "Tòng Văn Khác" in ids(app)


def as_file(people: tuple[Person, ...]) -> tuple[io.BytesIO, str]:
    """A staff list of people of the made-up office, each with their id as code."""
    terms = {term.id: term.name for term in office.office_round("CUR-DEPT").ruleset.posts}
    capacities = {term.id: term.name for term in office.office_round("CUR-DEPT").ruleset.capacities}
    return staff_file(*(
        row(1, id=one.id, name=one.name, birth=one.birth.text(), sex={"M": "Nam", "F": "Nữ"}[one.sex],
            unit=one.unit, position=one.position, post=terms[one.post],
            capacities="; ".join(capacities[each] for each in one.capacities),
            planned="; ".join(terms[each] for each in one.planned), planned_decision=one.planned_decision)
        for one in people))  # fmt: skip


def test_the_people_of_the_office_as_a_file_change_no_identity(app: Flask, browser: Browser) -> None:
    browser.sign_in("organiser")
    begin(browser)
    put(app, office.office_round("CUR-DEPT"))
    before = ids(app)
    answer = browser.post("/rounds/1/people", file=as_file(kept(app).plan.people))
    assert answer.status_code == 303, answer.text
    assert ids(app) == before

"""Eligibility: the rows of the plan's table, hard months, confirmations, who may leave without a vote."""

import datetime
from typing import Any

import pytest

from tests.voting.rounds.office import office_round
from tests.voting.rounds.staff import person, ruleset
from voting.people.errors import WrongTurn
from voting.people.months import Month, parse_month
from voting.people.person import Birth, Person, RetirementOverride
from voting.procedures import find_procedure
from voting.rounds.editor import assessments, with_confirmation
from voting.rounds.round import Seat
from voting.rounds.seats.eligibility import Assessment, Confirmation, assess, reference_month, two_terms
from voting.rounds.seats.leavers import leavers
from voting.rounds.seats.structure import panel, percent_text
from voting.rounds.stored import Kept

REVIEW = parse_month("2022-04")
YOUNG = Birth(1985, 1)
PLANNED: dict[str, Any] = {"planned_decision": "Số 12-QĐ/VPUB"}


def assessed(procedure_id: str, title_id: str, *confirmations: Confirmation, **changes: Any) -> Assessment:
    procedure = find_procedure(procedure_id)
    title = next(title for title in procedure.titles if title.id == title_id)
    return assess(person(**changes), title, ruleset(), reference_month(procedure, REVIEW), confirmations)


def confirmation(check: Any, reason: str = "đã xem hồ sơ gốc") -> Confirmation:
    return Confirmation("p1", check, "Chánh Văn phòng", reason, "2022-04-01")


# procedure, title, post, planned for, candidate class, birth, standing
ROWS = [
    ("CUR-DEPT", "dept_head", "dept_deputy", (), 1, YOUNG, "eligible"),
    ("CUR-DEPT", "dept_head", "officer", ("dept_deputy",), 2, YOUNG, "eligible"),
    ("CUR-DEPT", "dept_head", "officer", (), 2, YOUNG, "not_eligible"),
    ("CUR-DEPT", "dept_head", "officer", ("dept_deputy",), 2, Birth(1969, 1), "not_eligible"),
    ("CUR-DEPT", "dept_head", "dept_head", (), None, YOUNG, "not_eligible"),
    ("CUR-DEPT", "dept_deputy", "officer", (), 0, YOUNG, "eligible"),
    ("CUR-OFFICE", "chief", "deputy_chief", (), 1, YOUNG, "eligible"),
    ("CUR-OFFICE", "chief", "dept_head", ("deputy_chief",), 2, YOUNG, "eligible"),
    ("CUR-OFFICE", "deputy_chief", "dept_head", (), 1, YOUNG, "eligible"),
    ("CUR-OFFICE", "deputy_chief", "dept_deputy", ("dept_head",), 2, YOUNG, "eligible"),
    ("CUR-OFFICE", "deputy_chief", "dept_deputy", ("dept_deputy",), 2, YOUNG, "not_eligible"),
    ("NEXT-DEPT", "dept_head", "dept_deputy", (), 1, YOUNG, "eligible"),
    ("NEXT-DEPT", "dept_head", "officer", ("dept_deputy",), 2, YOUNG, "eligible"),
    ("NEXT-DEPT", "dept_deputy", "officer", (), 0, YOUNG, "eligible"),
    ("NEXT-OFFICE", "chief", "deputy_chief", (), 1, YOUNG, "eligible"),
    ("NEXT-OFFICE", "chief", "province_deputy", (), 1, YOUNG, "eligible"),
    ("NEXT-OFFICE", "chief", "dept_head", ("deputy_chief",), 2, YOUNG, "eligible"),
    ("NEXT-OFFICE", "deputy_chief", "dept_head", (), 1, YOUNG, "eligible"),
    ("NEXT-OFFICE", "deputy_chief", "dept_deputy", ("dept_head",), 2, YOUNG, "eligible"),
]


@pytest.mark.parametrize(("procedure", "title", "post", "planned", "number", "birth", "standing"), ROWS)
def test_the_table_of_titles_and_candidate_classes(
    procedure: str, title: str, post: str, planned: tuple[str, ...], number: int | None, birth: Birth, standing: str
) -> None:
    found = assessed(procedure, title, post=post, planned=planned, birth=birth, **PLANNED)
    assert (found.object, found.standing) == (number, standing)


# Men of the vectors: months left, meets, outcome of the months
MONTHS = [
    ("CUR-DEPT", Birth(1966, 4), 73, True, "pass"),
    ("CUR-DEPT", Birth(1966, 5), 74, True, "pass"),
    ("CUR-DEPT", Birth(1966, 3), 69, False, "fail"),
    ("NEXT-DEPT", Birth(1969, 5), 61, True, "pass"),
    ("NEXT-DEPT", Birth(1969, 4), 60, True, "pass"),
    ("NEXT-DEPT", Birth(1969, 3), 59, False, "fail"),
    ("NEXT-DEPT", Birth(1969, 2), 58, False, "fail"),
    ("NEXT-DEPT", Birth(1974, 4), 120, True, "pass"),
]


@pytest.mark.parametrize(("procedure", "birth", "left", "meets", "outcome"), MONTHS)
def test_months_left_are_compared_at_the_reference_month(
    procedure: str, birth: Birth, left: int, meets: bool, outcome: str
) -> None:
    found = assessed(procedure, "dept_head", birth=birth)
    check = next(check for check in found.checks if check.name == "months")
    assert (found.months_left, check.meets, check.outcome) == (left, meets, outcome)


def test_fewer_than_two_terms_left_is_a_flag_and_not_an_obstacle() -> None:
    found = assessed("NEXT-DEPT", "dept_head", birth=Birth(1974, 3))
    assert [check.outcome for check in found.checks] == ["pass", "pass", "flag"]
    assert (found.months_left, found.standing) == (119, "eligible")


def test_a_case_in_amber_waits_until_somebody_decides_with_a_reason() -> None:
    discipline: dict[str, Any] = {"birth": YOUNG, "discipline": "khiển trách (2019)"}
    assert assessed("CUR-DEPT", "dept_head", **discipline).standing == "to_decide"
    assert assessed("CUR-DEPT", "dept_head", confirmation("discipline"), **discipline).standing == "eligible"


def test_planning_in_the_same_round_takes_a_confirmation() -> None:
    found = assessed("CUR-DEPT", "dept_head", confirmation("planned"), post="officer", birth=YOUNG)
    assert found.standing == "eligible"
    assert [check.confirmation is not None for check in found.checks] == [False, False, True]


@pytest.mark.parametrize(("left", "standing"), [(71, "not_eligible"), (72, "eligible"), (73, "eligible")])
def test_hard_months_are_hard_whatever_is_typed(left: int, standing: str) -> None:
    changes: dict[str, Any] = {
        "birth": YOUNG,
        "retirement": RetirementOverride(Month(REVIEW + left - 1), "Quyết định số 9"),
    }
    said = confirmation("months", "Đã xem hồ sơ gốc")
    found = assessed("CUR-DEPT", "dept_head", said, **changes)
    assert (found.months_left, found.standing) == (left, standing)
    assert assessed("CUR-DEPT", "dept_head", **changes) == found
    with pytest.raises(WrongTurn, match="nobody's word"):
        with_confirmation(Kept(plan=office_round("CUR-DEPT", people=(person(**changes),))), said)


def test_a_confirmation_without_a_reason_is_refused() -> None:
    with pytest.raises(WrongTurn, match="who gives it and why"):
        assessed("CUR-DEPT", "dept_head", confirmation("months", " "))


@pytest.mark.parametrize(
    ("field", "standing"),
    [("outside", "not_eligible"), ("discipline", "to_decide"), ("politically_unqualified", "not_eligible")],
)
def test_what_speaks_against_a_person_whatever_the_title(field: str, standing: str) -> None:
    value: Any = True if field == "outside" else "có"
    assert assessed("CUR-DEPT", "dept_head", birth=YOUNG, **{field: value}).standing == standing


def test_the_next_term_counts_from_its_start_and_the_current_one_from_the_review() -> None:
    assert reference_month(find_procedure("CUR-DEPT"), REVIEW) == REVIEW
    assert reference_month(find_procedure("NEXT-DEPT"), REVIEW) == Month(2026 * 12 + 4)


# Automatic leavers


@pytest.mark.parametrize(
    ("changes", "reason", "amber"),
    [
        ({"birth": Birth(1966, 3)}, "over_age", False),
        ({"discipline": "khiển trách (2021)"}, "disciplined", False),
        ({"politically_unqualified": "kết luận số 5"}, "politically_unqualified", False),
    ],
)
def test_those_whom_the_rules_take_out_are_not_voted_on(changes: dict[str, Any], reason: str, amber: bool) -> None:
    staff = [person("out", planned=("dept_head",), **changes), person("in", planned=("dept_head",)), person("none")]
    found = leavers(staff, find_procedure("CUR-DEPT"), ruleset(), REVIEW)
    assert [(one.person, one.reason, one.borderline) for one in found] == [("out", reason, amber)]


def test_titles_of_other_procedures_are_left_alone() -> None:
    staff = [person(planned=("chief",), discipline="cảnh cáo")]
    assert leavers(staff, find_procedure("CUR-DEPT"), ruleset(), REVIEW) == ()


# The structure panel


def test_the_panel_counts_women_minorities_young_and_age_bands() -> None:
    structure = ruleset().structure
    assert structure is not None
    births = [Birth(1982, 4, 2), Birth(1982, 4, 1), Birth(1971, 4, 2), Birth(1971, 4, 1)]
    staff = [
        person(str(at), birth=birth, sex="F" if at == 0 else "M", ethnicity="Thái" if at == 1 else "Kinh")
        for at, birth in enumerate(births)
    ]
    found = panel(staff, structure, on=datetime.date(2022, 4, 1))
    assert (found.women.count, found.women.meets, found.women.percent()) == (1, True, "25,00")
    assert (found.minorities.count, found.minorities.meets) == (1, None)
    assert (found.young.count, found.young.meets) == (1, True)
    assert [(band.low, band.high, band.count) for band in found.bands] == [(None, 40, 1), (40, 51, 2), (51, None, 1)]


def test_the_panel_of_an_empty_list_meets_nothing() -> None:
    structure = ruleset().structure
    assert structure is not None
    found = panel([], structure, on=datetime.date(2022, 4, 1))
    assert (found.total, found.women.meets, found.women.percent()) == (0, None, "0,00")


@pytest.mark.parametrize(
    ("count", "total", "text"),
    [(18, 42, "42,86"), (1, 3, "33,33"), (2, 3, "66,67"), (1, 8, "12,50"), (1, 1600, "0,06"), (5, 5, "100,00")],
)
def test_percents_have_two_decimals_rounded_half_up(count: int, total: int, text: str) -> None:
    assert percent_text(count, total) == text


# The source list


def suggested(procedure: str, staff: list[Person]) -> dict[str, str]:
    """The standing of those whom the page of a title offers for its source list, in its order."""
    seat = Seat("Phòng Tổng hợp", "dept_head", 2)
    plan = office_round(procedure, people=tuple(staff), seats=(seat,), nominees=(), eligible=(), removals=())
    found = assessments(Kept(plan=plan), seat, datetime.date(2022, 4, 1))
    return {one.id: assessed.standing for one, assessed in found}


def test_the_source_list_is_offered_the_eligible_first_and_then_those_to_decide() -> None:
    staff = [
        person("b", name="Trần Bình", birth=YOUNG),
        person("a", name="Vũ Văn An", birth=YOUNG),
        person("amber", name="Lò Văn Cá", birth=YOUNG, discipline="khiển trách (2019)"),
        person("old", name="Hà Văn Già", birth=Birth(1962, 4)),
        person("planned", name="Đỗ Thị Hoa", birth=YOUNG, planned=("dept_head",), **PLANNED),
    ]
    found = suggested("CUR-DEPT", staff)
    assert list(found.items()) == [
        ("a", "eligible"), ("b", "eligible"), ("amber", "to_decide"), ("old", "not_eligible"),
    ]  # fmt: skip


def test_for_the_next_term_those_planned_now_may_be_on_the_source_list_too() -> None:
    staff = [person("planned", birth=YOUNG, planned=("dept_head",), **PLANNED)]
    assert suggested("NEXT-DEPT", staff) == {"planned": "eligible"}


@pytest.mark.parametrize(("procedure", "months"), [("CUR-DEPT", 169), ("NEXT-DEPT", 120)])
def test_two_full_terms_may_be_counted_by_the_calendar(procedure: str, months: int) -> None:
    found = find_procedure(procedure, ruleset())
    reference = reference_month(found, REVIEW)
    assert two_terms(found, reference) == months
    title = next(one for one in found.titles if one.id == "dept_head")
    officer = person(post="officer", position="Chuyên viên", planned=("dept_deputy",), planned_decision="Số 1",
                     birth=Birth(1972, 5), sex="M")  # fmt: skip
    by_months = assess(officer, title, ruleset(), reference)
    by_terms = assess(officer, title, ruleset(), reference, (), two_terms(found, reference))
    wanted = ("eligible", "not_eligible") if months > 120 else (by_months.standing, by_months.standing)
    assert (by_months.standing, by_terms.standing) == wanted

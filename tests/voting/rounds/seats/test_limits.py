"""What goes beyond the numbers of the regulation is warned of, one more than allowed and no fewer."""

from msgspec.structs import replace

from tests.voting.rounds.office import UNIT, office_round
from voting.rounds.round import Nominee, Seat
from voting.rounds.seats.limits import limit_warnings


def test_a_round_within_its_limits_or_without_any_is_not_warned_of() -> None:
    plan = office_round("CUR-DEPT", seats=(Seat(UNIT, "dept_head", 3), Seat(UNIT, "dept_deputy")))
    assert list(limit_warnings(plan)) == []
    crowded = replace(plan, seats=(Seat(UNIT, "dept_head", 99),), ruleset=replace(plan.ruleset, limits=None))
    assert list(limit_warnings(crowded)) == []


def test_more_places_than_the_regulation_has_are_named() -> None:
    [said] = limit_warnings(office_round("CUR-DEPT", seats=(Seat(UNIT, "dept_head", 4),)))
    assert (
        f", {UNIT}: 4 người, quá 3 (Quy định số 377-QĐ/TW ngày 08/10/2025: không quá 03 người một chức danh" in said.vi
    )
    assert f", {UNIT}: 4 places, more than 3 (" in said.en


def test_more_titles_of_one_person_than_the_regulation_has_are_named() -> None:
    units = [f"Phòng {number}" for number in range(4)]
    listed = [Nominee("d0", unit, "dept_head") for unit in units]
    seats = tuple(Seat(unit, "dept_head", 1) for unit in units)
    plan = office_round("CUR-DEPT", seats=seats, nominees=tuple(listed[:3]))
    assert list(limit_warnings(plan)) == []
    [said] = limit_warnings(replace(plan, nominees=tuple(listed)))
    assert said.vi.startswith("Nguyễn Phó An: 4 chức danh, quá 3 (") and "4 titles, more than 3 (" in said.en

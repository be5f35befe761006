"""People and sheets that the tests of the plan share: a fictional office."""

import datetime
from typing import Any

from voting.people.columns import COLUMNS
from voting.people.person import Birth, Person
from voting.procedures import Ruleset, find_ruleset

TODAY = datetime.date(2022, 4, 1)
HEADERS = [column.header for column in COLUMNS]
_FAMILIES = ("Nguyễn", "Trần", "Lò", "Cầm", "Quàng", "Hà", "Bạc", "Tòng", "Đinh", "Phạm")
_MIDDLES = ("Văn", "Thị", "Đức", "Minh", "Xuân", "Quang", "Thu", "Hồng", "Ngọc", "Mạnh")
_GIVEN = ("An", "Bình", "Cường", "Dũng", "Đạt", "Giang", "Hạnh", "Khánh", "Lan", "Oanh")


def ruleset() -> Ruleset:
    """The shipped ruleset."""
    return find_ruleset("SONLA-VPUB-2022-03")


def person(identity: str = "p1", **changes: Any) -> Person:
    """One person, a deputy head of department unless told otherwise."""
    values: dict[str, Any] = {
        "id": identity, "name": "Nguyễn Văn An", "birth": Birth(1980, 4, 5), "sex": "M", "ethnicity": "Kinh",
        "position": "Phó Trưởng phòng", "unit": "Phòng Tổng hợp", "post": "dept_deputy",
        "capacities": ("dept_deputies",),
    }  # fmt: skip
    return Person(**(values | changes))


def row(number: int, **changes: str) -> list[str]:
    """One right row of a sheet, no two alike; `changes` by field."""
    name = " ".join((_FAMILIES[number // 100 % 10], _MIDDLES[number // 10 % 10], _GIVEN[number % 10]))
    values = {
        "id": f"CB{number:03d}", "name": name, "birth": "05/04/1980", "sex": "Nam", "ethnicity": "Thái",
        "position": "Chuyên viên", "unit": "Phòng Tổng hợp", "post": "Chuyên viên và tương đương",
    }  # fmt: skip
    values |= changes
    return [values.get(column.field, "") for column in COLUMNS]


def at(field: str, row_number: int) -> str:
    """The name of the cell of a field in a row of the sheet."""
    place = next(place for place, column in enumerate(COLUMNS) if column.field == field)
    return f"{chr(ord('A') + place)}{row_number}"

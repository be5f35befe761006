"""People of two lists are matched by person: code, else name, birth and sex, however the name is spelled."""

import unicodedata

import pytest

from tests.voting.people.test_staff_list import read
from tests.voting.rounds.staff import person, row
from voting.documents.letters import compared
from voting.people.errors import UnclearPerson
from voting.people.identity import compare, given_id
from voting.people.person import Birth, Person


def uncoded(number: int, **changes: str) -> list[str]:
    return row(number, **{"id": "", **changes})


def names(found: tuple[Person, ...]) -> dict[str, str]:
    return {one.name: one.id for one in found}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lò Văn Hòa", "Lò Văn Hoà"),
        ("Lò Văn Hòa", unicodedata.normalize("NFD", "Lò Văn Hòa")),
        ("Đinh Thị Đào", "Ðinh  THỊ Ɖào"),
        ("K’Bình Niê", "K'Bình Niê"),
    ],
)
def test_spellings_of_one_name_are_one(one: str, other: str) -> None:
    assert compared(one) == compared(other)


@pytest.mark.parametrize(("one", "other"), [("Lò Văn Hòa", "Lò Văn Hóa"), ("Đinh Đa", "Đinh Da"), ("Lê An", "Lê Ân")])
def test_different_names_stay_different(one: str, other: str) -> None:
    assert compared(one) != compared(other)


def test_ids_go_with_the_person_whatever_the_rows() -> None:
    first = read(uncoded(1), uncoded(2), uncoded(3))
    second = compare(first, read(uncoded(3), uncoded(4), uncoded(1)))
    before, after = names(first), names(second.people)
    assert all(after[name] == before[name] for name in before.keys() & after.keys())
    assert [one.name for one in second.comes] == [row(4)[1]]
    assert [one.name for one in second.goes] == [row(2)[1]]
    assert second.changes == ()


def test_the_same_list_changes_nothing_in_any_order() -> None:
    first = read(uncoded(1), row(2), uncoded(3))
    assert compare(first, read(uncoded(3), uncoded(1), row(2))).nothing


def test_ids_given_by_row_before_stay_with_the_person() -> None:
    old = (person("D2", name="Lò Văn Một"), person("D3", name="Quàng Văn Hai"))
    new = tuple(one if one.code else with_id(one) for one in (person("", name="Quàng Văn Hai"),))
    found = compare(old, new)
    assert [one.id for one in found.people] == ["D3"]
    assert [one.id for one in found.goes] == ["D2"]


def with_id(one: Person) -> Person:
    return person(given_id(one), name=one.name)


def test_a_code_outranks_the_name_and_shows_the_change() -> None:
    found = compare(read(row(1)), read(row(1, name="Lò Văn Khác")))
    assert [(before.name, after.name, after.id) for before, after in found.changes] == [
        (row(1)[1], "Lò Văn Khác", "CB001")
    ]


def test_codes_that_come_later_leave_the_ids_as_they_are() -> None:
    first = read(uncoded(1), uncoded(2))
    second = compare(first, read(row(1), row(2))).people
    assert names(first) == names(second) and [one.code for one in second] == ["CB001", "CB002"]
    third = compare(second, read(row(2, name="Lò Thị Đổi Tên"), row(1)))
    assert [one.id for one in third.people] == [first[1].id, first[0].id]
    assert compare(second, read(uncoded(2), uncoded(1))).nothing, "without the codes again they are still known"


def test_another_birth_or_sex_is_another_person() -> None:
    first = read(uncoded(1))
    for changes in ({"birth": "06/04/1980"}, {"birth": "1980"}, {"sex": "Nữ"}):
        found = compare(first, read(uncoded(1, **changes)))
        assert found.comes and found.goes and found.comes[0].id != found.goes[0].id


def test_somebody_without_a_code_who_could_be_either_of_two_is_not_guessed() -> None:
    first = read(row(1), row(2, name=row(1)[1]))
    with pytest.raises(UnclearPerson, match="give each their code"):
        compare(first, read(uncoded(1)))


def test_a_code_that_is_spelled_as_an_id_of_before_gets_an_id_of_its_own() -> None:
    old = (person("D2", name="Lò Văn Một"),)
    new = (person("D2", code="D2", name="Lò Văn Khác", birth=Birth(1970)), with_id(person(name="Lò Văn Một")))
    found = compare(old, new)
    assert len({one.id for one in found.people}) == 2 and found.people[1].id == "D2"

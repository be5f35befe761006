"""Those summoned: one person once, with all capacities; exclusions before opening, with reason and author."""

import pytest

from tests.voting.rounds.staff import person
from voting.people.errors import AfterOpening, WrongTurn
from voting.procedures import find_procedure
from voting.rounds.summons import RECUSED, Summons, exclude, recuse, summon

PEOPLE = (
    person("a", name="Lê Văn Ân", capacities=("dept_heads", "party_committee")),
    person("b", name="Trần Thị Bình", capacities=("officers_only",)),
    person("c", name="Hà Văn An", capacities=("leadership", "party_committee", "mass_heads")),
    person("d", name="Đỗ Đạt", capacities=("dept_deputies",)),
)


@pytest.fixture
def summons() -> Summons:
    return summon(PEOPLE, find_procedure("CUR-DEPT").steps[1].composition.capacities)


def test_everybody_of_the_composition_stands_once_in_the_order_of_names(summons: Summons) -> None:
    assert [one.person for one in summons.people] == ["c", "a", "d"]


def test_all_capacities_of_a_person_are_kept_in_the_order_of_the_composition(summons: Summons) -> None:
    assert summons.people[0].capacities == ("leadership", "party_committee", "mass_heads")


def test_an_exclusion_keeps_its_reason_and_author(summons: Summons) -> None:
    fewer = exclude(summons, "a", reason="đang điều trị dài ngày", author="Chánh Văn phòng", opened=False)
    assert [one.person for one in fewer.people] == ["c", "d"]
    assert (fewer.exclusions[0].name, fewer.exclusions[0].author) == ("Lê Văn Ân", "Chánh Văn phòng")


def test_nobody_leaves_the_list_after_opening(summons: Summons) -> None:
    with pytest.raises(AfterOpening):
        exclude(summons, "a", reason="vắng", author="Chủ trì", opened=True)


@pytest.mark.parametrize(("who", "reason", "author"), [("a", " ", "x"), ("a", "x", ""), ("z", "x", "x")])
def test_an_exclusion_without_reason_author_or_person_is_refused(
    summons: Summons, who: str, reason: str, author: str
) -> None:
    with pytest.raises(WrongTurn):
        exclude(summons, who, reason=reason, author=author, opened=False)


def test_who_stands_on_a_paper_is_left_out_where_the_organiser_chose_so(summons: Summons) -> None:
    fewer = recuse(summons, {"a", "d", "z"}, "Chánh Văn phòng")
    assert [one.person for one in fewer.people] == ["c"]
    assert [(one.person, one.reason, one.author) for one in fewer.exclusions] == [
        ("a", RECUSED, "Chánh Văn phòng"), ("d", RECUSED, "Chánh Văn phòng"),
    ]  # fmt: skip

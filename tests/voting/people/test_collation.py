"""The order of Vietnamese names, and names that look alike."""

import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.documents.conferences.look_alikes import foreign_letters
from voting.people.collation import name_key, sort_names, text_key
from voting.people.spelling import look_alikes, skeleton

IN_ORDER = [
    "Lê Văn An", "Trần Đức An", "Trần Văn An", "Hà Thị Ánh", "Lò Văn Ăn", "Lê Văn Ân", "Bạc Thị Bình", "Đỗ Văn Cường",
    "Trần Dũng", "Đỗ Đạt", "Lò Thị Em", "Cầm Thị Êm", "Vũ Hà", "Vũ Hả", "Vũ Hạ", "Quàng Văn On", "Tòng Thị Ôn",
    "Đinh Thị Ơn", "Lường Tu", "Lường Tư", "Lê Thị Uyên", "Lê Thị Ước", "Hà Vân", "Hà Xuân", "Hà Yến",
]  # fmt: skip


def test_names_are_sorted_by_given_name_then_family_then_middle() -> None:
    shuffled = IN_ORDER[:]
    random.Random(1).shuffle(shuffled)
    assert sort_names(shuffled, str) == IN_ORDER


def test_tones_stand_ngang_huyen_hoi_nga_sac_nang() -> None:
    assert sorted(["ma", "má", "mà", "mạ", "mả", "mã"], key=name_key) == ["ma", "mà", "mả", "mã", "má", "mạ"]


def test_letters_go_before_tones() -> None:
    assert sorted(["hoang", "hoà", "hòa"], key=name_key)[-1] == "hoang"


def test_decomposed_and_composed_names_are_sorted_alike() -> None:
    assert name_key(unicodedata.normalize("NFD", "Nguyễn Ước"))[:2] == name_key("Nguyễn Ước")[:2]


def test_other_text_is_sorted_from_the_left() -> None:
    assert sorted(["Phòng Đ", "Phòng D", "Ban Z"], key=text_key) == ["Ban Z", "Phòng D", "Phòng Đ"]


@pytest.mark.parametrize("name", ["", "  ", "Ðặng Văn X", "O'Neil Ana", "Žižek Łukasz"])
def test_any_name_has_a_place(name: str) -> None:
    assert name_key(name) <= name_key(name)


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("Nguyễn Văn An", "nguyễn  văn an", "same"),
        ("Nguyễn Văn An", "Nguyễn Văn Ân", "marks"),
        ("Lý Thị Mỹ", "Lí Thị Mĩ", "marks"),
        ("Đỗ Hòa", "Đỗ Hoà", "marks"),
        ("Dương Thị Lan", "Đương Thị Lan", "marks"),
        ("Nguyễn Văn An", "Nguyễn V\u0430n An", "script"),
    ],
)
def test_look_alike_names_are_found(one: str, other: str, kind: str) -> None:
    assert [pair.kind for pair in look_alikes([("1", one), ("2", other), ("3", "Cầm Thị Hoa")])] == [kind]


def test_different_names_do_not_look_alike() -> None:
    assert look_alikes([("1", "Nguyễn Văn An"), ("2", "Nguyễn Văn Anh")]) == ()


def test_letters_of_other_scripts_are_named() -> None:
    assert (foreign_letters("Nguyễn V\u0430n An"), foreign_letters("Nguyễn Ước")) == ("\u0430", "")
    assert skeleton("ＮＧＵＹỄＮ") == "nguien"


VIETNAMESE = st.text("aăâbcdđeêghiklmnoôơpqrstuưvxy àáảãạằắẳẵặ", min_size=1, max_size=12)


@given(st.lists(VIETNAMESE, max_size=8))
def test_the_order_does_not_depend_on_how_the_names_came(names: list[str]) -> None:
    assert sort_names(names, str) == sort_names(reversed(names), str) == sort_names(sort_names(names, str), str)

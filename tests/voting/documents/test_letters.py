"""One table of letters: whatever compares, searches, sorts or looks names over treats one letter as one."""

import unicodedata

import pytest

from tally.ceremony.names import compare_names, same_person
from voting.documents.conferences.look_alikes import shape
from voting.documents.letters import APOSTROPHES, compared, searched, written
from voting.people.border.cells import tidy
from voting.people.collation import name_key, sort_names
from voting.people.spelling import look_alikes, skeleton

KINDS = {
    "eth": ("Đinh Văn Đạt", "Ðinh Văn Ðạt"),
    "African d": ("Đinh Văn Đạt", "Ɖinh Văn Ɖạt"),
    "small eth": ("Đinh Văn Bađoan", "Đinh Văn Baðoan"),
    "decomposed": ("Đặng Thị Ước", unicodedata.normalize("NFD", "Đặng Thị Ước")),
    "decomposed with eth": ("Đặng Thị Ước", unicodedata.normalize("NFD", "Ðặng Thị Ước")),
    "marks in another order": ("Đặng Thị Ngọc", "Đa\u0306\u0323ng Thị Ngo\u0323c"),
    **{f"apostrophe U+{ord(one):04X}": ("K'Bình Ƀăm", f"K{one}Bình Ƀăm") for one in APOSTROPHES},
}
"""A name, and another spelling of it."""
SPELLINGS = pytest.mark.parametrize(("name", "other"), KINDS.values(), ids=KINDS.keys())


@SPELLINGS
def test_two_spellings_of_a_name_are_compared_as_one(name: str, other: str) -> None:
    assert compared(name) == compared(other) == compared(other.upper()) == compared(f"  {other.replace(' ', '  ')} ")


@SPELLINGS
def test_two_spellings_of_a_name_are_found_alike(name: str, other: str) -> None:
    assert searched(name) == searched(other) == searched(other.upper())
    assert searched(name).isascii()


@SPELLINGS
def test_two_spellings_of_a_name_have_one_place_in_the_order(name: str, other: str) -> None:
    assert name_key(name)[:2] == name_key(other)[:2]
    assert sort_names([other, "Đinh Văn Dũng", "Hà Văn Yên"], str)[-1] == "Hà Văn Yên"


@SPELLINGS
def test_two_spellings_of_a_name_look_alike_everywhere(name: str, other: str) -> None:
    assert skeleton(name) == skeleton(other) and shape(name) == shape(other)
    assert len(look_alikes([("1", name), ("2", other)])) == 1


@pytest.mark.parametrize("kind", ["eth", "African d", "small eth", "decomposed", "decomposed with eth"])
def test_a_list_writes_a_name_in_one_spelling(kind: str) -> None:
    name, other = KINDS[kind]
    assert tidy(other) == written(other) == name
    assert same_person(name) == same_person(other)
    assert compare_names([name], [other]).same == (name,)


def test_a_search_needs_neither_marks_nor_apostrophes() -> None:
    for name, words in {
        "Đặng Văn Ước": "dang uoc", "K’Bình": "kbinh", "H'Mai Niê": "hmai nie", "Ðinh": "dinh", "KSOR H’BƠ": "hbo",
    }.items():  # fmt: skip
        assert all(word in searched(name) for word in words.split())
        assert searched(words) == words


def test_the_tone_may_stand_on_either_vowel_and_names_that_differ_stay_apart() -> None:
    assert compared("Hoà") == compared("hòa") and compared("Thuý") == compared("THÚY")
    assert len({compared(one) for one in ("Hoa", "Hòa", "Hoá", "Hỏa", "Đoa", "Doa", "Hoâ")}) == 7

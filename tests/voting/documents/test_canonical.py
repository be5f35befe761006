"""One spelling per value: what is not written again byte for byte is refused."""

from pathlib import Path

import msgspec
import pytest

from voting.documents.canonical import (
    canonical,
    compact,
    parse_canonical,
    parse_compact,
    parse_unique,
    read_limited,
    same_text,
    unclean_name,
    unclean_text,
)
from voting.documents.errors import NotCanonical, TooLarge


class Pair(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Two fields, not in alphabetical order."""

    zulu: int
    alpha: str


def test_compact_keeps_the_order_of_the_fields_and_canonical_sorts_them() -> None:
    assert compact(Pair(1, "Đồng ý")) == '{"zulu":1,"alpha":"Đồng ý"}'.encode()
    assert canonical(Pair(1, "Đồng ý")) == '{"alpha":"Đồng ý","zulu":1}'.encode()


@pytest.mark.parametrize(
    "raw",
    [
        b'{"zulu":1, "alpha":"a"}',
        b'{"alpha":"a","zulu":1}',
        b'{"zulu":1,"zulu":1,"alpha":"a"}',
        b'{"zulu":1,"alpha":"\\u0061"}',
        b'{"zulu":1.0,"alpha":"a"}',
        b'{"zulu":"1","alpha":"a"}',
        b'{"zulu":true,"alpha":"a"}',
        b'{"zulu":1,"alpha":"a","more":0}',
        b'{"zulu":1}',
        b'{"zulu":1,"alpha":"a"}\n',
        b'\xef\xbb\xbf{"zulu":1,"alpha":"a"}',
        b'{"zulu":1,"alpha":"\xff"}',
        b"[" * 100_000,
        b"",
    ],
)
def test_anything_but_the_one_spelling_is_refused(raw: bytes) -> None:
    with pytest.raises(NotCanonical):
        parse_compact(raw, Pair, 1_000_000, "pair")


def test_a_document_over_its_limit_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(TooLarge, match="at most 5 bytes expected, 6 found"):
        parse_compact(b"[" * 6, Pair, 5, "pair")


def test_a_file_is_read_up_to_a_byte_over_its_limit(tmp_path: Path) -> None:
    (tmp_path / "six").write_bytes(b"123456")
    assert read_limited(tmp_path / "six", 6) == b"123456"
    assert read_limited(tmp_path / "six", 4) == b"12345"
    for name in ("nothing", "."):
        with pytest.raises(FileNotFoundError, match="not a file"):
            read_limited(tmp_path / name)


def test_canonical_documents_are_read_back() -> None:
    assert parse_canonical(b'{"alpha":"a","zulu":1}', Pair) == Pair(1, "a")
    with pytest.raises(NotCanonical):
        parse_canonical(b'{"zulu":1,"alpha":"a"}', Pair)


@pytest.mark.parametrize(
    "raw", [b'{"a":1,"a":2}', b'{"b":{"a":1,"a":1}}', b"NaN", b"-Infinity", b"\xff", b"[" * 100_000]
)
def test_json_with_unknown_parts_still_refuses_duplicates_and_constants(raw: bytes) -> None:
    with pytest.raises(NotCanonical):
        parse_unique(raw, 1_000_000, "election")


@pytest.mark.parametrize(
    "text",
    [
        "Nguye\u0302\u0303n",
        " An",
        "An\u202e",
        "A\x00n",
        "A\nn",
        "A\u200bn",
        "A\ud800",
        "\u3164",
        "\u2800",
        "A\u115fn",
        "A\u1160n",
        "A\uffa0n",
        "A\u034fn",
        "A\u17b5n",
        "A\ufe0fn",
        "A\U000e0100n",
        "A\U0001d159n",
        "A\u0336\u0336\u0336n",
        "ễ\u0336",
        "\u0336A",
        "A \u0336n",
    ],
)
def test_names_that_the_eye_cannot_check_are_unclean(text: str) -> None:
    assert unclean_text(text) is not None


NAMES = ("Nguyễn Thị Hồng Đào", "ỄỆẮẶỬỮ ưừợ", "Zoë Strauß", "Ǭǖ", "Nguyen\u0336 An", "김민준", "Mùa A Pó (1985)")


@pytest.mark.parametrize("name", NAMES)
def test_a_name_of_a_person_is_clean(name: str) -> None:
    assert unclean_text(name) is None
    assert unclean_name(name) is None


@pytest.mark.parametrize("name", ["", "...", "-", "\u2800"])
def test_a_name_without_a_letter_is_none(name: str) -> None:
    assert unclean_name(name) is not None


def test_texts_that_read_the_same_are_the_same() -> None:
    assert same_text("Lò  Văn An", "LÒ VĂN AN")
    assert same_text("Nguye\u0302\u0303n", "Nguyễn")
    assert not same_text("Lò Văn An", "Lò Văn Ân")

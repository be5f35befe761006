"""One spelling per value: what is not written again byte for byte is refused."""

import msgspec
import pytest

from voting.documents.canonical import canonical, compact, parse_canonical, parse_compact, parse_unique, unclean_text
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


@pytest.mark.parametrize("text", ["Nguye\u0302\u0303n", " An", "An\u202e", "A\x00n", "A\nn", "A\u200bn", "A\ud800"])
def test_names_that_the_eye_cannot_check_are_unclean(text: str) -> None:
    assert unclean_text(text) is not None


def test_a_vietnamese_name_is_clean() -> None:
    assert unclean_text("Nguyễn Thị Hồng Đào") is None

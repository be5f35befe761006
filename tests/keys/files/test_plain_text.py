"""Text files of any editor: marks in front are taken away, other encodings are named with a way on."""

import codecs
from pathlib import Path

import pytest

from keys.errors import UnreadableText
from keys.files.plain_text import decode_text, first_line, read_text

NAMES = "Lò Thị Ước\nHà Văn Đạt\n"


@pytest.mark.parametrize("raw", [NAMES.encode(), codecs.BOM_UTF8 + NAMES.encode()])
def test_utf_8_is_read_with_and_without_its_mark(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "names.txt").write_bytes(raw)
    assert read_text(tmp_path / "names.txt") == NAMES
    assert first_line(tmp_path / "names.txt") == "Lò Thị Ước"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_named_as_such(encoding: str) -> None:
    with pytest.raises(UnreadableText, match=r"names\.txt is UTF-16.*Save as"):
        decode_text(NAMES.encode(encoding), "names.txt")


@pytest.mark.parametrize("mark", ["le", "be"])
def test_utf_16_with_its_mark_is_read_where_the_caller_allows_it(mark: str) -> None:
    raw = f"\ufeff{NAMES}".encode(f"utf-16-{mark}")
    assert decode_text(raw, "names.txt", utf_16=True) == NAMES
    with pytest.raises(UnreadableText, match="UTF-16"):
        decode_text(NAMES.encode(f"utf-16-{mark}"), "names.txt", utf_16=True)
    with pytest.raises(UnreadableText, match="older encoding"):
        decode_text(raw[:-1], "names.txt", utf_16=True)


@pytest.mark.parametrize("encoding", ["cp1258", "latin-1", "cp1252"])
def test_an_old_code_page_is_named_with_a_way_on(encoding: str) -> None:
    with pytest.raises(UnreadableText, match=r"names\.txt is in an older encoding.*at byte 1: open it in Notepad"):
        decode_text("Lô Văn".encode(encoding, "replace"), "names.txt")


def test_a_file_that_is_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("keys.files.plain_text.FILE_LIMIT", 10)
    (tmp_path / "names.txt").write_bytes(b"x" * 11)
    with pytest.raises(UnreadableText, match="at most 10 bytes"):
        read_text(tmp_path / "names.txt")


@pytest.mark.parametrize("raw", [b"words of mine\r\nsecond\n", b"words of mine\nsecond", b"words of mine"])
def test_a_first_line_ends_at_any_line_end(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "words").write_bytes(raw)
    assert first_line(tmp_path / "words") == "words of mine"

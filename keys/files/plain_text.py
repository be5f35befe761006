"""Text that people write with whatever editor they have: lists, settings, passphrases (tệp văn bản do người viết).

Read as UTF-8; the mark that Notepad and Excel put in front (BOM) is taken away. UTF-16 is named as such, and read where
the caller allows it; an older code page is refused with what to do, since its letters would be read as others.
"""

import codecs
from pathlib import Path

from keys.errors import UnreadableText
from keys.files.durable import read_plain
from keys.wire import FILE_LIMIT

_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_WAY_ON = 'open it in Notepad, then File, Save as, Encoding "UTF-8"'


def read_text(path: Path, *, utf_16: bool = False) -> str:
    """Read a text file that people wrote; raise UnreadableText, UnsafeFile for a link or a pipe, or OSError."""
    return decode_text(read_plain(path, FILE_LIMIT + 1), path.name, utf_16=utf_16)


def decode_text(raw: bytes, name: str, *, utf_16: bool = False) -> str:
    """Decode what people wrote, `name` being the file's; raise UnreadableText with what it is and what to do.

    With `utf_16` a file of that encoding is read as well, where a mark in front says so.
    """
    if len(raw) > FILE_LIMIT:
        raise UnreadableText(f"{name}: at most {FILE_LIMIT} bytes expected")
    if raw.startswith(_UTF_16):
        if not utf_16:
            raise UnreadableText(f"{name} is UTF-16, UTF-8 expected: {_WAY_ON}")
        encoding = "utf-16"
    elif b"\0" in raw:  # UTF-16 without its mark: every Latin letter has a zero byte beside it
        raise UnreadableText(f"{name} is UTF-16 or no text, UTF-8 expected: {_WAY_ON}")
    else:
        encoding = "utf-8-sig"
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableText(
            f"{name} is in an older encoding (Windows-1258, TCVN3, VNI), not UTF-8, at byte {error.start}: {_WAY_ON}"
        ) from None


def first_line(path: Path) -> str:
    """Read the first line of a file, as passphrases are handed over; raise what `read_text` raises."""
    return read_text(path).partition("\n")[0].removesuffix("\r")

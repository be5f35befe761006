"""The look of a signature (khung chữ ký): exactly what our signer draws of who signs, as what, and when.

The picture is drawn again, put into a document of its own by the same writer, and the two are compared object by
object. Numbers of objects and the random name under which the picture is imported are all that may differ.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, IndirectObject, Reference, StreamObject, pdf_name
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import PdfFileWriter
from pyhanko.stamp import StaticStampStyle

from tally.errors import InvalidMinutes
from tally.pdf.spelling import spelled

_IMPORTED = re.compile(rb"/Import[0-9a-f]{32}(?![0-9a-f])")
_LOOK = pdf_name("/Look")
_DEEPEST = 20  # levels of a picture


@contextmanager
def stamp_style(stamp: bytes) -> Iterator[StaticStampStyle]:
    """Give the style of a signature that shows `stamp`, a PDF of one page, without a border."""
    with TemporaryDirectory() as folder:
        picture = Path(folder) / "stamp.pdf"
        picture.write_bytes(stamp)
        yield StaticStampStyle.from_pdf_file(str(picture), border_width=0)


def check_stamp(look: Any, stamp: bytes, box: tuple[int, int, int, int]) -> set[Reference]:
    """Compare the normal appearance of a signature in a rectangle with its stamp; return the objects that it is of.

    `look` is a link to it. Raises InvalidMinutes where it shows anything else.
    """
    seen: list[Reference] = []
    if _tree(look, seen, 0) != _expected(stamp, box):
        raise InvalidMinutes("the signature shows something else than who signed, as what, and when")
    return set(seen)


@lru_cache(maxsize=64)
def _expected(stamp: bytes, box: tuple[int, int, int, int]) -> bytes:
    """Spell what our signer draws; kept, for minutes of many signers are checked again with each signature."""
    return _tree(_drawn(stamp, box), [], 0)


def _drawn(stamp: bytes, box: tuple[int, int, int, int]) -> Any:
    """Draw a stamp as our signer does, in a document of its own."""
    left, bottom, right, top = box
    writer = PdfFileWriter(stream_xrefs=False)
    with stamp_style(stamp) as style:
        made = style.create_stamp(writer, BoxConstraints(width=right - left, height=top - bottom), {})
        writer.root[_LOOK] = made.as_appearances().normal
        written = BytesIO()
        writer.write(written)
    return PdfFileReader(written).root.raw_get(_LOOK)


def _tree(value: Any, seen: list[Reference], level: int) -> bytes:
    """Spell a value with all that it links to, objects numbered in the order in which they are met."""
    if level > _DEEPEST:
        raise InvalidMinutes("the signature shows a picture within pictures")
    if isinstance(value, IndirectObject):
        if value.reference in seen:
            return b"<object %d>" % seen.index(value.reference)
        seen.append(value.reference)
        return b"<object %d:" % (len(seen) - 1) + _tree(value.get_object(), seen, level + 1) + b">"
    if isinstance(value, ArrayObject):
        parts = [_tree(value.raw_get(index), seen, level + 1) for index in range(len(value))]
        return b"[" + b" ".join(parts) + b"]"
    if isinstance(value, DictionaryObject):
        names = sorted(value, key=_name)
        entries = [_name(name) + b" " + _tree(value.raw_get(name), seen, level + 1) for name in names]
        drawn = _IMPORTED.sub(b"/Import", value.encoded_data) if isinstance(value, StreamObject) else b""
        return b"<<" + b" ".join(entries) + b">>%d:" % len(drawn) + drawn
    return spelled(value)


def _name(name: str) -> bytes:
    return _IMPORTED.sub(b"/Import", name.encode())

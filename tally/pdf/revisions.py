"""The revisions of a signed PDF after its first: what each covers, and that it adds one signature and nothing else.

The bytes come first: frames are found by their byte ranges and checked by the keys, before anything in them is
interpreted. So a PDF reader only ever sees what somebody in the record has signed.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import EmbeddedPdfSignature

from tally.errors import InvalidMinutes
from tally.minutes.renderer import Place
from tally.pdf.changes import Expected, check_changes

SUBFILTER = "/ETSI.CAdES.detached"
WIDGET_KEYS = frozenset({"/Type", "/Subtype", "/FT", "/T", "/Rect", "/P", "/F", "/V", "/AP"})
"""What a visible signature field is made of: no action, no script, no further widget."""

HEX = frozenset(b"0123456789ABCDEF")
PAGE_HEIGHT = 841.89  # points of A4

_BYTE_RANGE = re.compile(rb"/ByteRange \[0 (\d{1,10}) (\d{1,10}) (\d{1,10})\]")
UNREADABLE = (
    PdfError,
    SigningError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    RecursionError,
    ArithmeticError,
)


@dataclass(frozen=True, slots=True)
class Frame:
    """What one signature covers: bytes [0, start) and [resume, end); the hole between holds `<hex>`."""

    start: int
    resume: int
    end: int

    def digest(self, pdf: bytes) -> bytes:
        """Hash what the signature covers."""
        return hashlib.sha256(pdf[: self.start] + pdf[self.resume : self.end]).digest()

    def cms(self, pdf: bytes) -> bytes:
        """Take the CMS object out of the hole; raise InvalidMinutes unless it is uppercase hex of DER, then zeros."""
        hole = pdf[self.start : self.resume]
        if hole[:1] != b"<" or hole[-1:] != b">" or not HEX.issuperset(hole[1:-1]) or len(hole) % 2:
            raise InvalidMinutes(f"byte {self.start}: the signature is not in uppercase hex")
        raw = bytes.fromhex(hole[1:-1].decode())
        length = _der_length(raw, self.start)
        if any(raw[length:]):
            raise InvalidMinutes(f"byte {self.start}: the padding after the signature is not zero")
        return raw[:length]


def frames_of(pdf: bytes, first: int) -> list[Frame]:
    """Cut a file whose first revision ends at byte `first` into what each signature covers, in order of signing.

    Raises InvalidMinutes unless the signatures leave no byte uncovered but their own holes.
    """
    frames, end = [], first
    while end < len(pdf):
        found = _BYTE_RANGE.search(pdf, end)
        if found is None:
            raise InvalidMinutes(f"the bytes from {end} on are covered by nobody's signature")
        start, resume, tail = (int(number) for number in found.groups())
        frame = Frame(start, resume, resume + tail)
        if not end <= start < resume <= frame.end <= len(pdf) or not end <= found.start() < frame.end:
            raise InvalidMinutes(f"byte {found.start()}: the signature does not frame its own revision")
        frames.append(frame)
        end = frame.end
    return frames


def fields_of(
    pdf: bytes, first: int, frames: list[Frame], places: Mapping[str, Place], stamp: Callable[[str, datetime], bytes]
) -> list[tuple[str, datetime]]:
    """Name the field of each frame, and the time that its signer claims; `stamp` draws what such a signature shows.

    Raises InvalidMinutes where a signature stands elsewhere than at its place, or a revision brings any other change.
    """
    try:
        reader = PdfFileReader(BytesIO(pdf), strict=True)
        signatures = {tuple(map(int, one.byte_range)): one for one in reader.embedded_signatures}
        ranges = [(0, frame.start, frame.resume, frame.end - frame.resume) for frame in frames]
        if len(reader.embedded_signatures) != len(frames) or signatures.keys() != set(ranges):
            raise InvalidMinutes("the form of the document names other signatures than those that cover it")
        named = [_field_of(signatures[one], places) for one in ranges]
        if len({field for field, _ in named}) != len(named):
            raise InvalidMinutes("one field is signed twice")
        begins = [first, *(frame.end for frame in frames)]
        check_changes(reader, pdf, [
            Expected(begin, frame.end, (frame.start, frame.resume), stamp(field, claimed), box_of(places[field]))
            for begin, frame, (field, claimed) in zip(begins, frames, named, strict=False)
        ])  # fmt: skip
    except UNREADABLE as error:
        raise InvalidMinutes(f"the revisions after the minutes cannot be read: {error}") from None
    return named


def box_of(place: Place) -> tuple[int, int, int, int]:
    """Write a place as a PDF rectangle: left, bottom, right, top in whole points from the page's bottom left."""
    top = PAGE_HEIGHT - place.top
    return (round(place.left), round(top - place.height), round(place.left + place.width), round(top))


def _field_of(one: EmbeddedPdfSignature, places: Mapping[str, Place]) -> tuple[str, datetime]:
    field = str(one.field_name)
    if field not in places:
        raise InvalidMinutes(f"a signature in the field {field!r:.60}, where nobody signs digitally")
    dictionary: Any = one.sig_object
    if dictionary["/Type"] != "/Sig" or dictionary["/SubFilter"] != SUBFILTER:
        raise InvalidMinutes(f"{field}: not a PAdES signature")
    _check_place(one, places[field])
    claimed = one.self_reported_timestamp
    if claimed is None:
        raise InvalidMinutes(f"{field}: no time of signing")
    return field, claimed


def _check_place(one: EmbeddedPdfSignature, place: Place) -> None:
    """Hold the visible field to the room left for it, where it covers nothing."""
    widget: Any = one.sig_field
    page = one.reader.find_page_for_modification(place.page - 1)[0]
    if not WIDGET_KEYS.issuperset(widget.keys()) or [float(side) for side in widget["/Rect"]] != list(box_of(place)):
        raise InvalidMinutes(f"{place.field}: the signature does not stand at its place")
    if widget.raw_get("/P").reference != page.reference:
        raise InvalidMinutes(f"{place.field}: the signature stands on another page")


def _der_length(raw: bytes, start: int) -> int:
    """Read how long the DER object at the start of `raw` is, header included."""
    if len(raw) > 4 and raw[0] == 0x30:
        if raw[1] < 0x80:
            return 2 + raw[1]
        size = raw[1] & 0x7F
        length = int.from_bytes(raw[2 : 2 + size], "big")
        if 1 <= size <= 3 and length >= 0x80 and 2 + size + length <= len(raw):
            return 2 + size + length
    raise InvalidMinutes(f"byte {start}: the signature is not a DER object")

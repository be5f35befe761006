"""The bytes of one later revision of a PDF: the objects of its table, each spelled once, the table, and nothing else.

A reader looks at what the table names; what stands between, or in no table, would be signed without being seen.
White space is not compared, so that another release of the same writer may break its lines elsewhere.
"""

import re
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils.generic import Reference
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader

from tally.errors import InvalidMinutes

SPACE = b"\0\t\n\f\r "
_TAIL = re.compile(
    rb"xref\s[0-9nf\s]*trailer\s*<<\s*/Size\s+\d+\s*/Root\s+\d+ 0 R\s*/Info\s+\d+ 0 R"
    rb"\s*/ID\s*\[\s*<[0-9a-f]*>\s*<[0-9a-f]{32}>\s*\]\s*/Prev\s+\d+\s*>>\s*startxref\s+\d+\s*%%EOF\s*"
)


def check_spelling(reader: PdfFileReader, number: int, pdf: bytes, begin: int, hole: tuple[int, int]) -> None:
    """Compare the bytes of revision `number`, which begins at byte `begin`, with its objects; raise InvalidMinutes.

    `hole` holds the signature and ends before the revision does; `pdf` ends with the revision.
    """
    new, xrefs = reader.get_historical_resolver(number), reader.xrefs
    placed: dict[Reference, int] = {}
    for reference in xrefs.explicit_refs_in_revision(number):
        at = xrefs.get_historical_ref(reference, number)
        if not isinstance(at, int):
            raise InvalidMinutes("a later revision packs its objects")
        placed[reference] = at
    table = xrefs.get_startxref_for_revision(number)
    order = sorted(placed, key=lambda one: placed[one])
    starts = [*(placed[one] for one in order), table]
    if starts[0] < begin or table > len(pdf) or bare(pdf[begin : starts[0]]):
        raise InvalidMinutes("a later revision does not begin with its objects")
    for reference, start, end in zip(order, starts, starts[1:], strict=False):
        found = pdf[start:end]
        if start < hole[0] and hole[1] <= end:
            found = pdf[start : hole[0]] + pdf[hole[1] : end]
        if bare(found) != bare(_object(new, reference, signature=len(found) != end - start)):
            raise InvalidMinutes(f"a later revision holds more than its objects: beside object {reference.idnum}")
    if not _TAIL.fullmatch(pdf[table:]):
        raise InvalidMinutes("a later revision adds more than signatures to the trailer")


def bare(raw: bytes) -> bytes:
    """Return bytes without white space."""
    return raw.translate(None, SPACE)


def spelled(value: Any) -> bytes:
    """Spell a value of a PDF as its writer does."""
    stream = BytesIO()
    value.write_to_stream(stream, None)
    return stream.getvalue()


def _object(new: HistoricalResolver, reference: Reference, *, signature: bool) -> bytes:
    value = new(reference)
    if signature:  # its own bytes are in the hole, and checked elsewhere
        entries = (name.encode() + (b"" if name == "/Contents" else spelled(value.raw_get(name))) for name in value)
        text = b"<<" + b"".join(entries) + b">>"
    else:
        text = spelled(value)
    return f"{reference.idnum} {reference.generation} obj".encode() + text + b"endobj"

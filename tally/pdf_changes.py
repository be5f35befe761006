"""What later revisions of a PDF may change: one more signature field each, on a page that stays as it is.

Everything that existed before must stay byte for byte, but for the lists that a field has to be entered in: the form of
the document (AcroForm) and the annotations of its page.
"""

from io import BytesIO
from typing import Any

from pyhanko.pdf_utils.generic import IndirectObject, Reference
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader

from tally.errors import InvalidMinutes

FORM_KEYS = frozenset({"/Fields", "/SigFlags"})


def check_changes(reader: PdfFileReader, minutes: bytes, signatures: int) -> None:
    """Compare each revision after the minutes with the one before it; raise InvalidMinutes.

    Expects as many revisions as signatures. pyHanko's own errors on damaged files pass through.
    """
    first = PdfFileReader(BytesIO(minutes), strict=True)
    before = first.xrefs.total_revisions
    if reader.xrefs.total_revisions != before + signatures or reader.xrefs.hybrid_xrefs_present:
        raise InvalidMinutes("there are revisions without a signature")
    for number in range(before, before + signatures):
        _check_revision(reader, number)


def _check_revision(reader: PdfFileReader, number: int) -> None:
    old, new = reader.get_historical_resolver(number - 1), reader.get_historical_resolver(number)
    if new.root_ref != old.root_ref or reader.xrefs.refs_freed_in_revision(number):
        raise InvalidMinutes("a later revision takes parts of the minutes away")
    added = _new_field(old, new)
    page = new(added).raw_get("/P").reference if "/P" in new(added) else None
    allowed = _allowed(old, page)
    for reference in reader.xrefs.explicit_refs_in_revision(number):
        if reader.xrefs.get_introducing_revision(reference) < number and reference not in allowed:
            raise InvalidMinutes(f"a later revision changes object {reference.idnum} of the minutes")
    _same_but(old.root, new.root, "/AcroForm")
    if page is not None:
        _same_but(old(page), new(page), "/Annots")
        _one_more(_list(old(page), "/Annots"), _list(new(page), "/Annots"), added)


def _new_field(old: HistoricalResolver, new: HistoricalResolver) -> Reference:
    """Find the one field that the revision adds to the form, which is otherwise as before."""
    form = new.root["/AcroForm"]
    if not FORM_KEYS.issuperset(form.keys()):
        raise InvalidMinutes("a later revision adds more than signatures to the form")
    before = _list(old.root["/AcroForm"], "/Fields") if "/AcroForm" in old.root else []
    after = _list(form, "/Fields")
    if len(after) != len(before) + 1:
        raise InvalidMinutes("a later revision does not add exactly one signature field")
    added: Reference = after[-1].reference
    _one_more(before, after, added)
    return added


def _allowed(old: HistoricalResolver, page: Reference | None) -> set[Reference]:
    """Name the objects that hold the lists, where they are objects of their own."""
    holders = [(old.root, "/AcroForm")]
    if "/AcroForm" in old.root:
        holders.append((old.root["/AcroForm"], "/Fields"))
    if page is not None:
        holders.append((old(page), "/Annots"))
    lists = {holder.raw_get(name).reference for holder, name in holders if name in holder and _is_link(holder, name)}
    return lists | {old.root_ref} | ({page} if page is not None else set())


def _is_link(holder: Any, name: str) -> bool:
    return isinstance(holder.raw_get(name), IndirectObject)


def _list(holder: Any, name: str) -> list[Any]:
    """Read a list of links; empty where there is none."""
    found: Any = holder.get(name, ())
    return [found.raw_get(index) for index in range(len(found))]


def _one_more(before: list[Any], after: list[Any], added: Reference) -> None:
    if [_spelled(one) for one in after[:-1]] != [_spelled(one) for one in before] or after[-1].reference != added:
        raise InvalidMinutes("a later revision changes fields that were there")


def _same_but(old: Any, new: Any, but: str) -> None:
    """Compare two dictionaries, leaving one entry out."""
    if {name: _spelled(old.raw_get(name)) for name in old if name != but} != {
        name: _spelled(new.raw_get(name)) for name in new if name != but
    }:
        raise InvalidMinutes("a later revision changes the minutes themselves")


def _spelled(value: Any) -> bytes:
    stream = BytesIO()
    value.write_to_stream(stream, None)
    return stream.getvalue()

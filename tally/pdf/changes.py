"""What later revisions of a PDF may change: one more signature field each, on a page that stays as it is.

Everything that existed before must stay byte for byte, but for the lists that a field has to be entered in: the form of
the document (AcroForm) and the annotations of its page. What is new is what our signer writes: field, signature, and
its look, whole; no object that nothing leads to, no byte beside them, the trailer as it was.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils.generic import IndirectObject, Reference
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader

from tally.errors import InvalidMinutes
from tally.pdf.spelling import check_spelling, spelled
from tally.pdf.stamps import check_stamp

FORM_KEYS = frozenset({"/Fields", "/SigFlags"})
SIGNED_FLAGS = 3  # signatures exist, and the file is only ever appended to
FIELD = {"/FT": b"/Sig", "/Type": b"/Annot", "/Subtype": b"/Widget", "/F": b"132"}
FIELD_KEYS = FIELD.keys() | {"/T", "/Rect", "/P", "/AP", "/V"}
SIGNATURE = {"/Type": b"/Sig", "/Filter": b"/Adobe.PPKLite", "/SubFilter": b"/ETSI.CAdES.detached"}
SIGNATURE_KEYS = SIGNATURE.keys() | {"/Contents", "/ByteRange", "/M"}
_TRAILER = ("/Root", "/Info")


@dataclass(frozen=True, slots=True)
class Expected:
    """One revision: where its bytes begin and end, where the hole for its signature is, what it shows, and where."""

    begin: int
    end: int
    hole: tuple[int, int]
    stamp: bytes
    box: tuple[int, int, int, int]


def check_changes(reader: PdfFileReader, pdf: bytes, expected: Sequence[Expected]) -> None:
    """Compare each revision after the minutes with the one before it; raise InvalidMinutes.

    Expects as many revisions as signatures. pyHanko's own errors on damaged files pass through.
    """
    minutes = pdf[: expected[0].begin]
    before = PdfFileReader(BytesIO(minutes), strict=True).xrefs.total_revisions
    if reader.xrefs.total_revisions != before + len(expected) or reader.xrefs.hybrid_xrefs_present:
        raise InvalidMinutes("there are revisions without a signature")
    for number, one in enumerate(expected, before):
        _check_revision(reader, number, one)
        check_spelling(reader, number, pdf[: one.end], one.begin, one.hole)


def _check_revision(reader: PdfFileReader, number: int, expected: Expected) -> None:
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
    _check_trailer(old, new)
    own = _own_objects(new, added, expected)
    for reference in reader.xrefs.explicit_refs_in_revision(number) - allowed - own:
        if reference != _form_of(new):
            raise InvalidMinutes(f"a later revision adds object {reference.idnum}, which is no part of its signature")


def _check_trailer(old: HistoricalResolver, new: HistoricalResolver) -> None:
    """Hold the trailer to what it was; the second part of the ID alone is each revision's own."""
    before, after = old.trailer_view, new.trailer_view
    same = all(spelled(before.raw_get(name)) == spelled(after.raw_get(name)) for name in _TRAILER)
    if not same or old.document_id[0] != new.document_id[0]:
        raise InvalidMinutes("a later revision changes the title or the author of the minutes")


def _own_objects(new: HistoricalResolver, added: Reference, expected: Expected) -> set[Reference]:
    """Check field, signature and look of a revision, entry by entry; return the objects that they consist of."""
    field: Any = new(added)
    signature = field.raw_get("/V").reference
    _exactly(field, FIELD_KEYS, FIELD)
    _exactly(new(signature), SIGNATURE_KEYS, SIGNATURE)
    _exactly(field["/AP"], {"/N"}, {})
    look = field["/AP"].raw_get("/N")
    return {added, signature} | check_stamp(look, expected.stamp, expected.box)


def _exactly(found: Any, names: Set[str], fixed: Mapping[str, bytes]) -> None:
    if set(found) != names or any(spelled(found.raw_get(name)) != value for name, value in fixed.items()):
        raise InvalidMinutes("a later revision adds something else than a signature of ours")


def _form_of(new: HistoricalResolver) -> Reference | None:
    """Name the object that the form is, where it is one of its own."""
    form = new.root.raw_get("/AcroForm")
    return form.reference if isinstance(form, IndirectObject) else None


def _new_field(old: HistoricalResolver, new: HistoricalResolver) -> Reference:
    """Find the one field that the revision adds to the form, which is otherwise as before."""
    form = new.root["/AcroForm"]
    if set(form) != FORM_KEYS or form["/SigFlags"] != SIGNED_FLAGS:
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
    if [spelled(one) for one in after[:-1]] != [spelled(one) for one in before] or after[-1].reference != added:
        raise InvalidMinutes("a later revision changes fields that were there")


def _same_but(old: Any, new: Any, but: str) -> None:
    """Compare two dictionaries, leaving one entry out."""
    if {name: spelled(old.raw_get(name)) for name in old if name != but} != {
        name: spelled(new.raw_get(name)) for name in new if name != but
    }:
        raise InvalidMinutes("a later revision changes the minutes themselves")

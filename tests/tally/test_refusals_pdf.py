"""Signatures that a PDF reader might pass and these minutes do not, forged byte by byte or with pyHanko itself."""

import functools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from asn1crypto import cms
from pyhanko.pdf_utils.generic import ArrayObject, NumberObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import PdfFileWriter

from keys.files.signing import new_signing_key
from tally.errors import InvalidMinutes, OtherRenderer
from tally.minutes import render_minutes
from tally.minutes.renderer import render_stamp
from tally.pdf import changes, revisions, stamps
from tally.pdf import writer as pdf_writer
from tally.pdf.certificates import certificate_for
from tally.pdf.changes import Expected, check_changes
from tally.pdf.cms import check_cms
from tally.pdf.revisions import Frame, fields_of, frames_of
from tally.pdf.signatures import _signer_of, _stamp_lines, check_minutes, sign_minutes
from tally.pdf.spelling import check_spelling
from tally.signing.signers import KeySigner
from tests.tally.records import EVERYONE, payload, sample_record, team
from voting.documents.record import MadeBy

WHEN = datetime(2022, 4, 10, 3, 0, tzinfo=UTC)
PEOPLE = team(*EVERYONE)
RECORD = sample_record(2, people=PEOPLE)
PAYLOAD = payload(RECORD)


@functools.cache
def minutes() -> bytes:
    return render_minutes(PAYLOAD)


@functools.cache
def signed() -> bytes:
    """The minutes signed by the chair."""
    return sign_minutes(minutes(), PAYLOAD, "chair", KeySigner(PEOPLE.keys["chair"]), WHEN)


def frame() -> Frame:
    return frames_of(signed(), len(minutes()))[0]


@pytest.fixture
def revision(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Callable[[Any], None]], bytes]]:
    """Have the chair sign while a forger changes the revision that holds the signature."""

    def forge(change: Callable[[Any], None]) -> bytes:
        honest = pdf_writer._NextRevision

        class Forged(honest):  # type: ignore[misc, valid-type]
            def write(self, *arguments: object, **options: object) -> object:
                change(self)
                return super().write(*arguments, **options)

            def write_in_place(self) -> None:
                change(self)
                super().write_in_place()

        with monkeypatch.context() as patch:
            patch.setattr(pdf_writer, "_NextRevision", Forged)
            patch.setattr("tally.pdf.signatures.check_minutes", lambda pdf, payload: ())
            return sign_minutes(minutes(), PAYLOAD, "chair", KeySigner(PEOPLE.keys["chair"]), WHEN)

    yield forge


def form_of(writer: Any) -> Any:
    return writer.root["/AcroForm"]


def widget_of(writer: Any) -> Any:
    return form_of(writer)["/Fields"][-1]


def other_subfilter(writer: Any) -> None:
    widget_of(writer)["/V"]["/SubFilter"] = pdf_name("/adbe.pkcs7.detached")


def other_page(writer: Any) -> None:
    page, _ = writer.find_page_for_modification(0)
    widget_of(writer)["/P"] = page


def more_in_the_form(writer: Any) -> None:
    form_of(writer)["/NeedAppearances"] = NumberObject(1)


def no_time(writer: Any) -> None:
    del widget_of(writer)["/V"]["/M"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (other_subfilter, "chair: not a PAdES signature"),
        (other_page, "chair: the signature stands on another page"),
        (more_in_the_form, "adds more than signatures to the form"),
        (no_time, "chair: no time of signing"),
    ],
)
def test_a_signer_who_writes_another_kind_of_signature_is_refused(
    revision: Callable[[Callable[[Any], None]], bytes], change: Callable[[Any], None], words: str
) -> None:
    pdf = revision(change)
    assert pdf.startswith(minutes()) and pdf != signed()
    with pytest.raises(InvalidMinutes, match=words):
        check_minutes(pdf, PAYLOAD)


def places() -> dict[str, Any]:
    from tally.minutes.renderer import signature_places

    return {one.field: one for one in signature_places(PAYLOAD)}


def stamp(field: str, claimed: datetime) -> bytes:
    return render_stamp(RECORD, places()[field], _stamp_lines(_signer_of(RECORD, field), claimed))


def expected(pdf: bytes) -> list[Expected]:
    """What the chair's one revision has to be."""
    (own,) = frames_of(pdf, len(minutes()))
    box = revisions.box_of(places()["chair"])
    return [Expected(len(minutes()), own.end, (own.start, own.resume), stamp("chair", WHEN), box)]


def test_a_form_that_names_other_signatures_than_the_frames_is_refused() -> None:
    first = len(minutes())
    with pytest.raises(InvalidMinutes, match="names other signatures than those that cover it"):
        fields_of(signed(), first, [frame(), frame()], places(), stamp)
    with pytest.raises(InvalidMinutes, match="names other signatures than those that cover it"):
        fields_of(minutes(), first, [frame()], places(), stamp)


def test_revisions_that_no_reader_can_read_are_refused() -> None:
    with pytest.raises(InvalidMinutes, match="the revisions after the minutes cannot be read"):
        fields_of(signed()[:-30], len(minutes()), [frame()], places(), stamp)


def test_a_field_signed_twice_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    both = sign_minutes(signed(), PAYLOAD, "secretary", KeySigner(PEOPLE.keys["secretary"]), WHEN)
    frames = frames_of(both, len(minutes()))
    monkeypatch.setattr(revisions, "_field_of", lambda one, places: ("chair", WHEN))
    with pytest.raises(InvalidMinutes, match="one field is signed twice"):
        fields_of(both, len(minutes()), frames, places(), stamp)


def hole(raw: str) -> bytes:
    return Frame(0, len(raw), len(raw)).cms(raw.encode())


@pytest.mark.parametrize("raw", ["<3003020101>", "<30030201010000>"])
def test_a_short_object_ends_where_its_length_says(raw: str) -> None:
    assert hole(raw) == bytes.fromhex("3003020101")


@pytest.mark.parametrize(
    "raw", ["<30810101010101>", "<3082FFFF0101>", "<308400000001FF>", "<308001010101>", "<3103020101>", "<3003>", "<>"]
)
def test_a_hole_without_a_whole_object_is_refused(raw: str) -> None:
    with pytest.raises(InvalidMinutes, match="not a DER object"):
        hole(raw)


# --- the CMS object --------------------------------------------------------------------------------------------------


def checked(content: cms.ContentInfo) -> None:
    check_cms(content.dump(force=True), frame().digest(signed()), {PEOPLE.public("chair")}, "byte 0")


def parsed() -> cms.ContentInfo:
    return cms.ContentInfo.load(frame().cms(signed()))


def test_the_honest_object_passes() -> None:
    checked(parsed())


def test_a_second_signature_in_one_object_is_refused() -> None:
    content = parsed()
    info = content["content"]["signer_infos"][0]
    content["content"]["signer_infos"] = cms.SignerInfos([info, info])
    with pytest.raises(InvalidMinutes, match="one signature with one certificate expected"):
        checked(content)


def with_attributes(change: Callable[[cms.CMSAttributes], None]) -> cms.ContentInfo:
    """The chair's own signature over other attributes."""
    content = parsed()
    info = content["content"]["signer_infos"][0]
    attributes = cms.CMSAttributes.load(info["signed_attrs"].untag().dump())
    change(attributes)
    info["signed_attrs"] = attributes
    info["signature"] = KeySigner(PEOPLE.keys["chair"]).sign(info["signed_attrs"].untag().dump())
    return content


def another_certificate(attributes: cms.CMSAttributes) -> None:
    for one in attributes:
        if one["type"].native == "signing_certificate_v2":
            one["values"][0]["certs"][0]["cert_hash"] = bytes(32)


def other_algorithm(content: cms.ContentInfo) -> None:
    content["content"]["signer_infos"][0]["signature_algorithm"] = {"algorithm": "sha512_ecdsa"}


def test_a_signature_that_names_another_certificate_is_refused() -> None:
    with pytest.raises(InvalidMinutes, match="the signature names another certificate"):
        checked(with_attributes(another_certificate))


def test_a_signature_by_another_algorithm_is_refused() -> None:
    content = parsed()
    other_algorithm(content)
    with pytest.raises(InvalidMinutes, match=r"not a CMS signature \(ValueError\)"):
        checked(content)


def test_a_key_that_the_record_does_not_show_is_refused() -> None:
    with pytest.raises(InvalidMinutes, match="signed by a key that the record does not show"):
        check_cms(frame().cms(signed()), frame().digest(signed()), {PEOPLE.public("secretary")}, "byte 0")


def test_a_signature_value_of_somebody_else_does_not_verify() -> None:
    content = parsed()
    info = content["content"]["signer_infos"][0]
    info["signature"] = KeySigner(new_signing_key()).sign(info["signed_attrs"].untag().dump())
    with pytest.raises(InvalidMinutes, match="the signature does not verify"):
        checked(content)


# --- what a revision changes -----------------------------------------------------------------------------------------


def test_more_revisions_than_signatures_are_refused() -> None:
    reader = PdfFileReader(BytesIO(signed()), strict=True)
    with pytest.raises(InvalidMinutes, match="there are revisions without a signature"):
        check_changes(reader, signed(), [*expected(signed()), *expected(signed())])


def test_a_revision_that_frees_an_object_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = PdfFileReader(BytesIO(signed()), strict=True)
    monkeypatch.setattr(reader.xrefs, "refs_freed_in_revision", lambda number: {"an object"})
    with pytest.raises(InvalidMinutes, match="takes parts of the minutes away"):
        check_changes(reader, signed(), expected(signed()))


def two_fields(writer: Any) -> None:
    fields = form_of(writer)["/Fields"]
    fields.append(fields.raw_get(0))


def test_a_revision_that_adds_two_fields_is_refused(revision: Callable[[Callable[[Any], None]], bytes]) -> None:
    pdf = revision(two_fields)
    reader = PdfFileReader(BytesIO(pdf), strict=True)
    with pytest.raises(InvalidMinutes, match="does not add exactly one signature field"):
        check_changes(reader, pdf, expected(pdf))


def test_a_field_without_a_page_is_compared_all_the_same(revision: Callable[[Callable[[Any], None]], bytes]) -> None:
    def no_page(writer: Any) -> None:
        if "/P" in widget_of(writer):
            del widget_of(writer)["/P"]

    pdf = revision(no_page)
    reader = PdfFileReader(BytesIO(pdf), strict=True)
    with pytest.raises(InvalidMinutes, match="changes object|changes the minutes"):  # the page's list of annotations
        check_changes(reader, pdf, expected(pdf))


def test_a_field_on_no_page_is_refused(
    revision: Callable[[Callable[[Any], None]], bytes],
) -> None:
    def off_the_page(writer: Any) -> None:
        page = widget_of(writer).raw_get("/P").reference
        del widget_of(writer)["/P"]
        writer.objects.pop((page.generation, page.idnum))

    pdf = revision(off_the_page)
    with pytest.raises(InvalidMinutes, match="adds something else than a signature of ours"):
        check_changes(PdfFileReader(BytesIO(pdf), strict=True), pdf, expected(pdf))
    with pytest.raises(InvalidMinutes):
        check_minutes(pdf, PAYLOAD)


def test_a_field_put_before_those_that_were_there_is_refused() -> None:
    both = sign_minutes(signed(), PAYLOAD, "secretary", KeySigner(PEOPLE.keys["secretary"]), WHEN)
    reader = PdfFileReader(BytesIO(both), strict=True)
    fields: Any = reader.root["/AcroForm"].raw_get("/Fields")
    listed = [fields.raw_get(index) for index in range(len(fields))]
    with pytest.raises(InvalidMinutes, match="changes fields that were there"):
        changes._one_more(listed[1:], listed, listed[-1].reference)
    with pytest.raises(InvalidMinutes, match="changes fields that were there"):
        changes._one_more(listed[:-1], listed, listed[0].reference)
    changes._one_more(listed[:-1], listed, listed[-1].reference)
    assert isinstance(fields, ArrayObject)


# --- who made and who signs ------------------------------------------------------------------------------------------


def test_minutes_of_another_renderer_are_not_called_forged() -> None:
    other = payload(sample_record(2, people=PEOPLE, made_by=MadeBy("phieukin 9", "typst 9", "Tinos (x)")))
    with pytest.raises(OtherRenderer, match="the minutes cannot be compared: the minutes were made by typst 9"):
        check_minutes(b"%PDF of that time", other)


def test_a_token_brings_its_own_certificate() -> None:
    chair = RECORD.conference.chair
    own = certificate_for(KeySigner(PEOPLE.keys["chair"]), chair, "Văn phòng khác", WHEN)
    signer = KeySigner(PEOPLE.keys["chair"], certificate=own.dump())
    assert certificate_for(signer, chair, "Văn phòng", WHEN).dump() == own.dump()
    assert certificate_for(KeySigner(PEOPLE.keys["chair"]), chair, "Văn phòng", WHEN).dump() != own.dump()


def test_a_picture_that_is_shown_twice_is_spelt_once_and_one_within_itself_is_refused() -> None:
    writer = PdfFileWriter()
    picture = writer.add_object(ArrayObject([NumberObject(7)]))
    assert stamps._tree(ArrayObject([picture, picture]), [], 0) == b"[<object 0:[7]> <object 0>]"
    nested = ArrayObject([])
    for _ in range(stamps._DEEPEST):
        nested = ArrayObject([nested])
    assert stamps._tree(nested, [], 0).count(b"[") == stamps._DEEPEST + 1
    with pytest.raises(InvalidMinutes, match="a picture within pictures"):
        stamps._tree(ArrayObject([nested]), [], 0)


def test_a_revision_that_packs_its_objects_is_refused() -> None:
    first = BytesIO()
    PdfFileWriter(stream_xrefs=True).write(first)
    later = IncrementalPdfFileWriter(BytesIO(first.getvalue()))
    later.root["/Packed"] = later.add_object(ArrayObject([]), obj_stream=later.prepare_object_stream())
    later.update_root()
    both = BytesIO()
    later.write(both)
    pdf = both.getvalue()
    with pytest.raises(InvalidMinutes, match="packs its objects"):
        check_spelling(PdfFileReader(BytesIO(pdf)), 1, pdf, len(first.getvalue()), (0, 0))

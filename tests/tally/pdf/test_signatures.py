"""Signed minutes: several signers, one after the other; every flip is refused; two other programs agree."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from asn1crypto import cms
from pyhanko.pdf_utils.generic import DictionaryObject, NumberObject, StreamObject, pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko_certvalidator import ValidationContext

from tally.cli.pdf import place_of
from tally.errors import CannotSign, InvalidMinutes
from tally.minutes import render_minutes
from tally.minutes.renderer import render_stamp, signature_places
from tally.pdf import writer as pdf_writer
from tally.pdf.certificates import certificate_for
from tally.pdf.revisions import Frame, frames_of
from tally.pdf.signatures import _signer_of, _stamp_lines, awaiting, check_minutes, sign_minutes
from tally.pdf.writer import add_signature
from tally.signing.signers import KeySigner
from tests.conftest import missing
from tests.tally.records import EVERYONE, payload, sample_record, team

HANOI = timezone(timedelta(hours=7))
WHEN = datetime(2022, 4, 10, 10, 5, 7, tzinfo=HANOI)
PEOPLE = team(*EVERYONE)
RECORD = sample_record(3, people=PEOPLE)
PAYLOAD = payload(RECORD)
MINUTES = render_minutes(PAYLOAD)
SIGNERS = ("teller-1", "secretary", "chair")


def signed_by(*fields: str) -> bytes:
    pdf = MINUTES
    for number, field in enumerate(fields):
        pdf = sign_minutes(pdf, PAYLOAD, field, KeySigner(PEOPLE.keys[field]), WHEN + timedelta(minutes=number))
    return pdf


SIGNED = signed_by(*SIGNERS)
FRAMES = frames_of(SIGNED, len(MINUTES))


def flipped(position: int, bit: int = 0) -> bytes:
    changed = bytearray(SIGNED)
    changed[position] ^= 1 << bit
    return bytes(changed)


def by_field(pdf: bytes) -> list[str]:
    return [one.field for one in check_minutes(pdf, PAYLOAD)]


def test_minutes_as_rendered_are_signed_by_nobody() -> None:
    assert check_minutes(MINUTES, PAYLOAD) == ()


def test_each_signer_adds_a_revision_after_the_bytes_of_the_one_before() -> None:
    assert by_field(SIGNED) == list(SIGNERS)
    assert [by_field(SIGNED[: frame.end]) for frame in FRAMES] == [list(SIGNERS[:n]) for n in (1, 2, 3)]
    first, _, last = check_minutes(SIGNED, PAYLOAD)
    assert (first.name, first.role, first.claimed) == (RECORD.conference.tellers[0].name, "Trưởng ban", WHEN)
    assert last.claimed == WHEN + timedelta(minutes=2)


def test_those_who_must_sign_and_have_not_are_named() -> None:
    names = [one.name for one in RECORD.conference.tellers[1:]]
    assert list(awaiting(PAYLOAD, check_minutes(SIGNED, PAYLOAD))) == names
    assert len(awaiting(PAYLOAD, ())) == 5


def test_the_signatures_keep_the_file_a_pdf_a_3b_with_its_attachment() -> None:
    with pikepdf.open(BytesIO(SIGNED)) as pdf:
        assert pdf.pdf_version == "1.7" and "/Version" not in pdf.Root
        assert pdf.attachments["record.json"].get_file().read_bytes() == PAYLOAD
        assert pdf.open_metadata()["pdfaid:conformance"] == "B"


@pytest.mark.parametrize("twelfth", range(12))
def test_a_flip_in_the_first_revision_is_refused(twelfth: int) -> None:
    with pytest.raises(InvalidMinutes, match="does not begin with the minutes"):
        check_minutes(flipped(len(MINUTES) * twelfth // 12), PAYLOAD)


def positions(frame: Frame, begin: int) -> list[int]:
    """Some bytes of one revision: before the hole, its brackets, through the signature, its padding, after."""
    hole = range(frame.start, frame.resume, 53)
    around = [*range(begin, frame.start, 4001), *range(frame.resume, frame.end, 97)]
    return [*around, *hole, frame.start, frame.start + 1, frame.resume - 2, frame.resume - 1, frame.end - 1]


@pytest.mark.parametrize("number", range(3))
def test_a_flip_in_a_later_revision_is_refused(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tally.pdf.signatures.render_minutes", lambda payload, exact: MINUTES)
    begin = FRAMES[number - 1].end if number else len(MINUTES)
    for position in positions(FRAMES[number], begin):
        for bit in (0, 5):  # bit 5 turns small letters of a hex digit into capitals
            with pytest.raises(InvalidMinutes):
                check_minutes(flipped(position, bit), PAYLOAD)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(3))
def test_no_flip_through_a_whole_later_revision_is_accepted(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every 13th byte; with PHIEUKIN_FLIPS=1 every one, which takes some minutes."""
    monkeypatch.setattr("tally.pdf.signatures.render_minutes", lambda payload, exact: MINUTES)
    begin = FRAMES[number - 1].end if number else len(MINUTES)
    for position in range(begin, FRAMES[number].end, int(os.environ.get("PHIEUKIN_FLIPS", "13"))):
        with pytest.raises(InvalidMinutes):
            check_minutes(flipped(position, position % 8), PAYLOAD)


def test_a_flip_breaks_the_signatures_that_cover_it_and_no_other() -> None:
    assert by_field(SIGNED[: FRAMES[1].end]) == ["teller-1", "secretary"]
    last = FRAMES[2]
    broken = flipped(last.end - 40)
    assert by_field(broken[: FRAMES[1].end]) == ["teller-1", "secretary"]
    with pytest.raises(InvalidMinutes, match="not over this document"):
        check_minutes(broken, PAYLOAD)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda pdf: pdf[:-1], "frame its own revision"),
        (lambda pdf: pdf + b"\n", "covered by nobody"),
        (lambda pdf: pdf + b"/ByteRange [0 10 20 30]", "frame its own revision"),
        (lambda pdf: pdf[: FRAMES[0].end] + pdf[FRAMES[1].end :], "frame its own revision"),
        (lambda pdf: MINUTES[: len(MINUTES) // 2], "does not begin"),
        (lambda pdf: b"", "does not begin"),
        (lambda pdf: render_minutes(payload(sample_record(4, people=PEOPLE))), "does not begin"),
        (lambda pdf: pdf[: FRAMES[2].resume - 5] + b"00A0>" + pdf[FRAMES[2].resume :], "padding"),
        (lambda pdf: pdf[: FRAMES[2].start] + pdf[FRAMES[2].start : FRAMES[2].resume].lower() + pdf[FRAMES[2].resume :],
         "uppercase hex"),
    ],
)  # fmt: skip
def test_a_spoilt_file_is_refused_for_its_reason(spoil: Callable[[bytes], bytes], message: str) -> None:
    with pytest.raises(InvalidMinutes, match=message):
        check_minutes(spoil(SIGNED), PAYLOAD)


def test_only_the_key_of_the_record_may_sign_and_each_place_once() -> None:
    with pytest.raises(CannotSign, match="not the key"):
        sign_minutes(MINUTES, PAYLOAD, "chair", KeySigner(PEOPLE.keys["secretary"]), WHEN)
    with pytest.raises(CannotSign, match="signed already"):
        sign_minutes(SIGNED, PAYLOAD, "chair", KeySigner(PEOPLE.keys["chair"]), WHEN)
    with pytest.raises(CannotSign, match="nobody signs there"):
        sign_minutes(MINUTES, PAYLOAD, "head", KeySigner(PEOPLE.keys["chair"]), WHEN)
    with pytest.raises(CannotSign, match="needs an offset"):
        sign_minutes(MINUTES, PAYLOAD, "chair", KeySigner(PEOPLE.keys["chair"]), WHEN.replace(tzinfo=None))
    on_paper = payload(sample_record(3, people=team("chair")))
    with pytest.raises(CannotSign, match="signs on paper"):
        sign_minutes(render_minutes(on_paper), on_paper, "secretary", KeySigner(PEOPLE.keys["secretary"]), WHEN)


def write(pdf: bytes, field: str, key: str, at: str | None = None, lines: tuple[str, ...] = ()) -> bytes:
    """Sign without the checks of sign_minutes: `field` by the key of somebody, at the place of somebody else."""
    signer = dict(zip(EVERYONE, (*RECORD.conference.tellers, RECORD.conference.secretary, RECORD.conference.chair),
                      strict=True))[key]  # fmt: skip
    key_signer = KeySigner(PEOPLE.keys[key])
    places = {one.field: one for one in signature_places(PAYLOAD)}
    there = places[at or field]
    place = replace(there, field=field)
    owner = _signer_of(RECORD, field) if field in places else signer
    stamp = render_stamp(RECORD, place, lines or _stamp_lines(owner, WHEN))
    return add_signature(pdf, place, key_signer, certificate_for(key_signer, signer, "Văn phòng", WHEN), WHEN, stamp)


def test_a_signature_in_the_field_of_somebody_else_is_refused() -> None:
    with pytest.raises(InvalidMinutes, match="signed by another key than that of"):
        check_minutes(write(MINUTES, "secretary", "chair"), PAYLOAD)


def test_a_signature_at_the_place_of_somebody_else_is_refused() -> None:
    with pytest.raises(InvalidMinutes, match="does not stand at its place"):
        check_minutes(write(MINUTES, "chair", "chair", at="secretary"), PAYLOAD)


def test_a_signature_in_a_field_that_the_record_does_not_know_is_refused() -> None:
    with pytest.raises(InvalidMinutes, match="where nobody signs digitally"):
        check_minutes(write(MINUTES, "guest", "chair", at="chair"), PAYLOAD)


def test_a_signer_of_other_minutes_is_not_a_signer_of_these() -> None:
    stranger = team(*EVERYONE)
    other = sample_record(3, people=stranger)
    pdf = sign_minutes(render_minutes(payload(other)), payload(other), "chair", KeySigner(stranger.keys["chair"]), WHEN)
    with pytest.raises(InvalidMinutes):
        check_minutes(pdf, PAYLOAD)
    with pytest.raises(InvalidMinutes, match="key that the record does not show|not over this document"):
        check_minutes(MINUTES + pdf[len(MINUTES) :], PAYLOAD)


def changing(monkeypatch: pytest.MonkeyPatch, change: Callable[[IncrementalPdfFileWriter], None]) -> None:
    """Have whoever signs change the revision that holds the signature."""
    honest = pdf_writer._NextRevision

    class Changing(honest):  # type: ignore[misc, valid-type]
        def __init__(self, *arguments: object, **options: object) -> None:
            super().__init__(*arguments, **options)
            change(self)

    monkeypatch.setattr(pdf_writer, "_NextRevision", Changing)


def change_page(writer: IncrementalPdfFileWriter) -> None:
    page, _ = writer.find_page_for_modification(0)
    page.get_object()["/Rotate"] = NumberObject(180)
    writer.mark_update(page)


def change_title(writer: IncrementalPdfFileWriter) -> None:
    writer.trailer["/Info"]["/Title"] = pdf_string("Khác")
    writer.mark_update(writer.trailer.raw_get("/Info"))


def change_catalog(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/PageMode"] = pdf_name("/UseOutlines")
    writer.update_root()


def other_info(writer: IncrementalPdfFileWriter) -> None:
    title = DictionaryObject({pdf_name("/Title"): pdf_string("Khác"), pdf_name("/Author"): pdf_string("Người khác")})
    writer._info = writer.add_object(title)
    writer.set_info(writer._info)


def orphan(writer: IncrementalPdfFileWriter) -> None:
    writer.add_object(StreamObject(stream_data=b"anything"))


def more_in_the_trailer(writer: IncrementalPdfFileWriter) -> None:
    writer.set_custom_trailer_entry(pdf_name("/Note"), pdf_string("anything"))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (other_info, "changes the title or the author"),
        (orphan, "adds object [0-9]+, which is no part of its signature"),
        (more_in_the_trailer, "adds more than signatures to the trailer"),
    ],
)
def test_a_signer_who_adds_something_to_the_document_is_refused(
    change: Callable[[IncrementalPdfFileWriter], None], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    changing(monkeypatch, change)
    pdf = write(MINUTES, "chair", "chair")
    with pytest.raises(InvalidMinutes, match=words):
        check_minutes(pdf, PAYLOAD)


def test_the_look_of_a_signature_is_that_of_its_signer_and_time() -> None:
    secretary, chair = RECORD.conference.secretary, RECORD.conference.chair
    assert by_field(write(MINUTES, "secretary", "secretary")) == ["secretary"]
    own = _stamp_lines(secretary, WHEN)
    for lines in (
        _stamp_lines(chair, WHEN),
        (own[0], chair.role, own[2]),
        _stamp_lines(secretary, WHEN + timedelta(days=1)),
        own[:2],
    ):
        with pytest.raises(InvalidMinutes, match="shows something else than who signed, as what, and when"):
            check_minutes(write(MINUTES, "secretary", "secretary", lines=lines), PAYLOAD)


def hidden_before(writer: Any) -> None:
    honest = writer._write_objects
    writer._write_objects = lambda stream, table: stream.write(b"% anything\n") and honest(stream, table)


def hidden_behind(writer: Any) -> None:
    honest = writer._write_objects
    writer._write_objects = lambda stream, table: (honest(stream, table), stream.write(b"% anything\n"))[0]


@pytest.mark.parametrize(
    ("change", "words"),
    [(hidden_before, "does not begin with its objects"), (hidden_behind, "holds more than its objects")],
)
def test_signed_bytes_that_no_table_names_are_refused(
    change: Callable[[Any], None], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    changing(monkeypatch, change)
    pdf = write(MINUTES, "chair", "chair")
    assert b"% anything" in pdf
    with pytest.raises(InvalidMinutes, match=words):
        check_minutes(pdf, PAYLOAD)


@pytest.mark.parametrize("change", [change_page, change_title, change_catalog])
def test_a_signer_who_changes_the_document_along_with_signing_is_refused(
    change: Callable[[IncrementalPdfFileWriter], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    changing(monkeypatch, change)
    pdf = write(MINUTES, "chair", "chair")
    with pytest.raises(InvalidMinutes, match="changes"):
        check_minutes(pdf, PAYLOAD)


def test_a_revision_without_a_signature_between_two_is_refused() -> None:
    writer = IncrementalPdfFileWriter(BytesIO(MINUTES))
    writer.root["/Lang"] = writer.root["/Lang"]
    writer.update_root()
    out = BytesIO()
    writer.write(out)
    with pytest.raises(InvalidMinutes):
        check_minutes(write(out.getvalue(), "chair", "chair"), PAYLOAD)


def test_the_certificate_is_a_function_of_key_person_and_record() -> None:
    key_signer, chair = KeySigner(PEOPLE.keys["chair"]), RECORD.conference.chair
    one, two = (certificate_for(key_signer, chair, "Văn phòng", WHEN).dump() for _ in range(2))
    assert one == two != certificate_for(key_signer, RECORD.conference.secretary, "Văn phòng", WHEN).dump()


def test_another_attribute_in_the_signature_is_refused() -> None:
    frame = FRAMES[2]
    content = cms.ContentInfo.load(frame.cms(SIGNED))
    content["content"]["signer_infos"][0]["unsigned_attrs"] = cms.CMSAttributes(
        [{"type": "signing_time", "values": [cms.Time({"utc_time": WHEN})]}]
    )
    raw = content.dump(force=True).hex().upper().encode()
    hole = b"<" + raw.ljust(frame.resume - frame.start - 2, b"0") + b">"
    with pytest.raises(InvalidMinutes, match="parts that nobody signed"):
        check_minutes(SIGNED[: frame.start] + hole + SIGNED[frame.resume :], PAYLOAD)


def test_pyhanko_validates_every_signature_on_its_own() -> None:
    reader = PdfFileReader(BytesIO(SIGNED))
    for one in reader.embedded_signatures:
        context = ValidationContext(trust_roots=[one.signer_cert], moment=WHEN)
        status = validate_pdf_signature(one, context, key_usage_settings=None)
        assert status.intact and status.valid and status.trusted, status.pretty_print_details()
        assert status.docmdp_ok


def pdfsig(pdf: bytes, folder: Path) -> str:
    if shutil.which("pdfsig") is None:
        missing("pdfsig (poppler-utils)")
    (folder / "signed.pdf").write_bytes(pdf)
    run = subprocess.run(["pdfsig", "-nocert", folder / "signed.pdf"], capture_output=True, text=True, check=False)
    return run.stdout


def test_pdfsig_validates_every_signature_on_its_own(tmp_path: Path) -> None:
    text = pdfsig(SIGNED, tmp_path)
    assert text.count("Signature is Valid") == 3
    assert re.findall(r"Field Name: (\S+)", text) == list(SIGNERS)
    assert text.count("Total document signed") == 1


def in_revision(number: int) -> int:
    """A byte whose flip leaves the PDF readable: of the first revision (0) or of the revision of one signature."""
    if number == 0:
        return MINUTES.index(b"/Producer" if b"/Producer" in MINUTES else b"/Creator") + 12
    begin = FRAMES[number - 2].end if number > 1 else len(MINUTES)
    return SIGNED.index(rb"/M (D\072", begin, FRAMES[number - 1].end) + 22  # the seconds in the time of signing


@pytest.mark.parametrize("number", range(4))
def test_pdfsig_and_pyhanko_find_broken_by_a_flip_just_the_signatures_that_cover_it(
    number: int, tmp_path: Path
) -> None:
    changed, whole = flipped(in_revision(number)), max(number - 1, 0)
    said = re.findall(r"Signature Validation: (.*)", pdfsig(changed, tmp_path))
    assert ["Valid" in one for one in said] == [one < whole for one in range(3)]
    signatures = PdfFileReader(BytesIO(changed)).embedded_signatures
    assert [intact(one) for one in signatures] == [one < whole for one in range(3)]
    with pytest.raises(InvalidMinutes):
        check_minutes(changed, PAYLOAD)
    if number:  # and what comes before the flip is as good as it was
        assert by_field(changed[: FRAMES[whole - 1].end] if whole else MINUTES) == list(SIGNERS[:whole])


def intact(one: EmbeddedPdfSignature) -> bool:
    context = ValidationContext(trust_roots=[one.signer_cert], moment=WHEN)
    return bool(validate_pdf_signature(one, context, key_usage_settings=None, skip_diff=True).intact)


def test_the_stamp_stands_on_the_page_that_names_the_signer(tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        missing("pdftotext (poppler-utils)")
    (tmp_path / "signed.pdf").write_bytes(SIGNED)
    run = subprocess.run(["pdftotext", tmp_path / "signed.pdf", "-"], capture_output=True, text=True, check=True)
    page = next(page for page in run.stdout.split("\f") if "CHỦ TRÌ HỘI NGHỊ" in page)
    for one in check_minutes(SIGNED, PAYLOAD):
        assert f"Ký số: {one.name}" in page
    assert "2022-04-10T10:05:07+07:00" in page


def test_a_machine_in_another_zone_shows_the_time_of_vietnam(tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        missing("pdftotext (poppler-utils)")
    there = WHEN.astimezone(UTC)
    (tmp_path / "signed.pdf").write_bytes(
        sign_minutes(MINUTES, PAYLOAD, "chair", KeySigner(PEOPLE.keys["chair"]), there)
    )
    run = subprocess.run(["pdftotext", tmp_path / "signed.pdf", "-"], capture_output=True, text=True, check=True)
    assert "2022-04-10T10:05:07+07:00" in run.stdout
    assert "+00:00" not in run.stdout


def test_somebody_whom_the_record_does_not_name_has_no_place_in_the_minutes() -> None:
    assert place_of(KeySigner(PEOPLE.keys["chair"]), PAYLOAD, MINUTES) == "chair"
    with pytest.raises(CannotSign, match="not one that the record names"):
        place_of(KeySigner(team("chair").keys["chair"]), PAYLOAD, MINUTES)

"""What ISO 19005-3 (PDF/A-3b) asks for, as far as it can be read off the file: minutes as rendered, and signed.

veraPDF, which checks the whole standard, is a Java program that is not among what the tests may install; these are the
rules of it that our minutes touch.
"""

import io
from collections.abc import Iterator
from typing import Any

import pikepdf
import pytest

from tally.minutes import render_minutes
from tests.tally.pdf.test_signatures import MINUTES, PAYLOAD, SIGNED
from tests.tally.records import PARTY, payload, sample_record

PARTY_PAYLOAD = payload(sample_record(60, organiser=PARTY, form="paper", invalid=2))
FILES = {
    "rendered": (MINUTES, PAYLOAD),
    "signed": (SIGNED, PAYLOAD),
    "long": (render_minutes(PARTY_PAYLOAD), PARTY_PAYLOAD),
}
INVISIBLE, HIDDEN, PRINT, NO_VIEW = 1, 2, 4, 32


@pytest.fixture(params=FILES)
def file(request: pytest.FixtureRequest) -> tuple[bytes, bytes]:
    return FILES[request.param]


@pytest.fixture
def pdf(file: tuple[bytes, bytes]) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(file[0])) as opened:
        yield opened


def dictionaries(pdf: pikepdf.Pdf) -> Iterator[Any]:
    for one in pdf.objects:
        if isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            yield one


def test_the_file_begins_as_a_binary_pdf_and_has_an_id(file: tuple[bytes, bytes], pdf: pikepdf.Pdf) -> None:
    first, second = file[0].split(b"\n", 2)[:2]
    assert first.startswith(b"%PDF-1.")
    assert second.startswith(b"%") and all(byte > 127 for byte in second[1:5])
    assert len(pdf.trailer["/ID"]) == 2
    assert "/Encrypt" not in pdf.trailer


def test_the_metadata_is_open_and_agrees_with_the_info(pdf: pikepdf.Pdf) -> None:
    assert "/Filter" not in pdf.Root["/Metadata"]
    with pdf.open_metadata(set_pikepdf_as_editor=False) as xmp:
        assert (xmp["pdfaid:part"], xmp["pdfaid:conformance"]) == ("3", "B")
        assert xmp["dc:title"] == str(pdf.docinfo["/Title"])
        date = str(pdf.docinfo["/CreationDate"])[2:16]
        assert xmp["xmp:CreateDate"].translate(str.maketrans("", "", "-:T"))[:14] == date


def test_colours_have_an_output_intent_with_a_profile(pdf: pikepdf.Pdf) -> None:
    [intent] = pdf.Root["/OutputIntents"]  # type: ignore[misc]
    assert intent["/S"] == "/GTS_PDFA1"
    profile = intent["/DestOutputProfile"].read_bytes()
    assert profile[36:40] == b"acsp"
    assert profile[16:20] == {3: b"RGB ", 1: b"GRAY"}[int(intent["/DestOutputProfile"]["/N"])]


def test_every_font_is_in_the_file_and_tells_its_letters(pdf: pikepdf.Pdf) -> None:
    fonts = [one for one in dictionaries(pdf) if one.get("/Type") == "/Font"]
    descriptors = [one for one in dictionaries(pdf) if one.get("/Type") == "/FontDescriptor"]
    assert fonts and descriptors
    assert all(any(name in one for name in ("/FontFile", "/FontFile2", "/FontFile3")) for one in descriptors)
    for one in fonts:
        below = one.get("/DescendantFonts", pikepdf.Array([one]))[0]
        assert one.get("/Subtype") == "/Type3" or "/FontDescriptor" in below, one
        if one.get("/Subtype") == "/Type0":
            assert "/ToUnicode" in one


def test_nothing_in_the_file_acts_or_comes_from_outside(pdf: pikepdf.Pdf) -> None:
    assert "/AA" not in pdf.Root and "/NeedsRendering" not in pdf.Root
    forbidden = {"/JavaScript", "/Launch", "/Sound", "/Movie", "/ResetForm", "/ImportData", "/Hide", "/Rendition"}
    for one in dictionaries(pdf):
        assert "/JS" not in one and "/AA" not in one
        assert str(one.get("/S", "")) not in forbidden
        if isinstance(one, pikepdf.Stream):
            assert not {"/F", "/FFilter", "/FDecodeParms"} & set(one.keys())
            assert "LZW" not in str(one.get("/Filter", ""))
    form = pdf.Root.get("/AcroForm")
    if form is not None:
        assert "/XFA" not in form and not form.get("/NeedAppearances", False)


def test_what_stands_on_the_pages_besides_text_is_printed(pdf: pikepdf.Pdf) -> None:
    for page in pdf.pages:
        for one in page.get("/Annots", []):
            flags = int(one["/F"])
            assert flags & PRINT and not flags & (INVISIBLE | HIDDEN | NO_VIEW)
            assert one["/Subtype"] == "/Link" or "/N" in one["/AP"]


def test_the_payload_is_an_associated_file_of_the_document(file: tuple[bytes, bytes], pdf: pikepdf.Pdf) -> None:
    [spec] = pdf.Root["/AF"]  # type: ignore[misc]
    assert str(spec["/AFRelationship"]) in {"/Data", "/Source", "/Alternative", "/Supplement"}
    assert str(spec["/UF"]) == "record.json"
    stream = spec["/EF"]["/F"]
    assert stream.read_bytes() == file[1]
    assert str(stream["/Subtype"]) == "/application/json"
    assert "/ModDate" in stream["/Params"]


def test_the_signatures_say_that_the_file_is_only_appended_to() -> None:
    with pikepdf.open(io.BytesIO(SIGNED)) as pdf:
        assert int(pdf.Root["/AcroForm"]["/SigFlags"]) == 3
        fields = [one for one in pdf.Root["/AcroForm"]["/Fields"] if "/V" in one]
        assert [str(one["/V"]["/SubFilter"]) for one in fields] == ["/ETSI.CAdES.detached"] * 3

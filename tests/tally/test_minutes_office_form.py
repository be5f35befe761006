"""An office's own form is filled in from the record; what it asks for must exist, and names stay text."""

import re
import zipfile
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from tally.cli.minutes import office_form_command
from tally.errors import InvalidForm, InvalidRecord
from tally.minutes.office_form import facts_for, fill_in
from tests.tally.records import busy_record, envelope, payload, sample_paper, sample_record, tied_record
from voting.documents.record import Record

pytest.importorskip("docxtpl")
docx = pytest.importorskip("docx")
SAMPLE = Path(__file__).resolve().parents[2] / "kiosk_templates" / "office" / "minutes.docx"


def form_saying(*lines: str) -> bytes:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    raw = BytesIO()
    document.save(raw)
    return raw.getvalue()


def text_of(filled: bytes) -> str:
    document = docx.Document(BytesIO(filled))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells]).replace("\u00a0", " ")


@pytest.mark.parametrize("record", [sample_record(11), busy_record(), tied_record()], ids=["final", "busy", "tied"])
def test_the_sample_form_says_what_the_record_says(record: Record) -> None:
    text = text_of(fill_in(SAMPLE.read_bytes(), payload(record)))
    for one in record.papers[0].case.candidates:
        assert (one.name in text) == (one.agree > 0 or one.id.startswith("c"))
    for judged in record.papers[0].verdict.candidates:
        assert judged.percent in text or judged.id.startswith("w")
    for person in (*record.conference.tellers, record.conference.chair, record.conference.secretary):
        assert person.name in text
    assert "{{" not in text and "{%" not in text


def test_the_sample_form_uses_every_placeholder() -> None:
    xml = zipfile.ZipFile(SAMPLE).read("word/document.xml").decode()
    used = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"\{[{%].*?[}%]\}", xml))))
    assert facts_for(payload(busy_record())).keys() <= used


def test_the_sample_form_is_what_its_maker_makes() -> None:
    from tests.tools.make_office_form import make

    parts = [zipfile.ZipFile(BytesIO(raw)).read("word/document.xml") for raw in (make(), SAMPLE.read_bytes())]
    assert parts[0] == parts[1]


def test_the_same_record_fills_the_same_form_to_the_same_bytes() -> None:
    raw = payload(busy_record())
    assert fill_in(SAMPLE.read_bytes(), raw) == fill_in(SAMPLE.read_bytes(), raw)


def test_names_stay_text() -> None:
    name = "Lò {{ present }} <w:br/> & {% endfor %}"
    paper = sample_paper(1)
    one = msgspec.structs.replace(paper.candidates[0], name=name)
    record = sample_record(paper=msgspec.structs.replace(paper, candidates=(one,)))
    assert name in text_of(fill_in(SAMPLE.read_bytes(), payload(record)))


@pytest.mark.parametrize(
    ("form", "message"),
    [
        (b"", "not a DOCX"),
        (b"PK\x03\x04 broken", "not a DOCX"),
        (form_saying("{{ presnet }}"), "does not exist.*presnet"),
        (form_saying("{{ chair[0].salary }}"), "does not exist.*salary"),
        (form_saying("{% for x in %}"), "does not exist"),
        (form_saying("{{ ''.__class__.__mro__ }}"), "does not exist"),
        (form_saying("{{ basis.append(1) }}"), "does not exist"),
    ],
    ids=["empty", "broken", "unknown", "unknown within", "syntax", "python", "changing"],
)
def test_a_form_that_asks_for_something_else_is_refused(form: bytes, message: str) -> None:
    with pytest.raises(InvalidForm, match=message):
        fill_in(form, payload(sample_record(2)))


def test_a_zip_without_a_document_is_no_form() -> None:
    raw = BytesIO()
    with zipfile.ZipFile(raw, "w") as parts:
        parts.writestr("a.txt", "a")
    with pytest.raises(InvalidForm, match="must be a DOCX"):
        fill_in(raw.getvalue(), payload(sample_record(2)))


def test_a_payload_that_is_no_record_is_refused() -> None:
    with pytest.raises(InvalidRecord):
        fill_in(SAMPLE.read_bytes(), b"{}")


def test_the_command_writes_the_form(tmp_path: Path) -> None:
    (tmp_path / "record.json").write_bytes(envelope(sample_record(2)))
    arguments = [str(tmp_path / "record.json"), "--form", str(SAMPLE), "--out", str(tmp_path / "out.docx")]
    assert CliRunner().invoke(office_form_command, arguments).exit_code == 0
    assert (tmp_path / "out.docx").read_bytes() == fill_in(SAMPLE.read_bytes(), payload(sample_record(2)))

"""The summaries and letters as pages (make office: by LibreOffice): the header on every page, every name there."""

import re
import shutil
import subprocess
from pathlib import Path

import msgspec
import pypdf
import pytest

from tests.conftest import missing
from tests.voting.rounds.dossier.test_dossier import PAPERWORK, table, whole
from voting.rounds.dossier.assembly import dossier_files
from voting.rounds.dossier.summary import summary_pdf
from voting.rounds.dossier.tables import Table
from voting.rounds.dossier.workbook import write_workbook

VOTES = 5 * 4  # names planned, each with the votes of four conferences; one more for who is to leave
TIMES = 8  # as many rows as an office of some hundred people has


def many(procedure: str) -> Table:
    """The summary with its rows repeated, so that it fills several pages."""
    found = table(procedure)
    groups = tuple(msgspec.structs.replace(one, rows=one.rows * TIMES) for one in found.groups)
    return msgspec.structs.replace(found, groups=groups)


def pages_of(pdf: Path) -> list[str]:
    """The text of each page, white space made single; each cell's words stand together."""
    if shutil.which("pdftotext") is None:
        missing("pdftotext")
    text = subprocess.run(["pdftotext", "-raw", pdf, "-"], check=True, capture_output=True, text=True).stdout
    return [" ".join(page.split()) for page in text.split("\f")[:-1]]


def check_pages(pages: list[str], found: Table) -> None:
    """Every page has the header down to the columns' numbers; all dates and votes are there, none cut.

    Numbers alone are compared: without the font, LibreOffice puts letters with marks together from several fonts.
    """
    assert len(pages) > 1
    numbers = " ".join(str(at) for at in range(1, len(found.columns) + 1))
    for number, page in enumerate(pages, 1):
        assert numbers in page or page.startswith("THỐNG KÊ"), f"page {number}"
    joined = " ".join(pages)
    cells = [cell for group in found.groups for row in group.rows for cell in row]
    for pattern in (r"\d+/\d+; \d+,\d\d%", r"\d\d/\d\d/\d{4}"):
        assert len(re.findall(pattern, joined)) == sum(bool(re.fullmatch(pattern, cell)) for cell in cells)


@pytest.mark.parametrize("procedure", ["CUR-DEPT", "NEXT-OFFICE"])
def test_the_summary_as_pdf_repeats_its_header_and_holds_every_name(procedure: str, tmp_path: Path) -> None:
    found, file = many(procedure), tmp_path / "x.pdf"
    file.write_bytes(summary_pdf(found))
    assert summary_pdf(found) == file.read_bytes()
    check_pages(pages_of(file), found)


@pytest.fixture
def office() -> str:
    found = shutil.which("soffice")
    if found is None:
        missing("LibreOffice")
    return str(found)


def to_pdf(office: str, file: Path) -> Path:
    profile = f"-env:UserInstallation={(file.parent / 'profile').as_uri()}"
    call = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(file.parent), str(file)]
    subprocess.run(call, check=True, capture_output=True, timeout=180)
    return file.with_suffix(".pdf")


@pytest.mark.office
@pytest.mark.parametrize("procedure", ["CUR-DEPT", "NEXT-OFFICE"])
def test_the_workbook_prints_with_its_header_on_every_page(procedure: str, office: str, tmp_path: Path) -> None:
    found, file = many(procedure), tmp_path / "x.xlsx"
    file.write_bytes(write_workbook(found))
    pdf = to_pdf(office, file)
    check_pages(pages_of(pdf), found)
    width, height = pypdf.PdfReader(pdf).pages[0].mediabox[2:]
    assert width > height, "landscape"


@pytest.mark.office
def test_the_letters_open_and_hold_every_name_that_is_planned(office: str, tmp_path: Path) -> None:
    plan, ledger, files, _ = whole("CUR-DEPT")
    made = dossier_files(plan, ledger, files, PAPERWORK)
    for name, votes in (("to-trinh.docx", VOTES + 1), ("quyet-dinh.docx", 0)):
        (tmp_path / name).write_bytes(made[name])
        text = " ".join(pages_of(to_pdf(office, tmp_path / name)))
        for planned in ("05/04/1980", "05/04/1981"):
            assert planned in text, name
        assert len(re.findall(r"\d+,\d\d%", text)) == votes

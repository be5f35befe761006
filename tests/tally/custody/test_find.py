"""Finding copies of a share: by what files hold, whatever they are called; links named, other keys left alone."""

import io
import os
import zipfile
from pathlib import Path
from typing import Literal

import msgspec
import pytest

from keys.errors import UnsafeFile
from keys.files.recovery import recovery_lines
from keys.files.sealing import LEAST_COST, seal
from keys.files.signing import KIND as SIGNING_KIND
from tally.ceremony.recovery_sheet import recovery_sheet
from tally.custody import find
from tally.custody.destroy import FORMAT, Destruction, Gone, Left, Pages, read_share_file, remove
from tally.custody.find import Found, search
from tally.custody.sheet import destruction_sheet
from tally.dialogue import Guide, Language
from tally.errors import NotReady
from tests.tally.records import sample_conference, sample_paper
from tests.tally.terminal import PASSPHRASE

SEALED = seal(b"a share", PASSPHRASE, kind="teller", cost=LEAST_COST)
OTHER = seal(b"another share", PASSPHRASE, kind="teller-ceremony", cost=LEAST_COST)
CHAIR = seal(b"a signing key", PASSPHRASE, kind=SIGNING_KIND, cost=LEAST_COST)
SHEET = recovery_sheet(Guide("vi"), SEALED, index=1, name="Lan", conference="x")


def zipped(name: str, raw: bytes) -> bytes:
    """A ZIP archive as Windows' "Compressed folder" makes it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("readme.txt", b"what lies here")
        file.writestr(name, raw)
    return made.getvalue()


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "teller-1.sealed").write_bytes(SEALED)
    return folder


def found(own: Path, *folders: Path) -> dict[str, str]:
    return {one.path.name: one.what for one in search([own / "teller-1.sealed"], folders).found}


@pytest.mark.parametrize(
    ("name", "raw", "what"),
    [
        ("teller-1 - Copy.sealed", SEALED, "sealed"),
        ("teller-1.sealed - Copy", SEALED, "sealed"),
        ("teller-1 (1).sealed", SEALED, "sealed"),
        ("ảnh.jpg", SEALED, "sealed"),
        ("USB.zip", zipped("teller-1.sealed", SEALED), "sealed"),
        ("USB.zip", zipped("x/sheet.pdf", SHEET), "sealed"),
        ("TELLER-1.SEALED", OTHER, "sealed"),
        ("teller-1.sealed.0a1b2c3d.new", OTHER, "sealed"),
        ("teller-1.sealed.new", OTHER[: len(OTHER) // 2], "sealed"),
        ("teller-1.sealed.0a1b2c3d.new", b"", "named"),
        ("._teller-1.sealed", b"\0\5\x16\7", "named"),
        ("recovery-teller-1.pdf", SHEET, "sheet"),
        ("recovery-teller-1 (1).pdf", SHEET, "sheet"),
        ("recovery-teller-1.pdf.0a1b2c3d.new", SHEET[:5000], "sheet"),
        ("._recovery-teller-1.pdf", b"\0\5\x16\7", "named"),
        ("để in.pdf", SHEET, "sheet"),
        ("lines.txt", "\n".join(recovery_lines(SEALED)).encode(), "sheet"),
        ("lines.txt", "\ufeff".encode() + "\r\n".join(recovery_lines(OTHER)).encode(), "sheet"),
    ],
)
@pytest.mark.parametrize("below", ["", "a/.Trash-1000/files"])
def test_a_copy_is_found_whatever_its_name_beside_the_key_and_on_the_stick(
    own: Path, tmp_path: Path, name: str, raw: bytes, what: str, below: str
) -> None:
    for folder in (own / below, tmp_path / "stick" / below):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(raw)
    listed = search([own / "teller-1.sealed"], [tmp_path / "stick"]).found
    assert [one.what for one in listed] == [what, what, "given"]
    for one in listed:
        remove(one)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_sheet_that_was_compressed_again_is_found_by_its_equal(own: Path) -> None:
    raw = b"%PDF-1.7 without its title"
    (own / "recovery-teller-1.pdf").write_bytes(raw)
    (own / "scan.pdf").write_bytes(raw)
    assert found(own) == {"recovery-teller-1.pdf": "sheet", "scan.pdf": "equal", "teller-1.sealed": "given"}


def test_nothing_else_is_found(own: Path) -> None:
    (own / "chair.sealed").write_bytes(CHAIR)
    (own / "empty").write_bytes(b"")
    (own / "teller-1.sealed.new").write_bytes(b"")  # empty as well: not every empty file is a copy
    (own / "minutes.pdf").write_bytes(b"%PDF-1.7")
    (own / "result.zip").write_bytes(zipped("minutes.pdf", b"%PDF-1.7"))
    (own / "broken.zip").write_bytes(zipped("teller-1.sealed", SEALED)[:200])
    (own / "recovery.txt").write_text("how we recovered", encoding="utf-8")
    assert found(own) == {"teller-1.sealed.new": "named", "teller-1.sealed": "given"}


@pytest.mark.skipif(os.name != "posix", reason="links")
def test_links_are_named_and_not_followed(own: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "teller-9.sealed").write_bytes(OTHER)
    (own / "folder").symlink_to(outside)
    (own / "recovery-teller-9.pdf").symlink_to(outside / "teller-9.sealed")
    os.mkfifo(own / "teller-8.sealed")
    assert found(own) == {"recovery-teller-9.pdf": "link", "teller-8.sealed": "unread", "teller-1.sealed": "given"}
    for one in search([own / "teller-1.sealed"], []).found[:-1]:
        with pytest.raises((UnsafeFile, NotReady)):
            remove(one)
    (own / "link.sealed").symlink_to(own / "teller-1.sealed")
    with pytest.raises(UnsafeFile):
        read_share_file(own / "link.sealed")
    assert (outside / "teller-9.sealed").read_bytes() == OTHER


@pytest.mark.skipif(os.name != "posix", reason="hard links")
def test_every_name_of_one_file_goes(own: Path) -> None:
    (own / "copy").hardlink_to(own / "teller-1.sealed")
    for one in search([own / "teller-1.sealed"], []).found:
        remove(one)
    assert [*own.iterdir()] == []


def test_a_file_that_changed_after_it_was_listed_stays(own: Path) -> None:
    path = own / "teller-1.sealed"
    (listed,) = search([path], []).found
    path.write_bytes(OTHER)
    with pytest.raises(NotReady, match="not the file that was listed"):
        remove(listed)
    assert path.read_bytes() == OTHER
    assert isinstance(listed, Found)


def test_the_statement_names_what_was_kept_and_dates_as_people_do() -> None:
    conference = sample_conference(sample_paper())
    kept = Left("/own/recovery-teller-1.pdf", "sheet", "cd" * 32, "as those present wish")
    said = Destruction(
        FORMAT, "u", "2026-11-30T07:24:08+00:00", (Gone("/own/teller-1.sealed", "given", "ab" * 32),), (kept,),
        (Pages("/own/teller-1.sealed", 2, 1),), ("/own",), ("/own/shut",), False, ("A witness",),
    )  # fmt: skip
    languages: tuple[Language, ...] = ("vi", "en")
    for language in languages:
        text = destruction_sheet(Guide(language), said, conference, ("Lan",)).text().decode()
        moment = "14 giờ 24 phút, 30/11/2026"
        for word in (moment, "/own/teller-1.sealed", kept.file, kept.why, "/own/shut", "A witness"):
            assert word in text
        assert Guide(language).words("destroy.no_hand_over") in text
        assert conference.name in text


@pytest.mark.parametrize("style", ["state", "party"])
def test_the_statement_has_the_head_of_an_official_document_and_says_removed(style: Literal["state", "party"]) -> None:
    paper = sample_conference(sample_paper())
    organiser = msgspec.structs.replace(paper.organiser, style=style, code="07/BB-VPUB")
    conference = msgspec.structs.replace(paper, organiser=organiser)
    said = Destruction(FORMAT, "u", "2026-11-30T20:24:08+00:00", (), (), (), (), (), True, ("A witness",))
    nation = {"state": ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"),
              "party": ("ĐẢNG CỘNG SẢN VIỆT NAM", "BB-VPUB")}[style]  # fmt: skip
    sheet = destruction_sheet(Guide("vi"), said, conference, ("Lan",))
    text = sheet.text().decode().replace("\u00a0", " ")
    for word in (*nation, organiser.superior.upper(), organiser.agency.upper(), "Số", f"{organiser.locality}, ngày 01"):
        assert word in text.partition("BIÊN BẢN XÓA")[0]
    assert "07" not in text.partition("BIÊN BẢN XÓA")[0], "that number is the minutes'"
    assert "TIÊU HỦY" not in text
    assert sheet.pdf("vi").startswith(b"%PDF")
    assert "REMOVAL" in destruction_sheet(Guide("en"), said, conference, ("Lan",)).title


def test_a_folder_that_cannot_be_listed_is_named(own: Path, tmp_path: Path) -> None:
    assert search([own / "teller-1.sealed"], [tmp_path / "gone"]).closed == (tmp_path / "gone",)


def test_a_large_file_is_no_copy_and_one_that_vanishes_none_either(own: Path) -> None:
    with (own / "teller-1 - Copy.sealed").open("wb") as large:
        large.write(SEALED)
        large.truncate(find.FILE_LIMIT + 1)
    assert found(own) == {"teller-1.sealed": "given"}
    assert find._equal(own / "gone", set(), set()) is None

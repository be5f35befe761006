"""`phieukin verify` of a record, of signed minutes, of a folder: found beside each other, and never guessed."""

import json
import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tally.cli.verify import verify_command
from tally.count.paper import paper_record, read_hand_count
from tally.count.record_files import keep_record
from tally.minutes import renderer_versions
from tally.pdf.attached import record_in
from tally.pdf.signatures import check_minutes, sign_minutes
from tally.signing.signatures import sign_record
from tally.signing.signers import KeySigner
from tests.attacks.lab import Lab, closed
from tests.tally.count.test_paper import plain, write
from tests.tally.custody.test_bundle import WHEN, counted_folder
from tests.tally.records import EVERYONE, sample_conference, sample_paper, team
from voting.documents.envelope import payload_of
from voting.documents.record import read_record, unsigned_record

pytestmark = pytest.mark.slow

__all__ = ["counted_folder"]


@pytest.fixture
def box(counted_folder: Path, tmp_path: Path) -> Path:
    """A counted box: archive, facts, count, record and minutes, signed by all."""
    return Path(shutil.copytree(counted_folder, tmp_path / "result"))


def verify(*words: object) -> Result:
    result = CliRunner().invoke(verify_command, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def found(*words: object, code: int) -> dict[str, object]:
    """The report as JSON, after the text gave the same exit."""
    text, result = verify(*words), verify(*words, "--json")
    assert (text.exit_code, result.exit_code) == (code, code), text.output
    report: dict[str, object] = json.loads(result.output)
    return report


def failed(report: dict[str, object]) -> list[str]:
    checks = report["checks"]
    assert isinstance(checks, list)
    return [f"{one['check']}: {place}" for one in checks for place in one["first"]]


def archive_in(box: Path) -> Path:
    return next(box.glob("*.bel"))


def payload_in(box: Path) -> bytes:
    return payload_of(read_record((box / "record.json").read_bytes())[0], "record")


def unsign(box: Path) -> None:
    """Take every signature off the record."""
    (box / "record.json").write_bytes(unsigned_record(payload_in(box)))


def unsign_minutes(box: Path) -> None:
    """Take every signature off the minutes: they begin with the bytes that were rendered."""
    pdf = (box / "minutes.pdf").read_bytes()
    (box / "minutes.pdf").write_bytes(pdf[: pdf.index(b"%%EOF") + len(b"%%EOF")])
    assert check_minutes((box / "minutes.pdf").read_bytes(), payload_in(box)) == ()


def test_a_record_finds_its_archive_and_the_facts_beside_it(box: Path) -> None:
    report = found(box / "record.json", code=0)
    assert (report["verdict"], report["reached"]) == ("sound", "result")
    assert report["unchecked"] == ["root", "pdf_signatures"]
    assert "facts_files 2" in verify(box / "record.json").output


def test_signed_minutes_bring_their_record(box: Path) -> None:
    (box / "record.json").unlink()
    report = found(box / "minutes.pdf", code=0)
    assert (report["verdict"], report["reached"], report["unchecked"]) == ("sound", "result", ["root"])
    assert "not those of record.json" in verify(box / "minutes.pdf").output


def test_a_folder_is_checked_with_all_that_lies_in_it(box: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = found(box, code=0)
    assert (report["verdict"], report["reached"], report["unchecked"]) == ("sound", "result", ["root"])
    monkeypatch.chdir(box)
    assert verify(".").exit_code == 0


def test_a_folder_with_minutes_and_no_record(box: Path) -> None:
    (box / "record.json").unlink()
    assert found(box, code=0)["unchecked"] == ["root"]


def test_an_archive_alone_in_a_folder_is_a_bare_archive(lab: Lab, tmp_path: Path) -> None:
    (tmp_path / "box.bel").write_bytes(closed(lab).raw())
    report = found(tmp_path, code=0)
    assert report["unchecked"] == found(tmp_path / "box.bel", code=0)["unchecked"]
    (tmp_path / "result-x").mkdir()
    (tmp_path / "result-x" / "box.bel").write_bytes(closed(lab).raw())
    assert "were not checked: result-x" in verify(tmp_path).output


@pytest.mark.parametrize("file", ["", "record.json"])
def test_signatures_that_a_record_awaits_make_it_incomplete(box: Path, file: str) -> None:
    unsign(box)
    report = found(box / file, code=1)
    assert report["verdict"] == "incomplete"
    assert "awaiting signature of" in failed(report)[0]


def test_signatures_that_minutes_await_make_them_incomplete(box: Path) -> None:
    unsign_minutes(box)
    (box / "record.json").rename(box / "signed.json")
    report = found(box / "minutes.pdf", code=1)
    assert report["verdict"] == "incomplete"
    assert all(one.startswith("minutes_signatures: minutes.pdf: awaiting") for one in failed(report))


@pytest.mark.parametrize("file", ["", "minutes.pdf"])
def test_minutes_beside_their_signed_record_may_be_signed_by_hand(box: Path, file: str) -> None:
    unsign_minutes(box)
    assert found(box / file, code=0)["unchecked"] == ["root"]
    assert "note    minutes.pdf: awaiting signature of" in verify(box / file).output


def test_signed_minutes_beside_a_record_that_nobody_signed_or_can_read(box: Path) -> None:
    for raw in (unsigned_record(payload_in(box)), b"{}"):
        (box / "record.json").write_bytes(raw)
        assert "not those of record.json" in verify(box / "minutes.pdf").output
        assert verify(box / "minutes.pdf").exit_code == 0


@pytest.mark.parametrize("end", ["facts.json", "count.json"])
@pytest.mark.parametrize("file", ["", "record.json"])
def test_facts_beside_that_are_other_ones_are_not_sound(box: Path, file: str, end: str) -> None:
    path = next(box.glob(f"*.{end}"))
    path.write_bytes(path.read_bytes() + b"\n")
    assert failed(found(box / file, code=1)) == [f"facts_files: {path.name}: not the file that record.json names"]
    path.unlink()
    assert verify(box / file).exit_code == 0


@pytest.mark.parametrize("file", ["", "minutes.pdf"])
def test_minutes_with_a_byte_more_are_not_sound(box: Path, file: str) -> None:
    path = box / "minutes.pdf"
    path.write_bytes(path.read_bytes() + b"\n")
    report = found(box / file, code=1)
    assert report["verdict"] == "unsound"
    assert failed(report)[0].startswith("minutes: minutes.pdf: ")


def test_minutes_beside_that_carry_no_record_are_not_sound(box: Path) -> None:
    (box / "minutes-2.pdf").write_bytes(b"%PDF-1.7\n")
    assert failed(found(box, code=1))[0].startswith("minutes: minutes-2.pdf: ")
    assert found(box / "minutes-2.pdf", code=2)["verdict"] == "unreadable"


@pytest.mark.parametrize("file", ["", "record.json", "minutes.pdf"])
def test_the_archive_of_another_box_under_the_name_is_not_sound(lab: Lab, box: Path, file: str) -> None:
    archive_in(box).write_bytes(closed(lab, *lab.ballots[:2]).raw())
    report = found(box / file, code=1)
    assert any(one.startswith("record: ") for one in failed(report))


@pytest.mark.parametrize("file", ["record.json", "minutes.pdf", ""])
def test_a_record_without_its_archive_names_the_file_that_is_expected(box: Path, file: str) -> None:
    archive = archive_in(box)
    archive.unlink()
    result = verify(box / file)
    assert result.exit_code == 2
    assert len(result.output.splitlines()) == 1
    assert archive.name in result.output
    assert found(box / file, code=2)["unchecked"] == [
        "record", "opening_proofs", "catalogue", "root", "pdf_signatures", "letters"
    ]  # fmt: skip


def test_of_several_boxes_in_a_folder_none_is_chosen(box: Path) -> None:
    (box / "other.bel").write_bytes(b"x")
    result = verify(box)
    assert (result.exit_code, "other.bel" in result.output, "--record" in result.output) == (2, True, True)
    assert verify(box / "record.json").exit_code == 0
    (box / "other.bel").rename(box / "custody.zip")
    assert verify(box).exit_code == 2


def test_of_two_records_of_one_paper_none_is_chosen_unless_they_are_one(box: Path) -> None:
    raw = (box / "record.json").read_bytes()
    (box / "record-copy.json").write_bytes(raw)
    assert verify(box).exit_code == 0
    (box / "record-copy.json").write_bytes(unsigned_record(payload_in(box)))
    result = verify(box)
    assert (result.exit_code, "record-copy.json; record.json" in result.output) == (2, True)


@pytest.mark.parametrize("file", ["record.json", "minutes.pdf", ""])
def test_what_brings_its_own_record_takes_no_other(box: Path, file: str) -> None:
    result = verify(box / file, "--record", box / "record.json")
    assert (result.exit_code, "UUID.bel" in result.output) == (2, True)


@pytest.mark.parametrize("content", [b"{}", b'{"payload":"e30=","payloadType":"x","signatures":[]}', b"{" * 1000])
def test_json_that_is_no_record_exits_2_with_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "facts.json"
    path.write_bytes(content)
    result = verify(path)
    assert (result.exit_code, len(result.output.splitlines())) == (2, 1)
    assert "record.json" in result.output
    path.rename(tmp_path / "record.json")
    assert verify(tmp_path).exit_code == 2


def test_a_folder_without_a_box_names_those_below_that_hold_one(box: Path, tmp_path: Path) -> None:
    result = verify(tmp_path)
    assert (result.exit_code, "result" in result.output, len(result.output.splitlines())) == (2, True, 1)
    os.mkfifo(tmp_path / "x.bel")  # no file: nothing waits for it
    assert verify(tmp_path).exit_code == 2
    assert verify(tmp_path / "x.bel").exit_code == 2


def test_a_record_whose_uuid_leads_out_of_its_folder_is_refused(box: Path) -> None:
    payload = payload_in(box).replace(archive_in(box).stem.encode(), b"../../etc/passwd")
    (box / "record.json").write_bytes(unsigned_record(payload))
    result = verify(box / "record.json")
    assert (result.exit_code, "base58" in result.output) == (2, True)
    assert any("uuid: not what archive and facts give" in one for one in failed(found(box, code=1)))


def test_a_bundle_in_a_folder_is_that_bundle(tmp_path: Path) -> None:
    (tmp_path / "dossier.zip").write_bytes(b"PK\x03\x04" + bytes(30))
    assert found(tmp_path, code=2) == found(tmp_path / "dossier.zip", code=2)
    assert verify(tmp_path, "--resume", tmp_path / "journal").exit_code == 2


def test_a_hand_count_has_no_archive_and_is_judged_by_its_numbers(tmp_path: Path) -> None:
    people = team(*EVERYONE)
    conference = sample_conference(sample_paper(3), people)
    given = read_hand_count(write(tmp_path, plain(conference)), conference, "3NGX6NdhdXaBGB")
    record, _ = keep_record(paper_record(given, renderer_versions()), tmp_path / "hand")
    assert found(tmp_path / "hand", code=1)["verdict"] == "incomplete"
    raw = record.read_bytes()
    record.write_bytes(sign_record(raw, [*people.keys.values()]))
    for file, missing in ((tmp_path / "hand", []), (record, ["pdf_signatures"])):
        report = found(file, code=0)
        assert (report["reached"], report["unchecked"]) == ("hand_count", ["root", *missing])
    pdf, payload = tmp_path / "hand" / "minutes.pdf", payload_of(read_record(raw)[0], "record")
    assert found(pdf, code=0)["reached"] == "hand_count"  # its record beside it is signed
    record.unlink()
    assert found(pdf, code=1)["verdict"] == "incomplete"
    for field, key in people.keys.items():
        if field in ("secretary", "chair") or field.startswith("teller-"):
            pdf.write_bytes(sign_minutes(pdf.read_bytes(), payload, field, KeySigner(key), WHEN))
    assert found(pdf, code=0)["reached"] == "hand_count"


def test_what_minutes_carry_is_unpacked_up_to_a_limit(box: Path) -> None:
    pdf, payload = (box / "minutes.pdf").read_bytes(), payload_in(box)
    assert record_in(pdf, len(payload)) == payload
    assert record_in(pdf, 10) == payload[:11]
    assert record_in(pdf[: pdf.index(b"/EmbeddedFile")], 10) == b""
    plain_text = b"1 0 obj\n<</Type /EmbeddedFile/Length 2>>\nstream\n{}\nendstream"
    assert record_in(plain_text, 10) == b"{}"
    assert record_in(plain_text.replace(b"/Length 2", b"/Filter/FlateDecode"), 10) == b""


def test_files_of_a_folder_that_nobody_looks_at_are_named(box: Path, tmp_path: Path) -> None:
    (box / "bien-ban.pdf").write_bytes(b"%PDF all agreed")
    (box / "minutes.pdf").rename(box / "MINUTES.PDF")
    assert "bien-ban.pdf" in verify(box).output
    assert any("MINUTES.PDF; bien-ban.pdf" in note for note in found(box, code=0)["notes"])  # type: ignore[attr-defined]
    (box / "record.json").unlink()
    assert "count.json" in verify(box).output
    assert "facts.json" in verify(box).output
    (tmp_path / "dossier.zip").write_bytes(b"PK\x03\x04" + bytes(30))
    (tmp_path / "minutes.pdf").write_bytes(b"%PDF all agreed")
    assert any("minutes.pdf" in note for note in found(tmp_path, code=2)["notes"])  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["record.json", "minutes.pdf"])
def test_a_count_by_hand_vouches_for_no_archive_beside_it(box: Path, tmp_path: Path, name: str) -> None:
    people = team(*EVERYONE)
    conference = sample_conference(sample_paper(3), people)
    given = read_hand_count(write(tmp_path, plain(conference)), conference)
    record, _ = keep_record(paper_record(given, renderer_versions()), tmp_path / "hand")
    record.write_bytes(sign_record(record.read_bytes(), [*people.keys.values()]))
    for one in ("record.json", "minutes.pdf"):
        (box / one).unlink()
    shutil.copy(tmp_path / "hand" / name, box / name)
    assert any(f"record: {name}: a count by hand" in one for one in failed(found(box, code=1)))

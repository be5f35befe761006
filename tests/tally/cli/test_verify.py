"""`phieukin verify` as people and scripts meet it: exit codes, words, JSON; never a traceback."""

import json
import os
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from tally.cli.verify import verify_command
from tally.terminal import printable
from tests.attacks.lab import Lab, build_lab, chain, closed, counted
from tests.attacks.records import papers
from voting import procedures
from voting.documents.canonical import compact
from voting.documents.conferences.conference import ON_PAPER, Ruleset
from voting.documents.envelope import payload_of
from voting.documents.record import read_record, unsigned_record

VECTOR = next((Path(__file__).resolve().parents[2] / "vectors" / "3x2").glob("*.bel"))


def verify(*words: object) -> Result:
    result = CliRunner().invoke(verify_command, [str(word) for word in words])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def test_a_sound_archive_exits_0_and_says_that_opening_proofs_were_not_checked() -> None:
    result = verify(VECTOR)
    assert result.exit_code == 0
    assert result.output.startswith(f"{VECTOR.name}: ĐÚNG / sound\n")
    assert "reached result: 3 ballots" in result.output
    assert "the opening proofs of the tellers were not checked" in result.output


def test_an_archive_that_stops_early_says_how_far_it_goes(lab: Lab, tmp_path: Path) -> None:
    path = tmp_path / "x.bel"
    path.write_bytes(closed(lab).raw())
    result = verify(path)
    assert result.exit_code == 0
    assert "reached end_ballots: 3 ballots; no result yet" in result.output


def test_the_name_of_the_file_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "kết quả (1).txt"
    path.write_bytes(VECTOR.read_bytes())
    assert verify(path).exit_code == 0


def test_a_forged_archive_exits_1_and_names_check_and_place(lab: Lab, tmp_path: Path) -> None:
    path = tmp_path / "x.bel"
    path.write_bytes(closed(lab, lab.ballots[0], lab.ballots[0]).raw())
    result = verify(path)
    assert result.exit_code == 1
    assert "x.bel: KHÔNG ĐÚNG / NOT SOUND" in result.output
    assert "FAILED  ballot_cards: 1 of 2" in result.output
    assert "event 2 (Ballot): a second ballot of the card of event 1" in result.output


def test_json_has_the_shape_of_the_contract(lab: Lab, tmp_path: Path) -> None:
    path = tmp_path / "x.bel"
    path.write_bytes(closed(lab, lab.ballots[0], lab.ballots[0]).raw())
    found = json.loads(verify(path, "--json").output)
    assert set(found) == {"verdict", "reached", "unchecked", "excused", "checks"}
    assert (found["verdict"], found["reached"], found["excused"]) == ("unsound", "end_ballots", [])
    assert all(set(one) == {"check", "examined", "failed", "first"} for one in found["checks"])
    assert [one["check"] for one in found["checks"] if one["failed"]] == ["ballot_cards", "ballot_copies"]


@pytest.mark.parametrize("what", ["folder", "absent", "text", "empty", "zip"])
def test_what_is_no_archive_exits_2_with_one_line(tmp_path: Path, what: str) -> None:
    path = tmp_path / what
    contents = {"text": b"hello\n", "empty": b"", "zip": b"PK\x03\x04" + bytes(30)}
    if what in contents:
        path.write_bytes(contents[what])
    if what == "folder":
        path.mkdir()
    result = verify(path)
    assert result.exit_code == 2
    assert len(result.output.splitlines()) == 1
    assert json.loads(verify(path, "--json").output)["verdict"] == "unreadable"


def test_an_unsupported_election_exits_2_and_says_why(lab: Lab, tmp_path: Path) -> None:
    draft = closed(lab)
    draft.setup[0] = draft.setup[0].replace(b'"group":"Ed25519"', b'"group":"RFC-3526-2048"')
    path = tmp_path / "x.bel"
    path.write_bytes(draft.raw())
    result = verify(path)
    assert result.exit_code == 2
    assert "not supported: election: group Ed25519 expected" in result.output
    assert json.loads(verify(path, "--json").output)["verdict"] == "unsupported"


def test_a_name_in_the_file_cannot_steer_the_terminal(lab: Lab, tmp_path: Path) -> None:
    draft = counted(lab)
    draft.setup[0] = draft.setup[0].replace("Chủ trì chair".encode(), b"\\u001b[2J\\rsound")
    archive, record = written(lab, tmp_path, "1")
    archive.write_bytes(draft.raw())
    result = verify(archive, "--record", record)
    assert result.exit_code == 1
    assert "\x1b" not in result.output
    assert "\\x1b[2J\\rsound" in result.output


@pytest.mark.parametrize(("encoding", "shown"), [("utf-8", "Lò\\n"), ("ascii", "L\\xf2\\n"), (None, "Lò\\n")])
def test_a_terminal_without_vietnamese_letters_gets_their_numbers(encoding: str | None, shown: str) -> None:
    assert printable("Lò\n", encoding) == shown


def written(lab: Lab, folder: Path, *signers: str) -> tuple[Path, Path]:
    draft = counted(lab)
    archive, record = folder / "x.bel", folder / "record.json"
    archive.write_bytes(draft.raw())
    made_papers = papers(lab, draft)
    if signers:
        made_papers.signers = signers
    record.write_bytes(made_papers.sign())
    return archive, record


def test_a_signed_record_exits_0_and_its_opening_proofs_are_checked(lab: Lab, tmp_path: Path) -> None:
    archive, record = written(lab, tmp_path)
    result = verify(archive, "--record", record)
    assert result.exit_code == 0
    assert "the opening proofs of the tellers were not checked" not in result.output
    assert "opening_proofs " in result.output


def test_a_record_that_lacks_a_signature_is_incomplete_and_names_who_is_awaited(lab: Lab, tmp_path: Path) -> None:
    archive, record = written(lab, tmp_path, "1", "2", "3", "secretary")
    result = verify(archive, "--record", record)
    assert result.exit_code == 1
    assert "x.bel: CHƯA ĐỦ CHỮ KÝ / incomplete" in result.output
    assert "awaiting signature of Chủ trì chair (Chủ trì)" in result.output
    assert json.loads(verify(archive, "--record", record, "--json").output)["verdict"] == "incomplete"


def test_a_record_signed_by_nobody_yet_is_incomplete(lab: Lab, tmp_path: Path) -> None:
    archive, record = written(lab, tmp_path)
    record.write_bytes(unsigned_record(payload_of(read_record(record.read_bytes())[0], "record")))
    found = json.loads(verify(archive, "--record", record, "--json").output)
    assert found["verdict"] == "incomplete"
    assert [one["check"] for one in found["checks"] if one["failed"]] == ["signatures"]


def test_a_record_that_awaits_a_signature_and_lies_is_unsound(lab: Lab, tmp_path: Path) -> None:
    draft, made = counted(lab), papers(lab, counted(lab))
    made.signers = ("1", "2")
    (tmp_path / "x.bel").write_bytes(draft.raw())
    (tmp_path / "record.json").write_bytes(made.sign())
    found = verify(tmp_path / "x.bel", "--record", tmp_path / "record.json", "--json")
    assert (found.exit_code, json.loads(found.output)["verdict"]) == (1, "unsound")


def test_a_record_that_is_on_paper_alone_is_not_sound(tmp_path: Path) -> None:
    ink = build_lab(publics=dict.fromkeys(("1", "2", "3", "secretary", "chair"), ON_PAPER))
    made = papers(ink, counted(ink))
    made.signers, made.room = (), msgspec.structs.replace(made.room, confirmations=())
    archive, record = tmp_path / "x.bel", tmp_path / "record.json"
    archive.write_bytes(counted(ink).raw())
    record.write_bytes(made.sign())
    found = verify(archive, "--record", record, "--json")
    assert (found.exit_code, json.loads(found.output)["verdict"]) == (1, "unsound")
    assert "nobody signed by key" in found.output


BARE = ["record", "opening_proofs", "root", "pdf_signatures"]


def test_what_was_not_checked_is_said_in_text_and_json(lab: Lab, tmp_path: Path) -> None:
    archive, record = written(lab, tmp_path)
    assert json.loads(verify(archive, "--json").output)["unchecked"] == BARE
    text = verify(archive).output
    for words in ("không có biên bản kèm theo", "opening proofs of the tellers", "root of the round"):
        assert words in text
    found = json.loads(verify(archive, "--record", record, "--json").output)["unchecked"]
    assert {"record", "opening_proofs"}.isdisjoint(found)
    assert {"root", "pdf_signatures"} <= {*found}
    archive.write_bytes(closed(lab).raw())
    assert "opening_proofs" not in json.loads(verify(archive, "--json").output)["unchecked"]


def test_a_catalogue_that_is_not_shipped_is_unchecked_until_it_is_given(tmp_path: Path) -> None:
    lab = build_lab(meeting={"ruleset": Ruleset("OTHER-PLAN", 7)})
    archive, other = tmp_path / "x.bel", tmp_path / "other.toml"
    archive.write_bytes(chain(closed(lab).events()[:1]))
    found = verify(archive, "--json")
    assert (found.exit_code, "catalogue" in json.loads(found.output)["unchecked"]) == (0, True)
    assert "'OTHER-PLAN' version 7" in verify(archive).output
    shipped = (Path(procedures.__file__).parent / "sonla-vpub-2022-03.toml").read_text("utf-8")
    plan = shipped.replace('id = "SONLA-VPUB-2022-03"\nversion = 1', 'id = "OTHER-PLAN"\nversion = 7', 1)
    for num, code in ((3, 0), (4, 1)):
        other.write_text(plan.replace("num = 3\nden = 10", f"num = {num}\nden = 10", 1), encoding="utf-8")
        found = verify(archive, "--ruleset", other, "--json")
        assert (found.exit_code, "catalogue" in json.loads(found.output)["unchecked"]) == (code, False)
    other.write_text("nothing", encoding="utf-8")
    assert verify(archive, "--ruleset", other).exit_code == 2


@pytest.mark.parametrize(("low", "high", "code"), [(0, 2, 0), (0, 3, 2), (3, 3, 2), (0, 2000, 2)])
def test_more_choices_than_answers_are_not_supported(lab: Lab, tmp_path: Path, low: int, high: int, code: int) -> None:
    draft = closed(lab)
    fields = json.loads(draft.setup[0])
    fields["questions"][0] |= {"min": low, "max": high}
    draft.setup[0] = compact(fields)
    (tmp_path / "x.bel").write_bytes(chain(draft.events()[:1]))
    found = verify(tmp_path / "x.bel", "--json")
    expected = "unsupported" if code else json.loads(found.output)["verdict"]
    assert json.loads(found.output)["verdict"] == expected
    assert (found.exit_code == 2) == bool(code)


def test_one_record_given_twice_is_not_two(lab: Lab, tmp_path: Path) -> None:
    archive, record = written(lab, tmp_path)
    copy = tmp_path / "copy.json"
    copy.write_bytes(record.read_bytes())
    assert verify(archive, "--record", record, "--record", copy).exit_code == 1
    assert verify(archive, "--record", record, "--record", record).exit_code == 2


def test_records_of_two_folders_may_have_one_name(lab: Lab, tmp_path: Path) -> None:
    archive, record = written(lab, tmp_path)
    other = tmp_path / "other" / record.name
    other.parent.mkdir()
    other.write_bytes(record.read_bytes())
    result = verify(archive, "--record", record, "--record", other)
    assert result.exit_code == 1
    assert f"{other}: a second record of the box" in result.output


@pytest.mark.parametrize("name", ["absent.json", ".", "pipe"])
def test_a_record_that_cannot_be_read_exits_2(lab: Lab, tmp_path: Path, name: str) -> None:
    archive, _ = written(lab, tmp_path)
    os.mkfifo(tmp_path / "pipe")
    assert verify(archive, "--record", tmp_path / name).exit_code == 2

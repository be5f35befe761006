"""The commands of the count, one by one: what they write, and what each of them refuses in plain words."""

import json
import shutil
from pathlib import Path

import msgspec
import pytest
from click.testing import Result

from keys.files.key_files import write_sealed
from keys.files.sealing import LEAST_COST
from keys.files.signing import KIND as SIGNING_KIND
from keys.files.signing import encode_signing_key
from keys.teller import KIND as SHARE_KIND
from keys.teller import encode_teller_key
from tally.audit import Verdict, audit
from tally.count.steps import Opening
from tally.dialogue import in_both
from tally.signing.teller_file import new_teller_file, read_teller_file, write_teller_file
from tests.attacks.lab import COUNTS, Draft, Lab, closed
from tests.attacks.records import conference_of, envelope, room_facts
from tests.tally import terminal
from tests.tally.count.test_paper import plain
from tests.tally.count.test_steps import BEGUN, ENDED, lab_of_one
from tests.tally.records import EVERYONE, sample_conference, sample_paper, team
from tests.tally.terminal import PASSPHRASE, run
from voting.documents.archives.members import encode_member
from voting.documents.canonical import canonical, parse_canonical
from voting.documents.envelope import parse_envelope, verify_envelope, write_envelope
from voting.documents.facts import CONFIRMATION_TYPE, FACTS_TYPE, CountFacts
from voting.documents.record import read_record

pytestmark = pytest.mark.usefixtures("cheap_binding")


def refused(result: Result, *words: str) -> None:
    terminal.refused(result, "Lỗi / Error: ", *words)


def teller_file(lab: Lab, folder: Path, owner: int) -> Path:
    path = folder / f"teller-{owner}.sealed"
    made = new_teller_file(f"teller {owner}", lab.tellers[owner - 1], lab.signing[str(owner)])
    write_teller_file(path, made, PASSPHRASE, LEAST_COST)
    return path


@pytest.fixture
def words(tmp_path: Path) -> Path:
    path = tmp_path / "words"
    path.write_text(f"{PASSPHRASE}\r\nsecond line\n", encoding="utf-8")
    return path


def archive(folder: Path, draft: Draft) -> Path:
    path = folder / "box.bel"
    path.write_bytes(draft.raw())
    return path


# --- the teller's file ---------------------------------------------------------------------------------------------


def test_a_share_and_a_signing_key_go_into_one_file(lab: Lab, words: Path, tmp_path: Path) -> None:
    share, key, out = (tmp_path / name for name in ("share", "key", "teller.sealed"))
    write_sealed(share, encode_teller_key(lab.tellers[0]), PASSPHRASE, kind=SHARE_KIND, cost=LEAST_COST)
    write_sealed(key, encode_signing_key(lab.signing["1"]), PASSPHRASE, kind=SIGNING_KIND, cost=LEAST_COST)
    command = ("teller-file", "--name", "Lò Thị Ước", "--share", share, "--signing-key", key, "--out", out,
               "--passphrase-file", words)  # fmt: skip
    assert run(*command).exit_code == 0
    assert read_teller_file(out, PASSPHRASE) == new_teller_file("Lò Thị Ước", lab.tellers[0], lab.signing["1"])
    refused(run(*command), in_both("said.exists", path=out))


# --- confirming ----------------------------------------------------------------------------------------------------


def test_a_teller_confirms_by_the_fingerprint_of_the_hall_or_by_answering(
    lab: Lab, words: Path, tmp_path: Path
) -> None:
    box, out = archive(tmp_path, closed(lab)), tmp_path / "confirmation.json"
    command = ("confirm", box, "--teller", teller_file(lab, tmp_path, 2), "--passphrase-file", words, "--out", out)
    refused(run(*command, "--fingerprint", "another"), "Mã cuộc bỏ phiếu khác với hội trường")
    refused(run(*command, answers="k\n"), "Mã cuộc bỏ phiếu khác với hội trường")
    assert not out.exists()
    assert run(*command, "--fingerprint", lab.election.fingerprint).exit_code == 0
    said = parse_envelope(out.read_bytes(), CONFIRMATION_TYPE, "confirmation")
    assert verify_envelope(said, [conference_of(lab).tellers[1].key])
    assert run(*command, answers="c\n").exit_code == 0


def test_who_walks_away_from_a_question_is_told_that_nothing_is_lost(lab: Lab, words: Path, tmp_path: Path) -> None:
    box = archive(tmp_path, closed(lab))
    command = ("confirm", box, "--teller", teller_file(lab, tmp_path, 2), "--out", tmp_path / "x", "--language", "en")
    refused(run(*command), "Stopped in the middle")
    assert not (tmp_path / "x").exists()


# --- sum, open, finish ---------------------------------------------------------------------------------------------


def summed(lab: Lab, folder: Path) -> tuple[Path, str]:
    box = archive(folder, closed(lab))
    done = run("sum", box)
    assert done.exit_code == 0, done.output
    report = audit(box)
    assert in_both("said.summed", ballots=report.ballots, hash=report.end_ballots) in done.output
    return box, report.end_ballots


def test_a_box_is_counted_by_the_commands_alone(lab: Lab, words: Path, tmp_path: Path) -> None:
    box, told = summed(lab, tmp_path)
    openings = []
    for owner, answer in ((1, ("--end-ballots", told)), (3, ())):
        openings.append(tmp_path / f"opening-{owner}.json")
        command = ("open", box, *answer, "--out", openings[-1], "--teller", teller_file(lab, tmp_path, owner))
        done = run(*command, "--passphrase-file", words, answers="" if answer else "y\n")
        assert done.exit_code == 0, done.output
        assert parse_canonical(openings[-1].read_bytes(), Opening, what="opening").owner == owner
    out, count = tmp_path / "finished.bel", tmp_path / "count.json"
    done = run("finish", box, *openings, "--out", out, "--count", count, "--begun", BEGUN,
               "--complaint", "Một ý kiến", "--witness", "Lường Văn Giỏi")  # fmt: skip
    assert done.exit_code == 0, done.output
    assert (audit(out).verdict, audit(out).result) == (Verdict.SOUND, COUNTS)
    facts = parse_canonical(count.read_bytes(), CountFacts, what="count facts")
    assert (facts.begun, facts.complaints, facts.witnesses) == (BEGUN, ("Một ý kiến",), ("Lường Văn Giỏi",))
    assert facts.openers == (1, 3)


def test_the_chairs_word_opens_a_box_of_one_ballot(words: Path, tmp_path: Path) -> None:
    lab = lab_of_one()
    box, told = summed(lab, tmp_path)
    openings = [tmp_path / f"opening-{owner}.json" for owner in (1, 2)]
    for owner, opening in enumerate(openings, 1):
        command = ("open", box, "--end-ballots", told, "--out", opening, "--passphrase-file", words,
                   "--teller", teller_file(lab, tmp_path, owner))  # fmt: skip
        refused(run(*command), "a box of a single ballot is opened on the chair's recorded word alone")
        assert run(*command, "--single-ballot").exit_code == 0
    command = ("finish", box, *openings, "--out", tmp_path / "out.bel", "--count", tmp_path / "count.json",
               "--begun", BEGUN, "--ended", ENDED)  # fmt: skip
    refused(run(*command), "a box of a single ballot is opened on the chair's recorded word alone")
    assert run(*command, "--single-ballot", "Hà Thu", "chỉ có một phiếu").exit_code == 0
    facts = parse_canonical((tmp_path / "count.json").read_bytes(), CountFacts, what="count facts")
    assert [(one.kind, one.by, one.reason) for one in facts.chair_words] == [
        ("single_ballot", "Hà Thu", "chỉ có một phiếu")
    ]


@pytest.mark.parametrize(("given", "answers"), [(("--end-ballots", "ab" * 32), ""), ((), "n\n")])
def test_a_box_whose_closing_differs_from_the_halls_is_not_opened(
    lab: Lab, words: Path, tmp_path: Path, given: tuple[str, ...], answers: str
) -> None:
    box, told = summed(lab, tmp_path)
    out = tmp_path / "opening.json"
    result = run("open", box, *given, "--out", out, "--passphrase-file", words,
                 "--teller", teller_file(lab, tmp_path, 1), answers=answers)  # fmt: skip
    refused(result, in_both("said.other_hash", expected=given[1] if given else "?", found=told))
    assert not out.exists()


@pytest.mark.parametrize("moment", ["yesterday", "2022-04-10T09:20:00", "2022-13-10T09:20:00+07:00"])
def test_a_moment_without_its_offset_is_none(lab: Lab, tmp_path: Path, moment: str) -> None:
    box, told = summed(lab, tmp_path)
    opening = tmp_path / "opening.json"
    proof = {"owner": 1, "challenge": "1", "response": "1"}
    plain = {"format": 1, "uuid": lab.election.uuid, "end_ballots": told, "owner": 1, "partial_decryption": "{}"}
    opening.write_bytes(canonical(plain | {"proof": proof}))
    command = ("finish", box, opening, "--out", tmp_path / "out.bel", "--count", tmp_path / "count.json")
    refused(run(*command, "--begun", moment), in_both("said.moment", text=moment))
    refused(run(*command, "--begun", BEGUN, "--ended", moment), in_both("said.moment", text=moment))
    assert not (tmp_path / "out.bel").exists()


def test_a_file_that_cannot_be_written_is_named(lab: Lab, words: Path, tmp_path: Path) -> None:
    box, told = summed(lab, tmp_path)
    nowhere = tmp_path / "no folder" / "opening.json"
    command = ("open", box, "--end-ballots", told, "--teller", teller_file(lab, tmp_path, 1), "--out", nowhere)
    refused(run(*command, "--passphrase-file", words), "không thấy tệp hoặc thư mục (opening.json)", "is not there")


def test_an_archive_of_another_program_is_refused_in_both_languages(tmp_path: Path) -> None:
    path = tmp_path / "other.bel"
    path.write_bytes(encode_member("BELENIOS", b'{"version":2,"timestamp":"0"}', 0))
    refused(run("sum", path), "the archive is not sound")


# --- records -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def finished(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished count with both facts files, no record yet."""
    from tests.tally.count.test_steps import finished as count_of

    folder = tmp_path_factory.mktemp("finished")
    path = archive(folder, closed(lab))
    (folder / "count.json").write_bytes(canonical(count_of(lab, path)))
    report = audit(path)
    room = room_facts(lab, report.setup_event, report.end_ballots, report.ballots)
    (folder / "facts.json").write_bytes(write_envelope(envelope(canonical(room), FACTS_TYPE, lab, "desk")))
    return folder


@pytest.fixture
def desk(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "desk"))


def folder(path: Path) -> Path:
    """A folder, made if it is not there."""
    path.mkdir(exist_ok=True)
    return path


def three(folder: Path) -> tuple[Path, Path, Path]:
    return folder / "box.bel", folder / "facts.json", folder / "count.json"


def test_records_that_are_there_already_are_left_as_they_are_signed(lab: Lab, desk: Path, tmp_path: Path) -> None:
    first = run("record", *three(desk), "--out", folder(desk / "first"))
    assert first.exit_code == 0, first.output
    record, minutes = desk / "first" / "record.json", desk / "first" / "minutes.pdf"
    key = tmp_path / "chair.sealed"
    write_sealed(key, encode_signing_key(lab.signing["chair"]), PASSPHRASE, kind=SIGNING_KIND, cost=LEAST_COST)
    signing = ("sign", record, "--key", key, "--pdf", minutes)
    assert run(*signing, answers=f"{PASSPHRASE}\n").exit_code == 0
    before = record.read_bytes(), minutes.read_bytes()
    again = run("record", *three(desk), "--out", folder(desk / "first"))
    assert again.exit_code == 0, again.output
    assert (record.read_bytes(), minutes.read_bytes()) == before
    assert len(read_record(record.read_bytes())[0].signatures) == 1


def test_a_recount_agrees_byte_for_byte_or_names_the_record_that_does_not(desk: Path) -> None:
    assert run("record", *three(desk), "--out", folder(desk / "first")).exit_code == 0
    record = desk / "first" / "record.json"
    same = run("recount", *three(desk), "--out", folder(desk / "second"), "--with", record)
    assert same.exit_code == 0, same.output
    assert in_both("said.same", number=2) in same.output
    other = desk / "other.json"
    facts = parse_canonical((desk / "count.json").read_bytes(), CountFacts, what="count facts")
    (desk / "count.json").write_bytes(canonical(msgspec.structs.replace(facts, ended="2022-04-10T09:40:00+07:00")))
    assert run("record", *three(desk), "--out", folder(desk / "third")).exit_code == 0
    shutil.copy(desk / "third" / "record.json", other)
    refused(run("compare", record, other), in_both("said.not_same", first=record, others=other))


def test_an_unfinished_archive_gives_no_record(lab: Lab, desk: Path) -> None:
    (desk / "box.bel").write_bytes(closed(lab).raw())
    out = folder(desk / "x")
    refused(run("record", *three(desk), "--out", out), "a sound archive with its result expected")
    assert list(out.iterdir()) == []


NOT_THERE = ("result", "stick/result")
ASKED = ("record", "recount", "paper")


def making(name: str, desk: Path) -> tuple[str | Path, ...]:
    """What makes records in a folder: a command with its files."""
    if name != "paper":
        return (name, *three(desk))
    conference = sample_conference(sample_paper(3), team(*EVERYONE))
    (desk / "hand.json").write_text(json.dumps(plain(conference)), encoding="utf-8")
    return name, desk / "hand.json"


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("out", NOT_THERE)
@pytest.mark.parametrize("answers", ["", "k\n", "n\n"], ids=["nobody there", "no", "no, in English"])
def test_a_folder_that_is_not_there_is_not_made_unasked(desk: Path, name: str, out: str, answers: str) -> None:
    found = run(*making(name, desk), "--out", desk / out, answers=answers)
    refused(found, "cắm USB", "plug the USB stick in", "--make-folder")
    assert not (desk / out.split("/", 1)[0]).exists()


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize(("more", "answers"), [(("--make-folder",), ""), ((), "c\n")], ids=["told to", "asked"])
def test_a_folder_is_made_where_people_say_so(desk: Path, name: str, more: tuple[str, ...], answers: str) -> None:
    made = run(*making(name, desk), "--out", desk / "result", *more, answers=answers)
    assert made.exit_code == 0, made.output
    assert (desk / "result" / "record.json").exists()


@pytest.mark.parametrize("name", ["record", "recount"])
def test_a_stick_that_is_not_plugged_in_is_not_made_for_the_records(desk: Path, name: str) -> None:
    """Not even with --make-folder: that is one folder, not the stick that it lies on."""
    assert run(name, *three(desk), "--out", desk / "stick" / "result", "--make-folder").exit_code == 1
    assert not (desk / "stick").exists()

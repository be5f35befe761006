"""What comes out of a guided count is kept: signed files, words of people, one result a box, the head's decision."""

import errno
import os
import shlex
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from click.testing import Result

import tally.count.steps
from keys.files import durable
from keys.files.key_files import write_sealed
from keys.files.sealing import LEAST_COST
from keys.files.signing import KIND as SIGNING_KIND
from keys.files.signing import encode_signing_key, new_signing_key
from tally.cli import record as cli_record
from tally.dates import today, written
from tally.pdf.signatures import check_minutes
from tally.result.record import record_payload
from tally.signing.signatures import sign_record
from tests.attacks.lab import Lab, build_lab, closed
from tests.attacks.records import SIGNERS
from tests.tally.terminal import PASSPHRASE, refused, run
from tests.tally.test_refusals_guided_count import LAST_PLACE, TIED, VI, Table
from voting.documents.canonical import canonical, parse_canonical
from voting.documents.conferences.conference import ON_PAPER
from voting.documents.facts import CountFacts, HeadWord
from voting.documents.record import read_record

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("cheap_binding")]
NEXT = "Hòm phiếu khác"


@pytest.fixture
def table(lab: Lab, tmp_path: Path) -> Table:
    return Table(lab, tmp_path)


@pytest.fixture
def paper_tie(tmp_path: Path) -> Table:
    """A tie whose head signs on paper, by Setup."""
    return Table(build_lab(TIED, publics={"head": ON_PAPER}, **LAST_PLACE), tmp_path)


@pytest.fixture
def tie(tmp_path: Path) -> Table:
    """A tie whose head has a key in Setup."""
    return Table(build_lab(TIED, **LAST_PLACE), tmp_path)


def counted(table: Table, *answers: str) -> Result:
    """Count with tellers 1 and 2, nothing said, and then these answers."""
    result = table.count("1", "2", "0", "", "", "", *answers, homes=(table.home(1), table.home(2)))
    assert result.exit_code == 0, result.output
    return result


def key_of(table: Table, name: str) -> Path:
    path = table.folder / f"{name}.sealed"
    if not path.exists():
        secret = encode_signing_key(table.lab.signing[name])
        write_sealed(path, secret, PASSPHRASE, kind=SIGNING_KIND, cost=LEAST_COST)
    return path


def facts_of(table: Table) -> tuple[Path, CountFacts]:
    path = table.result / f"{table.lab.election.uuid}.count.json"
    return path, parse_canonical(path.read_bytes(), CountFacts, what="count facts")


def record_of(table: Table) -> Path:
    return table.result / "record.json"


# --- the head's decision ---------------------------------------------------------------------------------------------


def test_a_day_is_taken_as_people_write_it_and_asked_for_until_it_is_one(paper_tie: Table) -> None:
    early, late = (written(today() + timedelta(days=days)) for days in (-1, 1))
    done = counted(paper_tie, "c", "2", "đúng cơ cấu", "30/11/26", "hôm nay", early, late, written(today()))
    assert f"ngày quyết định {late} chưa đến" in done.output
    assert "«30/11/26» không phải một ngày" in done.output
    assert f"ngày quyết định {early} trước ngày kiểm phiếu" in done.output
    [word] = facts_of(paper_tie)[1].head_words
    assert (word.on, word.envelope) == (today().isoformat(), None)


def test_an_empty_day_is_today(paper_tie: Table) -> None:
    counted(paper_tie, "c", "2", "đúng cơ cấu", "")
    assert facts_of(paper_tie)[1].head_words[0].on == today().isoformat()


def test_nothing_is_written_before_the_whole_decision_is_right(paper_tie: Table) -> None:
    counted(paper_tie, "k")
    path, before = facts_of(paper_tie)
    stopped = paper_tie.count("c", "2", "đúng cơ cấu", "31/02/2026")  # and the terminal is closed
    assert stopped.exit_code == 1
    assert facts_of(paper_tie) == (path, before)
    assert paper_tie.count("k").exit_code == 0


POISON = [
    ("30/11/2026", ("c2",), "Chánh Văn phòng head"),
    ("2000-01-01", ("c2",), "Chánh Văn phòng head"),
    (today().isoformat(), ("c9",), "Chánh Văn phòng head"),
    (today().isoformat(), ("c1", "c2"), "Chánh Văn phòng head"),
    (today().isoformat(), ("c2",), "ai đó"),
]


@pytest.mark.parametrize(("on", "chosen", "by"), POISON)
def test_a_decision_that_no_record_can_hold_is_taken_out_and_asked_for_again(
    paper_tie: Table, on: str, chosen: tuple[str, ...], by: str
) -> None:
    counted(paper_tie, "k")
    path, facts = facts_of(paper_tie)
    word = HeadWord(1, chosen, by, "x", on, None)
    path.write_bytes(canonical(msgspec.structs.replace(facts, head_words=(word,))))
    again = paper_tie.count("c", "1", "đúng cơ cấu", "")
    assert again.exit_code == 0, again.output
    assert "Quyết định đã nhập cho phiếu 1 không dùng được" in again.output
    assert read_record(record_of(paper_tie).read_bytes())[1].verdict.status == "final"


def test_paper_is_offered_only_where_setup_says_so(tie: Table) -> None:
    left = counted(tie, "c", "2", "đúng cơ cấu", "", "")  # no key: later
    assert VI.words("count.tie_later") in left.output
    assert facts_of(tie)[1].head_words == ()
    stranger = tie.folder / "stranger.sealed"
    write_sealed(stranger, encode_signing_key(new_signing_key()), PASSPHRASE, kind=SIGNING_KIND, cost=LEAST_COST)
    nobody = str(tie.folder / "nobody.sealed")
    key = f'"{key_of(tie, "head")}"'  # as Windows' "Copy as path" gives it
    done = tie.count("c", "2", "đúng cơ cấu", "", nobody, str(stranger), key)
    assert done.exit_code == 1 and "không thấy tệp" in done.output  # the passphrase of `nobody` is asked for first
    answers = ("c", "2", "đúng cơ cấu", "", str(stranger), PASSPHRASE, key, PASSPHRASE)
    done = tie.count(*answers)
    assert done.exit_code == 0, done.output
    assert "đây không phải khóa ký của Chánh Văn phòng head" in done.output
    [word] = facts_of(tie)[1].head_words
    assert word.envelope is not None
    assert read_record(record_of(tie).read_bytes())[1].verdict.status == "final"


def test_a_decision_on_paper_where_setup_names_a_key_is_taken_out(tie: Table) -> None:
    counted(tie, "k")
    path, facts = facts_of(tie)
    word = HeadWord(1, ("c2",), "Chánh Văn phòng head", "x", today().isoformat(), None)
    path.write_bytes(canonical(msgspec.structs.replace(facts, head_words=(word,))))
    again = tie.count("k")
    assert "ký quyết định bằng khóa, không ký trên giấy" in again.output
    assert facts_of(tie)[1].head_words == ()


DECISION = {"--chosen": "c2", "--by": "Chánh Văn phòng head", "--reason": "x", "--on": "", "--paper": "1"}
WRONG = {
    "outside the tied group": ({"--chosen": "c9"}, "cần chọn đúng 1 người"),
    "somebody else": ({"--by": "ai đó"}, "người quyết định là Chánh Văn phòng head"),
    "before the count": ({"--on": "01/01/2020"}, "trước ngày kiểm phiếu"),
    "a day to come": ({"--on": "31/12/9999"}, "ngày quyết định 31/12/9999 chưa đến"),
    "no day": ({"--on": "31/02/2026"}, "không phải một ngày"),
    "no paper": ({"--paper": "2"}, "paper 1 to 1 expected"),
    "no reason": ({"--reason": " "}, "cần ghi lý do"),
    "no key": ({"--key": ""}, "ký quyết định bằng khóa"),
    "a key of somebody else": ({"--key": "chair"}, "đây không phải khóa ký của"),
}


def head(table: Table, changes: dict[str, str], *more: object) -> Result:
    given = DECISION | {"--on": written(today()), "--key": "head"} | changes
    given["--key"] = str(key_of(table, given["--key"])) if given["--key"] else ""
    words = [word for option, value in given.items() if value for word in (option, value)]
    return run("head", facts_of(table)[0], *words, "--passphrase-file", table.folder / "words", *more)


@pytest.mark.parametrize("name", WRONG)
def test_a_decision_is_checked_whole_before_it_is_written(tie: Table, name: str) -> None:
    counted(tie, "k")
    before = facts_of(tie)
    changes, said = WRONG[name]
    refused(head(tie, changes), said)
    assert facts_of(tie) == before


def test_two_chosen_for_one_place_and_a_count_without_its_archive_are_refused(tie: Table) -> None:
    counted(tie, "k")
    before = facts_of(tie)
    refused(head(tie, {}, "--chosen", "c1"), "cần chọn đúng 1 người")
    (tie.result / f"{tie.lab.election.uuid}.bel").rename(tie.folder / "elsewhere.bel")
    refused(head(tie, {}), "không thấy")
    assert facts_of(tie) == before
    assert head(tie, {}, "--archive", tie.folder / "elsewhere.bel").exit_code == 0


def test_the_head_signs_a_decision_of_today_where_no_day_is_given(tie: Table) -> None:
    counted(tie, "k")
    done = head(tie, {"--on": ""})
    assert done.exit_code == 0, done.output
    [word] = facts_of(tie)[1].head_words
    assert (word.on, word.envelope is not None) == (today().isoformat(), True)


# --- signed files ----------------------------------------------------------------------------------------------------


def sign(table: Table, *names: str) -> None:
    for name in names:
        key = table.home(int(name)) / f"teller-{name}.sealed" if name.isdigit() else key_of(table, name)
        done = run("sign", table.result, "--key", key, "--passphrase-file", table.folder / "words")
        assert done.exit_code == 0, done.output


def test_a_folder_is_signed_at_once_and_the_hint_can_be_pasted(table: Table) -> None:
    done = counted(table)
    [hint] = [line for line in done.output.splitlines() if "phieukin tally sign" in line]
    assert shlex.split(hint.partition("phieukin ")[2])[2] == str(table.result)
    sign(table, "1", "chair")
    record = record_of(table).read_bytes()
    assert len(read_record(record)[0].signatures) == 2
    payload = record_payload(read_record(record)[1])
    assert len(check_minutes((table.result / "minutes.pdf").read_bytes(), payload)) == 2


def test_a_decision_after_signing_loses_no_signature(tie: Table) -> None:
    counted(tie, "k")
    sign(tie, "1", "chair")
    before = {name: (tie.result / name).read_bytes() for name in ("record.json", "minutes.pdf", facts_of(tie)[0].name)}
    done = head(tie, {})
    assert done.exit_code == 0, done.output
    uuid = tie.lab.election.uuid
    made = run("record", *(tie.result / f"{uuid}.{end}" for end in ("bel", "facts.json", "count.json")),
               "--out", tie.result)  # fmt: skip
    assert made.exit_code == 0, made.output
    for name, raw in before.items():
        assert (tie.result / f"signed-1-{name}").read_bytes() == raw
        assert f"signed-1-{name}" in done.output + made.output
    assert read_record(record_of(tie).read_bytes())[1].verdict.status == "final"


def test_a_result_of_another_box_on_the_stick_is_not_touched(table: Table, tmp_path: Path) -> None:
    counted(table)
    sign(table, "1", "chair")
    before = {path: path.read_bytes() for path in table.result.iterdir()}
    (tmp_path / "next").mkdir()
    other = Table(build_lab(), tmp_path / "next")
    table.archive.unlink()
    for path in other.stick.iterdir():
        shutil.copy(path, table.stick / path.name.replace(other.lab.election.uuid, NEXT))
    other.stick = table.stick
    counted(other)
    assert (table.stick / f"result-{NEXT}" / "record.json").exists()
    assert {path: path.read_bytes() for path in table.result.iterdir()} == before


def test_minutes_rendered_over_signed_ones_are_refused(table: Table) -> None:
    counted(table)
    sign(table, "chair")
    signed = (table.result / "minutes.pdf").read_bytes()
    refused(run("minutes", record_of(table), "--out", table.result / "minutes.pdf"), "đã có")
    assert (table.result / "minutes.pdf").read_bytes() == signed


def test_a_tellers_file_signs_one_record_of_a_box(table: Table) -> None:
    counted(table)
    key = table.home(1) / "teller-1.sealed"
    words = ("--key", key, "--passphrase-file", table.folder / "words")
    one = record_of(table)
    path, facts = facts_of(table)
    shutil.copytree(table.result, table.folder / "other")
    (table.folder / "other" / path.name).write_bytes(
        canonical(msgspec.structs.replace(facts, complaints=("một ý kiến khác",)))
    )
    (table.folder / "other" / "record.json").unlink()
    made = [table.folder / "other" / f"{table.lab.election.uuid}.{end}" for end in ("bel", "facts.json", "count.json")]
    assert run("record", *made, "--out", table.folder / "other").exit_code == 0
    two = table.folder / "other" / "record.json"
    assert run("sign", one, *words).exit_code == 0
    before = two.read_bytes()
    refused(run("sign", two, *words), "đã ký một biên bản khác của hòm phiếu này")
    refused(run("sign-minutes", two, two.with_name("minutes.pdf"), *words), "đã ký một biên bản khác")
    assert two.read_bytes() == before
    assert run("sign", one, *words).exit_code == 0


def test_a_teller_who_signed_an_open_tie_signs_the_same_record_with_one_decision(tie: Table) -> None:
    counted(tie, "k")
    key = tie.home(1) / "teller-1.sealed"

    def signs() -> Result:
        return run("sign", tie.result, "--key", key, "--passphrase-file", tie.folder / "words")

    def decides(chosen: str) -> None:
        assert head(tie, {"--chosen": chosen}).exit_code == 0
        uuid = tie.lab.election.uuid
        made = [tie.result / f"{uuid}.{end}" for end in ("bel", "facts.json", "count.json")]
        assert run("record", *made, "--out", tie.result).exit_code == 0

    assert signs().exit_code == 0
    decides("c2")
    assert signs().exit_code == 0
    decides("c1")
    refused(signs(), "đã ký một biên bản khác")


# --- words -----------------------------------------------------------------------------------------------------------


def test_words_are_saved_as_they_are_typed_and_reviewed_before_they_are_kept(table: Table) -> None:
    homes = (table.home(1), table.home(2))
    closed_in_between = table.count("1", "2", "0", "ốm", "Lường Văn Giỏ", homes=homes)  # and the terminal is closed
    assert closed_in_between.exit_code == 1 and not table.result.exists()
    done = table.count("0", "2", "Lường Văn Giỏi", "!", "Một ý kiến", "+", "Bạc Thị B", "3", "", "")
    assert done.exit_code == 0, done.output
    assert "2. Người chứng kiến: Lường Văn Giỏ" in done.output
    facts = facts_of(table)[1]
    assert (facts.witnesses, facts.complaints) == (("Lường Văn Giỏi",), ("Một ý kiến",))
    assert [(one.reason, one.tellers) for one in facts.chair_words] == [("ốm", (3,))]


def test_words_are_corrected_until_somebody_signs(table: Table) -> None:
    counted(table)
    done = table.count(more=("--correct",))
    assert done.exit_code == 0, done.output  # nothing was said, so there is nothing to correct
    path, facts = facts_of(table)
    path.write_bytes(canonical(msgspec.structs.replace(facts, witnesses=("Lường Văn Giỏ",))))
    done = table.count("1", "Lường Văn Giỏi", "", more=("--correct",))
    assert done.exit_code == 0, done.output
    assert read_record(record_of(table).read_bytes())[1].count.witnesses == ("Lường Văn Giỏi",)
    sign(table, "1")
    refused(table.count("1", "Ai khác", "", more=("--correct",)), VI.words("count.words_signed"))


# --- one audit a run -------------------------------------------------------------------------------------------------


@pytest.fixture
def audits(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Path]]:
    """The archives that are audited, one after the other."""
    seen: list[Path] = []
    real = tally.count.steps.audit

    def audit(path: Path, **options: object) -> object:
        seen.append(path)
        return real(path, **options)  # type: ignore[arg-type]

    for module in (tally.count.steps, cli_record):
        monkeypatch.setattr(module, "audit", audit)
    yield seen


def test_a_guided_count_audits_the_archive_once_a_run(table: Table, audits: list[Path]) -> None:
    sidecar = table.archive.with_suffix(".commitments")
    sidecar.write_bytes(b"hints that need no trust")
    counted(table)
    assert audits == [table.archive]
    for folder in (table.work, table.result):
        assert (folder / sidecar.name).read_bytes() == sidecar.read_bytes()
    assert table.count().exit_code == 0
    assert audits == [table.archive, table.result / table.archive.name]


def test_an_archive_that_changes_during_the_run_is_not_opened(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    real = tally.count.steps.audit

    def audit(path: Path, **options: object) -> object:
        report = real(path, **options)  # type: ignore[arg-type]
        path.write_bytes(closed(table.lab, *table.lab.ballots[:2]).raw())
        return report

    monkeypatch.setattr(tally.count.steps, "audit", audit)
    refused(table.count("1", "2", "0", homes=(table.home(1), table.home(2))), "không phải của hòm phiếu này")
    assert not table.opening(1).exists()


# --- sticks ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EIO])
def test_what_a_stick_refuses_is_said_in_words(table: Table, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(durable.os, "fsync", fail)
    result = table.count()
    assert result.exit_code == 1
    assert "USB" in result.output and "Errno" not in result.output and "Traceback" not in result.output


def _link(path: Path, target: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    if path.exists():
        path.rename(target)
    path.symlink_to(target)


LINKED: dict[str, Callable[[Table], Path]] = {
    "the archive": lambda table: table.archive,
    "the facts": lambda table: table.archive.with_suffix(".facts.json"),
    "the folder of the count": lambda table: table.work,
    "the folder of the result": lambda table: table.result,
    "the sum": lambda table: table.work / table.archive.name,
    "an opening": lambda table: table.opening(1),
}


@pytest.mark.parametrize("name", LINKED)
def test_a_link_on_the_stick_is_neither_read_nor_written_through(table: Table, name: str) -> None:
    elsewhere = table.folder / "elsewhere"
    if "folder" in name:
        elsewhere.mkdir()
    elif name in ("the sum", "an opening"):
        elsewhere.write_bytes(b"precious")
    _link(LINKED[name](table), elsewhere)
    before = elsewhere.read_bytes() if elsewhere.is_file() else sorted(elsewhere.iterdir())
    table.count("1", "2", "0", "", "", "", homes=(table.home(1), table.home(2)))
    assert before == (elsewhere.read_bytes() if elsewhere.is_file() else sorted(elsewhere.iterdir()))
    assert not (table.result / "record.json").exists() or name == "an opening"


def test_a_key_file_is_taken_by_the_quoted_path_of_windows(table: Table) -> None:
    own = table.home(2)
    result = table.count("2", f'"{own / "teller-2.sealed"}"', "0")
    assert result.exit_code == 0, result.output
    assert table.opening(2).exists()
    assert "    2. Kiểm phiếu viên 2" in result.output


def test_all_signatures_stay_when_the_count_is_run_again(table: Table) -> None:
    counted(table)
    record = record_of(table)
    record.write_bytes(sign_record(record.read_bytes(), [table.lab.signing[one] for one in SIGNERS]))
    before = {path.name: path.read_bytes() for path in table.result.iterdir()}
    assert table.count().exit_code == 0
    assert {path.name: path.read_bytes() for path in table.result.iterdir()} == before

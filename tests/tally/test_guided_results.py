"""What comes out of a guided count is kept: signed files, words of people, one result a box; the head's decision."""

import dataclasses
import errno
import os
import shlex
import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import click
import msgspec
import pytest
from click.testing import CliRunner, Result

import tally.count.steps
from keys.files import durable
from keys.files.key_files import write_sealed
from keys.files.sealing import LEAST_COST
from keys.files.signing import KIND as SIGNING_KIND
from keys.files.signing import encode_signing_key, new_signing_key
from tally.audit import Verdict
from tally.cli.verify import check_file
from tally.count.head_decision import tied_record
from tally.dates import today, written
from tally.guide.head import HeadDialogue
from tally.pdf.signatures import check_minutes
from tally.result.record import record_payload
from tally.signing.signatures import sign_record
from tests.attacks.lab import Lab, build_lab, closed
from tests.attacks.records import SIGNERS
from tests.tally.terminal import PASSPHRASE, refused, run
from tests.tally.test_refusals_guided_count import LAST_PLACE, TIED, VI, Table
from voting.documents.bundles.head_decision import HeadDecision, read_head_decision
from voting.documents.canonical import canonical, parse_canonical
from voting.documents.case import Tie
from voting.documents.conferences.conference import ON_PAPER
from voting.documents.facts import CountFacts
from voting.documents.record import read_record, unsigned_record

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


def signed_tie(table: Table) -> Table:
    """Count, and have everybody sign the record with its open tie."""
    counted(table)
    raw = record_of(table).read_bytes()
    record_of(table).write_bytes(sign_record(raw, [table.lab.signing[one] for one in SIGNERS]))
    return table


def asked(table: Table, *answers: str, more: Sequence[object] = ()) -> Result:
    """Run the dialogue for the head's decision with these answers."""
    return run("head", record_of(table), *more, answers="\n".join(answers) + "\n" if answers else "")


def head_files(table: Table) -> list[str]:
    return sorted(path.name for path in table.result.glob("head-decision*"))


def decision_of(table: Table) -> HeadDecision:
    return read_head_decision((table.result / "head-decision-1.json").read_bytes())[1]


BOTH = ["head-decision-1.json", "head-decision-1.pdf"]


def test_a_day_is_taken_as_people_write_it_and_asked_for_until_it_is_one(paper_tie: Table) -> None:
    early, late = (written(today() + timedelta(days=days)) for days in (-1, 1))
    answers = ("2", "đúng cơ cấu", "30/11/26", "hôm nay", early, late, written(today()))
    done = asked(signed_tie(paper_tie), *answers)
    assert done.exit_code == 0, done.output
    assert f"ngày quyết định {late} chưa đến" in done.output
    assert "«30/11/26» không phải một ngày" in done.output
    assert f"ngày quyết định {early} trước ngày kiểm phiếu" in done.output
    assert (decision_of(paper_tie).on, decision_of(paper_tie).reason) == (today().isoformat(), "đúng cơ cấu")
    assert head_files(paper_tie) == BOTH


def test_who_is_chosen_is_asked_for_until_it_can_stand_and_an_empty_day_is_today(paper_tie: Table) -> None:
    done = asked(signed_tie(paper_tie), "3", "1, 2", "hai", "1 1", "2", "", "đúng cơ cấu", "")
    assert done.exit_code == 0, done.output
    assert done.output.count(VI.words("head.wrong", places=1, most=2)) == 4
    assert decision_of(paper_tie).on == today().isoformat()


def test_nothing_is_written_before_the_whole_decision_is_right(paper_tie: Table) -> None:
    stopped = asked(signed_tie(paper_tie), "2", "đúng cơ cấu", "31/02/2026")  # and the terminal is closed
    assert stopped.exit_code == 1
    assert head_files(paper_tie) == []


def test_the_record_stays_byte_for_byte_and_a_second_decision_is_refused(paper_tie: Table) -> None:
    signed_tie(paper_tie)
    before = {path.name: path.read_bytes() for path in paper_tie.result.iterdir()}
    assert asked(paper_tie, "2", "đúng cơ cấu", "").exit_code == 0
    after = {path.name: path.read_bytes() for path in paper_tie.result.iterdir()}
    assert {name: after[name] for name in before} == before
    refused(asked(paper_tie, "1", "lý do khác", ""), "mỗi phiếu chỉ có một quyết định")
    assert {path.name: path.read_bytes() for path in paper_tie.result.iterdir()} == after


@pytest.mark.parametrize("there", BOTH)
def test_what_lies_in_the_place_of_a_decision_is_never_written_over(paper_tie: Table, there: str) -> None:
    signed_tie(paper_tie)
    (paper_tie.result / there).write_bytes(b"precious")
    assert asked(paper_tie, "2", "đúng cơ cấu", "").exit_code == 1
    assert (paper_tie.result / there).read_bytes() == b"precious"
    assert head_files(paper_tie) == [there]


def test_a_page_that_a_crash_left_out_is_made_again_of_the_decision_that_stands(paper_tie: Table) -> None:
    assert asked(signed_tie(paper_tie), "2", "đúng cơ cấu", "").exit_code == 0
    page = paper_tie.result / "head-decision-1.pdf"
    before = page.read_bytes()
    page.unlink()
    assert asked(paper_tie).exit_code == 0
    assert page.read_bytes() == before


def test_a_record_that_awaits_signatures_is_not_decided_on(paper_tie: Table) -> None:
    counted(paper_tie)
    refused(asked(paper_tie, "2", "đúng cơ cấu", ""), "biên bản phải đủ chữ ký trước")
    assert head_files(paper_tie) == []


def test_a_record_without_a_tie_leaves_nothing_to_decide(table: Table) -> None:
    refused(asked(signed_tie(table)), "không có gì để quyết định")


def test_paper_is_offered_only_where_setup_says_so(tie: Table) -> None:
    left = asked(signed_tie(tie), "2", "đúng cơ cấu", "", "")  # no key: later
    refused(left, "người đứng đầu quyết định sau")
    assert head_files(tie) == []
    stranger = tie.folder / "stranger.sealed"
    write_sealed(stranger, encode_signing_key(new_signing_key()), PASSPHRASE, kind=SIGNING_KIND, cost=LEAST_COST)
    key = f'"{key_of(tie, "head")}"'  # as Windows' "Copy as path" gives it
    done = asked(tie, "2", "đúng cơ cấu", "", str(stranger), PASSPHRASE, key, PASSPHRASE)
    assert done.exit_code == 0, done.output
    assert "đây không phải khóa ký của Chánh Văn phòng head" in done.output
    decided = check_file(record_of(tie), ())
    assert (decided.verdict, [note for note in decided.notes if "awaiting" in note]) == (Verdict.SOUND, [])


def test_secretary_and_chair_vouch_for_a_decision_on_paper(paper_tie: Table) -> None:
    done = asked(signed_tie(paper_tie), "2", "đúng cơ cấu", "")
    path = paper_tie.result / "head-decision-1.json"
    assert "phieukin tally sign" in done.output
    assert check_file(record_of(paper_tie), ()).verdict is Verdict.INCOMPLETE
    for name in ("secretary", "chair"):
        shown = run("sign", path, "--key", key_of(paper_tie, name), "--passphrase-file", paper_tie.folder / "words")
        assert shown.exit_code == 0, shown.output
        assert "ĐƯỢC CHỌN" in shown.output and "đúng cơ cấu" in shown.output
    assert check_file(record_of(paper_tie), ()).verdict is Verdict.SOUND
    teller = paper_tie.home(1) / "teller-1.sealed"
    refused(
        run("sign", path, "--key", teller, "--passphrase-file", paper_tie.folder / "words"), "không phải khóa ký của"
    )


def test_a_reason_that_prints_as_nothing_writes_nothing(paper_tie: Table) -> None:
    done = asked(signed_tie(paper_tie), "2", "x\u200b", "")
    assert done.exit_code == 1 and "the reason is" in done.output
    assert head_files(paper_tie) == []


def test_where_the_head_signs_on_paper_no_key_signs_the_decision(paper_tie: Table) -> None:
    refused(head(signed_tie(paper_tie), {}), "ký trên giấy: không dùng khóa")
    assert head_files(paper_tie) == []


def test_the_record_of_a_decision_is_found_among_others_that_lie_there(paper_tie: Table) -> None:
    asked(signed_tie(paper_tie), "2", "đúng cơ cấu", "")
    beside = record_of(paper_tie)
    beside.with_name("record-0.json").write_bytes(b"{}")
    other = msgspec.structs.replace(read_record(beside.read_bytes())[1], fingerprint="another")
    beside.with_name("record-1.json").write_bytes(unsigned_record(canonical(other)))
    beside.rename(beside.with_name("record-2.json"))
    path, key = paper_tie.result / "head-decision-1.json", key_of(paper_tie, "chair")
    done = run("sign", path, "--key", key, "--passphrase-file", paper_tie.folder / "words")
    assert done.exit_code == 0, done.output


def test_a_decision_apart_from_its_record_is_not_signed(paper_tie: Table) -> None:
    asked(signed_tie(paper_tie), "2", "đúng cơ cấu", "")
    alone = paper_tie.folder / "head-decision-1.json"
    shutil.copy(paper_tie.result / "head-decision-1.json", alone)
    key = key_of(paper_tie, "chair")
    refused(run("sign", alone, "--key", key, "--passphrase-file", paper_tie.folder / "words"), "không thấy biên bản mà")


@pytest.mark.parametrize(("answers", "chosen"), [(("",), ()), (("2",), ("c2",)), (("2 1",), ("c2", "c1")),
                                                 (("1 1", "3", "1,2,1", "1"), ("c1",))])  # fmt: skip
def test_of_those_on_the_line_any_number_is_chosen_none_included(
    answers: tuple[str, ...], chosen: tuple[str, ...], paper_tie: Table
) -> None:
    tied = dataclasses.replace(tied_record(record_of(signed_tie(paper_tie))), tie=Tie(2, ("c1", "c2"), 2, up_to=True))

    @click.command()
    def choose() -> None:
        click.echo(" ".join(["chosen", *HeadDialogue(VI, tied)._choose()]))

    done = CliRunner().invoke(choose, input="\n".join(answers) + "\n")
    assert done.exit_code == 0, done.output
    assert done.output.splitlines()[-1].split() == ["chosen", *chosen]
    assert done.output.count(VI.words("head.wrong_most", places=2, most=2)) == len(answers) - 1


DECISION = {"--chosen": "c2", "--by": "Chánh Văn phòng head", "--reason": "x", "--on": ""}
WRONG = {
    "outside the tied group": ({"--chosen": "c9"}, "cần chọn đúng 1 người"),
    "somebody else": ({"--by": "ai đó"}, "người quyết định là Chánh Văn phòng head"),
    "before the count": ({"--on": "01/01/2020"}, "trước ngày kiểm phiếu"),
    "a day to come": ({"--on": "31/12/9999"}, "ngày quyết định 31/12/9999 chưa đến"),
    "no day": ({"--on": "31/02/2026"}, "không phải một ngày"),
    "no reason": ({"--reason": " "}, "cần ghi lý do"),
    "left out reason": ({"--reason": ""}, "cần ghi lý do"),
    "no key": ({"--key": ""}, "ký quyết định bằng khóa"),
    "a key of somebody else": ({"--key": "chair"}, "đây không phải khóa ký của"),
}


def head(table: Table, changes: dict[str, str], *more: object) -> Result:
    given = DECISION | {"--on": written(today()), "--key": "head"} | changes
    given["--key"] = str(key_of(table, given["--key"])) if given["--key"] else ""
    words = [word for option, value in given.items() if value for word in (option, value)]
    return run("head", record_of(table), *words, "--passphrase-file", table.folder / "words", *more)


@pytest.mark.parametrize("name", WRONG)
def test_a_decision_is_checked_whole_before_it_is_written(tie: Table, name: str) -> None:
    changes, said = WRONG[name]
    refused(head(signed_tie(tie), changes), said)
    assert head_files(tie) == []


def test_two_chosen_for_one_place_and_nobody_are_refused(tie: Table) -> None:
    signed_tie(tie)
    refused(head(tie, {}, "--chosen", "c1"), "cần chọn đúng 1 người")
    refused(head(tie, {"--chosen": ""}, "--none"), "cần chọn đúng 1 người")
    refused(head(tie, {}, "--none"), "--none và --chosen loại trừ nhau")
    assert head_files(tie) == []


def test_the_head_signs_a_decision_of_today_where_no_day_is_given(tie: Table) -> None:
    done = head(signed_tie(tie), {"--on": ""})
    assert done.exit_code == 0, done.output
    assert decision_of(tie).on == today().isoformat()
    assert check_file(record_of(tie), ()).verdict is Verdict.SOUND


def test_decision_and_page_that_lie_beside_a_record_are_checked_with_it(tie: Table) -> None:
    assert head(signed_tie(tie), {}).exit_code == 0
    for given in (tie.result, record_of(tie), tie.result / "minutes.pdf"):
        report = check_file(given, ())
        assert any(one.check == "head_decision" and one.examined for one in report.checks), given
    assert check_file(tie.result, ()).verdict is Verdict.SOUND
    page = tie.result / "head-decision-1.pdf"
    page.write_bytes(page.read_bytes() + b"\n")
    for given in (tie.result, record_of(tie)):
        assert check_file(given, ()).verdict is Verdict.NOT_SOUND
    bundle = tie.folder / "x.zip"
    bundle.write_bytes(b"PK\x03\x04")
    assert check_file(bundle, (), heads=(tie.result / "head-decision-1.json",)).verdict is Verdict.UNREADABLE


def test_a_decision_named_beside_another_one_of_the_same_name_counts_as_a_second(tie: Table) -> None:
    assert head(signed_tie(tie), {}).exit_code == 0
    beside = tie.result / "head-decision-1.json"
    other = tie.folder / beside.name
    shutil.copy(beside, other)
    assert check_file(tie.result, (), heads=(other,)).verdict is Verdict.SOUND
    beside.unlink()
    (tie.result / "head-decision-1.pdf").unlink()
    assert head(tie, {"--chosen": "c1"}).exit_code == 0
    report = check_file(tie.result, (), heads=(other,))
    assert report.verdict is Verdict.NOT_SOUND
    assert any("a second decision on paper 1" in place for one in report.checks for place in one.first)


def test_a_recount_gives_the_same_record_after_the_decision(tie: Table) -> None:
    assert head(signed_tie(tie), {}).exit_code == 0
    uuid, again = tie.lab.election.uuid, tie.folder / "again"
    made = [tie.result / f"{uuid}.{end}" for end in ("bel", "facts.json", "count.json")]
    done = run("recount", *made, "--out", again, "--make-folder", "--with", record_of(tie))
    assert done.exit_code == 0, done.output
    fresh, signed = (read_record(path.read_bytes())[0] for path in (again / "record.json", record_of(tie)))
    assert fresh.payload == signed.payload


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

    monkeypatch.setattr(tally.count.steps, "audit", audit)
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

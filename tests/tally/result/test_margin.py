"""Names that the ballots of spares could change: the one function of minutes and verify, held to brute force."""

import itertools
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some

from tally.audit.record import note_spares
from tally.audit.report import Findings
from tally.result.margin import could_change, names_of
from tally.result.rule import decide
from tests.tally.records import GE30, sample_paper, sample_record
from tests.tally.test_minutes import minutes_text
from voting.documents.case import Case, Counted, HeadChoice
from voting.documents.conferences.conference import Rule, Selection
from voting.documents.facts import SparesActivated
from voting.documents.record import Record


def case_of(agrees: list[int], *, quota: int | None = None, least: int = 3, ballots: int = 10) -> Case:
    """Ten people present; `least` agree votes meet the rule."""
    selection = Selection("all") if quota is None else Selection("top", quota)
    names = tuple(Counted(f"c{number}", f"Name {number}", agree, 0) for number, agree in enumerate(agrees, 1))
    return Case(Rule(">=", least, 10, "present"), selection, 10, 10, ballots, names)


def near(case: Case, spares: int) -> set[str]:
    return set(could_change(case, decide(case), spares))


@pytest.mark.parametrize(
    ("agree", "spares", "named"),
    [(2, 1, False), (3, 1, True), (4, 1, False), (4, 2, True), (3, 0, False), (10, 3, False), (5, 3, True)],
)
def test_a_name_is_near_the_minimum_where_agree_less_spares_misses_it(agree: int, spares: int, named: bool) -> None:
    assert (near(case_of([agree]), spares) == {"c1"}) is named


def test_with_a_quota_both_sides_of_the_line_within_the_spares_are_named() -> None:
    case = case_of([10, 8, 7, 5, 1], quota=2)
    assert near(case, 0) == set()
    assert near(case, 1) == {"c2", "c3"}
    assert near(case, 2) == {"c2", "c3"}
    assert near(case, 3) == {"c1", "c2", "c3", "c4"}


def test_names_tied_on_the_last_place_are_named_also_once_the_head_has_decided() -> None:
    case = case_of([9, 6, 6], quota=2)
    assert near(case, 1) == {"c2", "c3"}
    decided = msgspec.structs.replace(case, head_decision=HeadChoice(("c3",), "by", "reason", "2022-04-10"))
    assert near(decided, 1) == {"c2", "c3"}


def test_where_the_quota_is_not_filled_the_minimum_alone_counts() -> None:
    assert near(case_of([9, 8, 2], quota=3), 2) == set()


@given(
    agrees=some.lists(some.integers(0, 8), min_size=1, max_size=4),
    quota=some.one_of(some.none(), some.integers(1, 3)),
    least=some.integers(1, 6),
    spares=some.integers(0, 3),
)
def test_the_names_are_those_that_some_removal_changes(
    agrees: list[int], quota: int | None, least: int, spares: int
) -> None:
    case = case_of(agrees, quota=quota, least=least)
    before = {one.id: one.outcome for one in decide(case).candidates}
    changed: set[str] = set()
    for lost in itertools.product(range(spares + 1), repeat=len(agrees)):
        left = [max(0, agree - less) for agree, less in zip(agrees, lost, strict=True)]
        after = decide(case_of(left, quota=quota, least=least))
        changed |= {one.id for one in after.candidates if one.outcome != before[one.id]}
    assert near(case, spares) == changed


def close_record(spares: int = 1, *, form: str = "electronic") -> Record:
    """The second of three names has just enough agree votes: 13 of 42 present."""
    votes = (Counted("c1", "", 30, 5), Counted("c2", "", 13, 20), Counted("c3", "", 2, 30))
    paper = sample_paper(3, rule=GE30)
    named = [
        msgspec.structs.replace(one, name=listed.name) for one, listed in zip(votes, paper.candidates, strict=True)
    ]
    record = sample_record(3, paper=paper, votes=named, form=form)  # type: ignore[arg-type]
    activated = (SparesActivated("lost", spares),) if spares else ()
    return msgspec.structs.replace(record, facts=msgspec.structs.replace(record.facts, spares_activated=activated))


@pytest.mark.parametrize(
    ("language", "words"),
    [("vi", "Lưu ý về thẻ dự phòng: đã kích hoạt {n}"), ("en", "Note on spare cards: {n}")],
)
@pytest.mark.parametrize("spares", [1, 2])
def test_the_minutes_name_whom_spares_could_change(language: str, words: str, spares: int, tmp_path: Path) -> None:
    record = close_record(spares)
    text = minutes_text(record, tmp_path, language)
    (warning,) = [part for part in text.split("\n") if words.split(":")[0] in part]
    told = warning[warning.index(words.format(n=f"{spares:02}" if language == "vi" else spares)) :].split(".")[0]
    assert record.papers[0].case.candidates[1].name in told and record.papers[0].case.candidates[0].name not in told


@pytest.mark.parametrize("record", [close_record(0), close_record(form="paper")], ids=["no spares", "on paper"])
def test_without_spares_neither_minutes_nor_verify_warn(record: Record, tmp_path: Path) -> None:
    findings = Findings()
    note_spares(findings, record, "record.json")
    assert (names_of(record, record.papers[0]), findings.notes) == ((), [])
    assert "Lưu ý về thẻ dự phòng" not in minutes_text(record, tmp_path)


def test_verify_notes_whom_spares_could_change_and_fails_nothing() -> None:
    record, findings = close_record(2), Findings()
    note_spares(findings, record, "record.json")
    assert findings.sound
    (note,) = findings.notes
    assert note.startswith("record.json (paper 1): spare cards activated: 2;")
    assert note.endswith(f"đối với: {record.papers[0].case.candidates[1].name}")

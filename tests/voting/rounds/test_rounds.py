"""Rounds: steps feed each other from signed documents alone; papers, quotas, notes, ties, annulments."""

import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from keys.files.signing import new_signing_key
from tests.sittings import with_result
from tests.voting.rounds.conferences import conference_for, questions_for
from tests.voting.rounds.office import (
    CHAIR,
    KEY,
    OFFICE,
    TELLERS,
    UNIT,
    attendance,
    held,
    hold,
    meeting,
    office_round,
    people,
    read,
    record_of,
    signed,
)
from voting.conference.draft.agenda import draft_problems
from voting.conference.draft.clashes import clash_notes
from voting.documents.bundles.ledger import Annulment, Ledger
from voting.documents.bundles.signed import read_signed
from voting.documents.bundles.step_chain import payload_hash
from voting.documents.conferences.check import conference_problems
from voting.documents.conferences.conference import Conference, Rule, Signer
from voting.documents.conferences.election import Election
from voting.documents.errors import UnsignedDocument
from voting.documents.list_decision import HandVote, ListDecision, unsigned_list_decision
from voting.documents.record import Record
from voting.documents.tellers import Clash
from voting.people.errors import (
    CompositionNotConfirmed,
    InvalidRound,
    NotFinal,
    NothingToVote,
    QuotaMissing,
    WrongDocument,
    WrongTurn,
)
from voting.procedures import load_ruleset
from voting.rounds.decisions import Deciding, list_decision_for
from voting.rounds.filing import file_documents, step_of_document
from voting.rounds.ledger import annul, begin, close, documents_in_force, next_step
from voting.rounds.meetings import Meeting, draft_for
from voting.rounds.outcome import outcomes
from voting.rounds.papers import papers_for
from voting.rounds.quorum import is_late, reminders
from voting.rounds.round import Letters, Nominee, Options, Round, Seat, check_round, step_of
from voting.rounds.summons import exclude

PROCEDURES = ("CUR-DEPT", "CUR-OFFICE", "NEXT-DEPT", "NEXT-OFFICE")
DECIDING = Deciding(place="Phòng họp", date="2022-04-01", adopted_by="Tập thể lãnh đạo", signers=(CHAIR,))


def names(paper: Any, *, put_forward: bool = False) -> list[str]:
    return [one.id for one in paper.candidates if one.put_forward is put_forward]


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_a_whole_round_of_each_procedure_is_held_headless(procedure: str) -> None:
    plan = office_round(procedure)
    check_round(plan)
    ledger, files, _ = held(plan)
    assert next_step(ledger, plan) is None
    final = [one for one in outcomes(plan, files) if one.conclusion == "planned"]
    assert len(final) == (5 if procedure.endswith("DEPT") else 1)


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_every_conference_is_right_with_its_questions(procedure: str) -> None:
    plan = office_round(procedure)
    _, files, _ = held(plan)
    for conference in {id(one.document.conference): one.document.conference for one in files
                       if isinstance(one.document, Record)}.values():  # fmt: skip
        questions = questions_for(conference, 3)
        election = Election(b"{}", "uuid", "", "", "", "", None, questions, conference)  # type: ignore[arg-type]
        assert list(conference_problems(election)) == []


def test_each_paper_names_the_document_that_its_list_comes_from() -> None:
    plan = office_round("NEXT-DEPT")
    _, files, _ = held(plan)
    by_step = {step_of_document(plan, one.document): one.document for one in files}
    third, fourth = by_step[3], by_step[4]
    assert isinstance(third, Record) and isinstance(fourth, Record)
    before = [one for paper in third.conference.papers for one in paper.previous]
    assert [(one.paper, one.kind) for one in before] == [(1, "list_decision"), (2, "list_decision")]
    assert {one.sha256 for one in before} == {payload_hash(by_step[2])}
    before = [one for paper in fourth.conference.papers for one in paper.previous]
    assert [(one.paper, one.kind, one.sha256) for one in before] == [
        (paper, "record", payload_hash(third)) for paper in (1, 2)
    ]
    assert [one.previous for one in fourth.papers] == [paper.previous for paper in fourth.conference.papers]


def test_the_list_of_the_desk_goes_through_the_leadership_to_the_wide_conference() -> None:
    plan = office_round("NEXT-DEPT")
    _, files, _ = held(plan)
    first, second = (one.document for one in files[:2])
    assert isinstance(first, ListDecision) and isinstance(second, ListDecision)
    assert [(one.unit, one.title, one.names) for one in second.lists] == [
        (one.unit, one.title, one.names) for one in first.lists
    ]
    assert [(named.paper, named.sha256) for one in second.lists for named in one.previous] == [
        (number, payload_hash(first)) for number in (1, 2)
    ]
    assert len(second.adopted) == 2


def step_two(votes: dict[str, int], **changes: Any) -> tuple[Any, Conference, tuple[Any, ...]]:
    """CUR-DEPT held up to step 2, where the first paper is voted like this."""
    plan = office_round("CUR-DEPT", **changes)
    files = file_documents(hold(plan, 1, (), lambda conference, _: dict.fromkeys(ALL, 9)), read)
    gathering = meeting(plan, step_of(plan, 2))
    conference = conference_for(plan, 2, gathering, attendance(13), files)
    return plan, conference, file_documents([signed(record_of(conference, lambda *_: votes))], read)


ALL = [f"{letter}{at}" for letter in "do" for at in range(10)]


def test_those_who_meet_the_rule_go_on_and_the_others_do_not() -> None:
    plan, _, files = step_two({"d4": 4, "d0": 10, "d1": 3, "d5": 5, "o0": 4})
    following = papers_for(plan, 3, files)
    assert [names(paper) for paper in following] == [["d0", "d4", "d5"], ["o0"]]


def test_names_put_forward_stand_after_the_list_and_then_are_names_like_any_other() -> None:
    plan, conference, files = step_two({"d5": 10, "o0": 5})
    paper = conference.papers[0]
    assert (names(paper), names(paper, put_forward=True)) == (["d0", "d1", "d2", "d3", "d4"], ["d5", "d6"])
    shared = {one.at[0] for one in paper.candidates if one.put_forward}
    questions = questions_for(conference, 1)
    assert len(shared) == 1
    assert (questions[shared.pop()].max, len(questions)) == (1, 5 + 1 + 4)
    assert not papers_for(plan, 3, files)[0].candidates[0].put_forward


def test_no_names_are_put_forward_where_the_organiser_turns_it_off() -> None:
    _, conference, _ = step_two({"d0": 10, "o0": 5}, options=Options(put_forward_max=0))
    assert names(conference.papers[0], put_forward=True) == []


def test_a_title_nobody_passes_for_has_no_paper_and_no_title_at_all_is_an_error() -> None:
    plan, _, files = step_two({"d0": 10})
    assert [paper.title for paper in papers_for(plan, 3, files)] == ["Trưởng phòng và tương đương"]
    plan, _, files = step_two({})
    with pytest.raises(NothingToVote):
        papers_for(plan, 3, files)


def test_a_missing_a_doubled_and_a_foreign_document_are_refused() -> None:
    plan, _, files = step_two({"d0": 10, "o0": 5})
    first = file_documents(hold(plan, 1, (), lambda *_: dict.fromkeys(ALL, 9)), read)
    with pytest.raises(WrongDocument, match="missing"):
        papers_for(plan, 3, first)
    with pytest.raises(WrongDocument, match="one document expected, 2 found"):
        papers_for(plan, 3, (*files, files[0]))
    with pytest.raises(WrongDocument, match="a document of"):
        papers_for(office_round("CUR-OFFICE"), 3, files)


def test_a_record_that_awaits_the_head_feeds_nothing() -> None:
    plan, _, files = step_two({"d0": 10, "o0": 5})
    verdict = msgspec.structs.replace(files[0].document.papers[0].verdict, status="awaiting_head")
    waiting = with_result(files[0].document, verdict=verdict)
    with pytest.raises(NotFinal):
        papers_for(plan, 3, (msgspec.structs.replace(files[0], document=waiting),))


def test_what_the_reader_refuses_never_goes_on_file() -> None:
    plan = office_round("NEXT-DEPT")
    unsigned = unsigned_list_decision(list_decision_for(plan, 1, DECIDING))
    with pytest.raises(UnsignedDocument, match="awaiting signature of Bạc Cầm Chánh"):
        file_documents([unsigned], read)


def test_the_final_paper_has_its_quota_and_tie_scope_and_the_others_none() -> None:
    for procedure, scope in (("CUR-DEPT", "head_any"), ("NEXT-DEPT", "head_cutline")):
        plan = office_round(procedure)
        _, files, _ = held(plan)
        records = [one.document for one in files if isinstance(one.document, Record)]
        papers = [paper for record in records for paper in record.conference.papers]
        assert [(paper.selection.quota, paper.tie_scope) for paper in papers if paper.kind == "final"] == [
            (2, scope), (3, scope)]  # fmt: skip
        assert {paper.selection.mode for paper in papers if paper.kind != "final"} == {"all"}


def test_a_final_paper_without_a_number_of_places_is_refused() -> None:
    plan = office_round("CUR-OFFICE")
    _, files, _ = held(plan)
    with pytest.raises(QuotaMissing, match="Phó Chánh Văn phòng"):
        papers_for(msgspec.structs.replace(plan, seats=(Seat(OFFICE, "deputy_chief"),)), 4, files)


def test_removals_are_voted_in_step_one_and_are_proposals() -> None:
    plan = office_round("CUR-DEPT")
    conference = conference_for(plan, 1, meeting(plan, step_of(plan, 1)), attendance(9))
    assert [paper.kind for paper in conference.papers] == ["adopt", "adopt", "remove"]
    removal = conference.papers[2]
    assert (removal.rule, names(removal)) == (Rule(">", 1, 2, "summoned"), ["d8"])
    assert removal.candidates[0].note.startswith("Đã quy hoạch: Trưởng phòng và tương đương; Số 12-QĐ/VPUB; Lý do:")
    for agree, conclusion in ((4, "stays"), (5, "removal_proposed")):
        votes = {"d8": agree}
        files = file_documents([signed(record_of(conference, lambda *_, votes=votes: votes))], read)
        found = [one for one in outcomes(plan, files) if one.person == "d8"]
        assert [one.conclusion for one in found] == [conclusion]


def test_removals_never_feed_the_next_step() -> None:
    plan = office_round("CUR-DEPT")
    _, files, _ = held(plan)
    for one in files:
        document = one.document
        for paper in document.conference.papers if isinstance(document, Record) else ():
            assert paper.step == 1 or "d8" not in names(paper)


def test_step_one_by_show_of_hands_ends_in_a_list_decision_and_keeps_its_removal_ballot() -> None:
    plan = office_round("CUR-DEPT", options=Options(adopt="hand"))
    _, files, _ = held(plan)
    decision = files[0].document
    assert isinstance(decision, ListDecision)
    assert [name.id for name in decision.lists[0].names] == ["d0", "d1", "d2", "d3", "d4"]
    assert "giơ tay" in next(note.text for note in decision.notes if note.code == "A10")
    conference = conference_for(plan, 1, meeting(plan, step_of(plan, 1)), attendance(9))
    assert [paper.kind for paper in conference.papers] == ["remove"]


@pytest.mark.parametrize(("agree", "adopted"), [(2, True), (1, False)])
def test_a_show_of_hands_adopts_with_more_than_half_of_those_summoned(agree: int, adopted: bool) -> None:
    plan = office_round("NEXT-OFFICE")
    deciding = msgspec.structs.replace(DECIDING, vote=HandVote(3, 3, agree))
    if adopted:
        decision = list_decision_for(plan, 1, deciding)
        assert decision.vote is not None and decision.vote.agree == agree
    else:
        with pytest.raises(WrongTurn, match="not adopted"):
            list_decision_for(plan, 1, deciding)


def test_a_step_with_a_ballot_has_no_list_decision() -> None:
    with pytest.raises(WrongTurn, match="voted by ballot"):
        list_decision_for(office_round("CUR-DEPT"), 1, DECIDING)


def test_a_forged_list_decision_does_not_verify() -> None:
    plan = office_round("NEXT-OFFICE")
    stranger = new_signing_key()
    from keys.files.signing import public_text

    other = msgspec.structs.replace(DECIDING, signers=(replace_key(CHAIR, public_text(stranger)),))
    raw = unsigned_list_decision(list_decision_for(plan, 1, other))
    from voting.documents.errors import InvalidListDecision
    from voting.documents.list_decision import sign_list_decision

    with pytest.raises(InvalidListDecision, match="not one that the decision names"):
        sign_list_decision(raw, [KEY])
    good = sign_list_decision(raw, [stranger])
    assert read_signed(good).step == 1


def replace_key(signer: Signer, key: str) -> Signer:
    return msgspec.structs.replace(signer, key=key)


# Notes


def test_the_notes_say_by_which_readings_and_decisions_the_step_is_held() -> None:
    plan = office_round("CUR-DEPT")
    step = step_of(plan, 4)
    _, files, _ = held(plan)
    gathering = meeting(plan, step)
    fewer = exclude(gathering.summons, "l2", reason="nghỉ ốm dài ngày", author="Chánh Văn phòng", opened=False)
    notes = {note.code: note.text for note in draft_for(plan, 4, meeting(plan, step, summons=fewer), files).notes}
    assert set(notes) >= {"A2", "A3", "A4", "A5", "A6", "A7", "A16", "A17"}
    assert not {"A1", "A9", "A10", "A19"} & set(notes)
    assert "loại Tòng Lãnh Địch (nghỉ ốm dài ngày; Chánh Văn phòng)" in notes["A4"]
    assert "Trưởng phòng và tương đương, Phòng Tổng hợp: 3" in notes["A16"]


def test_a_composition_that_the_plan_lacks_must_be_confirmed_and_is_noted() -> None:
    plan = office_round("CUR-OFFICE")
    _, files, _ = held(plan)
    step = step_of(plan, 2)
    with pytest.raises(CompositionNotConfirmed, match="B.II.1.2.3\\(2\\)"):
        draft_for(plan, 2, meeting(plan, step, composition=None), files)
    draft = draft_for(plan, 2, meeting(plan, step), files)
    assert draft.composition == "Tập thể lãnh đạo Văn phòng; trưởng, phó các phòng."
    assert "Chánh Văn phòng xác nhận ngày 02/04/2022" in next(n.text for n in draft.notes if n.code == "A19")


ON_BALLOT = Signer("Nguyễn Phó An", "Ủy viên", TELLERS[1].key, True)


def counting(reasons: dict[str, str]) -> tuple[Round, Meeting]:
    """A round's first step with a teller who stands on its paper."""
    plan = office_round("CUR-DEPT")
    tellers = (TELLERS[0], ON_BALLOT)
    return plan, meeting(plan, step_of(plan, 1), tellers=tellers, teller_reasons=reasons)


@pytest.mark.parametrize("reasons", [{}, {ON_BALLOT.name: ""}, {"Người Khác": "Cả phòng chỉ có ba đảng viên"}])
def test_a_teller_on_the_ballot_without_a_reason_is_named(reasons: dict[str, str]) -> None:
    plan, gathering = counting(reasons)
    problems = [str(one) for one in draft_problems(draft_for(plan, 1, gathering)) if one.key == "teller_listed"]
    assert problems == ["teller Nguyễn Phó An stands on a ballot: a reason expected"]


def test_a_teller_on_the_ballot_counts_for_a_reason_that_the_record_keeps() -> None:
    reason = "Cả phòng chỉ có ba đảng viên"
    plan, gathering = counting({ON_BALLOT.name: reason, TELLERS[0].name: "không cần"})
    conference, draft = conference_for(plan, 1, gathering, attendance(9)), draft_for(plan, 1, gathering)
    assert draft.clashes == (Clash(ON_BALLOT.name, reason),)  # who stands on no paper needs no word
    assert conference.notes == (*draft.notes, *clash_notes(draft.clashes))
    assert [one.key for one in draft_problems(draft) if one.key == "teller_listed"] == []


# Deadlines


@pytest.mark.parametrize(("day", "late"), [(14, False), (15, True), (16, True)])
def test_a_round_is_late_from_the_day_that_the_deadline_names(day: int, late: bool) -> None:
    plan = office_round("CUR-DEPT")
    assert is_late(plan, datetime.date(2022, 4, day)) is late
    own = msgspec.structs.replace(plan, letters=Letters(deadline=datetime.date(2022, 4, day + 1)))
    assert not is_late(own, datetime.date(2022, 4, day)) and is_late(own, datetime.date(2022, 4, day + 1))


def test_what_is_due_within_two_weeks_is_reminded_of_before_the_day() -> None:
    plan = office_round("CUR-DEPT")
    assert [(one.section, one.left, one.people) for one in reminders(plan, datetime.date(2022, 3, 20))] == [
        ("B.I", 11, 19)
    ]
    found = list(reminders(plan, datetime.date(2022, 4, 10)))
    assert [(one.section, one.left) for one in found] == [("C.1", 5), ("B.II.1.1.4", 5)]
    assert list(reminders(plan, datetime.date(2022, 4, 15))) == []


# The ledger

WHY = Annulment("wrong_paper", "Sai tên một đồng chí trên phiếu", "Chánh Văn phòng", "2022-04-03")


def test_a_revote_is_a_new_ballot_and_the_first_stays_on_file() -> None:
    plan = office_round("CUR-OFFICE")
    ledger = close(begin(Ledger(), plan, 1, "first"), 1, ("aa",))
    ledger = annul(ledger, plan, 1, WHY)
    assert documents_in_force(ledger) == ()
    ledger = close(begin(ledger, plan, 1, "second"), 1, ("bb",))
    assert [(one.attempt, one.uuid, one.state) for one in ledger.sittings] == [
        (1, "first", "annulled"), (2, "second", "signed")]  # fmt: skip
    assert documents_in_force(ledger) == ("bb",)
    assert ledger.sittings[0].annulment == WHY


OUT_OF_TURN = {
    "a step before its turn": lambda plan, ledger: begin(ledger, plan, 3, "x"),
    "a step held twice": lambda plan, ledger: begin(begin(ledger, plan, 2, "x"), plan, 2, "y"),
    "a uuid used again": lambda plan, ledger: begin(ledger, plan, 2, "first"),
    "a close without a sitting": lambda plan, ledger: close(ledger, 2, ("cc",)),
    "a close without documents": lambda plan, ledger: close(begin(ledger, plan, 2, "x"), 2, ()),
    "an annulment of nothing": lambda plan, ledger: annul(ledger, plan, 2, WHY),
    "an annulment without a listed reason": lambda plan, ledger: annul(
        ledger, plan, 1, msgspec.structs.replace(WHY, reason="mood")),
    "an annulment without words": lambda plan, ledger: annul(ledger, plan, 1, msgspec.structs.replace(WHY, words=" ")),
    "an annulment without a date": lambda plan, ledger: annul(ledger, plan, 1, msgspec.structs.replace(WHY, on="3/4")),
    "an annulment below a later step": lambda plan, ledger: annul(begin(ledger, plan, 2, "x"), plan, 1, WHY),
}  # fmt: skip


@pytest.mark.parametrize("act", OUT_OF_TURN.values(), ids=OUT_OF_TURN.keys())
def test_nothing_happens_out_of_turn(act: Any) -> None:
    plan = office_round("CUR-OFFICE")
    with pytest.raises(WrongTurn):
        act(plan, close(begin(Ledger(), plan, 1, "first"), 1, ("aa",)))


# The round itself


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"seats": ()}, "at least one title"),
        ({"options": Options(put_forward_max=21)}, "0 to 20 names put forward"),
        ({"options": Options(put_forward_max=-1)}, "0 to 20 names put forward"),
        ({"seats": (Seat(UNIT, "chief"),)}, "does not fill 'chief'"),
        ({"seats": (Seat(UNIT, "dept_head", 0), Seat(UNIT, "dept_deputy"))}, "at least one place"),
        ({"seats": (Seat(UNIT, "dept_head"),) * 2}, "stands 2 times"),
        ({"nominees": (Nominee("zz", UNIT, "dept_head"),)}, "nobody of the id 'zz'"),
        ({"nominees": (Nominee("d0", UNIT, "dept_head"),) * 2}, "'d0' stands 2 times"),
        ({"eligible": (Nominee("d0", "Phòng khác", "dept_head"),)}, "no seat"),
        ({"seats": (Seat("a\u202eb", "dept_head"),)}, "the unit .* is "),
    ],
)
def test_a_round_that_contradicts_itself_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidRound, match=message):
        check_round(office_round("CUR-DEPT", **changes))


def test_a_round_survives_being_written_and_read() -> None:
    plan = office_round("NEXT-DEPT")
    assert msgspec.json.decode(msgspec.json.encode(plan), type=type(plan)) == plan


def test_names_that_await_the_head_are_not_called_planned() -> None:
    plan = office_round("CUR-OFFICE")

    def all_alike(conference: Conference, paper: int) -> dict[str, int]:
        return {one.id: conference.present for one in conference.papers[paper - 1].candidates if not one.put_forward}

    _, files, _ = held(plan, all_alike)
    assert {one.conclusion for one in outcomes(plan, files)} == {"awaiting_head"}


def test_another_kind_of_body_holds_its_only_step_the_same_way() -> None:
    union = load_ruleset(Path(__file__).parents[1] / "procedures" / "trade_union.toml")
    plan = office_round(
        "BCH", ruleset=union, seats=(Seat("Công đoàn", "committee"),), eligible=(),
        nominees=tuple(Nominee(f"d{at}", "Công đoàn", "committee") for at in range(10)),
        people=tuple(msgspec.structs.replace(person, capacities=("delegates",)) for person in people()),
    )  # fmt: skip
    check_round(plan)
    _, files, _ = held(plan)
    conference = files[0].document.conference  # type: ignore[union-attr]
    assert (conference.papers[0].selection.quota, conference.papers[0].rule) == (5, Rule(">=", 2, 3, "present"))
    assert conference.quorum is None
    planned = [one.person for one in outcomes(plan, files) if one.conclusion == "planned"]
    assert planned == [f"d{at}" for at in range(5)]

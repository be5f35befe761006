"""The notes of a conference: which readings of the plan apply, with what the organiser decided on each."""

from voting.documents.conferences.conference import Note
from voting.documents.kinds import kind_of
from voting.procedures.schema import Step
from voting.rounds.round import Round, ballots_of, person_of, procedure_of, takes_list_decision, title_of
from voting.rounds.seats.eligibility import Confirmation
from voting.rounds.summons import Exclusion

ADOPTED_BY_HAND = (
    "Việc thông qua danh sách được biểu quyết giơ tay theo lựa chọn của đơn vị tổ chức; "
    "việc đưa ra khỏi quy hoạch được bỏ phiếu kín."
)


def notes_for(
    plan: Round,
    step: Step,
    exclusions: tuple[Exclusion, ...] = (),
    confirmed: str = "",
    confirmations: tuple[Confirmation, ...] = (),
) -> tuple[Note, ...]:
    """Return the notes of a step in the order of the ruleset, each with its decisions behind the reading."""
    said = {
        "A4": "; ".join(f"loại {one.name} ({one.reason}; {one.author})" for one in exclusions),
        "A9": f"mỗi phiếu giới thiệu thêm tối đa {plan.options.put_forward_max} người mỗi chức danh",
        "A16": _quotas(plan),
        "A19": confirmed,
        "A22": "; ".join(_confirmation(plan, one) for one in confirmations),
    }
    codes = _codes(plan, step)
    if confirmations:
        codes.add("A22")
    return tuple(
        Note(note.code, _with(_reading(plan, note.code, note.text), said.get(note.code, "")))
        for note in plan.ruleset.notes
        if note.code in codes
    )


def _codes(plan: Round, step: Step) -> set[str]:
    ballots = ballots_of(plan, step)
    codes = {*plan.ruleset.general_notes, *procedure_of(plan).notes, *step.notes, *step.composition.notes}
    for ballot in ballots:
        codes.update(ballot.notes, plan.ruleset.rules[ballot.rule].notes)
    if takes_list_decision(plan, step):
        codes.update(code for ballot in step.ballots if kind_of(ballot.kind).by_hand for code in ballot.notes)
    return codes


def _reading(plan: Round, code: str, text: str) -> str:
    return ADOPTED_BY_HAND if code == "A10" and plan.options.adopt == "hand" else text


def _with(text: str, said: str) -> str:
    return f"{text} ({said}.)" if said else text


def _quotas(plan: Round) -> str:
    numbers = (f"{title_of(plan, seat).name}, {seat.unit}: {seat.quota}" for seat in plan.seats if seat.quota)
    return "; ".join(numbers)


def _confirmation(plan: Round, one: Confirmation) -> str:
    return f"{person_of(plan, one.person).name}: {one.reason} ({one.by}, {one.on})"

"""A fictional office with a whole round for each procedure, voted on paper by the rule itself: no cryptography.

`held(plan, ...)` drives every step of a round and returns its ledger and signed documents.
"""

import hashlib
from collections.abc import Callable, Mapping

from keys.files.signing import SigningKey, new_signing_key, public_text
from tally.result.rule import decide
from tally.signing.signatures import sign_record
from tests.voting.rounds.conferences import conference_for
from tests.voting.rounds.staff import person, ruleset
from voting.documents.bundles.ledger import Ledger
from voting.documents.bundles.signed import read_signed
from voting.documents.bundles.signers import signed_by
from voting.documents.canonical import canonical
from voting.documents.case import Case, Counted
from voting.documents.conferences.conference import ON_PAPER, Attendance, Conference, Organiser, Signer
from voting.documents.facts import Cards, CountFacts, RoomFacts
from voting.documents.list_decision import (
    ListDecision,
    sign_list_decision,
    unsigned_list_decision,
)
from voting.documents.record import (
    FORMAT,
    RECORD_TYPE,
    BallotCounts,
    MadeBy,
    PaperResult,
    Record,
    read_record,
    unsigned_record,
)
from voting.people.person import Birth, Person
from voting.procedures.schema import Step
from voting.rounds.decisions import Deciding, list_decision_for
from voting.rounds.filing import Filed, file_documents
from voting.rounds.ledger import begin, close
from voting.rounds.meetings import CompositionWord, Meeting
from voting.rounds.round import Nominee, Options, Removal, Round, Seat, procedure_of, step_of, takes_list_decision
from voting.rounds.summons import summon

UNIT = "Phòng Tổng hợp"
OFFICE = "Văn phòng UBND tỉnh"
KEY: SigningKey = new_signing_key()
CHAIR = Signer("Bạc Cầm Chánh", "Chủ trì", public_text(KEY), True)
TELLERS = (Signer("Lò Kiểm Một", "Trưởng ban", ON_PAPER, True), Signer("Hà Kiểm Hai", "Ủy viên", ON_PAPER, True))
ORGANISER = Organiser("state", "UBND TỈNH SƠN LA", "VĂN PHÒNG", "Sơn La", "BB-VPUB", "")
GIVEN = ("An", "Bình", "Cường", "Dũng", "Đạt", "Em", "Giang", "Hà", "Khánh", "Lan")
WORD = CompositionWord("Tập thể lãnh đạo Văn phòng; trưởng, phó các phòng.", "Chánh Văn phòng", "2022-04-02")
Turnout = Callable[[Conference, int], Mapping[str, int]]


def people() -> tuple[Person, ...]:
    """Nine leaders, ten deputies, ten officers; all leaders and deputies are summoned to the wide conferences."""
    leaders = [
        person(f"l{at}", name=f"Tòng Lãnh {name}", position="Phó Chánh Văn phòng", unit=OFFICE, post="deputy_chief",
               capacities=("leadership", "party_committee"))
        for at, name in enumerate(("Đạo", "Đường", "Địch", "Hải", "Hạnh", "Hoa", "Nga", "Nam", "Quế"))
    ]  # fmt: skip
    deputies = [
        person(f"d{at}", name=f"Nguyễn Phó {name}", birth=Birth(1980 + at, 4, 5), sex="MF"[at % 2],
               ethnicity="Thái" if at % 3 else "Kinh", planned=("dept_head",) if at > 7 else (),
               planned_decision="Số 12-QĐ/VPUB" if at > 7 else "", education="Thạc sĩ Luật", theory="Cao cấp",
               ratings="HTTNV, HTXSNV, HTTNV")
        for at, name in enumerate(GIVEN)
    ]  # fmt: skip
    officers = [
        person(f"o{at}", name=f"Trần Chuyên {name}", position="Chuyên viên", post="officer", birth=Birth(1990, 1 + at),
               capacities=())
        for at, name in enumerate(GIVEN)
    ]  # fmt: skip
    return (*leaders, *deputies, *officers)


def office_round(procedure: str, **changes: object) -> Round:
    """A round of a procedure with one or two seats, five and four names, and names that may be put forward."""
    seats: tuple[Seat, ...]
    eligible: tuple[Nominee, ...]
    removals: tuple[Removal, ...] = ()
    if procedure.endswith("DEPT"):
        head_places = 3 if procedure.startswith("CUR") else 2  # d8 and d9 are planned; d8 is voted out
        seats = (Seat(UNIT, "dept_head", head_places), Seat(UNIT, "dept_deputy", 3))
        nominees = [Nominee(f"d{at}", UNIT, "dept_head", 1) for at in range(5)]
        nominees += [Nominee(f"o{at}", UNIT, "dept_deputy") for at in range(4)]
        eligible = (Nominee("d5", UNIT, "dept_head", 1), Nominee("d6", UNIT, "dept_head", 1))
        removals = (Removal("d8", UNIT, "dept_head", "Không đủ tiêu chuẩn, điều kiện"),)
    else:
        seats = (Seat(OFFICE, "deputy_chief", 1),)
        nominees = [Nominee(f"d{at}", OFFICE, "deputy_chief", 2) for at in range(4)]
        eligible = (Nominee("d5", OFFICE, "deputy_chief", 2),)
    values: dict[str, object] = {
        "id": f"round-{procedure}", "ruleset": ruleset(), "procedure": procedure, "organiser": ORGANISER,
        "address": "đồng chí", "people": people(), "seats": seats, "nominees": tuple(nominees),
        "removals": removals if procedure.startswith("CUR") else (), "eligible": eligible, "options": Options(),
    }  # fmt: skip
    return Round(**(values | changes))  # type: ignore[arg-type]


def meeting(plan: Round, step: Step, **changes: object) -> Meeting:
    """A meeting of a step, everybody of its composition summoned."""
    values: dict[str, object] = {
        "place": "Hội trường", "date": f"2022-04-{step.number:02d}", "tellers": TELLERS, "chair": CHAIR,
        "secretary": Signer("Hà Thư Ký", "Thư ký", ON_PAPER, True), "head": CHAIR,
        "summons": summon(plan.people, step.composition.capacities),
        "composition": WORD if step.composition.must_confirm else None,
    }  # fmt: skip
    return Meeting(**(values | changes))  # type: ignore[arg-type]


def attendance(present: int) -> Attendance:
    """Everybody present drew a card."""
    return Attendance(present, present, 1, public_text(KEY), public_text(KEY))


def everybody_agrees(conference: Conference, paper: int) -> dict[str, int]:
    """All present agree to every listed name; one more vote for each earlier name, so that nobody ties."""
    listed = [one for one in conference.papers[paper - 1].candidates if not one.put_forward]
    return {one.id: conference.present - min(at, conference.present // 2) for at, one in enumerate(listed)}


def result_of(conference: Conference, paper: int, agree: Mapping[str, int]) -> PaperResult:
    """What a paper came to: these agree votes, everybody else silent."""
    one = conference.papers[paper - 1]
    counted = tuple(Counted(each.id, each.name, agree.get(each.id, 0), 0) for each in one.candidates)
    case = Case(one.rule, one.selection, conference.summoned, conference.present, conference.present, counted)
    counts = BallotCounts(conference.drawn, conference.present, conference.present, 0, "")
    return PaperResult(paper, case, decide(case), counts, one.previous, ())


def record_of(conference: Conference, turnout: "Turnout", uuid: str = "box") -> Record:
    """A record counted on paper, with these agree votes."""
    cards = Cards(conference.drawn, conference.drawn, 0, 0)
    time = f"{conference.date}T08:00:00+07:00"
    room = RoomFacts(1, uuid, "", "", time, time, 0, 0, cards, (), conference.present, 0, 0, 0, 0, 0, 0, (), ())
    count = CountFacts(1, uuid, "", time, time, (), (), (), (), ())
    return Record(
        format=FORMAT, kind="record", form="paper", uuid=uuid, fingerprint="", conference=conference,
        papers=tuple(result_of(conference, paper, turnout(conference, paper))
                     for paper in range(1, len(conference.papers) + 1)),
        facts=room, facts_signatures=(), count=count, hashes=None, made_by=MadeBy("test", "test", "test"),
    )  # fmt: skip


def signed(record: Record) -> bytes:
    """A record as its signed file."""
    return sign_record(unsigned_record(canonical(record)), [KEY])


def read(raw: bytes) -> Record | ListDecision:
    """Verify a file as a round must: the chair's signature is there."""
    if RECORD_TYPE.encode() not in raw:
        return read_signed(raw)
    envelope, record = read_record(raw)
    assert signed_by(envelope, [record.conference.chair])
    return record


def hold(plan: Round, number: int, files: tuple[Filed, ...], turnout: Turnout) -> list[bytes]:
    """Hold one step: its list decision, and its signed record."""
    step = step_of(plan, number)
    made = []
    if takes_list_decision(plan, step):
        deciding = Deciding(place="Phòng họp", date="2022-04-01", adopted_by=step.composition.text, signers=(CHAIR,))
        made.append(sign_list_decision(unsigned_list_decision(list_decision_for(plan, number, deciding, files)), [KEY]))
    if step.ballots and not (takes_list_decision(plan, step) and not plan.removals):
        gathering = meeting(plan, step)
        conference = conference_for(plan, number, gathering, attendance(len(gathering.summons.people)), files)
        made.append(signed(record_of(conference, turnout)))
    return made


def held(plan: Round, turnout: Turnout = everybody_agrees) -> tuple[Ledger, tuple[Filed, ...], list[bytes]]:
    """Hold all steps of a round in order."""
    ledger = Ledger()
    files: tuple[Filed, ...] = ()
    raws: list[bytes] = []
    for step in procedure_of(plan).steps:
        ledger = begin(ledger, plan, step.number, f"uuid{step.number}" if step.ballots else "")
        made = hold(plan, step.number, files, turnout)
        ledger = close(ledger, step.number, tuple(hashlib.sha256(raw).hexdigest() for raw in made))
        files = (*files, *file_documents(made, read))
        raws += made
    return ledger, files, raws

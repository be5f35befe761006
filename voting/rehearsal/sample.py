"""The sample conference: the plan's own case, key-cadre conference of the current-term review (Plan B.II.1.1.3(2)).

45 summoned, 42 present, two papers in one pass at the tablet: Trưởng phòng with 5 names, Phó Trưởng phòng with 6;
at least 30% of those present put a name on the next step's list.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from voting.conference.draft.agenda import Draft, Person
from voting.conference.draft.tellers import excused
from voting.documents.conferences.conference import Candidate, Note, Organiser, Paper, Quorum, Rule, Ruleset, Selection
from voting.documents.conferences.election import Question
from voting.documents.conferences.questions import number_papers
from voting.rehearsal.cast_list import draw_people
from voting.rehearsal.staff import Staff

SUMMONED, PRESENT, BALLOTS = 45, 42, 40
TELLERS, THRESHOLD = 3, 2
AT_LEAST_30_OF_PRESENT = Rule(">=", 3, 10, "present")
RULESET = Ruleset("SONLA-VPUB-2022-03", 1)
PROCEDURE, STEP, SECTION = "CUR-DEPT", 2, "B.II.1.1.3(2)"
NAME = "Hội nghị cán bộ chủ chốt"
TERM = "2021 - 2026"
PLACE = "Hội trường Văn phòng UBND tỉnh Sơn La"
COMPOSITION = (
    "Tập thể lãnh đạo; trưởng phòng, phó trưởng phòng và tương đương; trưởng, phó các đơn vị trực thuộc; "
    "cấp ủy đảng bộ; trưởng các đoàn thể của cơ quan Văn phòng."
)
BASIS = (
    "Quy định số 50-QĐ/TW ngày 27/12/2021 của Bộ Chính trị về công tác quy hoạch cán bộ",
    "Hướng dẫn số 16-HD/BTCTW ngày 15/02/2022 của Ban Tổ chức Trung ương",
    "Quy định số 348-QĐ/TU ngày 17/3/2022 của Ban Thường vụ Tỉnh ủy",
    "Hướng dẫn số 05-HD/BTCTU ngày 21/3/2022 của Ban Tổ chức Tỉnh ủy",
)
ORGANISER = Organiser("state", "UBND TỈNH SƠN LA", "VĂN PHÒNG", "Sơn La", "BB-VPUB", "")
NOTES = (
    Note("A3", "Số người có mặt là số người được triệu tập đã điểm danh khi chốt, trước giờ mở bỏ phiếu."),
    Note("A5", "Tỉ lệ tính trên số người, không tính trên số phiếu thu về."),
)
QUORUM = Quorum(2, 3, None)


@dataclass(frozen=True, slots=True)
class PaperPlan:
    """A title and how many names are drawn for it, from which post."""

    title: str
    names: int
    post: str


SAMPLE_PAPERS = (
    PaperPlan("Trưởng phòng và tương đương", 5, "Phó Trưởng phòng"),
    PaperPlan("Phó Trưởng phòng và tương đương", 6, "Chuyên viên"),
)


def single_paper(names: int) -> tuple[PaperPlan, ...]:
    """One paper with as many names as asked for."""
    return (PaperPlan("Trưởng phòng và tương đương", names, "Phó Trưởng phòng"),)


def draw_papers(plans: Sequence[PaperPlan], seed: int) -> tuple[tuple[Paper, ...], tuple[Question, ...]]:
    """Draw the names of each paper from the seed; return the papers, and one agree/disagree question a name."""
    papers: list[Paper] = []
    for number, plan in enumerate(plans, 1):
        names: list[Candidate] = []
        for person in draw_people(plan.names, seed * 100 + number, plan.post):
            identifier = f"c{len(names) + 1}"
            names.append(Candidate(identifier, person.name, person.position, person.born, "", False, (0, 0)))
        papers.append(
            Paper(
                ruleset=RULESET,
                procedure=PROCEDURE,
                step=STEP,
                section=SECTION,
                term=TERM,
                kind="introduce",
                unit="",
                title=plan.title,
                rule=AT_LEAST_30_OF_PRESENT,
                selection=Selection("all"),
                tie_scope="none",
                candidates=tuple(names),
            )
        )
    return number_papers(tuple(papers), 0)


def sample_draft(papers: tuple[Paper, ...], staff: Staff, summoned: int, seed: int, date: str) -> Draft:
    """The sample as a draft: these papers, this staff, `summoned` people drawn from the seed."""
    people = tuple(
        Person(one.name, one.position.partition(", ")[2]) for one in draw_people(summoned, seed + 1, "Cán bộ chủ chốt")
    )
    draft = Draft(
        name=NAME,
        place=PLACE,
        date=date,
        organiser=ORGANISER,
        basis=BASIS,
        composition=COMPOSITION,
        address="đồng chí",
        quorum=QUORUM,
        tellers=tuple(teller.signer for teller in staff.tellers),
        chair=staff.chair[0],
        secretary=staff.secretary[0],
        head=staff.head[0],
        papers=papers,
        put_forward_max=0,
        notes=NOTES,
        people=people,
    )
    return excused(draft, "diễn tập, tên được bốc ngẫu nhiên")

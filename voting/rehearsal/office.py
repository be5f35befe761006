"""A made-up office for rehearsals of a whole round: its people by capacity, seats, source list, drawn from a seed."""

from collections.abc import Sequence

from voting.documents.conference import Organiser
from voting.plan.people import Birth, Person
from voting.plan.rounds import Nominee, Removal, Round, Seat
from voting.procedures import find_procedure, find_ruleset
from voting.rehearsal.cast_list import Person as Drawn
from voting.rehearsal.cast_list import draw_people
from voting.rehearsal.sample import ORGANISER

RULESET = "SONLA-VPUB-2022-03"
UNIT, OFFICE = "Phòng Tổng hợp", "Văn phòng UBND tỉnh"
ETHNICITIES = ("Kinh", "Thái", "Mông", "Mường")
# id, how many, post, position, capacities
GROUPS = (
    ("l", 5, "deputy_chief", "Phó Chánh Văn phòng", ("leadership", "party_committee", "party_standing")),
    ("h", 5, "dept_head", "Trưởng phòng", ("dept_heads", "cell_secretaries")),
    ("d", 6, "dept_deputy", "Phó Trưởng phòng", ("dept_deputies",)),
    ("m", 2, "officer", "Chuyên viên, Chủ tịch Công đoàn", ("mass_heads", "party_committee")),
    ("o", 6, "officer", "Chuyên viên", ()),
)
LISTED, MORE = 4, 2
"""Names on the source list of a seat, and further ones that may be put forward."""
DECISION = "Số 12-QĐ/VPUB ngày 01/6/2021"
REMOVED = {"CUR-DEPT": ("d5", "dept_head"), "CUR-OFFICE": ("h4", "deputy_chief")}
"""Who is proposed for removal, and from which title's plan."""


def office_round(procedure: str, seed: int, organiser: Organiser = ORGANISER) -> Round:
    """Draw the office and its round of a procedure; the same seed draws the same."""
    ruleset = find_ruleset(RULESET)
    filled = find_procedure(procedure, ruleset)
    removed, planned_for = REMOVED.get(procedure, ("", ""))
    people = _people(seed, removed, planned_for)
    unit = UNIT if procedure.endswith("DEPT") else OFFICE
    seats = tuple(Seat(unit, title.id, 2 if title.id != "chief" else 1) for title in filled.titles)
    listed: list[Nominee] = []
    eligible: list[Nominee] = []
    for seat, title in zip(seats, filled.titles, strict=True):
        first = title.objects[0]
        open_to = [one for one in people if one.post in first.posts and one.id != removed]
        entries = [Nominee(one.id, unit, seat.title, first.number) for one in open_to[: LISTED + MORE]]
        listed += entries[:LISTED]
        eligible += entries[LISTED:]
    return Round(
        id=f"rehearsal-{procedure}-{seed}",
        ruleset=ruleset,
        procedure=procedure,
        organiser=organiser,
        address="đồng chí",
        people=people,
        seats=seats,
        nominees=tuple(listed),
        removals=(Removal(removed, unit, planned_for, "Không đủ tiêu chuẩn, điều kiện theo quy định"),)
        if removed
        else (),
        eligible=tuple(eligible),
    )


def _people(seed: int, removed: str, planned_for: str) -> tuple[Person, ...]:
    names = draw_people(sum(group[1] for group in GROUPS), seed + 7, "Cán bộ")
    made: list[Person] = []
    for prefix, count, post, position, capacities in GROUPS:
        for at, drawn in enumerate(names[len(made) : len(made) + count]):
            identity = f"{prefix}{at}"
            planned = (planned_for,) if identity == removed else ()
            made.append(_person(identity, drawn, post, position, capacities, planned, len(made)))
    return tuple(made)


def _person(
    identity: str, drawn: Drawn, post: str, position: str, capacities: Sequence[str], planned: tuple[str, ...], at: int
) -> Person:
    day, month, _ = (int(part) for part in drawn.born.split("/"))
    return Person(
        id=identity,
        name=drawn.name,
        birth=Birth(1976 + at % 14, month, day),
        sex="F" if " Thị " in drawn.name else "M",
        ethnicity=ETHNICITIES[at % len(ETHNICITIES)],
        position=position,
        unit=OFFICE if identity.startswith("l") else UNIT,
        post=post,
        capacities=tuple(capacities),
        planned=planned,
        planned_decision=DECISION if planned else "",
        home="Sơn La",
        party_joined="03/02/2008",
        education="Đại học",
        theory="Cao cấp",
        administration="Chuyên viên chính",
        ratings="HTTNV, HTXSNV, HTTNV",
    )

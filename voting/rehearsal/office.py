"""A made-up office for rehearsals of a whole round: its people by capacity, seats, source list, drawn from a seed.

The numbers are chosen so that a round meets its lines: seven leaders, fifteen summoned to the key-cadre conference and
ten to the extended one. An office for a ruleset of another kind is drawn from what the ruleset says.
"""

import random
from collections.abc import Iterator, Sequence

import msgspec

from voting.documents.conferences.conference import Organiser
from voting.people.person import Birth, Person
from voting.procedures import Procedure, Ruleset, Title, find_procedure, find_ruleset
from voting.rehearsal.cast_list import Person as Drawn
from voting.rehearsal.cast_list import draw_people
from voting.rehearsal.sample import ORGANISER
from voting.rounds.round import Nominee, Removal, Round, Seat

RULESET = "SONLA-VPUB-2022-03"
UNIT, OFFICE = "Phòng Tổng hợp", "Văn phòng UBND tỉnh"
FURTHER_UNITS = {
    "DEPT": ("Phòng Kinh tế", "Phòng Nội chính", "Phòng Khoa giáo - Văn xã", "Ban Tiếp công dân"),
    "OFFICE": ("Trung tâm Thông tin", "Nhà khách UBND tỉnh", "Ban Quản lý dự án", "Trung tâm Phục vụ hành chính công"),
}
"""Units besides the first one: their people stand on lists and are summoned to nothing, so every number stays."""
UNITS_LIMIT = 1 + len(FURTHER_UNITS["DEPT"])
ETHNICITIES = ("Kinh", "Thái", "Mông", "Mường")
# id, how many, post, position, capacities
GROUPS = (
    ("l", 7, "deputy_chief", "Phó Chánh Văn phòng", ("leadership", "party_committee", "party_standing")),
    ("h", 3, "dept_head", "Trưởng phòng", ("dept_heads", "cell_secretaries")),
    ("d", 5, "dept_deputy", "Phó Trưởng phòng", ("dept_deputies",)),
    ("o", 6, "officer", "Chuyên viên", ()),
)
TWICE = {"d0": ("mass_heads",), "d1": ("cell_secretaries",)}
"""Further capacities: somebody who belongs by two of them is summoned once (A13)."""
# procedure's ending: for each title the class and those on the source list, then those who may be put forward
LISTED = {
    "DEPT": {"dept_head": (("d0", "d1", "d2", "d3"), ("d4",)), "dept_deputy": (("o0", "o1", "o2", "o3"), ("o4",))},
    "OFFICE": {"chief": (("l0", "l1", "l2", "l3"), ("l4",)), "deputy_chief": (("h0", "h1", "d0", "d1"), ("h2",))},
}
QUOTAS = {"chief": 1, "dept_head": 2}
DEFAULT_QUOTA = 3
PLANNED = {"d0": ("dept_head",), "d1": ("dept_head",)}
"""Whose planning decision opens the second class of a title to them (A22)."""
DECISION = "Số 12-QĐ/VPUB ngày 01/6/2021"
REMOVED = {"CUR-DEPT": ("o5", "dept_deputy"), "CUR-OFFICE": ("d4", "deputy_chief")}
"""Who is proposed for removal, and from which title's plan."""
MEMBERS, NAMES = 12, 8
"""Of an office drawn from another ruleset: people summoned to every step, and names for each title."""


def office_round(procedure: str, seed: int, organiser: Organiser = ORGANISER, units: int = 1) -> Round:
    """Draw the office and its round of a shipped procedure, for so many units; the same seed draws the same."""
    ruleset = find_ruleset(RULESET)
    filled = find_procedure(procedure, ruleset)
    ending = procedure.rpartition("-")[2]
    unit = UNIT if ending == "DEPT" else OFFICE
    places = (unit, *FURTHER_UNITS[ending][: units - 1])
    people = (*_people(seed, procedure), *_people_of_further_units(seed, ending, places[1:]))
    posts = {one.id: one.post for one in people}
    listed: list[Nominee] = []
    eligible: list[Nominee] = []
    for number, place in enumerate(places):
        for title in filled.titles:
            first, more = (tuple(_in_unit(one, number) for one in ids) for ids in LISTED[ending][title.id])
            listed += [Nominee(one, place, title.id, _class(title, posts[one])) for one in _shuffled(first, seed)]
            eligible += [Nominee(one, place, title.id, _class(title, posts[one])) for one in more]
    removals = [Removal(who, unit, title, "Không đủ tiêu chuẩn, điều kiện theo quy định")
                for who, title in [REMOVED.get(procedure, ("", ""))] if who]  # fmt: skip
    return Round(
        id=f"rehearsal-{procedure}-{seed}",
        ruleset=ruleset,
        procedure=procedure,
        organiser=organiser,
        address="đồng chí",
        people=people,
        seats=tuple(
            Seat(place, title.id, QUOTAS.get(title.id, DEFAULT_QUOTA)) for place in places for title in filled.titles
        ),
        nominees=tuple(listed),
        removals=tuple(removals),
        eligible=tuple(eligible),
    )


def round_by(ruleset: Ruleset, procedure: str, seed: int, organiser: Organiser = ORGANISER) -> Round:
    """Draw an office and its round for a procedure of any ruleset, from what the ruleset says alone."""
    filled = find_procedure(procedure, ruleset)
    people, nominees = _drawn(ruleset, filled, seed)
    fixed = any(ballot.quota for step in filled.steps for ballot in step.ballots)  # by the statutes
    return Round(
        id=f"rehearsal-{procedure}-{seed}",
        ruleset=ruleset,
        procedure=procedure,
        organiser=organiser,
        address="đồng chí",
        people=people,
        seats=tuple(Seat(organiser.agency, title.id, None if fixed else DEFAULT_QUOTA) for title in filled.titles),
        nominees=nominees,
    )


def _drawn(ruleset: Ruleset, procedure: Procedure, seed: int) -> tuple[tuple[Person, ...], tuple[Nominee, ...]]:
    """Draw people for every step, and names for each title: from among them where it is open to everybody."""
    capacities = {one for step in procedure.steps for one in step.composition.capacities}
    held = tuple(one.id for one in ruleset.capacities if one.id in capacities)
    names = iter(draw_people(MEMBERS + NAMES * len(procedure.titles), seed + 7, "Cán bộ"))
    post = ruleset.posts[0]
    people = [_person(f"m{at}", next(names), post.id, post.name, held, (), at) for at in range(MEMBERS)]
    nominees: list[Nominee] = []
    for number, title in enumerate(procedure.titles):
        chosen = people[:NAMES] if not title.objects else list(_class_of(ruleset, title, number, names))
        nominees += [Nominee(one.id, ORGANISER.agency, title.id, _class(title, one.post)) for one in chosen]
        people += [one for one in chosen if one not in people]
    return tuple(people), tuple(nominees)


def _class_of(ruleset: Ruleset, title: Title, number: int, names: Iterator[Drawn]) -> Iterator[Person]:
    """Draw people of the first candidate class of a title."""
    first = title.objects[0]
    position = next(one.name for one in ruleset.posts if one.id == first.posts[0])
    for at in range(NAMES):
        yield _person(f"t{number}-{at}", next(names), first.posts[0], position, (), first.planned_for, at)


def _class(title: Title, post: str) -> int | None:
    return next((one.number for one in title.objects if post in one.posts), None)


def _shuffled(ids: Sequence[str], seed: int) -> list[str]:
    return random.Random(f"list|{seed}|{','.join(ids)}").sample(ids, len(ids))


def _people(seed: int, procedure: str) -> tuple[Person, ...]:
    removed, planned_for = REMOVED.get(procedure, ("", ""))
    names = draw_people(sum(group[1] for group in GROUPS), seed + 7, "Cán bộ")
    made: list[Person] = []
    for prefix, count, post, position, capacities in GROUPS:
        for at, drawn in enumerate(names[len(made) : len(made) + count]):
            identity = f"{prefix}{at}"
            own = PLANNED.get(identity, ()) if procedure.endswith("OFFICE") else ()
            planned = (planned_for,) if identity == removed else own
            held = (*capacities, *TWICE.get(identity, ()))
            made.append(_person(identity, drawn, post, position, held, planned, len(made)))
    return tuple(made)


def _in_unit(identity: str, number: int) -> str:
    """Name whoever plays a part of the first unit in a further one."""
    return f"{identity}u{number}" if number else identity


def _people_of_further_units(seed: int, ending: str, units: Sequence[str]) -> Iterator[Person]:
    """Draw, for each further unit, those who stand on its lists."""
    ids = [one for lists in LISTED[ending].values() for listed in lists for one in listed]
    described = {prefix: (post, position) for prefix, _, post, position, _ in GROUPS}
    drawn = iter(draw_people(len(ids) * len(units), seed + 70, "Cán bộ"))
    for number, unit in enumerate(units, 1):
        for at, identity in enumerate(ids):
            post, position = described[identity[0]]
            planned = PLANNED.get(identity, ()) if ending == "OFFICE" else ()
            made = _person(_in_unit(identity, number), next(drawn), post, position, (), planned, at)
            yield msgspec.structs.replace(made, unit=unit)


def _person(
    identity: str, drawn: Drawn, post: str, position: str, capacities: Sequence[str], planned: Sequence[str], at: int
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
        planned=tuple(planned),
        planned_decision=DECISION if planned else "",
        home="Sơn La",
        party_joined="03/02/2008",
        education="Đại học",
        theory="Cao cấp",
        administration="Chuyên viên chính",
        ratings="HTTNV, HTXSNV, HTTNV",
    )

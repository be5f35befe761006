"""The roll (điểm danh): who is present, who is excused, who drew a card. Never which card, never when.

The list of people is the draft's, frozen. Marking is idempotent: a door that loses its answer marks again.
"""

from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from voting.conference.steps import STEPS
from voting.documents.letters import searched
from voting.errors import NotSummoned
from voting.people.collation import name_key
from voting.storage import conference_row
from voting.storage.tables import AttendanceRow, PersonRow


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the roll: `presence` is present, excused or absent."""

    person: int
    name: str
    unit: str
    presence: str
    drew: bool


@dataclass(frozen=True, slots=True)
class RollCount:
    """Numbers of the roll so far, in people."""

    summoned: int
    present: int
    excused: int
    drawn: int

    @property
    def unexcused(self) -> int:
        """People absent without a reason."""
        return self.summoned - self.present - self.excused


def mark_present(session: Session, conference: int, person: int) -> None:
    """Mark a person present (có mặt)."""
    _mark(session, conference, person, "present", drew=None)


def mark_excused(session: Session, conference: int, person: int) -> None:
    """Mark a person absent with a reason (vắng có lý do); a card they drew must be void first."""
    _mark(session, conference, person, "excused", drew=False)


def mark_absent(session: Session, conference: int, person: int) -> None:
    """Take a mark back: the person is not here."""
    _door_open(session, conference, person)
    row = session.get(AttendanceRow, person)
    if row is not None:
        session.delete(row)
        session.flush()


def card_drawn(session: Session, conference: int, person: int, *, drew: bool = True) -> None:
    """Note that a person present drew a card, or (drew=False) that they have none."""
    _mark(session, conference, person, "present", drew=drew)


def search(session: Session, conference: int, words: str, limit: int = 50) -> list[Entry]:
    """Find people whose name or unit holds all of `words`, diacritics and case aside, in the list's order."""
    query = select(PersonRow, AttendanceRow).outerjoin(AttendanceRow, AttendanceRow.person == PersonRow.id)
    query = query.where(PersonRow.conference == conference).order_by(PersonRow.place)
    for word in searched(words).split():
        query = query.where(PersonRow.search.contains(word, autoescape=True))
    return [_entry(person, attendance) for person, attendance in session.execute(query.limit(limit))]


def entry(session: Session, conference: int, person: int) -> Entry:
    """One line of the roll; raise NotSummoned."""
    row = session.get(PersonRow, person)
    if row is None or row.conference != conference:
        raise NotSummoned("this person is not on the list of people summoned")
    return _entry(row, session.get(AttendanceRow, person))


def put_back(session: Session, conference: int, before: Entry) -> None:
    """Undo: give a line the marks that it had before."""
    if before.presence == "absent":
        mark_absent(session, conference, before.person)
    elif before.presence == "excused":
        mark_excused(session, conference, before.person)
    else:
        card_drawn(session, conference, before.person, drew=before.drew)


def count(session: Session, conference: int) -> RollCount:
    """Count the roll."""
    of = AttendanceRow.conference == conference
    by_presence = select(AttendanceRow.presence, func.count()).where(of).group_by(AttendanceRow.presence)
    presences = dict(session.execute(by_presence).all())
    drawn = session.scalar(select(func.count()).select_from(AttendanceRow).where(of, AttendanceRow.drew))
    summoned = session.scalar(select(func.count()).select_from(PersonRow).where(PersonRow.conference == conference))
    return RollCount(summoned or 0, presences.get("present", 0), presences.get("excused", 0), drawn or 0)


def write_people(session: Session, conference: int, people: list[tuple[str, str]]) -> None:
    """Write the list of people summoned, sorted as Vietnamese lists are: (name, unit)."""
    ordered = sorted(people, key=lambda one: (name_key(one[0]), one[1]))
    session.add_all(
        PersonRow(conference=conference, place=place, name=name, unit=unit, search=searched(f"{name} {unit}"))
        for place, (name, unit) in enumerate(ordered, 1)
    )
    session.flush()


def erase(session: Session, conference: int) -> None:
    """Forget the roll, on the way back to draft."""
    session.execute(delete(AttendanceRow).where(AttendanceRow.conference == conference))
    session.execute(delete(PersonRow).where(PersonRow.conference == conference))


def rewrite(session: Session, conference: int) -> None:
    """Write the roll again in the list's order, so that nothing on the disk tells who came first."""
    rows = list(session.scalars(select(AttendanceRow).where(AttendanceRow.conference == conference)))
    values = sorted((row.person, row.presence, row.drew) for row in rows)
    for row in rows:
        session.expunge(row)
    session.execute(delete(AttendanceRow).where(AttendanceRow.conference == conference))
    session.add_all(
        AttendanceRow(person=person, conference=conference, presence=presence, drew=drew)
        for person, presence, drew in values
    )
    session.flush()


def _mark(session: Session, conference: int, person: int, presence: str, *, drew: bool | None) -> None:
    _door_open(session, conference, person)
    row = session.get(AttendanceRow, person)
    if row is None:
        session.add(AttendanceRow(person=person, conference=conference, presence=presence, drew=bool(drew)))
    else:
        row.presence, row.drew = presence, row.drew if drew is None else drew
    session.flush()


def _door_open(session: Session, conference: int, person: int) -> None:
    conference_row.demand(conference_row.find(session, conference), *STEPS["mark_roll"].states)
    found = session.get(PersonRow, person)
    if found is None or found.conference != conference:
        raise NotSummoned("this person is not on the list of people summoned")


def _entry(person: PersonRow, attendance: AttendanceRow | None) -> Entry:
    presence = attendance.presence if attendance else "absent"
    return Entry(person.id, person.name, person.unit, presence, bool(attendance and attendance.drew))

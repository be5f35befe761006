"""The two summaries as tables, before they become workbooks (Biểu tổng hợp, Plan C.1).

For the current term: Biểu rà soát, with those who stay, are added, and leave. For the next term: Biểu kết quả quy
hoạch. A header of two rows, groups by title, and a block of statistics.
"""

import datetime
from collections import Counter
from collections.abc import Callable, Sequence

import msgspec

from voting.people.collation import sort_names, text_key
from voting.people.person import Person
from voting.people.retirement import months_left, retires
from voting.procedures.schema import Step
from voting.rounds.dossier.rows import CONCLUSIONS, Line, base_word, lines_of, object_of, reference_of, voting_steps
from voting.rounds.filing import Filed
from voting.rounds.round import Round, Seat, procedure_of, title_of
from voting.rounds.seats.leavers import leavers
from voting.rounds.seats.structure import panel

CONTINUES, LEAVES = "Tiếp tục quy hoạch", "Đương nhiên ra khỏi quy hoạch"


class Column(msgspec.Struct, frozen=True):
    """A column: upper header, lower header ("" where they are one cell), width in characters."""

    top: str
    sub: str
    width: int


class Group(msgspec.Struct, frozen=True):
    """Rows under one heading; a heading alone has none."""

    heading: str
    rows: tuple[tuple[str, ...], ...] = ()


class Table(msgspec.Struct, frozen=True):
    """A summary: agency lines, title, columns, groups, statistics as pairs of label and value."""

    superior: str
    agency: str
    title: str
    subtitle: str
    columns: tuple[Column, ...]
    groups: tuple[Group, ...]
    statistics: tuple[tuple[str, str], ...]


class _Entry(msgspec.Struct, frozen=True):
    """A row before it is spelled: somebody, for a seat, with the words of the conclusion."""

    name: str
    position: str
    born: str
    person: Person | None
    seat: Seat
    object: int | None
    months_left: int | None
    line: Line | None
    conclusion: str
    note: str = ""


def summary_table(plan: Round, files: Sequence[Filed], review: datetime.date) -> Table:
    """Build the summary of a round: the review's for the current term, else the result of the new plan."""
    procedure = procedure_of(plan)
    current = procedure.kind == "current"
    what = "RÀ SOÁT, BỔ SUNG QUY HOẠCH" if current else "KẾT QUẢ QUY HOẠCH"
    sections = _sections(plan, files, review)
    spellers = _spellers(plan, current=current)
    return Table(
        superior=plan.organiser.superior,
        agency=plan.organiser.agency,
        title=f"BIỂU TỔNG HỢP {what} NHIỆM KỲ {procedure.term}",
        subtitle="(kèm theo Tờ trình số …… ngày …… tháng …… năm ……)",
        columns=tuple(column for column, _ in spellers),
        groups=_groups(sections, [spell for _, spell in spellers]),
        statistics=_statistics(plan, sections, review),
    )


Section = tuple[str, tuple[_Entry, ...]]


def _sections(plan: Round, files: Sequence[Filed], review: datetime.date) -> list[tuple[str, list[Section]]]:
    """Return for each seat its heading and its sections of entries."""
    lines = lines_of(plan, files, review)
    return [(f"{title_of(plan, seat).name} - {seat.unit}", _of_seat(plan, seat, lines, review)) for seat in plan.seats]


def _of_seat(plan: Round, seat: Seat, lines: Sequence[Line], review: datetime.date) -> list[Section]:
    own = [line for line in lines if line.seat == seat]
    voted = [_entry(line) for line in own if line.conclusion not in ("removal_proposed", "stays")]
    removals = [_entry(line) for line in own if line.conclusion in ("removal_proposed", "stays")]
    if procedure_of(plan).kind != "current":
        return [("Danh sách nhân sự", tuple(voted))]
    automatic = _automatic(plan, seat, review)
    gone = {entry.person.id for entry in (*voted, *removals, *automatic) if entry.person}
    staying = [_entry_of(plan, person, seat, review, CONTINUES) for person in _planned(plan, seat, gone)]
    return [
        ("Danh sách tiếp tục quy hoạch", tuple(staying)),
        ("Danh sách bổ sung quy hoạch", tuple(voted)),
        ("Danh sách đưa ra khỏi quy hoạch", (*removals, *automatic)),
    ]


def _planned(plan: Round, seat: Seat, gone: set[str]) -> list[Person]:
    """Return those planned for a seat's title already, in the order of names: each under the seat of their unit.

    Somebody whose unit has no seat in the round stands under the first seat of the title.
    """
    units = {one.unit for one in plan.seats if one.title == seat.title}
    first = next(one for one in plan.seats if one.title == seat.title) == seat
    there = [
        person
        for person in plan.people
        if seat.title in person.planned
        and person.id not in gone
        and (person.unit == seat.unit or (first and person.unit not in units))
    ]
    return sort_names(there, lambda person: person.name)


def _automatic(plan: Round, seat: Seat, review: datetime.date) -> list[_Entry]:
    reasons = {reason.id: reason.text for reason in plan.ruleset.removal_reasons}
    found = leavers(_planned(plan, seat, set()), procedure_of(plan), plan.ruleset, reference_of(plan, review))
    people = {person.id: person for person in plan.people}
    return [
        _entry_of(plan, people[one.person], seat, review, LEAVES, f"{reasons[one.reason]}: {one.detail}")
        for one in found
        if one.title == seat.title
    ]


def _entry(line: Line) -> _Entry:
    note = "" if line.person else "Không còn trong danh sách cán bộ"
    return _Entry(line.name, line.position, line.born, line.person, line.seat, line.object, line.months_left, line,
                  line.concluded(), note)  # fmt: skip


def _entry_of(plan: Round, person: Person, seat: Seat, review: datetime.date, words: str, note: str = "") -> _Entry:
    left = months_left(reference_of(plan, review), retires(person))
    position, born = person.position_and_unit(), person.birth.text()
    return _Entry(person.name, position, born, person, seat, object_of(plan, person, seat), left, None, words, note)


Speller = tuple[Column, Callable[[_Entry], str]]


def _spellers(plan: Round, *, current: bool) -> list[Speller]:
    """Return the columns with what each says of an entry; the running number is put in front later."""
    titles = {title.id: title.name for title in procedure_of(plan).titles}
    planned: list[Speller] = [
        (
            Column("Chức danh đã quy hoạch", "", 14),
            lambda e: "; ".join(titles.get(one, one) for one in (e.person.planned if e.person else ())),
        ),
        _listed("QĐ quy hoạch (số, ngày)", "", 14, "planned_decision"),
    ]
    return [
        (Column("Số TT", "", 5), lambda e: ""),
        (Column("Họ và tên", "", 20), lambda e: e.name),
        (Column("Ngày sinh", "Nam", 12), lambda e: e.born if e.person is None or e.person.sex == "M" else ""),
        (Column("Ngày sinh", "Nữ", 12), lambda e: e.born if e.person is None or e.person.sex == "F" else ""),
        _listed("Dân tộc", "", 8, "ethnicity"),
        _listed("Quê quán", "", 12, "home"),
        _listed("Ngày vào Đảng", "", 12, "party_joined"),
        (Column("Chức vụ, đơn vị", "", 20), lambda e: e.position),
        _listed("Trình độ", "Chuyên môn", 12, "education"),
        _listed("Trình độ", "LLCT", 9, "theory"),
        _listed("Trình độ", "QLNN", 9, "administration"),
        _listed("Đánh giá 3 năm", "", 12, "ratings"),
        *(planned if current else []),
        (Column("Đối tượng", "", 7), lambda e: str(e.object) if e.object else ""),
        (Column("Số tháng công tác còn lại", "", 9), lambda e: "" if e.months_left is None else str(e.months_left)),
        (Column("Chức danh quy hoạch", "", 16), lambda e: titles[e.seat.title]),
        *(_votes_column(plan, step) for step in voting_steps(plan)),
        (Column("Kết luận", "", 16), lambda e: e.conclusion),
        (
            Column("Ghi chú", "", 14),
            lambda e: "; ".join(text for text in (e.note, e.person.note if e.person else "") if text),
        ),
    ]


def _listed(top: str, sub: str, width: int, field: str) -> Speller:
    """Return a column of what the staff list alone says; empty where the person is not in it any more."""
    return Column(top, sub, width), lambda e: str(getattr(e.person, field)) if e.person else ""


def _votes_column(plan: Round, step: Step) -> Speller:
    def spell(entry: _Entry) -> str:
        votes = entry.line.votes.get(step.number) if entry.line else None
        return votes.text() if votes else ""

    return Column(step.name, f"Phiếu đồng ý/{base_word(plan, step)}; %", 15), spell


def _groups(sections: list[tuple[str, list[Section]]], spellers: list[Callable[[_Entry], str]]) -> tuple[Group, ...]:
    groups: list[Group] = []
    for letter, (heading, parts) in zip(_letters(), sections, strict=False):
        groups.append(Group(f"{letter}. {heading}"))
        for roman, (words, entries) in zip(("I", "II", "III"), parts, strict=False):
            rows = tuple((str(at), *(spell(entry) for spell in spellers[1:])) for at, entry in enumerate(entries, 1))
            groups.append(Group(f"{roman}. {words}: {len(entries):02d} đồng chí", rows))
    return tuple(groups)


def _letters() -> list[str]:
    alphabet = "ABCDEGHIKLMNOPQRSTUVXY"
    return [*alphabet, *(f"{first}{second}" for first in alphabet for second in alphabet)]


def _statistics(
    plan: Round, sections: list[tuple[str, list[Section]]], review: datetime.date
) -> tuple[tuple[str, str], ...]:
    """Count those who are in the plan after the round, each time they are (lượt)."""
    staying = {CONTINUES, CONCLUSIONS["planned"], CONCLUSIONS["stays"]}
    planned = [
        entry for _, parts in sections for _, entries in parts for entry in entries if entry.conclusion in staying
    ]
    people = [entry.person for entry in planned if entry.person]
    found = [("Tổng số lượt quy hoạch", f"{len(planned):02d}")]
    if plan.ruleset.structure is not None:
        counted = panel(people, plan.ruleset.structure, on=review)
        young = plan.ruleset.structure.young_under
        for label, share in (("Nữ", counted.women), ("Dân tộc thiểu số", counted.minorities),
                             (f"Trẻ (dưới {young} tuổi)", counted.young)):  # fmt: skip
            found.append((label, f"{share.count:02d} ({share.percent()}%)"))
        found += [(_band_words(band.low, band.high), f"{band.count:02d}") for band in counted.bands]
    education = Counter(person.education or "(chưa ghi)" for person in people)
    found += [(f"Trình độ: {words}", f"{education[words]:02d}") for words in sorted(education, key=text_key)]
    return tuple(found)


def _band_words(low: int | None, high: int | None) -> str:
    if low is None:
        return f"Dưới {high} tuổi"
    return f"Trên {low - 1} tuổi" if high is None else f"Từ {low} đến {high - 1} tuổi"

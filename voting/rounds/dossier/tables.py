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
from voting.rounds.dossier.rows import (
    CONCLUSIONS,
    Line,
    base_word,
    conclusion_words,
    lines_of,
    object_of,
    reference_of,
    voting_steps,
)
from voting.rounds.dossier.shares import structure_words
from voting.rounds.filing import Filed
from voting.rounds.outcome import outcomes
from voting.rounds.round import Round, Seat, plans, procedure_of, title_of
from voting.rounds.seats.standing import Standing, planned_elsewhere, planned_in, standings
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
    """A summary: agency lines, title, columns, groups, and rows of statistics, the first of them their heads.

    `place_date` and `signatures` (each the lines of one signer) stand at its end.
    """

    superior: str
    agency: str
    title: str
    subtitle: str
    columns: tuple[Column, ...]
    groups: tuple[Group, ...]
    statistics: tuple[tuple[str, ...], ...]
    place_date: str
    signatures: tuple[tuple[str, ...], ...]


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
    what = f"{'RÀ SOÁT, BỔ SUNG' if current else 'KẾT QUẢ'} QUY HOẠCH NHIỆM KỲ {procedure.term}"
    sections = _sections(plan, files, review)
    spellers = _spellers(plan, current=current)
    return Table(
        superior=plan.organiser.superior,
        agency=plan.organiser.agency,
        title=f"BIỂU TỔNG HỢP {what if plans(plan) else f'KẾT QUẢ {procedure.name.upper()}'}",
        subtitle="(kèm theo Tờ trình số …… ngày …… tháng …… năm ……)",
        columns=tuple(column for column, _ in spellers),
        groups=_groups(sections, [spell for _, spell in spellers]),
        statistics=_statistics(plan, sections, review),
        place_date=f"{plan.organiser.locality}, ngày …… tháng …… năm ……",
        signatures=(("NGƯỜI LẬP BIỂU", "(Ký, ghi rõ họ tên)"), _signer(plan)),
    )


def _signer(plan: Round) -> tuple[str, ...]:
    named = (plan.letters.signer_name,) if plan.letters.signer_name else ()
    return (plan.letters.signer.upper() or "THỦ TRƯỞNG CƠ QUAN", "(Ký, đóng dấu)", *named)


class Section(msgspec.Struct, frozen=True):
    """Entries under their words; `counted` are the conclusions that the heading counts."""

    words: str
    entries: tuple[_Entry, ...]
    counted: frozenset[str]

    def heading(self, roman: str) -> str:
        """Spell the heading: how many are concluded so, and how many were voted on where that differs."""
        goes = sum(entry.conclusion in self.counted for entry in self.entries)
        running = any(entry.line is not None and entry.line.conclusion == "undecided" for entry in self.entries)
        said = "chưa kết luận" if running and not goes else f"{goes:02d} đồng chí"
        if goes == len(self.entries):
            return f"{roman}. {self.words}: {said}"
        return f"{roman}. {self.words}: {said} ({'đang ' if running else ''}lấy phiếu {len(self.entries):02d} đồng chí)"


def _sections(plan: Round, files: Sequence[Filed], review: datetime.date) -> list[tuple[str, list[Section]]]:
    """Return for each seat its heading and its sections, then the titles that the round does not review."""
    lines = lines_of(plan, files, review)
    found = [
        (_heading(plan, one), _of_seat(plan, one, lines, review)) for one in standings(plan, outcomes(plan, files))
    ]
    places: dict[Seat, list[Person]] = {}
    for person, title in planned_elsewhere(plan):
        places.setdefault(Seat(person.unit, title), []).append(person)
    for seat, people in places.items():
        heading = f"{title_of(plan, seat).name} - {seat.unit} (không rà soát trong đợt này)"
        found.append((heading, _already(plan, seat, sort_names(people, lambda one: one.name), review)))
    return found


def _heading(plan: Round, one: Standing) -> str:
    name = f"{title_of(plan, one.seat).name} - {one.seat.unit}"
    if one.places is None:
        return name
    parts = [f"số lượng theo quy định {one.places:02d}"]
    if procedure_of(plan).kind == "current":
        parts.append(f"đang quy hoạch {len(one.before):02d}")
        parts.append(f"còn được bổ sung {one.left:02d}")
    return f"{name} ({', '.join(parts)})"


def _of_seat(plan: Round, one: Standing, lines: Sequence[Line], review: datetime.date) -> list[Section]:
    own = [line for line in lines if line.seat == one.seat]
    voted = tuple(_entry(line) for line in own if line.conclusion not in ("removal_proposed", "stays"))
    removals = tuple(_entry(line) for line in own if line.conclusion in ("removal_proposed", "stays"))
    planned = frozenset({conclusion_words("planned", plans=plans(plan))})
    if procedure_of(plan).kind != "current":
        return [Section("Danh sách nhân sự", voted, planned)]
    asked = {line.person.id for line in own if line.person and line.conclusion in ("removal_proposed", "stays")}
    there = [person for person in planned_in(plan, one.seat) if person.id not in asked]
    continues, leaves = _already(plan, one.seat, sort_names(there, lambda person: person.name), review)
    words = "Danh sách đưa ra khỏi quy hoạch"
    gone = Section(words, (*removals, *leaves.entries), leaves.counted)
    return [continues, Section("Danh sách bổ sung quy hoạch", voted, planned), gone]


def _already(plan: Round, seat: Seat, people: Sequence[Person], review: datetime.date) -> list[Section]:
    """Return who of these goes on and who leaves without a vote."""
    reasons = {reason.id: reason.text for reason in plan.ruleset.removal_reasons}
    leaving = {one.person: f"{reasons[one.reason]}: {one.detail}" for one in plan.leavers if one.title == seat.title}
    stay = (_entry_of(plan, one, seat, review, CONTINUES) for one in people if one.id not in leaving)
    leave = (_entry_of(plan, one, seat, review, LEAVES, leaving[one.id]) for one in people if one.id in leaving)
    goes = frozenset({LEAVES, CONCLUSIONS["removal_proposed"]})
    return [
        Section("Danh sách tiếp tục quy hoạch", tuple(stay), frozenset({CONTINUES})),
        Section("Danh sách đưa ra khỏi quy hoạch", tuple(leave), goes),
    ]


def _entry(line: Line) -> _Entry:
    note = "" if line.person else "Không còn trong danh sách cán bộ"
    return _Entry(line.name, line.position, line.born, line.person, line.seat, line.object, line.months_left, line,
                  line.concluded(), note)  # fmt: skip


def _entry_of(plan: Round, person: Person, seat: Seat, review: datetime.date, words: str, note: str = "") -> _Entry:
    left = months_left(reference_of(plan, review), retires(person))
    position, born = person.position_and_unit(), person.birth.text()
    return _Entry(person.name, position, born, person, seat, object_of(plan, person, seat), left, None, words, note)


def _months_words(entry: _Entry) -> str:
    return "" if entry.months_left is None else str(max(0, entry.months_left))


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
        (Column("Ngày sinh", "Nam", 13), lambda e: e.born if e.person is None or e.person.sex == "M" else ""),
        (Column("Ngày sinh", "Nữ", 13), lambda e: e.born if e.person is None or e.person.sex == "F" else ""),
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
        (Column("Số tháng công tác còn lại", "", 9), _months_words),
        (Column("Chức danh quy hoạch" if plans(plan) else "Chức danh", "", 16), lambda e: titles[e.seat.title]),
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

    return Column(step.name, f"Phiếu đồng ý/{base_word(plan, step)}; %", 17), spell


def _groups(sections: list[tuple[str, list[Section]]], spellers: list[Callable[[_Entry], str]]) -> tuple[Group, ...]:
    groups: list[Group] = []
    for letter, (heading, parts) in zip(_letters(), sections, strict=False):
        groups.append(Group(f"{letter}. {heading}"))
        for roman, part in zip(("I", "II", "III"), parts, strict=False):
            cells = ((str(at), *(spell(one) for spell in spellers[1:])) for at, one in enumerate(part.entries, 1))
            groups.append(Group(part.heading(roman), tuple(cells)))
    return tuple(groups)


def _letters() -> list[str]:
    alphabet = "ABCDEGHIKLMNOPQRSTUVXY"
    return [*alphabet, *(f"{first}{second}" for first in alphabet for second in alphabet)]


def _statistics(
    plan: Round, sections: list[tuple[str, list[Section]]], review: datetime.date
) -> tuple[tuple[str, ...], ...]:
    """Count those in the plan, each time they are (lượt): before the review and after it, or after it alone."""
    entries = [entry for _, parts in sections for part in parts for entry in part.entries]
    stays = {CONTINUES, CONCLUSIONS["stays"]}
    planned = {conclusion_words("planned", plans=plans(plan))}
    after = _counted(plan, [one for one in entries if one.conclusion in stays | planned], review)
    if procedure_of(plan).kind != "current":
        return (("Nội dung", "Số lượng"), *after.items())
    leaves = {LEAVES, CONCLUSIONS["removal_proposed"]}
    before = _counted(plan, [one for one in entries if one.conclusion in stays | leaves], review)
    labels = sorted(before.keys() | after.keys(), key=lambda label: [*after, *before].index(label))
    rows = ((label, before.get(label, "00"), after.get(label, "00")) for label in labels)
    return (("Nội dung", "Trước rà soát", "Sau rà soát"), *rows)


def _counted(plan: Round, planned: Sequence[_Entry], review: datetime.date) -> dict[str, str]:
    people = [entry.person for entry in planned if entry.person]
    found = {"Tổng số lượt quy hoạch" if plans(plan) else "Tổng số được lựa chọn": f"{len(planned):02d}"}
    structure = plan.ruleset.structure
    if structure is not None:
        found |= dict(structure_words(panel(people, structure, on=review), structure))
    education = Counter(person.education or "(chưa ghi)" for person in people)
    return found | {f"Trình độ: {words}": f"{education[words]:02d}" for words in sorted(education, key=text_key)}

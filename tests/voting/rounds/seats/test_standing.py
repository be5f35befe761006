"""The plan, not the ballot, is counted: 10,000 random offices against arithmetic written a second time."""

import datetime
import random
from collections import Counter
from collections.abc import Iterable
from fractions import Fraction

import pytest
from msgspec.structs import replace

from tests.voting.rounds.office import OFFICE, UNIT, hold, office_round, read
from tests.voting.rounds.staff import person
from voting.documents.conferences.conference import Conference
from voting.people.errors import QuotaMissing, WrongTurn
from voting.people.person import Birth, Person
from voting.rounds.editor import leaving, with_leavers, with_removal, with_seat
from voting.rounds.filing import Filed, file_documents
from voting.rounds.outcome import Conclusion, NameOutcome, Votes
from voting.rounds.papers import papers_for
from voting.rounds.round import Leaver, Nominee, Removal, Round, Seat, procedure_of, title_of
from voting.rounds.seats.limits import limit_warnings, titles_held
from voting.rounds.seats.standing import members, planned_elsewhere, planned_in, standing_of, standings
from voting.rounds.seats.structure import panel
from voting.rounds.stored import Kept

REVIEW = datetime.date(2022, 4, 1)
UNITS = ("Phòng Một", "Phòng Hai", "Phòng Ba")
TITLES = ("dept_head", "dept_deputy")


def drawn_people(draw: random.Random) -> tuple[Person, ...]:
    """A few people of three units, an officer in each, some planned already."""
    fixed = [person(f"f{at}", unit=unit, post="officer", name=f"Lò Văn {at}") for at, unit in enumerate(UNITS)]
    others = [
        person(
            f"p{at}", name=f"Cầm Thị {at}", unit=draw.choice(UNITS), post=draw.choice(("officer", "dept_deputy")),
            sex=draw.choice("MF"), ethnicity=draw.choice(("Kinh", "Thái", "kinh")),
            birth=Birth(draw.randint(1962, 1998), draw.randint(1, 12), draw.randint(1, 28)),
            planned=tuple(title for title in TITLES if draw.random() < 0.4),
        )
        for at in range(draw.randint(1, 9))
    ]  # fmt: skip
    return (*fixed, *others)


def drawn_office(draw: random.Random) -> tuple[Round, list[NameOutcome]]:
    """A round of random seats, lists, removals, leavers and results."""
    people = drawn_people(draw)
    places = draw.sample([(unit, title) for unit in UNITS for title in TITLES], draw.randint(1, 6))
    seats = tuple(Seat(unit, title, draw.choice((None, 1, 2, 3, 4))) for unit, title in places)
    planned = [(one, title) for one in people for title in one.planned]
    removals = [Removal(one.id, one.unit, title, "x") for one, title in planned
                if (one.unit, title) in places and draw.random() < 0.3]  # fmt: skip
    gone = {(one.person, one.title) for one in removals}
    leavers = [Leaver(one.id, title, "disciplined", "x") for one, title in planned
               if (one.id, title) not in gone and draw.random() < 0.2]  # fmt: skip
    nominees = [Nominee(one.id, unit, title) for unit, title in places for one in people
                if title not in one.planned and draw.random() < 0.3]  # fmt: skip
    plan = office_round(
        draw.choice(("CUR-DEPT", "NEXT-DEPT")), people=people, seats=seats, nominees=tuple(nominees),
        removals=tuple(removals), eligible=(), leavers=tuple(leavers),
    )  # fmt: skip
    if procedure_of(plan).kind != "current":
        plan = replace(plan, removals=(), leavers=())
    return plan, list(drawn_results(plan, draw))


def drawn_results(plan: Round, draw: random.Random) -> Iterable[NameOutcome]:
    """Nothing yet, or an outcome for each name on each list."""
    if draw.random() < 0.3:
        return
    for entries, ends in ((plan.nominees, ("planned", "not_planned", "undecided", "awaiting_head")),
                          (plan.removals, ("removal_proposed", "stays"))):  # fmt: skip
        for one in entries:
            conclusion: Conclusion = draw.choice(ends)  # type: ignore[arg-type] # one of the words above
            votes = (Votes(2, "introduce", 1, 2, "50,00", draw.choice(("selected", "below"))),) * draw.randint(0, 1)
            yield NameOutcome(one.person, one.person, "", "", one.unit, title_of(plan, one).name, votes, conclusion)


class Second:
    """The same plan, counted a second time from the words of the regulation."""

    def __init__(self, plan: Round, results: list[NameOutcome]) -> None:
        self.plan, self.names = plan, {title.id: title.name for title in procedure_of(plan).titles}
        self.current = procedure_of(plan).kind == "current"
        self.ended = {(one.person, one.unit, one.title): one for one in results}

    def where(self, unit: str, title: str) -> tuple[set[str], set[str], set[str]]:
        """Who is in a title's plan before; who leaves it; who comes or may."""
        before = {one.id for one in self.plan.people if self.current and title in one.planned and one.unit == unit}
        leaves = {one.person for one in self.plan.leavers if one.title == title}
        comes = set()
        voted_on = False
        for (somebody, its_unit, its_title), one in self.ended.items():
            if (its_unit, its_title) != (unit, self.names[title]):
                continue
            if one.conclusion == "removal_proposed":
                leaves.add(somebody)
            elif one.conclusion != "stays":
                voted_on = True
                lost = bool(one.votes) and one.votes[-1].outcome == "below"
                if one.conclusion == "planned" or (one.conclusion != "not_planned" and not lost):
                    comes.add(somebody)
        if not voted_on:
            comes |= {one.person for one in self.plan.nominees if (one.unit, one.title) == (unit, title)}
        return before, leaves & before, comes


def shares(people: list[Person]) -> list[int]:
    """Women, minorities, young, and the three age bands, counted by hand."""
    ages = [2022 - one.birth.year - ((one.birth.month or 1, one.birth.day or 1) > (4, 1)) for one in people]
    return [
        len([one for one in people if one.sex == "F"]), len([one for one in people if one.ethnicity.lower() != "kinh"]),
        len([age for age in ages if age <= 39]), len([age for age in ages if age <= 39]),
        len([age for age in ages if 40 <= age <= 50]), len([age for age in ages if age >= 51]),
    ]  # fmt: skip


def check_office(plan: Round, results: list[NameOutcome]) -> None:
    second = Second(plan, results)
    by_id = {one.id: one for one in plan.people}
    lists: dict[bool, list[Person]] = {False: [], True: []}
    crowded, held = set(), Counter[str]()
    for seat, one in zip(plan.seats, standings(plan, results), strict=True):
        before, leaves, comes = second.where(seat.unit, seat.title)
        assert (set(one.before), set(one.after)) == (before, (before - leaves) | comes)
        assert len(one.after) == len(set(one.after)) and len(one.before) == len(set(one.before))
        assert one.left == (None if seat.quota is None else max(seat.quota - len(before - leaves), 0))
        lists[False] += [by_id[each] for each in before]
        lists[True] += [by_id[each] for each in (before - leaves) | comes]
        if max(seat.quota or 0, len(before - leaves) + len(one.coming)) > 3:
            crowded.add((seat.unit, seat.title))
        held.update((before - leaves) | comes)
    seats = {(seat.unit, seat.title) for seat in plan.seats}
    gone = {(one.person, one.title) for one in plan.leavers}
    for one_person in plan.people if second.current else ():
        for title in one_person.planned:
            if (one_person.unit, title) not in seats:
                lists[False].append(one_person)
                if (one_person.id, title) not in gone:
                    lists[True].append(one_person)
                    held[one_person.id] += 1
    assert {one: len(titles) for one, titles in titles_held(plan, results).items() if titles} == dict(+held)
    assert len(list(limit_warnings(plan, results))) == len(crowded) + len([one for one in held.values() if one > 3])
    check_structure(plan, results, lists)


def check_structure(plan: Round, results: list[NameOutcome], lists: dict[bool, list[Person]]) -> None:
    structure = plan.ruleset.structure
    assert structure is not None
    for after, wanted in lists.items():
        found = panel(members(plan, standings(plan, results), after=after), structure, on=REVIEW)
        counted = [found.women.count, found.minorities.count, found.young.count, *(band.count for band in found.bands)]
        assert (found.total, counted) == (len(wanted), shares(wanted))
        for share, target in ((found.women, Fraction(1, 4)), (found.young, Fraction(15, 100))):
            assert share.meets == (Fraction(share.count, len(wanted)) >= target if wanted else None)


@pytest.mark.parametrize("offices", [500, pytest.param(10_000, marks=pytest.mark.slow)])
def test_random_offices_are_counted_as_a_second_implementation_counts_them(offices: int) -> None:
    draw = random.Random(f"offices|{offices}")
    for _ in range(offices):
        check_office(*drawn_office(draw))


# A vote fills the places that are left


def agreeing(conference: Conference, paper: int) -> dict[str, int]:
    """Everybody agrees to everybody."""
    return {one.id: conference.present for one in conference.papers[paper - 1].candidates}


def final_quota(**changes: object) -> int | None:
    plan = office_round("CUR-DEPT", **changes)
    files: tuple[Filed, ...] = ()
    for number in (1, 2, 3):
        files = (*files, *file_documents(hold(plan, number, files, agreeing), read))
    return papers_for(plan, 4, files)[0].selection.quota


@pytest.mark.parametrize(("places", "removed", "left"), [(3, True, 2), (3, False, 1), (2, True, 1), (5, False, 3)])
def test_the_closing_vote_fills_the_places_that_nobody_in_the_plan_takes(places: int, removed: bool, left: int) -> None:
    changes: dict[str, object] = {"seats": (Seat(UNIT, "dept_head", places), Seat(UNIT, "dept_deputy", 3))}
    assert final_quota(**(changes if removed else changes | {"removals": ()})) == left


def test_no_closing_vote_is_held_for_a_title_without_a_place_left() -> None:
    with pytest.raises(QuotaMissing, match="2 places, 2 people planned already"):
        final_quota(seats=(Seat(UNIT, "dept_head", 2), Seat(UNIT, "dept_deputy", 3)), removals=())


def test_who_leaves_without_a_vote_frees_a_place_and_the_next_term_begins_with_nobody() -> None:
    leavers = (Leaver("d9", "dept_head", "disciplined", "khiển trách"),)
    assert (
        final_quota(leavers=leavers, removals=(), seats=(Seat(UNIT, "dept_head", 3), Seat(UNIT, "dept_deputy", 1))) == 2
    )
    plan = office_round("NEXT-DEPT")
    assert (standing_of(plan, plan.seats[0]).before, standing_of(plan, plan.seats[0]).left) == ((), 2)


# Where somebody is planned


def test_a_title_of_the_whole_office_holds_those_of_every_unit_and_one_of_a_unit_its_own() -> None:
    staff = [person("a", planned=("deputy_chief",)), person("b", unit="Phòng Hai", planned=("deputy_chief",))]
    plan = office_round("CUR-OFFICE", people=tuple(staff), nominees=(), eligible=(), removals=())
    assert [one.id for one in planned_in(plan, plan.seats[0])] == ["a", "b"]
    heads = (person("c", planned=("dept_head",)), person("d", unit="Phòng Hai", planned=("dept_head",)))
    officer = person("e", post="officer")
    plan = office_round("CUR-DEPT", people=(*heads, officer), nominees=(), eligible=(), removals=())
    assert [one.id for one in planned_in(plan, plan.seats[0])] == ["c"]
    assert [(one.id, title) for one, title in planned_elsewhere(plan)] == [("d", "dept_head")]


def test_titles_of_a_person_are_counted_over_all_rounds_of_the_term() -> None:
    first = office_round("CUR-DEPT", removals=())
    seats = tuple(Seat(unit, "deputy_chief", 1) for unit in (OFFICE, "Đơn vị hai"))
    listed = tuple(Nominee("d9", seat.unit, "deputy_chief", 2) for seat in seats)
    second = office_round("CUR-OFFICE", seats=seats, nominees=listed, eligible=())
    assert len(titles_held(second)["d9"]) == 3
    more = replace(first, nominees=(Nominee("d9", UNIT, "dept_deputy"),))
    assert list(limit_warnings(second)) == []
    [said] = limit_warnings(second, (), [(more, ())])
    assert said.vi.startswith("Nguyễn Phó Lan: 4 chức danh, quá 3 (")
    assert list(limit_warnings(second, (), [(replace(more, procedure="NEXT-DEPT"), ())])) == []


# Lists without anybody twice


def test_who_leaves_without_a_vote_is_on_no_removal_ballot_and_the_other_way_round() -> None:
    staff = tuple(
        replace(one, discipline="cảnh cáo") if one.id in ("d8", "d9") else one
        for one in office_round("CUR-DEPT").people
    )
    kept = Kept(plan=office_round("CUR-DEPT", people=staff))
    assert [one.person for one in leaving(kept, REVIEW)] == ["d9"], "d8 stands on the ballot"
    noted = with_leavers(kept, "Điều 9 Quy định số 50-QĐ/TW", REVIEW)
    assert [one.person for one in noted.plan.leavers] == ["d9"]
    for somebody in ("d8", "d9"):
        with pytest.raises(WrongTurn, match="leaves the plan already"):
            with_removal(noted, Removal(somebody, UNIT, "dept_head", "x"))
    assert with_leavers(noted, "", REVIEW).plan.leavers == ()


def test_nobody_leaves_without_a_vote_unless_a_text_says_so() -> None:
    staff = tuple(
        replace(one, discipline="cảnh cáo") if one.id == "d9" else one for one in office_round("NEXT-DEPT").people
    )
    plan = office_round("CUR-DEPT", people=staff, removals=())
    assert standing_of(plan, plan.seats[0]).automatic == ()
    assert set(standing_of(plan, plan.seats[0]).staying) == {"d8", "d9"}


def test_a_title_is_of_a_unit_that_there_is() -> None:
    kept = Kept(plan=office_round("CUR-DEPT"))
    for unit in (UNIT, OFFICE, kept.plan.organiser.agency):
        with_seat(kept, Seat(unit, "dept_deputy", 1))
    with pytest.raises(WrongTurn, match="no unit"):
        with_seat(kept, Seat("Phòng Tong hop", "dept_deputy", 1))

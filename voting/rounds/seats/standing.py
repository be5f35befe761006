"""The plan as it stands for a title of a unit (quy hoạch hiện có): who is in it, who leaves it, who comes, places left.

A number of places is that of the plan, not of the ballot: whoever is planned already and stays takes one of them. The
plan of a next term begins with nobody in it.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from voting.documents.letters import compared
from voting.people.person import Person
from voting.rounds.outcome import NameOutcome
from voting.rounds.round import Round, Seat, procedure_of, title_of


class Standing(msgspec.Struct, frozen=True):
    """The plan for one title of one unit, as ids of people; nobody is in two of the lists but `running`.

    `staying` are planned already and remain, `automatic` leave without a vote, `voted_out` by a proposal that passed;
    `asked` are those of `staying` whose removal is still to be voted on. `coming` are chosen by the closing vote,
    `running` may still be: what the structure would be with them is a forecast. `places` is the number laid down.
    """

    seat: Seat
    staying: tuple[str, ...]
    asked: tuple[str, ...]
    automatic: tuple[str, ...]
    voted_out: tuple[str, ...]
    coming: tuple[str, ...]
    running: tuple[str, ...]
    places: int | None

    @property
    def before(self) -> tuple[str, ...]:
        """Those in the plan before the round."""
        return (*self.staying, *self.automatic, *self.voted_out)

    @property
    def after(self) -> tuple[str, ...]:
        """Those in the plan after it; while the round runs, as if everybody who still stands came in."""
        return (*self.staying, *self.coming, *self.running)

    @property
    def left(self) -> int | None:
        """The places that a closing vote may fill; None where the number is missing."""
        return None if self.places is None else max(0, self.places - len(self.staying))


def standings(plan: Round, results: Iterable[NameOutcome] = ()) -> tuple[Standing, ...]:
    """Return the plan as it stands for every seat of a round, `results` being what was voted so far."""
    found = tuple(results)
    homes = _homes(plan)
    return tuple(_standing(plan, seat, homes, found) for seat in plan.seats)


def standing_of(plan: Round, seat: Seat, results: Iterable[NameOutcome] = ()) -> Standing:
    """Return the plan as it stands for one seat."""
    return _standing(plan, seat, _homes(plan), tuple(results))


def planned_in(plan: Round, seat: Seat) -> tuple[Person, ...]:
    """Return those who are planned for a seat already, in the order of the staff list."""
    homes = _homes(plan)
    return tuple(one for one in plan.people if homes.get((one.id, seat.title)) == (seat.unit, seat.title))


def planned_elsewhere(plan: Round) -> tuple[tuple[Person, str], ...]:
    """Return those planned for a title of the procedure in a unit that the round does not review, with that title."""
    if procedure_of(plan).kind != "current":
        return ()
    homes, titles = _homes(plan), {title.id for title in procedure_of(plan).titles}
    return tuple(
        (one, title) for one in plan.people for title in one.planned if title in titles and (one.id, title) not in homes
    )


def members(plan: Round, found: Sequence[Standing], *, after: bool) -> list[Person]:
    """Return those in the plan before or after the round, each as often as they stand for a title (lượt)."""
    people = {one.id: one for one in plan.people}
    ids = [person for one in found for person in (one.after if after else one.before)]
    there = [people[one] for one in ids if one in people]
    gone = {(one.person, one.title) for one in plan.leavers} if after else set()
    return there + [person for person, title in planned_elsewhere(plan) if (person.id, title) not in gone]


Homes = Mapping[tuple[str, str], tuple[str, str]]
"""For a person and a title: the unit and title of the seat where the person is planned."""


def _homes(plan: Round) -> Homes:
    """Find the seat of everybody who is planned already: that of a removal, of their own unit, of the whole office.

    The staff list names titles without units. A seat is one of the whole office where nobody of its last candidate
    class works in its unit: whoever is planned for it comes from elsewhere.
    """
    if procedure_of(plan).kind != "current":
        return {}
    found: dict[tuple[str, str], tuple[str, str]] = {}
    asked = {(one.person, one.title): one.unit for one in plan.removals}
    by_unit = {(compared(seat.unit), seat.title): seat for seat in plan.seats}
    wide: dict[str, Seat] = {}
    for seat in plan.seats:
        if _is_of_the_whole_office(plan, seat):
            wide.setdefault(seat.title, seat)
    for person in plan.people:
        for title in person.planned:
            if (person.id, title) in asked:
                found[person.id, title] = (asked[person.id, title], title)
                continue
            home = by_unit.get((compared(person.unit), title)) or wide.get(title)
            if home is not None:
                found[person.id, title] = (home.unit, title)
    return found


def _is_of_the_whole_office(plan: Round, seat: Seat) -> bool:
    classes = title_of(plan, seat).objects
    posts = classes[-1].posts if classes else ()
    return not any(one.post in posts and compared(one.unit) == compared(seat.unit) for one in plan.people)


def _standing(plan: Round, seat: Seat, homes: Homes, results: Sequence[NameOutcome]) -> Standing:
    place = (seat.unit, seat.title)
    own = [one for one in results if (one.unit, one.title) == (seat.unit, title_of(plan, seat).name)]
    there = [one.id for one in plan.people if homes.get((one.id, seat.title)) == place]
    automatic = {one.person for one in plan.leavers if one.title == seat.title}
    voted_out = {one.person for one in own if one.conclusion == "removal_proposed"}
    kept = {one.person for one in own if one.conclusion == "stays"}
    asked = {one.person for one in plan.removals if (one.unit, one.title) == place} - voted_out - kept
    staying = tuple(one for one in there if one not in automatic and one not in voted_out)
    return Standing(
        seat=seat,
        staying=staying,
        asked=tuple(one for one in staying if one in asked),
        automatic=tuple(one for one in there if one in automatic),
        voted_out=tuple(one for one in there if one in voted_out and one not in automatic),
        coming=tuple(one.person for one in own if one.conclusion == "planned" and one.person not in staying),
        running=_running(plan, seat, own, set(staying)),
        places=seat.quota,
    )


def _running(plan: Round, seat: Seat, own: Sequence[NameOutcome], staying: set[str]) -> tuple[str, ...]:
    """Return those who may still be chosen: the source list, then whom no conference has left behind."""
    voted = [one for one in own if one.conclusion not in ("removal_proposed", "stays")]
    if not voted:
        listed = (one.person for one in plan.nominees if (one.unit, one.title) == (seat.unit, seat.title))
        return tuple(one for one in listed if one not in staying)
    stands = (one for one in voted if one.conclusion in ("undecided", "awaiting_head"))
    return tuple(one.person for one in stands if one.person not in staying and _goes_on(one))


def _goes_on(one: NameOutcome) -> bool:
    return not one.votes or one.votes[-1].outcome in ("selected", "tied")

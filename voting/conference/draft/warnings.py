"""What the organiser should look at before the list is frozen; nobody is refused for it (style: warnings, not errors).

Each warning is a key of the desk's words and the fields for it.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from voting.conference.draft.agenda import Draft
from voting.documents.conferences.conference import Paper
from voting.documents.conferences.look_alikes import foreign_letters
from voting.people.spelling import look_alikes, skeleton

SMALL, VERY_SMALL = 10, 5  # people, below which totals may give votes away (design §1)
MOST_SHOWN = 12  # pairs of look-alike people named one by one


@dataclass(frozen=True, slots=True)
class Warning:
    """Something to look at: the key of the words, and what fills them in."""

    key: str
    fields: tuple[tuple[str, object], ...] = ()

    def filled(self) -> dict[str, object]:
        """The fields as the words take them."""
        return dict(self.fields)


def draft_warnings(draft: Draft) -> Iterator[Warning]:
    """Yield everything worth a look: small rooms, staff on a ballot, look-alike and foreign names, odd papers."""
    yield from size_warnings(len(draft.people))
    yield from _staff_on_ballots(draft)
    for number, paper in enumerate(draft.papers, 1):
        yield from _paper_warnings(number, paper)
    yield from _people_warnings(draft)
    if len(draft.tellers) == 2:
        yield Warning("warn.two_tellers")


def size_warnings(people: int) -> Iterator[Warning]:
    """Yield the warning for a room in which totals may give votes away."""
    if 0 < people < VERY_SMALL:
        yield Warning("warn.very_small", (("present", f"{people:02}"),))
    elif 0 < people < SMALL:
        yield Warning("warn.small", (("present", f"{people:02}"),))


def _staff_on_ballots(draft: Draft) -> Iterator[Warning]:
    """Nobody on the ballot may count it (domain §4: counting body); the others are shown as well."""
    listed = {skeleton(one.name): one.name for paper in draft.papers for one in paper.candidates}
    for teller in draft.tellers:
        if skeleton(teller.name) in listed:
            yield Warning("warn.teller_listed", (("name", teller.name),))
    if skeleton(draft.secretary.name) in listed:
        yield Warning("warn.secretary_listed", (("name", draft.secretary.name),))
    if draft.chair.name and skeleton(draft.chair.name) in listed:
        yield Warning("warn.chair_listed", (("name", draft.chair.name),))


def _paper_warnings(number: int, paper: Paper) -> Iterator[Warning]:
    names = {one.id: one.name for one in paper.candidates}
    for pair in look_alikes(names.items()):
        both = (("paper", number), ("first", names[pair.first]), ("second", names[pair.second]))
        yield Warning(f"warn.alike_{pair.kind}", both)
    for name in names.values():
        if foreign_letters(name):
            yield Warning("warn.foreign", (("name", name), ("letters", foreign_letters(name))))
    quota = paper.selection.quota
    if quota is not None and quota >= len(paper.candidates) > 0:
        yield Warning("warn.quota", (("paper", number), ("quota", quota), ("names", len(paper.candidates))))


def _people_warnings(draft: Draft) -> Iterator[Warning]:
    alike: dict[str, list[str]] = defaultdict(list)
    for person in draft.people:
        alike[skeleton(f"{person.name} / {person.unit}")].append(person.name)
    twice = [names for names in alike.values() if len(names) > 1]
    for names in twice[:MOST_SHOWN]:
        yield Warning("warn.person_twice", (("name", names[0]), ("times", f"{len(names):02}")))
    if len(twice) > MOST_SHOWN:
        yield Warning("warn.persons_twice", (("more", f"{len(twice) - MOST_SHOWN:02}"),))

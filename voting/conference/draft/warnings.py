"""What the organiser should look at before the list is frozen; nobody is refused for it (style: warnings, not errors).

Each warning is a key of the desk's words and the fields for it.
"""

from collections import defaultdict
from collections.abc import Iterator

from keys.message import Message
from voting.conference.draft.agenda import Draft
from voting.documents.conferences.conference import Paper
from voting.documents.conferences.look_alikes import foreign_letters
from voting.people.spelling import look_alikes, skeleton

SMALL, VERY_SMALL = 10, 5  # people, below which totals may give votes away (design §1)
MOST_SHOWN = 12  # pairs of look-alike people named one by one


def draft_warnings(draft: Draft) -> Iterator[Message]:
    """Yield everything worth a look: small rooms, staff on a ballot, look-alike and foreign names, odd papers."""
    yield from size_warnings(len(draft.people))
    yield from _staff_on_ballots(draft)
    for number, paper in enumerate(draft.papers, 1):
        yield from _paper_warnings(number, paper)
    yield from _people_warnings(draft)
    if len(draft.tellers) == 2:
        yield Message("warn.two_tellers")


def size_warnings(people: int) -> Iterator[Message]:
    """Yield the warning for a room in which totals may give votes away."""
    if 0 < people < VERY_SMALL:
        yield Message("warn.very_small", fields={"present": f"{people:02}"})
    elif 0 < people < SMALL:
        yield Message("warn.small", fields={"present": f"{people:02}"})


def _staff_on_ballots(draft: Draft) -> Iterator[Message]:
    """Nobody on the ballot may count it (domain §4: counting body); the others are shown as well."""
    listed = {skeleton(one.name): one.name for paper in draft.papers for one in paper.candidates}
    for teller in draft.tellers:
        if skeleton(teller.name) in listed:
            yield Message("warn.teller_listed", fields={"name": teller.name})
    if skeleton(draft.secretary.name) in listed:
        yield Message("warn.secretary_listed", fields={"name": draft.secretary.name})
    if draft.chair.name and skeleton(draft.chair.name) in listed:
        yield Message("warn.chair_listed", fields={"name": draft.chair.name})


def _paper_warnings(number: int, paper: Paper) -> Iterator[Message]:
    names = {one.id: one.name for one in paper.candidates}
    for pair in look_alikes(names.items()):
        both = {"paper": number, "first": names[pair.first], "second": names[pair.second]}
        yield Message(f"warn.alike_{pair.kind}", fields=both)
    for name in names.values():
        if foreign_letters(name):
            yield Message("warn.foreign", fields={"name": name, "letters": foreign_letters(name)})
    quota = paper.selection.quota
    if quota is not None and quota >= len(paper.candidates) > 0:
        places = {"paper": number, "quota": quota, "names": len(paper.candidates)}
        yield Message("warn.quota", fields=places)


def _people_warnings(draft: Draft) -> Iterator[Message]:
    alike: dict[str, list[str]] = defaultdict(list)
    for person in draft.people:
        alike[skeleton(f"{person.name} / {person.unit}")].append(person.name)
    twice = [names for names in alike.values() if len(names) > 1]
    for names in twice[:MOST_SHOWN]:
        yield Message("warn.person_twice", fields={"name": names[0], "times": f"{len(names):02}"})
    if len(twice) > MOST_SHOWN:
        yield Message("warn.persons_twice", fields={"more": f"{len(twice) - MOST_SHOWN:02}"})

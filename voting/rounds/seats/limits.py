"""Numbers that a regulation sets for a plan (377-QĐ/TW: three people a title, three titles a person): warned of.

Both count the plan as it stands: those in it already who stay, and those who come in or still may; titles of a person
over all rounds of the same term.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from keys.message import Sentence
from voting.documents.conferences.sentences import sentence
from voting.people.identity import key_of
from voting.rounds.outcome import NameOutcome
from voting.rounds.round import Round, person_of, procedure_of, title_of
from voting.rounds.seats.standing import standings

Review = tuple[Round, Sequence[NameOutcome]]
"""Another round, and what was voted in it so far."""
Held = tuple[str, str]
"""A title that somebody is planned for: unit ("" where only the staff list says so) and title."""


def limit_warnings(
    plan: Round, results: Sequence[NameOutcome] = (), others: Iterable[Review] = ()
) -> Iterator[Sentence]:
    """Yield what goes beyond the ruleset's limits: people planned for a title, and titles of a person."""
    limits = plan.ruleset.limits
    if limits is None:
        return
    for one in standings(plan, results):
        found = max(one.places or 0, len(one.staying) + len(one.coming))
        if found > limits.people_per_title:
            title, most = title_of(plan, one.seat).name, limits.people_per_title
            yield sentence("limits.people", title=title, unit=one.seat.unit, found=found, most=most, source=limits.text)
    for person, titles in titles_held(plan, results, others).items():
        if len(titles) > limits.titles_per_person:
            name = person_of(plan, person).name
            most = limits.titles_per_person
            yield sentence("limits.titles", name=name, found=len(titles), most=most, source=limits.text)


def titles_held(
    plan: Round, results: Sequence[NameOutcome] = (), others: Iterable[Review] = ()
) -> dict[str, set[Held]]:
    """Return the titles that each person of a round is planned for or may be, over all rounds of its term."""
    found = _held(plan, results)
    ids = {key_of(one): one.id for one in plan.people}
    for other, voted in others:
        if procedure_of(other).term == procedure_of(plan).term:
            for person, titles in _held(other, voted).items():
                known = ids.get(key_of(person_of(other, person)))
                if known is not None:
                    found.setdefault(known, set()).update(titles)
    return found


def _held(plan: Round, results: Sequence[NameOutcome]) -> dict[str, set[Held]]:
    found: dict[str, set[Held]] = defaultdict(set)
    known = {one.id for one in plan.people}
    leaves = {(one.person, one.title) for one in plan.leavers}
    reviewed: set[tuple[str, str]] = set()
    for one in standings(plan, results):
        for person in one.after:
            if person in known:
                found[person].add(("" if person in one.staying else one.seat.unit, one.seat.title))
        reviewed |= {(person, one.seat.title) for person in one.before}
    if procedure_of(plan).kind == "current":
        for somebody in plan.people:
            held = (title for title in somebody.planned if (somebody.id, title) not in reviewed | leaves)
            found[somebody.id].update(("", title) for title in held)
    return dict(found)

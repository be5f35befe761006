"""Numbers that a regulation sets for a plan (377-QĐ/TW: three people a title, three titles a person): warned of."""

from collections import Counter
from collections.abc import Iterator

from keys.message import Sentence
from voting.documents.conferences.sentences import sentence
from voting.rounds.round import Round, person_of, title_of


def limit_warnings(plan: Round) -> Iterator[Sentence]:
    """Yield what goes beyond the ruleset's limits: numbers of places, and titles of a person on the lists."""
    limits = plan.ruleset.limits
    if limits is None:
        return
    for seat in plan.seats:
        if seat.quota is not None and seat.quota > limits.people_per_title:
            title, most = title_of(plan, seat).name, limits.people_per_title
            yield sentence(
                "limits.people", title=title, unit=seat.unit, found=seat.quota, most=most, source=limits.text
            )
    for person, titles in Counter(one.person for one in plan.nominees).items():
        if titles > limits.titles_per_person:
            name = person_of(plan, person).name
            most = limits.titles_per_person
            yield sentence("limits.titles", name=name, found=titles, most=most, source=limits.text)

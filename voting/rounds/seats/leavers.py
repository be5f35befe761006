"""Who may leave the plan without a vote (đương nhiên ra khỏi quy hoạch, A12): too old, disciplined, unqualified.

The ruleset's reasons find them; they leave so only where the organiser names the text that says so, and are then not
put on a removal ballot.
"""

from collections.abc import Iterable

from voting.people.months import Month
from voting.people.person import Person
from voting.people.retirement import months_left, retires
from voting.procedures.schema import Procedure, Ruleset, Title
from voting.rounds.round import Leaver


def leavers(people: Iterable[Person], procedure: Procedure, ruleset: Ruleset, reference: Month) -> tuple[Leaver, ...]:
    """Return those planned for one of the procedure's titles whom an automatic reason of the ruleset takes out."""
    automatic = {reason.id for reason in ruleset.removal_reasons if reason.automatic}
    titles = {title.id: title for title in procedure.titles}
    return tuple(
        leaver
        for person in people
        for planned in person.planned
        if planned in titles
        for leaver in [_leaver(person, titles[planned], reference, automatic)]
        if leaver is not None
    )


def _leaver(person: Person, title: Title, reference: Month, automatic: set[str]) -> Leaver | None:
    left = months_left(reference, retires(person))
    needed = least_months(title)
    found = [
        ("disciplined", bool(person.discipline), person.discipline),
        ("politically_unqualified", bool(person.politically_unqualified), person.politically_unqualified),
        ("over_age", left < needed, _months_words(left, needed)),
    ]
    for reason, holds, detail in found:
        if holds and reason in automatic:
            return Leaver(person.id, title.id, reason, detail, reason == "over_age" and left == needed - 1)
    return None


def _months_words(left: int, needed: int) -> str:
    if left < 0:
        return f"đã đến tuổi nghỉ hưu {-left} tháng trước"
    return f"còn {left} tháng, cần từ {needed} tháng"


def least_months(title: Title) -> int:
    """Return the least months of service that any candidate class of a title asks for."""
    return min((one.months for one in title.objects), default=0)

"""People summoned from a list that was checked (danh sách triệu tập): they take effect when a person confirms them.

What was shown travels with the form that confirms it, and the mark of the list that it replaces: one that changed since
is not replaced unseen.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence

import msgspec

from keys.structs import read_json
from voting.conference.draft.agenda import PEOPLE_LIMIT, Draft, Person
from voting.documents.canonical import unclean_name, unclean_text
from voting.errors import InvalidPeople
from voting.people.border.report import Report


def people_of(report: Report) -> tuple[Person, ...]:
    """Return the people of a report, as a draft has them."""
    return tuple(Person(one.name, one.unit) for one in report.people)


def people_text(people: Sequence[Person]) -> str:
    """Spell people as lines that are read again; numbered where a name alone could be taken for a heading."""
    numbered = any(not one.unit for one in people)
    lines = (f"{one.name}; {one.unit}" if one.unit else one.name for one in people)
    return "\n".join(f"{number}. {line}" if numbered else line for number, line in enumerate(lines, 1))


def spelled(people: Sequence[Person]) -> str:
    """Spell people as the form that confirms them carries them."""
    return msgspec.json.encode(people).decode()


def mark_of(people: Sequence[Person]) -> str:
    """Return the mark of a list, by which it is known whether another was put in its place."""
    return hashlib.sha256(spelled(people).encode()).hexdigest()


def with_people(draft: Draft, taken: str, mark: str) -> Draft:
    """Put the people that were shown in the place of the draft's; raise InvalidPeople if those changed meanwhile."""
    if mark != mark_of(draft.people):
        raise InvalidPeople("the list changed since it was shown: look again", key="people_changed")
    return msgspec.structs.replace(draft, people=_checked(_read(taken)))


def difference(before: Sequence[Person], after: Sequence[Person]) -> tuple[list[Person], list[Person]]:
    """Return who comes and who goes with a new list."""
    old, new = Counter(before), Counter(after)
    return list((new - old).elements()), list((old - new).elements())


def _read(taken: str) -> tuple[Person, ...]:
    try:
        return read_json(taken.encode(), tuple[Person, ...])
    except (msgspec.DecodeError, UnicodeEncodeError):
        raise InvalidPeople("a list as the page sends it expected") from None


def _checked(people: tuple[Person, ...]) -> tuple[Person, ...]:
    if len(people) > PEOPLE_LIMIT:
        message = f"at most {PEOPLE_LIMIT} people expected, {len(people)} found"
        raise InvalidPeople(message, key="people_limit", at="people", most=PEOPLE_LIMIT, found=len(people))
    for number, person in enumerate(people, 1):
        if not person.name:
            raise InvalidPeople(f"line {number}: a name expected", key="people_name", at="people", line=number)
        if problem := unclean_name(person.name) or unclean_text(person.unit):
            message = f"line {number}: the text is {problem}"
            raise InvalidPeople(message, key="people_unclean", at="people", line=number)
    return people

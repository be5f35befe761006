"""Who is who (ai là ai): people of two lists are matched by person, never by the row in which they stand.

Somebody with a code is known by it; anybody else by name, birth and sex. Names are compared by their spelling alone:
composed or not, Ð for Đ, in capitals, the tone on either vowel (Hòa, Hoà). Ids once given stay with the person.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

import msgspec

from keys.files.signing import raw_message
from voting.documents.letters import compared
from voting.people.errors import UnclearPerson
from voting.people.person import Person

TAG = "phieukin/person/v1"
_GIVEN = re.compile(r"D\d+|p-[0-9a-f]{16}")
"""Ids that the room gave, by row (before it knew people) or by person; any other id is an office's code."""

Key = tuple[str, str, str]


class Difference(msgspec.Struct, frozen=True):
    """What a new list would change: who comes, who goes, and whose data change (before, after)."""

    people: tuple[Person, ...]
    comes: tuple[Person, ...]
    goes: tuple[Person, ...]
    changes: tuple[tuple[Person, Person], ...]

    @property
    def nothing(self) -> bool:
        """Tell whether everything stays as it is."""
        return not (self.comes or self.goes or self.changes)


def key_of(person: Person) -> Key:
    """Return what somebody without a code is known by: name, birth, sex."""
    return compared(person.name), person.birth.text(), person.sex


def code_of(person: Person) -> str:
    """Return the office's code of a person as it is compared, "" where there is none."""
    code = person.code or ("" if _GIVEN.fullmatch(person.id) else person.id)
    return code.casefold()


def given_id(person: Person) -> str:
    """Return the id of somebody who comes without a code."""
    return f"p-{hashlib.sha256(raw_message(TAG, *(part.encode() for part in key_of(person)))).hexdigest()[:16]}"


def compare(before: Sequence[Person], after: Sequence[Person]) -> Difference:
    """Match a new list with the people who are there; raise UnclearPerson where that cannot be decided."""
    found = _matched(before, after)
    kept = {one.id for one in found.values()}
    taken = {one.id for one in before}
    people, comes, changes = [], [], []
    for at, person in enumerate(after):
        old = found.get(at)
        if old is None:
            fresh = person if person.id not in taken else msgspec.structs.replace(person, id=given_id(person))
            taken.add(fresh.id)
            people.append(fresh)
            comes.append(fresh)
            continue
        same = msgspec.structs.replace(person, id=old.id, code=person.code or old.code)
        people.append(same)
        if msgspec.structs.replace(same, code=old.code) != old:
            changes.append((old, same))
    return Difference(tuple(people), tuple(comes), tuple(one for one in before if one.id not in kept), tuple(changes))


def _matched(before: Sequence[Person], after: Sequence[Person]) -> dict[int, Person]:
    """Return for places in the new list who stood in the old one: first by code, then by name, birth and sex."""
    coded = {code_of(one): one for one in before if code_of(one)}
    found = {at: coded[code_of(one)] for at, one in enumerate(after) if code_of(one) in coded}
    known = _by_key(one for one in before if one not in found.values())
    for at, person in enumerate(after):
        if at in found:
            continue
        # Two codes are two people, however alike.
        alike = [one for one in known[key_of(person)] if not (code_of(one) and code_of(person))]
        if len(alike) > 1:
            raise UnclearPerson(
                f"{person.name}, {person.birth.text()}: {len(alike)} people of this name, birth and sex are in the "
                "list: give each their code",
                key="unclear_person", at="file", name=person.name, born=person.birth.text(),
            )  # fmt: skip
        if alike:
            found[at] = alike[0]
            known[key_of(person)].remove(alike[0])
    return found


def _by_key(people: Iterable[Person]) -> dict[Key, list[Person]]:
    known: dict[Key, list[Person]] = defaultdict(list)
    for one in people:
        known[key_of(one)].append(one)
    return known

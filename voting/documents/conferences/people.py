"""The people of a conference: who must sign, and who must not be one person (design §3, Signed).

`people_problems` names what is refused, by the room before the list is frozen and by the audit afterwards;
`people_remarks` names what is allowed but should be known, as one key in two offices.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import combinations

from keys.message import Sentence
from voting.documents.canonical import same_text, unclean_name
from voting.documents.conferences.conference import ON_PAPER, Agenda, Candidate, Signer
from voting.documents.conferences.look_alikes import foreign_letters, shape
from voting.documents.conferences.sentences import sentence


def people_problems(people: Agenda) -> Iterator[Sentence]:
    """Yield every problem: who must sign does not, or one person stands where two are needed."""
    yield from _signing_problems(people)
    yield from _distinct_problems(people)
    for number, paper in enumerate(people.papers, 1):
        names = {_person(one): one.name for one in reversed(paper.candidates)}
        for person, times in Counter(map(_person, paper.candidates)).items():
            if times > 1:
                yield sentence("people.same_person", paper=number, times=times, name=names[person])


def name_problems(people: Agenda) -> Iterator[str]:
    """Yield every name in which there is nothing to read."""
    for signer in (*people.tellers, people.chair, people.secretary, people.head):
        if problem := unclean_name(signer.name):
            yield f"the name {signer.name[:40]!r} ({signer.role[:40]!r}) {problem}"
    for number, paper in enumerate(people.papers, 1):
        for candidate in paper.candidates:
            if candidate.name and (problem := unclean_name(candidate.name)):
                yield f"paper {number}: {candidate.id}: the name {candidate.name[:40]!r} {problem}"


def people_remarks(people: Agenda) -> Iterator[Sentence]:
    """Yield what is allowed and should be known: two offices of one, tellers without a key or on a paper, odd names."""
    yield from office_remarks(people)
    yield from name_remarks(people)
    for teller in people.tellers:
        if teller.key == ON_PAPER:
            yield sentence("people.teller_on_paper", name=teller.name)
        for number, paper in enumerate(people.papers, 1):
            if any(shape(teller.name) == shape(one.name) for one in paper.candidates):
                yield sentence("people.teller_is_listed", name=teller.name, paper=number)


def name_remarks(people: Agenda) -> Iterator[Sentence]:
    """Yield names of one list that look the same, and names with letters that are not Latin."""
    for number, paper in enumerate(people.papers, 1):
        listed = [(f"{one.name} ({one.id})", one.name) for one in paper.candidates]
        yield from _look_remarks(sentence("people.list_of_paper", paper=number), listed)
    signers = (*people.tellers, people.chair, people.secretary, people.head)
    different = dict.fromkeys(one.name for one in signers)
    yield from _look_remarks(sentence("people.list_of_signers"), [(name, name) for name in different])


def _look_remarks(listed: Sentence, names: Iterable[tuple[str, str]]) -> Iterator[Sentence]:
    """Yield what to know of the names of one list, each with what it is called by."""
    alike: dict[str, list[str]] = {}
    for called, name in names:
        alike.setdefault(shape(name), []).append(called)
        if letters := foreign_letters(name):
            codes = " ".join(f"U+{ord(letter):04X}" for letter in letters)
            yield sentence("people.foreign_letters", names=listed, name=called, letters=letters, codes=codes)
    for same in alike.values():
        if len(same) > 1:
            yield sentence("people.look_alikes", names=listed, alike="; ".join(same))


def office_remarks(people: Agenda) -> Iterator[Sentence]:
    """Yield who holds two offices by name or key."""
    leading = _leading(people)
    offices = (*leading, (sentence("people.head"), people.head))
    for (office, one), (other_office, other) in combinations(offices, 2):
        if one.key == other.key != ON_PAPER:
            yield sentence("people.one_key_two_offices", office=office, other=other_office, name=one.name)
    for teller in people.tellers:
        for office, one in offices:
            if teller.key == one.key != ON_PAPER or same_text(teller.name, one.name):
                yield sentence("people.teller_in_office", name=teller.name, office=office)


def _leading(people: Agenda) -> tuple[tuple[Sentence, Signer], ...]:
    """Those who lead the conference, with the names of their offices."""
    return (sentence("people.chair"), people.chair), (sentence("people.secretary"), people.secretary)


def _signing_problems(people: Agenda) -> Iterator[Sentence]:
    """Every teller with a key signs, and the chair or the secretary; somebody by key."""
    for teller in people.tellers:
        if teller.key != ON_PAPER and not teller.must_sign:
            yield sentence("people.teller_must_sign", name=teller.name)
    if not people.chair.must_sign and not people.secretary.must_sign:
        yield sentence("people.chair_or_secretary")
    signers = (*people.tellers, people.chair, people.secretary)
    if people.tellers and not any(one.must_sign and one.key != ON_PAPER for one in signers):
        yield sentence("people.nobody_by_key")


def _distinct_problems(people: Agenda) -> Iterator[Sentence]:
    for one, other in combinations(people.tellers, 2):
        if same_text(one.name, other.name):
            yield sentence("people.tellers_of_one_name", name=one.name)
        if one.key == other.key != ON_PAPER:
            yield sentence("people.tellers_of_one_key", name=one.name, other=other.name)
    for teller in people.tellers:
        for office, one in _leading(people):
            if teller.key == one.key != ON_PAPER:
                yield sentence("people.teller_with_key_of", name=teller.name, office=office)


def _person(candidate: Candidate) -> tuple[str, ...]:
    return tuple(" ".join(text.casefold().split()) for text in (candidate.name, candidate.position, candidate.born))

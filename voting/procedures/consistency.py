"""What the types of a ruleset cannot say: ids that are there and unique, ballots that make sense (plan, part B).

`problems(ruleset)` lists every fault with its place, e.g. `procedures[0].steps[3].ballots[0].rule`.
"""

from collections.abc import Iterable, Iterator

from voting.documents.kinds import kind_of
from voting.procedures.schema import Ballot, Composition, Procedure, Ruleset, Step, Title

Fault = str


def problems(ruleset: Ruleset) -> Iterator[Fault]:
    """Yield every fault of a ruleset that has passed its schema."""
    yield from _repeated("posts", (post.id for post in ruleset.posts))
    yield from _repeated("capacities", (capacity.id for capacity in ruleset.capacities))
    yield from _repeated("notes", (note.code for note in ruleset.notes))
    yield from _repeated("procedures", (procedure.id for procedure in ruleset.procedures))
    yield from _notes(ruleset)
    yield from _rules(ruleset)
    for at, milestone in enumerate(ruleset.milestones):
        yield from _known(f"milestones[{at}].capacities", milestone.capacities, _capacities(ruleset), "capacity")
    for at, procedure in enumerate(ruleset.procedures):
        yield from _procedure(f"procedures[{at}]", procedure, ruleset)


def _capacities(ruleset: Ruleset) -> set[str]:
    return {capacity.id for capacity in ruleset.capacities}


def _repeated(place: str, ids: Iterable[object]) -> Iterator[Fault]:
    seen: set[object] = set()
    for at, one in enumerate(ids):
        if one in seen:
            yield f"{place}[{at}]: {one!r} is there twice"
        seen.add(one)


def _known(place: str, used: Iterable[str], known: set[str], what: str) -> Iterator[Fault]:
    for at, one in enumerate(used):
        if one not in known:
            yield f"{place}[{at}]: no {what} {one!r} in this file"


def _notes(ruleset: Ruleset) -> Iterator[Fault]:
    known = {note.code for note in ruleset.notes}
    for place, codes in note_uses(ruleset):
        yield from _known(place, codes, known, "note")


def note_uses(ruleset: Ruleset) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield every place of a ruleset that refers to notes, with the codes used there."""
    yield "general_notes", ruleset.general_notes
    for name, rule in ruleset.rules.items():
        yield f"rules.{name}.notes", rule.notes
    for at, milestone in enumerate(ruleset.milestones):
        yield f"milestones[{at}].notes", milestone.notes
    for at, procedure in enumerate(ruleset.procedures):
        yield from _procedure_note_uses(f"procedures[{at}]", procedure)


def _procedure_note_uses(place: str, procedure: Procedure) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield f"{place}.notes", procedure.notes
    for at, title in enumerate(procedure.titles):
        for number, one in enumerate(title.objects):
            yield f"{place}.titles[{at}].objects[{number}].notes", one.notes
    for at, step in enumerate(procedure.steps):
        yield f"{place}.steps[{at}].notes", step.notes
        yield f"{place}.steps[{at}].composition.notes", step.composition.notes
        for number, ballot in enumerate(step.ballots):
            yield f"{place}.steps[{at}].ballots[{number}].notes", ballot.notes


def _rules(ruleset: Ruleset) -> Iterator[Fault]:
    for name, rule in ruleset.rules.items():
        most = rule.den if rule.op == ">=" else rule.den - 1
        if rule.num > most:
            yield f"rules.{name}: nobody can reach {rule.op} {rule.num}/{rule.den} of the base"
    for name, rule in ruleset.rules.items():
        if rule.at_line is not None and rule.op != ">":
            yield f'rules.{name}.at_line: whoever is on the line meets a rule with ">="'
    if ruleset.quorum is not None and ruleset.quorum.num > ruleset.quorum.den:
        yield f"quorum: {ruleset.quorum.num}/{ruleset.quorum.den} is more than everybody"


def _procedure(place: str, procedure: Procedure, ruleset: Ruleset) -> Iterator[Fault]:
    if not procedure.titles:
        yield f"{place}.titles: a procedure fills at least one title"
    numbers = tuple(step.number for step in procedure.steps)
    if not numbers or numbers != tuple(range(1, len(numbers) + 1)):
        yield f"{place}.steps: steps are numbered 1, 2, 3 …, found {list(numbers)}"
    yield from _repeated(f"{place}.titles", (title.id for title in procedure.titles))
    for at, title in enumerate(procedure.titles):
        yield from _title(f"{place}.titles[{at}]", title, ruleset)
    for at, step in enumerate(procedure.steps):
        yield from _step(f"{place}.steps[{at}]", step, ruleset)
    yield from _order(place, procedure)


def _title(place: str, title: Title, ruleset: Ruleset) -> Iterator[Fault]:
    posts = {post.id for post in ruleset.posts}
    yield from _repeated(f"{place}.objects", (one.number for one in title.objects))
    for at, one in enumerate(title.objects):
        yield from _known(f"{place}.objects[{at}].posts", one.posts, posts, "post")
        yield from _known(f"{place}.objects[{at}].planned_for", one.planned_for, posts, "post")
        if one.preferred_months < one.months:
            yield f"{place}.objects[{at}].preferred_months: less than the months that are required"


def _step(place: str, step: Step, ruleset: Ruleset) -> Iterator[Fault]:
    yield from _composition(f"{place}.composition", step.composition, ruleset)
    yield from _repeated(f"{place}.ballots", (ballot.kind for ballot in step.ballots))
    if not step.ballots and not step.adopts:
        yield f"{place}: a step without a ballot says what it adopts"
    for at, ballot in enumerate(step.ballots):
        yield from _ballot(f"{place}.ballots[{at}]", ballot, ruleset)


def _composition(place: str, composition: Composition, ruleset: Ruleset) -> Iterator[Fault]:
    yield from _known(f"{place}.capacities", composition.capacities, _capacities(ruleset), "capacity")
    if composition.stated == "missing" and not (composition.suggested_from and composition.must_confirm):
        yield f"{place}: a missing composition names where it is suggested from, and must be confirmed"
    if composition.stated != "missing" and composition.suggested_from:
        yield f"{place}.suggested_from: only for a missing composition"


def _ballot(place: str, ballot: Ballot, ruleset: Ruleset) -> Iterator[Fault]:
    kind = kind_of(ballot.kind)
    if ballot.rule not in ruleset.rules:
        yield f"{place}.rule: no rule {ballot.rule!r} in this file"
    if not ballot.stated and not ballot.notes:
        yield f"{place}: a rule that the plan does not state needs a note"
    yield from _top_down(place, ballot)
    if ballot.fallback is not None and ballot.fallback not in ruleset.rules:
        yield f"{place}.fallback: no rule {ballot.fallback!r} in this file"
    elif ballot.fallback is not None and ruleset.rules[ballot.fallback].at_line is not None:
        yield f"{place}.fallback: a fallback leaves nobody on the line to the head"
    if kind.question == "levels":
        yield f"{place}.kind: votes in levels have no rule; the minutes have no words for them yet"
    if ballot.quota is not None and not kind.closes:
        yield f"{place}.quota: only the final ballot has a number to fill"
    if ballot.put_forward and not kind.put_forward:
        yield f"{place}.put_forward: names are put forward on an introduction ballot only"
    if kind.removes != (ballot.hands_on == "removal_proposal"):
        yield f"{place}.hands_on: a removal ballot, and it alone, hands on a proposal to remove"


def _top_down(place: str, ballot: Ballot) -> Iterator[Fault]:
    """What fills a number of places says so, and who decides on equal votes for the last of them."""
    kind = kind_of(ballot.kind)
    if kind.plans != bool(ballot.top_down) and kind.hands_on != "result":
        yield f"{place}.top_down: the final ballot, and it alone, is taken from the top down"
    if kind.most == "quota" and not ballot.top_down:
        yield f"{place}.top_down: a ballot that chooses as many as there are places fills them from the top down"
    if ballot.tie == "vote" and not (ballot.top_down and ballot.tie_scope == "none"):
        yield f"{place}.tie: another ballot on equal votes, only where places are filled and the head decides nothing"
    decided = ballot.tie == "vote" or ballot.tie_scope != "none"
    if bool(ballot.top_down) != decided:
        yield f"{place}.tie_scope: the final ballot, and it alone, says who decides on equal votes"


def _order(place: str, procedure: Procedure) -> Iterator[Fault]:
    """The final ballot closes a procedure, and what is handed on has a step to go to."""
    last = procedure.steps[-1] if procedure.steps else None
    for at, step in enumerate(procedure.steps):
        for number, ballot in enumerate(step.ballots):
            where = f"{place}.steps[{at}].ballots[{number}]"
            if kind_of(ballot.kind).closes and step is not last:
                yield f"{where}: the final ballot belongs to the last step"
            if ballot.hands_on == "next_step" and step is last:
                yield f"{where}.hands_on: no step follows"

"""Who may be planned for a title (đối tượng, đủ tuổi công tác): Plan B.II.1.1.1 to B.II.2.2.2.

The procedure's data say the posts, the months and the titles planned for; this module compares. Months are counted at
the reference month: of the review for the current term, of the term's start for the next one. Months that the plan
demands are arithmetic, which nobody's word changes; those that it prefers are shown in amber and stop nobody. What a
rule cannot decide alone takes a confirmation with its reason.
"""

from collections.abc import Iterator
from typing import Literal

import msgspec

from keys.message import Sentence
from voting.documents.conferences.sentences import sentence
from voting.people.errors import WrongTurn
from voting.people.months import Month, parse_month
from voting.people.person import Person
from voting.people.retirement import months_left, retires
from voting.procedures.schema import CandidateClass, Procedure, Ruleset, Title

TERM, TWO_TERMS = 60, 120
"""Months of a term (nhiệm kỳ), and of two."""
Outcome = Literal["pass", "fail", "amber", "flag"]
Standing = Literal["eligible", "not_eligible", "to_decide"]
CheckName = Literal["post", "months", "preferred_months", "planned", "outside", "discipline", "political"]
CONFIRMED: tuple[CheckName, ...] = ("planned", "discipline")
"""The checks on which somebody may decide with a reason: planned in the same round (A22), discipline."""


class Confirmation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A human decision on one check of one person (A22, discipline): who, why, when."""

    person: str
    check: CheckName
    by: str
    reason: str
    on: str


class Check(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One comparison: `meets` is the rule's answer. `amber` waits for a confirmation; `flag` stops nobody."""

    name: CheckName
    meets: bool
    outcome: Outcome
    words: Sentence
    confirmation: Confirmation | None = None


class Assessment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the rules say of one person for one title; `object` is the candidate class, None if there is none."""

    person: str
    title: str
    object: int | None
    months_left: int
    standing: Standing
    checks: tuple[Check, ...]


def reference_month(procedure: Procedure, review: Month) -> Month:
    """Return the month at which service left is counted: the review's, or the start of the next term."""
    return review if procedure.reference == "review_month" else parse_month(procedure.term_start)


def two_terms(procedure: Procedure, reference: Month) -> Month:
    """Return the months from the reference to the end of the second full term that begins at it or later."""
    first = parse_month(procedure.term_start)
    while first < reference:
        first = Month(first + TERM)
    return Month(first + TWO_TERMS - reference)


def assess(
    person: Person,
    title: Title,
    ruleset: Ruleset,
    reference: Month,
    confirmations: tuple[Confirmation, ...] = (),
    two_full_terms: int = TWO_TERMS,
) -> Assessment:
    """Assess a person for a title, as the candidate class that their post belongs to.

    `two_full_terms` is how many months the words "trọn 2 nhiệm kỳ" ask for: 120, or what `two_terms` counts.
    """
    left = months_left(reference, retires(person))
    for confirmation in confirmations:
        if confirmation.person == person.id and not (confirmation.by.strip() and confirmation.reason.strip()):
            raise WrongTurn("a confirmation needs who gives it and why")
    own = {one.check: one for one in confirmations if one.person == person.id}
    found = next((one for one in title.objects if person.post in one.posts), None)
    if found is None:
        words = sentence("eligibility.post")
        return Assessment(person.id, title.id, None, left, "not_eligible", (Check("post", False, "fail", words),))
    if found.months == TWO_TERMS:
        found = msgspec.structs.replace(found, months=two_full_terms)
    checks = tuple(_confirmed(check, own) for check in _checks(person, found, left, ruleset))
    return Assessment(person.id, title.id, found.number, left, _standing(checks), checks)


def _standing(checks: tuple[Check, ...]) -> Standing:
    open_checks = [check.outcome for check in checks if check.confirmation is None]
    if "fail" in open_checks:
        return "not_eligible"
    return "to_decide" if "amber" in open_checks else "eligible"


def _confirmed(check: Check, confirmations: dict[CheckName, Confirmation]) -> Check:
    if check.outcome in ("amber", "fail") and check.name in CONFIRMED and check.name in confirmations:
        return msgspec.structs.replace(check, confirmation=confirmations[check.name])
    return check


def _checks(person: Person, one: CandidateClass, left: int, ruleset: Ruleset) -> list[Check]:
    candidate_class = Sentence(one.name, f"candidate class {one.number or 'single'}")
    checks = [Check("post", True, "pass", candidate_class), _months(one, left)]
    if one.preferred_months > one.months and left < one.preferred_months:
        words = sentence("eligibility.preferred_months", left=left, preferred=one.preferred_months)
        checks.append(Check("preferred_months", False, "flag", words))
    if one.planned_for:
        checks.append(_planned(person, one, ruleset))
    return [*checks, *_obstacles(person)]


def _months(one: CandidateClass, left: int) -> Check:
    words = sentence("eligibility.months", left=left, needed=one.months)
    meets = left >= one.months
    return Check("months", meets, _plain(meets), words)


def _planned(person: Person, one: CandidateClass, ruleset: Ruleset) -> Check:
    names = " / ".join(post.name for post in ruleset.posts if post.id in one.planned_for)
    meets = bool(set(person.planned) & set(one.planned_for)) and bool(person.planned_decision)
    words = sentence("eligibility.planned" if meets else "eligibility.not_planned", posts=names)
    return Check("planned", meets, _plain(meets), words)


def _plain(meets: bool) -> Outcome:
    return "pass" if meets else "fail"


def _obstacles(person: Person) -> Iterator[Check]:
    """What speaks against a person whatever the title: outside source (A20), discipline, political conclusion."""
    if person.outside:
        yield Check("outside", False, "fail", sentence("eligibility.outside"))
    if person.discipline:
        yield Check("discipline", False, "amber", sentence("eligibility.discipline", discipline=person.discipline))
    if person.politically_unqualified:
        words = sentence("eligibility.political", conclusion=person.politically_unqualified)
        yield Check("political", False, "fail", words)

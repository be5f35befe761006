"""The shape of a ruleset file (bộ quy trình): what the plan says, as frozen structs (plan, part B).

A ruleset holds procedures (quy trình), each with titles (chức danh) and steps (bước); a step holds its ballots
(phiếu). Everything that differs from one plan to the next is here and not in code: rules, compositions, deadlines,
eligibility, and the readings of ambiguous places (notes A1 … A24). The loader checks what types cannot say.
"""

import datetime
from typing import Annotated, Literal

import msgspec

from voting.documents.conferences.conference import PaperKind, Rule, Selection, TieScope
from voting.documents.kinds import kind_of

Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Id = Annotated[str, msgspec.Meta(pattern=r"^[A-Z][A-Z0-9_-]{0,39}$")]
Text = Annotated[str, msgspec.Meta(max_length=1000)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=400)]
Section = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
Code = Annotated[str, msgspec.Meta(pattern=r"^[A-Z][0-9]{1,3}$")]
Month = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]
Count = Annotated[int, msgspec.Meta(ge=1, le=1000)]
Months = Annotated[int, msgspec.Meta(ge=0, le=600)]
Share = tuple[Annotated[int, msgspec.Meta(ge=0, le=1000)], Annotated[int, msgspec.Meta(ge=1, le=1000)]]

Stated = Literal["listed", "named", "missing"]
HandsOn = Literal["next_step", "removal_proposal", "proposal", "proposal_and_approval", "approval"]


class Source(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A legal text (căn cứ): number, date, full name."""

    number: Name
    date: datetime.date
    name: Name


class Term(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A named thing of the ruleset: a post (chức vụ) or a capacity (tư cách dự họp)."""

    id: Slug
    name: Name
    english: Name


class StatedRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A percentage rule with its words in the plan ("" where the plan states none)."""

    op: Literal[">=", ">"]
    num: Count
    den: Count
    base: Literal["present", "summoned", "ballots"]
    text: Text
    at_line: Literal["head"] | None = None
    notes: tuple[Code, ...] = ()

    def rule(self) -> Rule:
        """Return the rule as election.json carries it."""
        return Rule(op=self.op, num=self.num, den=self.den, base=self.base, at_line=self.at_line)


class QuorumRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Least share of those summoned who must be present (domain: 2/3 by analogy).

    `override`: whether the chair may go on without it, giving a reason.
    """

    num: Count
    den: Count
    text: Text
    override: bool = True


class Structure(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Targets of the structure panel (cơ cấu): reported, never blocking."""

    young_under: Count
    young_share: Share
    women_share: Share
    age_bands: tuple[Count, ...]
    majority_ethnicity: Name
    text: Text


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Most people planned for a title of a unit, and most titles a person is planned for: warned of, never blocking."""

    people_per_title: Count
    titles_per_person: Count
    text: Text


class RemovalReason(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Why somebody leaves the plan; automatic ones (đương nhiên) are not voted on."""

    id: Slug
    text: Name
    automatic: bool


class RevoteReason(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Why a ballot may be annulled and held again (bỏ phiếu lại)."""

    id: Slug
    text: Name


class Note(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The reading of an ambiguous place of the plan, or of its silence."""

    code: Code
    place: Name
    text: Name
    english: Name
    configurable: bool


class Milestone(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A date of the plan without a ballot: the briefing conference, the dossier."""

    id: Slug
    section: Section
    name: Name
    english: Name
    before: datetime.date
    composition: Text
    capacities: tuple[Slug, ...]
    delivers: tuple[Name, ...]
    notes: tuple[Code, ...] = ()


class CandidateClass(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Whom a title is open to (đối tượng 1, 2; 0 where there is one class only), and what is asked of them."""

    number: Annotated[int, msgspec.Meta(ge=0, le=9)]
    name: Name
    posts: tuple[Slug, ...]
    planned_for: tuple[Slug, ...]
    months: Months
    preferred_months: Months
    text: Text
    notes: tuple[Code, ...] = ()


class Title(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A title (chức danh quy hoạch) that the procedure fills."""

    id: Slug
    name: Name
    section: Section
    objects: tuple[CandidateClass, ...] = ()


class Composition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who is summoned (thành phần): listed by the plan, only named by it, or missing and suggested from elsewhere."""

    stated: Stated
    text: Text
    capacities: tuple[Slug, ...]
    suggested_from: str = ""
    must_confirm: bool = False
    notes: tuple[Code, ...] = ()


class Ballot(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One ballot of a step, of a kind of `voting/procedures/kinds`.

    `secrecy`: "secret" (phiếu kín) or "ballot" (bằng phiếu). `stated` is false where the rule is an assumption.
    `top_down` holds the plan's words for filling a number from the top; `quota` a number that the statutes fix; `tie`
    says "vote" where another ballot among the tied decides. `fallback` names the rule where nobody meets the first one.
    """

    kind: PaperKind
    secrecy: Literal["secret", "ballot"]
    words: Text
    rule: Annotated[str, msgspec.Meta(pattern=r"^[A-Z][A-Z0-9_]{0,39}$")]
    hands_on: HandsOn
    hands_on_text: Text
    stated: bool = True
    put_forward: bool = False
    top_down: Text = ""
    quota: Count | None = None
    tie: Literal["head", "vote"] | None = None
    tie_scope: TieScope = "none"
    tie_text: Text = ""
    fallback: str | None = None
    notes: tuple[Code, ...] = ()

    def selection(self, ruleset: "Ruleset", quota: int | None) -> Selection:
        """Return whom a paper of it lets go on, as election.json carries it, with so many places to fill."""
        fallback = None if self.fallback is None else ruleset.rules[self.fallback].rule()
        if not self.top_down:
            return Selection("all", fallback=fallback)
        return Selection("top", quota, self.tie, fallback)


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A step (bước). Without ballots it ends in a list decision on what it `adopts`."""

    number: Annotated[int, msgspec.Meta(ge=1, le=20)]
    section: Section
    body: Slug
    name: Name
    english: Name
    composition: Composition
    ballots: tuple[Ballot, ...]
    adopts: tuple[Name, ...] = ()
    considers: Text = ""
    notes: tuple[Code, ...] = ()

    def ballot(self, kind: PaperKind) -> Ballot | None:
        """Return the step's ballot of that kind, if it has one."""
        return next((ballot for ballot in self.ballots if ballot.kind == kind), None)

    @property
    def introducing(self) -> Ballot | None:
        """The step's ballot on which names may be put forward, if it has one."""
        return next((ballot for ballot in self.ballots if kind_of(ballot.kind).put_forward), None)

    @property
    def closing(self) -> Ballot | None:
        """The step's ballot that chooses the plan, if it has one."""
        return next((ballot for ballot in self.ballots if kind_of(ballot.kind).closes), None)


class Procedure(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A procedure: its steps in order, the titles it fills, its deadline (`before` is exclusive, A18)."""

    id: Id
    section: Section
    name: Name
    english: Name
    kind: Literal["current", "next", "other"]
    term: Name
    term_start: Month
    reference: Literal["review_month", "term_start"]
    before: datetime.date | None = None
    deadline_section: str
    titles: tuple[Title, ...]
    steps: tuple[Step, ...]
    notes: tuple[Code, ...] = ()

    def last_day(self) -> datetime.date | None:
        """Return the last day in time: the day before `before`."""
        return None if self.before is None else self.before - datetime.timedelta(days=1)


class Ruleset(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A catalogue of procedures under one version."""

    format: Literal[1]
    id: Id
    version: Count
    name: Name
    english: Name
    plan: Name
    basis: tuple[Source, ...]
    superseded_by: tuple[Source, ...] = ()
    general_notes: tuple[Code, ...] = ()
    posts: tuple[Term, ...]
    capacities: tuple[Term, ...]
    rules: dict[str, StatedRule]
    quorum: QuorumRule | None = None
    structure: Structure | None = None
    limits: Limits | None = None
    removal_reasons: tuple[RemovalReason, ...] = ()
    revote_reasons: tuple[RevoteReason, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    procedures: Annotated[tuple[Procedure, ...], msgspec.Meta(min_length=1, max_length=32)]
    notes: tuple[Note, ...] = ()

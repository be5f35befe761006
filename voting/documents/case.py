"""A case for the rule and its verdict, as `phieukin decide` reads and writes them (design §5).

Records hold a Case and its Verdict. A ReportCase has no rule: everybody is reported. A LevelsCase has votes in levels
(confidence, ratings) and marks on them.
"""

from typing import Literal

import msgspec

from voting.documents.conferences.conference import Rule, Selection


class Counted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Votes for one name: agree (đồng ý) and disagree (không đồng ý)."""

    id: str
    name: str
    agree: int
    disagree: int


class HeadChoice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The head's choice (người đứng đầu quyết định) among the names of a tie; never in the case of a record."""

    chosen: tuple[str, ...]
    by: str
    reason: str
    on: str


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the rule is applied to; candidates in ballot order. `invalid` are those of the ballots that do not count."""

    rule: Rule
    selection: Selection
    summoned: int
    present: int
    ballots: int
    candidates: tuple[Counted, ...]
    head_decision: HeadChoice | None = None
    invalid: int = 0


class Judged(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One name of the verdict; `percent` is of the base, two decimals, decimal comma, and decides nothing."""

    id: str
    agree: int
    disagree: int
    no_opinion: int
    percent: str
    meets: bool
    place: int
    outcome: Literal["selected", "not_selected", "below", "tied"]


class Tie(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A group that somebody has to choose from: who, with how many agree votes, and how many of them go in.

    `up_to`: they stand exactly on the line of the rule, and any number of them up to `places` goes in, also none.
    """

    agree: int
    candidates: tuple[str, ...]
    places: int
    up_to: bool


class Verdict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The outcome; candidates by place, then ballot order. `by`: which rule `base` and `minimum` are of."""

    base: int
    minimum: int
    by: Literal["rule", "fallback"]
    status: Literal["final", "awaiting_head", "awaiting_vote"]
    candidates: tuple[Judged, ...]
    selected: tuple[str, ...]
    tie: Tie | None


class Base(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What percents are of, where there is no rule."""

    base: Literal["present", "summoned", "ballots"]


class Report(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nobody is selected: the votes are reported."""

    mode: Literal["report"]


class ReportCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Votes that are reported without a rule."""

    rule: Base
    selection: Report
    summoned: int
    present: int
    ballots: int
    candidates: tuple[Counted, ...]
    invalid: int = 0


class Mark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A mark that a name gets where its votes in one level are such a share of the base."""

    name: str
    level: str
    op: Literal[">=", ">"]
    num: int
    den: int


class Levels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The levels that a ballot chooses from, and the marks on them."""

    mode: Literal["levels"]
    levels: tuple[str, ...]
    marks: tuple[Mark, ...]


class Rated(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Votes for one name in each level, in the levels' order."""

    id: str
    name: str
    counts: tuple[int, ...]


class LevelsCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Votes in levels; candidates in ballot order."""

    rule: Base
    selection: Levels
    summoned: int
    present: int
    ballots: int
    candidates: tuple[Rated, ...]
    invalid: int = 0


class Reported(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One name of a verdict that reports votes."""

    id: str
    agree: int
    disagree: int
    no_opinion: int
    percent: str
    meets: None = None
    place: int
    outcome: Literal["reported"] = "reported"


class Marked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One name of a verdict on levels: `percents` in the levels' order, and the marks that are met."""

    id: str
    counts: tuple[int, ...]
    no_opinion: int
    percents: tuple[str, ...]
    marks: tuple[str, ...]


class ReportVerdict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is reported of votes (candidates by place) or of levels (candidates in ballot order)."""

    base: int
    minimum: None = None
    by: Literal["rule"] = "rule"
    status: Literal["final"] = "final"
    candidates: tuple[Reported, ...] | tuple[Marked, ...]
    selected: tuple[()] = ()
    tie: None = None


AnyCase = Case | ReportCase | LevelsCase
AnyVerdict = Verdict | ReportVerdict

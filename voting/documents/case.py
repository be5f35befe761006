"""A case for the rule and its verdict, as `phieukin decide` reads and writes them (design §5)."""

from typing import Literal

import msgspec

from voting.documents.conferences.conference import Rule, Selection


class Counted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Votes for one name: agree (đồng ý) and disagree (không đồng ý)."""

    id: str
    name: str
    agree: int
    disagree: int


class HeadDecision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The head's choice (người đứng đầu quyết định) among names with equal votes on the last place."""

    chosen: tuple[str, ...]
    by: str
    reason: str
    on: str


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the rule is applied to; candidates in ballot order."""

    rule: Rule
    selection: Selection
    summoned: int
    present: int
    ballots: int
    candidates: tuple[Counted, ...]
    head_decision: HeadDecision | None = None


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
    """Equal votes across the last place: who, with how many agree votes, and how many of them go in."""

    agree: int
    candidates: tuple[str, ...]
    places: int


class Verdict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The outcome; candidates by place, then ballot order."""

    base: int
    minimum: int
    status: Literal["final", "awaiting_head"]
    candidates: tuple[Judged, ...]
    selected: tuple[str, ...]
    tie: Tie | None

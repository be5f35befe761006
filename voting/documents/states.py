"""The states of a conference (design §3), what they have in common, and the names of steps that two people take.

The steps themselves: `voting.conference.steps`.
"""

from dataclasses import dataclass
from typing import Literal, get_args

State = Literal[
    "draft",  # dự thảo, chuẩn bị
    "list_frozen",  # chốt danh sách
    "roll_taken",  # chốt điểm danh
    "sealed",  # đã niêm phong hòm phiếu (chưa có phiếu)
    "open",  # mở
    "frozen",  # tạm khóa
    "closed",  # đóng
    "counted",  # đã kiểm phiếu
    "signed",  # đã ký
    "annulled",  # hủy, không mở hòm phiếu
    "on_paper",  # chuyển sang phiếu giấy
]
STATES: tuple[State, ...] = get_args(State)

TwoPersonStep = Literal[
    "roll",
    "reserve",
    "back",
    "open",
    "freeze",
    "reopen",
    "close",
    "annul",
    "paper",
    "signed",
    "tablet",
    "spare",
    "deck",
]
"""By which name a step that two people take is kept; opening again has one of its own."""
TWO_PERSON_STEPS: tuple[TwoPersonStep, ...] = get_args(TwoPersonStep)

WAY: tuple[State, ...] = ("draft", "list_frozen", "roll_taken", "sealed", "open", "closed", "counted", "signed")
"""The way of a conference that meets nothing unusual, in order."""


@dataclass(frozen=True, slots=True)
class StateProperties:
    """What holds in a state, by which pages and steps ask for it: no page names a state."""

    state: State
    place: int | None  # on the way, from 0; None where it was left
    has_setup: bool = False
    takes_records: bool = False
    ended: bool = False

    @property
    def is_draft(self) -> bool:
        """Whether names, papers and people may still be changed."""
        return self.state == "draft"

    @property
    def draws_cards(self) -> bool:
        """Whether people are marked present and draw their cards."""
        return self.state == "list_frozen"

    @property
    def awaits_setup(self) -> bool:
        """Whether Setup is the next thing to write."""
        return self.state == "roll_taken"

    @property
    def awaits_opening(self) -> bool:
        """Whether tellers confirm Setup, and the box is opened after that."""
        return self.state == "sealed"

    @property
    def is_open(self) -> bool:
        """Whether ballots are taken."""
        return self.state == "open"

    @property
    def is_paused(self) -> bool:
        """Whether the box is frozen."""
        return self.state == "frozen"

    @property
    def is_signed(self) -> bool:
        """Whether all records are signed."""
        return self.state == "signed"

    @property
    def is_annulled(self) -> bool:
        """Whether the conference was annulled."""
        return self.state == "annulled"

    @property
    def is_on_paper(self) -> bool:
        """Whether the conference went on with paper ballots."""
        return self.state == "on_paper"

    @property
    def in_use(self) -> bool:
        """Whether the box was opened and not closed."""
        return self.is_open or self.is_paused

    @property
    def has_box(self) -> bool:
        """Whether there is a box that is not closed."""
        return self.has_setup and not self.ended

    @property
    def before_setup(self) -> bool:
        """Whether Setup can still be written."""
        return not self.has_setup and not self.ended

    @property
    def under_way(self) -> bool:
        """Whether the list is frozen and the box not closed."""
        return not self.is_draft and not self.ended

    @property
    def too_late_to_draw(self) -> bool:
        """Whether those who come now are told why they cannot vote."""
        return self.under_way and not self.draws_cards


PROPERTIES: dict[State, StateProperties] = {
    one.state: one
    for one in (
        StateProperties("draft", 0),
        StateProperties("list_frozen", 1),
        StateProperties("roll_taken", 2),
        StateProperties("sealed", 3, has_setup=True),
        StateProperties("open", 4, has_setup=True),
        StateProperties("frozen", 4, has_setup=True),
        StateProperties("closed", 5, has_setup=True, takes_records=True, ended=True),
        StateProperties("counted", 6, has_setup=True, takes_records=True, ended=True),
        StateProperties("signed", 7, has_setup=True, ended=True),
        StateProperties("annulled", None, ended=True),
        StateProperties("on_paper", None, ended=True),
    )
}
"""The one table of what holds in which state."""

ENDED: frozenset[State] = frozenset(one.state for one in PROPERTIES.values() if one.ended)
WITH_SETUP: frozenset[State] = frozenset(one.state for one in PROPERTIES.values() if one.has_setup)
UNDER_WAY: tuple[State, ...] = tuple(one.state for one in PROPERTIES.values() if one.under_way)
BEFORE_SETUP: tuple[State, ...] = tuple(one.state for one in PROPERTIES.values() if one.before_setup)
IN_USE: tuple[State, ...] = tuple(one.state for one in PROPERTIES.values() if one.in_use)
TAKING_RECORDS: tuple[State, ...] = tuple(one.state for one in PROPERTIES.values() if one.takes_records)

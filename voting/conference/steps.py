"""The steps of a conference as one table (design §3, §4): from, to, who may, which second person, what words.

What a view lets in, what a form says of the second person, what the log keeps, and which change of state is one at all
come from here. The database holds the changes of state as well (migration 0002), for whoever else writes to it.
"""

from dataclasses import dataclass
from typing import Literal, get_args

from voting.documents.states import BEFORE_SETUP, IN_USE, TAKING_RECORDS, UNDER_WAY, State, TwoPersonStep
from voting.errors import SecondPersonNeeded

Role = Literal["organiser", "door", "teller", "chair", "secretary", "technician"]
ROLES: tuple[Role, ...] = get_args(Role)

Words = Literal["none", "may", "must"]
"""Whether somebody says why: no field, a field, a field that must be filled in."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What roles two people must have: one of them one of `one_of`, and each of them one of `each` (empty: any)."""

    one_of: tuple[Role, ...] = ()
    each: tuple[Role, ...] = ()

    def check(self, first: frozenset[str], second: frozenset[str]) -> None:
        """Raise SecondPersonNeeded unless two people with these roles may take the step."""
        wanted = self.seconds(first)
        if wanted is not None and not second & set(wanted):
            message = f"the second person must be {' or '.join(wanted)}"
            raise SecondPersonNeeded(message, key="second_role", at="second_login", roles=wanted)

    def seconds(self, first: frozenset[str]) -> tuple[Role, ...] | None:
        """The roles of which a second person must have one, beside somebody with the roles `first`; None for any."""
        each = self.each or ROLES
        wanted = each if not self.one_of or first & set(self.one_of) else tuple(r for r in each if r in self.one_of)
        return None if wanted == ROLES else wanted


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the states in which it is taken, the state that it leads to (None: it stays), and who takes it.

    `who` may begin it, alone where there is no `pair`; nobody begins what a signed record does by itself. `kept_as`
    names what the log keeps of a step of two people.
    """

    states: tuple[State, ...]
    to: State | None
    who: tuple[Role, ...] = ()
    pair: Pair | None = None
    words: Words = "none"
    kept_as: tuple[TwoPersonStep, ...] = ()


CHAIR, TELLERS = Pair(("chair",)), Pair(("chair",), ("chair", "teller"))
_CHAIR_OR_TELLER = Pair(("chair", "teller"))
_ROLL_TAKERS: tuple[Role, ...] = ("chair", "organiser", "secretary", "teller")

STEPS: dict[str, Step] = {
    "change_draft": Step(("draft",), None, ("organiser",)),  # sửa dự thảo
    "freeze_list": Step(("draft",), "list_frozen", ("organiser",)),  # chốt danh sách
    "back_to_draft": Step(
        ("list_frozen", "roll_taken"), "draft", ("organiser", "chair"), CHAIR, "must", ("back",)
    ),  # quay lại bước chuẩn bị
    "make_deck": Step(("draft", "list_frozen"), None, ("organiser", "technician"), CHAIR, "must", ("deck",)),  # làm thẻ
    "reserve_deck": Step(("list_frozen",), None, _ROLL_TAKERS, CHAIR, "must", ("reserve",)),  # dùng bộ thẻ thay thế
    "take_roll": Step(("list_frozen",), "roll_taken", _ROLL_TAKERS, CHAIR, "may", ("roll",)),  # chốt điểm danh
    "mark_roll": Step(("list_frozen",), None, ("door",)),  # điểm danh
    "void_leftover": Step(("list_frozen",), None, ("door", "teller")),  # hủy thẻ còn lại
    "upload_trustees": Step(BEFORE_SETUP, None, ("technician", "teller", "organiser")),  # nhận khóa kiểm phiếu
    "seal": Step(("roll_taken",), "sealed", ("secretary", "technician")),  # niêm phong hòm phiếu (chưa có phiếu)
    "open_box": Step(("sealed", "frozen"), "open", ("chair", "teller"), TELLERS, kept_as=("open", "reopen")),  # mở
    "confirm_setup": Step(("sealed",), None, ("secretary", "technician", "teller")),  # xác nhận mã cuộc bỏ phiếu
    "last_call": Step(("open",), None, ("chair", "teller")),  # báo sắp đóng
    "note": Step(IN_USE, None, ("teller", "technician", "secretary")),  # ghi sự cố
    "freeze": Step(
        ("open",), "frozen", ("chair", "teller", "technician"), _CHAIR_OR_TELLER, "must", ("freeze",)
    ),  # tạm khóa
    "new_code": Step(("open",), None, ("technician",), _CHAIR_OR_TELLER, "may", ("tablet",)),  # thêm máy khi đang mở
    "activate_spare": Step(("open",), None, ("door", "teller", "chair"), CHAIR, kept_as=("spare",)),  # thẻ dự phòng
    "close_box": Step(("open", "frozen"), "closed", ("chair", "teller"), TELLERS, kept_as=("close",)),  # đóng
    "annul": Step(
        ("draft", *UNDER_WAY, "closed"), "annulled", ("chair", "organiser"), CHAIR, "must", ("annul",)
    ),  # hủy
    "on_paper": Step(
        UNDER_WAY, "on_paper", ("chair", "organiser"), CHAIR, "must", ("paper",)
    ),  # chuyển sang phiếu giấy
    "take_records": Step(
        TAKING_RECORDS, None, ("secretary", "technician", "teller", "chair", "organiser")
    ),  # nhận biên bản
    "take_head_decision": Step(
        ("signed",), None, ("secretary", "technician", "teller", "chair", "organiser")
    ),  # nhận quyết định của người đứng đầu
    "release": Step(("signed",), None, ("chair",)),  # công bố kết quả
    "count": Step(("closed",), "counted"),  # đã kiểm phiếu
    "sign": Step(("counted",), "signed"),  # đã ký
    "signed": Step(  # mọi biên bản đã được ký
        ("counted",),
        None,
        ("secretary", "chair", "teller", "organiser"),
        CHAIR,
        kept_as=("signed",),
    ),
}

TRANSITIONS: frozenset[tuple[State, State]] = frozenset(
    (state, step.to) for step in STEPS.values() if step.to is not None for state in step.states
)
"""Which state may follow which."""

WITH_REASON: frozenset[TwoPersonStep] = frozenset(
    name for step in STEPS.values() if step.words == "must" for name in step.kept_as
)
WITH_WORDS: frozenset[TwoPersonStep] = frozenset(
    name for step in STEPS.values() if step.words != "none" for name in step.kept_as
)

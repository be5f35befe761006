"""The life of a conference as a table (design §3): states, and the transitions between them.

The same table stands in the first migration as a trigger; a test compares the two. Nothing else decides what may
follow what.
"""

from typing import Literal, get_args

State = Literal[
    "draft",  # soạn
    "list_frozen",  # chốt danh sách
    "roll_taken",  # chốt điểm danh
    "sealed",  # niêm phong rỗng
    "open",  # mở
    "frozen",  # tạm khóa
    "closed",  # đóng
    "counted",  # đã kiểm phiếu
    "awaiting_head",  # chờ người đứng đầu
    "signed",  # đã ký
    "annulled",  # hủy, không mở hòm phiếu
    "on_paper",  # chuyển sang phiếu giấy
]
STATES: tuple[State, ...] = get_args(State)

TRANSITIONS: frozenset[tuple[State, State]] = frozenset(
    {
        ("draft", "list_frozen"),
        ("list_frozen", "draft"),
        ("list_frozen", "roll_taken"),
        ("roll_taken", "draft"),
        ("roll_taken", "sealed"),
        ("sealed", "open"),
        ("open", "frozen"),
        ("frozen", "open"),
        ("open", "closed"),
        ("frozen", "closed"),
        ("closed", "counted"),
        ("counted", "awaiting_head"),
        ("counted", "signed"),
        ("awaiting_head", "signed"),
        ("draft", "annulled"),
        ("list_frozen", "annulled"),
        ("roll_taken", "annulled"),
        ("sealed", "annulled"),
        ("open", "annulled"),
        ("frozen", "annulled"),
        ("closed", "annulled"),
        ("list_frozen", "on_paper"),
        ("roll_taken", "on_paper"),
        ("sealed", "on_paper"),
        ("open", "on_paper"),
        ("frozen", "on_paper"),
    }
)

ENDED: frozenset[State] = frozenset({"closed", "counted", "awaiting_head", "signed", "annulled", "on_paper"})
WITH_SETUP: frozenset[State] = frozenset({"sealed", "open", "frozen", "closed", "counted", "awaiting_head", "signed"})


def allowed(old: State, new: State) -> bool:
    """Tell whether a conference in `old` may go to `new`."""
    return (old, new) in TRANSITIONS

"""The states of a conference (design §3), and what they have in common. Its steps: `voting.conference.steps`."""

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
    "awaiting_head",  # chờ người đứng đầu
    "signed",  # đã ký
    "annulled",  # hủy, không mở hòm phiếu
    "on_paper",  # chuyển sang phiếu giấy
]
STATES: tuple[State, ...] = get_args(State)

ENDED: frozenset[State] = frozenset({"closed", "counted", "awaiting_head", "signed", "annulled", "on_paper"})
WITH_SETUP: frozenset[State] = frozenset({"sealed", "open", "frozen", "closed", "counted", "awaiting_head", "signed"})

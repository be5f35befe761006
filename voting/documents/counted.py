"""What a conference counts (những gì chỉ đếm): one table for desk, log, facts of the box and minutes.

Never when, never with whom. An incident stands in the facts where it happened; a number of the facts is a field of
`voting.documents.facts.RoomFacts`; the rest is seen by staff alone.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

In = Literal["incidents", "numbers", "desk"]


@dataclass(frozen=True, slots=True)
class Counted:
    """One kind: where it goes, what it means, and its place among what staff count by hand (0: the program does)."""

    name: str
    goes_into: In
    meaning: str
    vietnamese: str
    button: int = 0


COUNTED: tuple[Counted, ...] = (
    Counted(
        "card_already_used",
        "incidents",
        "A second, different ballot of a card was refused; once a card.",
        "Một phiếu thứ hai, khác phiếu đầu, của cùng một thẻ bị từ chối; mỗi thẻ tính một lần.",
    ),
    Counted(
        "limit_reached",
        "incidents",
        "One ballot more than cards were drawn came in; the box froze.",
        "Có thêm một phiếu khi số phiếu đã bằng số thẻ đã rút; hòm phiếu tự khóa.",
    ),
    Counted("frozen", "incidents", "The box was frozen by hand.", "Hòm phiếu được tạm khóa bằng tay."),
    Counted(
        "server_restarted",
        "incidents",
        "The server started while the box was open.",
        "Máy chủ khởi động lại khi hòm phiếu đang mở.",
    ),
    Counted("tablet_replaced", "incidents", "A tablet was replaced.", "Một máy bỏ phiếu được thay."),
    Counted("power", "incidents", "The power failed.", "Mất điện.", button=3),
    Counted("network", "incidents", "The network failed.", "Mất mạng.", button=4),
    Counted("other_deck", "incidents", "The reserve deck was taken.", "Dùng bộ thẻ thay thế."),
    Counted(
        "spare_lost",
        "desk",
        "A spare was activated for a lost card.",
        "Kích hoạt một thẻ dự phòng cho thẻ bị mất.",
    ),
    Counted(
        "spare_unreadable",
        "desk",
        "A spare was activated for a card that cannot be read.",
        "Kích hoạt một thẻ dự phòng cho thẻ không quét được.",
    ),
    Counted(
        "spare_damaged",
        "desk",
        "A spare was activated for a damaged card.",
        "Kích hoạt một thẻ dự phòng cho thẻ hỏng.",
    ),
    Counted(
        "card_handed_back",
        "desk",
        "A card was handed back and voided before a spare was activated.",
        "Một thẻ được trả lại và hủy trước khi kích hoạt thẻ dự phòng.",
    ),
    Counted(
        "refused",
        "numbers",
        "A ballot was refused because the box held as many as cards were drawn.",
        "Một phiếu bị từ chối vì hòm đã đủ số thẻ đã rút.",
    ),
    Counted(
        "audits",
        "numbers",
        "A tablet was tested instead of used for casting.",
        "Một lần kiểm tra máy thay vì bỏ phiếu.",
        button=1,
    ),
    Counted("helpers", "numbers", "Somebody was helped at a tablet.", "Có người giúp đại biểu ở máy.", button=2),
    Counted(
        "receipt_missing",
        "desk",
        "A tablet kept a receipt that is not in the archive.",
        "Một máy giữ biên nhận không có trong hồ sơ.",
    ),
    Counted(
        "last_call",
        "desk",
        "The room was told that the box closes soon.",
        "Cả phòng được báo là sắp đóng hòm phiếu.",
    ),
)
BY_HAND: tuple[str, ...] = tuple(
    one.name for one in sorted((one for one in COUNTED if one.button), key=lambda one: one.button)
)
"""What staff count by hand while the box is open: tests of tablets, help given to a voter, incidents."""
INCIDENTS: tuple[str, ...] = tuple(one.name for one in COUNTED if one.goes_into == "incidents")
NUMBERS: tuple[str, ...] = tuple(one.name for one in COUNTED if one.goes_into == "numbers")

if TYPE_CHECKING:
    IncidentKind = str
else:  # so that facts with any other incident are refused where they are read
    IncidentKind = Literal[INCIDENTS]

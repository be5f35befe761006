"""What the room writes down about itself: every kind of event as data, with the fields that it may have.

Four places, and no other: the server's log (`log`), the steps that two people take (`two_person_steps`), the accounts
that they make and reset (`staff_changes`), and what is only counted (`voting.storage.conference_row.note`). None has a
voter, a card, a tracker, an address or the time of a cast in it; docs/events.md is made from this catalogue. In the
server every other logger is silent (`keep_to_catalogue`).
"""

import logging
import traceback
from dataclasses import dataclass
from typing import Literal

from voting.conference.staff_changes import Change
from voting.conference.steps import WITH_WORDS
from voting.documents import counted

Place = Literal["log", "steps", "accounts", "counts"]
LOGGER = logging.getLogger("phieukin")


@dataclass(frozen=True, slots=True)
class Event:
    """A kind of event: where it goes, which fields it has, and what it says, in English and Vietnamese."""

    name: str
    place: Place
    fields: tuple[str, ...]
    meaning: str
    vietnamese: str


_LOGGED = (
    Event(
        "fault",
        "log",
        ("kind", "place"),
        "Something went wrong: the kind of the error and the line of code, no more.",
        "Có lỗi: loại lỗi và dòng mã, không gì khác.",
    ),
)
_STEPS = {
    "roll": ("The number present was frozen.", "Chốt số người có mặt."),
    "reserve": ("The reserve deck was taken.", "Chuyển sang bộ thẻ thay thế."),
    "back": ("Back to draft.", "Quay lại bước chuẩn bị."),
    "open": ("The box was opened.", "Mở hòm phiếu."),
    "freeze": ("The box was frozen.", "Tạm khóa hòm phiếu."),
    "reopen": ("The box was opened again after a freeze.", "Mở lại hòm phiếu sau khi tạm khóa."),
    "close": ("The box was closed.", "Đóng hòm phiếu."),
    "annul": ("The conference was annulled.", "Hủy hội nghị."),
    "paper": ("The conference went on with paper ballots.", "Hội nghị tiếp tục bằng phiếu giấy."),
    "spare": (
        "A spare was activated; the reasons are counted below.",
        "Kích hoạt một thẻ dự phòng; lý do được đếm ở dưới.",
    ),
    "deck": ("A new main deck was made although cards were drawn.", "Làm bộ thẻ chính mới khi đã có người rút thẻ."),
    "signed": ("All records are signed.", "Mọi biên bản đã được ký."),
    "tablet": (
        "A tablet was enrolled while the box was open; the reason is its label.",
        "Thêm máy bỏ phiếu khi hòm phiếu đang mở; lý do là tên máy.",
    ),
}
_ACCOUNTS: dict[Change, tuple[str, str]] = {
    "made": ("An account was created.", "Tạo tài khoản."),
    "password": ("The password of an account was reset.", "Đặt lại mật khẩu của một tài khoản."),
    "authenticator": ("The authenticator of an account was renewed.", "Cấp lại mã xác thực của một tài khoản."),
    "removed": ("An account was removed.", "Xóa tài khoản."),
}
CATALOGUE: tuple[Event, ...] = (
    *_LOGGED,
    *(
        Event(name, "steps", ("first", "second", *(("reason",) if name in WITH_WORDS else ())), *words)
        for name, words in _STEPS.items()
    ),
    *(Event(name, "accounts", ("login", "first", "second"), *words) for name, words in _ACCOUNTS.items()),
    *(Event(one.name, "counts", ("times",), one.meaning, one.vietnamese) for one in counted.COUNTED),
)
COUNTED: frozenset[str] = frozenset(one.name for one in counted.COUNTED)
_HEADINGS: dict[Place, str] = {
    "log": "The server's log",
    "steps": "Steps of two people",
    "accounts": "Accounts, changed by two people or at the server",
    "counts": "What is only counted",
}


class OwnLines(logging.Filter):
    """Lets the web server's lines about start and stop pass: others are about a peer, who could fill the disk so."""

    LINES = ("Starting granian", "Listening at", "Spawning worker", "Started worker", "Stopping worker",
             "Shutting down granian", "Unexpected exit", "Respawning")  # fmt: skip

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a record is such a line."""
        return str(record.msg).startswith(self.LINES)


SERVERS_OWN: dict[str, object] = {
    "filters": {"own": {"()": f"{__name__}.{OwnLines.__name__}"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "generic", "filters": ["own"]}},
    "loggers": {"_granian": {"handlers": ["console"], "level": "INFO", "propagate": False}},
}
"""How granian is to log: by its own handler, start and stop alone."""


def keep_to_catalogue() -> None:
    """Silence all other loggers of this process: libraries would write addresses, statements and messages.

    The web server's own logger, of its start and stop, has a handler of its own and goes on.
    """
    handler = logging.StreamHandler()
    handler.addFilter(lambda record: record.name == LOGGER.name)
    logging.getLogger().handlers[:] = [handler]


def log(name: str, **fields: str) -> None:
    """Write an event into the server's log; raise ValueError for one, or a field, that the catalogue does not have."""
    event = next((one for one in _LOGGED if one.name == name), None)
    if event is None or set(fields) != set(event.fields):
        raise ValueError(f"an event of the catalogue with its fields expected, found {name}: {sorted(fields)}")
    LOGGER.error("%s %s", name, " ".join(f"{field}={fields[field]}" for field in event.fields))


def log_fault(error: BaseException) -> None:
    """Log the kind of an error and where it came up; never its message, which may quote what somebody sent."""
    last = traceback.extract_tb(error.__traceback__)[-1:]
    log("fault", kind=type(error).__name__, place=f"{last[0].filename}:{last[0].lineno}" if last else "?")


def at(place: Place) -> tuple[Event, ...]:
    """All kinds of events of one place, in the order of the catalogue."""
    return tuple(one for one in CATALOGUE if one.place == place)


def document() -> str:
    """The catalogue as a page of Markdown."""
    lines = [
        "# What the room writes down",
        "",
        "Made from `voting/conference/events.py` by `make docs`; a test finds this page stale. Nothing else is logged:",
        "no request, no address, no name, no card, no tracker, no time of a cast. The web server's own lines tell that",
        "it started and stopped.",
    ]
    for place, heading in _HEADINGS.items():
        lines += ["", f"## {heading}", "", "| event | fields | meaning | nghĩa |", "|---|---|---|---|"]
        lines += [f"| `{one.name}` | {', '.join(one.fields)} | {one.meaning} | {one.vietnamese} |" for one in at(place)]
    return "\n".join(lines) + "\n"

"""What tablets and room call things when they talk: address, headers, codes of refusals, what a tablet says it shows.

The tablet's TypeScript has the same words from here, in `kiosk_templates/src/shared.ts`, which `make docs` writes.
"""

from typing import Final, Literal, get_args

API: Final = "/api/v1"
DEVICE_HEADER: Final = "Phieukin-Device"  # in which a tablet names itself
SIGNATURE_HEADER: Final = "Phieukin-Signature"  # over the election and the body's hash
PAGE_HEADER: Final = "Phieukin-Page"  # which build of the page a tablet runs, and what it shows

NO_STATE: Final = "none"  # the state of a room without a conference

Showing = Literal["none", "real", "practice"]
SHOWN: tuple[Showing, ...] = get_args(Showing)

Code = Literal[
    "bad_ballot",
    "wrong_size",
    "device_unknown",
    "unknown_card",
    "card_void",
    "spare_not_active",
    "card_used",
    "not_open",
    "closed",
    "frozen",
    "busy",
    "fault",
    "limit",
    "unknown",
    "bad_request",
    "bad_receipts",
    "not_closed",
    "bad_code",
    "unknown_election",
]
"""Why the room refuses a request."""
CODES: tuple[Code, ...] = get_args(Code)

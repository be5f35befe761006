"""How long a body may be, by the head of its request alone (mức dữ liệu được gửi).

Somebody who names no tablet and brings no session can only send what is short: an enrolment, a card's question, a
sign-in. A head proves nothing; it decides how much is read before somebody else looks.
"""

import re

from voting.box.mirror import BODY_LIMIT, HEADER, PATH
from voting.box.tablet_interface import DEVICE_HEADER
from voting.server.front import Head
from voting.web.protection import COOKIE, FORM_LIMIT

SHORT = 64 * 1024  # bytes
_COOKIE, _DEVICE, _MIRROR = COOKIE.encode(), DEVICE_HEADER.lower().encode(), HEADER.lower().encode()
_HEX = re.compile(rb"[0-9a-f]{64}")  # a tablet's id, and the mirror's seal


def room_admits(head: Head) -> int:
    """Most bytes of a request to the room."""
    if head.path.startswith("/api/"):
        known = _HEX.fullmatch(head.headers.get(_DEVICE, b"")) is not None
    else:
        known = _COOKIE in head.headers.get(b"cookie", b"")
    return FORM_LIMIT if known else SHORT


def mirror_admits(head: Head) -> int:
    """Most bytes of a request to the mirror: nothing without a seal."""
    sealed = head.path == PATH and _HEX.fullmatch(head.headers.get(_MIRROR, b"")) is not None
    return BODY_LIMIT if sealed else 0

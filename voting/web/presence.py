"""Which tablets are there (máy đang nối): when each was last heard from, in coarse steps, in memory alone.

A tablet looks at the room every four seconds on every screen, whether somebody stands before it or not, and says with
it only which device it is, which build of the page it runs, and whether that page shows a practice. So what stands here
tells that a machine is switched on, has a network and runs the right page; it cannot tell a tablet in use from an idle
one, and casting, scanning and testing do not touch it. Even so, only the last time is kept, rounded down to `STEP`
seconds, no earlier one; it is in no table, no log and no backup, and gone with the server. Somebody in the room's
network who knows a device's id (it is no secret) can make a tablet seem to be there: the page says what was heard, and
nothing else depends on it.

The server's processes share one piece of memory, which the first of them makes and names in the environment; a process
without it (tests, a single process) has a piece of its own. Each tablet has a slot; nobody locks, since a slot is one
tablet's, and a torn write would show a wrong step for four seconds.
"""

import hashlib
import mmap
import os
import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.shared_memory import SharedMemory

from flask import Flask, Response, current_app, request

from voting.box.tablet_interface import DEVICE_HEADER, PAGE_HEADER, SHOWN, Showing
from voting.storage.tables import DeviceRow
from voting.web.built import manifest
from voting.web.room import the_room

VARIABLE = "PHIEUKIN_PRESENCE"
EXTENSION = "phieukin-presence"
LISTENED = "api.room_state"
ID = re.compile(r"[0-9a-f]{64}")  # of a device
SLOTS = 1024  # tablets
STEP = 15  # seconds: times are kept no finer
PATIENCE = 2 * STEP  # seconds without a word after which a tablet counts as lost
_SLOT = struct.Struct("<16sIBB")  # start of the device's hash, time in steps, what it shows, whether its page is ours


@dataclass(frozen=True, slots=True)
class Heard:
    """What was last heard from a tablet: `here`, else lost; what it shows; whether it runs this server's page."""

    here: bool
    showing: Showing
    fresh: bool


class Presence:
    """The slots of all tablets."""

    def __init__(self) -> None:
        name = os.environ.get(VARIABLE)
        self._shared = SharedMemory(name) if name else None
        self._own = None if self._shared else mmap.mmap(-1, SLOTS * _SLOT.size)

    def knows(self, device: str) -> bool:
        """Whether a tablet has a slot already."""
        return self._place(device)[1]

    def hear(self, device: str, now: int, showing: str, *, fresh: bool) -> None:
        """Note that a tablet was heard from just now; with all slots taken, nothing is noted."""
        place, _ = self._place(device)
        if place is not None:
            kind = SHOWN.index(showing) if showing in SHOWN else 0
            _SLOT.pack_into(self._memory(), place, _key(device), now // STEP, kind, fresh)

    def of(self, device: str, now: int) -> Heard | None:
        """What was last heard from a tablet, None if nothing since the server started."""
        place, known = self._place(device)
        if place is None or not known:
            return None
        _, step, kind, fresh = _SLOT.unpack_from(self._memory(), place)
        return Heard(now - step * STEP < PATIENCE + STEP, SHOWN[kind], bool(fresh))

    def close(self) -> None:
        """Let go of the memory."""
        if self._shared is not None:
            self._shared.close()

    def _memory(self) -> "mmap.mmap | memoryview":
        found = self._shared.buf if self._shared is not None else self._own
        assert found is not None, "one of the two was made"
        return found

    def _place(self, device: str) -> tuple[int | None, bool]:
        """Where a tablet's slot is, or the free one that it would take; and whether it is its own already."""
        key = _key(device)
        first = int.from_bytes(key[:4], "little") % SLOTS
        for at in range(SLOTS):
            place = (first + at) % SLOTS * _SLOT.size
            found = _SLOT.unpack_from(self._memory(), place)[0]
            if found == key:
                return place, True
            if not any(found):
                return place, False
        return None, False


@contextmanager
def shared_presence() -> Iterator[None]:
    """Make the memory that the processes of this server share, and take it away at the end."""
    memory = SharedMemory(create=True, size=SLOTS * _SLOT.size)
    os.environ[VARIABLE] = memory.name
    try:
        yield
    finally:
        del os.environ[VARIABLE]
        memory.close()
        memory.unlink()


def listen(app: Flask) -> None:
    """Hear every tablet that looks at the room's state: its headers alone, whatever the answer says."""
    app.extensions[EXTENSION] = Presence()
    app.after_request(_hear)


def the_presence() -> Presence:
    """The memory of the process that answers this request."""
    found = current_app.extensions[EXTENSION]
    assert isinstance(found, Presence)
    return found


def _hear(answer: Response) -> Response:
    device = request.headers.get(DEVICE_HEADER, "")
    if request.endpoint == LISTENED and answer.status_code == 200 and ID.fullmatch(device):
        memory, room = the_presence(), the_room()
        if memory.knows(device) or _enrolled(device):
            page, _, showing = request.headers.get(PAGE_HEADER, "")[:64].partition(" ")
            built = manifest(required=False).get("page", "")
            memory.hear(device, room.seconds(), showing, fresh=bool(page) and built.startswith(page))
    return answer


def _enrolled(device: str) -> bool:
    """Strangers take no slot."""
    with the_room().storage.read() as session:
        row = session.get(DeviceRow, device)
        return row is not None and row.status == "enrolled"


def _key(device: str) -> bytes:
    return hashlib.sha256(device.encode()).digest()[:16]

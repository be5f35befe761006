"""What every request of one server process shares: storage, keyring, box, clock."""

from dataclasses import dataclass

from flask import current_app

from voting.box import Box, Verify, verify_alone
from voting.mirror import Mirror, open_mirror
from voting.results import Audit, no_audit
from voting.setup_keys import Keyring
from voting.storage.engine import Storage
from voting.web.settings import Clock, Settings

EXTENSION = "phieukin"


@dataclass(frozen=True, slots=True)
class Room:
    """The room behind the pages."""

    settings: Settings
    storage: Storage
    keyring: Keyring
    box: Box
    clock: Clock
    mirror: Mirror | None
    audit: Audit = no_audit

    def seconds(self) -> int:
        """Now, in seconds since 1970."""
        return int(self.clock().timestamp())


def open_room(settings: Settings, verify: Verify = verify_alone, audit: Audit = no_audit) -> Room:
    """Open the room of these settings, ballots verified by `verify`, records by `audit`."""
    storage, keyring = Storage(settings.database), Keyring(settings.secret)
    mirror = open_mirror(settings.directory, settings.mirror)
    return Room(settings, storage, keyring, Box(storage, keyring, verify), settings.clock, mirror, audit)


def the_room() -> Room:
    """The room of the request under way."""
    room = current_app.extensions[EXTENSION]
    assert isinstance(room, Room)
    return room

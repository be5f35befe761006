"""What every request of one server process shares: storage, keyring, box, clock."""

from dataclasses import dataclass

from flask import current_app

from voting.box.casting import Box, Verify, verify_alone
from voting.box.mirror import Mirror, open_mirror
from voting.conference.results import Audit, no_audit
from voting.rounds.hand_counts import Recount, no_recount
from voting.rounds.steps import Attached, nothing_attached
from voting.storage.engine import Storage
from voting.storage.keyring import Keyring
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
    recount: Recount = no_recount
    attached: Attached = nothing_attached

    def seconds(self) -> int:
        """Now, in seconds since 1970."""
        return int(self.clock().timestamp())


def open_room(
    settings: Settings,
    verify: Verify = verify_alone,
    audit: Audit = no_audit,
    recount: Recount = no_recount,
    attached: Attached = nothing_attached,
) -> Room:
    """Open the room of these settings, with what `create_app` was handed."""
    storage, keyring = Storage(settings.database), Keyring(settings.secret)
    mirror = open_mirror(settings.directory, settings.mirror)
    box, clock = Box(storage, keyring, verify), settings.clock
    return Room(settings, storage, keyring, box, clock, mirror, audit, recount, attached)


def the_room() -> Room:
    """The room of the request under way."""
    room = current_app.extensions[EXTENSION]
    assert isinstance(room, Room)
    return room

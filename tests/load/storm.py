"""A storm of ballots: made beforehand, cast over TLS on many connections, arriving at random times.

The time of a cast is from the moment at which it was due, so a client or server that falls behind is not hidden. A
server lets go of a connection that was idle for half a minute; a tablet then sends again over a new one, as here.
"""

import math
import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.faults.room import LOST, FaultRoom, Request, Tablet

OPEN_SECONDS = 120  # to open all connections
ATTEMPTS = 3  # of a tablet, each over a connection of its own


@dataclass
class Storm:
    """What happened: seconds of each acknowledged cast, what was lost, what is duplicated."""

    seconds: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    again: int = 0
    lost: int = 0
    double: int = 0

    def quantile(self, share: float) -> float:
        """The time below which this share of the casts was answered."""
        ordered = sorted(self.seconds)
        return ordered[max(0, math.ceil(share * len(ordered)) - 1)]

    def __str__(self) -> str:
        return (
            f"{len(self.seconds)} ballots acknowledged, {len(self.refused)} refused or unanswered, "
            f"{self.again} sent again; "
            f"p50 {self.quantile(0.5) * 1000:.0f} ms, p99 {self.quantile(0.99) * 1000:.0f} ms, "
            f"longest {max(self.seconds) * 1000:.0f} ms; lost {self.lost}, double {self.double}"
        )


def storm(field: FaultRoom, requests: Sequence[Request], connections: int, seconds: float, seed: int) -> Storm:
    """Cast `requests` on `connections` connections, each at a random moment within `seconds`."""
    found, chance = Storm(), random.Random(seed)
    due = [(chance.uniform(0, seconds), request) for request in requests]
    ready = threading.Barrier(connections + 1, timeout=OPEN_SECONDS)
    begin: list[float] = []
    threads = [
        threading.Thread(target=_connection, args=(field, sorted(due[at::connections], key=_when), ready, begin, found))
        for at in range(connections)
    ]
    for thread in threads:
        thread.start()
    ready.wait()
    begin.append(time.monotonic())
    ready.wait()
    for thread in threads:
        thread.join()
    held = field.in_the_box()
    found.lost = len({request.tracker for request in requests if request.tracker in field.acknowledged} - set(held))
    found.double = len(held) - len(set(held.values()))
    return found


def _when(entry: tuple[float, Request]) -> float:
    return entry[0]


def _connection(
    field: FaultRoom,
    mine: Sequence[tuple[float, Request]],
    ready: threading.Barrier,
    begin: Sequence[float],
    found: Storm,
) -> None:
    """One tablet on one connection, opened beforehand."""
    tablet = field.tablet()
    tablet.connect()
    _make_ready(tablet, field.room_uuid)
    ready.wait()
    ready.wait()
    for moment, request in mine:
        time.sleep(max(0.0, begin[0] + moment - time.monotonic()))
        refusal = _cast(field, tablet, request, found)
        if refusal is None:
            found.seconds.append(time.monotonic() - begin[0] - moment)
        else:
            found.refused.append(refusal)
    tablet.close()


def _make_ready(tablet: Tablet, uuid: str) -> None:
    """Ask for election and cards, as a tablet does long before the first voter comes."""
    assert tablet.connection is not None
    for part in ("election", "credentials"):
        tablet.connection.request("GET", f"/api/v1/elections/{uuid}/{part}.json")
        answer = tablet.connection.getresponse()
        assert answer.read() and answer.status == 200, answer.status


def _cast(field: FaultRoom, tablet: Tablet, request: Request, found: Storm) -> str | None:
    """Send a ballot, again where no answer came; return None once it is acknowledged, or else why it is not."""
    why = "not sent"
    for attempt in range(ATTEMPTS):
        found.again += attempt > 0
        try:
            status, answer = tablet.send(field.room_uuid, request.body)
        except LOST as error:
            why = type(error).__name__
        else:
            return None if field.take(request, status, answer) else str(answer)
    return why

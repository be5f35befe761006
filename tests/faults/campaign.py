"""A campaign of random kills during casting, and the figures that it leaves.

Each conference has some cards and is killed some times; tablets send ballots from four threads meanwhile, repeat what
they got no answer to, and sometimes send a card's other ballot. After every kill: no acknowledged ballot is missing.
At the end: every card's owner gets a receipt, no card has two ballots, and the closed archive is sound.
"""

import base64
import io
import random
import tarfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.room import ANSWER_SECONDS, LOST, FaultRoom, ForkServer, Request, check_archive, make_fault_room

THREADS = 4
LONGEST_WAIT = 0.05  # seconds from the sending that the kill is aimed at to the kill: some casts long
CARDS, KILLS = 100, 25


class Aim:
    """Counts the requests that were sent, so that a kill hits the burst and not the quiet after it."""

    def __init__(self, wanted: int) -> None:
        self._left, self._reached = wanted, threading.Event()
        self._lock = threading.Lock()

    def sent(self) -> None:
        """A request goes out now."""
        with self._lock:
            self._left -= 1
        if self._left <= 0:
            self._reached.set()

    def wait(self) -> None:
        """Until as many as wanted went out, or a tablet hangs."""
        self._reached.wait(ANSWER_SECONDS)


@dataclass
class Figures:
    """What a campaign found; the first four must be 0."""

    lost: int = 0
    double: int = 0
    burnt: int = 0
    unsound: int = 0
    kills: int = 0
    acknowledged: int = 0
    repeated: int = 0
    unanswered: int = 0
    dropped_writes: int = 0
    archives: int = 0
    answers: Counter[str] = field(default_factory=Counter)

    def clean(self) -> bool:
        """Whether nothing went wrong."""
        return not (self.lost or self.double or self.burnt or self.unsound)

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {self.acknowledged} ballots acknowledged, {self.unanswered} requests unanswered, "
            f"{self.repeated} repeated, {self.dropped_writes} unsynced writes torn or dropped, "
            f"{self.archives} archives; "
            f"acknowledged ballots lost: {self.lost}, double: {self.double}, cards burnt: {self.burnt}, "
            f"archives not sound: {self.unsound}; answers: {dict(sorted(self.answers.items()))}"
        )


def campaign(
    folder: Path, fork_server: ForkServer, kills: int, seed: int, *, url: str | None = None, power: bool = False
) -> Figures:
    """Kill the server of one conference `kills` times while its ballots come in."""
    cards = max(8, CARDS * kills // KILLS)
    with make_fault_room(
        folder, fork_server, cards=cards, seed=seed, url=url, power=power, rivals=cards // 10
    ) as field:
        return _fight(field, kills)


def _fight(field: FaultRoom, kills: int) -> Figures:
    figures = Figures()
    waiting = list(field.requests)
    field.chance.shuffle(waiting)
    for number in range(kills):
        share = max(1, len(waiting) // (kills - number))
        batch = [*waiting[: 3 * share], *field.chance.sample(field.rivals, min(1, len(field.rivals)))]
        _round(field, batch, figures)
        waiting = [one for one in waiting if one.tracker not in field.acknowledged and not _voted(field, one.card)]
        field.chance.shuffle(waiting)
    _last_word(field, figures)
    return figures


def _voted(field: FaultRoom, card: int) -> bool:
    return card in field.acknowledged.values()


def _round(field: FaultRoom, batch: list[Request], figures: Figures) -> None:
    """Start, let tablets cast, kill at a random instant, look into the box."""
    field.start()
    aim = Aim(field.chance.randint(1, len(batch)))
    threads = [
        threading.Thread(
            target=_cast, args=(field, batch[at::THREADS], figures, random.Random(field.chance.random()), aim)
        )
        for at in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    aim.wait()
    time.sleep(field.chance.uniform(0.0, LONGEST_WAIT))
    field.let_go()
    figures.dropped_writes += field.kill()
    for thread in threads:
        thread.join()
    figures.kills += 1
    figures.lost += field.lost()
    field.let_go()


def _cast(field: FaultRoom, batch: list[Request], figures: Figures, chance: random.Random, aim: Aim) -> None:
    """One thread's tablet: sends its ballots one after the other, some twice, until the server is gone."""
    tablet = field.tablet()
    try:
        for request in batch:
            for _ in range(1 + (chance.random() < 0.2)):
                aim.sent()
                status, answer = tablet.send(field.room_uuid, request.body)
                known = request.tracker in field.acknowledged
                figures.repeated += known and status == 200
                figures.answers[str(answer.get("code", status))] += 1
                field.take(request, status, answer)
    except LOST:
        figures.unanswered += 1
    finally:
        tablet.close()


def _last_word(field: FaultRoom, figures: Figures) -> None:
    """Everybody whose ballot is not in the box tries again; then the box is closed and audited."""
    field.start()
    tablet = field.tablet()
    for request in field.requests:
        status, answer = tablet.send(field.room_uuid, request.body)
        if not field.take(request, status, answer) and not _voted(field, request.card):
            # The card's other ballot may be in the box, acknowledged or not: then its owner gets that receipt.
            others = [one for one in field.rivals if one.card == request.card]
            figures.burnt += not any(field.take(one, *tablet.send(field.room_uuid, one.body)) for one in others)
    tablet.close()
    figures.lost += field.lost()
    held = field.in_the_box()
    figures.double += len(held) - len(set(held.values())) + max(0, len(held) - len(field.requests))
    figures.acknowledged += len(field.acknowledged)
    field.kill()
    closed = field.close()
    figures.archives += 1
    try:
        check_archive(closed, field.folder / "out", len(held))
    except Exception as error:  # noqa: BLE001 # whatever says that it is not sound is a finding
        figures.unsound += 1
        print(f"not sound: {error!r}")
    with tarfile.open(fileobj=io.BytesIO(closed.archive)) as archive:
        archived = {_as_tracker(name) for name in archive.getnames() if name.endswith(".data.json")}
    figures.lost += len(set(field.acknowledged) - archived)
    field.let_go()


def _as_tracker(member: str) -> str:
    """A ballot's name in the archive is the hex of what its tracker spells in base64."""
    return base64.b64encode(bytes.fromhex(member.partition(".")[0])).decode().rstrip("=")

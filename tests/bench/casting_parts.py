"""Where the time of a cast goes: CPU of each step of the server's application, sixteen senders at once, no network.

Steps that serve a group are counted where they are done, so each figure is a share of the whole by ballot.
"""

import functools
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

from flask import Flask

from tally import fast
from tally.fast.acceptance import Acceptance
from tests.bench.casting import MINUTELY, THREADS, LargeRoom, Request, make_requests
from tests.voting.rooms import new_teller
from voting.server.serve import prepare
from voting.storage.engine import Storage
from voting.storage.keyring import Keyring
from voting.web.app import create_app
from voting.web.settings import load_settings, write_config

STEPS = {
    "tablet's signature": "voting.web.api.check_device",
    "form of the request": "voting.box.casting.Box._unpack",
    "reading the ballot": "voting.box.casting.Box._parse",
    "known, state, card": "voting.box.casting.Box._look",
    "proofs": "tally.fast.chunk.verify_chunk",
    "receipt's signature": "voting.box.casting.sign_raw",
    "transaction": "voting.box.casting.Box._insert",
    "commit": "voting.box.casting.Session.commit",
}
INNER = {"transaction": ("receipt's signature", "commit")}


def measure(*, names: int = 11, ballots: int = 400) -> dict[str, float]:
    """CPU seconds a ballot of each step, and of "everything else" of a request; a step's inner ones are taken out."""
    with tempfile.TemporaryDirectory() as name:
        write_config(Path(name), casts_per_minute=MINUTELY, polls_per_minute=MINUTELY)
        settings = load_settings(Path(name))
        prepare(settings)
        storage = Storage(settings.database)
        room = LargeRoom(storage, Keyring(settings.secret), [new_teller(), new_teller()])
        uuid, requests = make_requests(room, names, ballots)
        storage.close()
        fast.available()
        app = create_app(settings, Acceptance(load_after=0).verify)
        _cast_all(app, uuid, requests[: ballots // 4])
        spent: Counter[str] = Counter()
        with _watched(spent):
            started = time.process_time()
            _cast_all(app, uuid, requests[ballots // 4 :])
            whole = time.process_time() - started
    counted = ballots - ballots // 4
    for step, inner in INNER.items():
        spent[step] -= sum(spent[one] for one in inner)
    spent["everything else"] = whole - sum(spent.values())
    return {step: seconds / counted for step, seconds in spent.items()}


def _cast_all(app: Flask, uuid: str, requests: Sequence[Request]) -> None:
    """Cast from as many threads as a server process has."""
    waiting = list(requests)

    def send() -> None:
        client = app.test_client()
        while waiting:
            try:
                one = waiting.pop()
            except IndexError:
                return
            answer = client.post(f"/api/v1/elections/{uuid}/ballots", data=one.body, headers=one.headers)
            assert answer.status_code == 200, answer.text

    threads = [threading.Thread(target=send) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class _watched:
    """Adds up the CPU time of the steps while it is entered."""

    def __init__(self, spent: "Counter[str]") -> None:
        self._patches = [patch(where, _timed(spent, step, _find(where))) for step, where in STEPS.items()]

    def __enter__(self) -> None:
        for one in self._patches:
            one.start()

    def __exit__(self, *_: object) -> None:
        for one in self._patches:
            one.stop()


def _find(where: str) -> Callable[..., Any]:
    """The function of a dotted name."""
    import pkgutil

    found: Callable[..., Any] = pkgutil.resolve_name(where)
    return found


def _timed(spent: "Counter[str]", step: str, original: Callable[..., Any]) -> Callable[..., Any]:
    lock = threading.Lock()

    @functools.wraps(original)
    def timed(*args: Any, **kwargs: Any) -> Any:
        started = time.thread_time()
        try:
            return original(*args, **kwargs)
        finally:
            with lock:
                spent[step] += time.thread_time() - started

    return timed

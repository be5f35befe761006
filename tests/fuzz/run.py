"""The fuzzer: mutations of seeds, and of every input that reached a line of refusal which nobody reached before.

That line (kind of the error and where it was raised) stands in for coverage: it costs nothing, and a decoder refuses
in a place of its own for almost every rule. What a decoder raises beside its own errors is a finding.
"""

import random
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.fuzz.mutate import mutated
from tests.fuzz.targets import EXPECTED, Target

MOST_KEPT = 300
SLOW = 2.0  # seconds of this processor for one input of a few kilobytes: a finding, too


@dataclass
class Found:
    """What a run found in one target."""

    name: str
    cases: int = 0
    accepted: int = 0
    places: set[str] = field(default_factory=set)
    findings: dict[str, bytes] = field(default_factory=dict)


def fuzz(target: Target, cases: int, seed: int, others: Sequence[bytes]) -> Found:
    """Try `cases` inputs."""
    chance, found, corpus = random.Random(seed), Found(target.name), list(target.seeds)
    for _ in range(cases):
        raw = mutated(chance.choice(corpus), others, chance)
        place = attempt(target, raw, found)
        if place not in found.places:
            found.places.add(place)
            if len(corpus) < MOST_KEPT:
                corpus.append(raw)
    return found


def attempt(target: Target, raw: bytes, found: Found) -> str:
    """Try one input; return where it ended."""
    found.cases += 1
    begun = time.process_time()
    try:
        way = target.call(raw)
    except EXPECTED as error:
        return _place(error)
    except Exception as error:  # noqa: BLE001 # whatever it is, it is what we look for
        found.findings.setdefault(f"{_place(error)}: {error!r}"[:300], raw)
        return _place(error)
    if time.process_time() - begun > SLOW:
        found.findings.setdefault("slow", raw)
    found.accepted += 1
    return way if isinstance(way, str) and target.name == "endpoints" else "accepted"


def _place(error: BaseException) -> str:
    last = traceback.extract_tb(error.__traceback__, limit=-1)[-1]
    return f"{type(error).__name__} {last.filename.rpartition('/')[2]}:{last.lineno}"

"""A sample of `make fuzz`, and every case that it ever found."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fuzz.mutate import mutated
from tests.fuzz.run import Found, attempt, fuzz
from tests.fuzz.seeds import make_seeds
from tests.fuzz.targets import Target, decoders, endpoints

CASES = Path(__file__).parent / "cases"
SAMPLE, SAMPLE_OF_REQUESTS = 150, 150
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def targets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Target]]:
    folder = tmp_path_factory.mktemp("fuzz")
    seeds, room = make_seeds(folder)
    with pytest.MonkeyPatch.context() as patch:
        from voting.web.access import accounts

        for name in ("_HASHER", "_NOBODY"):
            patch.setattr(accounts, name, getattr(accounts, name))
        yield [*decoders(seeds), *endpoints(folder, room, seeds)]
    room.storage.close()


def test_a_sample_of_bad_input_is_refused_with_errors_of_our_own(targets: list[Target]) -> None:
    others = [raw for target in targets for raw in target.seeds]
    findings = {}
    for number, target in enumerate(targets):
        count = SAMPLE_OF_REQUESTS if target.name == "endpoints" else SAMPLE
        findings |= {
            f"{target.name}: {text}": raw for text, raw in fuzz(target, count, number, others).findings.items()
        }
    assert findings == {}


def test_what_was_found_once_is_refused_now(targets: list[Target]) -> None:
    """A case's name begins with its target's: `draft-deep.bin`."""
    for path in sorted(CASES.glob("*.bin")):
        for target in targets:
            if path.stem.startswith(target.name.replace(" ", "_")):
                found = Found(target.name)
                attempt(target, path.read_bytes(), found)
                assert found.findings == {}, path.name


def test_the_fuzzer_notices_a_decoder_that_fails() -> None:
    target = Target("broken", [b"seed"], lambda raw: raw.decode("ascii"))
    assert fuzz(target, 300, 1, [b"\xff"]).findings


def test_mutations_come_from_the_seed_alone() -> None:
    made = [mutated(b'{"a":1}', [b"x"], random.Random(5)) for _ in range(2)]
    assert made[0] == made[1]

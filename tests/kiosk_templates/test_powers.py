"""The tablet's own tables of powers say what libsodium says, on all shapes of numbers that windows could get wrong."""

import subprocess
from pathlib import Path
from random import SystemRandom

import pytest

from keys.group import BASE, Q, base_power, public_power, random_secret
from kiosk_templates.build_front import HERE, find_node
from tests.kiosk_templates.conftest import BUNDLE

RANDOM, EDGES = 3000, (0x00, 0x01, 0x02, 0x7E, 0x7F, 0x80, 0x81, 0xFE, 0xFF)


def numbers() -> list[int]:
    """Ends of the range, each edge in each window with each edge below it, mixtures of edges, and random numbers."""
    draw = SystemRandom()
    found = {0, 1, 2, Q - 1, Q - 2, Q // 2, Q // 2 + 1}
    for window in range(32):
        for byte in EDGES:
            for low in EDGES:
                found.add(int.from_bytes(bytes([low] * window + [byte]), "little") % Q)
            found.add(Q - 1 - (byte << 8 * window) % Q)
    found |= {int.from_bytes(bytes(draw.choices(EDGES, k=32)), "little") % Q for _ in range(RANDOM)}
    return sorted(found | {draw.randrange(Q) for _ in range(RANDOM)})


@pytest.mark.slow
def test_libsodium_finds_the_same_powers(front: Path, tmp_path: Path) -> None:
    node, _ = find_node()
    script, source = tmp_path / "powers.mjs", Path(__file__).parent / "ts" / "powers.ts"
    subprocess.run([node, "-e", BUNDLE, str(source), str(script)], cwd=HERE, check=True)
    key, asked = base_power(random_secret()), numbers()
    lines = "\n".join([key.hex(), *map(str, asked)])
    done = subprocess.run([node, str(script)], input=lines, capture_output=True, text=True, check=True)
    expected = [public_power(point, n).hex() for n in asked for point in (BASE, key)]
    assert done.stdout.split() == expected
    assert len(expected) > 10_000

"""Points against plain integers and against libsodium; the addition law on every pair of points of small order."""

import secrets

import numpy as np
import pytest
from nacl import bindings as sodium

from tally.fast.arithmetic import curve
from tally.fast.arithmetic.compiled import kernel
from tally.fast.arithmetic.curve import AFFINE, EXTENDED, Words
from tests.tally.fast import edwards

SMALL = edwards.small_orders()
RANDOM = [edwards.on_curve() for _ in range(6)]


@kernel
def sums(points: Words, others: Words, results: Words) -> None:
    """Rows: p + q four ways, p - q two ways, 2p."""
    for i in range(points.shape[0]):
        a, b = curve.load_affine(points[i]), curve.load_affine(others[i])
        p, q = curve.from_affine(a), curve.from_affine(b)
        curve.store(results[7 * i], curve.add(p, q))
        curve.store(results[7 * i + 1], curve.add_affine(p, b))
        curve.store(results[7 * i + 2], curve.add_ready(p, curve.ready(q)))
        curve.store(results[7 * i + 3], curve.add(q, p))
        curve.store(results[7 * i + 4], curve.subtract_affine(p, b))
        curve.store(results[7 * i + 5], curve.subtract_ready(p, curve.ready(q)))
        curve.store(results[7 * i + 6], curve.double(p))


def decoded(points: list[edwards.Affine]) -> Words:
    rows, good = curve.decode(b"".join(map(edwards.encode, points)))
    assert good.all()
    return rows


def encoded(rows: Words) -> list[bytes]:
    raw = curve.encode(rows)
    return [raw[at : at + 32] for at in range(0, len(raw), 32)]


def test_sums_are_right_for_every_pair_of_equal_opposite_identity_and_small_points() -> None:
    mixed = [edwards.add(point, RANDOM[0]) for point in SMALL]
    opposite = (edwards.P - RANDOM[0][0], RANDOM[0][1])
    points = [*SMALL, *mixed, opposite, *RANDOM]
    pairs = [(p, q) for p in points for q in points]
    results = np.empty((7 * len(pairs), EXTENDED), dtype=np.uint64)
    sums(decoded([p for p, _ in pairs]), decoded([q for _, q in pairs]), results)
    found = encoded(results)
    for number, (p, q) in enumerate(pairs):
        total = edwards.encode(edwards.add(p, q))
        difference = edwards.encode(edwards.add(p, (-q[0] % edwards.P, q[1])))
        assert found[7 * number : 7 * number + 4] == [total] * 4
        assert found[7 * number + 4 : 7 * number + 6] == [difference] * 2
        assert found[7 * number + 6] == edwards.encode(edwards.add(p, p))


def test_decoding_agrees_with_plain_integers_on_random_bytes() -> None:
    raws = [secrets.token_bytes(32) for _ in range(200)]
    _, good = curve.decode(b"".join(raws))
    assert [bool(one) for one in good] == [edwards.decode(raw) is not None for raw in raws]


@pytest.mark.parametrize(
    "raw",
    [
        (edwards.P).to_bytes(32, "little"),
        (edwards.P + 1).to_bytes(32, "little"),
        (2**255 - 1).to_bytes(32, "little"),
        (1 | 1 << 255).to_bytes(32, "little"),
        (edwards.P - 1 | 1 << 255).to_bytes(32, "little"),
        (2).to_bytes(32, "little"),
    ],
    ids=["y = p", "y = p + 1", "y = 2^255 - 1", "identity with sign", "order 2 with sign", "no such x"],
)
def test_what_is_no_strict_encoding_is_refused(raw: bytes) -> None:
    _, good = curve.decode(edwards.encode(edwards.IDENTITY) + raw)
    assert list(good) == [True, False]


def test_decoding_and_encoding_give_the_same_bytes() -> None:
    points = [*SMALL, *RANDOM]
    rows = decoded(points)
    extended = np.empty((len(rows), EXTENDED), dtype=np.uint64)
    unfold(rows, extended)
    assert encoded(extended) == [edwards.encode(point) for point in points]
    again = np.empty((len(rows), AFFINE), dtype=np.uint64)
    curve.normalise(extended, again)
    unfold(again, extended)
    assert encoded(extended) == [edwards.encode(point) for point in points]


@kernel
def unfold(rows: Words, extended: Words) -> None:
    for i in range(rows.shape[0]):
        curve.store(extended[i], curve.double(curve.from_affine(curve.load_affine(rows[i]))))
        curve.store(
            extended[i],
            curve.subtract_affine(curve.load(extended[i]), curve.load_affine(rows[i])),
        )


def test_multiples_are_libsodiums() -> None:
    point = sodium.crypto_scalarmult_ed25519_base_noclamp(secrets.token_bytes(31) + b"\0")
    numbers = [1, 2, edwards.Q - 1, secrets.randbelow(edwards.Q)]
    rows, _ = curve.decode(point)
    results = np.empty((len(numbers), EXTENDED), dtype=np.uint64)
    for row, words in zip(results, curve.words_of(numbers), strict=True):
        multiple(rows[0], words, row)
    assert encoded(results) == [
        sodium.crypto_scalarmult_ed25519_noclamp(one.to_bytes(32, "little"), point) for one in numbers
    ]


@kernel
def multiple(row: Words, words: Words, result: Words) -> None:
    curve.store(result, curve.times(curve.from_affine(curve.load_affine(row)), words))

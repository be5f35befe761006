"""The curve edwards25519 (RFC 8032, section 5.1), compiled; for public data only.

A point is held in extended coordinates (X, Y, Z, T) with x = X/Z, y = Y/Z, XY = ZT, all tight; a decoded point also
as (y + x, y - x, 2dxy), which saves a multiplication when it is added. Every addition formula here is complete on the
whole curve, points of small order included: a = -1 is a square and d is none modulo p (Hisil, Wong, Carter, Dawson,
"Twisted Edwards Curves Revisited", 2008). So equal, opposite and identity points need no case of their own.

Arrays hold one point a row: 20 words extended, 15 words affine.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tally.fast.arithmetic.compiled import kernel
from tally.fast.arithmetic.field import (
    MASK,
    ONE,
    ZERO,
    Field,
    P,
    canonical,
    inverse,
    is_odd,
    is_zero,
    limbs,
    minus,
    multiply,
    plus,
    root_power,
    square,
)

Words = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]
Extended = tuple[Field, Field, Field, Field]
Affine = tuple[Field, Field, Field]
Ready = tuple[Field, Field, Field, Field]

EXTENDED = 20
"""Words of a point in extended coordinates."""
AFFINE = 15
"""Words of a decoded point."""

Q = 2**252 + 27742317777372353535851937790883648493
"""The prime order of the group (RFC 8032, section 5.1)."""

_D_NUMBER = -121665 * pow(121666, -1, P) % P
_D = limbs(_D_NUMBER)
_D2 = limbs(2 * _D_NUMBER)
_ROOT = limbs(pow(2, (P - 1) // 4, P))  # a square root of -1
_BIT63 = np.uint64(63)
_ONE = np.uint64(1)
_NIL = np.uint64(0)

IDENTITY: Extended = (ZERO, ONE, ONE, ZERO)


@kernel
def _added(p: Extended, total: Field, difference: Field, twisted: Field, zz: Field) -> Extended:
    """Add to p the point given by y + x, y - x, 2dt (loose), and zz, the product of both Z: add-2008-hwcd-3."""
    a = multiply(minus(p[1], p[0]), difference)
    b = multiply(plus(p[1], p[0]), total)
    c = multiply(p[3], twisted)
    d = plus(zz, zz)
    e, f, g, h = minus(b, a), minus(d, c), plus(d, c), plus(b, a)
    return multiply(e, f), multiply(g, h), multiply(f, g), multiply(e, h)


@kernel
def add(p: Extended, q: Extended) -> Extended:
    """Add two points."""
    return _added(p, plus(q[1], q[0]), minus(q[1], q[0]), multiply(q[3], _D2), multiply(p[2], q[2]))


@kernel
def add_affine(p: Extended, q: Affine) -> Extended:
    """Add a decoded point."""
    return _added(p, q[0], q[1], q[2], p[2])


@kernel
def subtract_affine(p: Extended, q: Affine) -> Extended:
    """Subtract a decoded point."""
    return _added(p, q[1], q[0], minus(ZERO, q[2]), p[2])


@kernel
def ready(q: Extended) -> Ready:
    """Prepare a point that is added or subtracted several times."""
    return plus(q[1], q[0]), minus(q[1], q[0]), multiply(q[3], _D2), q[2]


@kernel
def add_ready(p: Extended, q: Ready) -> Extended:
    """Add a prepared point."""
    return _added(p, q[0], q[1], q[2], multiply(p[2], q[3]))


@kernel
def subtract_ready(p: Extended, q: Ready) -> Extended:
    """Subtract a prepared point."""
    return _added(p, q[1], q[0], minus(ZERO, q[2]), multiply(p[2], q[3]))


@kernel
def double(p: Extended) -> Extended:
    """Double a point: dbl-2008-hwcd with both signs turned."""
    xx, yy, zz = square(p[0]), square(p[1]), square(p[2])
    y = plus(yy, xx)
    z = minus(yy, xx)
    x = minus(square(plus(p[0], p[1])), y)
    t = minus(plus(plus(zz, zz), xx), yy)
    return multiply(x, t), multiply(y, z), multiply(z, t), multiply(x, y)


@kernel
def is_identity(p: Extended) -> bool:
    """Tell whether X = 0, Y = Z and Z is not 0."""
    return is_zero(p[0]) and is_zero(minus(p[1], p[2])) and not is_zero(p[2])


@kernel
def load_field(row: Words, at: int) -> Field:
    """Read five limbs out of a row."""
    return row[at], row[at + 1], row[at + 2], row[at + 3], row[at + 4]


@kernel
def store_field(row: Words, at: int, a: Field) -> None:
    """Write five limbs into a row."""
    row[at], row[at + 1], row[at + 2], row[at + 3], row[at + 4] = a


@kernel
def load(row: Words) -> Extended:
    """Read an extended point."""
    return load_field(row, 0), load_field(row, 5), load_field(row, 10), load_field(row, 15)


@kernel
def store(row: Words, p: Extended) -> None:
    """Write an extended point."""
    store_field(row, 0, p[0])
    store_field(row, 5, p[1])
    store_field(row, 10, p[2])
    store_field(row, 15, p[3])


@kernel
def load_affine(row: Words) -> Affine:
    """Read a decoded point."""
    return load_field(row, 0), load_field(row, 5), load_field(row, 10)


@kernel
def store_affine(row: Words, x: Field, y: Field) -> None:
    """Write the sums and the product by which a point (x, y) is added, all tight."""
    store_field(row, 0, multiply(plus(y, x), ONE))
    store_field(row, 5, multiply(minus(y, x), ONE))
    store_field(row, 10, multiply(multiply(x, y), _D2))


@kernel
def _read(words: Words) -> tuple[Field, bool, bool]:
    """Split 32 bytes (four little-endian words) into y, the sign of x, and whether y is below p."""
    w0, w1, w2, w3 = words[0], words[1], words[2], words[3]
    y = (
        w0 & MASK,
        ((w0 >> np.uint64(51)) | (w1 << np.uint64(13))) & MASK,
        ((w1 >> np.uint64(38)) | (w2 << np.uint64(26))) & MASK,
        ((w2 >> np.uint64(25)) | (w3 << np.uint64(39))) & MASK,
        (w3 >> np.uint64(12)) & MASK,
    )
    c = canonical(y)
    strict = c[0] == y[0] and c[1] == y[1] and c[2] == y[2] and c[3] == y[3] and c[4] == y[4]
    return y, (w3 >> _BIT63) == _ONE, strict


@kernel
def decode_one(words: Words) -> tuple[Field, Field, bool]:
    """Decode 32 bytes by RFC 8032, section 5.1.3, strictly; return x, y and whether they are a point's.

    Refused: y not below p, no such x, and the sign bit set where x is 0.
    """
    y, odd, strict = _read(words)
    yy = square(y)
    u = minus(yy, ONE)
    v = multiply(plus(multiply(yy, _D), ONE), ONE)
    v3 = multiply(square(v), v)
    x = multiply(multiply(root_power(multiply(multiply(u, square(v3)), v)), v3), u)
    vxx = multiply(square(x), v)
    u = multiply(u, ONE)
    right = is_zero(minus(vxx, u))
    turned = is_zero(plus(vxx, u))
    if not right:
        x = multiply(x, _ROOT)
    if is_odd(x) != odd:
        x = multiply(minus(ZERO, x), ONE)
    return x, y, strict and (right or turned) and not (odd and is_zero(x))


@kernel
def decode_rows(encoded: Words, affine: Words, good: Flags) -> None:
    """Decode rows of four words into rows of decoded points; ``good`` says which are points (membership apart)."""
    for i in range(encoded.shape[0]):
        x, y, good[i] = decode_one(encoded[i])
        store_affine(affine[i], x, y)


@kernel
def _write(words: Words, y: Field, odd: bool) -> None:
    """Write the canonical y and the sign of x as four little-endian words."""
    c = canonical(y)
    words[0] = c[0] | (c[1] << np.uint64(51))
    words[1] = (c[1] >> np.uint64(13)) | (c[2] << np.uint64(38))
    words[2] = (c[2] >> np.uint64(26)) | (c[3] << np.uint64(25))
    words[3] = (c[3] >> np.uint64(39)) | (c[4] << np.uint64(12))
    if odd:
        words[3] |= _ONE << _BIT63


@kernel
def invert_all(points: Words, inverses: Words) -> None:
    """Write 1 / Z of each extended point (Montgomery's trick: one inversion for all); no Z may be 0."""
    running = ONE
    for i in range(points.shape[0]):
        store_field(inverses[i], 0, running)
        running = multiply(running, load_field(points[i], 10))
    running = inverse(running)
    for i in range(points.shape[0] - 1, -1, -1):
        store_field(inverses[i], 0, multiply(running, load_field(inverses[i], 0)))
        running = multiply(running, load_field(points[i], 10))


@kernel
def encode_rows(points: Words, encoded: Words) -> None:
    """Encode rows of extended points as RFC 8032 does."""
    inverses = np.empty((points.shape[0], 5), dtype=np.uint64)
    invert_all(points, inverses)
    for i in range(points.shape[0]):
        z = load_field(inverses[i], 0)
        x = multiply(load_field(points[i], 0), z)
        _write(encoded[i], multiply(load_field(points[i], 5), z), is_odd(x))


@kernel
def normalise(points: Words, affine: Words) -> None:
    """Bring rows of extended points to decoded form."""
    inverses = np.empty((points.shape[0], 5), dtype=np.uint64)
    invert_all(points, inverses)
    for i in range(points.shape[0]):
        z = load_field(inverses[i], 0)
        store_affine(affine[i], multiply(load_field(points[i], 0), z), multiply(load_field(points[i], 5), z))


@kernel
def from_affine(q: Affine) -> Extended:
    """Bring a decoded point to extended coordinates."""
    return add_affine(IDENTITY, q)


@kernel
def times(p: Extended, scalar: Words) -> Extended:
    """Multiply by a number of four little-endian words, bit by bit: for tests of membership and rare points."""
    result = IDENTITY
    for bit in range(255, -1, -1):
        result = double(result)
        if (scalar[bit >> 6] >> np.uint64(bit & 63)) & _ONE != _NIL:
            result = add(result, p)
    return result


def words_of(numbers: list[int]) -> Words:
    """Return rows of four little-endian words for numbers below 2^256."""
    raw = b"".join(one.to_bytes(32, "little") for one in numbers)
    return np.frombuffer(raw, dtype="<u8").reshape(-1, 4).astype(np.uint64)


def encoded_rows(raw: bytes) -> Words:
    """Return rows of four words for points of 32 bytes each."""
    return np.frombuffer(raw, dtype="<u8").reshape(-1, 4).astype(np.uint64)


def decode(raw: bytes) -> tuple[Words, Flags]:
    """Decode points of 32 bytes each; return rows of decoded points and which of them are points at all."""
    encoded = encoded_rows(raw)
    affine, good = np.empty((len(encoded), AFFINE), dtype=np.uint64), np.zeros(len(encoded), dtype=np.bool_)
    decode_rows(encoded, affine, good)
    return affine, good


def encode(points: Words) -> bytes:
    """Encode rows of extended points as 32 bytes each."""
    encoded = np.empty((len(points), 4), dtype=np.uint64)
    encode_rows(np.ascontiguousarray(points), encoded)
    return encoded.astype("<u8").tobytes()

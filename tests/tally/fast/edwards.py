"""edwards25519 in plain integers, affine, straight from RFC 8032, section 5.1: slow, and easy to check."""

import secrets

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P

Affine = tuple[int, int]
IDENTITY: Affine = (0, 1)


def add(a: Affine, b: Affine) -> Affine:
    """The addition law, complete on the whole curve."""
    product = D * a[0] * b[0] * a[1] * b[1]
    x = (a[0] * b[1] + a[1] * b[0]) * pow(1 + product, -1, P)
    y = (a[1] * b[1] + a[0] * b[0]) * pow(1 - product, -1, P)
    return x % P, y % P


def times(number: int, a: Affine) -> Affine:
    """Multiply by a number of any size, not reduced."""
    result = IDENTITY
    for bit in bin(number)[2:]:
        result = add(result, result)
        result = add(result, a) if bit == "1" else result
    return result


def total(terms: list[tuple[int, Affine]]) -> Affine:
    """The sum of multiples."""
    result = IDENTITY
    for number, point in terms:
        result = add(result, times(number, point))
    return result


def encode(a: Affine) -> bytes:
    """The 32 bytes of a point (RFC 8032 5.1.2)."""
    return (a[1] | (a[0] & 1) << 255).to_bytes(32, "little")


def decode(raw: bytes) -> Affine | None:
    """Decode strictly; None for what is no point."""
    y = int.from_bytes(raw, "little")
    odd, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    xx = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if x * x % P != xx:
        x = x * pow(2, (P - 1) // 4, P) % P
    if x * x % P != xx or (x == 0 and odd):
        return None
    return (x if x & 1 == odd else P - x), y


def on_curve() -> Affine:
    """A random point of the whole curve."""
    while True:
        point = decode(secrets.token_bytes(32))
        if point is not None:
            return point


def member() -> Affine:
    """A random point of the subgroup of prime order."""
    return times(8, on_curve())


def small_orders() -> list[Affine]:
    """The 8 points whose order divides 8, by their place: the i-th is i times a point of order 8."""
    while True:
        point = times(Q, on_curve())
        if times(4, point) != IDENTITY:
            return [times(number, point) for number in range(8)]

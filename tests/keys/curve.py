"""Ed25519 in slow, plain arithmetic: the tests' own second opinion, and the only way to points of small order.

Affine coordinates and the complete addition law of RFC 8032, 5.1.4. For public test data alone.
"""

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)

Affine = tuple[int, int]
NEUTRAL: Affine = (0, 1)


def plus(a: Affine, b: Affine) -> Affine:
    """Add two points of the curve."""
    (x1, y1), (x2, y2) = a, b
    cross = D * x1 * x2 * y1 * y2 % P
    x = (x1 * y2 + x2 * y1) * pow(1 + cross, -1, P) % P
    y = (y1 * y2 + x1 * x2) * pow(1 - cross, -1, P) % P
    return x, y


def times(number: int, point: Affine) -> Affine:
    """Multiply a point by a number that is not negative."""
    result = NEUTRAL
    while number:
        if number & 1:
            result = plus(result, point)
        point, number = plus(point, point), number >> 1
    return result


def encode(point: Affine) -> bytes:
    """The 32 bytes of RFC 8032."""
    x, y = point
    return (y | (x & 1) << 255).to_bytes(32, "little")


def decode(raw: bytes) -> Affine | None:
    """Read 32 bytes without asking for canonical form; None off the curve."""
    number = int.from_bytes(raw, "little")
    sign, y = number >> 255, number % 2**255 % P
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * ROOT_OF_MINUS_ONE % P
    if x * x % P != square:
        return None
    return (P - x if x & 1 != sign and x else x), y


def small_order_points() -> list[Affine]:
    """The 8 points whose order divides 8, the neutral one first."""
    order = 2**252 + 27742317777372353535851937790883648493
    y = 2
    while True:
        found = decode(y.to_bytes(32, "little"))
        generator = times(order, found) if found else NEUTRAL
        if times(4, generator) != NEUTRAL:
            return [times(number, generator) for number in range(8)]
        y += 1

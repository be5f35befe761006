"""Secrets and points that tests write as numbers; the product draws its secrets and never inverts a point."""

from keys.group import IDENTITY, Point, Q, Secret, reduce_wide, subtract


def secret_from_int(number: int) -> Secret:
    """Turn a number that a format spells in decimal into a Secret, modulo q; raise InvalidScalar for 0."""
    return reduce_wide((number % Q).to_bytes(64, "little"))


def negate(p: Point) -> Point:
    """Inverse of p."""
    return subtract(IDENTITY, p)

"""A teller's key (khóa của Ban kiểm phiếu): the secret share, and what its owner needs to find itself in Setup.

Kept in a sealed file of its owner alone. Before the box opens, `find_owner` tells whether Setup holds this very key,
with the certificate and the threshold that its owner took part in making.
"""

from dataclasses import dataclass, field
from typing import Final, Literal

from keys import wire
from keys.errors import InvalidFormat, InvalidShare
from keys.group import Point, Secret, base_power, encode_point, reduce_wide
from keys.trustees import Pedersen, Single, Trustees

KIND = "teller-key"
"""Kind of the sealed file."""

FORMAT: Final = "phieukin/teller-key/v1"


@dataclass(frozen=True, slots=True)
class TellerKey:
    """A secret share and its place: one of `size`, of whom `threshold` open; 1 of 1 for a teller who is required.

    `verification` is the owner's certificate key, None for a required teller.
    """

    secret: Secret = field(repr=False)
    public_share: Point
    size: int
    threshold: int
    index: int
    verification: Point | None


class _KeyText(wire.Text, frozen=True):
    format: Literal["phieukin/teller-key/v1"]
    secret: str
    public_share: str
    size: int
    threshold: int
    index: int
    verification: str | None = None


def encode_secret(secret: Secret) -> str:
    """Spell a secret in our own sealed files: 64 hex digits of its little-endian bytes."""
    return secret.hex()


def decode_secret(text: str) -> Secret:
    """Read a secret of a sealed file; raise InvalidFormat or InvalidScalar."""
    try:
        raw = bytes.fromhex(text)
    except ValueError:
        raise InvalidFormat("a secret as hex digits expected") from None
    secret = reduce_wide(raw.ljust(64, b"\0")) if len(raw) == 32 else None
    if secret is None or secret != raw:
        raise InvalidFormat("a secret of 32 bytes below the group's order expected")
    return secret


def encode_teller_key(key: TellerKey) -> bytes:
    """Write the payload of the sealed file."""
    verification = None if key.verification is None else encode_point(key.verification)
    return wire.compact(
        _KeyText(
            FORMAT,
            encode_secret(key.secret),
            encode_point(key.public_share),
            key.size,
            key.threshold,
            key.index,
            verification,
        )
    )


def decode_teller_key(raw: bytes) -> TellerKey:
    """Read the payload of the sealed file; raise InvalidFormat, InvalidPoint, InvalidScalar or InvalidShare."""
    text = wire.parse(raw, _KeyText, "teller's key")
    secret = decode_secret(text.secret)
    public_share = wire.point(text.public_share, "public_share")
    if base_power(secret) != public_share:
        raise InvalidShare("the secret does not belong to the public share beside it")
    verification = None if text.verification is None else wire.point(text.verification, "verification")
    return TellerKey(secret, public_share, text.size, text.threshold, text.index, verification)


def find_owner(key: TellerKey, trustees: Trustees) -> int:
    """Find the teller's own certificate, share and threshold in trustees.json; return its owner number.

    Raises InvalidShare if they are not all there as the owner made them. The file itself is for `verify_trustees`.
    """
    for share in trustees.shares():
        item = trustees.items[share.item]
        if share.public_share == key.public_share and _fits(key, item, share.index):
            return share.owner
    raise InvalidShare("this teller's certificate, share and threshold are not in the tellers' keys of this election")


def _fits(key: TellerKey, item: Single | Pedersen, index: int) -> bool:
    if isinstance(item, Single):
        return key.verification is None
    place = (len(item.certificates), item.threshold, index)
    return place == (key.size, key.threshold, key.index) and (
        item.certificates[index - 1].verification == key.verification
    )

"""A teller whose presence is required: one key of its own, no ceremony (Belenios 3.0, 4.5)."""

from keys import wire
from keys.errors import InvalidFormat
from keys.group import base_power, random_secret
from keys.proofs.schnorr import prove_possession
from keys.teller import TellerKey
from keys.trustees import Pedersen, Single, TrusteeKey, item_text, parse_trustees


def new_single(name: str | None = None) -> tuple[TellerKey, Single]:
    """Make a required teller's key; return the secret key and its item of trustees.json."""
    secret = random_secret()
    public = base_power(secret)
    item = Single(TrusteeKey(public, prove_possession(secret), None, name))
    return TellerKey(secret, public, 1, 1, 1, None), item


def encode_item(item: Single | Pedersen) -> bytes:
    """Write one item of trustees.json as a file of its own."""
    return wire.compact(item_text(item))


def decode_item(raw: bytes) -> Single | Pedersen:
    """Read one item of trustees.json; raise InvalidFormat, and what `parse_trustees` raises."""
    items = parse_trustees(b"[" + raw + b"]").items
    if len(items) != 1:
        raise InvalidFormat(f"one item of trustees.json expected, {len(items)} found")
    return items[0]

"""The files of the key ceremony: announcements, dealings and public shares between tellers, one sealed secret for each.

All are compact JSON in one spelling, each with its format and version. The steps are in `keys.ceremony.protocol`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Literal

import msgspec

from keys import wire
from keys.errors import InvalidCertificate, InvalidFormat, InvalidShare, KeysError
from keys.group import Point, Secret, base_power
from keys.proofs.schnorr import sign_message, verify_message
from keys.teller import decode_secret, encode_secret

KIND = "ceremony-secret"
"""Kind of the sealed file that a teller keeps between the steps."""

SIZES = range(2, 100)
"""Numbers of tellers that we accept."""

DEALING: Final = "phieukin/ceremony-dealing/v1"


class AnnouncementText(wire.Text, frozen=True):
    """Step 1: a certificate, and in hex the commitment to the teller's public coefficients."""

    format: Literal["phieukin/ceremony-announcement/v1"]
    cert: wire.SignedText
    commitment: str


class SealedShareText(wire.Text, frozen=True):
    """A share sealed for one teller: alpha as a point, the sealed bytes in hex."""

    alpha: str
    data: str


class DealingText(wire.Text, frozen=True):
    """Step 2: the coefficients, what the dealer saw, a share for each teller; `seal` signs all the rest."""

    format: Literal["phieukin/ceremony-dealing/v1"]
    index: int
    announcements: str
    coefexps: wire.SignedText
    signature: wire.ProofText
    shares: tuple[SealedShareText, ...]
    seal: wire.ProofText | None = None


class ShareText(wire.Text, frozen=True):
    """Step 3: a teller's public share, signed by its owner."""

    format: Literal["phieukin/ceremony-share/v1"]
    index: int
    key: wire.TrusteeKeyText


class SecretText(wire.Text, frozen=True):
    """What a teller keeps between the steps, before it is sealed."""

    format: Literal["phieukin/ceremony-secret/v1"]
    size: int
    threshold: int
    index: int
    signing: str
    decryption: str
    polynomial: tuple[str, ...]
    seen: str | None = None


@dataclass(frozen=True, slots=True)
class CeremonySecret:
    """What a teller keeps between the steps; `seen` is the hash of the announcements that it dealt for."""

    size: int
    threshold: int
    index: int
    signing: Secret = field(repr=False)
    decryption: Secret = field(repr=False)
    polynomial: tuple[Secret, ...] = field(repr=False)
    seen: str | None = None

    def coefficients(self) -> tuple[Point, ...]:
        """The public coefficients of the polynomial."""
        return tuple(map(base_power, self.polynomial))


def encode_ceremony_secret(secret: CeremonySecret) -> bytes:
    """Write the payload of the sealed file."""
    text = SecretText(
        "phieukin/ceremony-secret/v1",
        secret.size,
        secret.threshold,
        secret.index,
        encode_secret(secret.signing),
        encode_secret(secret.decryption),
        tuple(map(encode_secret, secret.polynomial)),
        secret.seen,
    )
    return wire.compact(text)


def decode_ceremony_secret(raw: bytes) -> CeremonySecret:
    """Read the payload of the sealed file; raise InvalidFormat, InvalidScalar or InvalidCertificate."""
    text = wire.parse(raw, SecretText, "ceremony secret")
    check_place(text.size, text.threshold, text.index)
    if len(text.polynomial) != text.threshold:
        raise InvalidFormat("ceremony secret: as many coefficients as the threshold expected")
    keys = decode_secret(text.signing), decode_secret(text.decryption)
    return CeremonySecret(
        text.size, text.threshold, text.index, *keys, tuple(map(decode_secret, text.polynomial)), text.seen
    )


def check_place(size: int, threshold: int, index: int) -> None:
    """Check 2 <= threshold <= size and 1 <= index <= size, for one teller alone must not open the sum."""
    if size not in SIZES or not 2 <= threshold <= size or not 1 <= index <= size:
        raise InvalidCertificate(
            f"a teller from 1 to n, of whom k open, 2 <= k <= n <= {SIZES[-1]}, expected; "
            f"found teller {index}, n = {size}, k = {threshold}"
        )


def seal_dealing(text: DealingText, signing: Secret) -> bytes:
    """Sign a dealing as a whole and write it."""
    proof = sign_message(signing, wire.compact(text).decode())
    return wire.compact(msgspec.structs.replace(text, seal=wire.proof_text(proof)))


def verify_dealing_seal(text: DealingText, verification: Point) -> None:
    """Verify the dealer's signature on the whole dealing; raise InvalidShare if it lacks, or InvalidProof."""
    if text.seal is None:
        raise InvalidShare("a signed dealing expected")
    message = wire.compact(msgspec.structs.replace(text, seal=None)).decode()
    verify_message(verification, message, wire.proof(text.seal, "seal"))


def parse_announcements(raw: bytes) -> tuple[AnnouncementText, ...]:
    """Read the joined announcements; raise InvalidFormat."""
    return wire.parse(raw, tuple[AnnouncementText, ...], "announcements")


def parse_dealings(raw: bytes) -> tuple[DealingText, ...]:
    """Read the joined dealings; raise InvalidFormat."""
    return wire.parse(raw, tuple[DealingText, ...], "dealings")


def sealed_share(text: DealingText, index: int) -> tuple[Point, bytes]:
    """The share that a dealing holds for teller `index`; raise InvalidShare or InvalidPoint."""
    share = text.shares[index - 1]
    try:
        data = bytes.fromhex(share.data)
    except ValueError:
        raise InvalidShare("a sealed share in hex expected") from None
    return wire.point(share.alpha, "alpha"), data


@contextmanager
def blaming(index: int) -> Iterator[None]:
    """Name the teller in front of what is wrong with its file."""
    try:
        yield
    except KeysError as error:
        raise type(error)(f"teller {index}: {error}") from None

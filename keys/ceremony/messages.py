"""The files of the key ceremony: announcements, dealings and public shares between tellers, one sealed secret for each.

Each file carries the same part for every box of the ceremony, in the order of the boxes. All are compact JSON in one
spelling, each with its format and version. The steps are in `keys.ceremony.protocol`.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final, Literal, TypeVar

import msgspec

from keys import wire
from keys.errors import InvalidCertificate, InvalidFormat, InvalidShare, KeysError
from keys.group import Point, Secret, base_power
from keys.message import Message
from keys.proofs.schnorr import sign_message, verify_message
from keys.teller import decode_secret, encode_secret

KIND = "ceremony-secret"
"""Kind of the sealed file that a teller keeps between the steps."""

SIZES = range(2, 100)
"""Numbers of tellers that we accept."""

BOXES = range(1, 100)
"""Numbers of boxes of one ceremony that we accept."""

ANNOUNCEMENT: Final = "phieukin/ceremony-announcement/v2"
DEALING: Final = "phieukin/ceremony-dealing/v2"
SHARE: Final = "phieukin/ceremony-share/v2"
SECRET: Final = "phieukin/ceremony-secret/v2"


class BoxAnnouncementText(wire.Text, frozen=True):
    """Step 1 for one box: a certificate, and in hex the commitment to the teller's public coefficients."""

    cert: wire.SignedText
    commitment: str


class AnnouncementText(wire.Text, frozen=True):
    """Step 1: the plan that it is made for, the key that will sign records, and the part of each box."""

    format: Literal["phieukin/ceremony-announcement/v2"]
    plan: str
    signing_key: str
    boxes: tuple[BoxAnnouncementText, ...]


class SealedShareText(wire.Text, frozen=True):
    """A share sealed for one teller: alpha as a point, the sealed bytes in hex."""

    alpha: str
    data: str


class BoxDealingText(wire.Text, frozen=True):
    """Step 2 for one box: the coefficients, the signature on all certificates, a share for each teller."""

    coefexps: wire.SignedText
    signature: wire.ProofText
    shares: tuple[SealedShareText, ...]


class DealingText(wire.Text, frozen=True):
    """Step 2: what the dealer saw, and the part of each box; `seals` sign all the rest, one by each box's key."""

    format: Literal["phieukin/ceremony-dealing/v2"]
    index: int
    announcements: str
    boxes: tuple[BoxDealingText, ...]
    seals: tuple[wire.ProofText, ...] = ()


class ShareText(wire.Text, frozen=True):
    """Step 3: a teller's public share of each box, signed by its owner; `seals` as in a dealing."""

    format: Literal["phieukin/ceremony-share/v2"]
    index: int
    announcements: str
    boxes: tuple[wire.TrusteeKeyText, ...]
    seals: tuple[wire.ProofText, ...] = ()


class BoxSecretText(wire.Text, frozen=True):
    """The secrets of one box."""

    signing: str
    decryption: str
    polynomial: tuple[str, ...]


class SecretText(wire.Text, frozen=True):
    """What a teller keeps between the steps, before it is sealed."""

    format: Literal["phieukin/ceremony-secret/v2"]
    size: int
    threshold: int
    index: int
    plan: str
    signing_key: str
    boxes: tuple[BoxSecretText, ...]
    seen: str | None = None


Sealed = TypeVar("Sealed", DealingText, ShareText)


@dataclass(frozen=True, slots=True)
class BoxSecret:
    """A teller's secrets of one box, drawn for it alone: the two certificate keys and the polynomial."""

    signing: Secret = field(repr=False)
    decryption: Secret = field(repr=False)
    polynomial: tuple[Secret, ...] = field(repr=False)

    def coefficients(self) -> tuple[Point, ...]:
        """The public coefficients of the polynomial."""
        return tuple(map(base_power, self.polynomial))


@dataclass(frozen=True, slots=True)
class CeremonySecret:
    """What a teller keeps between the steps; `seen` is the fingerprint that it dealt for.

    `plan` (hash of the plan, or empty) and `signing_key` (public text, or empty) are not secret: they stand in the
    announcement.
    """

    size: int
    threshold: int
    index: int
    plan: str
    signing_key: str
    boxes: tuple[BoxSecret, ...]
    seen: str | None = None


def encode_ceremony_secret(secret: CeremonySecret) -> bytes:
    """Write the payload of the sealed file."""
    boxes = []
    for one in secret.boxes:
        polynomial = tuple(map(encode_secret, one.polynomial))
        boxes.append(BoxSecretText(encode_secret(one.signing), encode_secret(one.decryption), polynomial))
    place = secret.size, secret.threshold, secret.index
    return wire.compact(SecretText(SECRET, *place, secret.plan, secret.signing_key, tuple(boxes), secret.seen))


def decode_ceremony_secret(raw: bytes) -> CeremonySecret:
    """Read the payload of the sealed file; raise InvalidFormat, InvalidScalar or InvalidCertificate."""
    text = wire.parse(raw, SecretText, "ceremony secret")
    check_place(text.size, text.threshold, text.index)
    check_boxes(len(text.boxes))
    if any(len(one.polynomial) != text.threshold for one in text.boxes):
        raise InvalidFormat("ceremony secret: as many coefficients as the threshold expected")
    boxes = tuple(
        BoxSecret(decode_secret(one.signing), decode_secret(one.decryption), tuple(map(decode_secret, one.polynomial)))
        for one in text.boxes
    )
    return CeremonySecret(text.size, text.threshold, text.index, text.plan, text.signing_key, boxes, text.seen)


def check_place(size: int, threshold: int, index: int) -> None:
    """Check 2 <= threshold <= size and 1 <= index <= size, for one teller alone must not open the sum."""
    if size not in SIZES or not 2 <= threshold <= size or not 1 <= index <= size:
        raise InvalidCertificate(
            f"a teller from 1 to n, of whom k open, 2 <= k <= n <= {SIZES[-1]}, expected; "
            f"found teller {index}, n = {size}, k = {threshold}"
        )


def check_boxes(boxes: int) -> None:
    """Check the number of boxes; raise InvalidCertificate."""
    if boxes not in BOXES:
        raise InvalidCertificate(f"{BOXES[0]} to {BOXES[-1]} boxes expected, {boxes} found")


def seal(text: Sealed, boxes: Sequence[BoxSecret]) -> bytes:
    """Sign a file as a whole by the certificate key of each box, and write it: no part stands without the rest."""
    seals = tuple(
        wire.proof_text(sign_message(one.signing, _sealed_message(text, box))) for box, one in enumerate(boxes, 1)
    )
    return wire.compact(msgspec.structs.replace(text, seals=seals))


def verify_seals(text: Sealed, keys: Sequence[Point]) -> None:
    """Verify the signatures on a whole file, one by each box's key; raise InvalidShare or InvalidProof."""
    if len(text.seals) != len(keys):
        raise InvalidShare(f"a file signed for {len(keys)} boxes expected")
    for box, (proof, key) in enumerate(zip(text.seals, keys, strict=True), 1):
        with in_box(box):
            verify_message(key, _sealed_message(text, box), wire.proof(proof, "seal"))


def _sealed_message(text: DealingText | ShareText, box: int) -> str:
    unsealed = wire.compact(msgspec.structs.replace(text, seals=())).decode()
    return f"{text.format}|{box}|{unsealed}"


def parse_announcements(raw: bytes) -> tuple[AnnouncementText, ...]:
    """Read the joined announcements; raise InvalidFormat."""
    return wire.parse(raw, tuple[AnnouncementText, ...], "announcements")


def parse_dealings(raw: bytes) -> tuple[DealingText, ...]:
    """Read the joined dealings; raise InvalidFormat."""
    return wire.parse(raw, tuple[DealingText, ...], "dealings")


def sealed_share(text: BoxDealingText, index: int) -> tuple[Point, bytes]:
    """The share that a box's dealing holds for teller `index`; raise InvalidShare or InvalidPoint."""
    share = text.shares[index - 1]
    try:
        data = bytes.fromhex(share.data)
    except ValueError:
        raise InvalidShare("a sealed share in hex expected") from None
    return wire.point(share.alpha, "alpha"), data


@contextmanager
def blaming(index: int) -> Iterator[None]:
    """Name the teller in front of what is wrong with its file."""
    with _prefixed("teller", index):
        yield


@contextmanager
def in_box(box: int) -> Iterator[None]:
    """Name the box in front of what is wrong with its part."""
    with _prefixed("box", box):
        yield


@contextmanager
def _prefixed(what: str, number: int) -> Iterator[None]:
    """Say where the error is, in front of its sentence and as a field of its message."""
    try:
        yield
    except KeysError as error:
        placed = type(error)(f"{what} {number}: {error}")
        placed.message = Message("", str(placed), {**error.message.fields, what: number})
        raise placed from None

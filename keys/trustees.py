"""The tellers' public keys, trustees.json (Belenios 3.0, 4.5 to 4.7; thành viên Ban kiểm phiếu giữ khóa).

A list of items: "Single" for a teller whose presence is required, "Pedersen" for m tellers of whom any `threshold`
open the sum. Owners count from 1 over all tellers in order. The election key is the product over all items.

Parsing demands the canonical bytes, members of the group and the right counts. What signatures and proofs say is
checked by `iter_trustee_checks`, one named check at a time, or by `verify_trustees` all at once. Invariant: no key
here is the identity.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from keys import wire
from keys.errors import InvalidCertificate, InvalidPoint, InvalidShare, KeysError
from keys.group import IDENTITY, NAME, Point, Q, add, encode_point, public_power, total
from keys.proofs.schnorr import Proof, verify_message, verify_possession

Check = tuple[str, Callable[[], None]]
Factors = list[list[Point]]


@dataclass(frozen=True, slots=True)
class TrusteeKey:
    """A teller's public share, proof of possession and, in a threshold, its owner's signature."""

    public_key: Point
    pok: Proof
    signature: Proof | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Certificate:
    """A teller's keys for the ceremony, signed by `verification`; `index` counts from 1 to `size`."""

    size: int
    threshold: int
    index: int
    verification: Point
    encryption: Point
    text: wire.SignedText
    signature: Proof


@dataclass(frozen=True, slots=True)
class Coefficients:
    """The public coefficients A_0 … A_t of one teller's polynomial, signed by that teller."""

    points: tuple[Point, ...]
    text: wire.SignedText
    signature: Proof


@dataclass(frozen=True, slots=True)
class Single:
    """A teller whose presence is required."""

    key: TrusteeKey


@dataclass(frozen=True, slots=True)
class Pedersen:
    """Tellers of whom any `threshold` open the sum; all tuples have one entry for each of them."""

    threshold: int
    certificates: tuple[Certificate, ...]
    coefficients: tuple[Coefficients, ...]
    signatures: tuple[Proof, ...]
    verification_keys: tuple[TrusteeKey, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """A teller's public share: `owner` over all tellers, `item` from 0, `index` from 1 within its item."""

    owner: int
    public_share: Point
    item: int
    index: int
    name: str | None


@dataclass(frozen=True, slots=True)
class Trustees:
    """All tellers of an election."""

    items: tuple[Single | Pedersen, ...]
    raw: bytes

    def election_key(self) -> Point:
        """The public key y that ballots are encrypted under; raise InvalidPoint if it is the identity."""
        key = total(point for item in self.items for point in item_keys(item))
        if key == IDENTITY:
            raise InvalidPoint("the tellers' keys multiply to the identity")
        return key

    def threshold(self) -> int:
        """How many tellers it takes to open the sum: every Single one, and k of each Pedersen item."""
        return sum(1 if isinstance(item, Single) else item.threshold for item in self.items)

    def shares(self) -> tuple[Share, ...]:
        """All public shares, owners 1, 2, … in the order of the file."""
        flat = [
            (number, index, key)
            for number, item in enumerate(self.items)
            for index, key in enumerate(trustee_keys(item), 1)
        ]
        return tuple(
            Share(owner, key.public_key, number, index, key.name) for owner, (number, index, key) in enumerate(flat, 1)
        )


def trustee_keys(item: Single | Pedersen) -> tuple[TrusteeKey, ...]:
    """The tellers' public shares of an item."""
    return (item.key,) if isinstance(item, Single) else item.verification_keys


def item_keys(item: Single | Pedersen) -> tuple[Point, ...]:
    """The elements of which an item's part of the election key is the product."""
    return (item.key.public_key,) if isinstance(item, Single) else tuple(one.points[0] for one in item.coefficients)


# --- parsing -------------------------------------------------------------------------------------------------------


def parse_trustees(raw: bytes) -> Trustees:
    """Parse trustees.json; raise InvalidFormat, InvalidPoint, InvalidScalar or InvalidCertificate with the place."""
    items = wire.parse(raw, tuple[wire.SingleText | wire.PedersenText, ...], "trustees")
    if not items:
        raise InvalidCertificate("trustees: at least one teller expected")
    return Trustees(tuple(_item(item, f"trustees[{number}]") for number, item in enumerate(items)), raw)


def encode_trustees(items: Iterable[Single | Pedersen]) -> bytes:
    """Write trustees.json."""
    return wire.compact([item_text(item) for item in items])


def item_text(item: Single | Pedersen) -> wire.SingleText | wire.PedersenText:
    """Spell an item of trustees.json."""
    if isinstance(item, Single):
        return wire.SingleText(trustee_key_text(item.key))
    parameters = wire.ThresholdText(
        item.threshold,
        tuple(one.text for one in item.certificates),
        tuple(one.text for one in item.coefficients),
        tuple(map(wire.proof_text, item.signatures)),
        tuple(map(trustee_key_text, item.verification_keys)),
    )
    return wire.PedersenText(parameters)


def trustee_key_text(key: TrusteeKey) -> wire.TrusteeKeyText:
    """Spell a trustee_public_key."""
    signature = None if key.signature is None else wire.proof_text(key.signature)
    return wire.TrusteeKeyText(wire.proof_text(key.pok), encode_point(key.public_key), signature, key.name)


def parse_trustee_key(text: wire.TrusteeKeyText, place: str) -> TrusteeKey:
    """Read a trustee_public_key's fields; raise InvalidPoint or InvalidScalar."""
    signature = None if text.signature is None else wire.proof(text.signature, f"{place}.signature")
    pok = wire.proof(text.pok, f"{place}.pok")
    return TrusteeKey(wire.point(text.public_key, f"{place}.public_key"), pok, signature, text.name)


def parse_certificate(text: wire.SignedText, place: str) -> Certificate:
    """Read a certificate and its message; raise InvalidFormat, InvalidPoint, InvalidScalar or InvalidCertificate."""
    keys = wire.parse(text.message.encode(), wire.CertificateText, f"{place}.message")
    context = keys.context
    if context.group != NAME:
        raise InvalidCertificate(f"{place}: a certificate for the group {NAME} expected")
    return Certificate(
        context.size,
        context.threshold,
        context.index,
        wire.point(keys.verification, f"{place}.verification"),
        wire.point(keys.encryption, f"{place}.encryption"),
        text,
        wire.proof(text.signature, f"{place}.signature"),
    )


def parse_coefficients(text: wire.SignedText, place: str) -> Coefficients:
    """Read a teller's signed coefficients; raise InvalidFormat, InvalidPoint, InvalidScalar or InvalidCertificate."""
    message = wire.parse(text.message.encode(), wire.CoefficientsText, f"{place}.message")
    if not message.coefexps:
        raise InvalidCertificate(f"{place}: at least one coefficient expected")
    points = tuple(wire.point(one, f"{place}.message[{index}]") for index, one in enumerate(message.coefexps))
    return Coefficients(points, text, wire.proof(text.signature, f"{place}.signature"))


def _item(text: wire.SingleText | wire.PedersenText, place: str) -> Single | Pedersen:
    if isinstance(text, wire.SingleText):
        return Single(parse_trustee_key(text.key, place))
    source = text.parameters
    size = len(source.certs)
    if {len(source.coefexps), len(source.signatures), len(source.verification_keys)} != {size}:
        raise InvalidCertificate(f"{place}: a different number of certificates, coefficients, signatures and keys")
    if not 1 <= source.threshold <= size:
        raise InvalidCertificate(f"{place}: a threshold from 1 to {size} expected, {source.threshold} found")
    return Pedersen(
        source.threshold,
        tuple(parse_certificate(one, f"{place}.certs[{i}]") for i, one in enumerate(source.certs)),
        tuple(parse_coefficients(one, f"{place}.coefexps[{i}]") for i, one in enumerate(source.coefexps)),
        tuple(wire.proof(one, f"{place}.signatures[{i}]") for i, one in enumerate(source.signatures)),
        tuple(parse_trustee_key(k, f"{place}.verification_keys[{i}]") for i, k in enumerate(source.verification_keys)),
    )


# --- checks --------------------------------------------------------------------------------------------------------


def verify_trustees(trustees: Trustees) -> None:
    """Run every check of `iter_trustee_checks`; raise the first failure, its place in front."""
    for place, check in iter_trustee_checks(trustees):
        try:
            check()
        except KeysError as error:
            error.args = (f"{place}: {error}",)
            raise


def iter_trustee_checks(trustees: Trustees) -> Iterator[Check]:
    """Yield (place, check) for everything that trustees.json claims; each check raises one of this package's errors."""
    for number, item in enumerate(trustees.items):
        place = f"trustees[{number}]"
        if isinstance(item, Single):
            yield f"{place}.pok", partial(verify_possession, item.key.public_key, item.key.pok)
        else:
            yield from _pedersen_checks(item, place)
    yield "trustees: election key", partial(_check_election_key, trustees)


def _check_election_key(trustees: Trustees) -> None:
    trustees.election_key()


def _pedersen_checks(item: Pedersen, place: str) -> Iterator[Check]:
    size = len(item.certificates)
    for index, certificate in enumerate(item.certificates, 1):
        check = partial(verify_certificate, certificate, size=size, threshold=item.threshold, index=index)
        yield f"{place}.certs[{index - 1}]", check
    for index, (certificate, own, signature) in enumerate(
        zip(item.certificates, item.coefficients, item.signatures, strict=True)
    ):
        yield f"{place}.coefexps[{index}]", partial(verify_coefficients, own, certificate, item.threshold)
        check = partial(verify_certificates_signature, item.certificates, own, certificate, signature)
        yield f"{place}.signatures[{index}]", check
    sums = coefficient_sums(item.coefficients, item.threshold)
    yield f"{place}.threshold", partial(verify_degree, sums)
    for index, (certificate, key) in enumerate(zip(item.certificates, item.verification_keys, strict=True), 1):
        spot = f"{place}.verification_keys[{index - 1}]"
        yield f"{spot}.public_key", partial(verify_share_key, key.public_key, sums, index)
        yield f"{spot}.pok", partial(verify_possession, key.public_key, key.pok)
        if key.signature is not None:
            yield f"{spot}.signature", partial(verify_share_signature, key, certificate)


def verify_certificate(certificate: Certificate, *, size: int, threshold: int, index: int) -> None:
    """Verify a certificate's place in the ceremony and its signature; raise InvalidCertificate or InvalidProof."""
    expected, found = (
        (size, threshold, index),
        (certificate.size, certificate.threshold, certificate.index),
    )
    if expected != found:
        raise InvalidCertificate(f"size, threshold and index {expected} expected, {found} found")
    verify_message(certificate.verification, certificate.text.message, certificate.signature)


def verify_coefficients(own: Coefficients, certificate: Certificate, threshold: int) -> None:
    """Verify the number of a teller's coefficients and their signature; raise InvalidCertificate or InvalidProof."""
    if len(own.points) != threshold:
        raise InvalidCertificate(f"{threshold} coefficients expected, {len(own.points)} found")
    verify_message(certificate.verification, own.text.message, own.signature)


def certificates_message(certificates: Sequence[Certificate], own: Sequence[Point]) -> str:
    """What a teller signs to say which certificates it saw (Belenios 3.0, 4.6.4)."""
    seen = wire.CertificatesText(tuple(one.text for one in certificates), tuple(map(encode_point, own)))
    return "certs_sig|" + wire.compact(seen).decode()


def verify_certificates_signature(
    certificates: Sequence[Certificate], own: Coefficients, certificate: Certificate, signature: Proof
) -> None:
    """Verify that a teller saw these certificates when it made its coefficients; raise InvalidProof."""
    verify_message(certificate.verification, certificates_message(certificates, own.points), signature)


def coefficient_sums(coefficients: Iterable[Coefficients], threshold: int) -> tuple[Point, ...]:
    """The public coefficients of the sum of all polynomials; those beyond the threshold are left out."""
    listed = list(coefficients)
    return tuple(total(one.points[k] for one in listed if k < len(one.points)) for k in range(threshold))


def verify_degree(sums: Sequence[Point]) -> None:
    """Verify that as many tellers as the threshold says are needed; raise InvalidCertificate.

    All tellers together could choose last coefficients that cancel out: then fewer of them would open the sum.
    """
    if sums[-1] == IDENTITY:
        raise InvalidCertificate(
            f"the last coefficients of all tellers cancel out: fewer than {len(sums)} of them would open; "
            "begin a new ceremony"
        )


def evaluate(points: Sequence[Point], index: int) -> Point:
    """The polynomial with these public coefficients at `index`: prod A_k^(index^k)."""
    result = IDENTITY
    for point in reversed(points):
        result = add(public_power(result, index), point)
    return result


def verify_share_key(public_share: Point, sums: Sequence[Point], index: int) -> None:
    """Verify that the share of teller `index` is what all coefficients give; raise InvalidShare."""
    if evaluate(sums, index) != public_share:
        raise InvalidShare("the verification key is not the one that the coefficients give")


def verify_share_signature(key: TrusteeKey, certificate: Certificate) -> None:
    """Verify the owner's signature on its verification key; raise InvalidShare if it lacks, or InvalidProof."""
    if key.signature is None:
        raise InvalidShare("a verification key signed by its owner expected")
    verify_message(certificate.verification, encode_point(key.public_key), key.signature)


# --- opening -------------------------------------------------------------------------------------------------------


def lagrange(index: int, indices: Sequence[int]) -> int:
    """Coefficient at 0 of the share `index` among distinct `indices`: prod k / (k - index) mod q."""
    result = 1
    for other in indices:
        if other != index:
            result = result * other * pow(other - index, -1, Q) % Q
    return result


def combine(trustees: Trustees, factors_by_owner: Mapping[int, Sequence[Sequence[Point]]]) -> Factors:
    """Combine the tellers' factors (by owner, then question and choice) into those of the election key.

    Of each threshold the first tellers at hand are taken, in order. Raises InvalidShare where a teller is missing or
    unknown, or where factors differ in shape. The factors' proofs are for the caller to verify.
    """
    shares = trustees.shares()
    unknown = set(factors_by_owner) - {share.owner for share in shares}
    if unknown:
        raise InvalidShare(f"factors of a teller who is not one of the election: {sorted(unknown)}")
    used = [pair for number in range(len(trustees.items)) for pair in _used(trustees, shares, factors_by_owner, number)]
    shape = [len(row) for row in factors_by_owner[used[0][0]]]
    for owner, _ in used:
        if [len(row) for row in factors_by_owner[owner]] != shape:
            raise InvalidShare(f"the factors of teller {owner} differ in shape from the others'")
    return [
        [total(public_power(factors_by_owner[owner][row][spot], weight) for owner, weight in used) for spot in range(n)]
        for row, n in enumerate(shape)
    ]


def _used(
    trustees: Trustees, shares: Sequence[Share], factors_by_owner: Mapping[int, object], number: int
) -> list[tuple[int, int]]:
    """The owners whose factors an item takes, with their weights."""
    item, mine = trustees.items[number], [share for share in shares if share.item == number]
    here = [share for share in mine if share.owner in factors_by_owner]
    needed = 1 if isinstance(item, Single) else item.threshold
    if len(here) < needed:
        missing = [share.owner for share in mine if share not in here]
        raise InvalidShare(f"factors of {needed} tellers expected, of {len(here)} found; missing: {missing}")
    if isinstance(item, Single):
        return [(here[0].owner, 1)]
    indices = [share.index for share in here[:needed]]
    return [(share.owner, lagrange(share.index, indices)) for share in here[:needed]]

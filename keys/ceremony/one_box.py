"""The run of the key ceremony for one box: Pedersen's distributed key generation (Belenios 3.0, 3.1.1 and 4.6).

Certificates, coefficients, signatures and keys are Belenios' own. `keys.ceremony.protocol` runs as many of these side
by side as the ceremony has boxes. Nothing of one run fits into another: commitments bind the plan and the number of
the box, the sealed shares with their senders' proofs bind the fingerprint and the number of the box.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

from keys import wire
from keys.ceremony.channel import check_sender, open_sealed, seal_for
from keys.ceremony.messages import (
    BoxAnnouncementText,
    BoxDealingText,
    BoxSecret,
    SealedShareText,
    sealed_share,
)
from keys.errors import InvalidShare
from keys.group import NAME, Point, Secret, base_power, encode_point, random_secret, secret_add, secret_mul
from keys.proofs.schnorr import prove_possession, sign_message, verify_possession
from keys.teller import decode_secret
from keys.transcript import sha256_hex, tagged
from keys.trustees import (
    Certificate,
    Coefficients,
    TrusteeKey,
    certificates_message,
    coefficient_sums,
    evaluate,
    parse_certificate,
    parse_coefficients,
    verify_certificate,
    verify_certificates_signature,
    verify_coefficients,
    verify_share_key,
    verify_share_signature,
)

_COMMITMENT = "phieukin/ceremony-commitment/v2"


@dataclass(frozen=True, slots=True)
class Run:
    """What binds the parts of one box: the plan, its number, and once all have announced, fingerprint and certificates.

    `certificates` and `commitments` are in the order of the tellers.
    """

    plan: str
    box: int
    fingerprint: str
    certificates: tuple[Certificate, ...]
    commitments: tuple[str, ...]

    def context(self, dealer: int, recipient: int) -> tuple[bytes, ...]:
        """What a share is sealed for: one ceremony, one box, its dealer, its recipient."""
        return self.fingerprint.encode(), *(number.to_bytes(4, "big") for number in (self.box, dealer, recipient))


def draw(threshold: int) -> BoxSecret:
    """Draw the certificate keys and the polynomial of one box from the operating system, and from nothing else."""
    return BoxSecret(random_secret(), random_secret(), tuple(random_secret() for _ in range(threshold)))


def announce(secret: BoxSecret, plan: str, box: int, size: int, index: int) -> BoxAnnouncementText:
    """Write the certificate of teller `index` of `size`, and the commitment to the coefficients."""
    message = _certificate_message(secret, size, index)
    cert = wire.SignedText(message, wire.proof_text(sign_message(secret.signing, message)))
    return BoxAnnouncementText(cert, commitment(plan, box, message, secret.coefficients()))


def check_certificate(text: BoxAnnouncementText, index: int, size: int, threshold: int) -> Certificate:
    """Check the certificate of teller `index`; raise InvalidCertificate, InvalidProof or InvalidFormat."""
    certificate = parse_certificate(text.cert, "certificate")
    verify_certificate(certificate, size=size, threshold=threshold, index=index)
    return certificate


def deal(secret: BoxSecret, run: Run, index: int) -> BoxDealingText:
    """Show the coefficients of teller `index` and seal a share for every teller."""
    points = secret.coefficients()
    message = wire.compact(wire.CoefficientsText(tuple(map(encode_point, points)))).decode()
    coefexps = wire.SignedText(message, wire.proof_text(sign_message(secret.signing, message)))
    said = certificates_message(list(run.certificates), points)
    signature = wire.proof_text(sign_message(secret.signing, said))
    shares = tuple(_seal_share(secret, run, index, one) for one in run.certificates)
    return BoxDealingText(coefexps, signature, shares)


def check_dealing(text: BoxDealingText, run: Run, index: int) -> Coefficients:
    """Run all public checks on the dealing of teller `index`; return the coefficients.

    Raises InvalidShare, InvalidProof, InvalidCertificate, InvalidPoint or InvalidFormat.
    """
    certificate, listed = run.certificates[index - 1], list(run.certificates)
    if len(text.shares) != len(listed):
        raise InvalidShare("a share for each teller expected")
    for recipient in listed:
        alpha, data = sealed_share(text, recipient.index)
        check_sender(recipient.encryption, alpha, data, *run.context(index, recipient.index))
    coefficients = parse_coefficients(text.coefexps, "coefexps")
    verify_coefficients(coefficients, certificate, certificate.threshold)
    committed = commitment(run.plan, run.box, certificate.text.message, coefficients.points)
    if committed != run.commitments[index - 1]:
        raise InvalidShare("the coefficients are not the ones committed to")
    verify_certificates_signature(listed, coefficients, certificate, wire.proof(text.signature, "signature"))
    return coefficients


def open_share(secret: BoxSecret, text: BoxDealingText, run: Run, dealer: int, index: int) -> Secret:
    """Open the share of teller `index` and compare it with the dealer's coefficients; raise InvalidShare."""
    alpha, data = sealed_share(text, index)
    share = decode_secret(open_sealed(secret.decryption, alpha, data, *run.context(dealer, index)).hex())
    check_fits(share, text, index)
    return share


def check_fits(share: Secret, text: BoxDealingText, index: int) -> None:
    """Compare the share of teller `index` with the public coefficients; raise InvalidShare."""
    if base_power(share) != evaluate(parse_coefficients(text.coefexps, "coefexps").points, index):
        raise InvalidShare("the share does not fit the coefficients")


def trustee_key(secret: BoxSecret, share: Secret) -> TrusteeKey:
    """Write the public share, with the proof of its possession and its owner's signature."""
    public = base_power(share)
    return TrusteeKey(public, prove_possession(share), sign_message(secret.signing, encode_point(public)))


def check_trustee_key(key: TrusteeKey, run: Run, coefficients: Sequence[Coefficients], index: int) -> None:
    """Check the public share of teller `index` against all coefficients; raise InvalidShare or InvalidProof."""
    sums = coefficient_sums(coefficients, run.certificates[0].threshold)
    verify_share_key(key.public_key, sums, index)
    verify_possession(key.public_key, key.pok)
    verify_share_signature(key, run.certificates[index - 1])


def commitment(plan: str, box: int, message: str, points: Sequence[Point]) -> str:
    """Hash of a teller's coefficients, which are random points and hide themselves; bound to plan, box, certificate."""
    return sha256_hex(tagged(_COMMITMENT, plan.encode(), box.to_bytes(4, "big"), message.encode(), *points))


def polynomial_at(polynomial: Sequence[Secret], index: int) -> Secret:
    """Evaluate a secret polynomial, in constant time but for its degree."""
    point = Secret(index.to_bytes(32, "little"))
    return functools.reduce(
        lambda result, coefficient: secret_add(secret_mul(result, point), coefficient),
        reversed(polynomial[:-1]),
        polynomial[-1],
    )


def _certificate_message(secret: BoxSecret, size: int, index: int) -> str:
    context = wire.ContextText(NAME, size, len(secret.polynomial), index)
    keys = (encode_point(base_power(one)) for one in (secret.signing, secret.decryption))
    return wire.compact(wire.CertificateText(context, *keys)).decode()


def _seal_share(secret: BoxSecret, run: Run, index: int, recipient: Certificate) -> SealedShareText:
    value = polynomial_at(secret.polynomial, recipient.index)
    alpha, data = seal_for(recipient.encryption, value, *run.context(index, recipient.index))
    return SealedShareText(encode_point(alpha), data.hex())

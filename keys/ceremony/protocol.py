"""The key ceremony (buổi tạo khóa): n tellers make an election key whose sum any k of them open (Belenios 3.0, 3.1.1).

Pedersen's distributed key generation. Every step takes files and gives files; whoever carries them learns no secret.

1. `begin`: each teller draws its keys and polynomial, and announces a certificate and a commitment to its public
   coefficients. `gather_announcements` joins the n files; all tellers compare the `fingerprint` of the whole aloud.
2. `deal`: each teller checks all announcements, shows its coefficients and seals a share for every teller. It deals for
   one list of announcements only: dealing twice, to keys of somebody else, would give the polynomial away.
3. `accept`: each teller checks every commitment, signature and share, and gets its secret share and public share.
4. `assemble`: anyone joins the public files to the "Pedersen" item of trustees.json, and checks it whole.

Since all commitments stand before any coefficient is shown, nobody chooses coefficients after seeing the others'.

Comparing comes before dealing, for every teller. Who deals for a list in which others' certificates were exchanged
seals shares to strangers, and k of those give the polynomial away: so nobody deals before comparing with all who have
seen the list by then. The stick goes from one to the next, so the first to deal compares with whoever announced last,
and the last one with all. That is enough: comparing is transitive, a dealing names the list that it was made for,
`accept` takes dealings for its own list alone and needs one of every teller, each made after its owner's comparison. So
no share comes into being unless all compared one list; a ceremony that stops at a difference is void as a whole, and
what its dealings gave away opens nothing, since a new one draws everything anew.
Certificates, coefficients, signatures and keys are Belenios' own; the files that carry them, and the channel, are ours.
"""

import functools
from collections.abc import Iterable, Sequence
from dataclasses import replace

from keys import wire
from keys.ceremony.channel import check_sender, open_sealed, seal_for
from keys.ceremony.messages import (
    DEALING,
    AnnouncementText,
    CeremonySecret,
    DealingText,
    SealedShareText,
    ShareText,
    blaming,
    check_place,
    parse_announcements,
    parse_dealings,
    seal_dealing,
    sealed_share,
    verify_dealing_seal,
)
from keys.errors import InvalidCertificate, InvalidShare
from keys.group import NAME, Point, Secret, base_power, encode_point, random_secret, secret_add, secret_mul
from keys.proofs.schnorr import prove_possession, sign_message, verify_possession
from keys.teller import TellerKey, decode_secret
from keys.transcript import sha256_hex, tagged
from keys.trustees import (
    Certificate,
    Coefficients,
    Pedersen,
    TrusteeKey,
    Trustees,
    certificates_message,
    coefficient_sums,
    encode_trustees,
    evaluate,
    parse_certificate,
    parse_coefficients,
    parse_trustee_key,
    trustee_key_text,
    verify_certificate,
    verify_certificates_signature,
    verify_coefficients,
    verify_degree,
    verify_share_key,
    verify_share_signature,
    verify_trustees,
)

# --- step 1 --------------------------------------------------------------------------------------------------------


def begin(size: int, threshold: int, index: int) -> tuple[CeremonySecret, bytes]:
    """Draw the keys and polynomial of teller `index` of `size`; return the secret and the announcement.

    Raises InvalidCertificate unless 2 <= threshold <= size and 1 <= index <= size: one teller alone must not open.
    """
    check_place(size, threshold, index)
    polynomial = tuple(random_secret() for _ in range(threshold))
    secret = CeremonySecret(size, threshold, index, random_secret(), random_secret(), polynomial)
    message = _certificate_message(secret)
    cert = wire.SignedText(message, wire.proof_text(sign_message(secret.signing, message)))
    commitment = _commitment(message, secret.coefficients())
    return secret, wire.compact(AnnouncementText("phieukin/ceremony-announcement/v1", cert, commitment))


def gather_announcements(files: Iterable[bytes]) -> bytes:
    """Join the announcements of all tellers, in the order of their indices, and check them as a list."""
    texts = [wire.parse(raw, AnnouncementText, "announcement") for raw in files]
    texts.sort(key=lambda text: parse_certificate(text.cert, "announcement").index)
    raw = wire.compact(texts)
    _certificates(raw)
    return raw


def fingerprint(announcements: bytes) -> str:
    """What all tellers compare aloud before they deal: SHA-256 of the joined announcements, in hex."""
    return sha256_hex(announcements)


def _certificate_message(secret: CeremonySecret) -> str:
    context = wire.ContextText(NAME, secret.size, secret.threshold, secret.index)
    keys = (encode_point(base_power(one)) for one in (secret.signing, secret.decryption))
    return wire.compact(wire.CertificateText(context, *keys)).decode()


def _commitment(message: str, points: Sequence[Point]) -> str:
    """Hash of a teller's coefficients, which are random points and hide themselves; bound to its certificate."""
    return sha256_hex(tagged("phieukin/ceremony-commitment/v1", message.encode(), *points))


def certificates_of(announcements: bytes) -> tuple[Certificate, ...]:
    """Check a list of announcements and return its certificates, in order."""
    return tuple(certificate for certificate, _ in _certificates(announcements))


def check_dealing(announcements: bytes, dealing: bytes) -> int:
    """Run all public checks on one teller's dealing; return its number, or raise with the number in front."""
    text = wire.parse(dealing, DealingText, "dealing")
    certificates = _certificates(announcements)
    listed = [certificate for certificate, _ in certificates]
    if not 1 <= text.index <= len(certificates):
        raise InvalidShare(f"a dealing of teller 1 to {len(certificates)} expected, {text.index} found")
    with blaming(text.index):
        _check_dealing(text, *certificates[text.index - 1], listed, fingerprint(announcements))
    return text.index


def check_share(announcements: bytes, dealings: bytes, share: bytes) -> int:
    """Check one teller's public share, possession of it included; return its number, or raise with it in front."""
    text = wire.parse(share, ShareText, "public share")
    certificates = certificates_of(announcements)
    if not 1 <= text.index <= len(certificates):
        raise InvalidShare(f"a public share of teller 1 to {len(certificates)} expected, {text.index} found")
    points = [parse_coefficients(one.coefexps, "coefexps") for one in parse_dealings(dealings)]
    with blaming(text.index):
        key = parse_trustee_key(text.key, "key")
        verify_share_key(key.public_key, coefficient_sums(points, certificates[0].threshold), text.index)
        verify_possession(key.public_key, key.pok)
        verify_share_signature(key, certificates[text.index - 1])
    return text.index


def _certificates(announcements: bytes) -> list[tuple[Certificate, str]]:
    """Certificates and commitments of a whole and sound list of announcements, in order."""
    texts = parse_announcements(announcements)
    certificates = [parse_certificate(text.cert, f"teller {index}") for index, text in enumerate(texts, 1)]
    if not certificates:
        raise InvalidCertificate("the announcements of all tellers expected")
    size, threshold = len(certificates), certificates[0].threshold
    for index, certificate in enumerate(certificates, 1):
        check_place(certificate.size, certificate.threshold, certificate.index)
        with blaming(index):
            verify_certificate(certificate, size=size, threshold=threshold, index=index)
    distinct = {key for one in certificates for key in (one.verification, one.encryption)}
    if len(distinct) != 2 * size:
        raise InvalidCertificate("a key is duplicated among the certificates")
    return [(certificate, text.commitment) for certificate, text in zip(certificates, texts, strict=True)]


# --- step 2 --------------------------------------------------------------------------------------------------------


def deal(secret: CeremonySecret, announcements: bytes) -> tuple[CeremonySecret, bytes]:
    """Deal shares of the polynomial to the tellers of these announcements; return the new secret and the dealing.

    The new secret has to be stored before the dealing is handed out. Raises InvalidCertificate if this teller's own
    announcement is not in its place or it dealt for another list before, and what the checks of the list raise.
    """
    seen = fingerprint(announcements)
    if secret.seen not in (None, seen):
        raise InvalidCertificate("this teller already dealt for other announcements; begin a new ceremony")
    certificates = _certificates(announcements)
    _find_own(secret, certificates)
    points = secret.coefficients()
    message = wire.compact(wire.CoefficientsText(tuple(map(encode_point, points)))).decode()
    coefexps = wire.SignedText(message, wire.proof_text(sign_message(secret.signing, message)))
    said = certificates_message([certificate for certificate, _ in certificates], points)
    signature = wire.proof_text(sign_message(secret.signing, said))
    shares = tuple(_sealed_share(secret, certificate, seen) for certificate, _ in certificates)
    text = DealingText(DEALING, secret.index, seen, coefexps, signature, shares)
    return replace(secret, seen=seen), seal_dealing(text, secret.signing)


def gather_dealings(files: Iterable[bytes]) -> bytes:
    """Join the dealings of all tellers, in the order of their indices; raise InvalidFormat."""
    texts = sorted((wire.parse(raw, DealingText, "dealing") for raw in files), key=lambda text: text.index)
    if [text.index for text in texts] != list(range(1, len(texts) + 1)):
        raise InvalidShare("one dealing of each teller expected")
    return wire.compact(texts)


def _find_own(secret: CeremonySecret, certificates: Sequence[tuple[Certificate, str]]) -> None:
    own = _certificate_message(secret)
    expected = (own, _commitment(own, secret.coefficients()))
    if len(certificates) != secret.size:
        raise InvalidCertificate(f"announcements of {secret.size} tellers expected, of {len(certificates)} found")
    certificate, commitment = certificates[secret.index - 1]
    if (certificate.text.message, commitment) != expected:
        raise InvalidCertificate("this teller's own announcement is not the one in its place")


def _sealed_share(secret: CeremonySecret, recipient: Certificate, seen: str) -> SealedShareText:
    value = _polynomial_at(secret.polynomial, recipient.index)
    alpha, data = seal_for(recipient.encryption, value, *context_of(seen, secret.index, recipient.index))
    return SealedShareText(encode_point(alpha), data.hex())


def _polynomial_at(polynomial: Sequence[Secret], index: int) -> Secret:
    point = Secret(index.to_bytes(32, "little"))
    result = polynomial[-1]
    for coefficient in reversed(polynomial[:-1]):
        result = secret_add(secret_mul(result, point), coefficient)
    return result


def context_of(seen: str, dealer: int, recipient: int) -> tuple[bytes, ...]:
    """What a share is sealed for: one ceremony, its dealer, its recipient."""
    return seen.encode(), dealer.to_bytes(4, "big"), recipient.to_bytes(4, "big")


# --- step 3 --------------------------------------------------------------------------------------------------------


def accept(secret: CeremonySecret, announcements: bytes, dealings: bytes) -> tuple[TellerKey, bytes]:
    """Check every dealing and sum up this teller's share; return its key and its public share, a file.

    Raises InvalidShare, InvalidProof or InvalidCertificate with the number of the teller whose dealing is wrong.
    """
    if secret.seen != fingerprint(announcements):
        raise InvalidCertificate("these are not the announcements that this teller dealt for")
    certificates = _certificates(announcements)
    _find_own(secret, certificates)
    shares = []
    for text, coefficients in _check_dealings(certificates, announcements, dealings):
        with blaming(text.index):
            shares.append(_open_share(secret, text, coefficients))
    total = functools.reduce(secret_add, shares)
    public = base_power(total)
    key = TrusteeKey(public, prove_possession(total), sign_message(secret.signing, encode_point(public)))
    share_text = ShareText("phieukin/ceremony-share/v1", secret.index, trustee_key_text(key))
    verification = certificates[secret.index - 1][0].verification
    owned = TellerKey(total, public, secret.size, secret.threshold, secret.index, verification)
    return owned, wire.compact(share_text)


def _check_dealings(
    certificates: Sequence[tuple[Certificate, str]], announcements: bytes, dealings: bytes
) -> list[tuple[DealingText, Coefficients]]:
    """All public checks of step 3; the dealings with their coefficients, in order."""
    texts = parse_dealings(dealings)
    if [text.index for text in texts] != [certificate.index for certificate, _ in certificates]:
        raise InvalidShare("one dealing of each teller, in order, expected")
    listed = [certificate for certificate, _ in certificates]
    result = []
    for text, (certificate, commitment) in zip(texts, certificates, strict=True):
        with blaming(text.index):
            result.append((text, _check_dealing(text, certificate, commitment, listed, fingerprint(announcements))))
    verify_degree(coefficient_sums((coefficients for _, coefficients in result), listed[0].threshold))
    return result


def _check_dealing(
    text: DealingText, certificate: Certificate, commitment: str, listed: Sequence[Certificate], seen: str
) -> Coefficients:
    if text.announcements != seen or len(text.shares) != len(listed):
        raise InvalidShare("a dealing for these announcements, with a share for each teller, expected")
    verify_dealing_seal(text, certificate.verification)
    for recipient in listed:
        alpha, data = sealed_share(text, recipient.index)
        check_sender(recipient.encryption, alpha, data, *context_of(seen, text.index, recipient.index))
    coefficients = parse_coefficients(text.coefexps, "coefexps")
    verify_coefficients(coefficients, certificate, certificate.threshold)
    if _commitment(certificate.text.message, coefficients.points) != commitment:
        raise InvalidShare("the coefficients are not the ones committed to")
    signature = wire.proof(text.signature, "signature")
    verify_certificates_signature(listed, coefficients, certificate, signature)
    return coefficients


def _open_share(secret: CeremonySecret, text: DealingText, coefficients: Coefficients) -> Secret:
    alpha, data = sealed_share(text, secret.index)
    raw = open_sealed(secret.decryption, alpha, data, *context_of(text.announcements, text.index, secret.index))
    share = decode_secret(raw.hex())
    if base_power(share) != evaluate(coefficients.points, secret.index):
        raise InvalidShare("the share does not fit the coefficients")
    return share


# --- step 4 --------------------------------------------------------------------------------------------------------


def assemble(announcements: bytes, dealings: bytes, shares: Iterable[bytes]) -> Pedersen:
    """Join the public files of all steps to the tellers' item of trustees.json; raise what its checks raise."""
    certificates = _certificates(announcements)
    checked = _check_dealings(certificates, announcements, dealings)
    texts = sorted((wire.parse(raw, ShareText, "public share") for raw in shares), key=lambda text: text.index)
    if [text.index for text in texts] != list(range(1, len(certificates) + 1)):
        raise InvalidShare("one public share of each teller expected")
    keys = tuple(parse_trustee_key(text.key, f"teller {text.index}") for text in texts)
    item = Pedersen(
        certificates[0][0].threshold,
        tuple(certificate for certificate, _ in certificates),
        tuple(coefficients for _, coefficients in checked),
        tuple(wire.proof(text.signature, "signature") for text, _ in checked),
        keys,
    )
    verify_trustees(Trustees((item,), encode_trustees([item])))
    for key, certificate in zip(keys, item.certificates, strict=True):
        verify_share_signature(key, certificate)
    return item


def rehearse(size: int, threshold: int) -> tuple[Pedersen, list[TellerKey]]:
    """Run the whole ceremony in one process, for tests and rehearsals alone: nobody else holds two tellers' secrets."""
    begun = [begin(size, threshold, index) for index in range(1, size + 1)]
    announcements = gather_announcements(raw for _, raw in begun)
    dealt = [deal(secret, announcements) for secret, _ in begun]
    dealings = gather_dealings(raw for _, raw in dealt)
    accepted = [accept(secret, announcements, dealings) for secret, _ in dealt]
    return assemble(announcements, dealings, (raw for _, raw in accepted)), [key for key, _ in accepted]

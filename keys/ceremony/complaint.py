"""A wrong share proved by its sender's own signature (khiếu nại trong buổi tạo khóa).

A dealing is signed as a whole, so a teller who got a wrong share can convince everybody: it shows K, the one point that
opens this share and nothing else, and proves that K is right. Anyone opens the share with it and compares it with the
dealer's public coefficients. An unfounded complaint is refused, so nobody can accuse an honest dealer.
"""

from typing import Final, Literal

from keys import wire
from keys.ceremony.channel import check_sender, open_with_shared, shared_point
from keys.ceremony.messages import CeremonySecret, DealingText, parse_dealings, sealed_share, verify_dealing_seal
from keys.ceremony.protocol import certificates_of, context_of, fingerprint
from keys.errors import InvalidShare, KeysError
from keys.group import base_power, encode_point
from keys.opening import prove_opening, verify_opening
from keys.teller import decode_secret
from keys.trustees import Certificate, evaluate, parse_coefficients

FORMAT: Final = "phieukin/ceremony-complaint/v1"


class ComplaintText(wire.Text, frozen=True):
    """Who complains of whose dealing for which announcements; K as a point, and the proof that it is right."""

    format: Literal["phieukin/ceremony-complaint/v1"]
    index: int
    dealer: int
    announcements: str
    shared: str
    proof: wire.ProofText


def complain(secret: CeremonySecret, announcements: bytes, dealings: bytes, dealer: int) -> bytes:
    """Show what opens this teller's share in the dealing of `dealer`; raise InvalidShare if there is none.

    Nothing is shown for a dealing that its dealer did not sign and seal itself: what is shown could open another's.
    """
    seen, dealing = fingerprint(announcements), _dealing(dealings, dealer)
    certificates = certificates_of(announcements)
    verify_dealing_seal(dealing, certificates[dealer - 1].verification)
    alpha, data = sealed_share(dealing, secret.index)
    own = base_power(secret.decryption)
    check_sender(own, alpha, data, *context_of(seen, dealer, secret.index))
    shared = shared_point(secret.decryption, alpha)
    proof = prove_opening(secret.decryption, secret.index, _context(seen, dealer), [alpha], [shared])
    text = ComplaintText(FORMAT, secret.index, dealer, seen, encode_point(shared), wire.proof_text(proof))
    return wire.compact(text)


def judge(announcements: bytes, dealings: bytes, complaint: bytes) -> int:
    """Return the number of the dealer whose signed dealing holds a wrong share.

    Raises InvalidShare if the share is right after all, InvalidProof if what is shown does not open it.
    """
    text = wire.parse(complaint, ComplaintText, "complaint")
    certificates, seen = certificates_of(announcements), fingerprint(announcements)
    if text.announcements != seen or not {text.index, text.dealer} <= set(range(1, len(certificates) + 1)):
        raise InvalidShare("a complaint of this ceremony expected")
    dealing, accuser = _dealing(dealings, text.dealer), certificates[text.index - 1]
    if dealing.announcements != seen:
        raise InvalidShare("a dealing of this ceremony expected")
    verify_dealing_seal(dealing, certificates[text.dealer - 1].verification)
    alpha, data = sealed_share(dealing, text.index)
    shared, proof = wire.point(text.shared, "shared"), wire.proof(text.proof, "proof")
    verify_opening(accuser.encryption, text.index, _context(seen, text.dealer), [alpha], [shared], proof)
    try:
        raw = open_with_shared(shared, accuser.encryption, alpha, data, *context_of(seen, text.dealer, text.index))
        _check_share(raw, dealing, accuser)
    except KeysError:
        return text.dealer
    raise InvalidShare(f"teller {text.index} complains without reason: the share of teller {text.dealer} is right")


def _check_share(raw: bytes, dealing: DealingText, accuser: Certificate) -> None:
    points = parse_coefficients(dealing.coefexps, "coefexps").points
    if base_power(decode_secret(raw.hex())) != evaluate(points, accuser.index):
        raise InvalidShare("the share does not fit the coefficients")


def _dealing(dealings: bytes, dealer: int) -> DealingText:
    for text in parse_dealings(dealings):
        if text.index == dealer:
            return text
    raise InvalidShare(f"there is no dealing of teller {dealer}")


def _context(seen: str, dealer: int) -> str:
    return f"{FORMAT}|{seen}|{dealer}"

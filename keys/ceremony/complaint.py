"""A wrong share proved by its sender's own signature (khiếu nại trong buổi tạo khóa).

A dealing is signed as a whole, so a teller who got a wrong share can convince everybody: it shows K, the one point that
opens this share of this box and nothing else, and proves that K is right. Anyone opens the share with it and compares
it with the dealer's public coefficients. An unfounded complaint is refused, so nobody can accuse an honest dealer. One
founded complaint ends the ceremony for all boxes.
"""

from typing import Final, Literal

from keys import wire
from keys.ceremony.channel import check_sender, open_with_shared, shared_point
from keys.ceremony.messages import (
    BoxDealingText,
    CeremonySecret,
    DealingText,
    parse_dealings,
    sealed_share,
    verify_seals,
)
from keys.ceremony.one_box import Run, check_fits
from keys.ceremony.protocol import Announced, runs_of
from keys.errors import InvalidShare, KeysError
from keys.group import base_power, encode_point
from keys.opening_proof import prove_opening, verify_opening
from keys.teller import decode_secret

FORMAT: Final = "phieukin/ceremony-complaint/v2"


class ComplaintText(wire.Text, frozen=True):
    """Who complains of whose share of which box, for which announcements; K, and the proof that it is right."""

    format: Literal["phieukin/ceremony-complaint/v2"]
    index: int
    dealer: int
    box: int
    announcements: str
    shared: str
    proof: wire.ProofText


def complain(secret: CeremonySecret, announcements: bytes, dealings: bytes, dealer: int, box: int) -> bytes:
    """Show what opens this teller's share of a box in the dealing of `dealer`; raise InvalidShare if there is none.

    Nothing is shown for a dealing that its dealer did not sign and seal itself: what is shown could open another's.
    """
    announced = runs_of(announcements)
    run, part = _run(announced, box), _part(announced, dealings, dealer, box)
    own = secret.boxes[box - 1]
    alpha, data = sealed_share(part, secret.index)
    check_sender(base_power(own.decryption), alpha, data, *run.context(dealer, secret.index))
    shared = shared_point(own.decryption, alpha)
    proof = prove_opening(own.decryption, secret.index, _context(run, dealer), [alpha], [shared])
    shown = encode_point(shared), wire.proof_text(proof)
    return wire.compact(ComplaintText(FORMAT, secret.index, dealer, box, run.fingerprint, *shown))


def judge(announcements: bytes, dealings: bytes, complaint: bytes) -> int:
    """Return the number of the dealer whose signed dealing holds a wrong share.

    Raises InvalidShare if the share is right after all, InvalidProof if what is shown does not open it.
    """
    text, announced = wire.parse(complaint, ComplaintText, "complaint"), runs_of(announcements)
    tellers = set(range(1, announced.size + 1))
    if text.announcements != announced.fingerprint or not {text.index, text.dealer} <= tellers:
        raise InvalidShare("a complaint of this ceremony expected")
    run = _run(announced, text.box)
    part, accuser = _part(announced, dealings, text.dealer, text.box), run.certificates[text.index - 1]
    alpha, data = sealed_share(part, text.index)
    shared, proof = wire.point(text.shared, "shared"), wire.proof(text.proof, "proof")
    verify_opening(accuser.encryption, text.index, _context(run, text.dealer), [alpha], [shared], proof)
    try:
        raw = open_with_shared(shared, accuser.encryption, alpha, data, *run.context(text.dealer, text.index))
        check_fits(decode_secret(raw.hex()), part, text.index)
    except KeysError:
        return text.dealer
    english = f"teller {text.index} complains without reason: the share of teller {text.dealer} is right"
    raise InvalidShare(english, teller=text.index)


def _run(announced: Announced, box: int) -> Run:
    if not 1 <= box <= len(announced.runs):
        raise InvalidShare(f"a box from 1 to {len(announced.runs)} expected, {box} found")
    return announced.runs[box - 1]


def _part(announced: Announced, dealings: bytes, dealer: int, box: int) -> BoxDealingText:
    """The part of a box in a teller's dealing, once that is of this ceremony, signed by it, and whole."""
    text = _dealing(dealings, dealer)
    if text.announcements != announced.fingerprint or len(text.boxes) != len(announced.runs):
        raise InvalidShare("a dealing of this ceremony expected")
    verify_seals(text, announced.keys(dealer))
    part = text.boxes[box - 1]
    if len(part.shares) != announced.size:
        raise InvalidShare("a share for each teller expected")
    return part


def _dealing(dealings: bytes, dealer: int) -> DealingText:
    for text in parse_dealings(dealings):
        if text.index == dealer:
            return text
    raise InvalidShare(f"there is no dealing of teller {dealer}", teller=dealer)


def _context(run: Run, dealer: int) -> str:
    return f"{FORMAT}|{run.fingerprint}|{run.box}|{dealer}"

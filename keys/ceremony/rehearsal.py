"""Opening rehearsed before the conference (mở thử): every teller shows that their share opens, on a throwaway value.

Number and randomness of its ciphertexts are hashes of trustees.json, so everybody computes the ciphertexts and no file
can slip others in; what a teller hands out, X^r for a known r, tells nothing that the public share X did not. The proof
is the opening proof over a fingerprint of its own tag, which no election has. So nothing of a rehearsal is of any use
on a box, and nobody gets a box opened by calling it a rehearsal.
"""

import hashlib
import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal

from keys import wire
from keys.ceremony.messages import blaming
from keys.elgamal import Ciphertext, encrypt, solve
from keys.errors import InvalidShare
from keys.group import Point, encode_point, power, reduce_wide, subtract
from keys.opening import prove_opening, verify_opening
from keys.teller import TellerKey, find_owner
from keys.transcript import sha256_hex, tagged
from keys.trustees import Trustees, combine

FORMAT: Final = "phieukin/rehearsed-opening/v1"
BITS = 16
MOST_SUBSETS = 500


class OpeningText(wire.Text, frozen=True):
    """One teller's part: owner, factors as points, the proof over all of them."""

    format: Literal["phieukin/rehearsed-opening/v1"]
    owner: int
    factors: tuple[str, ...]
    proof: wire.ProofText


def rehearsal_number(trustees: Trustees) -> int:
    """The number that a rehearsed opening must give, 0 to 65535."""
    digest = hashlib.sha512(tagged(FORMAT + "/number", trustees.raw)).digest()
    return int.from_bytes(digest[: BITS // 8], "big")


def open_rehearsal(key: TellerKey, trustees: Trustees) -> bytes:
    """Open one teller's part of the rehearsal; raise InvalidShare if the key is not of these tellers."""
    owner = find_owner(key, trustees)
    alphas = [one.alpha for one in _ciphertexts(trustees)]
    factors = [power(alpha, key.secret) for alpha in alphas]
    proof = prove_opening(key.secret, owner, _fingerprint(trustees), alphas, factors)
    return wire.compact(OpeningText(FORMAT, owner, tuple(map(encode_point, factors)), wire.proof_text(proof)))


def check_rehearsal(trustees: Trustees, raw: bytes) -> tuple[int, list[Point]]:
    """Verify one teller's part; return owner and factors, or raise with the teller's number in front."""
    text = wire.parse(raw, OpeningText, "rehearsed opening")
    shares = trustees.shares()
    if not 1 <= text.owner <= len(shares):
        raise InvalidShare(f"a teller from 1 to {len(shares)} expected, {text.owner} found")
    with blaming(text.owner):
        factors = [wire.point(one, "factor") for one in text.factors]
        alphas = [one.alpha for one in _ciphertexts(trustees)]
        proof, public = wire.proof(text.proof, "proof"), shares[text.owner - 1].public_share
        verify_opening(public, text.owner, _fingerprint(trustees), alphas, factors, proof)
    return text.owner, factors


def finish_rehearsal(trustees: Trustees, files: Iterable[bytes]) -> int:
    """Verify the parts of all tellers, and that any threshold of them opens the number; return it.

    Raises InvalidShare or InvalidProof with the teller's number, InvalidShare where a teller is missing.
    """
    parts = dict(check_rehearsal(trustees, raw) for raw in files)
    missing = [share.owner for share in trustees.shares() if share.owner not in parts]
    if missing:
        raise InvalidShare(f"the rehearsed openings of tellers {missing} are missing")
    for owners in itertools.islice(itertools.combinations(sorted(parts), trustees.threshold()), MOST_SUBSETS):
        if _open(trustees, {owner: [parts[owner]] for owner in owners}) != rehearsal_number(trustees):
            raise InvalidShare(f"tellers {list(owners)} open another number than the one encrypted")
    return rehearsal_number(trustees)


def _open(trustees: Trustees, parts: Mapping[int, Sequence[Sequence[Point]]]) -> int:
    [factors] = combine(trustees, parts)
    bits = (solve(subtract(one.beta, factor), 1) for one, factor in zip(_ciphertexts(trustees), factors, strict=True))
    return sum(bit << place for place, bit in enumerate(bits))


def _ciphertexts(trustees: Trustees) -> list[Ciphertext]:
    number, key = rehearsal_number(trustees), trustees.election_key()
    return [encrypt(key, number >> place & 1, reduce_wide(_randomness(trustees, place))) for place in range(BITS)]


def _randomness(trustees: Trustees, place: int) -> bytes:
    return hashlib.sha512(tagged(FORMAT + "/randomness", trustees.raw, place.to_bytes(4, "big"))).digest()


def _fingerprint(trustees: Trustees) -> str:
    return f"{FORMAT}|{sha256_hex(trustees.raw)}"

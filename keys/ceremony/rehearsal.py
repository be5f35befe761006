"""Opening rehearsed before the conference (mở thử): every teller shows that their shares open, on throwaway numbers.

One number for each box. Number and randomness of its ciphertexts are hashes of the ceremony's fingerprint, the number
of the box and its trustees.json, so everybody computes the ciphertexts and no file can slip others in; what a teller
hands out, X^r for a known r, tells nothing that the public share X did not. The proof is the opening proof over a
fingerprint of its own tag, which no election has. So nothing of a rehearsal is of any use on a box, and nobody gets a
box opened by calling it a rehearsal.
"""

import functools
import hashlib
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from keys import wire
from keys.ceremony.messages import blaming, in_box
from keys.elgamal import Ciphertext, encrypt, solve
from keys.errors import InvalidShare
from keys.group import Point, encode_point, power, reduce_wide, subtract
from keys.opening_proof import prove_opening, verify_opening
from keys.teller import TellerKey, find_owner
from keys.transcript import sha256_hex, tagged
from keys.trustees import Trustees, combine

FORMAT: Final = "phieukin/rehearsed-opening/v2"
BITS = 16
MOST_SUBSETS = 500


class BoxOpeningText(wire.Text, frozen=True):
    """One teller's part of one box: factors as points, the proof over all of them."""

    factors: tuple[str, ...]
    proof: wire.ProofText


class OpeningText(wire.Text, frozen=True):
    """One teller's part of the rehearsal: owner, the ceremony's fingerprint, and the part of each box."""

    format: Literal["phieukin/rehearsed-opening/v2"]
    owner: int
    announcements: str
    boxes: tuple[BoxOpeningText, ...]


@dataclass(frozen=True)
class BoxRehearsal:
    """What is opened for one box: the keys of its tellers, and what binds it."""

    trustees: Trustees
    ceremony: str
    box: int

    @property
    def number(self) -> int:
        """The number that the rehearsed opening must give, 0 to 65535."""
        return int.from_bytes(self._digest("number")[: BITS // 8], "big")

    @functools.cached_property
    def ciphertexts(self) -> list[Ciphertext]:
        """The number's bits, encrypted with randomness that everybody computes."""
        number, key = self.number, self.trustees.election_key()
        parts = (self._digest("randomness", place.to_bytes(4, "big")) for place in range(BITS))
        return [encrypt(key, number >> place & 1, reduce_wide(part)) for place, part in enumerate(parts)]

    @property
    def fingerprint(self) -> str:
        """What the opening proofs of this rehearsal are bound to."""
        return f"{FORMAT}|{self.ceremony}|{self.box}|{sha256_hex(self.trustees.raw)}"

    def opens(self, parts: Mapping[int, Sequence[Sequence[Point]]]) -> int:
        """The number that the factors of some tellers open."""
        [factors] = combine(self.trustees, parts)
        bits = (solve(subtract(one.beta, factor), 1) for one, factor in zip(self.ciphertexts, factors, strict=True))
        return sum(bit << place for place, bit in enumerate(bits))

    def _digest(self, what: str, *parts: bytes) -> bytes:
        bound = self.ceremony.encode(), self.box.to_bytes(4, "big"), self.trustees.raw
        return hashlib.sha512(tagged(f"{FORMAT}/{what}", *bound, *parts)).digest()


@dataclass(frozen=True)
class Rehearsal:
    """The rehearsal of a ceremony: trustees.json of each box, in order, and the ceremony's fingerprint."""

    trustees: tuple[Trustees, ...]
    ceremony: str

    @functools.cached_property
    def boxes(self) -> list[BoxRehearsal]:
        """One rehearsal for each box."""
        return [BoxRehearsal(one, self.ceremony, box) for box, one in enumerate(self.trustees, 1)]

    def open(self, keys: Sequence[TellerKey]) -> bytes:
        """Open one teller's part, with its keys in the order of the boxes; raise InvalidShare for keys of others."""
        owners = {find_owner(key, one) for key, one in zip(keys, self.trustees, strict=True)}
        if len(owners) != 1:
            raise InvalidShare("the keys of one teller expected")
        [owner] = owners
        parts = tuple(_open_box(one, key, owner) for one, key in zip(self.boxes, keys, strict=True))
        return wire.compact(OpeningText(FORMAT, owner, self.ceremony, parts))

    def check(self, raw: bytes) -> tuple[int, list[list[Point]]]:
        """Verify one teller's part; return owner and factors of each box, or raise with the number in front."""
        text = wire.parse(raw, OpeningText, "rehearsed opening")
        size = len(self.trustees[0].shares())
        if not 1 <= text.owner <= size:
            raise InvalidShare(f"a teller from 1 to {size} expected, {text.owner} found")
        with blaming(text.owner):
            if text.announcements != self.ceremony or len(text.boxes) != len(self.trustees):
                raise InvalidShare("a rehearsed opening of this ceremony, with a part for each box, expected")
            factors = [_check_box(one, part, text.owner) for one, part in zip(self.boxes, text.boxes, strict=True)]
        return text.owner, factors

    def finish(self, files: Iterable[bytes]) -> tuple[int, ...]:
        """Verify the parts of all tellers, and that any threshold of them opens each box's number; return the numbers.

        Raises InvalidShare or InvalidProof with the teller's number, InvalidShare where a teller is missing.
        """
        parts = dict(self.check(raw) for raw in files)
        missing = [share.owner for share in self.trustees[0].shares() if share.owner not in parts]
        if missing:
            raise InvalidShare(f"the rehearsed openings of tellers {missing} are missing")
        for one in self.boxes:
            with in_box(one.box):
                _check_subsets(one, {owner: factors[one.box - 1] for owner, factors in parts.items()})
        return tuple(one.number for one in self.boxes)


def _open_box(rehearsed: BoxRehearsal, key: TellerKey, owner: int) -> BoxOpeningText:
    alphas = [one.alpha for one in rehearsed.ciphertexts]
    factors = [power(alpha, key.secret) for alpha in alphas]
    proof = prove_opening(key.secret, owner, rehearsed.fingerprint, alphas, factors)
    return BoxOpeningText(tuple(map(encode_point, factors)), wire.proof_text(proof))


def _check_box(rehearsed: BoxRehearsal, part: BoxOpeningText, owner: int) -> list[Point]:
    with in_box(rehearsed.box):
        factors = [wire.point(one, "factor") for one in part.factors]
        alphas = [one.alpha for one in rehearsed.ciphertexts]
        public = rehearsed.trustees.shares()[owner - 1].public_share
        verify_opening(public, owner, rehearsed.fingerprint, alphas, factors, wire.proof(part.proof, "proof"))
    return factors


def _check_subsets(rehearsed: BoxRehearsal, parts: Mapping[int, Sequence[Point]]) -> None:
    threshold = rehearsed.trustees.threshold()
    for owners in itertools.islice(itertools.combinations(sorted(parts), threshold), MOST_SUBSETS):
        if rehearsed.opens({owner: [parts[owner]] for owner in owners}) != rehearsed.number:
            raise InvalidShare(f"tellers {list(owners)} open another number than the one encrypted")

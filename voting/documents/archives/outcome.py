"""What the tellers add to an archive: encrypted tally, partial decryptions, result (Belenios 3.0, 4.18, 4.20, 4.21).

Readers are strict: canonical bytes, members of the group, numbers below q. The identity is a lawful ciphertext here,
as the sum of an empty box (hòm phiếu trống) is one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from keys.elgamal import Ciphertext
from keys.errors import KeysError
from keys.group import Point, decode_point, decode_scalar, encode_point
from keys.proofs.schnorr import Proof
from keys.wire import ProofText, proof_text
from voting.documents.archives.members import RECORD_LIMIT
from voting.documents.ballots.ballot import CiphertextText
from voting.documents.canonical import compact, parse_compact
from voting.documents.errors import InvalidOutcome

Tally = tuple[tuple[Ciphertext, ...], ...]
Factors = tuple[tuple[Point, ...], ...]
Counts = tuple[tuple[int, ...], ...]

TallyText = tuple[tuple[CiphertextText, ...], ...]


class SetupData(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Payload of Setup: hex SHA-256 of election, trustees and public credentials."""

    election: str
    trustees: str
    credentials: str


class SizedTally(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Payload of EncryptedTally: how many ballots, their weights added up, hash of the encrypted tally."""

    num_tallied: int
    total_weight: int
    encrypted_tally: str


class Owned(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Payload of PartialDecryption: whose it is (owners count from 1), hash of the partial decryption."""

    owner: int
    payload: str


class Result(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Payload of Result: for each question the count of each answer."""

    result: Counts


class _DecryptionText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    decryption_factors: tuple[tuple[str, ...], ...]
    decryption_proofs: tuple[tuple[ProofText, ...], ...]


@dataclass(frozen=True, slots=True)
class PartialDecryption:
    """One teller's factors of every ciphertext of the tally, and the version-1 proof of each."""

    factors: Factors
    proofs: tuple[tuple[Proof, ...], ...]


def parse_setup_data(raw: bytes) -> SetupData:
    """Parse the payload of Setup; raise NotCanonical."""
    return parse_compact(raw, SetupData, 1024, "setup data")


def parse_sized_tally(raw: bytes) -> SizedTally:
    """Parse the payload of EncryptedTally; raise NotCanonical."""
    return parse_compact(raw, SizedTally, 1024, "sized tally")


def parse_owned(raw: bytes) -> Owned:
    """Parse the payload of PartialDecryption; raise NotCanonical."""
    return parse_compact(raw, Owned, 1024, "owned partial decryption")


def parse_result(raw: bytes) -> Result:
    """Parse the payload of Result; raise NotCanonical. Counts of an archive are far below 2^30, so no strings."""
    return parse_compact(raw, Result, RECORD_LIMIT, "result")


def parse_tally(raw: bytes) -> Tally:
    """Parse an encrypted tally; raise NotCanonical, or InvalidOutcome for what is not in the group."""
    text = parse_compact(raw, TallyText, RECORD_LIMIT, "encrypted tally")
    return tuple(
        tuple(
            Ciphertext(_point(one.alpha, f"{_place(q, a)}, alpha"), _point(one.beta, f"{_place(q, a)}, beta"))
            for a, one in enumerate(row, 1)
        )
        for q, row in enumerate(text, 1)
    )


def encode_tally(tally: Sequence[Sequence[Ciphertext]]) -> bytes:
    """Write an encrypted tally as it stands in the archive."""
    return compact([[CiphertextText(encode_point(one.alpha), encode_point(one.beta)) for one in row] for row in tally])


def parse_partial_decryption(raw: bytes) -> PartialDecryption:
    """Parse a partial decryption; raise NotCanonical or InvalidOutcome. Its proofs are not yet verified."""
    text = parse_compact(raw, _DecryptionText, RECORD_LIMIT, "partial decryption")
    factors = tuple(
        tuple(_point(one, f"{_place(q, a)}, factor") for a, one in enumerate(row, 1))
        for q, row in enumerate(text.decryption_factors, 1)
    )
    proofs = tuple(
        tuple(_proof(one, f"{_place(q, a)}, proof") for a, one in enumerate(row, 1))
        for q, row in enumerate(text.decryption_proofs, 1)
    )
    return PartialDecryption(factors, proofs)


def encode_partial_decryption(decryption: PartialDecryption) -> bytes:
    """Write a partial decryption as it stands in the archive."""
    return compact(
        _DecryptionText(
            tuple(tuple(map(encode_point, row)) for row in decryption.factors),
            tuple(tuple(map(proof_text, row)) for row in decryption.proofs),
        )
    )


def _place(question: int, answer: int) -> str:
    return f"question {question}, answer {answer}"


def _point(text: str, place: str) -> Point:
    try:
        return decode_point(text, identity=True)
    except KeysError as error:
        raise InvalidOutcome(place, str(error)) from None


def _proof(text: ProofText, place: str) -> Proof:
    try:
        return Proof(decode_scalar(text.challenge), decode_scalar(text.response))
    except KeysError as error:
        raise InvalidOutcome(place, str(error)) from None

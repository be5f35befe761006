"""The vectors of tests/vectors as objects: elections that belenios-tool made, with their secrets."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keys.elgamal import Ciphertext
from keys.group import Point, decode_point, decode_scalar
from keys.proofs.schnorr import Proof
from keys.transcript import sha256_b64

VECTORS = Path(__file__).resolve().parents[1] / "vectors"
NAMES = ("3x2", "3x2-single", "per-candidate-10x10")


@dataclass(frozen=True)
class Election:
    """One folder of vectors."""

    folder: Path

    def raw(self, name: str) -> bytes:
        """A file's bytes, without the line end."""
        return (self.folder / name).read_bytes().rstrip(b"\n")

    def json(self, name: str) -> Any:
        """A file as JSON."""
        return json.loads(self.raw(name))

    def lines(self, name: str) -> list[Any]:
        """Each line of a file as JSON."""
        return [json.loads(line) for line in self.raw(name).splitlines()]

    @property
    def election(self) -> Any:
        """The election's parameters."""
        return self.json("election.json")

    @property
    def fingerprint(self) -> str:
        """The election's hash as ballots name it."""
        return sha256_b64(self.raw("election.json"))

    @property
    def public_key(self) -> Point:
        """The joint public key."""
        return decode_point(self.election["public_key"])

    def archive(self) -> list[bytes]:
        """The bodies of all members of the archive, in order."""
        (path,) = self.folder.glob("*.bel")
        raw, at, bodies = path.read_bytes(), 0, []
        while at < len(raw):
            size = int(raw[at + 124 : at + 135], 8)
            bodies.append(raw[at + 512 : at + 512 + size])
            at += 512 + (size + 511) // 512 * 512
        return bodies

    def ballots(self) -> list[Any]:
        """The ballots of the archive, in its order."""
        return [json.loads(body) for body in self.archive() if body.startswith(b'{"election_uuid"')]

    def members_of(self, prefix: bytes) -> list[Any]:
        """The archive's members that begin with a prefix."""
        return [json.loads(body) for body in self.archive() if body.startswith(prefix)]


def load(name: str) -> Election:
    """An election of the vectors."""
    return Election(VECTORS / name)


def proof(value: dict[str, str]) -> Proof:
    """A proof from its JSON form."""
    return Proof(decode_scalar(value["challenge"]), decode_scalar(value["response"]))


def proofs(values: list[dict[str, str]]) -> tuple[Proof, ...]:
    """Proofs from their JSON form."""
    return tuple(map(proof, values))


def ciphertext(value: dict[str, str]) -> Ciphertext:
    """A ciphertext from its JSON form."""
    return Ciphertext(decode_point(value["alpha"]), decode_point(value["beta"]))

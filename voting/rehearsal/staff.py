"""The people who hold keys at a rehearsal: tellers, chair, secretary, head.

Only rehearsals and tests hold the secrets of two tellers at once. The tellers' files are sealed as in earnest, with a
passphrase of the operating system's randomness that is forgotten with the rehearsal.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from keys.ceremony.protocol import rehearse
from keys.files.sealing import LEAST_COST
from keys.files.signing import SigningKey, new_signing_key, public_text
from keys.trustees import encode_trustees
from tally.signing.teller_file import new_teller_file, write_teller_file
from voting.documents.conferences.conference import Signer
from voting.rehearsal.cast_list import draw_people

TELLER_ROLES = ("Trưởng ban kiểm phiếu", "Ủy viên Ban kiểm phiếu")
PASSPHRASE_BYTES = 18


@dataclass(frozen=True, slots=True)
class Teller:
    """A teller (thành viên Ban kiểm phiếu) of a rehearsal: their place in Setup, sealed file and passphrase."""

    signer: Signer
    key: SigningKey
    path: Path
    passphrase: str


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody who signs, and the tellers' public keys as trustees.json; `threshold` tellers open."""

    tellers: tuple[Teller, ...]
    threshold: int
    trustees: bytes
    chair: tuple[Signer, SigningKey]
    secretary: tuple[Signer, SigningKey]
    head: tuple[Signer, SigningKey]

    @property
    def signing_keys(self) -> list[SigningKey]:
        """The keys of all who sign a record: tellers, secretary, chair."""
        return [*(teller.key for teller in self.tellers), self.secretary[1], self.chair[1]]


def make_staff(folder: Path, tellers: int, threshold: int, seed: int, others: Collection[str] = ()) -> Staff:
    """Hold the key ceremony and make everybody's signing key; the tellers' sealed files go into `folder`.

    Nobody has one of the names `others`: whoever may stand on a ballot does not count it.
    """
    [(item, shares)] = rehearse(tellers, threshold)
    drawn = draw_people(tellers + 3 + len(others), seed, "Ban kiểm phiếu")
    names = [person.name for person in drawn if person.name not in others]
    made = []
    for number, (name, share) in enumerate(zip(names, shares, strict=False)):
        key, passphrase = new_signing_key(), secrets.token_urlsafe(PASSPHRASE_BYTES)
        path = folder / f"teller-{number + 1}.sealed"
        write_teller_file(path, new_teller_file(name, share, key), passphrase, LEAST_COST)
        made.append(Teller(Signer(name, TELLER_ROLES[min(number, 1)], public_text(key), True), key, path, passphrase))
    return Staff(
        tellers=tuple(made),
        threshold=threshold,
        trustees=encode_trustees([item]),
        chair=_signer(names[tellers], "Chủ trì Hội nghị", True),
        secretary=_signer(names[tellers + 1], "Thư ký Hội nghị", True),
        head=_signer(names[tellers + 2], "Chánh Văn phòng", False),
    )


def _signer(name: str, role: str, must_sign: bool) -> tuple[Signer, SigningKey]:
    key = new_signing_key()
    return Signer(name, role, public_text(key), must_sign), key

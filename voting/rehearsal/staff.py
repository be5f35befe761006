"""The people who hold keys at a rehearsal: tellers, chair, secretary, head.

Only rehearsals and tests hold the secrets of two tellers at once. The tellers' files are sealed as in earnest, with a
passphrase of the operating system's randomness that is forgotten with the rehearsal.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from keys.ceremony.protocol import rehearse, rehearse_boxes
from keys.ceremony.rehearsal import Rehearsal
from keys.files.sealing import LEAST_COST
from keys.files.signing import SigningKey, new_signing_key, public_text
from keys.transcript import sha256_hex
from keys.trustees import encode_trustees, parse_trustees
from tally.signing.teller_file import TellerFile, new_teller_file, write_teller_file
from voting.documents.canonical import canonical
from voting.documents.conferences.conference import Signer
from voting.documents.tellers import FORMAT, BoxKeys, TellerKeys, Tellers
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
    """Everybody who signs, and the tellers' public keys as the desk takes them; `threshold` tellers open."""

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


@dataclass(frozen=True, slots=True)
class _People:
    """Names and signing keys, before anybody has a share."""

    tellers: list[tuple[str, SigningKey]]
    chair: tuple[Signer, SigningKey]
    secretary: tuple[Signer, SigningKey]
    head: tuple[Signer, SigningKey]


def make_staff(folder: Path, tellers: int, threshold: int, seed: int, others: Collection[str] = ()) -> Staff:
    """Hold the key ceremony and make everybody's signing key; the tellers' sealed files go into `folder`.

    Nobody has one of the names `others`: whoever may stand on a ballot does not count it.
    """
    [(item, shares)] = rehearse(tellers, threshold)
    people = _people(tellers, seed, others)
    files = [new_teller_file(name, share, key) for (name, key), share in zip(people.tellers, shares, strict=True)]
    return _staff(people, _kept(folder, people, files), threshold, encode_trustees([item]))


def make_round_staff(
    folder: Path, tellers: int, threshold: int, seed: int, others: Collection[str], boxes: int
) -> tuple[Staff, ...]:
    """Hold one key ceremony for the boxes of a round: the same people once a box, each time with its shares.

    Their `trustees` are tellers.json, of which the desk takes the next unused box.
    """
    ceremony, made = rehearse_boxes(tellers, threshold, boxes)
    trustees = tuple(parse_trustees(encode_trustees([item])) for item, _ in made)
    rehearsed = Rehearsal(trustees, ceremony)
    numbers = rehearsed.finish(map(rehearsed.open, zip(*(shares for _, shares in made), strict=True)))
    people = _people(tellers, seed, others)
    brought = canonical(
        Tellers(
            FORMAT,
            "",
            threshold,
            ceremony,
            tuple(TellerKeys(name, public_text(key)) for name, key in people.tellers),
            (),
            tuple(BoxKeys(one.raw.decode(), number) for one, number in zip(trustees, numbers, strict=True)),
        )
    )
    found = []
    for box, ((_, shares), own) in enumerate(zip(made, trustees, strict=True), 1):
        place = {"ceremony": ceremony, "box": box, "boxes": boxes, "trustees": sha256_hex(own.raw)}
        files = [
            msgspec.structs.replace(new_teller_file(name, share, key), **place)
            for (name, key), share in zip(people.tellers, shares, strict=True)
        ]
        (inside := folder / f"box-{box}").mkdir()
        found.append(_staff(people, _kept(inside, people, files), threshold, brought))
    return tuple(found)


def _people(tellers: int, seed: int, others: Collection[str]) -> _People:
    drawn = draw_people(tellers + 3 + len(others), seed, "Ban kiểm phiếu")
    names = [person.name for person in drawn if person.name not in others]
    return _People(
        tellers=[(name, new_signing_key()) for name in names[:tellers]],
        chair=_signer(names[tellers], "Chủ trì Hội nghị", True),
        secretary=_signer(names[tellers + 1], "Thư ký Hội nghị", True),
        head=_signer(names[tellers + 2], "Chánh Văn phòng", False),
    )


def _kept(folder: Path, people: _People, files: Sequence[TellerFile]) -> tuple[Teller, ...]:
    """Seal the tellers' files into a folder."""
    made = []
    for number, ((name, key), file) in enumerate(zip(people.tellers, files, strict=True)):
        path, passphrase = folder / f"teller-{number + 1}.sealed", secrets.token_urlsafe(PASSPHRASE_BYTES)
        write_teller_file(path, file, passphrase, LEAST_COST)
        made.append(Teller(Signer(name, TELLER_ROLES[min(number, 1)], public_text(key), True), key, path, passphrase))
    return tuple(made)


def _staff(people: _People, tellers: tuple[Teller, ...], threshold: int, trustees: bytes) -> Staff:
    return Staff(tellers, threshold, trustees, people.chair, people.secretary, people.head)


def _signer(name: str, role: str, must_sign: bool) -> tuple[Signer, SigningKey]:
    key = new_signing_key()
    return Signer(name, role, public_text(key), must_sign), key

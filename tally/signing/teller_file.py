"""A teller's sealed file: share, signing key, the box that the share may open, the records that were signed with it.

One file a box, one passphrase for all of a teller's files. Where a ceremony made the keys of several boxes, each file
holds the signing key and the share of its box alone, so whoever opens one box never opens the seal of another's share,
and a used share is removed as a file. Such a file says in the open, and bound by its seal, of which box it is.

`setup` is the hash of the Setup event that was confirmed with it, `opened` that of the EndBallots event of the box that
the share was used for. Either is written into the file before anything is signed or computed, and another one is
refused from then on. Copies of the file can evade this: shares are destroyed after signing (THREATS.md).
"""

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import msgspec
from msgspec import UNSET

from keys.errors import DamagedFile
from keys.files.durable import read_plain
from keys.files.key_files import read_sealed, replace_sealed, write_sealed
from keys.files.sealing import DEFAULT_COST, Cost
from keys.files.signing import SigningKey, decode_signing_key, encode_signing_key, load_public, public_text
from keys.structs import read_json
from keys.teller import TellerKey, decode_teller_key, encode_teller_key
from tally.errors import OtherBox
from tally.signing.signed_notes import SignedNote, note_of, with_note
from voting.documents.canonical import canonical, parse_canonical
from voting.documents.conferences.conference import Conference
from voting.documents.errors import DocumentError
from voting.documents.record import Record

KIND = "teller"
"""Kind of the sealed file; that of one of several boxes goes on as `OfBox.kind` says."""

FORMAT = 1
_CODE = 16  # hex digits of the ceremony's fingerprint that stand in the open
_OF_BOX = re.compile(rf"{KIND}/box-([1-9][0-9]?)/([0-9a-f]{{{_CODE}}})")


@dataclass(frozen=True, slots=True)
class OfBox:
    """Which box of which ceremony a file is of, as stands on its outside: the code is a part of the fingerprint."""

    box: int
    code: str

    @property
    def kind(self) -> str:
        """Kind of the sealed file of this box."""
        return f"{KIND}/box-{self.box}/{self.code}"


def of_box(kind: str) -> OfBox | None:
    """Read which box a sealed file is of from its kind; None where it says nothing of boxes."""
    found = _OF_BOX.fullmatch(kind)
    return OfBox(int(found[1]), found[2]) if found else None


def box_named(conference: Conference | None) -> OfBox | None:
    """The box that a conference's Setup names; None where its keys are of no ceremony."""
    named = conference.ceremony if conference is not None else UNSET
    return None if named is UNSET else OfBox(named.box, named.fingerprint[:_CODE])


class TellerFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Contents of the sealed file. `key` is keys.teller's encoding of the share; `signing_key` base64 of PKCS #8.

    `token` is the public key of the token by which the teller signs in place of `signing_key`; empty for none.
    `signed` are the records that were signed: of each box and paper one, and no other is signed. `plan` (hex SHA-256)
    and `conference` say which key ceremony made it; empty where none did. `ceremony` is that ceremony's fingerprint,
    `box` (from 1, of `boxes`) and `trustees` (SHA-256 of trustees.json) say what the share belongs to.
    """

    format: int
    name: str
    key: str
    signing_key: str
    opened: str
    token: str = ""
    signed: tuple[SignedNote, ...] = ()
    plan: str = ""
    conference: str = ""
    ceremony: str = ""
    box: int = 0
    boxes: int = 0
    trustees: str = ""
    setup: str = ""

    @property
    def share(self) -> TellerKey:
        """The share of the election's key, with its place among the tellers."""
        return decode_teller_key(self.key.encode())

    @property
    def signer(self) -> SigningKey:
        """The P-256 key that signs confirmations and records."""
        return decode_signing_key(base64.b64decode(self.signing_key))

    @property
    def kind(self) -> str:
        """Kind of the sealed file."""
        return OfBox(self.box, self.ceremony[:_CODE]).kind if self.boxes > 1 else KIND

    @property
    def public_signer(self) -> str:
        """The signing key's public text, as it stands in Setup: the token's, where the teller signs by one."""
        return self.token or public_text(self.signer)


def new_teller_file(name: str, key: TellerKey, signing_key: SigningKey) -> TellerFile:
    """Put share and signing key together; the share has opened nothing yet."""
    encoded = base64.b64encode(encode_signing_key(signing_key)).decode()
    return TellerFile(FORMAT, name, encode_teller_key(key).decode(), encoded, "")


def write_teller_file(path: Path, teller: TellerFile, passphrase: str, cost: Cost = DEFAULT_COST) -> None:
    """Seal the teller's first file; raise FileExistsError."""
    write_sealed(path, canonical(teller), passphrase, kind=teller.kind, cost=cost)


def read_teller_file(path: Path, passphrase: str) -> TellerFile:
    """Open the file; raise WrongPassphrase, DamagedFile or OSError."""
    outside = kind_of(path)
    payload = read_sealed(path, passphrase, kind=outside if of_box(outside) else KIND)
    try:
        teller = parse_canonical(payload, TellerFile, what="teller's file")
    except DocumentError as error:
        raise DamagedFile(str(error)) from None
    if teller.kind != (outside if of_box(outside) else KIND):
        raise DamagedFile(f"{path.name}: a file of another box than it says on its outside")
    return teller


def kind_of(path: Path) -> str:
    """Say which kind of sealed file this is, without opening it; raise DamagedFile."""
    try:
        kind = read_json(read_plain(path), dict[str, object])["kind"]
    except (msgspec.MsgspecError, KeyError):
        raise DamagedFile(
            f"{path.name}: no sealed file of a teller; take another copy, or the recovery sheet"
        ) from None
    return str(kind)


def bind_to_setup(path: Path, teller: TellerFile, passphrase: str, setup: str, cost: Cost = DEFAULT_COST) -> TellerFile:
    """Note the Setup event in the file before it is confirmed; raise OtherBox where another one was."""
    if teller.setup == setup:
        return teller
    if teller.setup or teller.opened:
        raise OtherBox(
            f"this share confirmed the Setup {teller.setup[:16]}…, and {setup[:16]}… is another one; "
            "a share is for one box only"
        )
    return _replaced(path, msgspec.structs.replace(teller, setup=setup), passphrase, cost)


def check_of_box(teller: TellerFile, conference: Conference | None) -> None:
    """See that a file made by a ceremony is of the box that Setup names; raise OtherBox."""
    named = conference.ceremony if conference is not None else UNSET
    if not teller.ceremony or conference is None:
        return
    found = (named.fingerprint, named.box) if named is not UNSET else ("", 0)
    if found != (teller.ceremony, teller.box):
        why = (
            f"this file is of box {teller.box} of the ceremony {teller.ceremony[:16]}…, and Setup names "
            f"box {found[1]} of {found[0][:16] or 'none'}"
        )
        code, other = teller.ceremony[:_CODE], found[0][:_CODE] or "–"
        raise OtherBox(why, "other_part", own=teller.box, named=found[1], code=code, other=other)


def bind_to_box(
    path: Path, teller: TellerFile, passphrase: str, end_ballots: str, cost: Cost = DEFAULT_COST
) -> TellerFile:
    """Note the box in the file before its sum is opened; raise OtherBox if the share was used for another one."""
    if teller.opened == end_ballots:
        return teller
    if teller.opened:
        raise OtherBox(
            f"this share has opened the box {teller.opened[:16]}…, and the box {end_ballots[:16]}… is another one; "
            "a share opens one box only"
        )
    return _replaced(path, msgspec.structs.replace(teller, opened=end_ballots), passphrase, cost)


def sign_by_token(path: Path, teller: TellerFile, passphrase: str, token: str, cost: Cost = DEFAULT_COST) -> TellerFile:
    """Note in the file that this teller signs by the token with this public key; the share stays where it is."""
    load_public(token)
    return _replaced(path, msgspec.structs.replace(teller, token=token), passphrase, cost)


def note_records(
    path: Path, teller: TellerFile, passphrase: str, records: Iterable[Record], cost: Cost = DEFAULT_COST
) -> TellerFile:
    """Note in the file which records this teller is about to sign; raise OtherRecord, and then nothing is noted."""
    signed = teller.signed
    for record in records:
        if record.uuid:
            check_of_box(teller, record.conference)
        signed = with_note(signed, note_of(record))
    if signed == teller.signed:
        return teller
    return _replaced(path, msgspec.structs.replace(teller, signed=signed), passphrase, cost)


def _replaced(path: Path, teller: TellerFile, passphrase: str, cost: Cost) -> TellerFile:
    replace_sealed(path, canonical(teller), passphrase, kind=teller.kind, cost=cost)
    return teller

"""A teller's sealed file: share, signing key, the box that the share may open, the records that were signed with it.

One file, one passphrase. `opened` is the hash of the EndBallots event of the box that the share was used for; it is
written into the file before anything is computed, and another box is refused from then on. Copies of the file can evade
this: shares are destroyed after signing (THREATS.md).
"""

import base64
from collections.abc import Iterable
from pathlib import Path

import msgspec

from keys.errors import DamagedFile
from keys.files.key_files import read_sealed, replace_sealed, write_sealed
from keys.files.sealing import DEFAULT_COST, Cost
from keys.files.signing import SigningKey, decode_signing_key, encode_signing_key, load_public, public_text
from keys.teller import TellerKey, decode_teller_key, encode_teller_key
from tally.errors import OtherBox
from tally.signing.signed_notes import SignedNote, note_of, with_note
from voting.documents.canonical import canonical, parse_canonical
from voting.documents.errors import DocumentError
from voting.documents.record import Record

KIND = "teller"
FORMAT = 1


class TellerFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Contents of the sealed file. `key` is keys.teller's encoding of the share; `signing_key` base64 of PKCS #8.

    `token` is the public key of the token by which the teller signs in place of `signing_key`; empty for none.
    `signed` are the records that were signed: of each box and paper one, and no other is signed. `plan` (hex SHA-256)
    and `conference` say which key ceremony made it; empty where none did.
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

    @property
    def share(self) -> TellerKey:
        """The share of the election's key, with its place among the tellers."""
        return decode_teller_key(self.key.encode())

    @property
    def signer(self) -> SigningKey:
        """The P-256 key that signs confirmations and records."""
        return decode_signing_key(base64.b64decode(self.signing_key))

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
    write_sealed(path, canonical(teller), passphrase, kind=KIND, cost=cost)


def read_teller_file(path: Path, passphrase: str) -> TellerFile:
    """Open the file; raise WrongPassphrase, DamagedFile or OSError."""
    payload = read_sealed(path, passphrase, kind=KIND)
    try:
        teller = parse_canonical(payload, TellerFile, what="teller's file")
    except DocumentError as error:
        raise DamagedFile(str(error)) from None
    return teller


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
    bound = msgspec.structs.replace(teller, opened=end_ballots)
    replace_sealed(path, canonical(bound), passphrase, kind=KIND, cost=cost)
    return bound


def sign_by_token(path: Path, teller: TellerFile, passphrase: str, token: str, cost: Cost = DEFAULT_COST) -> TellerFile:
    """Note in the file that this teller signs by the token with this public key; the share stays where it is."""
    load_public(token)
    noted = msgspec.structs.replace(teller, token=token)
    replace_sealed(path, canonical(noted), passphrase, kind=KIND, cost=cost)
    return noted


def note_records(
    path: Path, teller: TellerFile, passphrase: str, records: Iterable[Record], cost: Cost = DEFAULT_COST
) -> TellerFile:
    """Note in the file which records this teller is about to sign; raise OtherRecord, and then nothing is noted."""
    signed = teller.signed
    for record in records:
        signed = with_note(signed, note_of(record))
    if signed == teller.signed:
        return teller
    noted = msgspec.structs.replace(teller, signed=signed)
    replace_sealed(path, canonical(noted), passphrase, kind=KIND, cost=cost)
    return noted

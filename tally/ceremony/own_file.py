"""A teller's one sealed file while the ceremony lasts (tệp khóa của thành viên Ban kiểm phiếu, trong buổi tạo khóa).

`teller-2.sealed` in the teller's own folder. It begins with the secrets of the ceremony and everything that this teller
handed out, so that any step can be done again from it alone; when the keys stand, the teller's file of the count
(`tally.signing.teller_file`) takes its place at once, under the same name and passphrase. Where the ceremony is for
several boxes, a file for each (`teller-2-box-3.sealed`) stands first, and then this one is overwritten and removed.
"""

import base64
from collections.abc import Sequence
from pathlib import Path

import msgspec

from keys import wire
from keys.ceremony.messages import CeremonySecret, decode_ceremony_secret, encode_ceremony_secret
from keys.errors import DamagedFile
from keys.files.key_files import read_sealed, replace_sealed, write_sealed
from keys.files.sealing import DEFAULT_COST, Cost
from keys.files.signing import SigningKey, decode_signing_key, encode_signing_key
from keys.teller import TellerKey, decode_teller_key, encode_teller_key
from keys.transcript import sha256_hex
from keys.trustees import Trustees
from tally.signing.teller_file import TellerFile, new_teller_file
from voting.documents.canonical import canonical, parse_canonical
from voting.documents.errors import DocumentError

KIND = "teller-ceremony"
FORMAT = 2
"""Format 1 held the key of one box."""


class TellerState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a teller keeps: secrets, and what was handed out and seen. Empty strings: not there yet.

    `seen` are hashes of the announcements that this teller confirmed, `dealt` of the dealings that it accepted, in the
    order of the tellers: so a file that changes later is noticed, and its owner named. `keys` are those of each box, in
    order. `complained` is the dealer of
    whom this teller complained, 0 for none: the complaint opens a share, so the ceremony's secrets are void. `token` is
    the public key of the token by which this teller signs in place of `signing_key`. `conference` is named to whoever
    puts in this file at another ceremony.
    """

    format: int
    plan: str
    index: int
    name: str
    secret: str
    signing_key: str
    announcement: str
    seen: tuple[str, ...] = ()
    dealing: str = ""
    dealt: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    share: str = ""
    complained: int = 0
    token: str = ""
    conference: str = ""

    @property
    def ceremony(self) -> CeremonySecret:
        """The secrets of the ceremony."""
        return decode_ceremony_secret(self.secret.encode())

    @property
    def signer(self) -> SigningKey:
        """The P-256 key that will sign confirmations and records."""
        return decode_signing_key(base64.b64decode(self.signing_key))

    @property
    def share_keys(self) -> list[TellerKey]:
        """The share of each box, once they are there."""
        return [decode_teller_key(one.encode()) for one in self.keys]


def new_state(plan: str, name: str, secret: CeremonySecret, signer: SigningKey, announcement: bytes) -> TellerState:
    """Begin a teller's file."""
    signing = base64.b64encode(encode_signing_key(signer)).decode()
    return TellerState(
        FORMAT, plan, secret.index, name, encode_ceremony_secret(secret).decode(), signing, announcement.decode()
    )


def with_dealing(own: TellerState, secret: CeremonySecret, seen: tuple[str, ...], dealing: bytes) -> TellerState:
    """Add what step 2 made."""
    secrets = encode_ceremony_secret(secret).decode()
    return msgspec.structs.replace(own, secret=secrets, seen=seen, dealing=dealing.decode())


def with_share(own: TellerState, dealt: tuple[str, ...], keys: Sequence[TellerKey], share: bytes) -> TellerState:
    """Add what step 3 made."""
    encoded = tuple(encode_teller_key(key).decode() for key in keys)
    return msgspec.structs.replace(own, dealt=dealt, keys=encoded, share=share.decode())


def with_complaint(own: TellerState, dealer: int) -> TellerState:
    """Note that this teller's ceremony ended with a complaint."""
    return msgspec.structs.replace(own, complained=dealer)


def as_teller_files(own: TellerState, ceremony: str, trustees: Sequence[Trustees]) -> tuple[TellerFile, ...]:
    """The files of the count, one of each box; `ceremony` is the fingerprint that all compared."""
    said = {"token": own.token, "plan": own.plan, "conference": own.conference}
    keys = zip(own.share_keys, trustees, strict=True)
    return tuple(
        msgspec.structs.replace(
            new_teller_file(own.name, key, own.signer), ceremony=ceremony, box=box, boxes=len(trustees),
            trustees=sha256_hex(one.raw), **said,
        )
        for box, (key, one) in enumerate(keys, 1)
    )  # fmt: skip


def own_path(folder: Path, index: int, box: int = 0) -> Path:
    """Where a teller's sealed file is, in the teller's own folder; that of one box, where there are several."""
    return folder / (f"teller-{index}-box-{box}.sealed" if box else f"teller-{index}.sealed")


def write_state(path: Path, own: TellerState, passphrase: str, cost: Cost = DEFAULT_COST) -> None:
    """Seal the first state; raise FileExistsError."""
    write_sealed(path, canonical(own), passphrase, kind=KIND, cost=cost)


def read_state(path: Path, passphrase: str) -> TellerState:
    """Open a state; raise WrongPassphrase, DamagedFile or InvalidFormat."""
    raw = read_sealed(path, passphrase, kind=KIND)
    try:
        return parse_canonical(raw, TellerState, wire.FILE_LIMIT, what="teller's file")
    except DocumentError as error:
        raise DamagedFile(str(error)) from None


def replace_state(path: Path, own: TellerState | TellerFile, passphrase: str, cost: Cost = DEFAULT_COST) -> None:
    """Put the next state in place of the last, whole or not at all."""
    kind = own.kind if isinstance(own, TellerFile) else KIND
    replace_sealed(path, canonical(own), passphrase, kind=kind, cost=cost)

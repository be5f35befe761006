"""The stick that goes around (USB luân chuyển): a folder with a file for each step and teller, and no secret.

    ceremony.json                   the plan
    1-announcement-teller-2.json    announcement of all boxes, signed with the signing key `Announcement`
    2-dealing-teller-2.json         sealed shares of all boxes for all tellers            keys.ceremony.protocol
    3-share-teller-2.json           public share of each box, proved and signed           keys.ceremony.protocol
    4-rehearsal-teller-2.json       part of the rehearsed opening of each box             keys.ceremony.rehearsal
    complaint-by-3-about-2.json     a wrong share, proved                                 keys.ceremony.complaint
    tellers.json                    what the desk takes: names, signing keys, and the keys of all boxes

What a file says counts, not its name. Copies of one file are one; two different ones of a teller are a fault, by name.
Files are written whole or not at all, so a stick that is pulled out leaves no half file behind.
"""

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeVar

import msgspec

from keys import wire
from keys.ceremony.messages import AnnouncementText, blaming
from keys.errors import InvalidCertificate, InvalidSignature, KeysError
from keys.files.durable import erase, write_whole
from keys.files.key_files import read_file
from keys.files.signing import raw_message, raw_of_der, verify_message
from keys.structs import read_json
from keys.trustees import parse_certificate
from tally.ceremony.plan import Plan, parse_plan
from tally.errors import CeremonyFault
from tally.signing.signers import DocumentSigner
from voting.documents.canonical import canonical

Step = Literal["1-announcement", "2-dealing", "3-share", "4-rehearsal"]
STEPS: tuple[Step, ...] = ("1-announcement", "2-dealing", "3-share", "4-rehearsal")
ANNOUNCEMENT: Final = "phieukin/teller-announcement/v2"
PLAN, TELLERS = "ceremony.json", "tellers.json"


class Announcement(wire.Text, frozen=True):
    """Step 1: the ceremony's announcement, signed by the signing key that it names.

    The key is on P-256 (r || s), or an RSA key of a token (PKCS #1 v1.5 with SHA-256).
    """

    format: Literal["phieukin/teller-announcement/v2"]
    index: int
    name: str
    announcement: str
    signature: str

    @property
    def parts(self) -> AnnouncementText:
        """What the teller announced, read; raises InvalidFormat."""
        return wire.parse(self.announcement.encode(), AnnouncementText, "announcement")

    @property
    def signing_key(self) -> str:
        """The public key by which the teller signs confirmations and records."""
        return self.parts.signing_key


class _OfOwner(msgspec.Struct, frozen=True):
    """Whose a file of a later step is, whatever else stands in it."""

    index: int = 0
    owner: int = 0
    announcement: str = ""


class _OfPlan(msgspec.Struct, frozen=True):
    """Which plan an announcement is for, whatever else stands in it."""

    plan: str


_Read = TypeVar("_Read", _OfOwner, _OfPlan)


@dataclass(frozen=True, slots=True)
class UsbStick:
    """The folder, and what its files say."""

    folder: Path

    def plan(self) -> Plan | None:
        """The plan, or None where no ceremony has begun."""
        path = self.folder / PLAN
        return parse_plan(read_file(path)) if path.exists() else None

    def write_plan(self, plan: Plan) -> None:
        """Begin a ceremony; raise CeremonyFault where another one is on the stick."""
        if self.folder.joinpath(PLAN).exists():
            why = f"{self.folder} holds a ceremony already; take an empty folder for another one"
            raise CeremonyFault(why, "stick_taken", folder=self.folder, conference="?")
        write_whole(self.folder / PLAN, canonical(plan))

    def path(self, step: Step, index: int) -> Path:
        """Where a teller's file of a step is written."""
        return self.folder / f"{step}-teller-{index}.json"

    def write(self, step: Step, index: int, raw: bytes) -> Path:
        """Write a teller's file of a step."""
        write_whole(self.path(step, index), raw)
        return self.path(step, index)

    def read(self, step: Step, plan: Plan) -> dict[int, bytes]:
        """The files of a step by teller; raise CeremonyFault for one that is damaged, nobody's, or there twice."""
        found: dict[int, tuple[bytes, Path]] = {}
        for path in sorted(self.folder.glob(f"{step}*.json")):
            raw = read_file(path)
            said = _owner_of(raw, path)
            index = said.index or said.owner
            if said.announcement and _plan_of(said, path) != plan.hash:
                raise CeremonyFault(
                    f"teller {index} ({plan.name(index)}): this announcement is of another ceremony: take {path.name} "
                    "off the stick, or take an empty folder for a new ceremony",
                    "foreign", path=path.name, name=plan.name(index),
                )  # fmt: skip
            if not 1 <= index <= len(plan.tellers):
                size = len(plan.tellers)
                why = f"{path.name}: a file of teller 1 to {size} expected, {index} found"
                raise CeremonyFault(why, "nobodys", path=path.name, size=size, found=index)
            earlier, where = found.setdefault(index, (raw, path))
            if earlier != raw:
                raise CeremonyFault(
                    f"teller {index} ({plan.name(index)}): two different files of one step, {where.name} and "
                    f"{path.name}; ask {plan.name(index)} which one is theirs and take the other one away",
                    "double", name=plan.name(index), first=where.name, second=path.name,
                )  # fmt: skip
        return {index: raw for index, (raw, _) in found.items()}

    def erase_dealings(self) -> None:
        """Overwrite and remove the dealings, which no step needs once all have rehearsed; raise OSError.

        With a copy of a teller's file of before they would give that teller's shares of all boxes.
        """
        for path in sorted(self.folder.glob(f"{STEPS[1]}*.json")):
            erase(path)

    def complaints(self) -> list[tuple[Path, bytes]]:
        """All complaints on the stick."""
        return [(path, read_file(path)) for path in sorted(self.folder.glob("complaint*.json"))]


def new_announcement(plan: Plan, index: int, announcement: bytes, signer: DocumentSigner) -> bytes:
    """Write a teller's file of step 1, signed by the key in memory or the token that will sign records."""
    said = Announcement(ANNOUNCEMENT, index, plan.name(index), announcement.decode(), "")
    made = signer.sign(_message(said))
    signature = base64.b64encode(raw_of_der(made) if signer.kind == "ecdsa" else made).decode()
    return wire.compact(msgspec.structs.replace(said, signature=signature))


def check_announcement(plan: Plan, raw: bytes) -> Announcement:
    """Read a teller's file of step 1 and check that it is of this plan and signed; raise CeremonyFault or KeysError."""
    said = wire.parse(raw, Announcement, "announcement")
    if (said.parts.plan, said.name) != (plan.hash, plan.name(said.index)):
        name = plan.name(said.index)
        why = f"teller {said.index} ({name}): this announcement is of another ceremony"
        raise CeremonyFault(why, "foreign", path=f"{STEPS[0]}-teller-{said.index}.json", name=name)
    _check_parts(plan, said)
    with blaming(said.index):
        try:
            verify_message(said.signing_key, _message(said), base64.b64decode(said.signature, validate=True))
        except (KeysError, ValueError) as error:
            raise InvalidSignature(f"the announcement's signature: {error}") from None
    return said


def _message(said: Announcement) -> bytes:
    fields = (str(said.index), said.name, said.announcement)
    return raw_message(ANNOUNCEMENT, *(field.encode() for field in fields))


def _check_parts(plan: Plan, said: Announcement) -> None:
    """See that an announcement is its teller's and has a part for each box of the plan; raise KeysError."""
    parts = said.parts.boxes
    with blaming(said.index):
        if len(parts) != plan.boxes:
            raise InvalidCertificate(f"{plan.boxes} boxes expected, {len(parts)} found")
        if {parse_certificate(one.cert, "certificate").index for one in parts} != {said.index}:
            raise InvalidCertificate("certificates of this teller expected")


def _plan_of(said: _OfOwner, path: Path) -> str:
    return _read(said.announcement.encode(), _OfPlan, path).plan


def _owner_of(raw: bytes, path: Path) -> _OfOwner:
    return _read(raw, _OfOwner, path)


def _read(raw: bytes, kind: type[_Read], path: Path) -> _Read:
    try:
        return read_json(raw, kind)
    except msgspec.MsgspecError:
        raise CeremonyFault(
            f"{path.name} is damaged or not a file of the ceremony: delete it, and let its teller run the step again",
            "damaged", path=path.name,
        ) from None  # fmt: skip

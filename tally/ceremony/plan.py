"""The plan of a key ceremony: who the tellers are and how many of them open (kế hoạch buổi tạo khóa).

`ceremony.json` on the stick. Its bytes enter the fingerprint that all tellers compare, so nobody changes it on the way.
Nobody on a ballot should be a teller: a clash is named, and going on takes a reason, which stays in the plan.
"""

from collections.abc import Iterable, Sequence
from typing import Final, Literal

import msgspec

from keys.ceremony.messages import BOXES, check_place
from keys.transcript import sha256_hex
from tally.ceremony.names import clean_name, same_person
from tally.errors import CeremonyFault
from voting.documents.canonical import canonical, parse_canonical, unclean_text
from voting.documents.tellers import Clash

FORMAT: Final = 2
"""Format 1 knew no number of boxes."""

LIMIT = 256 * 1024  # bytes
NAME_LENGTH = 200


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Names of the tellers in order, how many open, for how many boxes, and the clashes that were accepted."""

    format: Literal[2]
    conference: str
    tellers: tuple[str, ...]
    threshold: int
    boxes: int
    clashes: tuple[Clash, ...]

    @property
    def hash(self) -> str:
        """Hex SHA-256 of the plan's file."""
        return sha256_hex(canonical(self))

    def name(self, index: int) -> str:
        """A teller's name by number, from 1; the number where there is none."""
        return self.tellers[index - 1] if 1 <= index <= len(self.tellers) else f"#{index}"


def majority(size: int) -> int:
    """How many open by default: 2 of 2 and 2 of 3, else more than half."""
    return max(2, size // 2 + 1)


def new_plan(
    conference: str, tellers: Sequence[str], threshold: int, clashes: Iterable[Clash] = (), boxes: int = 1
) -> Plan:
    """Make a plan; raise CeremonyFault for a name that is unclean or is duplicated, InvalidCertificate for numbers."""
    names = tuple(clean_name(name) for name in tellers)
    plan = Plan(FORMAT, clean_name(conference), names, threshold, boxes, tuple(clashes))
    check_plan(plan)
    return plan


def parse_plan(raw: bytes) -> Plan:
    """Read ceremony.json; raise NotCanonical, TooLarge, CeremonyFault or InvalidCertificate."""
    plan = parse_canonical(raw, Plan, LIMIT, "ceremony.json")
    check_plan(plan)
    return plan


def check_plan(plan: Plan) -> None:
    """Check numbers and names of a plan; raise CeremonyFault or InvalidCertificate."""
    check_place(len(plan.tellers), plan.threshold, 1)
    check_boxes(plan.boxes)
    for number, name in enumerate(plan.tellers):
        check_name(name, plan.tellers[:number])


def check_boxes(boxes: int) -> None:
    """Check for how many boxes a ceremony is; raise CeremonyFault."""
    if boxes not in BOXES:
        why = f"{BOXES[0]} to {BOXES[-1]} boxes of one ceremony expected, {boxes} found"
        raise CeremonyFault(why, "boxes", found=boxes, most=BOXES[-1])


def check_name(name: str, earlier: Iterable[str]) -> None:
    """Check the name of one more teller; raise CeremonyFault for one that is unclean or stands there already."""
    why = unclean_text(name) or ("" if 0 < len(name) <= NAME_LENGTH else "empty or too long")
    if why:
        raise CeremonyFault(f"the teller's name {name!r}: {why}", "name", name=name, why=why)
    if same_person(name) in map(same_person, earlier):
        why = f"{name} is duplicated among the tellers: add the year of birth or the unit"
        raise CeremonyFault(why, "name_twice", name=name)


def clashes_of(tellers: Iterable[str], on_ballot: Iterable[str]) -> list[str]:
    """Name the tellers who stand on a ballot, letter by letter."""
    listed = {same_person(name) for name in on_ballot}
    return [name for name in tellers if same_person(name) in listed]

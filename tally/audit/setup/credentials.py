"""The public credentials of Setup (danh sách thẻ công khai): read piece by piece, kept in 32 bytes a card.

Setup holds one sorted list, so a list as it should be is read in one pass that keeps nothing but the points; any other
one is taken apart as a whole, to name what is wrong with it.
"""

from bisect import bisect_left
from collections.abc import Iterable

from keys.errors import InvalidPoint
from keys.group import Point, decode_point
from tally.audit.report import Findings
from voting.documents.archives.members import SETUP_LIMIT
from voting.documents.canonical import parse_compact

CREDENTIALS = "credentials"
_POINT = 32
_STEP = 2 * _POINT + 3  # bytes of one credential in the list: 64 digits, two quotation marks, a comma


class Credentials:
    """Public credentials in the order of their text, of which a point's bytes are the reverse."""

    def __init__(self, ordered: bytes | bytearray = b"") -> None:
        """Keep credentials of 32 bytes each, spelled as in their text and sorted."""
        self._ordered = ordered

    @classmethod
    def of(cls, points: Iterable[Point]) -> "Credentials":
        """Sort some points."""
        return cls(b"".join(sorted(point[::-1] for point in points)))

    def __len__(self) -> int:
        """Number of cards."""
        return len(self._ordered) // _POINT

    def __getitem__(self, number: int) -> bytes:
        """The credential in this place of the sorted list, spelled as in its text."""
        if not 0 <= number < len(self):
            raise IndexError(number)
        return bytes(self._ordered[number * _POINT : (number + 1) * _POINT])

    def place(self, credential: Point) -> int | None:
        """Find a card; None if it is not in the list."""
        spelled = bytes(credential[::-1])
        place = bisect_left(self, spelled)
        return place if place < len(self) and self[place] == spelled else None


def check_credentials(findings: Findings, raw: bytes) -> Credentials | None:
    """Read the list and note what is wrong with it; a credential that is not in order is left out."""
    found = _in_order(raw)
    if found is not None:
        findings.passed(CREDENTIALS, len(found))
        return found
    parse = lambda: parse_compact(raw, tuple[str, ...], SETUP_LIMIT, "public credentials")  # noqa: E731
    texts = findings.read(CREDENTIALS, "Setup", parse)
    if texts is None:
        return None
    numbers: dict[Point, int] = {}
    for number, text in enumerate(texts, 1):
        point = findings.get(CREDENTIALS, f"credential {number}", lambda: parse_credential(text))  # noqa: B023
        if point is not None and numbers.setdefault(point, number) != number:
            findings.failed(CREDENTIALS, f"credential {number}", f"the same as credential {numbers[point]}")
    return Credentials.of(numbers)


def parse_credential(text: str) -> Point:
    """Parse a public credential, with the weight 1 or none; raise InvalidPoint for anything else."""
    point, comma, weight = text.partition(",")
    if comma and weight != "1":
        raise InvalidPoint("a weight other than 1 is not supported: every card has one vote")
    return decode_point(point)


def _in_order(raw: bytes) -> Credentials | None:
    """Read a list of points without weights, each greater than the one before; None where it is anything else."""
    count = len(raw) // _STEP
    if not _has_its_shape(raw, count):
        return None
    ordered, before = bytearray(_POINT * count), b""
    for number in range(count):
        text = raw[number * _STEP + 2 : number * _STEP + 2 + 2 * _POINT]
        try:
            spelled = decode_point(text.decode())[::-1]
        except (InvalidPoint, UnicodeDecodeError):
            return None
        if spelled <= before:
            return None
        ordered[number * _POINT : (number + 1) * _POINT] = before = spelled
    return Credentials(ordered)


def _has_its_shape(raw: bytes, count: int) -> bool:
    """Tell whether the list is as long as so many credentials, with all marks between them in their places."""
    opening, closing, between = raw[1::_STEP], raw[_STEP - 1 :: _STEP], raw[_STEP::_STEP]
    return (
        count > 0
        and len(raw) == count * _STEP + 1
        and len(raw) <= SETUP_LIMIT
        and raw[:1] == b"["
        and opening == closing == b'"' * count
        and between == b"," * (count - 1) + b"]"
    )

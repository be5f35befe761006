"""Names on ballots as offices list them, compared with the tellers' (tên trên phiếu và tên thành viên Ban kiểm phiếu).

A list comes from any editor or table program: numbered or not, one name a line or a cell, with forms of address or
posts beside the names. A name that is the same letter by letter, but for these, is a clash; one that is the same
without its marks, or stands inside a longer line, is asked about: nothing is passed over in silence.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tally.errors import CeremonyFault
from voting.documents.conferences.look_alikes import LATIN_FOR
from voting.documents.letters import bare, written

_NUMBERING = re.compile(
    r"^(?:[(\[]?\d{1,4}\s*[.)\]:/–-]+\s*|\d{1,4}\s+|[ivx]{1,5}[.)]\s*|[a-z][.)]\s+|[-*+•●○▪■◦·–—►→✓]\s*)+"
)
_ADDRESS = re.compile(
    r"^(?:(?:ông|bà|anh|chị|cô|chú|bác|đồng chí|đ\s*/\s*c|đ\.\s*c\.?|đc|d/c|pgs|gs|ts|ths|bs|ks|cn|mr|mrs|ms)\b"
    r"\s*[.:,]?\s*)+"
)
_CELLS = re.compile(r"[\t;,|]|\s[–—-]\s|[()\[\]]")
_LATIN = str.maketrans(LATIN_FOR)
_OLD_FONT = re.compile(r"[¸µ¶¹¨¾¼½©®]|á[º»]|Ä[‘ƒ\x91\x83]|Æ°|Ã[¡ ¢£©ª²³´µ¹º½]")


@dataclass(frozen=True, slots=True)
class Matches:
    """How many lines hold a name; the tellers who stand on a ballot; and who may, with the line that looks alike."""

    lines: int
    same: tuple[str, ...]
    alike: tuple[tuple[str, str], ...]


def compare_names(tellers: Sequence[str], listed: Iterable[str]) -> Matches:
    """Look for the tellers' names among lines of a list; raise CeremonyFault for letters of an old font."""
    lines = [line for one in listed if any(map(str.isalpha, line := _one_spelling(one)))]
    for line in lines:
        if _OLD_FONT.search(line):
            raise CeremonyFault(
                f"{line!r} is written in an old font (TCVN3, VNI) or decoded wrongly: convert the list to Unicode",
                "old_font", line=line,
            )  # fmt: skip
    same = [name for name in tellers if any(same_person(name) in _spellings(line) for line in lines)]
    alike = ((name, line) for name in tellers if name not in same for line in lines if _looks_alike(name, line))
    return Matches(len(lines), tuple(same), tuple(alike))


def clean_name(text: str) -> str:
    """Write a name in composed letters (NFC), with one space between words."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def same_person(name: str) -> str:
    """One spelling for comparing names: without forms of address, NFC, one space, small letters."""
    return _ADDRESS.sub("", _one_spelling(name).casefold()).strip()


def _one_spelling(text: str) -> str:
    visible = "".join(" " if unicodedata.category(one) in ("Zs", "Cf", "Cc") and one != "\t" else one for one in text)
    return "\t".join(" ".join(part.split()) for part in written(visible).split("\t")).strip()


def _spellings(line: str) -> set[str]:
    """The names that a line may hold: the whole of it and each cell, with and without numbering and address."""
    return {spelling for part in (line, *_CELLS.split(line)) for spelling in _bare(part)}


def _bare(part: str) -> Iterator[str]:
    text = " ".join(part.casefold().split())
    yield text
    text = _NUMBERING.sub("", text)
    yield text
    yield same_person(text)
    yield same_person(text).rstrip(" .:")


def _looks_alike(name: str, line: str) -> bool:
    words = _skeleton(same_person(name))
    return bool(words) and f" {words} " in f" {_skeleton(line)} "


def _skeleton(text: str) -> str:
    """Words without marks, Latin letters for those that look like them, i for y, and nothing but letters."""
    plain = bare(text.translate(_LATIN).casefold()).replace("y", "i")
    return " ".join(re.findall(r"[^\W\d_]+", plain))

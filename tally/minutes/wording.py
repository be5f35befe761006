"""Words and numbers of the minutes in one language: templates of the catalogue, values put in as they are.

Vietnamese practice (Decree 30/2020 and the specimens of count records): numbers below 10 have a leading zero in prose
(02 phiếu), thousands a dot, decimals a comma; days below 10 and the months 1 and 2 a leading zero, other months none.
A value is never read as a template again, so braces in a name stay braces.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from kiosk_templates.words import Language, catalogue
from tally.errors import InvalidRecord

UNBREAKABLE = "\u00a0"

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """The templates of one language, by key."""

    language: Language
    texts: Mapping[str, str]

    def __call__(self, key: str, **values: str | int) -> str:
        """Fill the template `section.name`; whole numbers come out as in prose."""
        return self.fill(self.texts[key], **values)

    def fill(self, template: str, **values: str | int) -> str:
        """Fill a template that stands elsewhere, as with the kind of a ballot."""
        texts = {name: value if isinstance(value, str) else self.count(value) for name, value in values.items()}
        return template.replace("~", UNBREAKABLE).format_map(texts)

    def count(self, number: int) -> str:
        """Write a count as within a sentence."""
        return in_prose(number, self.language)


@lru_cache(maxsize=2)
def words_of(language: Language) -> Words:
    """Load the words of one language."""
    return Words(language, catalogue("minutes", language))


def in_prose(number: int, language: Language) -> str:
    """Write a count within a sentence: 0, 02, 40, 1.250 in Vietnamese; 2, 40, 1,250 in English."""
    if language == "en":
        return f"{number:,}"
    return f"{number:02d}" if 0 < number < 10 else in_table(number, language)


def in_table(number: int, language: Language) -> str:
    """Write a count in a column: without a leading zero."""
    return f"{number:,}" if language == "en" else f"{number:,}".replace(",", ".")


def percent_text(percent: str, language: Language) -> str:
    """Write a verdict's percent (decimal comma) in the language."""
    return percent if language == "vi" else percent.replace(",", ".")


def moment(text: str) -> datetime:
    """Read a time of a facts file (ISO 8601 with offset); raise InvalidRecord."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise InvalidRecord(f"a time with seconds and offset expected, {text!r:.40} found")
    return found


def clock(time: datetime, language: Language) -> str:
    """Write hours and minutes: `08 giờ 30 phút`, or `08:30`."""
    if language == "en":
        return f"{time:%H:%M}"
    return f"{time:%H} giờ {time:%M} phút".replace(" ", UNBREAKABLE)


def day(time: datetime, language: Language) -> str:
    """Write a date as letters of office do: `ngày 05 tháng 02 năm 2022`, `ngày 10 tháng 4 năm 2022`."""
    if language == "en":
        return f"{time.day} {_MONTHS[time.month - 1]} {time.year}".replace(" ", UNBREAKABLE)
    month = f"{time.month:02d}" if time.month < 3 else str(time.month)
    return f"ngày {time.day:02d} tháng {month} năm {time.year}".replace(" ", UNBREAKABLE)


def in_groups(text: str, size: int = 4, groups: int = 8) -> str:
    """Split a hash into groups that an eye can follow, eight to a line."""
    parts = [text[start : start + size] for start in range(0, len(text), size)]
    return "\n".join(" ".join(parts[start : start + groups]) for start in range(0, len(parts), groups))


def capitalised(text: str) -> str:
    """Raise the first letter alone: đồng chí → Đồng chí."""
    return text[:1].upper() + text[1:]

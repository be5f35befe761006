"""What an import says of every row (kết quả kiểm tra): taken, left out with the reason, or refused by cell."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from keys.message import Sentence
from voting.people.person import Person
from voting.people.workbook_process import cell_name


class Taken(msgspec.Struct, frozen=True):
    """Somebody who would be taken: row, and what would be printed; `person` has all that a staff list says."""

    row: int
    name: str
    position: str
    unit: str
    person: Person | None = None


class LeftOut(msgspec.Struct, frozen=True):
    """Rows that are left out for one reason."""

    rows: tuple[int, ...]
    words: Sentence


class Remark(msgspec.Struct, frozen=True):
    """Sentence about one cell; no cell where the file as a whole is meant."""

    cell: str | None
    words: Sentence


class Report(msgspec.Struct, frozen=True):
    """Every row that holds something stands in exactly one of people, left_out, refused.

    `sheets` names the ones to choose among, where several hold a list and none was chosen.
    """

    people: tuple[Taken, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    refused: tuple[Remark, ...] = ()
    warnings: tuple[Remark, ...] = ()
    sheets: tuple[str, ...] = ()

    @property
    def staff(self) -> tuple[Person, ...]:
        """Return the people of a staff list in full."""
        return tuple(one.person for one in self.people if one.person is not None)

    @property
    def rows(self) -> int:
        """Count the rows that are taken or left out."""
        return len(self.people) + sum(len(one.rows) for one in self.left_out)


@dataclass
class Ledger:
    """Keep what is reported for each row until the report: a refusal outweighs being left out, and both being taken."""

    people: dict[int, Taken] = field(default_factory=dict)
    out: dict[int, Sentence] = field(default_factory=dict)
    refused: dict[tuple[int, int], Sentence] = field(default_factory=dict)
    warned: dict[tuple[int, int], Sentence] = field(default_factory=dict)

    def take(self, row: int, name: str, position: str, unit: str, person: Person | None = None) -> None:
        """Take somebody."""
        self.people[row] = Taken(row, name, position, unit, person)

    def leave(self, row: int, words: Sentence) -> None:
        """Leave a row out."""
        self.out.setdefault(row, words)

    def refuse(self, row: int, column: int, words: Sentence) -> None:
        """Refuse a row for one of its cells; the first reason stands."""
        self.refused.setdefault((row, column), words)

    def warn(self, row: int, column: int, words: Sentence) -> None:
        """Say what to look at."""
        self.warned.setdefault((row, column), words)

    def report(self) -> Report:
        """Return the report, each row in one part of it."""
        bad = {row for row, _ in self.refused}
        people = tuple(one for row, one in sorted(self.people.items()) if row not in bad | self.out.keys())
        reasons: dict[Sentence, list[int]] = defaultdict(list)
        for row, words in sorted(self.out.items()):
            if row not in bad:
                reasons[words].append(row)
        left = tuple(LeftOut(tuple(rows), words) for words, rows in reasons.items())
        return Report(people, left, _remarks(self.refused), _remarks(self.warned))


def _remarks(found: Mapping[tuple[int, int], Sentence]) -> tuple[Remark, ...]:
    return tuple(Remark(cell_name(row, column), words) for (row, column), words in sorted(found.items()))


def refusal(words: Sentence, sheets: tuple[str, ...] = ()) -> Report:
    """Return the report of a file that is refused as a whole."""
    return Report(refused=(Remark(None, words),), sheets=sheets)

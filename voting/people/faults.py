"""What is wrong with a sheet, cell by cell."""

import msgspec

from keys.message import Sentence


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is wrong with one cell of a sheet, by its name such as C7."""

    cell: str
    words: Sentence

"""What the program says to staff, in both languages, Vietnamese first."""

import msgspec


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One sentence in Vietnamese and in English."""

    vi: str
    en: str


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is wrong with one cell of a sheet, by its name such as C7."""

    cell: str
    words: Words

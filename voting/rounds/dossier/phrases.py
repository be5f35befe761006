"""The sentences of the letters, each with what it rests on: the plan, the form of Decree 30/2020, a setting.

They lie in `kiosk_templates/typst/letters.vi.toml`; docs/letters.md lists them. A letter is put together from these
alone.
"""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

Source = Literal["plan", "form", "setting"]


class Phrase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sentence with its places in braces, and where it comes from."""

    text: str
    source: Source
    place: str


@cache
def phrases() -> dict[str, Phrase]:
    """Return every sentence by its id, such as `decision.first`."""
    with files("kiosk_templates").joinpath("typst", "letters.vi.toml").open("rb") as file:
        letters = tomllib.load(file)
    found: dict[str, Phrase] = {}
    for letter, entries in letters.items():
        for name, entry in entries.items():
            other = entry.pop("other", None)
            found[f"{letter}.{name}"] = msgspec.convert(entry, Phrase)
            if other is not None:
                found[f"{letter}.{name}.other"] = msgspec.convert(other, Phrase)
    return found


class Speech(msgspec.Struct, frozen=True):
    """The sentences for one round: those of planning, or of a catalogue that plans nobody."""

    plans: bool

    def __call__(self, identity: str, **values: str) -> str:
        """Spell a sentence; raise KeyError for one that is not there."""
        found = phrases()
        other = f"{identity}.other"
        phrase = found[other] if not self.plans and other in found else found[identity]
        return phrase.text.format(**values)

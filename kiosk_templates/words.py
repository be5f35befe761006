"""The words that people read, in both languages (lời hiển thị): every place has one catalogue a language, read here.

    catalogue("tellers", "vi")["count.compare"]

A key is written in full in JSON, and is `section.name` in TOML. No key stands in two files of a place, and both
languages hold the same keys with the same fields.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

Language = Literal["vi", "en"]
Place = Literal["staff", "tablet", "tellers", "minutes", "sentences"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
FILES: Mapping[Place, tuple[str, ...]] = {
    "staff": tuple(f"translations/{part}.{{}}.json" for part in ("room", "desk", "round", "refusals")),
    "tablet": ("translations/tablet.{}.json",),
    "tellers": ("translations/tellers.{}.toml",),
    "minutes": ("typst/minutes.{}.toml",),
    "sentences": ("translations/sentences.{}.json",),
}
"""The files of each place; {} is the language. Refusals are `refusals` for staff and hall, `fault` for tellers.

`sentences` are said in both languages at once, by checks that room and tellers share: `sentence` in `voting.documents`.
"""


@cache
def catalogue(place: Place, language: Language) -> Mapping[str, str]:
    """All words of a place in one language, by key."""
    return {key: text for name in FILES[place] for key, text in _texts(name.format(language))}


def _texts(name: str) -> Iterator[tuple[str, str]]:
    raw = files("kiosk_templates").joinpath(name).read_text(encoding="utf-8")
    if name.endswith(".json"):
        texts: dict[str, str] = json.loads(raw)
        yield from texts.items()
        return
    sections: dict[str, Any] = tomllib.loads(raw)
    for section, named in sections.items():
        yield from ((f"{section}.{key}", text) for key, text in named.items())

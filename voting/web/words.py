"""Words of the pages for staff and hall, Vietnamese first, English second: kiosk_templates/translations/*.json.

A catalogue is a flat object from key to text with {fields}, in files by part of the room; both languages hold the same
keys, no key stands in two parts, and a test holds them to that.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

from flask import Flask, session

from voting.documents.kinds import kinds
from voting.documents.rule_words import share_text

Language = Literal["vi", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
LANGUAGE = "language"
PARTS = ("room", "desk", "round", "told")
"""Files of the catalogue of staff and hall."""


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """The words of one language."""
    words: dict[str, str] = {}
    for part in PARTS:
        words |= read_words(part, language)
    return words | {f"kind.{kind.id}": kind.words(language).name for kind in kinds().values()}


@cache
def read_words(part: str, language: Language) -> Mapping[str, str]:
    """The words of one part of the catalogue, or of the tablet."""
    raw = files("kiosk_templates").joinpath("translations", f"{part}.{language}.json").read_bytes()
    words: dict[str, str] = json.loads(raw)
    return words


def language() -> Language:
    """The language of the request under way."""
    found = session.get(LANGUAGE)
    return "en" if found == "en" else "vi"


def say(key: str, **fields: object) -> str:
    """The words for a key, with its fields filled in."""
    return catalogue(language())[key].format(**fields)


def knows(key: str) -> bool:
    """Tell whether there are words for a key."""
    return key in catalogue(language())


def xungho(address: str) -> dict[str, str]:
    """The form of address (đồng chí, ông/bà, đại biểu) as the tablet's words take it, in the middle and in front."""
    if language() == "en":
        return {"xungho": "", "Xungho": ""}
    return {"xungho": address, "Xungho": address[:1].upper() + address[1:]}


def two_digits(number: int) -> str:
    """Counts below 10 have a leading zero in prose (domain, numbers: "02 phiếu")."""
    return f"{number:02}"


def speak(app: Flask) -> None:
    """Give templates their words."""
    app.jinja_env.globals.update(say=say, knows=knows, language=language)
    app.jinja_env.globals["share"] = share_text
    app.jinja_env.filters["two"] = two_digits

"""Words of the pages for staff and hall in the language of the request: the catalogue of staff with its {fields}."""

from collections.abc import Mapping
from functools import cache

from flask import Flask, session

from kiosk_templates import words
from kiosk_templates.words import Language
from voting.documents.kinds import kinds
from voting.documents.rule_words import share_text

LANGUAGE = "language"
"""Where a session keeps the language that its reader chose."""


@cache
def catalogue(language: Language) -> Mapping[str, str]:
    """The words of one language, with those that kinds of ballots bring."""
    named = {f"kind.{kind.id}": kind.words(language).name for kind in kinds().values()}
    return {**words.catalogue("staff", language), **named}


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

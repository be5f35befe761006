"""Sentences in both languages at once: for papers, audits and checks, whose reader's language is not known there.

    sentence("moments.other_day", date="2022-04-10", day="2022-04-11")

The words are the place `sentences` of `kiosk_templates.words`.
"""

from collections.abc import Mapping

from keys.message import Sentence
from kiosk_templates.words import Language, catalogue


def sentence(key: str, /, **fields: object) -> Sentence:
    """Return the words of a key with their fields; a field that is a sentence itself is put in by language."""
    return Sentence(_in("vi", key, fields), _in("en", key, fields))


def _in(language: Language, key: str, fields: Mapping[str, object]) -> str:
    values = {name: getattr(one, language) if isinstance(one, Sentence) else one for name, one in fields.items()}
    return catalogue("sentences", language)[key].format_map(values)

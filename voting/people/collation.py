"""The order of Vietnamese names (vần A, B, C): by given name first, then family and middle names.

Letters a ă â b (ƀ) c d đ e ê g h i k l m n o ô ơ p q r s t u ư v x y (f j w z at their Latin places), then tones:
ngang, huyền, hỏi, ngã, sắc, nặng. Syllables are compared one by one, letters before tones; never by code points.

>>> sorted(["Lê Văn Ân", "Trần Đức An", "Lê Văn An"], key=name_key)
['Lê Văn An', 'Trần Đức An', 'Lê Văn Ân']
"""

import unicodedata
from collections.abc import Callable, Iterable
from typing import TypeVar

from voting.documents.letters import without_apostrophes, written

T = TypeVar("T")

_ALPHABET = "aăâbƀcdđeêfghijklmnoôơpqrstuưvwxyz"
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_MARKS = {"\u0306", "\u0302", "\u031b"}
_PLACE = {letter: place for place, letter in enumerate(_ALPHABET)}
_AFTER = len(_ALPHABET)

SyllableKey = tuple[tuple[int, ...], tuple[int, ...]]
NameKey = tuple[SyllableKey, tuple[SyllableKey, ...], str]


def name_key(name: str) -> NameKey:
    """Return the key by which full names are sorted: given name, then the other syllables from the left."""
    syllables = _sorted_as(name).split() or [""]
    return syllable_key(syllables[-1]), tuple(map(syllable_key, syllables[:-1])), name


def text_key(text: str) -> tuple[tuple[SyllableKey, ...], str]:
    """Return the key by which other Vietnamese text is sorted, syllable by syllable from the left."""
    return tuple(map(syllable_key, _sorted_as(text).split())), text


def _sorted_as(text: str) -> str:
    return without_apostrophes(written(text))


def syllable_key(syllable: str) -> SyllableKey:
    """Return letters and tones of a syllable as numbers in dictionary order."""
    letters: list[int] = []
    tones: list[int] = []
    for character in syllable.casefold():
        letter, tone = _letter_and_tone(character)
        letters.append(_PLACE.get(letter, _AFTER + ord(letter[0])))
        tones.append(tone)
    return tuple(letters), tuple(tones)


def _letter_and_tone(character: str) -> tuple[str, int]:
    """Split a precomposed letter into the letter of the alphabet and its tone (0 for ngang)."""
    tone = 0
    kept = ""
    for part in unicodedata.normalize("NFD", character):
        if part in _TONES:
            tone = _TONES[part]
        elif part in _MARKS or not unicodedata.combining(part):
            kept += part
    return unicodedata.normalize("NFC", kept) or character, tone


def sort_names(items: Iterable[T], name: Callable[[T], str]) -> list[T]:
    """Sort anything that has a name in the order of names."""
    return sorted(items, key=lambda item: name_key(name(item)))

"""Vietnamese names: searched without diacritics, sorted by given name (domain: tên, then họ and đệm).

Letters go a ă â b c d đ e ê …, tones ngang, huyền, hỏi, ngã, sắc, nặng; never by code point.
"""

import unicodedata

_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_ORDER = {letter: number for number, letter in enumerate(_LETTERS, 1)}
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}

SortKey = tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]


def fold(text: str) -> str:
    """Drop diacritics and case: what the door types to find somebody."""
    spread = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join("".join(one for one in spread if not unicodedata.combining(one)).split())


def sort_key(name: str) -> SortKey:
    """Key that sorts names as a Vietnamese list does: given name first, then family and middle names."""
    words = name.lower().split()
    return tuple(_word_key(word) for word in [*words[-1:], *words[:-1]])


def _word_key(word: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    letters: list[int] = []
    tones: list[int] = []
    for character in unicodedata.normalize("NFC", word):
        spread = unicodedata.normalize("NFD", character)
        plain = unicodedata.normalize("NFC", "".join(one for one in spread if one not in _TONES))
        letters.append(_ORDER.get(plain, len(_ORDER) + ord(plain[0])))
        tones.append(next((_TONES[one] for one in spread if one in _TONES), 0))
    return tuple(letters), tuple(tones)

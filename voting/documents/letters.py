"""The letters of names (bảng chữ cái), in one table: how they are written, compared, searched and looked over.

Ð and Ɖ are drawn like Đ, an apostrophe has many forms, and macOS spells ế in three pieces: whoever compares, searches,
sorts or looks for look-alikes asks here.

>>> written("Ðinh"), compared("HOÀ") == compared("hòa"), searched("K’Bình Đạt")
('Đinh', True, 'kbinh dat')
"""

import unicodedata
from typing import Final

LIKE_D: Final = {"Ð": "Đ", "Ɖ": "Đ", "ð": "đ", "ɖ": "đ"}
"""Letters of Iceland and Africa that keyboards give for the Vietnamese one, capital and small."""
APOSTROPHES: Final = "'’ʼ‘`ʻʹ′Ꞌꞌ＇"
"""All that is written for an apostrophe, as in H'Mai and K’Bình; the first is what they are compared as."""
TONES: Final = frozenset("\u0300\u0301\u0303\u0309\u0323")
"""The marks of the five tones, on whichever vowel of a word they stand."""
_D = str.maketrans(LIKE_D)
_STROKES = str.maketrans("ĐđɃƀ", "DdBb")
_ONE_APOSTROPHE = str.maketrans(dict.fromkeys(APOSTROPHES, "'"))
_NO_APOSTROPHE = str.maketrans(dict.fromkeys(APOSTROPHES))


def written(text: str) -> str:
    """Return text as it is kept and printed: composed (NFC), Đ for the letters that are drawn like it."""
    return unicodedata.normalize("NFC", text).translate(_D)


def compared(text: str) -> str:
    """Return text as it is compared: small letters, one apostrophe, single spaces, the tone at the end of each word."""
    plain = written(written(text).translate(_ONE_APOSTROPHE).casefold())
    return " ".join(map(tone_last, plain.split()))


def searched(text: str) -> str:
    """Return text as it is searched: small letters without any mark, no apostrophes, single spaces."""
    plain = bare(written(text).translate(_NO_APOSTROPHE).casefold())
    return " ".join(plain.split())


def bare(text: str) -> str:
    """Return letters without tones and marks: d for đ, b for ƀ."""
    spread = unicodedata.normalize("NFD", text.translate(_D))
    plain = "".join(one for one in spread if not unicodedata.combining(one))
    return plain.translate(_STROKES)


def without_apostrophes(text: str) -> str:
    """Return text without its apostrophes, as it is sorted and looked over."""
    return text.translate(_NO_APOSTROPHE)


def tone_last(word: str) -> str:
    """Return a word spread (NFD), its tone at the end: hòa and hoà are one."""
    spread = unicodedata.normalize("NFD", word)
    return "".join(one for one in spread if one not in TONES) + "".join(one for one in spread if one in TONES)

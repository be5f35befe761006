"""Names that look the same on a screen (tên trông giống nhau): other letters, another spelling of the same letters.

`shape` leaves of a text what a reader sees: А of another script reads as A, Ð as Đ, ǎ as ă, and the tone of a word is
seen, but not on which of its vowels it stands. Tones and marks are kept: Hoa and Hòa are two names.
"""

import unicodedata

LATIN_FOR = {
    **dict(zip("АВСЕНІЈКМОРЅТУХаеосрхуіјѕкмнтв", "ABCEHIJKMOPSTYXaeocpxyijskmhtb", strict=True)),
    **dict(zip("ԌԚԜԛԝһԁӀ", "GQWqwhdI", strict=True)),
    **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαινορυκ", "ABEZHIKMNOPTYXaivopuk", strict=True)),
    **dict(zip("ՍՏՕօոսհցԼ", "USOonuhgL", strict=True)),
    **dict(zip("ɑɡıȷɩ", "agiji", strict=True)),
    **dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz", strict=True)),
    "’": "'",
    "ʼ": "'",
    "`": "'",
}
"""Letters of other scripts, and rare ones of ours, by the Latin letters that they look like."""
_DRAWN_LIKE = {"Ð": "Đ", "ð": "đ", "Ɖ": "Đ", "ɖ": "đ", "0": "o", "1": "l", "|": "l"}
_TABLE = str.maketrans(LATIN_FOR | _DRAWN_LIKE)
_MARKS = str.maketrans({"\u030c": "\u0306", "\u0311": "\u0302", "\u0304": "\u0303", "\u0315": "\u031b"})
_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")


def shape(text: str) -> str:
    """Return what a reader sees of a text, in small letters."""
    latin = unicodedata.normalize("NFKD", text).translate(_MARKS).translate(_TABLE)
    words = unicodedata.normalize("NFC", latin).translate(_TABLE).casefold().translate(_TABLE)
    return " ".join(map(_word, words.replace("-", " ").replace(".", " ").split()))


def foreign_letters(text: str) -> str:
    """Return the letters of a text that are not of the Latin script, each once."""
    found = (letter for letter in text if letter.isalpha() and not unicodedata.name(letter, "").startswith("LATIN"))
    return "".join(dict.fromkeys(found))


def _word(word: str) -> str:
    spread = unicodedata.normalize("NFD", word)
    return "".join(one for one in spread if one not in _TONES) + "".join(one for one in spread if one in _TONES)

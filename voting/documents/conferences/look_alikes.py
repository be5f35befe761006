"""Names that look the same on a screen (tên trông giống nhau): other letters, another spelling of the same letters.

`shape` leaves of a text what a reader sees: А of another script reads as A, Ð as Đ, ǎ as ă, and the tone of a word is
seen, but not on which of its vowels it stands. Tones and marks are kept: Hoa and Hòa are two names.
"""

import unicodedata

from voting.documents.letters import APOSTROPHES, LIKE_D, tone_last

LATIN_FOR = {
    **dict(zip("АВСЕНІЈКМОРЅТУХаеосрхуіјѕкмнтв", "ABCEHIJKMOPSTYXaeocpxyijskmhtb", strict=True)),
    **dict(zip("ԌԚԜԛԝһԁӀ", "GQWqwhdI", strict=True)),
    **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαινορυκ", "ABEZHIKMNOPTYXaivopuk", strict=True)),
    **dict(zip("ՍՏՕօոսհցԼ", "USOonuhgL", strict=True)),
    **dict(zip("ɑɡıȷɩ", "agiji", strict=True)),
    **dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz", strict=True)),
    **dict.fromkeys(APOSTROPHES[1:], APOSTROPHES[0]),
}
"""Letters of other scripts, and rare ones of ours, by the Latin letters that they look like."""
_DRAWN_LIKE = {**LIKE_D, "0": "o", "1": "l", "|": "l"}
_TABLE = str.maketrans(LATIN_FOR | _DRAWN_LIKE)
_MARKS = str.maketrans({"\u030c": "\u0306", "\u0311": "\u0302", "\u0304": "\u0303", "\u0315": "\u031b"})


def shape(text: str) -> str:
    """Return what a reader sees of a text, in small letters."""
    latin = unicodedata.normalize("NFKD", text).translate(_MARKS).translate(_TABLE)
    words = unicodedata.normalize("NFC", latin).translate(_TABLE).casefold().translate(_TABLE)
    return " ".join(map(tone_last, words.replace("-", " ").replace(".", " ").split()))


def foreign_letters(text: str) -> str:
    """Return the letters of a text that are not of the Latin script, each once."""
    found = (letter for letter in text if letter.isalpha() and not unicodedata.name(letter, "").startswith("LATIN"))
    return "".join(dict.fromkeys(found))

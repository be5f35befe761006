"""Letters of names and offices (chữ viết): old fonts, other encodings, signs that no name has; what to look at twice.

Vietnamese is written with the letters of its alphabet and its tones; the languages of the highlands add ƀ č ĕ ĭ ñ ŏ ŭ.
Text of the old fonts (TCVN3, VNI) and UTF-8 read as another code page look like Latin letters that stand wrongly.
"""

import itertools
import re
import unicodedata
from typing import Final

from keys.message import Sentence
from voting.documents.conferences.look_alikes import foreign_letters
from voting.documents.letters import APOSTROPHES

MOST_LETTERS = 300
OLD_FONT: Final = Sentence(
    "chữ của phông cũ (TCVN3 .VnTime, VNI) hoặc sai bảng mã: chuyển sang Unicode (Unikey, Ctrl+Shift+F6) rồi nhập lại",
    "letters of an old font (TCVN3 .VnTime, VNI) or of a wrong encoding: convert them to Unicode, then try again",
)
_BASES = frozenset("abcdefghijklmnopqrstuvwxyzđƀ")
_WITH_MARKS: Final = {
    "\u0302": "aeo", "\u0306": "aeiouơưêôâ", "\u031b": "ou", "\u030c": "cnao", "\u0303": "aeiouyn",
    **dict.fromkeys("\u0300\u0301\u0309\u0323", "aeiouy"),
}  # fmt: skip
_OLD_SIGNS = frozenset("¡¢£¤¥¦§¨©ª«¬®¯°±²³´µ¶·¸¹º»¼½¾¿×÷\u00ad„‚†‡ˆ‰‹›€ƒŒœ…™")
_ALLOWED_SIGNS = frozenset("§°…")  # in positions and units
_VNI = re.compile(r"[ae][àáâãèéêúùũăằắẳẵặấầẩẫậếềểễệẻẽẹảạủụ]|o[âùõ]|u[ùũụủõ]|i[ùõ]|ô[ùõúủ]", re.IGNORECASE)
_ADDRESSED = re.compile(
    r"(?:ông|bà|anh|chị|đồng chí|đc\.?|đ\.\s?c\.?|ts\.?|ths\.?|pgs\.?|gs\.?|bs\.?|ks\.)\s", re.IGNORECASE
)
_NAME_SIGNS = frozenset(f" .-()[]{APOSTROPHES}")


def old_letters(text: str, *, signs: bool = True) -> bool:
    """Tell whether text is of an old font or a wrong encoding."""
    if any(_wrong(one) for one in text):
        return True
    if signs and any(one in _OLD_SIGNS and one not in _ALLOWED_SIGNS for one in text):
        return True
    words = re.findall(r"[^\W\d_]+", text)
    return any(_turns(word) or _VNI.search(word) for word in words)


def _wrong(letter: str) -> bool:
    """Tell whether a Latin letter is used by no language here."""
    if not letter.isalpha() or letter.isascii() or not unicodedata.name(letter, "").startswith("LATIN"):
        return False
    spread = unicodedata.normalize("NFD", letter.lower())
    if spread[0] not in _BASES:
        return True
    return any(mark not in _WITH_MARKS or spread[0] not in _WITH_MARKS[mark] for mark in spread[1:])


def _turns(word: str) -> bool:
    """Tell whether a capital with marks follows a small letter, as in NguyÔn."""
    return any(one.islower() and other.isupper() and not other.isascii() for one, other in itertools.pairwise(word))


def name_fault(name: str) -> Sentence | None:
    """Say what is wrong with a name; None if nothing is."""
    if fault := letters_fault(name):
        return fault
    outside = re.sub(r"\([^()]*\)|\[[^\[\]]*\]", "", name)
    if name.startswith("="):
        return Sentence("có công thức; chỉ nhận giá trị", "a formula; values only")
    if foreign := foreign_letters(name):
        return Sentence(f"có chữ không phải chữ Việt: {foreign}", f"letters of another script: {foreign}")
    if not any(one.isalpha() for one in outside):
        return Sentence("không phải họ tên: không có chữ nào", "no name: it has no letters")
    if any(one.isdigit() for one in outside):
        return Sentence("họ tên không có chữ số", "a name has no digits")
    strange = [one for one in outside if not (one.isalpha() or _is_mark(one) or one in _NAME_SIGNS)]
    if strange:
        shown = " ".join(dict.fromkeys(strange))
        return Sentence(f"họ tên có dấu lạ: {shown}", f"signs that no name has: {shown}")
    return None


def text_fault(text: str) -> Sentence | None:
    """Say what is wrong with a position or a unit; None if nothing is."""
    if fault := letters_fault(text):
        return fault
    if text.startswith("="):
        return Sentence("có công thức; chỉ nhận giá trị", "a formula; values only")
    if foreign := foreign_letters(text):
        return Sentence(f"có chữ không phải chữ Việt: {foreign}", f"letters of another script: {foreign}")
    if text and not any(one.isalpha() for one in text):
        return Sentence("phải có chữ, không chỉ có số", "letters expected, not numbers alone")
    return None


def letters_fault(text: str) -> Sentence | None:
    """Say what is wrong with the letters of any text; None if nothing is."""
    if len(text) > MOST_LETTERS:
        return Sentence(f"dài quá {MOST_LETTERS} ký tự", f"longer than {MOST_LETTERS} characters")
    if old_letters(text):
        return OLD_FONT
    drawn = [one for one in text if unicodedata.category(one) in ("So", "Sk", "Cs", "Co", "Cn") and one not in "°"]
    if drawn:
        return Sentence("có hình hoặc ký hiệu (emoji)", "pictures or signs (emoji)")
    hidden = [one for one in text if unicodedata.category(one) in ("Cc", "Cf", "Zl", "Zp")]
    if hidden:
        codes = ", ".join(f"U+{ord(one):04X}" for one in dict.fromkeys(hidden))
        return Sentence(f"có ký tự ẩn ({codes}): gõ lại ô này", f"invisible characters ({codes}): type this cell again")
    if stacked := re.search(r"[^\W\d_][\u0300-\u036f]{2,}|(?:^|[\s\d])[\u0300-\u036f]", text):
        return Sentence(f"dấu chồng lên nhau: {stacked[0][:3]}", "marks stacked on one letter")
    return None


def _is_mark(letter: str) -> bool:
    return unicodedata.category(letter).startswith("M")


def name_warning(name: str) -> Sentence | None:
    """Say what to look at in a name that is taken; None if nothing."""
    if any(one in "()[]" for one in name):
        return Sentence(
            "họ tên có phần trong ngoặc; in đúng như vậy", "a part in brackets, which is printed as it stands"
        )
    if _ADDRESSED.match(name):
        return Sentence(
            "họ tên có danh xưng (ông, bà, đồng chí …); in đúng như vậy",
            "a form of address before the name, which is printed as it stands",
        )
    if len(name.split()) < 2:
        return Sentence("họ tên chỉ có một chữ: kiểm tra lại", "a name of one word: look again")
    return None

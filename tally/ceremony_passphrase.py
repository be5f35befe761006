"""Passphrases of tellers: how strong one is, and one that the program suggests (mật khẩu của kiểm phiếu viên).

The estimate is a rough one and errs downwards: known words, repeats and runs (aaa, 1234) count as one character, and a
word as no more than 11 bits, as if drawn from 2000. Argon2id makes each guess cost about a tenth of a second.
"""

import math
import re
import secrets
import unicodedata
from collections.abc import Iterable
from typing import Literal

Strength = Literal["weak", "fair", "strong"]

FAIR_BITS, STRONG_BITS = 28, 44
WORD_BITS = 11
SYLLABLES = 6
COMMON = ("matkhau", "password", "passphrase", "phieukin", "vietnam", "qwerty", "iloveyou", "admin", "abc", "hoilong",
          "kiemphieu", "bimat", "sonla", "hanoi")  # fmt: skip

# 16 beginnings and 16 ends, all of which make syllables that are easy to read and to type without marks: 8 bits each.
_INITIALS = ("b", "ch", "d", "gi", "h", "kh", "l", "m", "n", "nh", "ph", "s", "t", "th", "tr", "v")
_RIMES = ("a", "am", "an", "ang", "ao", "at", "ay", "em", "o", "oi", "on", "ong", "u", "um", "un", "ung")


def bits_of(passphrase: str, names: Iterable[str] = ()) -> float:
    """Estimate how many bits guessing takes; `names` are words that everybody in the room would try."""
    text = _plain(passphrase)
    known_words = {*COMMON, *(part for name in names for part in _plain(name).split() if len(part) > 1)}
    for known in sorted(known_words, key=len, reverse=True):  # the longest first: "matkhau" before the name "ha" in it
        text = text.replace(known, "\0")
    if not re.search(r"[a-z]", text):  # a date, a telephone number: what stands between the digits says nothing
        text = re.sub(r"[^0-9]", "", text)
    text = _without_runs(text)
    characters = len(text) * math.log2(max(_alphabet(text), 2))
    words = [word for word in re.split(r"[\W_]+", text) if word]
    if words and all(word.isalpha() for word in words):
        return min(characters, WORD_BITS * len(words))
    return characters


def strength_of(passphrase: str, names: Iterable[str] = ()) -> Strength:
    """Judge a passphrase; a weak one is refused."""
    bits = bits_of(passphrase, names)
    return "weak" if bits < FAIR_BITS else "fair" if bits < STRONG_BITS else "strong"


def suggested() -> str:
    """Draw a passphrase of six syllables, 48 bits, from the operating system's randomness."""
    return " ".join(secrets.choice(_INITIALS) + secrets.choice(_RIMES) for _ in range(SYLLABLES))


def _plain(text: str) -> str:
    """Lower case, without the marks of Vietnamese: whoever guesses tries both."""
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(one for one in decomposed if not unicodedata.combining(one))


def _without_runs(text: str) -> str:
    """Drop characters that repeat the one before or follow it in the alphabet or the digits, up or down."""
    kept = [one for before, one in zip("\0" + text, text, strict=False) if abs(ord(one) - ord(before)) > 1]
    return "".join(kept)


def _alphabet(text: str) -> int:
    classes = ((r"[a-z]", 26), (r"[0-9]", 10), (r"[^a-z0-9]", 20))
    return sum(size for pattern, size in classes if re.search(pattern, text))

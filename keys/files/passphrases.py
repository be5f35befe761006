"""Passphrases of sealed files: how hard one is to guess, and one that the program suggests (mật khẩu của tệp khóa).

Whoever copies a sealed file tries passphrases on rented machines, so a new one needs `LEAST_BITS`. The estimate errs
downwards: a syllable counts 8 bits, as if drawn from 256, and never more than its letters; known words, names, dates,
years, runs of the alphabet or the keyboard, and whatever is repeated count next to nothing; letters written as digits
or signs (P@ssw0rd) are read as letters as well, and the lower estimate counts.
"""

import itertools
import math
import re
import secrets
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Literal

Strength = Literal["weak", "strong"]

LEAST_BITS = 44
SYLLABLES, SYLLABLE_BITS = 6, 8
KNOWN_BITS, REPEATED_BITS = 2, 1
YEAR_BITS, DATE_BITS, SAYING_BITS = 6, 15, 20
NUMBER_BITS, NUMBER_DIGITS = 20, 12  # a telephone or identity number, of at most so many digits
JUDGED = 500  # characters at the beginning that are judged: what comes after them counts nothing
KNOWN_INSIDE = 4  # letters of a known word that is looked for inside a longer one
RUN = 3  # characters that follow each other in the alphabet or on the keyboard before they count as a run

_WORDS = """
matkhau mat khau password pass word passphrase phieu phieukin kin vietnam viet qwerty iloveyou admin abc login welcome
hoilong hoi nghi hoinghi kiem kiemphieu bimat bi thu bithu sonla son la hanoi ha noi ubnd hdnd tinhuy uy tinh huyen xa
dang doan bo can canbo quy hoach quyhoach chu tich ban nguyen tran le pham hoang huynh phan vu vo bui do ho ngo duong
ly dao dinh mai lo cam quang vi van thi ngay thang nam tet user test demo hello love yeu anh em
"""
_KNOWN = frozenset(_WORDS.split())
_SAYINGS = tuple(
    line.strip()
    for line in """
    tram nam trong coi nguoi ta
    chu tai chu menh kheo la ghet nhau
    cong cha nhu nui thai son
    khong co gi quy hon doc lap tu do
    doc lap tu do hanh phuc
    cong hoa xa hoi chu nghia viet nam
    dang cong san viet nam quang vinh
    hoc hoc nua hoc mai
    can kiem liem chinh chi cong vo tu
    dan giau nuoc manh dan chu cong bang van minh
    an qua nho ke trong cay
    co cong mai sat co ngay nen kim
    mot cay lam chang nen non
    cay da ben nuoc san dinh
    trong dam gi dep bang sen
    la xanh bong trang lai chen nhi vang
    gan bun ma chang hoi tanh mui bun
    bau oi thuong lay bi cung
    nhieu dieu phu lay gia guong
    du ai di nguoc ve xuoi
    ai oi bung bat com day
    gan muc thi den gan den thi sang
    thuong nguoi nhu the thuong than
    anh em nhu the tay chan
    di mot ngay dang hoc mot sang khon
    khong thay do may lam nen
    tot go hon tot nuoc son
    doi cho sach rach cho thom
    giay rach phai giu lay le
    nuoc chay da mon kien tha lau day to
    noi loi phai giu lay loi
    nam quoc son ha nam de cu
    doan quan viet nam di
    chung long cuu quoc
    nhu co bac ho trong ngay vui dai thang
    que huong la chum khe ngot
    thap muoi dep nhat bong sen
    viet nam dep nhat co ten bac ho
    vi loi ich muoi nam thi phai trong cay
    vi loi ich tram nam thi phai trong nguoi
    doan ket doan ket dai doan ket
    lao dong la vinh quang
    dang cong san viet nam muon nam
    de tram lan khong dan cung chiu
    kho van lan dan lieu cung xong
    tat ca nguoi viet nam
    correct horse battery staple
    the quick brown fox jumps over the lazy dog
    to be or not to be that is the question
    all human beings are born free and equal
    may the force be with you
    """.strip().splitlines()
)
_AS_LETTERS = str.maketrans("@4301!5$78", "aaeoiisstb")
_DATE = re.compile(r"(?<!\d)(?:\d{1,2}[-/. ]\d{1,2}[-/. ](?:19|20)?\d\d|(?:19|20)\d\d[-/. ]?\d\d[-/. ]?\d\d)(?!\d)")
_SIGN = re.compile(r"(?<![0-9])[@4301!5$78](?![0-9])")
_LETTER_BITS = math.log2(26)
_SYLLABLE = re.compile(r"[^aeiouy]{0,3}[aeiouy]{1,3}(?:ng|nh|ch|[^aeiouy](?![aeiouy]))?|[^aeiouy]")
_ROWS = ("`1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./")
_PLACES = {key: (row, column) for row, keys in enumerate(_ROWS) for column, key in enumerate(keys)}
_PLACES |= {key: (0, column) for column, key in enumerate("~!@#$%^&*()_+")}

# 16 beginnings and 16 ends, all of which make syllables that are easy to read and to type without marks: 8 bits each.
_INITIALS = ("b", "ch", "d", "gi", "h", "kh", "l", "m", "n", "nh", "ph", "s", "t", "th", "tr", "v")
_RIMES = ("a", "am", "an", "ang", "ao", "at", "ay", "em", "o", "oi", "on", "ong", "u", "um", "un", "ung")


def bits_of(passphrase: str, names: Iterable[str] = ()) -> float:
    """Estimate how many bits guessing takes; `names` are words that everybody in the room would try."""
    text = _plain(passphrase[:JUDGED])
    known = _KNOWN | {part for name in names for part in _plain(name).split() if len(part) > 1}
    return min(_bits(one, known) for one in (text, _SIGN.sub(lambda found: found[0].translate(_AS_LETTERS), text)))


def strength_of(passphrase: str, names: Iterable[str] = ()) -> Strength:
    """Judge a passphrase; a weak one is refused."""
    return "weak" if bits_of(passphrase, names) < LEAST_BITS else "strong"


def missing_words(passphrase: str, names: Iterable[str] = ()) -> int:
    """Say how many more words a weak passphrase needs at least."""
    return max(math.ceil((LEAST_BITS - bits_of(passphrase, names)) / SYLLABLE_BITS), 0)


def suggested(names: Iterable[str] = ()) -> str:
    """Draw a passphrase of six different syllables, 47 bits, from the operating system's randomness.

    Drawn again where it holds names of the room, which `bits_of` would not count.
    """
    avoided = tuple(names)
    while True:
        drawn = [secrets.choice(_INITIALS) + secrets.choice(_RIMES) for _ in range(SYLLABLES)]
        text = " ".join(drawn)
        if strength_of(text, avoided) == "strong":
            return text


def _bits(text: str, known: Iterable[str]) -> float:
    total, seen = 0.0, set[str]()
    for saying in _SAYINGS:
        words = " ".join(re.findall(r"[a-z]+", text))
        if saying in words or (len(words) > len(saying) // 2 and words in saying):
            total, text = total + SAYING_BITS, words.replace(saying if saying in words else words, " ")
    total += DATE_BITS * len(_DATE.findall(text))
    text = _DATE.sub(" ", text)
    for token in re.findall(r"[a-z]+|[0-9]+|[^a-z0-9\s]+", _without_repeats(_without_runs(text))):
        total += REPEATED_BITS if token in seen else _token_bits(token, frozenset(known))
        seen.add(token)
    return total


def _token_bits(token: str, known: frozenset[str]) -> float:
    if token.isdigit():
        return _digits_bits(token)
    if not token.isalpha() or not token.isascii():
        return math.log2(20) * len(set(token))
    if (parts := _known_parts(token, known)) is not None:
        return float(KNOWN_BITS * parts)
    for word in sorted(known, key=len, reverse=True):
        if len(word) >= KNOWN_INSIDE and word in token:
            return KNOWN_BITS + sum(_token_bits(rest, known) for rest in token.split(word, 1) if rest)
    return sum(min(SYLLABLE_BITS, _LETTER_BITS * len(part)) for part in _SYLLABLE.findall(token))


def _digits_bits(digits: str) -> float:
    if re.fullmatch(r"(19|20)\d\d", digits):
        return YEAR_BITS
    if re.fullmatch(r"(0?[1-9]|[12]\d|3[01])(0?[1-9]|1[0-2])((19|20)\d\d)", digits):
        return DATE_BITS
    bits = math.log2(10) * len(digits)
    if len(digits) <= NUMBER_DIGITS:
        return min(bits, NUMBER_BITS)
    return NUMBER_BITS + math.log2(10) * (len(digits) - NUMBER_DIGITS)


def _known_parts(token: str, known: frozenset[str]) -> int | None:
    """Into how few known words a run of letters falls; None where it holds others."""
    fewest: list[int | None] = [0] + [None] * len(token)
    for end in range(1, len(token) + 1):
        ways = [before + 1 for at in range(end) if (before := fewest[at]) is not None and token[at:end] in known]
        fewest[end] = min(ways, default=None)
    return fewest[-1]


def _plain(text: str) -> str:
    """Lower case, without the marks of Vietnamese: whoever guesses tries both."""
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return "".join(one for one in decomposed if not unicodedata.combining(one))


def _without_runs(text: str) -> str:
    """Keep one character of each run: aaaa, 1234, dcba, qwerty, 1qaz, and of runs of such runs."""
    shorter = "".join(run[0] if len(run) > RUN else run for run in _runs(text))
    return text if shorter == text else _without_runs(shorter)


def _runs(text: str) -> Iterator[str]:
    run = text[:1]
    for before, one in itertools.pairwise(text):
        if _follows(before, one):
            run += one
        else:
            yield run
            run = one
    yield run


def _follows(before: str, one: str) -> bool:
    if one.isspace() or before.isspace():
        return False
    if abs(ord(one) - ord(before)) <= 1:
        return True
    here, there = _PLACES.get(before), _PLACES.get(one)
    return here is not None and there is not None and max(abs(here[0] - there[0]), abs(here[1] - there[1])) <= 1


def _without_repeats(text: str) -> str:
    """Write once what is repeated at once, however long: abcabc, mat khau mat khau."""
    return re.sub(r"(.{2,}?)\1+", r"\1", re.sub(r"(.)\1{2,}", r"\1", f"{text} ")).strip()

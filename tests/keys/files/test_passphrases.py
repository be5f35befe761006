"""The meter of passphrases: what people choose is found weak, whatever they add; what the program suggests passes."""

import itertools

import pytest

from keys.files.passphrases import LEAST_BITS, NUMBER_BITS, SYLLABLES, bits_of, missing_words, strength_of, suggested

NAMES = ("Lò Thị Ước", "Hội nghị cán bộ chủ chốt", "Quàng Minh Yến")


@pytest.mark.parametrize(
    "passphrase",
    ["", "1", "matkhau", "matkhau123", "Mật khẩu", "1234567890", "abcdefgh", "lò thị ước", "password1", "loThiUoc2022",
     "hội nghị", "12/03/1990", "thang 4 nam 2022", "tháng 4 năm 2022", "P@ssw0rd2026", "nguyenvana1985", "UBND@2026",
     "matkhaucuatoi2026!", "Sonla@123456789", "NguyenVanA@1985#", "Hoangthimai22031985", "Admin@123456",
     "Phieukin2026!@#", "Thang11nam2026@SonLa", "ngày 30 tháng 11 năm 2026", "CanBoTinhUySonLa2026",
     "iloveyouverymuch", "Em yêu anh nhiều lắm", "Quang Minh Yen Lo Thi Uoc"],
)  # fmt: skip
def test_what_people_choose_is_weak(passphrase: str) -> None:
    assert strength_of(passphrase, NAMES) == "weak"


@pytest.mark.parametrize(
    "passphrase",
    ["12/03/1990 15/06/1985", "12031990 15061985", "2022-2023-2024-2025-2026", "0912345678", "0912 345 678",
     "001085012345", "19850322", "1985-03-22 1990-11-30"],
)  # fmt: skip
def test_dates_and_numbers_of_people_are_weak(passphrase: str) -> None:
    assert strength_of(passphrase) == "weak"


def test_a_number_longer_than_those_of_people_counts_digit_by_digit() -> None:
    telephone, longer, longest = (bits_of("0358271946052739640"[:digits]) for digits in (10, 13, 14))
    assert telephone == NUMBER_BITS
    assert telephone < longer < longest < telephone + 8


@pytest.mark.parametrize(
    "passphrase",
    ["qwertyuiopasdfghjklzxcvbnm", "qwertyuiop[]asdfghjkl;'", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.", "!@#$%^&*()_+",
     "abcdefghijklmnopqrstuvwxyz", "zyxwvutsrqponmlkjihgfedcba0987654321", "asdf1234jkl;7890qwer5678"],
)  # fmt: skip
def test_runs_of_keyboard_and_alphabet_are_weak(passphrase: str) -> None:
    assert strength_of(passphrase) == "weak"


@pytest.mark.parametrize(
    "passphrase",
    ["a" * 60, "ab" * 30, "matkhau" * 8, "Ab1!" * 12, "mat khau " * 9, "sông núi " * 8, "tre xanh, tre xanh, tre xanh",
     "bon hao num bon hao num bon hao num"],
)  # fmt: skip
def test_repeated_patterns_are_weak_however_long(passphrase: str) -> None:
    assert strength_of(passphrase) == "weak"


@pytest.mark.parametrize(
    "passphrase",
    ["Trăm năm trong cõi người ta", "công cha như núi Thái Sơn", "Không có gì quý hơn độc lập tự do!",
     "cây đa bến nước sân đình", "correct horse battery staple", "sông dài núi cao",
     "trong đầm gì đẹp bằng sen", "Bầu ơi, thương lấy bí cùng!", "Nam quốc sơn hà Nam đế cư",
     "Như có Bác Hồ trong ngày vui đại thắng", "may the force be with you", "tre xanh qua cầu"],
)  # fmt: skip
def test_sayings_and_four_words_are_weak(passphrase: str) -> None:
    assert strength_of(passphrase) == "weak"


@pytest.mark.parametrize(
    "passphrase", ["khan trung moi thay song lam", "khăn trứng mới thấy sông lam", "kX9$mQ2v!pLw7Zr", "xu8-Fk2q_Rv7wZt",
                   "cây đa bến nước sân đình khăn trứng mới thấy"]
)  # fmt: skip
def test_six_words_and_random_characters_are_strong(passphrase: str) -> None:
    assert strength_of(passphrase, NAMES) == "strong"


@pytest.mark.parametrize("names", [(), NAMES, ("Lò Thị An", "Nông Văn On", "Ha Lan Anh")])
def test_what_the_program_suggests_is_strong_and_never_the_same(names: tuple[str, ...]) -> None:
    drawn = {suggested(names) for _ in range(50)}
    assert len(drawn) == 50
    assert all(len(one.split()) == SYLLABLES for one in drawn)
    assert {strength_of(one, names) for one in drawn} == {"strong"}


def test_another_word_never_makes_a_passphrase_weaker() -> None:
    words = ["khan", "trung", "moi", "thay", "song", "lam", "hat", "bui"]
    bits = [bits_of(" ".join(words[:length])) for length in range(1, len(words) + 1)]
    assert bits == sorted(bits)
    assert all(later - before <= 8 for before, later in itertools.pairwise(bits))


def test_a_weak_passphrase_is_told_how_many_words_it_lacks() -> None:
    assert missing_words("") == LEAST_BITS // 8 + 1
    assert missing_words("tre xanh qua cầu") == 2
    assert missing_words("khan trung moi thay song lam") == 0


def test_a_long_passphrase_is_judged_at_once() -> None:
    assert strength_of("ab" * 20_000) == "weak"
    assert bits_of(" ".join(f"tu{number}" for number in range(2_000))) > LEAST_BITS

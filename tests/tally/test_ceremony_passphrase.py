import pytest

from tally.ceremony_passphrase import SYLLABLES, bits_of, strength_of, suggested

NAMES = ("Lò Thị Ước", "Hội nghị cán bộ chủ chốt")


@pytest.mark.parametrize(
    "passphrase",
    ["", "1", "matkhau", "matkhau123", "Mật khẩu", "aaaaaaaaaaaaaaaa", "1234567890", "abcdefgh", "lò thị ước",
     "password1", "loThiUoc2022", "hội nghị", "12/03/1990"],
)  # fmt: skip
def test_what_everybody_would_try_is_weak(passphrase: str) -> None:
    assert strength_of(passphrase, NAMES) == "weak"


@pytest.mark.parametrize("passphrase", ["sông dài núi cao", "tre xanh qua cầu"])
def test_four_words_are_at_least_fair(passphrase: str) -> None:
    assert strength_of(passphrase) in ("fair", "strong")


def test_what_the_program_suggests_is_strong_and_never_the_same() -> None:
    drawn = {suggested() for _ in range(50)}
    assert len(drawn) == 50
    assert all(len(one.split()) == SYLLABLES for one in drawn)
    assert {strength_of(one, NAMES) for one in drawn} == {"strong"}


def test_longer_is_never_weaker() -> None:
    text = "cây đa bến nước sân đình"
    bits = [bits_of(text[:length]) for length in range(1, len(text), 4)]
    assert bits == sorted(bits)

import hashlib

from keys.group import BASE, IDENTITY, Q
from keys.transcript import challenge, sha256_b64, sha256_hex, tagged


def test_a_challenge_hashes_the_prefix_and_the_points_with_commas() -> None:
    one = "0" * 63 + "1"
    text = f"sig|h|{'6' * 62}58,{one}"
    assert challenge("sig|h|", [BASE, IDENTITY]) == int(hashlib.sha256(text.encode()).hexdigest(), 16) % Q


def test_tagged_messages_put_a_length_before_every_part() -> None:
    assert tagged("ab", b"", b"xyz") == b"\0\0\0\x02ab\0\0\0\0\0\0\0\x03xyz"


def test_moving_a_byte_from_part_to_part_changes_a_tagged_message() -> None:
    assert len({tagged("t", b"ab", b"c"), tagged("t", b"a", b"bc"), tagged("t", b"abc"), tagged("ta", b"bc")}) == 4


def test_hashes_have_their_two_spellings() -> None:
    assert sha256_b64(b"") == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"
    assert sha256_hex(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

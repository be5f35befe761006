import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.ceremony.channel import open_sealed, seal_for
from keys.errors import InvalidShare
from keys.group import BASE, add, base_power, random_secret

SECRET = random_secret()
PUBLIC = base_power(SECRET)


@given(st.binary(max_size=100), st.lists(st.binary(max_size=5), max_size=3))
def test_the_recipient_reads_what_was_sealed(message: bytes, context: list[bytes]) -> None:
    alpha, data = seal_for(PUBLIC, message, *context)
    assert open_sealed(SECRET, alpha, data, *context) == message


def test_nobody_else_and_no_other_context_opens_it() -> None:
    alpha, data = seal_for(PUBLIC, b"m", b"a", b"b")
    cases = [
        (random_secret(), alpha, data, (b"a", b"b")),
        (SECRET, add(alpha, BASE), data, (b"a", b"b")),
        (SECRET, alpha, data, (b"ab",)),
        (SECRET, alpha, data, (b"b", b"a")),
        (SECRET, alpha, data[:-1], (b"a", b"b")),
        (SECRET, alpha, data + b"\0", (b"a", b"b")),
        (SECRET, alpha, b"", (b"a", b"b")),
        (SECRET, alpha, bytes([data[0] ^ 1]) + data[1:], (b"a", b"b")),
    ]
    for secret, one, sealed, context in cases:
        with pytest.raises(InvalidShare, match="does not open"):
            open_sealed(secret, one, sealed, *context)


def test_one_message_is_never_sealed_the_same_way_twice() -> None:
    assert seal_for(PUBLIC, b"m") != seal_for(PUBLIC, b"m")

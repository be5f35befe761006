import json
from dataclasses import replace

import pytest

from keys import single, teller
from keys.ceremony import protocol
from keys.errors import InvalidShare, KeysError
from keys.group import Q, base_power, random_secret
from keys.trustees import Pedersen, encode_trustees, parse_trustees
from keys.wire import compact

[(ITEM, KEYS)] = protocol.rehearse(3, 2)
ALONE, REQUIRED = single.new_single("Lò Thị Mai")
TRUSTEES = parse_trustees(encode_trustees([REQUIRED, ITEM]))


def test_a_tellers_key_comes_back_from_its_file() -> None:
    for key in (*KEYS, ALONE):
        assert teller.decode_teller_key(teller.encode_teller_key(key)) == key


def test_each_teller_finds_itself() -> None:
    assert [teller.find_owner(key, TRUSTEES) for key in (ALONE, *KEYS)] == [1, 2, 3, 4]


def test_a_teller_of_another_ceremony_is_not_found() -> None:
    for stranger in (*protocol.rehearse(3, 2)[0][1], single.new_single()[0]):
        with pytest.raises(InvalidShare, match="not in the tellers' keys"):
            teller.find_owner(stranger, TRUSTEES)


@pytest.mark.parametrize(
    "changes",
    [{"threshold": 3}, {"size": 4}, {"index": 2}, {"verification": None}, {"verification": ALONE.public_share}],
)
def test_a_share_under_another_certificate_or_threshold_is_not_found(changes: dict[str, object]) -> None:
    with pytest.raises(InvalidShare, match="not in the tellers' keys"):
        teller.find_owner(replace(KEYS[0], **changes), TRUSTEES)  # type: ignore[arg-type]


def test_a_required_key_that_claims_a_certificate_is_not_found() -> None:
    with pytest.raises(InvalidShare, match="not in the tellers' keys"):
        teller.find_owner(replace(ALONE, verification=ALONE.public_share), TRUSTEES)


def test_setup_with_a_lower_threshold_than_agreed_is_not_the_tellers_own() -> None:
    lower = parse_trustees(encode_trustees([replace(ITEM, threshold=1)]))
    with pytest.raises(InvalidShare):
        teller.find_owner(KEYS[0], lower)


@pytest.mark.parametrize(
    ("field", "value"),
    [("secret", "00" * 32), ("secret", "01"), ("secret", "zz"), ("secret", (Q + 1).to_bytes(32, "little").hex()),
     ("secret", random_secret().hex()), ("public_share", "0" * 64), ("format", "x"), ("more", 1)],
)  # fmt: skip
def test_a_key_out_of_shape_is_refused(field: str, value: object) -> None:
    text = json.loads(teller.encode_teller_key(KEYS[0]))
    text[field] = value
    with pytest.raises(KeysError):
        teller.decode_teller_key(compact(text))


def test_a_secret_is_not_shown() -> None:
    assert base_power(ALONE.secret) == ALONE.public_share
    assert ALONE.secret.hex() not in repr(ALONE)


def test_an_item_comes_back_from_its_file() -> None:
    for item in (ITEM, REQUIRED):
        assert single.decode_item(single.encode_item(item)) == item
    assert isinstance(single.decode_item(single.encode_item(ITEM)), Pedersen)


@pytest.mark.parametrize("raw", [b"", b"[]", b"x", single.encode_item(REQUIRED) + b"," + single.encode_item(REQUIRED)])
def test_a_file_of_no_item_or_of_two_is_refused(raw: bytes) -> None:
    with pytest.raises(KeysError):
        single.decode_item(raw)

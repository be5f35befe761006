import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.errors import DamagedFile, InvalidFormat, InvalidKey, WrongPassphrase
from keys.files import sealing
from keys.files.sealing import LEAST_COST, seal, unseal
from keys.wire import compact

PASSPHRASE = "mật khẩu của kiểm phiếu viên"
SEALED = seal(b"secret", PASSPHRASE, kind="test", cost=LEAST_COST)


def changed(**fields: object) -> bytes:
    """The sealed file with fields changed, and its checksum made to fit again."""
    value = json.loads(SEALED)
    for path, field in fields.items():
        place, _, name = path.rpartition("__")
        (value[place] if place else value)[name] = field
    parsed = sealing._Sealed(**{**value, "kdf": sealing._Kdf(**value["kdf"])})
    if "checksum" not in fields:
        value["checksum"] = sealing._checksum(parsed)
    return compact(value)


@given(st.binary(max_size=300), st.text(min_size=1).filter(lambda text: text.isprintable()))
def test_the_passphrase_opens_what_it_sealed(payload: bytes, passphrase: str) -> None:
    assert unseal(seal(payload, passphrase, kind="k", cost=LEAST_COST), passphrase, kind="k") == payload


def test_the_default_cost_is_the_second_recommendation_of_rfc_9106() -> None:
    raw = seal(b"x", "p", kind="k")
    kdf = json.loads(raw)["kdf"]
    assert (kdf["name"], kdf["memory"], kdf["iterations"], kdf["lanes"]) == ("argon2id", 65536, 3, 4)
    assert unseal(raw, "p", kind="k") == b"x"


def test_a_wrong_passphrase_is_told_from_damage() -> None:
    for wrong in ("", " ", PASSPHRASE + " ", PASSPHRASE.upper()):
        with pytest.raises(WrongPassphrase, match="try again"):
            unseal(SEALED, wrong, kind="test")


def test_either_way_of_composing_vietnamese_letters_opens_the_file() -> None:
    apart = unicodedata.normalize("NFD", PASSPHRASE)
    assert apart != PASSPHRASE
    assert unseal(SEALED, apart, kind="test") == b"secret"


def test_an_empty_passphrase_seals_nothing() -> None:
    with pytest.raises(InvalidKey, match="not empty"):
        seal(b"x", "", kind="test")


def test_a_file_of_another_kind_is_refused() -> None:
    with pytest.raises(InvalidFormat, match="kind other expected, test found"):
        unseal(SEALED, PASSPHRASE, kind="other")


def test_two_sealed_files_of_one_secret_differ() -> None:
    again = seal(b"secret", PASSPHRASE, kind="test", cost=LEAST_COST)
    first, second = json.loads(SEALED), json.loads(again)
    assert first["kdf"]["salt"] != second["kdf"]["salt"]
    assert first["nonce"] != second["nonce"]
    assert first["data"] != second["data"]


def test_every_flipped_byte_is_damage() -> None:
    for at in range(len(SEALED)):
        flipped = bytearray(SEALED)
        flipped[at] ^= 1
        with pytest.raises((DamagedFile, InvalidFormat)):
            unseal(bytes(flipped), PASSPHRASE, kind="test")


@pytest.mark.parametrize(
    "raw",
    [b"", b"{}", b"[]", SEALED[:-1], SEALED[:40], SEALED + b"\n", SEALED + SEALED, b" " + SEALED, b"\0" * 100,
     b" " * (sealing.LIMIT + 1), SEALED.replace(b":", b": ", 1)],
)  # fmt: skip
def test_a_cut_or_padded_file_is_damage(raw: bytes) -> None:
    with pytest.raises(DamagedFile):
        unseal(raw, PASSPHRASE, kind="test")


@pytest.mark.parametrize(
    "fields",
    [
        {"kdf__memory": 2**20 + 1},
        {"kdf__memory": 0},
        {"kdf__memory": 2**40},
        {"kdf__iterations": 17},
        {"kdf__iterations": 0},
        {"kdf__lanes": 17},
        {"kdf__lanes": -1},
        {"kdf__name": "none"},
        {"format": "phieukin/sealed/v2"},
        {"nonce": "AAAA"},
        {"nonce": "!"},
        {"kdf__salt": "AAAA"},
        {"data": "?"},
        {"checksum": "00" * 32},
    ],
)
def test_parameters_out_of_bounds_are_refused_before_they_cost_anything(fields: dict[str, object]) -> None:
    with pytest.raises(DamagedFile):
        unseal(changed(**fields), PASSPHRASE, kind="test")


@pytest.mark.parametrize(
    "fields",
    [{"kdf__iterations": 2}, {"kdf__lanes": 2}, {"nonce": "AAAAAAAAAAAAAAAA"}, {"data": "AAAA"}, {"data": ""}],
)
def test_a_file_changed_together_with_its_checksum_does_not_open(fields: dict[str, object]) -> None:
    with pytest.raises(WrongPassphrase):
        unseal(changed(**fields), PASSPHRASE, kind="test")


def test_the_kind_is_bound_to_the_contents() -> None:
    with pytest.raises(WrongPassphrase):
        unseal(changed(kind="other"), PASSPHRASE, kind="other")

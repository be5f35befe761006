import re
import tomllib
from pathlib import Path

import nacl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys import group
from keys.errors import InvalidPoint, InvalidScalar
from keys.group import BASE, IDENTITY, Point, Q, Secret
from tests.keys import curve
from tests.keys.numbers import negate, secret_from_int

numbers = st.integers(min_value=1, max_value=Q - 1)
SMALL = curve.small_order_points()
HALF = 2**255


def member(number: int = 5) -> bytes:
    return curve.encode(curve.times(number, curve.decode(BASE) or curve.NEUTRAL))


def le(number: int) -> bytes:
    return number.to_bytes(32, "little")


def test_the_base_point_is_that_of_rfc_8032_and_has_order_q() -> None:
    base = curve.decode(BASE)
    assert base is not None
    assert base[1] == 4 * pow(5, -1, curve.P) % curve.P
    assert base[0] % 2 == 0
    assert curve.times(Q, base) == curve.NEUTRAL


@given(numbers)
def test_powers_of_the_base_agree_with_plain_arithmetic(number: int) -> None:
    assert group.base_power(secret_from_int(number)) == member(number)
    assert group.public_power(BASE, number) == member(number)


@given(numbers, numbers)
def test_exponents_add_and_multiply(a: int, b: int) -> None:
    x, y = secret_from_int(a), secret_from_int(b)
    product = group.add(group.base_power(x), group.base_power(y))
    assert product == group.public_power(BASE, a + b)
    assert group.power(group.base_power(x), y) == group.public_power(BASE, a * b)
    assert group.secret_to_int(group.secret_add(x, y)) == (a + b) % Q
    assert group.secret_to_int(group.secret_sub(x, y)) == (a - b) % Q
    assert group.secret_to_int(group.secret_mul(x, y)) == a * b % Q
    assert group.subtract(product, group.base_power(y)) == group.base_power(x)


@pytest.mark.parametrize("number", [0, Q, -Q, 2 * Q])
def test_a_multiple_of_the_order_gives_the_identity(number: int) -> None:
    assert group.public_power(BASE, number) == IDENTITY
    assert group.public_power(Point(member()), number) == IDENTITY


@pytest.mark.parametrize("number", [0, 1, Q - 1, Q + 3, -1])
def test_every_power_of_the_identity_is_the_identity(number: int) -> None:
    assert group.public_power(IDENTITY, number) == IDENTITY
    assert group.power(IDENTITY, group.random_secret()) == IDENTITY


def test_the_scalar_zero_gives_the_identity() -> None:
    zero = Secret(bytes(32))
    assert group.base_power(zero) == group.power(BASE, zero) == IDENTITY


def test_inverses_and_totals() -> None:
    point = group.public_power(BASE, 7)
    assert group.total([]) == IDENTITY
    assert group.total([point, negate(point), BASE]) == BASE
    assert negate(IDENTITY) == IDENTITY


def test_a_point_is_spelt_as_its_bytes_reversed() -> None:
    assert group.encode_point(BASE) == "6666666666666666666666666666666666666666666666666666666666666658"
    assert group.decode_point(group.encode_point(BASE)) == BASE


@given(numbers)
def test_spelling_a_point_and_reading_it_gives_it_back(number: int) -> None:
    point = group.public_power(BASE, number)
    assert group.decode_point(group.encode_point(point)) == point


def test_the_identity_passes_only_where_it_is_allowed() -> None:
    text = group.encode_point(IDENTITY)
    assert group.decode_point(text, identity=True) == IDENTITY
    with pytest.raises(InvalidPoint, match="identity"):
        group.decode_point(text)


@pytest.mark.parametrize("index", range(1, 8))
def test_points_of_small_order_are_refused(index: int) -> None:
    for identity in (True, False):
        with pytest.raises(InvalidPoint, match="prime order"):
            group.check_member(curve.encode(SMALL[index]), identity=identity)


def test_the_eight_points_of_small_order_differ() -> None:
    assert len(set(SMALL)) == 8
    assert (0, curve.P - 1) in SMALL
    assert all(curve.times(8, point) == curve.NEUTRAL for point in SMALL)


@pytest.mark.parametrize("index", range(8))
@pytest.mark.parametrize("number", [1, 5, Q - 1, 2**200 + 9])
def test_of_the_eight_torsion_translates_only_the_member_itself_passes(index: int, number: int) -> None:
    point = curve.times(number, curve.decode(BASE) or curve.NEUTRAL)
    raw = curve.encode(curve.plus(point, SMALL[index]))
    if index == 0:
        assert group.check_member(raw, identity=False) == raw
        return
    with pytest.raises(InvalidPoint, match="prime order"):
        group.check_member(raw, identity=True)
    with pytest.raises(InvalidPoint, match="prime order"):
        group.power(Point(raw), group.random_secret())
    with pytest.raises(InvalidPoint, match="prime order"):
        group.public_power(Point(raw), 3)


def test_a_libsodium_that_takes_points_outside_for_members_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    assert curve.encode(curve.plus(curve.decode(BASE) or curve.NEUTRAL, (0, curve.P - 1))) == group._OUTSIDE
    monkeypatch.setattr(group.sodium, "crypto_core_ed25519_is_valid_point", lambda point: True)
    with pytest.raises(ImportError, match="CVE-2025-69277"):
        group.check_library()


def test_libsodium_is_one_that_refuses_a_member_plus_the_point_of_order_two() -> None:
    """CVE-2025-69277: older libsodium took P + (0, -1) for a member of the group."""
    translate = curve.encode(curve.plus(curve.decode(member()) or curve.NEUTRAL, (0, curve.P - 1)))
    with pytest.raises(InvalidPoint):
        group.check_member(translate, identity=False)
    project = tomllib.loads((Path(__file__).resolve().parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    (pin,) = (line for line in project["project"]["dependencies"] if line.startswith("pynacl"))
    least = tuple(map(int, re.findall(r"\d+", pin)))
    assert least >= (1, 6, 2)
    assert tuple(map(int, re.findall(r"\d+", nacl.__version__))) >= least


@pytest.mark.parametrize(
    ("what", "raw"),
    [
        ("the identity with y = p + 1", le(curve.P + 1)),
        ("the identity with the sign of x = 0 set", le(1 | HALF)),
        ("y = 0 written as p", le(curve.P)),
        ("y = p - 1 with a sign", le((curve.P - 1) | HALF)),
        ("all bits set", b"\xff" * 32),
        ("y = p + 3", le(curve.P + 3)),
        ("off the curve", next(le(y) for y in range(2, 99) if curve.decode(le(y)) is None)),
        ("too short", bytes(31)),
        ("too long", bytes(33)),
        ("nothing", b""),
        ("zeros", bytes(32)),
    ],
)
def test_other_encodings_are_refused(what: str, raw: bytes) -> None:
    with pytest.raises(InvalidPoint):
        group.check_member(raw, identity=True)


GOOD = group.encode_point(group.public_power(BASE, 5))


@pytest.mark.parametrize(
    "text",
    [
        "",
        GOOD.upper(),
        GOOD[:-1],
        GOOD + "0",
        " " + GOOD,
        GOOD + "\n",
        "0x" + GOOD[2:],
        "g" + GOOD[1:],
        "１" + GOOD[1:],
    ],
)
def test_other_spellings_of_a_point_are_refused(text: str) -> None:
    with pytest.raises(InvalidPoint, match="hex digits"):
        group.decode_point(text)


@pytest.mark.parametrize("number", [0, 1, 9, 10, Q - 1])
def test_a_scalar_has_one_spelling(number: int) -> None:
    assert group.decode_scalar(group.encode_scalar(number)) == number


@pytest.mark.parametrize(
    "text",
    ["", "00", "01", "-1", "+1", "1 ", " 1", "0x1", "1e3", "1_0", "1.0", "١", str(Q), str(Q + 1), "9" * 76, "1" * 5000],
)
def test_other_spellings_of_a_scalar_are_refused(text: str) -> None:
    with pytest.raises(InvalidScalar):
        group.decode_scalar(text)


@pytest.mark.parametrize("number", [-1, Q])
def test_a_scalar_out_of_range_is_not_written(number: int) -> None:
    with pytest.raises(InvalidScalar):
        group.encode_scalar(number)


@pytest.mark.parametrize("number", [0, Q, -Q])
def test_a_secret_is_never_zero(number: int) -> None:
    with pytest.raises(InvalidScalar, match="multiple"):
        secret_from_int(number)


def test_random_secrets_are_in_range_and_differ() -> None:
    drawn = {group.random_secret() for _ in range(50)}
    assert len(drawn) == 50
    assert all(0 < group.secret_to_int(one) < Q for one in drawn)


def test_adding_what_is_no_point_is_refused() -> None:
    off = Point(next(le(y) for y in range(2, 99) if curve.decode(le(y)) is None))
    for operation in (group.add, group.subtract):
        with pytest.raises(InvalidPoint, match="curve"):
            operation(BASE, off)

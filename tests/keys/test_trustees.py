import json
from collections.abc import Callable
from typing import Any

import pytest

from keys import single, trustees
from keys.ceremony import protocol
from keys.errors import (
    InvalidCertificate,
    InvalidFormat,
    InvalidPoint,
    InvalidProof,
    InvalidScalar,
    InvalidShare,
    KeysError,
)
from keys.group import (
    BASE,
    IDENTITY,
    Point,
    Q,
    base_power,
    encode_point,
    power,
    public_power,
    random_secret,
    total,
)
from keys.proofs.schnorr import prove_possession
from keys.trustees import Trustees, combine, encode_trustees, iter_trustee_checks, parse_trustees, verify_trustees
from keys.wire import compact
from tests.keys import curve, elections

OTHER = encode_point(public_power(BASE, 99))


def raw_of(name: str) -> bytes:
    return elections.load(name).raw("trustees.json")


def failed(trustees_: Trustees) -> list[str]:
    """The places of the checks that fail."""
    places = []
    for place, check in iter_trustee_checks(trustees_):
        try:
            check()
        except KeysError:
            places.append(place)
    return places


@pytest.mark.parametrize("name", elections.NAMES)
def test_trustees_of_belenios_are_sound_and_give_the_election_key(name: str) -> None:
    raw = raw_of(name)
    parsed = parse_trustees(raw)
    verify_trustees(parsed)
    assert failed(parsed) == []
    assert encode_trustees(parsed.items) == raw
    assert parsed.election_key() == elections.load(name).public_key


def test_every_claim_of_a_threshold_has_a_check_with_a_place() -> None:
    places = [place for place, _ in iter_trustee_checks(parse_trustees(raw_of("3x2")))]
    assert len(places) == len(set(places)) == 3 * 6 + 2  # threshold and election key
    assert "trustees[0].verification_keys[2].signature" in places


def test_owners_count_over_all_items() -> None:
    mixed = parse_trustees(b"[" + raw_of("3x2-single")[1:-1] + b"," + raw_of("3x2")[1:-1] + b"]")
    verify_trustees(mixed)
    assert [(share.owner, share.item, share.index) for share in mixed.shares()] == [
        (1, 0, 1), (2, 1, 1), (3, 2, 1), (4, 2, 2), (5, 2, 3),
    ]  # fmt: skip
    keys = [elections.load(name).public_key for name in ("3x2-single", "3x2")]
    assert mixed.election_key() == total(keys)


def test_verification_keys_without_a_signature_are_those_of_belenios_2() -> None:
    value = json.loads(raw_of("3x2"))
    for key in value[0][1]["verification_keys"]:
        del key["signature"]
    verify_trustees(parse_trustees(compact(value)))


def test_a_name_stands_after_the_keys() -> None:
    _, item = single.new_single("Nguyễn Văn An")
    raw = encode_trustees([item])
    assert raw.endswith(',"name":"Nguyễn Văn An"}]]'.encode())
    assert parse_trustees(raw).items == (item,)


def change(path: str, to: Callable[[Any], Any]) -> bytes:
    """trustees.json of 3x2 with one place changed."""
    value = json.loads(raw_of("3x2"))
    *steps, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    place = value
    for step in steps:
        place = place[step]
    place[last] = to(place[last])
    return compact(value)


def plus_one(text: str) -> str:
    return str((int(text) + 1) % Q)


PREFIX = "0/1"


@pytest.mark.parametrize(
    ("path", "to", "place"),
    [
        ("certs/1/signature/challenge", plus_one, "trustees[0].certs[1]"),
        ("certs/1/signature/response", plus_one, "trustees[0].certs[1]"),
        ("certs/0/message", lambda text: text.replace('"threshold":2', '"threshold":3'), "trustees[0].certs[0]"),
        ("certs/0/message", lambda text: text.replace('"index":1', '"index":2'), "trustees[0].certs[0]"),
        ("certs/0/message", lambda text: text.replace('"size":3', '"size":4'), "trustees[0].certs[0]"),
        ("certs/2/message", lambda text: text[:-66] + OTHER + '"}', "trustees[0].certs[2]"),
        ("coefexps/0/signature/challenge", plus_one, "trustees[0].coefexps[0]"),
        ("coefexps/0/signature/response", plus_one, "trustees[0].coefexps[0]"),
        ("coefexps/2/message", lambda text: text[:14] + OTHER + text[78:], "trustees[0].coefexps[2]"),
        ("signatures/1/challenge", plus_one, "trustees[0].signatures[1]"),
        ("signatures/1/response", plus_one, "trustees[0].signatures[1]"),
        ("verification_keys/0/public_key", lambda _: OTHER, "trustees[0].verification_keys[0].public_key"),
        ("verification_keys/0/pok/challenge", plus_one, "trustees[0].verification_keys[0].pok"),
        ("verification_keys/0/pok/response", plus_one, "trustees[0].verification_keys[0].pok"),
        ("verification_keys/2/signature/challenge", plus_one, "trustees[0].verification_keys[2].signature"),
        ("verification_keys/2/signature/response", plus_one, "trustees[0].verification_keys[2].signature"),
        ("threshold", lambda _: 1, "trustees[0].certs[0]"),
        ("threshold", lambda _: 3, "trustees[0].coefexps[1]"),
    ],
)
def test_every_corrupted_field_is_found_by_its_own_check(path: str, to: Callable[[Any], Any], place: str) -> None:
    parsed = parse_trustees(change(f"{PREFIX}/{path}", to))
    assert place in failed(parsed)
    with pytest.raises(KeysError, match=r"^trustees\[0\]"):
        verify_trustees(parsed)


def test_a_corrupted_single_is_found() -> None:
    value = json.loads(raw_of("3x2-single"))
    value[1][1]["pok"]["response"] = plus_one(value[1][1]["pok"]["response"])
    parsed = parse_trustees(compact(value))
    assert failed(parsed) == ["trustees[1].pok"]
    with pytest.raises(InvalidProof, match=r"trustees\[1\].pok: .*possession"):
        verify_trustees(parsed)


def test_swapped_tellers_are_found() -> None:
    for field in ("certs", "coefexps", "signatures", "verification_keys"):
        parsed = parse_trustees(change(f"{PREFIX}/{field}", lambda listed: [listed[1], listed[0], listed[2]]))
        assert any(place.startswith("trustees[0]") for place in failed(parsed)), field


def test_a_teller_of_another_ceremony_does_not_fit_in() -> None:
    [(other, _)] = protocol.rehearse(3, 2)
    text = json.loads(encode_trustees([other]))[0][1]
    parsed = parse_trustees(change(f"{PREFIX}/certs/0", lambda _: text["certs"][0]))
    assert "trustees[0].coefexps[0]" in failed(parsed)


@pytest.mark.parametrize("index", range(8))
def test_a_key_moved_by_a_point_of_small_order_is_refused(index: int) -> None:
    key = parse_trustees(raw_of("3x2")).shares()[0].public_share
    moved = curve.encode(curve.plus(curve.decode(key) or curve.NEUTRAL, curve.small_order_points()[index]))
    raw = change(f"{PREFIX}/verification_keys/0/public_key", lambda _: encode_point(Point(moved)))
    if index == 0:
        assert failed(parse_trustees(raw)) == []
    else:
        with pytest.raises(InvalidPoint, match=r"verification_keys\[0\].public_key"):
            parse_trustees(raw)


ID = encode_point(IDENTITY)


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("verification_keys/0/public_key", lambda _: ID),
        ("certs/0/message", lambda text: text[:-66] + ID + '"}'),
        ("certs/0/message", lambda text: text.replace(text.split('"verification":"')[1][:64], ID)),
        ("coefexps/0/message", lambda text: text[:14] + ID + text[78:]),
        ("coefexps/0/message", lambda text: text[:-67] + ID + '"]}'),
    ],
)
def test_the_identity_is_refused_as_key_certificate_key_and_coefficient(path: str, to: Callable[[Any], Any]) -> None:
    with pytest.raises(InvalidPoint, match="identity"):
        parse_trustees(change(f"{PREFIX}/{path}", to))


@pytest.mark.parametrize(
    ("path", "to", "error"),
    [
        ("threshold", lambda _: 0, InvalidCertificate),
        ("threshold", lambda _: 4, InvalidCertificate),
        ("threshold", lambda _: -1, InvalidCertificate),
        ("threshold", lambda _: "2", InvalidFormat),
        ("threshold", lambda _: 2.0, InvalidFormat),
        ("certs", lambda listed: listed[:2], InvalidCertificate),
        ("signatures", lambda listed: listed[:2], InvalidCertificate),
        ("coefexps", lambda listed: [*listed, listed[0]], InvalidCertificate),
        ("verification_keys", lambda _: [], InvalidCertificate),
        ("coefexps/0/message", lambda _: '{"coefexps":[]}', InvalidCertificate),
        ("coefexps/0/message", lambda text: text.replace(":", ": "), InvalidFormat),
        ("certs/0/message", lambda text: text.replace("Ed25519", "BELENIOS-2048"), InvalidCertificate),
        ("certs/0/message", lambda text: '{"verification"' + text.split('"verification"')[1], InvalidFormat),
        ("certs/0/message", lambda text: text + " ", InvalidFormat),
        ("certs/0/message", lambda _: "", InvalidFormat),
        ("signatures/0/challenge", lambda text: "0" + text, InvalidScalar),
        ("signatures/0/response", lambda _: str(Q), InvalidScalar),
        ("signatures/0/response", lambda text: int(text), InvalidFormat),
        ("verification_keys/0/public_key", lambda text: text.upper(), InvalidPoint),
        ("verification_keys/0", lambda key: {**key, "more": 1}, InvalidFormat),
        ("verification_keys/0", lambda key: {**key, "signature": None}, InvalidFormat),
        ("verification_keys/0", lambda key: dict(reversed(key.items())), InvalidFormat),
    ],
)
def test_what_is_out_of_shape_is_refused(path: str, to: Callable[[Any], Any], error: type[KeysError]) -> None:
    with pytest.raises(error):
        parse_trustees(change(f"{PREFIX}/{path}", to))


SINGLE = raw_of("3x2-single")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        b"[[]]",
        SINGLE + b"\n",
        b" " + SINGLE,
        SINGLE.replace(b",", b", ", 1),
        SINGLE.replace(b'"Single"', b'"Double"', 1),
        SINGLE.replace(b'{"pok"', b'{"pok":{"challenge":"1","response":"1"},"pok"', 1),
        SINGLE.replace(b'"Single"', b'"\\u0053ingle"', 1),
        SINGLE[:-2] + b",1]]",
        SINGLE[:-1],
        b"\xef\xbb\xbf" + SINGLE,
        b"\xff",
        b"[" * 100_000,
    ],
)
def test_other_spellings_of_the_file_are_refused(raw: bytes) -> None:
    with pytest.raises(InvalidFormat, match="trustees"):
        parse_trustees(raw)


def test_an_election_without_tellers_is_refused() -> None:
    with pytest.raises(InvalidCertificate, match="at least one"):
        parse_trustees(b"[]")


def test_a_file_over_the_limit_is_refused_unread() -> None:
    with pytest.raises(InvalidFormat, match="at most"):
        parse_trustees(b" " * (16 * 2**20 + 1))


def test_keys_that_multiply_to_the_identity_are_found() -> None:
    secret = random_secret()
    key = trustees.TrusteeKey(base_power(secret), prove_possession(secret))
    inverse = trustees.TrusteeKey(public_power(key.public_key, -1), key.pok)
    both = parse_trustees(encode_trustees([trustees.Single(key), trustees.Single(inverse)]))
    assert "trustees: election key" in failed(both)
    with pytest.raises(InvalidPoint, match="identity"):
        both.election_key()


# --- combining -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("present", [[1, 2], [1, 3], [2, 3], [3, 2], [1, 2, 3]])
def test_any_threshold_of_tellers_gives_the_factor_of_the_election_key(present: list[int]) -> None:
    [(item, keys)] = protocol.rehearse(3, 2)
    parsed = parse_trustees(encode_trustees([item]))
    factors = {owner: [[power(BASE, keys[owner - 1].secret), IDENTITY], []] for owner in present}
    assert combine(parsed, factors) == [[parsed.election_key(), IDENTITY], []]


def test_of_more_tellers_than_needed_the_first_are_taken() -> None:
    [(item, keys)] = protocol.rehearse(3, 2)
    parsed = parse_trustees(encode_trustees([item]))
    factors = {owner: [[power(BASE, keys[owner - 1].secret)]] for owner in (1, 2)}
    assert combine(parsed, {**factors, 3: [[BASE]]}) == [[parsed.election_key()]]


def test_required_tellers_and_a_threshold_open_together() -> None:
    [(item, keys)] = protocol.rehearse(4, 3)
    alone, required = single.new_single()
    parsed = parse_trustees(encode_trustees([item, required]))
    every = [*keys, alone]
    factors = {owner: [[power(BASE, every[owner - 1].secret)]] for owner in (1, 2, 4, 5)}
    assert combine(parsed, factors) == [[parsed.election_key()]]
    with pytest.raises(InvalidShare, match=r"missing: \[5\]"):
        combine(parsed, {owner: factors[owner] for owner in (1, 2, 4)})
    with pytest.raises(InvalidShare, match=r"of 3 tellers expected, of 2 found; missing: \[2, 3\]"):
        combine(parsed, {owner: factors[owner] for owner in (1, 4, 5)})


def test_factors_of_a_stranger_or_of_another_shape_are_refused() -> None:
    parsed = parse_trustees(raw_of("3x2-single"))
    with pytest.raises(InvalidShare, match=r"\[3\]"):
        combine(parsed, {1: [[BASE]], 2: [[BASE]], 3: [[BASE]]})
    with pytest.raises(InvalidShare, match="teller 2 differ in shape"):
        combine(parsed, {1: [[BASE]], 2: [[BASE, BASE]]})
    with pytest.raises(InvalidShare, match="missing"):
        combine(parsed, {})


def test_lagrange_coefficients_reconstruct_a_polynomial_at_zero() -> None:
    value = {index: 7 + 3 * index + 5 * index**2 for index in range(1, 8)}
    for indices in ([1, 2, 3], [2, 5, 7], [7, 1, 4, 3]):
        found = sum(value[index] * trustees.lagrange(index, indices) for index in indices)
        assert found % Q == 7


def test_a_polynomial_in_the_exponent_is_evaluated() -> None:
    points = [public_power(BASE, number) for number in (7, 3, 5)]
    assert trustees.evaluate(points, 4) == public_power(BASE, 7 + 12 + 80)

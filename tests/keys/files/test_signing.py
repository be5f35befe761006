import base64
import copy
from typing import Any, cast

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from hypothesis import given
from hypothesis import strategies as st

from keys.errors import InvalidFormat, InvalidKey, InvalidSignature
from keys.files import signing
from keys.files.signing import Envelope

KEY, OTHER = signing.new_signing_key(), signing.new_signing_key()
TEXT, OTHER_TEXT = signing.public_text(KEY), signing.public_text(OTHER)
TYPE = "application/vnd.phieukin.test+json"
RSA_KEY = rsa.generate_private_key(65537, 2048)
RSA_TEXT = signing.public_text(RSA_KEY.public_key())


def spki(key: Any, form: serialization.PublicFormat = serialization.PublicFormat.SubjectPublicKeyInfo) -> str:
    return base64.b64encode(key.public_bytes(serialization.Encoding.DER, form)).decode()


def envelope(payload: bytes = b"payload") -> Envelope:
    return signing.sign_envelope(payload, TYPE, KEY)


def with_change(**fields: object) -> Envelope:
    return cast(Envelope, {**envelope(), **fields})


@given(st.binary(max_size=200))
def test_a_signed_envelope_verifies_and_gives_its_payload_back(payload: bytes) -> None:
    signed = signing.sign_envelope(payload, TYPE, KEY)
    assert signing.verify_envelope(signed, [OTHER_TEXT, TEXT]) == [signing.keyid(TEXT)]
    assert signing.envelope_payload(signed) == payload


def test_several_people_sign_one_envelope() -> None:
    both = signing.add_signature(envelope(), OTHER)
    assert signing.verify_envelope(both, [TEXT, OTHER_TEXT]) == [signing.keyid(TEXT), signing.keyid(OTHER_TEXT)]
    assert signing.verify_envelope(both, [OTHER_TEXT, TEXT]) == [signing.keyid(OTHER_TEXT), signing.keyid(TEXT)]
    again = signing.add_signature(both, OTHER)
    assert len(again["signatures"]) == 2
    assert [one["keyid"] for one in again["signatures"]] == sorted(one["keyid"] for one in both["signatures"])


def test_who_did_not_sign_is_left_out() -> None:
    assert signing.verify_envelope(envelope(), [OTHER_TEXT]) == []
    assert signing.verify_envelope(envelope(), []) == []
    assert signing.verify_envelope(envelope(), [TEXT, TEXT]) == [signing.keyid(TEXT)]


def test_a_changed_payload_type_or_signature_does_not_verify() -> None:
    signed = envelope()
    other = base64.b64encode(b"Payload").decode()
    false = base64.b64encode(OTHER.sign(b"x", ec.ECDSA(hashes.SHA256()))).decode()
    taken = [{"keyid": signing.keyid(OTHER_TEXT), "sig": signed["signatures"][0]["sig"]}]
    for changed in (
        with_change(payload=other),
        with_change(payloadType="text/plain"),
        with_change(signatures=[{"keyid": signing.keyid(TEXT), "sig": false}]),
        with_change(signatures=[{"keyid": signing.keyid(TEXT), "sig": ""}]),
        with_change(signatures=taken),
        with_change(signatures=[]),
    ):
        assert signing.verify_envelope(changed, [TEXT, OTHER_TEXT]) == []


@pytest.mark.parametrize(
    "change",
    [
        {"payload": "cGF5bG9hZA"},
        {"payload": "cGF5bG9hZB=="},
        {"payload": "cGF5 bG9hZA=="},
        {"payload": 5},
        {"payload": "é"},
        {"payloadType": 5},
        {"signatures": "x"},
        {"signatures": [{"keyid": "a"}]},
        {"signatures": [{"keyid": "a", "sig": "AA==", "more": 1}]},
        {"signatures": [{"keyid": "a", "sig": "AA=="}, {"keyid": "a", "sig": "AA=="}]},
        {"signatures": [{"keyid": "a", "sig": "AB=="}]},
        {"signatures": [5]},
        {"signatures": None},
        {"more": 1},
    ],
)
def test_an_envelope_out_of_shape_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(InvalidFormat, match="envelope"):
        signing.verify_envelope(with_change(**change), [TEXT])


@pytest.mark.parametrize("field", ["payload", "payloadType", "signatures"])
def test_an_envelope_without_a_field_is_refused(field: str) -> None:
    short = cast(dict[str, object], copy.deepcopy(envelope()))
    del short[field]
    with pytest.raises(InvalidFormat):
        signing.envelope_payload(cast(Envelope, short))


def test_verifying_leaves_the_envelope_as_it_was() -> None:
    signed = envelope()
    before = copy.deepcopy(signed)
    signing.verify_envelope(signed, [TEXT])
    assert signed == before


def test_a_token_with_rsa_signs_the_same_bytes() -> None:
    message = signing.pre_authentication(b"payload", TYPE)
    raw = RSA_KEY.sign(message, padding.PKCS1v15(), hashes.SHA256())
    signed = signing.join_envelopes(b"payload", TYPE, [(signing.keyid(RSA_TEXT), raw)])
    assert signing.verify_envelope(signed, [TEXT, RSA_TEXT]) == [signing.keyid(RSA_TEXT)]
    false = signing.join_envelopes(b"Payload", TYPE, [(signing.keyid(RSA_TEXT), raw)])
    assert signing.verify_envelope(false, [RSA_TEXT]) == []


def test_raw_signatures_have_64_bytes_and_verify() -> None:
    message = signing.raw_message("phieukin/test/v1", b"a", b"")
    for _ in range(40):
        signature = signing.sign_raw(KEY, message)
        assert len(signature) == 64
        signing.verify_raw(TEXT, message, signature)


def test_a_false_raw_signature_is_refused() -> None:
    message = signing.raw_message("t", b"a")
    signature = signing.sign_raw(KEY, message)
    flipped = bytes([signature[0] ^ 1]) + signature[1:]
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    cases = [
        (OTHER_TEXT, message, signature),
        (TEXT, signing.raw_message("t", b"b"), signature),
        (TEXT, signing.raw_message("ta"), signature),
        (TEXT, message, flipped),
        (TEXT, message, signature[32:] + signature[:32]),
        (TEXT, message, signature[:-1]),
        (TEXT, message, signature + b"\0"),
        (TEXT, message, b""),
        (TEXT, message, bytes(64)),
        (TEXT, message, signature[:32] + order.to_bytes(32, "big")),
        (TEXT, message, b"\xff" * 64),
    ]
    for text, said, false in cases:
        with pytest.raises(InvalidSignature):
            signing.verify_raw(text, said, false)


def test_raw_signatures_are_by_p_256_keys_alone() -> None:
    with pytest.raises(InvalidKey, match="P-256"):
        signing.verify_raw(RSA_TEXT, b"m", bytes(64))


def by_rsa(message: bytes) -> bytes:
    """A signature by RSA, PKCS #1 v1.5 with SHA-256."""
    return RSA_KEY.sign(message, padding.PKCS1v15(), hashes.SHA256())


MESSAGE = b"what a person says"


@pytest.mark.parametrize(
    ("text", "signature"), [(TEXT, signing.sign_raw(KEY, MESSAGE)), (RSA_TEXT, by_rsa(MESSAGE))], ids=["P-256", "RSA"]
)
def test_a_message_is_verified_by_either_kind_of_key_of_a_person(text: str, signature: bytes) -> None:
    signing.verify_message(text, MESSAGE, signature)
    changed = signature[:-1] + bytes([signature[-1] ^ 1])
    for message, said in ((MESSAGE + b" ", signature), (MESSAGE, changed), (MESSAGE, signature[:-1]), (MESSAGE, b"")):
        with pytest.raises(InvalidSignature):
            signing.verify_message(text, message, said)


def test_a_message_by_the_other_kind_of_key_or_padding_is_refused() -> None:
    pss = RSA_KEY.sign(MESSAGE, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
    other = RSA_KEY.sign(MESSAGE, padding.PKCS1v15(), hashes.SHA384())
    wrong = [(TEXT, by_rsa(MESSAGE)), *((RSA_TEXT, one) for one in (signing.sign_raw(KEY, MESSAGE), pss, other))]
    for text, said in wrong:
        with pytest.raises(InvalidSignature):
            signing.verify_message(text, MESSAGE, said)


def test_a_private_key_comes_back_from_its_file() -> None:
    again = signing.decode_signing_key(signing.encode_signing_key(KEY))
    assert signing.public_text(again) == TEXT


@pytest.mark.parametrize(
    "raw",
    [b"", b"x", signing.encode_signing_key(ec.generate_private_key(ec.SECP384R1())),
     signing.encode_signing_key(cast(Any, RSA_KEY)), signing.encode_signing_key(KEY)[:-1]],
    ids=["empty", "text", "P-384", "RSA", "cut"],
)  # fmt: skip
def test_a_private_key_that_is_none_or_of_another_kind_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidKey):
        signing.decode_signing_key(raw)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        TEXT[:-4],
        TEXT + "\n",
        TEXT.rstrip("=") + "A" if TEXT.endswith("=") else TEXT + "AAAA",
        spki(ec.generate_private_key(ec.SECP384R1()).public_key()),
        spki(ec.generate_private_key(ec.SECP256K1()).public_key()),
        spki(ed25519.Ed25519PrivateKey.generate().public_key()),
        spki(rsa.generate_private_key(65537, 1024).public_key()),
        spki(rsa.generate_private_key(3, 2048).public_key()),
        spki(RSA_KEY.public_key(), serialization.PublicFormat.PKCS1),
        "A" * 5000,
    ],
)
def test_a_public_key_of_another_kind_size_or_spelling_is_refused(text: str) -> None:
    with pytest.raises(InvalidKey):
        signing.load_public(text)


def test_a_key_id_is_the_hash_of_the_key() -> None:
    assert len(signing.keyid(TEXT)) == 64
    assert signing.keyid(TEXT) != signing.keyid(OTHER_TEXT)
    with pytest.raises(InvalidKey):
        signing.keyid("x")

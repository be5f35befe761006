import base64
from typing import Any, cast

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from hypothesis import given
from hypothesis import strategies as st

from keys.errors import InvalidKey, InvalidSignature
from keys.files import signing

KEY, OTHER = signing.new_signing_key(), signing.new_signing_key()
TEXT, OTHER_TEXT = signing.public_text(KEY), signing.public_text(OTHER)
RSA_KEY = rsa.generate_private_key(65537, 2048)
RSA_TEXT = signing.public_text(RSA_KEY.public_key())


def spki(key: Any, form: serialization.PublicFormat = serialization.PublicFormat.SubjectPublicKeyInfo) -> str:
    return base64.b64encode(key.public_bytes(serialization.Encoding.DER, form)).decode()


@given(st.binary(max_size=200))
def test_signed_bytes_verify(message: bytes) -> None:
    signing.verify_bytes(TEXT, message, signing.sign_bytes(KEY, message))


@pytest.mark.parametrize(
    "signature",
    [
        b"",
        b"\x30\x06\x02\x01\x00\x02\x01\x00",
        signing.sign_bytes(KEY, b"other"),
        signing.sign_bytes(OTHER, b"message"),
        signing.sign_bytes(KEY, b"message") + b"\x00",
        signing.sign_raw(KEY, b"message"),
        KEY.sign(b"message", ec.ECDSA(hashes.SHA384())),
        RSA_KEY.sign(b"message", padding.PKCS1v15(), hashes.SHA256()),
    ],
)
def test_false_signed_bytes_are_refused(signature: bytes) -> None:
    with pytest.raises(InvalidSignature):
        signing.verify_bytes(TEXT, b"message", signature)


def test_a_token_with_rsa_signs_bytes_by_pkcs_1_with_sha_256_alone() -> None:
    signing.verify_bytes(RSA_TEXT, b"message", RSA_KEY.sign(b"message", padding.PKCS1v15(), hashes.SHA256()))
    pss = RSA_KEY.sign(b"message", padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
    for false in (pss, RSA_KEY.sign(b"message", padding.PKCS1v15(), hashes.SHA512()), b"", bytes(256)):
        with pytest.raises(InvalidSignature):
            signing.verify_bytes(RSA_TEXT, b"message", false)


def test_bytes_are_verified_by_no_other_kind_of_key() -> None:
    with pytest.raises(InvalidKey):
        signing.verify_bytes("AA==", b"message", signing.sign_bytes(KEY, b"message"))


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


def test_base64_has_one_spelling() -> None:
    assert signing.decode_base64("AA==") == b"\0"
    for text, words in (("AB==", "one spelling"), ("AA", "not base64"), ("A-==", "not base64"), ("ü", "not base64")):
        with pytest.raises(ValueError, match=words):
            signing.decode_base64(text)


def test_a_key_id_is_the_hash_of_the_key() -> None:
    assert len(signing.keyid(TEXT)) == 64
    assert signing.keyid(TEXT) != signing.keyid(OTHER_TEXT)
    with pytest.raises(InvalidKey):
        signing.keyid("x")

"""Envelopes: what is signed, who signed it, and every spelling that is refused."""

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from securesystemslib.dsse import Envelope as Dsse
from securesystemslib.signer import CryptoSigner, SSlibKey

from keys.errors import InvalidKey
from keys.files.signing import keyid, new_signing_key, public_text
from voting.documents.canonical import canonical
from voting.documents.envelope import (
    Envelope,
    EnvelopeSignature,
    add_signatures,
    parse_envelope,
    payload_of,
    pre_authentication,
    sign_envelope,
    signed_alone,
    spell_signature,
    verify_envelope,
    write_envelope,
)
from voting.documents.errors import DocumentError, NotCanonical, TooLarge

KEY, OTHER = new_signing_key(), new_signing_key()
TEXT, OTHER_TEXT = public_text(KEY), public_text(OTHER)
TYPE = "application/vnd.phieukin.test+json"
RSA_KEY = rsa.generate_private_key(65537, 2048)
RSA_TEXT = public_text(RSA_KEY.public_key())


def envelope(payload: bytes = b"payload") -> Envelope:
    return sign_envelope(payload, TYPE, KEY)


def both() -> Envelope:
    return add_signatures(envelope(), sign_envelope(b"payload", TYPE, OTHER).signatures)


def signatures(*pairs: tuple[str, str]) -> tuple[EnvelopeSignature, ...]:
    return tuple(EnvelopeSignature(one, sig) for one, sig in pairs)


@given(st.binary(max_size=200))
def test_a_signed_envelope_verifies_and_gives_its_payload_back(payload: bytes) -> None:
    signed = envelope(payload)
    assert verify_envelope(signed, [OTHER_TEXT, TEXT]) == [keyid(TEXT)]
    assert payload_of(signed, "it") == payload
    assert parse_envelope(write_envelope(signed), TYPE, "it") == signed


def test_another_program_verifies_what_we_sign_and_signs_what_we_verify() -> None:
    theirs = SSlibKey.from_crypto(KEY.public_key(), keyid(TEXT), "ecdsa-sha2-nistp256")
    Dsse.from_dict(json.loads(write_envelope(envelope()))).verify([theirs], 1)
    dsse = Dsse(b"payload", TYPE, {})
    signature = dsse.sign(CryptoSigner(KEY, theirs))
    assert pre_authentication(b"payload", TYPE) == dsse.pae()
    made = replace(envelope(), signatures=(spell_signature(TEXT, bytes.fromhex(signature.signature)),))
    assert signed_alone(made, TEXT)


def test_the_bytes_that_are_signed_carry_both_lengths() -> None:
    assert pre_authentication("é".encode(), TYPE) == b"DSSEv1 34 " + TYPE.encode() + b" 2 " + "é".encode()


def test_several_people_sign_one_envelope() -> None:
    assert verify_envelope(both(), [TEXT, OTHER_TEXT]) == [keyid(TEXT), keyid(OTHER_TEXT)]
    assert verify_envelope(both(), [OTHER_TEXT, TEXT]) == [keyid(OTHER_TEXT), keyid(TEXT)]
    assert [one.keyid for one in both().signatures] == sorted([keyid(TEXT), keyid(OTHER_TEXT)])


def test_a_key_that_signs_again_takes_the_place_of_its_own_signature() -> None:
    fresh = sign_envelope(b"payload", TYPE, OTHER).signatures
    again = add_signatures(both(), [*fresh, *fresh])
    assert [one.keyid for one in again.signatures] == [one.keyid for one in both().signatures]
    assert fresh[0] in again.signatures
    assert len(verify_envelope(again, [TEXT, OTHER_TEXT])) == 2


def test_who_did_not_sign_is_left_out() -> None:
    assert verify_envelope(envelope(), [OTHER_TEXT]) == []
    assert verify_envelope(envelope(), []) == []
    assert verify_envelope(envelope(), [TEXT, TEXT]) == [keyid(TEXT)]


def test_signed_alone_is_by_one_key_and_no_other() -> None:
    assert signed_alone(envelope(), TEXT)
    assert not signed_alone(envelope(), OTHER_TEXT)
    assert not signed_alone(both(), TEXT)
    assert not signed_alone(replace(envelope(), signatures=()), TEXT)


def test_a_changed_payload_type_or_signature_does_not_verify() -> None:
    signed = envelope()
    false = base64.b64encode(OTHER.sign(b"x", ec.ECDSA(hashes.SHA256()))).decode()
    for changed in (
        replace(signed, payload=base64.b64encode(b"Payload").decode()),
        replace(signed, payloadType="text/plain"),
        replace(signed, signatures=signatures((keyid(TEXT), false))),
        replace(signed, signatures=signatures((keyid(TEXT), ""))),
        replace(signed, signatures=signatures((keyid(OTHER_TEXT), signed.signatures[0].sig))),
        replace(signed, signatures=()),
    ):
        assert verify_envelope(changed, [TEXT, OTHER_TEXT]) == []
        assert not signed_alone(changed, TEXT)


@pytest.mark.parametrize(
    "change",
    [
        {"payload": "cGF5bG9hZA"},
        {"payload": "cGF5bG9hZB=="},
        {"payload": "cGF5 bG9hZA=="},
        {"payload": 5},
        {"payload": "é"},
        {"payloadType": 5},
        {"payloadType": "application/vnd.phieukin.other+json"},
        {"signatures": "x"},
        {"signatures": [{"keyid": "a"}]},
        {"signatures": [{"sig": "AA=="}]},
        {"signatures": [{"keyid": "a", "sig": "AA==", "more": 1}]},
        {"signatures": [5]},
        {"signatures": None},
        {"more": 1},
    ],
)
def test_an_envelope_out_of_shape_is_refused(change: dict[str, object]) -> None:
    fields: dict[str, Any] = json.loads(write_envelope(envelope()))
    with pytest.raises(NotCanonical, match="^it: "):
        parse_envelope(canonical({**fields, **change}), TYPE, "it")


@pytest.mark.parametrize("field", ["payload", "payloadType", "signatures"])
def test_an_envelope_without_a_field_is_refused(field: str) -> None:
    short: dict[str, object] = json.loads(write_envelope(envelope()))
    del short[field]
    with pytest.raises(NotCanonical):
        parse_envelope(canonical(short), TYPE, "it")


def test_another_spelling_of_an_envelope_file_is_refused() -> None:
    raw = write_envelope(envelope())
    twice = raw.replace(b'{"payload":', b'{"payload":"","payload":', 1)
    for other in (raw + b"\n", raw.replace(b",", b", ", 1), twice, json.dumps(json.loads(raw)).encode()):
        with pytest.raises(NotCanonical):
            parse_envelope(other, TYPE, "it")
    with pytest.raises(TooLarge):
        parse_envelope(raw + b" " * 2**24, TYPE, "it")


@pytest.mark.parametrize(
    "pairs",
    [
        [("a", "AA=="), ("a", "AA==")],
        [("a", "AA=="), ("b", "AA=="), ("a", "")],
        [("a", "AB==")],
        [("a", "AA")],
        [("a", "A A==")],
        [("a", "é")],
        [("a", "*")],
        [("a", "AA==\n")],
    ],
)
def test_two_signatures_by_one_key_or_another_spelling_of_one_are_refused(pairs: list[tuple[str, str]]) -> None:
    malformed = replace(envelope(), signatures=signatures(*pairs))
    fresh = envelope().signatures
    for use in (
        lambda: verify_envelope(malformed, [TEXT]),
        lambda: signed_alone(malformed, TEXT),
        lambda: add_signatures(malformed, fresh),
    ):
        with pytest.raises(NotCanonical, match="envelope: "):
            use()


def test_a_valid_signature_beside_a_malformed_one_does_not_count() -> None:
    signed = envelope()
    for pair in ((keyid(TEXT), signed.signatures[0].sig), ("z", "AB==")):
        with pytest.raises(DocumentError):
            verify_envelope(replace(signed, signatures=(*signed.signatures, *signatures(pair))), [TEXT])


def test_a_payload_in_another_spelling_is_not_verified() -> None:
    with pytest.raises(NotCanonical, match="payload"):
        verify_envelope(replace(envelope(), payload="cGF5bG9hZA"), [TEXT])


def test_a_malformed_key_is_no_key_that_signed_nothing() -> None:
    with pytest.raises(InvalidKey):
        verify_envelope(envelope(), ["AA=="])


def test_a_token_with_rsa_signs_the_same_bytes() -> None:
    raw = RSA_KEY.sign(pre_authentication(b"payload", TYPE), padding.PKCS1v15(), hashes.SHA256())
    by_token = replace(envelope(), signatures=(spell_signature(RSA_TEXT, raw),))
    assert verify_envelope(by_token, [TEXT, RSA_TEXT]) == [keyid(RSA_TEXT)]
    false = replace(by_token, payload=base64.b64encode(b"Payload").decode())
    assert verify_envelope(false, [RSA_TEXT]) == []

"""Signing with a token (PKCS #11), played by SoftHSM2: keys never leave it, and the minutes verify all the same."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from keys.files.signing import load_public, new_signing_key, public_text
from tally.errors import CannotSign
from tally.minutes import render_minutes
from tally.pdf.signatures import check_minutes, sign_minutes
from tally.signing.signers import KeySigner, token_signer
from tests.tally.records import payload, sample_record, team
from tests.tally.tokens import LABEL, PIN

WHEN = datetime(2022, 4, 10, 3, 0, tzinfo=UTC)


@pytest.mark.token
@pytest.mark.parametrize("label", ["rsa", "p256"])
def test_a_token_signs_the_minutes_with_a_certificate_that_it_issues_itself(label: str, token: Path) -> None:
    people = team("secretary")
    record = sample_record(3, people=people)
    with token_signer(token, LABEL, PIN, label) as signer:
        chair = msgspec.structs.replace(record.conference.chair, key=signer.public_text)
        conference = msgspec.structs.replace(record.conference, chair=chair)
        raw = payload(msgspec.structs.replace(record, conference=conference))
        pdf = sign_minutes(render_minutes(raw), raw, "chair", signer, WHEN)
    pdf = sign_minutes(pdf, raw, "secretary", KeySigner(people.keys["secretary"]), WHEN)
    assert [one.field for one in check_minutes(pdf, raw)] == ["chair", "secretary"]


@pytest.mark.token
@pytest.mark.parametrize("label", ["rsa", "p256"])
def test_what_a_token_signs_verifies_by_its_public_key(label: str, token: Path) -> None:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

    with token_signer(token, LABEL, PIN, label) as signer:
        key, signature = load_public(signer.public_text), signer.sign(b"phieukin")
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, b"phieukin", padding.PKCS1v15(), hashes.SHA256())
    else:
        key.verify(signature, b"phieukin", ec.ECDSA(hashes.SHA256()))


@pytest.mark.token
@pytest.mark.parametrize(
    ("label", "pin", "key"),
    [("other", PIN, "rsa"), (LABEL, "wrong-pin", "rsa"), (LABEL, PIN, "none"), (LABEL, PIN, "short")],
)
def test_a_token_that_cannot_sign_says_so(label: str, pin: str, key: str, token: Path) -> None:
    with pytest.raises(CannotSign), token_signer(token, label, pin, key):
        pass


def test_a_module_that_is_none_says_so(tmp_path: Path) -> None:
    pytest.importorskip("pkcs11")
    with pytest.raises(CannotSign), token_signer(tmp_path / "none.so", LABEL, PIN, "rsa"):
        pass


def test_a_signer_in_memory_signs_the_same_twice() -> None:
    key = new_signing_key()
    assert KeySigner(key).sign(b"x") == KeySigner(key).sign(b"x")
    assert KeySigner(key).public_text == public_text(key)

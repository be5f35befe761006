"""What somebody signs with: a P-256 key in memory, or a token (USB, PKCS #11) that keeps its key to itself.

A signer signs SHA-256 of a message: ECDSA in DER on P-256, PKCS #1 v1.5 with RSA, as keys.files.signing verifies them.
Tokens need the extra `[token]`; the government's tokens (chữ ký số chuyên dùng công vụ) are RSA-2048.
"""

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from keys.errors import InvalidKey
from keys.files.signing import SigningKey, load_public, public_text
from tally.errors import CannotSign
from voting.documents.envelope import Envelope, EnvelopeSignature, make_envelope, pre_authentication, spell_signature

Kind = Literal["ecdsa", "rsa"]


class DocumentSigner(Protocol):
    """Signs messages by one key; `certificate` is the token's own certificate in DER, if it holds one."""

    @property
    def public_text(self) -> str:
        """The public key as records show it: base64 of the DER SubjectPublicKeyInfo."""

    @property
    def kind(self) -> Kind:
        """Which signature the key makes."""

    @property
    def certificate(self) -> bytes | None:
        """The certificate of the key, where somebody issued one."""

    def sign(self, message: bytes) -> bytes:
        """Sign SHA-256 of the message."""


@dataclass(frozen=True, slots=True)
class KeySigner:
    """A P-256 key in memory, unsealed by its owner. Nonces are deterministic (RFC 6979)."""

    key: SigningKey
    certificate: bytes | None = None
    kind: Kind = "ecdsa"

    @property
    def public_text(self) -> str:
        """The public key as records show it."""
        return public_text(self.key)

    def sign(self, message: bytes) -> bytes:
        """Sign SHA-256 of the message."""
        return self.key.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


@dataclass(frozen=True, slots=True)
class TokenSigner:
    """A private key inside a token; only hashes go in and signatures come out."""

    private: Any
    public_text: str
    kind: Kind
    certificate: bytes | None

    def sign(self, message: bytes) -> bytes:
        """Let the token sign SHA-256 of the message."""
        from pkcs11 import Mechanism, PKCS11Error
        from pkcs11.util.ec import encode_ecdsa_signature

        try:
            if self.kind == "rsa":
                return bytes(self.private.sign(message, mechanism=Mechanism.SHA256_RSA_PKCS))
            raw = self.private.sign(hashlib.sha256(message).digest(), mechanism=Mechanism.ECDSA)
        except PKCS11Error as error:
            raise CannotSign(f"the token does not sign: {type(error).__name__} {error}".rstrip()) from None
        return bytes(encode_ecdsa_signature(raw))


@contextmanager
def token_signer(module: Path, token: str, pin: str, key_label: str) -> Iterator[TokenSigner]:
    """Open the key `key_label` on the token of that label, through the PKCS #11 module of its maker.

    Raises CannotSign where the module, the token or the key is missing, the PIN is wrong, or the key is neither P-256
    nor RSA of at least 2048 bits.
    """
    session = _open(module, token, pin)
    try:
        yield _signer_of(session, key_label)
    finally:
        session.close()


def _open(module: Path, token: str, pin: str) -> Any:
    try:
        from pkcs11 import PKCS11Error
        from pyhanko.config.pkcs11 import TokenCriteria
        from pyhanko.sign.pkcs11 import open_pkcs11_session
    except ImportError:
        why = "tokens need the extra [token]: pip install 'phieukin[token]'"
        raise CannotSign(why, "no_token_library") from None
    try:
        return open_pkcs11_session(str(module), token_criteria=TokenCriteria(label=token), user_pin=pin)
    except (PKCS11Error, RuntimeError) as error:
        raise CannotSign(f"token {token!r}, module {module}: {type(error).__name__} {error}".rstrip()) from None


def _signer_of(session: Any, key_label: str) -> TokenSigner:
    from pkcs11 import KeyType, ObjectClass, PKCS11Error
    from pkcs11.util.ec import encode_ec_public_key
    from pkcs11.util.rsa import encode_rsa_public_key

    try:
        private = session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=key_label)
        public = session.get_key(object_class=ObjectClass.PUBLIC_KEY, label=key_label)
    except PKCS11Error as error:
        raise CannotSign(f"key {key_label!r} on the token: {type(error).__name__} {error}".rstrip()) from None
    if private.key_type == KeyType.RSA:
        text = _text_of_rsa(encode_rsa_public_key(public))
        kind: Kind = "rsa"
    else:
        text = base64.b64encode(encode_ec_public_key(public)).decode()
        kind = "ecdsa"
    try:
        load_public(text)
    except InvalidKey as error:
        raise CannotSign(f"key {key_label!r} on the token: {error}") from None
    return TokenSigner(private, text, kind, _certificate_on(session, text))


def _text_of_rsa(pkcs1: bytes) -> str:
    """Wrap an RSAPublicKey (PKCS #1) as SubjectPublicKeyInfo."""
    from asn1crypto.keys import PublicKeyInfo, RSAPublicKey

    return base64.b64encode(PublicKeyInfo.wrap(RSAPublicKey.load(pkcs1), "rsa").dump()).decode()


def _certificate_on(session: Any, text: str) -> bytes | None:
    """Find the token's certificate for that key."""
    from asn1crypto.x509 import Certificate
    from pkcs11 import Attribute, ObjectClass

    for one in session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE}):
        der = bytes(one[Attribute.VALUE])
        if base64.b64encode(Certificate.load(der).public_key.dump()).decode() == text:
            return der
    return None


def envelope_signature(signer: DocumentSigner, payload: bytes, payload_type: str) -> EnvelopeSignature:
    """Sign the payload of a DSSE envelope, as `voting.documents.envelope.sign_envelope` does with a key in memory."""
    return spell_signature(signer.public_text, signer.sign(pre_authentication(payload, payload_type)))


def signed_envelope(signer: DocumentSigner, payload: bytes, payload_type: str) -> Envelope:
    """Wrap a payload in an envelope with this one signature."""
    return make_envelope(payload, payload_type, (envelope_signature(signer, payload, payload_type),))

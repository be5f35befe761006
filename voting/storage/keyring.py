"""The room's own signing keys of a conference: receipts (biên nhận) and the desk's facts.

Made once, when Setup is written, which names their public halves; the desk's also where a conference is moved to paper
before, whose hand count names it, so that a round counted by hand has a desk to sign its dossier. The private halves
rest in the database, sealed by the server's secret (Fernet: AES-128-CBC with HMAC-SHA256), which lies in
a file of its own.
"""

import base64
from typing import Literal

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy.orm import Session

from keys.files.signing import SigningKey, decode_signing_key, encode_signing_key, new_signing_key, public_text
from voting.errors import InvalidSettings, InvalidSetup
from voting.storage.tables import ServerKeyRow

SECRET_BYTES = 32
Purpose = Literal["receipt", "desk"]


class Keyring:
    """Seals and opens what the server keeps secret in its database; holds the signing keys that it opened."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != SECRET_BYTES:
            raise InvalidSettings(f"a server secret of {SECRET_BYTES} bytes expected, {len(secret)} found")
        self._secret = secret
        self._fernet = Fernet(base64.urlsafe_b64encode(self.derive("phieukin/room/seal/v1")))
        self._opened: dict[tuple[int, Purpose], SigningKey] = {}

    def derive(self, purpose: str) -> bytes:
        """Derive 32 bytes for one purpose."""
        return HKDF(SHA256(), SECRET_BYTES, salt=None, info=purpose.encode()).derive(self._secret)

    def seal(self, raw: bytes) -> bytes:
        """Seal a secret for the database."""
        return self._fernet.encrypt(raw)

    def unseal(self, sealed: bytes) -> bytes:
        """Open what `seal` made; raise InvalidSettings under another server secret."""
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken:
            raise InvalidSettings("the database belongs to another server secret: bring the right room.key") from None

    def make(self, session: Session, conference: int, purpose: Purpose) -> str:
        """Make a signing key, or find the one made before; return its public text."""
        row = session.get(ServerKeyRow, (conference, purpose))
        if row is None:
            key = new_signing_key()
            sealed = self.seal(encode_signing_key(key))
            row = ServerKeyRow(conference=conference, purpose=purpose, public=public_text(key), sealed=sealed)
            session.add(row)
        return row.public

    def key(self, session: Session, conference: int, purpose: Purpose) -> SigningKey:
        """The signing key of a conference; raise InvalidSetup before Setup was written."""
        known = self._opened.get((conference, purpose))
        if known is not None:
            return known
        row = session.get(ServerKeyRow, (conference, purpose))
        if row is None:
            raise InvalidSetup("this conference has no keys yet: write Setup first")
        return self._opened.setdefault((conference, purpose), decode_signing_key(self.unseal(row.sealed)))

"""What can be wrong with key material and proofs. Verifying one thing raises one of these; it never answers False."""

from keys.message import UserError


class KeysError(UserError):
    """Root of this package's errors; never raised itself. Of a ceremony, the message's fields name teller and box."""


class InvalidPoint(KeysError):
    """A group element is misspelt, outside the group of prime order, or the identity where that is refused."""


class InvalidScalar(KeysError):
    """A number modulo q is misspelt or out of range."""


class InvalidProof(KeysError):
    """A zero-knowledge proof or Schnorr signature does not verify, or has the wrong number of branches."""


class InvalidCard(KeysError):
    """A card's text is not 22 base58 characters, or an election's uuid is not one."""


class InvalidCertificate(KeysError):
    """A teller's certificate, or what it signs, does not fit the ceremony it stands in."""


class InvalidShare(KeysError):
    """A teller's share, dealing or set of factors does not fit the tellers' public keys."""


class InvalidSignature(KeysError):
    """A P-256 or RSA signature does not verify."""


class InvalidKey(KeysError):
    """A signing key is unreadable, of a kind or size that we do not accept, or a passphrase is unfit to seal with."""


class InvalidFormat(KeysError):
    """A file of this package is not in its one canonical form."""


class UnreadableText(KeysError):
    """A text that people wrote is in an encoding that we do not read; the message says what to do."""


class WrongPassphrase(KeysError):
    """The file is whole, but this passphrase does not open it."""


class DamagedFile(KeysError):
    """A sealed file is not what was written."""


class UnsafeFile(KeysError):
    """A symbolic link, a device or a pipe stands where a plain file or a folder belongs; it is not followed."""


class CannotDecode(KeysError):
    """No number up to the bound is the logarithm of this point."""

"""TLS in a room without internet: a certificate authority of the room's own, made at the first start.

The authority is constrained (RFC 5280, 4.2.1.10) to the names and private addresses of rooms, so that tablets which
trust it cannot be fooled about the rest of the world; it signs the server's certificate and nothing else. The server's
one is renewed when it runs out, or when the names change.
"""

import datetime
import ipaddress
import os
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_DAYS = 5 * 365
SERVER_DAYS = 397  # what browsers accept
RENEW_DAYS = 30
# Names that cannot exist outside of a room, and the private networks (RFC 6761, RFC 1918, RFC 4193).
PERMITTED_NAMES = ("localhost", "local", "internal", "home.arpa", "test")
PERMITTED_NETWORKS = (
    "127.0.0.0/8",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "169.254.0.0/16",
    "::1/128",
    "fc00::/7",
)
ALWAYS = ("localhost", "127.0.0.1")


def prepare_certificate(folder: Path, names: tuple[str, ...], now: datetime.datetime) -> tuple[Path, Path]:
    """Make what is missing in `folder` (ca.pem, ca.key, server.pem, server.key); return the server's two paths."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    wanted = tuple(dict.fromkeys((*ALWAYS, *names)))
    ca_pem, ca_key = folder / "ca.pem", folder / "ca.key"
    server_pem, server_key = folder / "server.pem", folder / "server.key"
    if not ca_pem.exists():
        _make_authority(ca_pem, ca_key, now)
    if not _serves(server_pem, wanted, now):
        _make_server(server_pem, server_key, wanted, _load(ca_pem), _load_key(ca_key), now)
    return server_pem, server_key


def _make_authority(pem: Path, key_path: Path, now: datetime.datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, f"phieukin room {x509.random_serial_number():x}"[:40])]
    )
    networks = [x509.IPAddress(ipaddress.ip_network(one)) for one in PERMITTED_NETWORKS]
    permitted = [*map(x509.DNSName, PERMITTED_NAMES), *networks]
    certificate = (
        _builder(subject, subject, key.public_key(), now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(certificates=True), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write(key_path, _key_bytes(key), 0o600)
    _write(pem, certificate.public_bytes(serialization.Encoding.PEM), 0o644)


def _make_server(
    pem: Path,
    key_path: Path,
    names: tuple[str, ...],
    authority: x509.Certificate,
    authority_key: ec.EllipticCurvePrivateKey,
    now: datetime.datetime,
) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[-1][:64])])
    identifier = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    certificate = (
        _builder(subject, authority.subject, key.public_key(), now, SERVER_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(list(map(_name, names))), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    _write(key_path, _key_bytes(key), 0o600)
    _write(pem, certificate.public_bytes(serialization.Encoding.PEM), 0o644)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime.datetime, days: int
) -> x509.CertificateBuilder:
    start = now.astimezone(datetime.UTC) - datetime.timedelta(days=1)  # a tablet's clock may be behind
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=days))
    )


def _usage(*, certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _serves(pem: Path, names: tuple[str, ...], now: datetime.datetime) -> bool:
    """Tell whether the certificate is there, still good for a while, and for these names."""
    if not pem.exists():
        return False
    certificate = _load(pem)
    try:
        listed = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:  # another kind of certificate lies there
        return False
    left = certificate.not_valid_after_utc - now
    return list(listed) == list(map(_name, names)) and left > datetime.timedelta(days=RENEW_DAYS)


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _load(pem: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pem.read_bytes())


def _load_key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey), "the room's authority has a key on P-256"
    return key


def _key_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(pem, form, serialization.NoEncryption())


def _write(path: Path, content: bytes, mode: int) -> None:
    """Write a file whole or not at all; a key is never readable by others, not even for a moment."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)

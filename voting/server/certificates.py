"""TLS in a room without internet: a certificate authority of the room's own, made at the first start.

The authority is constrained (RFC 5280, 4.2.1.10) to the names and private addresses of rooms, so that tablets which
trust it cannot be fooled about the rest of the world; it signs the server's certificate and nothing else. The server's
one is renewed by itself when it runs out, or when it lacks a name: tablets notice nothing. The authority is made anew
by `renew_authority` alone, since every tablet has to trust it anew; and what it did not sign is never written over.
"""

import datetime
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from keys.files.durable import set_aside, write_whole
from voting.errors import CertificateUnusable
from voting.web.host_names import ALWAYS, PERMITTED_NAMES, PERMITTED_NETWORKS, check_names
from voting.web.trust import (
    CA_KEY,
    CA_PEM,
    RENEW_COMMAND,
    RENEW_DAYS,
    SERVER_KEY,
    SERVER_PEM,
    check_dates,
    check_foreign,
    check_key,
    holds_authority,
    load_authority,
    load_shown,
    read_key,
)

AUTHORITY_DAYS = 5 * 365
SERVER_DAYS = 397  # what browsers accept


def prepare_certificate(
    folder: Path, names: tuple[str, ...], now: datetime.datetime, more: tuple[str, ...] = ()
) -> tuple[Path, Path]:
    """Make what is missing in `folder` (ca.pem, ca.key, server.pem, server.key); return the server's two paths.

    `names` must be in the certificate; `more`, this machine's own names, are put into one of the room's own. Raises
    InvalidSettings for a name that the authority may not sign, and CertificateUnusable where tablets would refuse what
    is there and it is not ours to replace.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    server_pem, server_key = folder / SERVER_PEM, folder / SERVER_KEY
    shown = load_shown(folder)
    if shown is not None and not shown.own:
        check_foreign(folder, shown, names, now)
        return server_pem, server_key
    check_names(names)
    wanted = tuple(dict.fromkeys((*ALWAYS, *names, *more)))
    authority = load_authority(folder) or _make_authority(folder, now)
    check_dates(CA_PEM, authority, now, RENEW_COMMAND)
    if shown is not None:
        check_key(folder, shown)
    needed = now + datetime.timedelta(days=RENEW_DAYS)
    at_most = authority.not_valid_after_utc - datetime.timedelta(days=1)
    if (
        shown is None
        or not all(map(shown.covers, wanted))
        or shown.leaf.not_valid_before_utc > now
        or shown.leaf.not_valid_after_utc < min(needed, at_most)
    ):
        if not holds_authority(folder):
            raise CertificateUnusable(
                f"tls/{CA_KEY} không phải khóa của tls/{CA_PEM}, hoặc không có: đặt lại, hoặc đặt chứng thư của cơ "
                f"quan vào tls/{SERVER_PEM} và tls/{SERVER_KEY}. / tls/{CA_KEY} is not the key of tls/{CA_PEM}, or "
                f"missing: put it back, or put an office's certificate into tls/{SERVER_PEM} and tls/{SERVER_KEY}."
            )
        _make_server(folder, wanted, authority, now)
    return server_pem, server_key


def renew_authority(folder: Path, now: datetime.datetime) -> None:
    """Put a new authority in the place of the room's own; every tablet has to trust it anew.

    The old certificate stays beside it for comparison, its key and the server's certificate go. Raises
    CertificateUnusable where the authority or the certificate is an office's.
    """
    shown = load_shown(folder)
    if not holds_authority(folder) or (shown is not None and not shown.own):
        raise CertificateUnusable(
            f"chứng thư trong tls/ không do phòng này làm: xin cơ quan cấp chứng thư mới. / the certificate in tls/ is "
            f"not the room's own: ask the office for a new one (tls/{SERVER_PEM}, tls/{SERVER_KEY})."
        )
    old = load_authority(folder)
    assert old is not None, "held, so there"
    set_aside(folder / CA_PEM, folder / f"ca-{old.serial_number:x}.pem")
    for name in (CA_KEY, SERVER_PEM, SERVER_KEY):
        (folder / name).unlink(missing_ok=True)
    _make_authority(folder, now)


def _make_authority(folder: Path, now: datetime.datetime) -> x509.Certificate:
    key = _own_key(folder / CA_KEY)
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
    write_whole(folder / CA_PEM, certificate.public_bytes(serialization.Encoding.PEM))
    return certificate


def _make_server(folder: Path, names: tuple[str, ...], authority: x509.Certificate, now: datetime.datetime) -> None:
    # The key of before stays: a crash between two files would leave a certificate beside another key.
    key_path = folder / SERVER_KEY
    key = read_key(key_path) if key_path.exists() else _own_key(key_path)
    if not isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise CertificateUnusable(f"tls/{SERVER_KEY}: không dùng được cho TLS. / not a key for TLS.")
    public = key.public_key()
    days = min(SERVER_DAYS, (authority.not_valid_after_utc - now).days + 1)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[-1][:64])])
    identifier = authority.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    certificate = (
        _builder(subject, authority.subject, public, now, days)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(list(map(_name, names))), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
        .sign(_own_key(folder / CA_KEY), hashes.SHA256())
    )
    write_whole(folder / SERVER_PEM, certificate.public_bytes(serialization.Encoding.PEM))


def _builder(
    subject: x509.Name, issuer: x509.Name, key: CertificatePublicKeyTypes, now: datetime.datetime, days: int
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


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _own_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """Read a key that the room made; make it where it is missing."""
    if not path.exists():
        key = ec.generate_private_key(ec.SECP256R1())
        write_whole(path, _key_bytes(key), mode=0o600)
        return key
    read = read_key(path)
    if not isinstance(read, ec.EllipticCurvePrivateKey):
        raise CertificateUnusable(f"tls/{path.name}: cần khóa trên P-256. / a key on P-256 expected.")
    return read


def _key_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(pem, form, serialization.NoEncryption())

"""What a tablet looks at before it trusts the server: path, names, both ends of validity (chứng thư của máy chủ).

A certificate is the room's own where the room's authority signed it and holds the key (tls/ca.pem, tls/ca.key).
Any other one is an office's: it is used as it is, key and chain, and nothing here ever writes over it.
"""

import datetime
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from keys.errors import UnsafeFile
from keys.files.durable import read_plain
from voting.errors import CertificateUnusable

CA_PEM, CA_KEY, SERVER_PEM, SERVER_KEY = "ca.pem", "ca.key", "server.pem", "server.key"
RENEW_COMMAND = "phieukin room renew-certificate"
RENEW_DAYS = 30


@dataclass(frozen=True, slots=True)
class Shown:
    """What the server shows to tablets: its certificate first, then the chain; and whether the room made it."""

    chain: tuple[x509.Certificate, ...]
    own: bool

    @property
    def leaf(self) -> x509.Certificate:
        """The server's certificate itself."""
        return self.chain[0]

    def names(self) -> list[str]:
        """Names and addresses in it, in its order."""
        try:
            listed = self.leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        except x509.ExtensionNotFound:
            return []
        return [str(one.value) for one in listed if isinstance(one, x509.DNSName | x509.IPAddress)]

    def covers(self, name: str) -> bool:
        """Tell whether it is good for a name or address, as browsers compare them."""
        listed = [one.lower() for one in self.names()]
        try:
            return str(ipaddress.ip_address(name)) in listed
        except ValueError:
            return name.lower() in listed or f"*.{name.lower().partition('.')[2]}" in listed


def load_shown(folder: Path) -> Shown | None:
    """Read what the server shows, None where there is nothing yet; raise CertificateUnusable for what is unreadable."""
    pem = folder / SERVER_PEM
    if not pem.exists():
        return None
    chain = tuple(read_chain(pem))
    authority = load_authority(folder)
    own = authority is not None and holds_authority(folder) and _is_issued_by(chain[0], authority)
    return Shown(chain, own)


def read_chain(path: Path) -> list[x509.Certificate]:
    """Read the certificates of a PEM file; raise CertificateUnusable."""
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except (ValueError, OSError) as error:
        raise CertificateUnusable(
            f"tls/{path.name}: không đọc được chứng thư (PEM). Đặt lại tệp đúng, hoặc chuyển nó đi để máy chủ tự làm. "
            f"/ no certificate in PEM: put the right file there, or move it away and start again. ({error})"
        ) from None


def load_authority(folder: Path) -> x509.Certificate | None:
    """The authority that tablets were told to trust, if there is one."""
    path = folder / CA_PEM
    return read_chain(path)[0] if path.exists() else None


def read_key(path: Path) -> PrivateKeyTypes:
    """Read a private key; raise CertificateUnusable."""
    try:
        return serialization.load_pem_private_key(read_plain(path), None)
    except (UnsafeFile, ValueError, TypeError, OSError, UnsupportedAlgorithm) as error:
        raise CertificateUnusable(
            f"tls/{path.name}: cần khóa riêng (PEM, không mật khẩu). / a private key in PEM without a passphrase "
            f"expected. ({error})"
        ) from None


def belongs(certificate: x509.Certificate, key: PrivateKeyTypes) -> bool:
    """Tell whether a certificate is for this key."""
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return certificate.public_key().public_bytes(*form) == key.public_key().public_bytes(*form)


def holds_authority(folder: Path) -> bool:
    """Tell whether the room can sign with the authority in its folder."""
    authority = load_authority(folder)
    return authority is not None and (folder / CA_KEY).exists() and belongs(authority, read_key(folder / CA_KEY))


def is_foreign(folder: Path) -> bool:
    """Tell whether the server's certificate is an office's, which the room's authority did not sign."""
    shown = load_shown(folder)
    return shown is not None and not shown.own


def anchor(folder: Path) -> x509.Certificate:
    """The certificate that a tablet has to trust: the room's authority, or where an office's chain ends."""
    authority, shown = load_authority(folder), load_shown(folder)
    if shown is not None and not shown.own and (authority is None or not _ends_in(shown.chain, authority)):
        return shown.chain[-1]
    if authority is None:
        raise CertificateUnusable(f"tls/{CA_PEM}: không có chứng thư. / there is no certificate.")
    return authority


def check_dates(what: str, certificate: x509.Certificate, now: datetime.datetime, mend: str) -> None:
    """Raise CertificateUnusable outside of a certificate's validity; before it, the clock is the first suspect."""
    start, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if now < start:
        raise CertificateUnusable(
            f"tls/{what} chỉ có hiệu lực từ {start:%d/%m/%Y}, mà đồng hồ máy này chỉ ngày {now:%d/%m/%Y}: có lẽ đồng "
            f"hồ sai. Đặt lại đồng hồ rồi mở lại; nếu đồng hồ đúng: {mend}. / tls/{what} begins on {start:%d/%m/%Y}, "
            f"and this machine's clock says {now:%d/%m/%Y}: the clock is probably wrong. Set it and start again; if it "
            f"is right: {mend}."
        )
    if now > end:
        raise CertificateUnusable(
            f"tls/{what} hết hạn ngày {end:%d/%m/%Y}; đồng hồ máy này chỉ ngày {now:%d/%m/%Y}. Nếu đồng hồ đúng: "
            f"{mend}. / tls/{what} ended on {end:%d/%m/%Y}; this machine's clock says {now:%d/%m/%Y}. If the clock is "
            f"right: {mend}."
        )


def check_key(folder: Path, shown: Shown) -> None:
    """Raise CertificateUnusable unless the server's key is the one of its certificate."""
    if not belongs(shown.leaf, read_key(folder / SERVER_KEY)):
        raise CertificateUnusable(
            f"tls/{SERVER_KEY} không phải khóa của tls/{SERVER_PEM}: đặt lại cho đúng cặp, hoặc chuyển cả hai đi để "
            f"máy chủ tự làm. / tls/{SERVER_KEY} is not the key of tls/{SERVER_PEM}: put the right pair there, or move "
            "both away and start again."
        )


def check_foreign(folder: Path, shown: Shown, names: Iterable[str], now: datetime.datetime) -> None:
    """Raise CertificateUnusable unless an office's certificate has its key, is valid now and covers the names."""
    mend = f"xin cơ quan cấp chứng thư mới / ask the office for a new one (tls/{SERVER_PEM}, tls/{SERVER_KEY})"
    check_key(folder, shown)
    check_dates(SERVER_PEM, shown.leaf, now, mend)
    missing = [name for name in names if not shown.covers(name)]
    if missing:
        covered = ", ".join(shown.names()) or "-"
        raise CertificateUnusable(
            f"tls/{SERVER_PEM} của cơ quan dùng cho {covered}, không cho {', '.join(missing)}: sửa names trong "
            f"room.json, hoặc {mend}. Máy chủ không ghi đè chứng thư này. / the office's tls/{SERVER_PEM} is good for "
            f"{covered}, not for {', '.join(missing)}: mend names in room.json, or {mend}. It is never written over."
        )


def check_path(folder: Path, names: Iterable[str], now: datetime.datetime) -> Shown:
    """Validate path, names and dates as a tablet does that trusts `anchor`; return what is shown.

    Raises CertificateUnusable with the name that a tablet would refuse, and why.
    """
    shown, trusted = load_shown(folder), anchor(folder)
    if shown is None:
        raise CertificateUnusable(f"tls/{SERVER_PEM}: không có chứng thư. / there is no certificate.")
    check_dates(CA_PEM if shown.own else SERVER_PEM, trusted, now, RENEW_COMMAND)
    check_key(folder, shown)
    if not shown.own:
        check_foreign(folder, shown, names, now)
    if shown.own or trusted != shown.leaf:  # of an office's certificate alone, the rest of the path is not here
        for name in dict.fromkeys((*names, *shown.names())):
            _verify(shown, trusted, name, now)
    return shown


def _verify(shown: Shown, trusted: x509.Certificate, name: str, now: datetime.datetime) -> None:
    subject: x509.DNSName | x509.IPAddress
    try:
        subject = x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        subject = x509.DNSName(name.replace("*", "any", 1))
    policy = PolicyBuilder().store(Store([trusted])).time(now)
    try:
        policy.build_server_verifier(subject).verify(shown.leaf, [one for one in shown.chain[1:] if one != trusted])
    except VerificationError as error:
        raise CertificateUnusable(f"{name}: máy bỏ phiếu sẽ từ chối / a tablet refuses: {error}") from None


def _is_issued_by(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _ends_in(chain: tuple[x509.Certificate, ...], authority: x509.Certificate) -> bool:
    return chain[-1] == authority or _is_issued_by(chain[-1], authority)

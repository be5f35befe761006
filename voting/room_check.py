"""What `phieukin room check` looks at before a conference: folder, network, certificate, clock, disk, fonts, printer.

Every check answers with one finding: right or not, what was seen, and what to mend. Checks change nothing in the room.
"""

import json
import os
import shutil
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from voting.web.settings import SECRET_FILE, Settings

FREE_BYTES: Final = 2 * 1024**3
SLOW_SECONDS: Final = 0.25  # for a synced write; each ballot waits for one
DAYS_LEFT: Final = 7
ZONE: Final = timedelta(hours=7)  # Vietnam has one time zone and no summer time
EARLIEST: Final = datetime(2026, 1, 1).astimezone()  # a clock before this was never set
PROBES: Final = 20
TIMEOUT: Final = 3.0  # seconds
NEW_CERTIFICATE: Final = "Xóa tls/server.pem, mở lại máy chủ / delete it, start again"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at (việc đã kiểm tra), in Vietnamese and English."""

    name: str
    right: bool
    seen: str
    mend: str = ""


def check_room(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Yield a finding for each thing; what cannot be looked at is not right."""
    checks: tuple[Callable[[Settings, datetime], Finding], ...] = (
        check_folder, check_network, check_certificate, check_clock, check_disk, check_pages,
    )  # fmt: skip
    for check in checks:
        try:
            yield check(settings, now)
        except (OSError, ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound) as error:
            name = check.__name__.removeprefix("check_")
            mend = NEW_CERTIFICATE if check is check_certificate else "Báo cán bộ kỹ thuật / tell the technician"
            yield Finding(name, False, f"{type(error).__name__}: {error}", mend)


def check_folder(settings: Settings, now: datetime) -> Finding:
    """The server's secret belongs to its account alone."""
    secret = settings.directory / SECRET_FILE
    loose = os.name == "posix" and secret.stat().st_mode & 0o077
    mend = f"chmod 600 {secret}" if loose else ""
    return Finding("thư mục / folder", not loose, str(settings.directory), mend)


def check_network(settings: Settings, now: datetime) -> Finding:
    """This machine has an address in a private network, which tablets can reach."""
    found = [one for one in addresses() if not one.startswith("127.")]
    seen = ", ".join(f"https://{one}:{settings.port}" for one in found)
    if found:
        return Finding("mạng / network", True, seen)
    return Finding("mạng / network", False, "không có địa chỉ / no address", "Nối máy chủ với bộ phát Wi-Fi của phòng")


def check_certificate(settings: Settings, now: datetime) -> Finding:
    """The certificate was signed by the room's authority, for the addresses of this machine, and lasts."""
    name = "chứng thư / certificate"
    authority = x509.load_pem_x509_certificate(settings.authority.read_bytes())
    server = x509.load_pem_x509_certificate(server_pem(settings).read_bytes())
    server.verify_directly_issued_by(authority)
    left = min(authority.not_valid_after_utc, server.not_valid_after_utc) - now
    listed = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    names = {str(one) for one in (*listed.get_values_for_type(x509.DNSName),
                                  *listed.get_values_for_type(x509.IPAddress))}  # fmt: skip
    seen = f"{', '.join(sorted(names))}; {left.days} ngày / days"
    elsewhere = names - {"localhost", "127.0.0.1", "::1"}
    by_name = any(not one.replace(".", "").isdigit() for one in elsewhere)
    if not by_name and not elsewhere & set(addresses()):
        mend = f'room.json: "names": {json.dumps(addresses())}, rồi mở lại / then start again'
        return Finding(name, False, seen, mend)
    return Finding(name, left.days >= DAYS_LEFT, seen, "" if left.days >= DAYS_LEFT else NEW_CERTIFICATE)


def check_clock(settings: Settings, now: datetime) -> Finding:
    """The clock was set, and its zone is Vietnam's."""
    offset = now.utcoffset()
    right = now >= EARLIEST and offset == ZONE
    mend = "" if right else "timedatectl set-timezone Asia/Ho_Chi_Minh; timedatectl set-time …"
    return Finding("đồng hồ / clock", right, now.strftime("%d/%m/%Y %H:%M %z"), mend)


def check_disk(settings: Settings, now: datetime) -> Finding:
    """There is room on the disk, and a synced write is quick."""
    free = shutil.disk_usage(settings.directory).free
    slowest = max(_synced_write(settings.directory / ".check") for _ in range(PROBES))
    seen = f"{free / 1024**3:.0f} GiB, {1000 * slowest:.0f} ms"
    if free < FREE_BYTES:
        return Finding("ổ đĩa / disk", False, seen, "Giải phóng ít nhất 2 GiB / free 2 GiB")
    mend = "" if slowest < SLOW_SECONDS else "Ổ đĩa chậm: dùng SSD trong máy, không dùng USB / use an internal SSD"
    return Finding("ổ đĩa / disk", slowest < SLOW_SECONDS, seen, mend)


def check_pages(settings: Settings, now: datetime) -> Finding:
    """The tablet's pages and the fonts of what is printed were built."""
    built = Path(str(files("kiosk_templates"))) / "static" / "built"
    right = (built / "manifest.json").exists() and any((built / "fonts").glob("*.ttf"))
    mend = "" if right else "python -m kiosk_templates.build_front"
    return Finding("trang và phông chữ / pages and fonts", right, str(built), mend)


def addresses() -> list[str]:
    """IPv4 addresses of this machine; the one that a packet to a private network would leave by comes first."""
    found: list[str] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.168.255.254", 9))  # nothing is sent: the system only picks the way out
            found.append(str(probe.getsockname()[0]))
        except OSError:
            pass
    try:
        listed = socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
    except OSError:
        listed = []
    return list(dict.fromkeys([*found, *(str(one[4][0]) for one in listed)]))


def server_pem(settings: Settings) -> Path:
    """The server's own certificate, beside the authority's."""
    return settings.authority.with_name("server.pem")


def is_serving(settings: Settings) -> bool:
    """Whether a room server answers on the room's port already, with the room's certificate."""
    trust = ssl.create_default_context(cafile=settings.authority)
    trust.check_hostname = False
    try:
        with socket.create_connection(("127.0.0.1", settings.port), TIMEOUT) as plain, trust.wrap_socket(plain):
            return True
    except OSError:
        return False


def _synced_write(path: Path) -> float:
    before = time.perf_counter()
    with path.open("wb") as file:
        file.write(bytes(64 * 1024))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    return time.perf_counter() - before

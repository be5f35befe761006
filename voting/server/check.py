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
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Final

from voting.documents.conferences.moments import VIETNAM
from voting.errors import CertificateUnusable
from voting.web.host_names import addresses
from voting.web.settings import SECRET_FILE, Settings
from voting.web.trust import RENEW_COMMAND, anchor, check_path

FREE_BYTES: Final = 2 * 1024**3
SLOW_SECONDS: Final = 0.25  # for a synced write; each ballot waits for one
DAYS_LEFT: Final = 7
ZONE: Final = VIETNAM.utcoffset(None)
EARLIEST: Final = datetime(2026, 1, 1).astimezone()  # a clock before this was never set
PROBES: Final = 20
TIMEOUT: Final = 3.0  # seconds
ASK_OFFICE: Final = "Xin cơ quan cấp chứng thư mới / ask the office for a new certificate"


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
        except CertificateUnusable as error:
            yield Finding("chứng thư / certificate", False, str(error), "Làm theo dòng trên / do as said above")
        except (OSError, ValueError, TypeError) as error:
            name = check.__name__.removeprefix("check_")
            yield Finding(name, False, f"{type(error).__name__}: {error}", "Báo cán bộ kỹ thuật / tell the technician")


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
    """A tablet accepts the certificate: its path, its names, both ends of validity; and it lasts."""
    name = "chứng thư / certificate"
    folder = settings.authority.parent
    shown = check_path(folder, settings.names, now)
    left = min(anchor(folder).not_valid_after_utc, shown.leaf.not_valid_after_utc) - now
    seen = f"{', '.join(sorted(set(shown.names())))}; {left.days} ngày / days"
    elsewhere = set(shown.names()) - {"localhost", "127.0.0.1", "::1"}
    by_name = any(not one.replace(".", "").isdigit() for one in settings.names if shown.covers(one))
    if not by_name and not elsewhere & set(addresses()):
        mend = f'room.json: "names": {json.dumps(addresses())}, rồi mở lại / then start again'
        return Finding(name, False, seen, mend)
    mend = "" if left.days >= DAYS_LEFT else RENEW_COMMAND if shown.own else ASK_OFFICE
    return Finding(name, not mend, seen, mend)


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

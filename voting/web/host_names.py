"""Names and addresses by which tablets reach the room (tên, địa chỉ của máy chủ), and which of them it may sign.

The authority is bound to names that cannot exist outside of a room, and to private networks (RFC 6761, RFC 1918,
RFC 4193): every browser refuses a certificate of it for anything else, so nothing else is ever written into one.
"""

import ipaddress
import re
import socket
from collections.abc import Iterable

from voting.errors import InvalidSettings

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
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_LONGEST = 253  # characters of a name
_ANYWHERE = ("192.168.255.254", 9)  # an address of a private network, to ask which way out the system would take


def is_permitted(name: str) -> bool:
    """Tell whether the room's authority may sign for this name or address."""
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        known = any(name == one or name.endswith(f".{one}") for one in PERMITTED_NAMES)
        return known and len(name) <= _LONGEST and _NAME.fullmatch(name) is not None
    return any(address in ipaddress.ip_network(network) for network in PERMITTED_NETWORKS)


def check_names(names: Iterable[str]) -> None:
    """Raise InvalidSettings, naming what is allowed, for a name that the room's authority may not sign."""
    wrong = [name for name in names if not is_permitted(name)]
    if not wrong:
        return
    ends = ", ".join(f".{one}" for one in PERMITTED_NAMES)
    nets = ", ".join(PERMITTED_NETWORKS)
    found = ", ".join(repr(name[:80]) for name in wrong)
    raise InvalidSettings(
        f"names: trình duyệt sẽ từ chối {found}. Chỉ dùng tên viết thường tận cùng bằng {ends}, hoặc địa chỉ trong "
        f"{nets}; tên khác thì đặt chứng thư của cơ quan vào tls/server.pem và tls/server.key. / browsers would refuse "
        f"{found}. Use a lower-case name that ends in {ends}, or an address in {nets}; for another name put the "
        "office's own certificate into tls/server.pem and tls/server.key."
    )


def addresses() -> list[str]:
    """IPv4 addresses of this machine; the one that a packet to a private network would leave by comes first."""
    found: list[str] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ANYWHERE)  # nothing is sent: the system only picks the way out
            found.append(str(probe.getsockname()[0]))
        except OSError:
            pass
    try:
        listed = socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
    except OSError:
        listed = []
    return list(dict.fromkeys([*found, *(str(one[4][0]) for one in listed)]))


def own_names() -> tuple[str, ...]:
    """What a certificate of this machine is good for without being told: its private addresses, and its name."""
    name = socket.gethostname().lower()
    named = name if is_permitted(name) else f"{name.split('.')[0]}.local"
    return tuple(dict.fromkeys(one for one in (*addresses(), named) if is_permitted(one)))


def to_type(host: str, port: int, names: Iterable[str]) -> list[str]:
    """Addresses that people type into tablets and laptops to reach a server: this machine's own ones, then names."""
    found = [*addresses(), *names] if ipaddress.ip_address(host).is_unspecified else [host]
    reached = [one for one in dict.fromkeys(found) if not _is_loopback(one)]
    return [f"https://{f'[{one}]' if ':' in one else one}:{port}" for one in reached or ["localhost"]]


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"

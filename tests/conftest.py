"""What the tests share: the programs that they drive, and the promises that hold for all of them.

* No test reaches beyond this machine: connecting elsewhere fails (`stay_on_this_machine`).
* A program that is not installed skips the tests that need it, except under `make test`, which sets
  PHIEUKIN_MUST_RUN: there it is an error, so that a green run has run everything.
* Hypothesis knows two profiles: `default`, and `fuzz` with many more examples (HYPOTHESIS_PROFILE, `make fuzz`).
"""

import ipaddress
import os
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from tally.audit import ballots
from tests.tools.belenios_audit import audit
from tests.tools.postgres import Cluster, find_programs

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright

    from tests.attacks.lab import Lab

ROOT = Path(__file__).resolve().parents[1]
LONG = ("stories", "kiosk_templates", "interop", "faults", "attacks")  # folders whose tests take long
TOOLS = ROOT / "tests" / "tools"
LONGEST_ID = 40
# Debian's Chromium as root, without the chatter of its own to the internet.
PATIENCE = 120_000  # ms for a browser to do something; a machine may be busy with other tests
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--no-first-run",
)

settings.register_profile("default", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("fuzz", parent=settings.get_profile("default"), max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_configure(config: pytest.Config) -> None:
    """Refuse connections to other machines for the whole run."""
    stay_on_this_machine()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the folders of long tests begin, so that the processes of a run end together."""
    items.sort(key=lambda item: next((at for at, folder in enumerate(LONG) if folder in item.path.parts), len(LONG)))


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name long values by their argument: they may be random, and every worker must find the same tests."""
    return argname if isinstance(val, str | bytes) and len(val) > LONGEST_ID else None


def stay_on_this_machine() -> None:
    """Make every socket of this process refuse addresses other than loopback."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded(original: Callable[..., Any]) -> Callable[..., Any]:
        def attempt(self: socket.socket, address: Any) -> Any:
            # Connecting a datagram socket sends nothing: the system only picks an address of its own.
            stream = self.family in (socket.AF_INET, socket.AF_INET6) and self.type != socket.SOCK_DGRAM
            if stream and not is_loopback(address[0]):
                raise RuntimeError(f"a test tried to connect to {address[0]}; only this machine is allowed")
            return original(self, address)

        return attempt

    socket.socket.connect = guarded(connect)  # type: ignore[method-assign]
    socket.socket.connect_ex = guarded(connect_ex)  # type: ignore[method-assign]


def is_loopback(host: str) -> bool:
    """Tell whether a host, by name or address, is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def missing(what: str) -> None:
    """Skip the test for want of a program, or fail where nothing may be skipped."""
    if os.environ.get("PHIEUKIN_MUST_RUN"):
        pytest.fail(f"{what} is not here, and make test must run everything")
    pytest.skip(f"{what} is not here")


@pytest.fixture(scope="module")
def proofs_once() -> Iterator[None]:
    """Compute each true proof of a ballot once a module, for rehearsals that audit one honest box many times.

    Only what was verified is remembered, with all that it depends on: another proof, ballot, election or place is new.
    """
    verify, true = ballots.verify_answer, set[tuple[Any, ...]]()

    def once(*proof: Any) -> None:
        if proof not in true:
            verify(*proof)
            true.add(proof)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ballots, "verify_answer", once)
        yield


@pytest.fixture(scope="session")
def belenios_tool() -> Path:
    """The path of belenios-tool: a program that none of us wrote."""
    program = TOOLS / "belenios-tool"
    if subprocess.run([program, "--version"], capture_output=True, check=False).returncode != 0:
        missing("belenios-tool")
    return program


@pytest.fixture(scope="session")
def belenios_audit(belenios_tool: Path) -> Callable[[Path], int]:
    """The independent audit: called with an archive, it returns the number of ballots or raises NotSound."""
    return audit


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """The path of the system's Chromium."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        missing("chromium")
    return Path(str(found))


def launched(playwright: "Playwright", chromium_path: Path | str, *more: str) -> "Browser":
    """Start Chromium; whatever waits for one of its pages has patience."""
    browser = playwright.chromium.launch(
        executable_path=chromium_path, args=[*CHROMIUM_ARGUMENTS, *more], timeout=PATIENCE
    )
    browser.on("context", lambda one: one.set_default_timeout(PATIENCE))
    return browser


@pytest.fixture(scope="module")
def chromium(chromium_path: Path) -> Iterator["Browser"]:
    """A running Chromium, driven by Playwright; each test opens a context of its own.

    One a module, not one a run: while Playwright is started, nothing else in this process can run an event loop.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield (browser := launched(playwright, chromium_path))
        browser.close()


@pytest.fixture(scope="session")
def postgres_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A PostgreSQL server of this run's own, on a socket in a temporary folder."""
    programs = find_programs()
    if programs is None:
        missing("postgresql")
        return
    with Cluster.start(programs) as cluster:
        yield cluster


@pytest.fixture
def postgres_url(postgres_cluster: Cluster) -> Iterator[str]:
    """The SQLAlchemy URL of a new, empty database."""
    with postgres_cluster.database() as url:
        yield url


@pytest.fixture(scope="session")
def lab() -> "Lab":
    """An honest election of three names, whole: what attacks change and tellers count."""
    from tests.attacks import lab as made

    return made.lab()

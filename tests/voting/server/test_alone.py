"""One server for a port and for a folder: a second one ends at once and says what to do."""

import os
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from voting.cli.main import main
from voting.errors import AddressUnusable, FolderInUse, InvalidSettings
from voting.server.alone import hold_folder, hold_port, is_held
from voting.server.serve import RunningServer, free_port
from voting.web.settings import CONFIG_FILE, load_settings, write_config

pytestmark = pytest.mark.slow

LISTEN = "127.0.0.1"
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the kernel shares a port like this on Linux")


def test_a_folder_is_held_once_and_free_again_afterwards(tmp_path: Path) -> None:
    assert not is_held(tmp_path)
    with hold_folder(tmp_path):
        assert is_held(tmp_path)
        with pytest.raises(FolderInUse, match="--folder"), hold_folder(tmp_path):
            pass
    assert not is_held(tmp_path)


def test_a_folder_whose_holder_was_killed_is_free(tmp_path: Path) -> None:
    code = f"import pathlib, time\nfrom voting.server.alone import hold_folder\nwith hold_folder(pathlib.Path({str(tmp_path)!r})):\n    print('held', flush=True); time.sleep(600)"  # noqa: E501
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == b"held\n"
        assert is_held(tmp_path)
        holder.kill()
    assert not is_held(tmp_path)


@pytest.mark.parametrize("first", ["127.0.0.1", "0.0.0.0"])
@pytest.mark.parametrize("second", ["127.0.0.1", "0.0.0.0"])
def test_a_port_is_held_once(first: str, second: str) -> None:
    port = free_port()
    with hold_port(first, port), pytest.raises(AddressUnusable, match=f"Cổng {port} .* Port {port} is in use"):
        with hold_port(second, port):
            pass
    with hold_port(second, port):
        pass


@LINUX
def test_the_processes_of_one_server_share_the_port_that_is_held_and_all_connections_reach_them() -> None:
    port = free_port()
    with hold_port(LISTEN, port):
        listening = [sharing(port), sharing(port)]
        for _ in range(8):
            socket.create_connection((LISTEN, port), 5).close()
        accepted = sum(map(accept_all, listening))
    assert accepted == 8
    for one in listening:
        one.close()


@LINUX
def test_a_port_that_another_program_shares_with_its_own_kind_is_refused() -> None:
    port = free_port()
    with sharing(port), pytest.raises(AddressUnusable, match="--port"), hold_port(LISTEN, port):
        pass


def test_a_port_is_free_at_once_after_connections_that_its_server_closed() -> None:
    port = free_port()
    with hold_port(LISTEN, port), socket.create_server((LISTEN, 0)) as other:
        other.settimeout(5)
    with socket.create_server((LISTEN, port)) as server:
        client = socket.create_connection((LISTEN, port), 5)
        server.accept()[0].close()
        client.close()
    with hold_port(LISTEN, port):
        pass


@pytest.mark.parametrize(
    ("host", "error", "words"),
    [
        ("192.0.2.1", AddressUnusable, "0.0.0.0"),
        ("phieu.local", InvalidSettings, "an IP address"),
        ("", InvalidSettings, "IP"),
    ],
)
def test_an_address_that_is_not_this_machines_is_refused(host: str, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words), hold_port(host, free_port()):
        pass


def serve(folder: Path, *options: str) -> tuple[int, str]:
    """Run `phieukin serve` to its end; return the exit code and what it said."""
    command = [sys.executable, "-m", "voting.cli.main", "serve", "--folder", str(folder), *options]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout + done.stderr


def test_a_second_server_on_the_folder_or_the_port_ends_with_a_sentence(tmp_path: Path) -> None:
    write_config(tmp_path / "one", host=LISTEN, processes=2)
    with RunningServer.start(load_settings(tmp_path / "one")) as server:
        port = str(server.settings.port)
        code, told = serve(tmp_path / "one", "--host", LISTEN, "--port", str(free_port()))
        assert code != 0 and "--folder" in told and "in use by a server" in told
        code, told = serve(tmp_path / "two", "--host", LISTEN, "--port", port)
        assert code != 0 and f"Cổng {port}" in told and f"Port {port} is in use" in told
        assert not (tmp_path / "two" / CONFIG_FILE).exists(), "a start that failed is not remembered"
        assert not (tmp_path / "two" / "room.db").exists()
        server.wait()


@LINUX
def test_a_server_whose_first_process_was_killed_leaves_port_and_folder_free(tmp_path: Path) -> None:
    write_config(tmp_path, host=LISTEN, processes=2)
    with RunningServer.start(load_settings(tmp_path)) as server:
        children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait()
        for child in children:
            wait_for(int(child))
        assert not is_held(tmp_path)
        with hold_port(LISTEN, server.settings.port):
            pass


def test_restore_waits_for_no_server_and_says_that_the_folder_is_in_use(tmp_path: Path) -> None:
    settings = load_settings(tmp_path)
    (tmp_path / "backup.db").write_bytes(b"")
    with hold_folder(settings.directory):
        done = CliRunner().invoke(main, ["restore", "--folder", str(tmp_path), str(tmp_path / "backup.db")])
    assert done.exit_code == 1 and "--folder" in done.output


def test_a_second_demo_neither_joins_the_first_ones_port_nor_empties_its_folder(tmp_path: Path) -> None:
    with socket.create_server((LISTEN, 0)) as taken:
        done = CliRunner().invoke(main, ["demo", "--out", str(tmp_path), "--port", str(taken.getsockname()[1])])
    assert done.exit_code == 1 and "--port" in done.output
    (tmp_path / ".phieukin-demo").touch()
    (tmp_path / "room").mkdir()
    with hold_folder(tmp_path / "room"):
        done = CliRunner().invoke(main, ["demo", "--out", str(tmp_path), "--port", str(free_port())])
    assert done.exit_code == 1 and "--folder" in done.output
    assert (tmp_path / "room").exists()


def sharing(port: int) -> socket.socket:
    """A listening socket that shares its port, as the server's processes open them."""
    listener = socket.socket()
    for option in (socket.SO_REUSEADDR, socket.SO_REUSEPORT):
        listener.setsockopt(socket.SOL_SOCKET, option, 1)
    listener.bind((LISTEN, port))
    listener.listen(16)
    listener.setblocking(False)
    return listener


def accept_all(listener: socket.socket) -> int:
    """Accept what waits; return how many connections that were."""
    count = 0
    while True:
        try:
            listener.accept()[0].close()
        except BlockingIOError:
            return count
        count += 1


def wait_for(process: int) -> None:
    """Wait until a process that is not our child has ended."""
    try:
        descriptor = os.pidfd_open(process)
    except ProcessLookupError:
        return
    with os.fdopen(descriptor):
        select.select([descriptor], [], [], 60)

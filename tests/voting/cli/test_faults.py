"""Everyday faults of an operator end in one sentence, in both languages: exit code 1, no traceback, nothing made."""

import base64
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.exc import IntegrityError

from tests.voting.rooms import SECRET, Room
from voting.cli.faults import sentence
from voting.cli.main import main
from voting.server.serve import free_port
from voting.storage.backup import back_up
from voting.web.settings import SECRET_FILE, write_config

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="a file system that takes no folders, a limit of file sizes")


def run(*words: object) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def one_sentence(done: Result, *words: str) -> None:
    """It ended with 1, in one line of both languages."""
    assert isinstance(done.exception, SystemExit), done.exception
    assert done.exit_code == 1, done.output
    assert len(done.output.splitlines()) == 1 and done.output.startswith("Error: ") and " / " in done.output
    for word in words:
        assert word in done.output, done.output


@pytest.fixture
def folder(tmp_path: Path, sqlite_room: Room) -> Path:
    """A room's folder with its key, and a backup in backup.db."""
    made = tmp_path / "room"
    made.mkdir()
    (made / SECRET_FILE).write_bytes(base64.b64encode(SECRET))
    back_up(sqlite_room.begin().storage, made / "backup.db")
    return made


def commands(folder: Path) -> list[list[object]]:
    """Each command that opens the room's database."""
    place = ["--folder", folder]
    return [
        ["serve", *place, "--port", free_port()],
        ["serve", *place, "--add-staff", "lan", "organiser"],
        ["backup", *place, folder / "new.db"],
        ["restore", *place, folder / "backup.db"],
        ["room", "check", *place, "--no-tablets"],
    ]


@pytest.mark.parametrize("number", range(5))
@pytest.mark.parametrize(
    ("database", "why"),
    [
        ("postgresql+psycopg://127.0.0.1:1/room", ""),
        ("postgresql+pg8000://127.0.0.1/room", "pg8000"),
        ("nosuch://127.0.0.1/room", "nosuch"),
        ("no address", ""),
    ],
)
def test_a_database_that_is_not_there(folder: Path, number: int, database: str, why: str) -> None:
    write_config(folder, database=database)
    before = sorted(path.name for path in folder.iterdir())
    done = run(*commands(folder)[number])
    one_sentence(done, "cơ sở dữ liệu", "database", why)
    assert {path.name for path in folder.iterdir()} - {*before, "room.lock", "tls"} == set()


@pytest.mark.postgres
def test_a_database_that_the_server_does_not_know(folder: Path, postgres_url: str) -> None:
    write_config(folder, database=postgres_url.replace("@/", "@/nosuch_", 1))
    for command in commands(folder):
        one_sentence(run(*command), "database")


@LINUX
@pytest.mark.parametrize("command", [["serve"], ["serve", "--add-staff", "lan", "organiser"], ["mirror", "serve"]])
def test_a_folder_that_cannot_be_written(command: list[str], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for place in (Path("/sys/phieukin"), tmp_path / "file" / "room"):
        one_sentence(run(*command, "--folder", place, "--port", free_port()), str(place))


@LINUX
@pytest.mark.parametrize("number", range(1, 4))
def test_a_disk_that_is_full(folder: Path, number: int) -> None:
    command = [str(word) for word in commands(folder)[number]]
    if command[0] == "backup":
        assert run("restore", "--folder", folder, folder / "backup.db").exit_code == 0
    program = (
        "import resource, sys\n"
        "from voting.cli.main import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2048, 2048))\n"
        f"sys.argv = ['phieukin', *{command!r}]\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr and " / " in done.stderr and len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("error", [ValueError("x"), KeyError("x"), BrokenPipeError(), ModuleNotFoundError(name="keys")])
def test_a_fault_of_the_program_keeps_its_traceback(error: Exception) -> None:
    assert sentence(error) is None
    assert sentence(IntegrityError("INSERT", {}, Exception("x"))) is None

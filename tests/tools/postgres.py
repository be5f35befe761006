"""A PostgreSQL server for one test run: made in a temporary folder, reached by a socket, gone afterwards."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Self


def find_programs() -> Path | None:
    """Return the folder with the newest `initdb`, or None where PostgreSQL is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    if found:
        return found[-1].parent
    return Path(on_path).parent if on_path else None


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running server; `durable` ones keep the guarantees that fault tests and benchmarks look at."""

    programs: Path
    folder: Path
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    @classmethod
    @contextmanager
    def start(cls, programs: Path, *, durable: bool = False) -> Iterator[Self]:
        """Make and start a server; stop and remove it at the end."""
        folder = Path(tempfile.mkdtemp(prefix="phieukin-pg-"))
        cluster = cls(programs, folder)
        try:
            if os.geteuid() == 0:
                shutil.chown(folder, "postgres")
            cluster.run("initdb", "-D", folder / "data", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C")
            options = f"-k {folder} -c listen_addresses=''" + ("" if durable else " -c fsync=off")
            cluster.run("pg_ctl", "-D", folder / "data", "-o", options, "-w", "-l", folder / "log", "start")
            yield cluster
        finally:
            if (folder / "data" / "postmaster.pid").exists():
                cluster.run("pg_ctl", "-D", folder / "data", "-m", "fast", "-w", "stop")
            shutil.rmtree(folder, ignore_errors=True)

    def run(self, program: str, *arguments: str | Path) -> None:
        """Run one of PostgreSQL's programs, as its own user where we are root: it refuses to run as root."""
        user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        call = [*user, str(self.programs / program), *map(str, arguments)]
        done = subprocess.run(call, stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd="/", check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{program}: {done.stderr or done.stdout}")

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """Make a database, empty or as a copy of another; yield its SQLAlchemy URL; drop it at the end."""
        name = f"test_{next(self.numbers)}"
        self.run("createdb", "-h", self.folder, "-U", "postgres", "--template", template, name)
        try:
            yield f"postgresql+psycopg://postgres@/{name}?host={self.folder}"
        finally:
            self.run("dropdb", "-h", self.folder, "-U", "postgres", "--force", name)

"""The audit in a process of its own (kiểm tra trong tiến trình riêng), for the room, which checks what comes back.

`phieukin verify` itself runs there, with a limit on time and memory, so that whatever a file was made to do ends there.
The room does not import this package: who puts the program together hands `audit_apart` to it.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from keys.process_limits import give_way

SECONDS = 900  # a box of 2,000 ballots on 60 names, on one core and without numba, takes about half of it
MEMORY = 4 * 1024**3  # bytes of address space of each process
TRUE = ("sound", "incomplete")
"""Verdicts of records that give what their box gives; signatures may be awaited."""

_ONE_AT_A_TIME = threading.Lock()


def audit_apart(archive: bytes, records: Sequence[bytes], *, seconds: int = SECONDS, memory: int = MEMORY) -> str:
    """Verify a finished archive with records of it; return what is false in them, "" where nothing is.

    One audit at a time: casting goes on beside it, at a higher priority.
    """
    with _ONE_AT_A_TIME, tempfile.TemporaryDirectory() as folder:
        box = Path(folder) / "box.bel"
        box.write_bytes(archive)
        words = [str(box), "--json"]
        for number, raw in enumerate(records, 1):
            path = Path(folder) / f"record-{number}.json"
            path.write_bytes(raw)
            words += ["--record", str(path)]
        return _fault(_run([sys.executable, "-m", "tally.cli.verify_apart", str(memory), *words], seconds))


def _run(command: Sequence[str], seconds: int) -> bytes | None:
    """Run the audit; return what it printed, None if it took too long. Its helpers end with it."""
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
    ) as process:
        try:
            return process.communicate(timeout=seconds)[0]
        except subprocess.TimeoutExpired:
            return None
        finally:
            _end(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # the session is its own, so this is nobody else's group
    else:
        process.kill()  # does nothing where it has ended


def _fault(printed: bytes | None) -> str:
    """Read the report; whatever is not a report that says "true" is a fault."""
    if printed is None:
        return "the audit took too long"
    try:
        report = json.loads(printed)
        verdict, checks = report["verdict"], report["checks"]
    except (ValueError, KeyError, TypeError):
        return "the audit came to no end"
    if verdict in TRUE and report["reached"] == "result":
        return ""
    first = [f"{one['check']}: {place}" for one in checks for place in one["first"]]
    return "; ".join(first[:3]) or str(report.get("why") or verdict)


if __name__ == "__main__":
    give_way(memory=int(sys.argv[1]))
    from tally.cli.verify import verify_command

    verify_command(sys.argv[2:], prog_name="phieukin verify")

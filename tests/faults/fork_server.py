"""Starts real room servers quickly: everything is imported once, each server is a fork that runs voting.server.serve.

    python -m tests.faults.fork_server   reads lines of JSON {"folder", "port", "step", "times", "limit", …},
                                          answers each with the process group of a server

Each server is a process group of its own, so that one SIGKILL takes it whole: master and workers at one instant.
"""

import ctypes
import faulthandler
import json
import os
import resource
import signal
import sys
import traceback
from pathlib import Path

from tests.faults import points
from tests.faults.powercut import Recorder


def main() -> None:
    """Fork a server for each line."""
    import voting.cli.serve
    import voting.web.app
    from tally import fast

    assert voting.cli.serve and voting.web.app, "imported beforehand"
    fast.available()  # loaded beforehand, too: each server would wait for it
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    _adopt_orphans()
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            _serve(order)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


def _adopt_orphans() -> None:
    """Become the parent of workers whose master was killed: then they vanish at once."""
    set_child_subreaper = 36
    ctypes.CDLL(None).prctl(set_child_subreaper, 1, 0, 0, 0)


def _serve(order: dict[str, object]) -> None:
    """Run one server in this process and never return."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    folder = Path(str(order["folder"]))
    log = os.open(folder / "server.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    faulthandler.enable()
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    status = 1
    try:
        if order.get("journal"):
            Recorder(Path(str(order["journal"]))).install()
        if order.get("unsafe"):
            _without_sync()
        if order.get("limit"):
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (int(str(order["limit"])),) * 2)
        if order.get("step"):
            points.arm(str(order["step"]), int(str(order.get("times", 1))))
        from voting.server import serve
        from voting.web.settings import at_address, load_settings

        serve.serve(at_address(load_settings(folder), "127.0.0.1", int(str(order["port"]))))
        status = 0
    except BaseException:
        traceback.print_exc()
        raise
    finally:
        sys.stderr.flush()
        os._exit(status)


def _without_sync() -> None:
    """Break durability on purpose: the tests show that they would notice."""
    from voting.storage import engine

    engine._PRAGMAS = tuple(one.replace("synchronous=FULL", "synchronous=OFF") for one in engine._PRAGMAS)


if __name__ == "__main__":
    main()

"""The listener (cổng vào): granian with TLS 1.3 and HTTP/1.1 alone, for the room and for its mirror.

HTTP/2 is not spoken: on one connection it carries hundreds of requests, which no cap on connections would see. The log
has the server's start and stop, and nothing that a stranger's connection can write into it.
"""

from pathlib import Path

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings

from keys.process_limits import allow_files
from voting.conference.events import SERVERS_OWN

CONNECTIONS = 4096  # open at once, of one process: granian counts a kept connection, and tablets keep theirs
IDLE_MS = 30_000  # for the head of a request, and between two requests
HEAD_BYTES = 64 * 1024
STOP_SECONDS = 10
_FILES = 512  # for databases, threads and what the program itself opens


def listen(target: str, host: str, port: int, processes: int, certificate: Path, key: Path) -> None:
    """Serve `target`, a function that makes an ASGI application in each process, until told to stop."""
    allow_files(CONNECTIONS + _FILES)
    Granian(
        target,
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        factory=True,
        workers=processes,
        backpressure=CONNECTIONS,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=IDLE_MS, max_buffer_size=HEAD_BYTES),
        ssl_cert=certificate,
        ssl_key=key,
        websockets=False,
        log_access=False,
        log_dictconfig=SERVERS_OWN,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    ).serve()

"""`phieukin mirror`: the second machine, which keeps a copy of every sealed ballot before its voter gets a receipt."""

import os
from pathlib import Path

import click
from flask import Flask, Response, request

from keys.structs import learn_structs
from voting.box.mirror import BODY_LIMIT, HEADER, PATH, SECRET_FILE, STORE_FILE, Store, read_secret, take
from voting.conference import events
from voting.errors import InvalidSettings, VotingError
from voting.server.admission import mirror_admits
from voting.server.alone import end_with_the_server, hold_folder, hold_port
from voting.server.certificates import prepare_certificate
from voting.server.front import Front
from voting.server.listener import listen
from voting.web.host_names import own_names
from voting.web.settings import keep_private, local_clock

FOLDER_VARIABLE = "PHIEUKIN_MIRROR"
THREADS = 16
_FOLDER = click.option(
    "--folder", type=click.Path(file_okay=False, path_type=Path), default="mirror", show_default=True,
    help="The mirror's folder: its ballots, certificate and secret.",
)  # fmt: skip


@click.group("mirror")
def mirror_group() -> None:
    """Keep a copy of every sealed ballot on a second machine (bản sao hòm phiếu)."""


@mirror_group.command("serve")
@_FOLDER
@click.option("--host", default="0.0.0.0", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8444, show_default=True)
@click.option("--name", "names", multiple=True, help="Address or name by which the room server reaches this machine.")
def serve_command(folder: Path, host: str, port: int, names: tuple[str, ...]) -> None:
    """Serve the mirror until Ctrl+C. At the first start the folder is made.

    Then carry mirror.key, and tls/ca.pem as mirror.pem, into the room server's folder, on a stick, and write "mirror":
    "https://ADDRESS:PORT" into its room.json.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with hold_folder(folder), hold_port(host, port):
            _serve(folder, host, port, names)
    except VotingError as error:
        raise click.ClickException(str(error)) from None


def _serve(folder: Path, host: str, port: int, names: tuple[str, ...]) -> None:
    """Serve the mirror; its folder and port are this server's own."""
    keep_private(folder)
    read_secret(folder / SECRET_FILE, make=True)
    certificate, key = prepare_certificate(folder / "tls", names, local_clock(), own_names())
    events.keep_to_catalogue()
    os.environ[FOLDER_VARIABLE] = str(folder.resolve())
    listen("voting.cli.mirror:front", host, port, 1, certificate, key)


@mirror_group.command("finish")
@_FOLDER
def finish_command(folder: Path) -> None:
    """After closing: write the mirror's file anew, so that it tells no order of casting; then keep or destroy it."""
    Store(folder / STORE_FILE).finish()


def application() -> Flask:
    """The mirror's application, for the folder that the environment names: one address, and nothing to read."""
    end_with_the_server()
    folder = os.environ.get(FOLDER_VARIABLE)
    if folder is None:
        raise InvalidSettings(f"{FOLDER_VARIABLE} must name the mirror's folder")
    events.keep_to_catalogue()
    return create_mirror(Path(folder))


def front() -> Front:
    """What granian runs: the application, and before it what reads requests."""
    return Front(application(), mirror_admits, THREADS, headers={})


def create_mirror(folder: Path) -> Flask:
    """Make the application of a mirror's folder."""
    store, secret = Store(folder / STORE_FILE), read_secret(folder / SECRET_FILE)
    app = Flask("voting.box.mirror", static_folder=None)
    learn_structs()
    app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT

    @app.post(PATH)
    def keep() -> Response:
        """Keep one ballot."""
        return Response(status=take(store, secret, request.get_data(cache=False), request.headers.get(HEADER, "")))

    return app

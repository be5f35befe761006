"""`phieukin serve`: the room server (máy chủ hội trường), with the tally's verifier of ballots that come together."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tally.fast.acceptance import Acceptance
from voting import serve as server
from voting.errors import VotingError
from voting.serve import prepare, serve
from voting.server.front import Front
from voting.setup_keys import Keyring
from voting.storage.engine import Storage
from voting.web.accounts import ROLES, Role, create_staff, new_totp
from voting.web.settings import load_settings

if TYPE_CHECKING:
    from flask import Flask, Response


def application() -> "Flask":
    """The application of one server process, for granian: ballots are verified in batches where there is numba.

    What that needs is loaded when the first tablet asks for the list of cards, and not while people cast.
    """
    from flask import request

    acceptance = Acceptance()
    app = server.application(acceptance.verify)

    def load_ahead(answer: "Response") -> "Response":
        if request.endpoint == "api.credentials":
            acceptance.load()
        return answer

    app.after_request(load_ahead)
    return app


def front() -> Front:
    """What granian runs in each server process."""
    return server.front(application())


@click.command("serve")
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), default="room", show_default=True,
              help="The room's folder: settings, database, keys, certificates.")  # fmt: skip
@click.option("--add-staff", nargs=2, metavar="LOGIN ROLES", help="Create an account, e.g. lan organiser,door; end.")
@click.option("--totp/--no-totp", default=True, show_default=True, help="Ask the new account for a code at sign-in.")
def serve_command(folder: Path, add_staff: tuple[str, str] | None, totp: bool) -> None:
    """Serve the room over HTTPS until Ctrl+C. At the first start the folder is made."""
    try:
        settings = load_settings(folder)
        if add_staff is None:
            serve(settings)
            return
        prepare(settings)
        _add(Storage(settings.database), Keyring(settings.secret), *add_staff, totp=totp)
    except VotingError as error:
        raise click.ClickException(str(error)) from None


def _add(storage: Storage, keyring: Keyring, login: str, roles: str, *, totp: bool) -> None:
    """Create an account with a password that is asked for, and show the code's address for an authenticator."""
    named: tuple[Role, ...] = tuple(role for role in ROLES if role in roles.split(","))
    if not named or len(named) != len(set(roles.split(","))):
        raise click.ClickException(f"roles of {', '.join(ROLES)} expected, found {roles}")
    password = click.prompt("Password / Mật khẩu", hide_input=True, confirmation_prompt=True)
    sealed, address = new_totp(keyring, login) if totp else (None, "")
    with storage.write() as session:
        create_staff(session, login, login, password, named, totp=sealed)
    storage.close()
    click.echo(f"created: {login}" + (f"\nscan in an authenticator: {address}" if totp else ""))

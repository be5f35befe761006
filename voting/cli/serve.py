"""`phieukin serve`: the room server (máy chủ hội trường), with the tally's verifier of ballots that come together."""

import contextlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import click
from flask import Flask, Response, request
from sqlalchemy import select

from tally.cli.handed_in import attached_record, hand_count_fault
from tally.cli.verify_apart import audit_apart
from tally.fast.acceptance import Acceptance
from voting.conference.staff_changes import demand_changeable, note_change
from voting.conference.steps import ROLES, Role
from voting.errors import VotingError
from voting.server import serve as server
from voting.server.alone import hold_folder, is_held
from voting.server.front import Front
from voting.server.serve import prepare, serve
from voting.storage.engine import Storage
from voting.storage.keyring import Keyring
from voting.storage.tables import StaffRow
from voting.web.access.accounts import (
    Hashed,
    account_of,
    create_staff,
    hash_password,
    new_totp,
    set_password,
    set_totp,
)
from voting.web.host_names import check_names, own_names, to_type
from voting.web.settings import Settings, has_config, load_settings, write_config
from voting.web.trust import RENEW_COMMAND, RENEW_DAYS, is_foreign, load_authority

LOAD_SECONDS = 10.0
"""How long a process that starts waits for the engine; a first start, which compiles it, takes longer."""


def application() -> Flask:
    """The application of one server process, for granian: ballots are verified in batches where there is numba."""
    acceptance = Acceptance()
    app = server.application(acceptance.verify, audit_apart, hand_count_fault, attached_record)
    make_ready(app, acceptance)
    return app


def make_ready(app: Flask, acceptance: Acceptance) -> None:
    """Load what verifies before people cast: with it, the first seconds' ballots would wait behind its loading.

    A process that starts while a box is sealed or open loads it before it answers, and others once the first tablet
    sees that there is a Setup: every tablet asks for the room's state, so every process hears of it.
    """
    if server.awaits_ballots(app):
        acceptance.load(LOAD_SECONDS)

    def load_ahead(answer: Response) -> Response:
        if request.endpoint == "api.credentials" or (request.endpoint == "api.room_state" and _has_setup(answer)):
            acceptance.load()
        return answer

    app.after_request(load_ahead)


def _has_setup(answer: Response) -> bool:
    return answer.status_code == 200 and b'"uuid":null' not in answer.data


def front() -> Front:
    """What granian runs in each server process."""
    return server.front(application())


@click.command("serve")
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), default="room", show_default=True,
              help="The room's folder: settings, database, keys, certificates.")  # fmt: skip
@click.option("--host", metavar="ADDRESS", help="Listen at this address of the machine; 0.0.0.0: at all of them.")
@click.option("--port", type=click.IntRange(1, 65535), help="Listen at this port (8443).")
@click.option("--name", "names", multiple=True, help="A name or address for the certificate; may be repeated.")
@click.option("--add-staff", nargs=2, metavar="LOGIN ROLES",
              help="Create an account, e.g. lan organiser,door; end. For the first chair and organiser: later ones are "
              "made in the room by two people.")  # fmt: skip
@click.option("--reset-staff", metavar="LOGIN",
              help="Give an account another password, where nobody in the room can; end. The hall "
              "screen shows it.")  # fmt: skip
@click.option("--totp/--no-totp", default=True, show_default=True, help="Ask the account for a code at sign-in.")
def serve_command(
    folder: Path,
    host: str | None,
    port: int | None,
    names: tuple[str, ...],
    add_staff: tuple[str, str] | None,
    reset_staff: str | None,
    totp: bool,
) -> None:
    """Serve the room over HTTPS until Ctrl+C.

    At the first start the folder is made, with room.json in it: what --host, --port and --name say is kept there.
    Later they hold for one run, in the place of what room.json says.
    """
    given = {key: value for key, value in (("host", host), ("port", port), ("names", names)) if value}
    try:
        settings = _settings(folder, given)
        if add_staff is None and reset_staff is None:
            serve(settings, told=_begin)
            return
        with contextlib.nullcontext() if is_held(settings.directory) else hold_folder(settings.directory):
            prepare(settings)
        with contextlib.closing(Storage(settings.database)) as storage:
            if add_staff is not None:
                _add(storage, Keyring(settings.secret), *add_staff, totp=totp)
            if reset_staff is not None:
                _reset(storage, Keyring(settings.secret), reset_staff, totp=totp)
    except VotingError as error:
        raise click.ClickException(str(error)) from None


def _settings(folder: Path, given: Mapping[str, object]) -> Settings:
    """The room's settings, with what was typed in their place."""
    if names := given.get("names"):
        assert isinstance(names, tuple)
        if not is_foreign(folder / "tls"):
            check_names(names)
    return replace(load_settings(folder), **given)  # type: ignore[arg-type] # three fields with the types of the options


def _begin(settings: Settings) -> None:
    """Say where the room is reached, before it answers; the first start writes room.json."""
    if not has_config(settings.directory):
        write_config(settings.directory, host=settings.host, port=settings.port, names=settings.names)
    click.echo("Địa chỉ của phòng / the room's addresses:")
    for address in to_type(settings.host, settings.port, (*settings.names, *own_names())):
        click.echo(f"  {address}")
    click.echo("Đăng nhập / sign in: …/sign-in   Máy bỏ phiếu / tablets: …/ca, …/kiosk   Màn hình / hall: …/hall")
    authority = None if is_foreign(settings.directory / "tls") else load_authority(settings.directory / "tls")
    if authority is not None and (authority.not_valid_after_utc - settings.clock()).days < RENEW_DAYS:
        end = authority.not_valid_after_utc.strftime("%d/%m/%Y")
        click.echo(f"Chứng thư gốc của phòng hết hạn ngày / the room's authority ends on {end}: {RENEW_COMMAND}")
    storage = Storage(settings.database)
    try:
        with storage.read() as session:
            if session.scalar(select(StaffRow.id).limit(1)) is None:
                command = f"phieukin serve --folder {settings.directory} --add-staff lan organiser"
                click.echo(f"Chưa có tài khoản nào / there are no accounts yet: {command}")
    finally:
        storage.close()


def _add(storage: Storage, keyring: Keyring, login: str, roles: str, *, totp: bool) -> None:
    """Create an account with a password that is asked for, and show the code's address for an authenticator."""
    named: tuple[Role, ...] = tuple(role for role in ROLES if role in roles.split(","))
    if not named or len(named) != len(set(roles.split(","))):
        raise click.ClickException(f"roles of {', '.join(ROLES)} expected, found {roles}")
    with storage.read() as session:
        demand_changeable(session, named)
    hashed = _new_password()
    sealed, address = new_totp(keyring, login) if totp else (None, "")
    with storage.write() as session:
        demand_changeable(session, named)
        create_staff(session, login, login, hashed, named, totp=sealed)
        note_change(session, "made", login, None)
    _tell(f"created: {login}", address)


def _reset(storage: Storage, keyring: Keyring, login: str, *, totp: bool) -> None:
    """Give an account another password and authenticator, where the only chair lost theirs.

    Whoever holds the server's disk could write it there anyway; done like this, it is shown and kept.
    """
    with storage.read() as session:
        row = account_of(session, login)
    if row is None:
        raise click.ClickException(f"no account is called {login}")
    number, login = row.id, row.login
    hashed = _new_password()
    sealed, address = new_totp(keyring, login) if totp else (None, "")
    with storage.write() as session:
        set_password(session, number, hashed)
        set_totp(session, number, sealed)
        note_change(session, "password", login, None)
        note_change(session, "authenticator", login, None)
    _tell(f"reset: {login}", address)


def _new_password() -> Hashed:
    return hash_password(click.prompt("Password / Mật khẩu", hide_input=True, confirmation_prompt=True))


def _tell(done: str, address: str) -> None:
    click.echo(done + (f"\nscan in an authenticator: {address}" if address else ""))

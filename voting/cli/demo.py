"""`phieukin demo`: the sample conference as a rehearsal, then a room with a second one, ready to vote in."""

import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

import click

from keys.files.durable import write_whole
from tally.audit import Verdict
from tally.audit.report_text import as_text
from tally.cli.verify import check_file
from voting.box.tablets import new_code
from voting.cli.rehearsal import rehearse, summary
from voting.conference.card_sheets import card_sheets
from voting.conference.steps import ROLES
from voting.errors import VotingError
from voting.rehearsal import sample
from voting.rehearsal.conference import Held, now, prepare, seal_and_open
from voting.rehearsal.room import Desk
from voting.rehearsal.staff import make_staff
from voting.server.alone import hold_folder, hold_port
from voting.server.serve import prepare as prepare_server
from voting.server.serve import serve
from voting.storage.engine import Storage
from voting.storage.keyring import Keyring
from voting.web.access.accounts import create_staff
from voting.web.settings import load_settings, write_config

MARK = ".phieukin-demo"
ROOM = "room"
HOST, PORT = "127.0.0.1", 8443
FIRST_SEED, SECOND_SEED = 1, 2
PASSWORD_BYTES = 9


@dataclass(frozen=True, slots=True)
class SignIns:
    """What a newcomer needs to look around: passwords by login, enrolment code, sheets of cards."""

    passwords: dict[str, str]
    code: str
    cards: Path


@click.command("demo")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default="demo", show_default=True)
@click.option("--oneshot", is_flag=True, help="End after the rehearsal.")
@click.option("--port", type=click.IntRange(1, 65535), default=PORT, show_default=True,
              help="The port of the second conference's server.")  # fmt: skip
def demo_command(out: Path, oneshot: bool, port: int) -> None:
    """Run the sample conference into OUT, then serve a second one at https://localhost:8443."""
    try:
        if not oneshot:  # before the minutes that the rehearsal takes
            with hold_port(HOST, port):
                pass
        _run(out, port, oneshot=oneshot)
    except VotingError as error:
        raise click.ClickException(str(error)) from None


def _run(out: Path, port: int, *, oneshot: bool) -> None:
    _fresh(out)
    click.echo(f"1. {sample.NAME}: {sample.PRESENT} có mặt, {sample.BALLOTS} phiếu / a rehearsal with real ballots\n")
    held = rehearse(out, sample.PRESENT, sample.BALLOTS, None, FIRST_SEED)
    for line in summary(held):
        click.echo(line)
    _verify(held)
    if oneshot:
        return
    room = out / ROOM
    ready = _second_conference(room, out, port)
    _tell(ready, room, port)
    serve(load_settings(room))


def _fresh(out: Path) -> None:
    """Empty the folder of an earlier demo; refuse any other folder with files in it."""
    if out.exists() and any(out.iterdir()):
        if not (out / MARK).exists():
            raise click.ClickException(f"{out} has files of yours in it; name another folder with --out")
        if (out / ROOM).exists():
            with hold_folder(out / ROOM):  # another demo that runs there would lose its room
                pass
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    write_whole(out / MARK, b"")


def _verify(held: Held) -> None:
    named = [f"--record {held.path}", *(f"--head {path}" for path in held.heads)]
    click.echo(f"\n$ phieukin verify {held.archive} " + " ".join(named))
    report = check_file(held.archive, (held.path,), heads=held.heads)
    for line in as_text(report, held.archive.name):
        click.echo(line)
    if report.verdict is not Verdict.SOUND:
        raise click.ClickException("the rehearsal's own archive is not sound")


def _second_conference(room: Path, out: Path, port: int) -> SignIns:
    """Bring a second sample conference to the state "open", with cards printed and staff who can sign in."""
    write_config(room, host=HOST, port=port, processes=1)
    settings = load_settings(room)
    prepare_server(settings)
    storage = Storage(settings.database)
    try:
        desk = Desk(room, storage, Keyring(settings.secret))
        staff = make_staff(room, sample.TELLERS, sample.THRESHOLD, SECOND_SEED)
        papers, _ = sample.draw_papers(sample.SAMPLE_PAPERS, SECOND_SEED)
        draft = sample.sample_draft(papers, staff, sample.SUMMONED, SECOND_SEED, now().date().isoformat())
        number, deck = prepare(desk, draft, sample.PRESENT, staff.trustees)
        seal_and_open(desk, staff, number)
        sheets = out / "cards.pdf"
        printed = card_sheets(deck[: sample.PRESENT], conference=draft.name, date=draft.date, reserve=False)
        write_whole(sheets, printed)
        passwords: dict[str, str] = {role: secrets.token_urlsafe(PASSWORD_BYTES) for role in ROLES}
        with storage.write() as session:
            for role in ROLES:
                create_staff(session, role, role, passwords[role], (role,))
            code = new_code(session, "demo", int(settings.clock().timestamp()))
        return SignIns(passwords, code, sheets)
    finally:
        storage.close()


def _tell(ready: SignIns, room: Path, port: int) -> None:
    here = f"https://localhost:{port}"
    click.echo(f"\n2. A room with a second conference, open for voting: {here}\n")
    click.echo(f"tablet     {here}/kiosk     enrolment code {ready.code}; more codes: sign in as technician")
    click.echo(f"cards      {ready.cards}   (scan one with the camera, or type its code)")
    click.echo(f"sign in    {here}/sign-in   logins and passwords:")
    for login, password in ready.passwords.items():
        click.echo(f"             {login:<10} {password}")
    click.echo(f"hall       {here}/hall")
    click.echo(
        f"The browser warns of the room's own certificate; {room / 'tls' / 'ca.pem'} is what tablets are told to trust."
    )
    click.echo("Ctrl+C ends it.\n")

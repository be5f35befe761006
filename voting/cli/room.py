"""`phieukin room`: look at the room before the conference (kiểm tra phòng họp), and print its sheets."""

import contextlib
import tempfile
import time
from pathlib import Path

import click

from keys.files.durable import write_whole
from voting.conference import sheets
from voting.conference.draft.agenda import read_draft
from voting.errors import CertificateUnusable, VotingError
from voting.rehearsal.practice import Practice, enrolled, practice_room
from voting.server.alone import hold_folder, is_held
from voting.server.certificates import renew_authority
from voting.server.check import Finding, check_room, is_serving
from voting.server.serve import prepare
from voting.web.settings import Settings, demand_folder, load_settings

PAUSE = 1.0  # seconds between two looks at the practice box
SHEET = "test-cards.pdf"


@click.group("room")
def room_group() -> None:
    """Check the room before the conference, and print its sheets."""


@room_group.command("check")
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), default="room", show_default=True,
              help="The room's folder.")  # fmt: skip
@click.option("--tablets/--no-tablets", default=True, show_default=True, help="Wait for a test vote of every tablet.")
@click.option("--minutes", type=click.IntRange(1, 240), default=30, show_default=True, help="How long to wait.")
def check_command(folder: Path, tablets: bool, minutes: int) -> None:
    """Look at network, certificate, clock, disk and pages; then take one test vote of every enrolled tablet.

    The test votes need the real server stopped: a practice room takes its place, and is thrown away.
    """
    try:
        demand_folder(folder)
        settings = load_settings(folder)
        if not is_held(settings.directory):  # a server that runs did it at its start
            with hold_folder(settings.directory), contextlib.suppress(CertificateUnusable):  # found again below
                prepare(settings)
    except VotingError as error:
        raise click.ClickException(str(error)) from None
    wrong = 0
    for finding in check_room(settings, settings.clock()):
        _tell(finding)
        wrong += not finding.right
    if tablets:
        wrong += _check_tablets(settings, minutes)
    if wrong:
        raise click.ClickException(f"{wrong} việc cần sửa / to mend")
    click.echo("Phòng họp sẵn sàng. / The room is ready.")


@room_group.command("renew-certificate")
@click.option("--folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default="room",
              show_default=True, help="The room's folder.")  # fmt: skip
@click.option("--yes", is_flag=True, help="Do not ask.")
def renew_command(folder: Path, yes: bool) -> None:
    """Make the room's certificate authority anew, where it has ended or will soon.

    It costs a visit to every tablet and every laptop: each has to trust the new certificate, and refuses the room until
    then. The server must be stopped. An office's own certificate is left alone.
    """
    click.echo(
        "Mọi máy bỏ phiếu và máy tính của bộ phận giúp việc phải cài lại chứng thư của phòng (trang /ca) trước khi vào "
        "được. / Every tablet and every staff laptop must install the room's certificate again (page /ca) before it "
        "gets in."
    )
    if not yes:
        click.confirm("Làm chứng thư gốc mới? / Make a new authority?", abort=True)
    try:
        settings = load_settings(folder)
        with hold_folder(settings.directory):
            renew_authority(settings.authority.parent, settings.clock())
            prepare(settings)
    except VotingError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Chứng thư mới / new certificate: {settings.authority}")


@room_group.command("sheets")
@click.argument("draft", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default="sheets", show_default=True)
def sheets_command(draft: Path, out: Path) -> None:
    """Print the sheets of a conference from its DRAFT: placing tablets, trouble, blank paper ballots."""
    try:
        read = read_draft(draft.read_bytes())
    except VotingError as error:
        raise click.ClickException(str(error)) from None
    out.mkdir(parents=True, exist_ok=True)
    files = {
        "placing.pdf": sheets.placing(read),
        "what-to-do.pdf": sheets.what_to_do(read, threshold=None, present=None),
        "paper-ballots.pdf": sheets.paper_ballots(read),
    }
    for name, content in files.items():
        write_whole(out / name, content)
        click.echo(str(out / name))


def _check_tablets(settings: Settings, minutes: int) -> int:
    """Take a test vote of each tablet; return how many are missing."""
    if not enrolled(settings):
        _tell(Finding("máy bỏ phiếu / tablets", False, "chưa có máy nào / none enrolled", "Trang Máy bỏ phiếu"))
        return 1
    if is_serving(settings):
        _tell(Finding("máy bỏ phiếu / tablets", False, "máy chủ đang chạy / the server is running", "Dừng máy chủ"))
        return 1
    with tempfile.TemporaryDirectory(prefix="phieukin-check-") as folder:
        with practice_room(settings, Path(folder)) as practice:
            sheet = settings.directory / SHEET
            write_whole(sheet, practice.sheet)
            click.echo(f"In tờ {sheet}; quét mỗi thẻ ở máy có tên trên thẻ, rồi bỏ phiếu. / Print, scan, cast.")
            return _wait(practice, minutes)


def _wait(practice: Practice, minutes: int) -> int:
    """Name each tablet as its test vote arrives; return how many did not come."""
    told: set[str] = set()
    deadline = time.monotonic() + 60 * minutes
    while len(told) < len(practice.cards) and time.monotonic() < deadline:
        for card in practice.cards:
            if card.tablet.id in practice.passed() - told:
                told.add(card.tablet.id)
                _tell(Finding(card.tablet.label, True, "đã bỏ phiếu thử / test vote received"))
        time.sleep(PAUSE)
    for card in practice.cards:
        if card.tablet.id not in told:
            mend = "Xem Wi-Fi, chứng thư, trang /kiosk trên máy này"
            _tell(Finding(card.tablet.label, False, "chưa có phiếu thử / no test vote", mend))
    return len(practice.cards) - len(told)


def _tell(finding: Finding) -> None:
    mark = "được " if finding.right else "SỬA  "
    click.echo(f"{mark} {finding.name}: {finding.seen}")
    if finding.mend:
        click.echo(f"        → {finding.mend}")

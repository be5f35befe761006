"""The guided commands of the tellers after the ceremony: count."""

from pathlib import Path

import click

from tally.cli_ceremony import explained, language_option
from tally.cli_options import EXISTING, FOLDER
from tally.guide import Guide, Language
from tally.guide_count import Count, find_desk
from tally.guide_result import Outcome


@click.command("count")
@click.argument("stick", type=FOLDER)
@click.option("--home", "homes", multiple=True, type=FOLDER, help="A teller's own folder; may be repeated.")
@click.option("--me", type=click.IntRange(1), help="The teller who opens first in this run; else the program asks.")
@click.option("--end-ballots", help="Hash of EndBallots that the tellers compared; without it, the program asks.")
@click.option("--passphrase-file", type=EXISTING, help="Take the passphrase from a file's first line.")
@language_option
def count_command(
    stick: Path,
    homes: tuple[Path, ...],
    me: int | None,
    end_ballots: str | None,
    passphrase_file: Path | None,
    language: Language,
) -> None:
    """Count the box in the folder STICK (kiểm phiếu), step by step: audit, compare, open share by share, record.

    STICK holds UUID.bel and UUID.facts.json from the room. Run it again after any fault: it goes on where it stopped.
    """
    guide = Guide(language)
    guide.say("general.offline")
    with explained(guide):
        desk = find_desk(guide, stick)
        if Count(guide, desk, homes, passphrase_file, end_ballots, me).run():
            Outcome(guide, desk).run()

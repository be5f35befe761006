"""The guided commands of the tellers after the ceremony: count, custody, destroy."""

from pathlib import Path

import click

from kiosk_templates.words import Language
from tally.cli.ceremony import explained, language_option
from tally.cli.options import EXISTING, FOLDER, TARGET, signer_options
from tally.count.usb_stick import find_desk
from tally.custody.bundle import collect, write_custody
from tally.custody.sheet import custody_sheet
from tally.dialogue import Guide
from tally.guide.count import Count
from tally.guide.destroy import Destroyer
from tally.guide.result import Outcome
from tally.guide.signers import SignerChoice, open_signer
from tally.guide.words import correct_words
from tally.minutes import renderer_versions
from tally.signing.signed_files import put_named


@click.command("count")
@click.argument("stick", type=FOLDER)
@click.option("--home", "homes", multiple=True, type=FOLDER, help="A teller's own folder; may be repeated.")
@click.option("--me", type=click.IntRange(1), help="The teller who opens first in this run; else the program asks.")
@click.option("--end-ballots", help="Closing code of the box that the tellers compared; without it, the program asks.")
@click.option("--passphrase-file", type=EXISTING, help="Take the passphrase from a file's first line.")
@click.option("--correct", is_flag=True, help="Correct what people said, as long as nobody has signed a record.")
@language_option
def count_command(
    stick: Path,
    homes: tuple[Path, ...],
    me: int | None,
    end_ballots: str | None,
    passphrase_file: Path | None,
    correct: bool,
    language: Language,
) -> None:
    """Count the box in the folder STICK (kiểm phiếu), step by step: audit, compare, open share by share, record.

    STICK holds UUID.bel and UUID.facts.json from the room. Run it again after any fault: it goes on where it stopped.
    """
    guide = Guide(language)
    guide.say("general.offline")
    with explained(guide):
        desk = find_desk(guide, stick)
        count = Count(guide, desk, homes, passphrase_file, end_ballots, me)
        finished = count.run()
        if finished is not None:
            if correct:
                correct_words(guide, desk, count.conference.chair)
            Outcome(guide, desk, finished).run()


@click.command("custody")
@click.argument("result", type=FOLDER)
@click.option("--log", type=EXISTING, help="Log of the conference, as text.")
@click.option("--destruction", type=EXISTING, help="destruction.json of `phieukin tally destroy`.")
@click.option("--out", type=TARGET, required=True, help="The bundle to write (.zip).")
@signer_options
@language_option
def custody_command(
    result: Path, log: Path | None, destruction: Path | None, out: Path, signer: SignerChoice, language: Language
) -> None:
    """Put the finished and signed count of the folder RESULT into one bundle for the archive room.

    It is signed by the sealed key or the token of somebody who signs the record.
    """
    guide = Guide(language)
    with explained(guide):
        custody, made_by = collect(result, log, destruction), renderer_versions().software
        sheet = custody_sheet(guide, custody, out.name, made_by)
        with open_signer(signer) as opened:
            raw = write_custody(custody, (sheet.text(), sheet.pdf(language)), opened, made_by)
        put_named(out, raw)
        guide.good("custody.written", path=out, files=len(custody.files) + 2)


@click.command("destroy")
@click.argument("files", nargs=-1, required=True, type=EXISTING)
@click.option("--record", type=EXISTING, required=True, help="The signed record of the count.")
@click.option("--out", type=FOLDER, required=True, help="Folder for destruction.json and the statement to sign.")
@language_option
def destroy_command(files: tuple[Path, ...], record: Path, out: Path, language: Language) -> None:
    """Destroy tellers' sealed FILES before witnesses, after the record is signed, and write a statement of it.

    Copies, recovery sheets and what a crash left are looked for in the folder of each file, on the hand-over USB stick
    and wherever you say; each is asked about, and the statement names what was removed and what was kept.
    """
    guide = Guide(language)
    with explained(guide):
        Destroyer(guide, record, out).run(files)

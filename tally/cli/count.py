"""The commands of the count: confirm, sum, open, finish, and putting a teller's file together."""

import datetime
from pathlib import Path

import click

from keys.files.key_files import read_sealed
from keys.files.signing import KIND as SIGNING_KIND
from keys.files.signing import decode_signing_key
from keys.teller import KIND as SHARE_KIND
from keys.teller import decode_teller_key
from kiosk_templates.words import Language
from tally.cli.ceremony import explained, language_option
from tally.cli.options import EXISTING, TARGET, open_teller, teller_options, token_options
from tally.count.steps import (
    Opening,
    Words,
    add_sum,
    audited,
    check_single,
    confirm_setup,
    finish,
    open_one,
    owner_in,
    owner_of,
    setup_of,
)
from tally.dialogue import Guide, Refused, both, in_both, tell_aside
from tally.errors import Stopped
from tally.guide.setup import owner_name, same_fingerprint, tell_setup
from tally.guide.signers import TokenChoice, open_signer_if_named, passphrase
from tally.signing.signed_files import put, put_named
from tally.signing.teller_file import (
    bind_to_box,
    bind_to_setup,
    new_teller_file,
    read_teller_file,
    sign_by_token,
    write_teller_file,
)
from voting.documents.canonical import canonical, parse_canonical
from voting.documents.facts import ChairWord


@click.command("teller-file")
@click.option("--name", required=True, help="The teller's name as it stands in Setup.")
@click.option("--share", type=EXISTING, required=True, help="Sealed share, from `keys accept` or `keys single`.")
@click.option("--signing-key", type=EXISTING, required=True, help="Sealed key, from `keys signing-key`.")
@click.option("--out", type=TARGET, required=True, help="The teller's one sealed file.")
@click.option("--passphrase-file", type=EXISTING, help="Take the passphrase from a file's first line.")
def teller_file_command(name: str, share: Path, signing_key: Path, out: Path, passphrase_file: Path | None) -> None:
    """Put a teller's share and signing key, sealed with one passphrase, into one file."""
    words = passphrase(passphrase_file)
    key = decode_teller_key(read_sealed(share, words, kind=SHARE_KIND))
    signer = decode_signing_key(read_sealed(signing_key, words, kind=SIGNING_KIND))
    write_teller_file(out, new_teller_file(name, key, signer), words)


@click.command("use-token")
@click.option("--out", type=TARGET, required=True, help="The token's public key, for the draft.")
@token_options
@teller_options
def use_token_command(out: Path, token: TokenChoice, path: Path, passphrase_file: Path | None) -> None:
    """Have a teller sign by a token (USB ký số) from now on; the share stays in the sealed file.

    To be done before the draft is frozen: Setup then names the token's key in place of the one of the ceremony.
    """
    teller, words = open_teller(path, passphrase_file)
    with token.open() as key_signer:
        key_signer.sign(teller.name.encode())  # a token that cannot sign is noticed now, not after the vote
        sign_by_token(path, teller, words, key_signer.public_text)
        put_named(out, f"{key_signer.public_text}\n".encode())
    both("said.by_token", name=teller.name, path=out)


@click.command("confirm")
@click.argument("archive", type=EXISTING)
@click.option("--fingerprint", help="The election code on the hall screen; without it, the program asks.")
@click.option("--out", type=TARGET, required=True, help="The confirmation to hand to the desk.")
@language_option
@token_options
@teller_options
def confirm_command(
    archive: Path,
    fingerprint: str | None,
    out: Path,
    language: Language,
    token: TokenChoice,
    path: Path,
    passphrase_file: Path | None,
) -> None:
    """Show what Setup says, find this teller's own keys and the threshold in it, and sign that they are there.

    The share is in the teller's sealed file; whoever signs by a token gives it as well.
    """
    guide = Guide(language)
    election, trustees, _ = setup_of(archive)
    tell_setup(guide, election, trustees)
    with explained(guide):
        same = guide.confirm("setup.ask") if fingerprint is None else same_fingerprint(fingerprint, election)
        if not same:
            raise Stopped(guide.words("setup.differ"))
        name = owner_name(guide, path, election.conference)
        words = guide.passphrase(passphrase_file, name=name)
        teller = read_teller_file(path, words)
        owner = owner_of(teller, election, trustees)
        with open_signer_if_named(token) as key_signer:
            made = confirm_setup(archive, teller, key_signer, lambda event: bind_to_setup(path, teller, words, event))
            put_named(out, made)
        guide.good("setup.confirmed", owner=owner, path=out)


@click.command("sum")
@click.argument("archive", type=EXISTING)
def sum_command(archive: Path) -> None:
    """Audit a closed archive and add the encrypted sum to it. Nothing is opened."""
    report = add_sum(archive)
    both("said.summed", ballots=report.ballots, hash=report.end_ballots)


@click.command("open")
@click.argument("archive", type=EXISTING)
@click.option("--end-ballots", help="Closing code of the box that the tellers compared; without it, the program asks.")
@click.option("--out", type=TARGET, required=True, help="What the teller hands over.")
@click.option("--single-ballot", is_flag=True, help="The chair has given the word to open a box of one ballot.")
@teller_options
def open_command(
    archive: Path, end_ballots: str | None, out: Path, single_ballot: bool, path: Path, passphrase_file: Path | None
) -> None:
    """Open this teller's part of the sum of the whole, closed, audited box; never of anything else."""
    report = audited(archive, "encrypted_tally")
    found = report.end_ballots
    _compare(found, end_ballots)
    check_single(report, single_ballot)
    teller, words = open_teller(path, passphrase_file)
    owner_in(report, teller)  # before the file is bound to a box that its share is not of
    bound = bind_to_box(path, teller, words, found)
    put_named(out, canonical(open_one(archive, bound, found, single_ballot=single_ballot, report=report)))
    both("said.opened", path=out)


@click.command("finish")
@click.argument("archive", type=EXISTING)
@click.argument("openings", nargs=-1, required=True, type=EXISTING)
@click.option("--out", type=TARGET, required=True, help="The finished archive.")
@click.option("--count", "count_path", type=TARGET, required=True, help="The count facts, UUID.count.json.")
@click.option("--begun", required=True, help="Begin of the count, ISO 8601 with offset.")
@click.option("--ended", help="End of the count; now, if it is left out.")
@click.option("--complaint", "complaints", multiple=True, help="A complaint, in words; may be repeated.")
@click.option("--witness", "witnesses", multiple=True, help="A witness; may be repeated.")
@click.option("--single-ballot", nargs=2, metavar="BY REASON", help="The chair's word to open a box of one ballot.")
def finish_command(
    archive: Path,
    openings: tuple[Path, ...],
    out: Path,
    count_path: Path,
    begun: str,
    ended: str | None,
    complaints: tuple[str, ...],
    witnesses: tuple[str, ...],
    single_ballot: tuple[str, str] | None,
) -> None:
    """Join the tellers' openings: write the finished archive and the count facts."""
    chair = (ChairWord("single_ballot", *single_ballot),) if single_ballot else ()
    words = Words(complaints, witnesses, chair)
    opened = [parse_canonical(path.read_bytes(), Opening, what="opening") for path in openings]
    count = finish(archive, out, opened, begun=_time(begun), ended=_time(ended), words=words)
    tell_aside(count_path, put(count_path, count))
    both("said.finished", path=out)


def _compare(found: str, expected: str | None) -> None:
    """Have people compare the hash of EndBallots, the closing code; refuse to go on where it differs."""
    same = expected == found
    if expected is None:
        same = click.confirm(f"{in_both('said.end_ballots')}: {found}\n{in_both('said.compare')}")
    if not same:
        raise Refused(in_both("said.other_hash", expected=expected or "?", found=found))


def _time(text: str | None) -> str:
    """Read a moment, now if there is none, and write it with seconds and offset."""
    try:
        moment = datetime.datetime.fromisoformat(text) if text else datetime.datetime.now().astimezone()
    except ValueError:
        raise Refused(in_both("said.moment", text=text)) from None
    if moment.tzinfo is None:
        raise Refused(in_both("said.moment", text=text))
    return moment.isoformat(timespec="seconds")

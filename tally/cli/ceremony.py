"""The commands of the key ceremony: ceremony (guided), recover."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from keys.errors import DamagedFile
from keys.files.key_files import write_owner_only
from keys.files.plain_text import read_text
from keys.files.recovery import check_lines, read_recovery
from kiosk_templates.words import Language
from tally.ceremony.names import clean_name, compare_names
from tally.ceremony.own_file import own_path
from tally.ceremony.plan import Plan, check_boxes, majority, new_plan
from tally.ceremony.usb import UsbStick
from tally.cli.options import EXISTING, FOLDER, TARGET, token_options
from tally.dialogue import Guide, Refused
from tally.errors import CeremonyFault, Stopped
from tally.folders import apart, existing, typed
from tally.guide.ceremony import TellerSession, make_plan, plan_by_asking, show_plan
from tally.guide.faults import FAULTS, explain
from tally.guide.signers import TokenChoice


def language_option(command: Any) -> Any:
    """Add --language."""
    option = click.option("--language", type=click.Choice(["vi", "en"]), default="vi", show_default=True,
                          help="Language of the guide.")  # fmt: skip
    return option(command)


@click.command("ceremony")
@click.argument("stick", type=FOLDER)
@click.option("--me", type=click.IntRange(1), help="This teller's number; without it, the program asks.")
@click.option("--home", type=FOLDER, help="The teller's own folder, never the stick; without it, the program asks.")
@click.option("--teller", "tellers", multiple=True, help="Name of a teller, in order, for a new ceremony.")
@click.option("--threshold", type=int, help="How many tellers open, for a new ceremony.")
@click.option(
    "--boxes", type=int, help="For how many boxes (conferences of a round), for a new ceremony; one by default."
)
@click.option("--conference", default="", help="Name of the conference, for a new ceremony.")
@click.option("--on-ballot", type=EXISTING, help="Names that stand on ballots, one a line: none should be a teller.")
@click.option("--fingerprint", help="The fingerprint compared aloud; without it, the program asks.")
@click.option("--passphrase-file", type=EXISTING, help="Take the passphrase from a file's first line.")
@token_options
@language_option
def ceremony_command(
    stick: Path,
    me: int | None,
    home: Path | None,
    tellers: tuple[str, ...],
    threshold: int | None,
    boxes: int | None,
    conference: str,
    on_ballot: Path | None,
    fingerprint: str | None,
    passphrase_file: Path | None,
    token: TokenChoice,
    language: Language,
) -> None:
    """Hold the key ceremony with the folder STICK going around (buổi tạo khóa), step by step.

    Run it again whenever the stick comes back: it looks at what is there and does this teller's next step. On one
    machine in turns, each teller gives a --home of their own. Who will sign by a token (USB ký số) names it in the
    first turn: the announcement then carries the token's key.
    """
    guide = Guide(language)
    guide.title("ceremony.title")
    for line in ("ceremony.intro", "ceremony.turns", "general.offline"):
        guide.say(line)
    with explained(guide):
        if home is not None:
            apart(guide, stick, home)
        table = UsbStick(existing(guide, stick))
        listed = read_text(on_ballot, utf_16=True).splitlines() if on_ballot else []
        plan = table.plan()
        if plan is None:
            plan = _new_plan(guide, table, Asked(tellers, threshold, boxes, conference), listed)
        else:
            _check_options(stick, plan, Asked(tellers, threshold, boxes, conference))
            _check_listed(guide, plan, listed)
        show_plan(guide, plan)
        index = me or _who(guide, plan, home)
        own = _own_folder(guide, plan, index, stick, home)
        guide.say("ceremony.welcome", name=plan.name(index), index=index)
        TellerSession(guide, table, plan, index, own, passphrase_file, fingerprint, token).run()


def _who(guide: Guide, plan: Plan, home: Path | None) -> int:
    """Ask for the teller's number, and whether the name is right unless the teller's key file lies there already."""
    size = len(plan.tellers)
    while True:
        index = guide.number("ceremony.who", 1, size, size=size)
        if home is not None and own_path(home, index).exists():
            return index
        if guide.confirm("ceremony.is_it_you", name=plan.name(index)):
            return index


def _own_folder(guide: Guide, plan: Plan, index: int, stick: Path, home: Path | None) -> Path:
    """The teller's own folder; neither in the folder that goes around, nor around it."""
    if index > len(plan.tellers):
        raise Stopped(guide.words("ceremony.nobody", size=len(plan.tellers), found=index))
    own = home or typed(guide.ask("ceremony.home", name=plan.name(index)))
    apart(guide, stick, own)
    return existing(guide, own)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the options say of a new ceremony; nothing where they were left out."""

    tellers: tuple[str, ...]
    threshold: int | None
    boxes: int | None
    conference: str


def _check_options(stick: Path, plan: Plan, asked: Asked) -> None:
    """See that options for a new ceremony say what the plan on the stick says; raise CeremonyFault."""
    said = (
        tuple(map(clean_name, asked.tellers)) or plan.tellers,
        asked.threshold or plan.threshold,
        asked.boxes or plan.boxes,
        clean_name(asked.conference) or plan.conference,
    )
    if said != (plan.tellers, plan.threshold, plan.boxes, plan.conference):
        why = f"{stick} holds the ceremony of {plan.conference} already; take an empty folder for another one"
        raise CeremonyFault(why, "stick_taken", folder=stick, conference=plan.conference)


def _check_listed(guide: Guide, plan: Plan, listed: list[str]) -> None:
    """Warn of tellers on a ballot for whom the plan, which stands already, has no reason."""
    found = compare_names(plan.tellers, listed)
    for name in dict.fromkeys((*found.same, *(name for name, _ in found.alike))):
        if name not in [one.name for one in plan.clashes]:
            guide.warn("ceremony.clash_late", name=name)


@contextmanager
def explained(guide: Guide) -> Iterator[None]:
    """Say what is wrong in the guide's language, and exit 1."""
    try:
        yield
    except FAULTS as error:
        raise Refused(guide.words("general.fault", what=explain(guide, error))) from None
    except click.Abort:
        raise Refused(guide.words("general.aborted")) from None


def _new_plan(guide: Guide, stick: UsbStick, asked: Asked, listed: list[str]) -> Plan:
    boxes = 1 if asked.boxes is None else asked.boxes
    check_boxes(boxes)
    if not asked.tellers:
        return plan_by_asking(guide, stick, listed, boxes)
    plan = new_plan(asked.conference, asked.tellers, asked.threshold or majority(len(asked.tellers)), boxes=boxes)
    return make_plan(guide, stick, plan, listed)


@click.command("recover")
@click.option("--out", type=TARGET, required=True, help="The sealed file to write.")
@click.option("--lines", type=EXISTING, help="The lines of the sheet in a file; without it, the program asks.")
@language_option
def recover_command(out: Path, lines: Path | None, language: Language) -> None:
    """Restore a teller's sealed file from the lines of its recovery sheet, typed or scanned."""
    guide = Guide(language)
    with explained(guide):
        if out.exists():  # before anybody types
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(out))
        sealed = read_recovery(read_text(lines, utf_16=True)) if lines else _typed(guide)
        write_owner_only(out, sealed)
        guide.good("recover.done", path=out)


def _typed(guide: Guide) -> bytes:
    """Take the lines one by one; a line that is wrong or missing is named, and what was typed is kept."""
    guide.say("recover.ask")
    typed: list[str] = []
    while True:
        line = guide.ask("recover.line", default="")
        try:
            if not line:
                return read_recovery("\n".join(typed))
            check_lines("\n".join([*typed, line]))
            typed.append(line)
        except DamagedFile as error:
            guide.warn("recover.wrong", why=error)
            if not line and not guide.confirm("recover.go_on"):
                raise

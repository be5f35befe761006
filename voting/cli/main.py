"""The one command `phieukin`, with a group for each package (design §5).

Groups are loaded when they are called, so that `verify`, `decide`, `keys` and `tally` work on a machine that has
neither Flask nor SQLAlchemy.
"""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import click

from tally.cli.lazy import LazyGroup, command_at
from voting.cli.faults import EXTRAS, sentence

_COMMANDS: Final = {
    "backup": ("voting.cli.backup", "backup_command", "Write the room's database into one file."),
    "decide": ("tally.cli.rule", "decide_command", "Apply the percentage rule to a case."),
    "demo": ("voting.cli.demo", "demo_command", "Run the sample conference, then serve a second one."),
    "keys": ("keys.cli", "keys_group", "Tellers' keys, signing keys, cards: files in, files out."),
    "mirror": ("voting.cli.mirror", "mirror_group", "Keep a copy of every sealed ballot on a second machine."),
    "people": ("voting.cli.people", "people_group", "Check lists of people before they are imported."),
    "procedures": ("voting.cli.procedures", "procedures_group", "Check and show the catalogue of procedures."),
    "rehearsal": ("voting.cli.rehearsal", "rehearsal_command", "Run a whole conference or round without people."),
    "restore": ("voting.cli.backup", "restore_command", "Fill an empty room from a backup."),
    "room": ("voting.cli.room", "room_group", "Check the room before the conference."),
    "serve": ("voting.cli.serve", "serve_command", "Run the room server (HTTPS)."),
    "tally": ("tally.cli.main", "tally_group", "Tellers' steps: count, record, minutes, signatures."),
    "verify": ("tally.cli.verify", "verify_command", "Check an archive, its records, or a bundle."),
}


@contextmanager
def _words_for_misuse() -> Iterator[None]:
    try:
        yield
    except click.UsageError as error:
        usage = importlib.import_module("tally.guide.usage")  # read only when it is needed
        raise usage.in_words(error) from None


class _Lazy(LazyGroup):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name every command."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command; say which extra to install where a library of the room is missing."""
        if cmd_name not in _COMMANDS:
            return None
        module, name, _ = _COMMANDS[cmd_name]
        try:
            return command_at(module, name)
        except ModuleNotFoundError as error:
            if (error.name or "").split(".")[0] not in EXTRAS:
                raise
            raise click.ClickException(f"{cmd_name} needs {error.name}: pip install 'phieukin[room]'") from None

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take options before the command; an error has Vietnamese words."""
        with _words_for_misuse():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; an error in what was typed has Vietnamese words, and click's exit code.

        What an operator can mend, a disk or a database that is not there, ends in one sentence and exit code 1.
        """
        try:
            with _words_for_misuse():
                return super().invoke(ctx)
        except Exception as error:
            said = None if isinstance(error, click.ClickException) else sentence(error)
            if said is None:
                raise
            raise click.ClickException(said) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, _COMMANDS[name][2]) for name in sorted(_COMMANDS)])


@click.command(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="phieukin", prog_name="phieukin")
def main() -> None:
    """Secret ballots of a conference room (phiếu kín): vote, count, verify."""


if __name__ == "__main__":
    sys.exit(main())

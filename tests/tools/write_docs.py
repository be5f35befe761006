"""Write the documents that are made from the program: `make docs`. `tests/test_docs.py` finds stale ones.

* `docs/commands.md`: the help of every command;
* `docs/procedures.md`: the catalogue of procedures;
* `docs/events.md`: the catalogue of what is logged;
* `docs/access.md`: who may what, route by route;
* `docs/office-form.md`: the placeholders of an office's own form;
* `docs/letters.md`: every sentence of the office's letters and what it rests on;
* `docs/glossary.md`: the terms of the project, from `docs/glossary.toml`;
* `kiosk_templates/src/shared.ts`: the constants that the room shares with the tablet.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import click
from click.testing import CliRunner

from tests.tools import access_page, glossary, letters_page, office_form_page, shared_constants
from voting.cli.main import main
from voting.conference import events
from voting.web.app import create_app
from voting.web.settings import Settings

ROOT = Path(__file__).resolve().parent.parent.parent
WIDTH = 100
HEAD = """# Commands

Made from the program by `make docs`; a test finds this page stale. In the room and on the tellers' machine the same
text comes from `phieukin … --help`.
"""


def documents() -> dict[Path, str]:
    """Return each generated document with the text that it must have."""
    app = create_app(Settings(ROOT, "sqlite:///never-opened.db", bytes(32)))
    procedures = CliRunner().invoke(main, ["procedures", "document"], catch_exceptions=False)
    return {
        ROOT / "docs" / "commands.md": HEAD + "".join(sections(main, ("phieukin",))),
        ROOT / "docs" / "procedures.md": procedures.output,
        ROOT / "docs" / "events.md": events.document(),
        ROOT / "docs" / "glossary.md": glossary.document(),
        ROOT / "docs" / "letters.md": letters_page.document(),
        ROOT / "docs" / "office-form.md": office_form_page.document(),
        ROOT / "kiosk_templates" / "src" / "shared.ts": shared_constants.document(),
        ROOT / "docs" / "access.md": access_page.document(app),
    }


def sections(command: click.Command, path: tuple[str, ...]) -> Iterator[str]:
    """Yield a section for the command at `path`, and for every command below it."""
    context = context_of(command, path)
    yield f"\n{'#' * (len(path) + 1)} {' '.join(path)}\n\n```\n{help_of(command, context)}\n```\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None and not below.hidden:
                yield from sections(below, (*path, name))


def help_of(command: click.Command, context: click.Context) -> str:
    """Return the help of a command, without its own option --help: click remembers its spelling from the first call."""
    usual, command.add_help_option = command.add_help_option, False
    try:
        return command.get_help(context).rstrip()
    finally:
        command.add_help_option = usual


def context_of(command: click.Command, path: tuple[str, ...]) -> click.Context:
    """Return a context in which the help of a command is laid out the same on every terminal."""
    context: click.Context | None = None
    for name in path[:-1]:
        context = click.Context(click.Command(name), info_name=name, parent=context)
    return click.Context(command, info_name=path[-1], parent=context, terminal_width=WIDTH, max_content_width=WIDTH)


def write() -> None:
    """Write every generated document."""
    for path, text in documents().items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"{path.relative_to(ROOT)}\n")


if __name__ == "__main__":
    write()

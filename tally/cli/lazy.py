"""Groups of commands whose modules are imported when they are called."""

import importlib

import click


class LazyGroup(click.Group):
    """Names its commands by `list_commands`, and finds each by `get_command`; a command misspelled is guessed at."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that was typed; raise NoSuchCommand with the names that are like it."""
        try:
            return super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as error:
            names = self.list_commands(ctx)
            raise click.exceptions.NoSuchCommand(error.command_name, possibilities=names, ctx=ctx) from None


def command_at(module: str, name: str) -> click.Command:
    """Import one command; raise ModuleNotFoundError where a library is missing."""
    command = getattr(importlib.import_module(module), name)
    assert isinstance(command, click.Command)
    return command

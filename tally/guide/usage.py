"""A command typed in a wrong way (gõ sai lệnh): an option missing, no such file; Vietnamese, with English beside it.

click finds these errors and words them in English. Here each gets words by its kind (the catalogue of tellers, section
`usage`); where click's own sentence says more, it stands below.
The exit code stays click's: 2.
"""

import sys
from typing import IO, Any

import click

from tally.dialogue import Guide, in_both
from tally.guide.faults import words_of
from tally.terminal import printable


class Misused(click.UsageError):
    """Ends a command that was typed in a wrong way; the words are those of a key of the section `usage`."""

    def __init__(self, key: str, ctx: click.Context | None = None, detail: str = "", **values: object) -> None:
        super().__init__(in_both(f"usage.{key}", **values), ctx or click.get_current_context(silent=True))
        self.detail = detail

    def show(self, file: IO[Any] | None = None) -> None:
        """Write how the command is used, where help is, and what is wrong to standard error."""
        lines = [*_how(self.ctx), f"Lỗi / Error: {self.format_message()}"]
        lines += [f"Chi tiết / Detail: {self.detail}"] if self.detail else []
        for line in lines:
            click.echo(printable(line, sys.stderr.encoding), file=file, err=True)


def in_words(error: click.UsageError) -> click.UsageError:
    """Give an error of click its words in both languages; what has them already, or only shows the help, stays."""
    if isinstance(error, Misused) or type(error).__name__ == "NoArgsIsHelpError":
        return error
    near = ", ".join(getattr(error, "possibilities", None) or ())
    key = _key(error)
    said_all = key == "bad_choice" or key.startswith(("missing", "no_such"))
    return Misused(
        f"{key}_near" if near else key,
        error.ctx,
        "" if said_all else error.message,
        name=_named(error),
        near=near,
        choices=_choices(error),
    )


def _how(ctx: click.Context | None) -> list[str]:
    if ctx is None:
        return []
    usage = " ".join([ctx.command_path, *ctx.command.collect_usage_pieces(ctx)])
    return [f"Cách dùng / Usage: {usage}", f"Trợ giúp / Help: {ctx.command_path} --help", ""]


def _key(error: click.UsageError) -> str:
    """The key of the words: by the kind of value that was expected, else by the class of the error."""
    if type(error) is click.BadParameter and error.param is not None:
        expected = error.param.type
        if isinstance(expected, click.Path):
            return "bad_path"
        if isinstance(expected, click.Choice):
            return "bad_choice"
        if isinstance(expected, type(click.INT)):
            return "bad_number"
    kinds = (words_of(kind) for kind in type(error).__mro__)
    return next(one for one in kinds if Guide("vi").knows(f"usage.{one}"))


def _named(error: click.UsageError) -> str:
    """What the error is about, as it is typed: an option, an argument, a command."""
    if isinstance(error, click.BadParameter):
        hint = error.param_hint or (error.param.get_error_hint(error.ctx) if error.param and error.ctx else "")
        return (hint if isinstance(hint, str) else " / ".join(hint)).replace("'", "")
    return str(getattr(error, "option_name", "") or getattr(error, "command_name", ""))


def _choices(error: click.UsageError) -> str:
    expected = error.param.type if isinstance(error, click.BadParameter) and error.param is not None else None
    return ", ".join(map(str, expected.choices)) if isinstance(expected, click.Choice) else ""

"""`phieukin tally …`: the tellers' steps, files in and files out (kiểm phiếu). Nothing here needs a network.

Guided: `ceremony` before the conference, `count` after it. Step by step: before opening `confirm`; after closing
`sum`, `open` by each teller, `finish`; then `head` where there is a tie, `record`, `sign`, `recount`, `compare`,
`minutes`. Each step can be repeated from its files after any fault.
"""

from typing import Any, Final

import click

from tally.cli.lazy import LazyGroup, command_at
from tally.dialogue import Refused, in_both
from tally.guide.faults import FAULTS, file_fault, refuse

_COMMANDS: Final = {
    "ceremony": ("tally.cli.ceremony", "ceremony_command"),
    "check-minutes": ("tally.cli.pdf", "check_minutes_command"),
    "compare": ("tally.cli.record", "compare_command"),
    "confirm": ("tally.cli.count", "confirm_command"),
    "count": ("tally.cli.guided", "count_command"),
    "custody": ("tally.cli.guided", "custody_command"),
    "destroy": ("tally.cli.guided", "destroy_command"),
    "finish": ("tally.cli.count", "finish_command"),
    "head": ("tally.cli.record", "head_command"),
    "minutes": ("tally.cli.minutes", "minutes_command"),
    "office-form": ("tally.cli.minutes", "office_form_command"),
    "open": ("tally.cli.count", "open_command"),
    "paper": ("tally.cli.record", "paper_command"),
    "record": ("tally.cli.record", "record_command"),
    "recount": ("tally.cli.record", "recount_command"),
    "recover": ("tally.cli.ceremony", "recover_command"),
    "sign": ("tally.cli.record", "sign_command"),
    "sign-minutes": ("tally.cli.pdf", "sign_minutes_command"),
    "sum": ("tally.cli.count", "sum_command"),
    "teller-file": ("tally.cli.count", "teller_file_command"),
    "use-token": ("tally.cli.count", "use_token_command"),
}


class _TallyGroup(LazyGroup):
    """Says in one line what is wrong and what was expected, Vietnamese first, and exits 1.

    A command is imported when it is called: half of all that is imported is for minutes with signatures alone.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name every command."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name not in _COMMANDS:
            return None
        return command_at(*_COMMANDS[cmd_name])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was typed; raise Refused, in both languages, for what may go wrong."""
        try:
            return super().invoke(ctx)
        except FileExistsError as error:
            raise Refused(in_both("said.exists", path=error.filename)) from None
        except FAULTS as error:
            refuse(error)
        except OSError as error:
            key, values = file_fault(error)
            raise Refused(in_both(key, **values)) from None


@click.group("tally", cls=_TallyGroup)
def tally_group() -> None:
    """Tellers' steps: confirm Setup, open the sum, record, minutes, signatures."""

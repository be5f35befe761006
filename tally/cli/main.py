"""`phieukin tally …`: the tellers' steps, files in and files out (kiểm phiếu). Nothing here needs a network.

Guided: `ceremony` before the conference, `count` after it. Step by step: before opening `confirm`; after closing
`sum`, `open` by each teller, `finish`; then `head` where there is a tie, `record`, `sign`, `recount`, `compare`,
`minutes`. Each step can be repeated from its files after any fault.
"""

from typing import Any

import click

from tally.cli.ceremony import ceremony_command, recover_command
from tally.cli.count import (
    confirm_command,
    finish_command,
    open_command,
    sum_command,
    teller_file_command,
    use_token_command,
)
from tally.cli.guided import count_command, custody_command, destroy_command
from tally.cli.minutes import minutes_command, office_form_command
from tally.cli.pdf import check_minutes_command, sign_minutes_command
from tally.cli.record import compare_command, head_command, paper_command, record_command, recount_command, sign_command
from tally.dialogue import Refused, in_both
from tally.guide.faults import FAULTS, file_fault, refuse


class _TallyGroup(click.Group):
    """Says in one line what is wrong and what was expected, Vietnamese first, and exits 1."""

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


for command in (
    ceremony_command,
    recover_command,
    count_command,
    teller_file_command,
    use_token_command,
    confirm_command,
    sum_command,
    open_command,
    finish_command,
    head_command,
    record_command,
    paper_command,
    sign_command,
    compare_command,
    recount_command,
    custody_command,
    destroy_command,
    minutes_command,
    office_form_command,
    sign_minutes_command,
    check_minutes_command,
):
    tally_group.add_command(command)

"""The group `phieukin tally`: its commands, and what a step of the tellers has to load."""

import subprocess
import sys

import click
import pytest

from tally.cli.main import tally_group


def test_every_command_is_called_as_it_is_listed() -> None:
    context = click.Context(tally_group)
    for name in tally_group.list_commands(context):
        command = tally_group.get_command(context, name)
        assert command is not None and command.name == name and command.help
    assert tally_group.get_command(context, "nothing") is None


@pytest.mark.parametrize("step", ["ceremony", "sum"])
def test_a_step_loads_nothing_that_signs_pdf(step: str) -> None:
    program = (
        "import sys\n"
        "from voting.cli.main import main\n"
        f"main(['tally', {step!r}, '--help'], standalone_mode=False)\n"
        "sys.exit('pyhanko' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "Usage:" in done.stdout, done.stderr

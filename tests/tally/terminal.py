"""What tests of `phieukin tally` share: one passphrase, the command run in this process, and its refusals."""

from click.testing import CliRunner, Result

from tally.cli.main import tally_group

PASSPHRASE = "khan trung moi thay song lam"


def run(*words: object, answers: str = "") -> Result:
    """Run `phieukin tally` with these words and typed answers."""
    return CliRunner().invoke(tally_group, [str(word) for word in words], input=answers)


def refused(result: Result, *words: str) -> None:
    """It ended with 1 and said so in these words."""
    assert result.exit_code == 1, result.output
    for word in words:
        assert word in result.output, result.output

"""The quorum (tỉ lệ người có mặt tối thiểu): one rule for the desk, the steps, the documents and the minutes."""

from typing import Protocol


class Share(Protocol):
    """A share of those summoned: at least num/den of them."""

    @property
    def num(self) -> int:
        """Its numerator."""

    @property
    def den(self) -> int:
        """Its denominator."""


def least_present(quorum: Share, summoned: int) -> int:
    """Return the least number of those summoned who must be present, rounded up."""
    return -(-summoned * quorum.num // quorum.den)


def is_missed(quorum: Share | None, summoned: int, present: int) -> bool:
    """Tell whether fewer are present than the quorum asks; never, where none is asked."""
    return quorum is not None and present < least_present(quorum, summoned)

"""Errors of documents: one root, leaves one storey below. Messages name what was expected, found, and where."""


class DocumentError(Exception):
    """Something is wrong with a document; never raised itself."""


class TooLarge(DocumentError):
    """A document is larger than its limit."""


class NotCanonical(DocumentError):
    """A document is not in its one allowed spelling, or not of its schema."""


class UnsupportedElection(DocumentError):
    """The election uses a group, a question or a version that this program does not support."""


class InvalidElection(DocumentError):
    """election.json breaks a rule of its format."""


class InvalidConference(DocumentError):
    """The conference in election.json contradicts itself or its questions."""


class InvalidBallot(DocumentError):
    """A ballot fails one of its checks; `check` names it, `place` says where in the ballot."""

    def __init__(self, check: str, place: str, why: str) -> None:
        super().__init__(f"{check}: {place}: {why}" if place else f"{check}: {why}")
        self.check = check
        self.place = place

"""Errors of documents: one root, and its direct subclasses. Messages name what was expected, found, and where."""


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


class DamagedArchive(DocumentError):
    """The file is not an archive of Belenios, or is cut, or has bytes that no archive has."""

    def __init__(self, offset: int, why: str) -> None:
        super().__init__(f"byte {offset}: {why}")
        self.offset = offset


class BrokenChain(DocumentError):
    """An event or a record is not the one that its hash, its parent or its place in the order calls for."""

    def __init__(self, check: str, place: str, why: str) -> None:
        super().__init__(f"{check}: {place}: {why}")
        self.check = check
        self.place = place
        self.why = why


class ArchiveChanged(DocumentError):
    """The file was written to while it was read; read it again when it is finished."""


class InvalidOutcome(DocumentError):
    """A tally, a partial decryption or a result does not fit, or holds what is not in the group."""

    def __init__(self, place: str, why: str) -> None:
        super().__init__(f"{place}: {why}")
        self.place = place
        self.why = why


class InvalidListDecision(DocumentError):
    """A list decision contradicts itself, or is signed by somebody whom it does not name."""


class InvalidHeadDecision(DocumentError):
    """A head's decision is of no record that is there, does not fit it, or is signed by somebody else."""


class UnsignedDocument(DocumentError):
    """A required signature is not there or does not verify; `awaited` names whose."""

    def __init__(self, message: str, awaited: tuple[str, ...]) -> None:
        super().__init__(message)
        self.awaited = awaited


class InvalidBundle(DocumentError):
    """A bundle is damaged, or holds more, less or other files than its manifest says."""

"""What went wrong, in the language of the people before the terminal; the exact words of the program stand behind."""

from keys.errors import DamagedFile, InvalidShare, KeysError, WrongPassphrase
from tally.errors import CeremonyFault, NotOneOfUs, OtherBox, TallyError
from tally.guide import Guide
from voting.documents.errors import DocumentError

FAULTS = (TallyError, KeysError, DocumentError)
_KINDS: tuple[tuple[type[Exception], str], ...] = (
    (WrongPassphrase, "wrong_passphrase"),
    (DamagedFile, "damaged_file"),
    (OtherBox, "other_box"),
    (NotOneOfUs, "not_one_of_us"),
    (InvalidShare, "not_one_of_us"),
)


def explain(guide: Guide, error: Exception) -> str:
    """Say what an error means and what to do now."""
    if isinstance(error, CeremonyFault) and error.kind:
        return guide.words(f"fault.{error.kind}", **error.values)
    for kind, key in _KINDS:
        if isinstance(error, kind):
            return guide.words(f"fault.{key}", detail=error)
    return str(error)

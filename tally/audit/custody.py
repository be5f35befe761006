"""Check a custody bundle (bàn giao, lưu trữ): every box in it, with records, facts and minutes (design §5, Bundles).

What else is handed over (the custody sheet, recovery notices) is held by the manifest's hash, and so by the signature
of its maker: the desk, or somebody who signs the records, since the tally machine, which makes the bundle, has no desk
key. Every record and every archive must name the maker, or one fabricated record would bring its own.
"""

from tally.audit.boxes import ARCHIVE, Boxes
from tally.signatures import signers
from voting.documents.conference import ON_PAPER, Conference


def check_custody(boxes: Boxes) -> str:
    """Check every box of a custody bundle; return how many."""
    folders = boxes.folders()
    boxes.ledger.require(ARCHIVE, bool(folders), "", "at least one box expected")
    for folder in folders:
        boxes.check(folder)
    if boxes.conferences:
        boxes.makers |= set.intersection(*map(_named, boxes.conferences))
    return f"{len(folders)} boxes"


def _named(conference: Conference) -> set[str]:
    """Return the keys of the desk, which a meeting held on paper from the start has not, and of those who sign."""
    return {conference.desk_key, *(one.key for one in signers(conference))} - {ON_PAPER, ""}

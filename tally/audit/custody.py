"""Check a custody bundle (bàn giao, lưu trữ): every box in it, with records, facts and minutes (design §5, Bundles).

What else is handed over (the custody sheet, recovery notices) is held by the manifest's hash, and so by the desk's
signature.
"""

from tally.audit.boxes import ARCHIVE, Boxes


def check_custody(boxes: Boxes) -> str:
    """Check every box of a custody bundle; return how many."""
    folders = boxes.folders()
    boxes.ledger.require(ARCHIVE, bool(folders), "", "at least one box expected")
    for folder in folders:
        boxes.check(folder)
    return f"{len(folders)} boxes"

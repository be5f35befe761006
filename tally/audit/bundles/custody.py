"""Check a custody bundle (bàn giao, lưu trữ): the box of one meeting, or its count by hand, and all papers of it.

What else is handed over (the log, the custody sheet, the statement on the shares) is held by the manifest's hash, and
so by the signature of its maker: the desk, or somebody who signs the records, since the tally machine, which makes the
bundle, has no desk key. Every record and every archive must name the maker, or one fabricated record would bring its
own. Nothing else has a place: minutes that belong to no record would be believed for the company that they keep.
"""

from collections.abc import Iterator

from tally.audit.bundles.boxes import ARCHIVE, Boxes
from tally.audit.bundles.dossier import PLACES
from tally.audit.minutes import minutes_beside
from tally.audit.record import RECORD
from tally.dialogue import in_both
from voting.documents.bundles.head_decision import decision_name, page_name, ties_for_the_head
from voting.documents.bundles.signers import signers_of
from voting.documents.conferences.conference import ON_PAPER, Conference

LOG, DESTRUCTION = "conference-log.txt", "destruction.json"
SHEETS = ("custody-sheet.txt", "custody-sheet.pdf")
BOX_ENDINGS = (".bel", ".facts.json", ".count.json", ".commitments")


def check_custody(boxes: Boxes) -> str:
    """Check every box of a custody bundle; return how many."""
    folders = boxes.folders()
    boxes.findings.require(ARCHIVE, bool(folders), "", "at least one box expected")
    for folder in folders:
        boxes.check(folder)
    _check_one_meeting(boxes)
    known = {LOG, DESTRUCTION, *SHEETS, *_of_boxes(boxes)}
    for name in boxes.bundle.names():
        boxes.findings.require(PLACES, name in known, name, "has no place in this bundle")
    alone = [name for name in boxes.bundle.names() if name in (LOG, DESTRUCTION, *SHEETS)]
    boxes.findings.notes += [in_both("verify.held_alone", names="; ".join(alone))] if alone else []
    if boxes.conferences:
        boxes.makers |= set.intersection(*map(_named, boxes.conferences))
    return f"{len(folders)} boxes"


def _check_one_meeting(boxes: Boxes) -> None:
    """Check that there is one record: the maker may have made up a second one."""
    for name in boxes.records:
        first = next(iter(boxes.records))
        boxes.findings.require(RECORD, name == first, name, f"a second record, after {first}: one bundle holds one")


def _of_boxes(boxes: Boxes) -> Iterator[str]:
    """Yield the names of all files that belong to an archive or to a record, there or not."""
    for name, read in boxes.records.items():
        yield from (name, minutes_beside(name))
        for paper in ties_for_the_head(read.record):
            decision = f"{name.rpartition('/')[0]}/{decision_name(paper)}".lstrip("/")
            yield from (decision, page_name(decision))
    for name in boxes.bundle.names():
        if name.endswith(".bel"):
            yield from (name.removesuffix(".bel") + ending for ending in BOX_ENDINGS)


def _named(conference: Conference) -> set[str]:
    """Return the keys of the desk, which a meeting held on paper from the start has not, and of those who sign."""
    return {conference.desk_key, *(one.key for one in signers_of(conference))} - {ON_PAPER, ""}

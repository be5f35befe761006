"""The head's decision on a tie (quyết định của người đứng đầu): checked, signed and written beside the signed record.

It lets in as many of the tied group as there are places (any number up to them where the group stands on the line), by
the head that Setup names, with a reason, on a day not before the count; signed by the head's key, or "on paper" where
Setup says so and nowhere else, and then secretary and chair vouch for it (design §3). One a paper: what is there
already is never written over.
"""

import datetime
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

from keys.files.durable import read_plain, write_whole
from keys.transcript import sha256_hex
from tally.dates import today, written
from tally.errors import CannotDecide
from tally.minutes.agreement import check_agreement
from tally.minutes.head_page import render_head_decision
from tally.signing.signatures import sign_decision_with
from tally.signing.signers import DocumentSigner
from voting.documents.bundles.head_decision import (
    WHAT,
    counted_on,
    decision_name,
    decision_problems,
    group_problem,
    head_decision,
    read_head_decision,
    ties_for_the_head,
    unsigned_head_decision,
)
from voting.documents.bundles.signers import awaited
from voting.documents.canonical import canonical
from voting.documents.case import Tie
from voting.documents.conferences.conference import ON_PAPER, Signer
from voting.documents.envelope import payload_of
from voting.documents.errors import DocumentError
from voting.documents.record import Record, read_record


@dataclass(frozen=True, slots=True)
class TiedRecord:
    """A paper of a signed record whose tie the head may decide, with the record's payload and place."""

    path: Path
    record: Record
    paper: int
    payload: bytes
    tie: Tie

    @property
    def head(self) -> Signer:
        """Who decides."""
        return self.record.conference.head

    @property
    def names(self) -> dict[str, str]:
        """The names of the tied group by id, in the verdict's order."""
        named = {one.id: one.name for one in self.record.of(self.paper).case.candidates}
        return {one: named[one] for one in self.tie.candidates}

    @property
    def decision(self) -> Path:
        """Where the decision lies."""
        return self.path.with_name(decision_name(self.paper))

    @property
    def page(self) -> Path:
        """Where the page to sign lies."""
        return self.decision.with_suffix(".pdf")


def tied_record(path: Path, paper: int | None = None) -> TiedRecord:
    """Read a signed record with an open tie on a paper; without its number, on the only one, or the next undecided.

    Raises CannotDecide where there is no tie for the head or signatures are awaited, InvalidRecord for a record that
    contradicts itself, DocumentError for a file that is none.
    """
    envelope, record = read_record(read_plain(path))
    check_agreement(record)
    tied = ties_for_the_head(record)
    if paper is None:
        undecided = [one for one in tied if not os.path.lexists(path.with_name(decision_name(one)))]
        paper = next(iter((*undecided, *tied)), 1)
    if paper not in tied:
        why = f"paper {paper}: there is no tie for the head, so there is nothing to decide"
        raise CannotDecide(why, "head_no_tie", paper=paper)
    tie = record.of(paper).verdict.tie
    assert tie is not None, "a verdict that awaits the head has a tie"
    names = ", ".join(awaited(envelope, record))
    if names:
        why = f"the record is signed first: awaiting signature of {names}"
        raise CannotDecide(why, "head_unsigned", names=names)
    return TiedRecord(path, record, paper, payload_of(envelope, "record"), tie)


def make_decision(
    tied: TiedRecord, *, chosen: Sequence[str], reason: str, on: datetime.date, signer: DocumentSigner | None
) -> bytes:
    """Check a decision and sign it with the head's signer, None for "on paper"; return the file. Raises CannotDecide.

    The dialogue and the options of the command end here, and so does a rehearsal.
    """
    check_chosen(tied, chosen)
    check_day(tied, on)
    if not reason.strip():
        raise CannotDecide("a reason expected", "head_reason")
    check_signer(tied, signer)
    decision = head_decision(tied.record, tied.paper, chosen, reason.strip(), on.isoformat())
    for problem in decision_problems(decision, tied.record):
        raise CannotDecide(problem, "contradicts", why=problem)
    raw = unsigned_head_decision(decision)
    return raw if signer is None else sign_decision_with(raw, [signer], tied.record)


def check_free(tied: TiedRecord) -> None:
    """Raise CannotDecide where a decision on this paper, or something in its place, lies beside the record already."""
    for path in (tied.decision, tied.page):
        if os.path.lexists(path):
            why = f"{path} is there already: a decision is made once, and nothing is written over"
            raise CannotDecide(why, "head_there", path=path)


def lacks_page(tied: TiedRecord) -> bool:
    """Tell whether a decision lies there without its page: the machine stopped in between."""
    return os.path.lexists(tied.decision) and not os.path.lexists(tied.page)


def write_decision(tied: TiedRecord, raw: bytes) -> None:
    """Write the decision and its page beside the record; raise CannotDecide where anything is there already."""
    page = page_of(tied, raw)
    check_free(tied)
    write_whole(tied.decision, raw)
    write_whole(tied.page, page)


def write_page(tied: TiedRecord) -> None:
    """Write the page of the decision that lies beside the record."""
    write_whole(tied.page, page_of(tied, read_plain(tied.decision)))


def page_of(tied: TiedRecord, raw: bytes) -> bytes:
    """Render the page to sign of a decision's file; raise InvalidRecord for a decision of another record."""
    _, decision = read_head_decision(raw)
    return render_head_decision(tied.payload, canonical(decision))


def record_of(path: Path, raw: bytes) -> Record:
    """Find the record that a decision at `path` names among those beside it; raise CannotDecide where it is not."""
    _, decision = read_head_decision(raw)
    for beside in sorted(path.parent.glob("record*.json")):
        try:
            envelope, record = read_record(read_plain(beside))
            if sha256_hex(payload_of(envelope, WHAT)) == decision.record:
                return record
        except DocumentError:
            continue
    why = f"{path.name}: the record that it names, {decision.record[:16]}…, is not beside it"
    raise CannotDecide(why, "head_record", path=path.name)


def check_chosen(tied: TiedRecord, chosen: Sequence[str]) -> None:
    """Raise CannotDecide unless these are names of the tied group, as many as may go in."""
    if not group_problem(tied.tie, chosen):
        return
    group = ", ".join(f"{one} ({name})" for one, name in tied.names.items())
    most, key = ("at most", "head_chosen_most") if tied.tie.up_to else ("exactly", "head_chosen")
    why = f"{most} {tied.tie.places} of the tied group expected: {group}"
    raise CannotDecide(why, key, places=tied.tie.places, names=group)


def check_day(tied: TiedRecord, on: datetime.date) -> None:
    """Raise CannotDecide for a day before that of the count."""
    counted = counted_on(tied.record)
    if on < counted:
        why = f"the decision is of {on.isoformat()}, before the count of {counted.isoformat()}"
        raise CannotDecide(why, "head_early", on=written(on), counted=written(counted))


def check_typed_day(tied: TiedRecord, on: datetime.date) -> None:
    """Raise CannotDecide for a day before that of the count, or one that is yet to come: a typing error."""
    check_day(tied, on)
    if on > today():
        why = f"the decision is of {on.isoformat()}, and today is {today().isoformat()}"
        raise CannotDecide(why, "head_late", on=written(on), today=written(today()))


def check_signer(tied: TiedRecord, signer: DocumentSigner | None) -> None:
    """Raise CannotDecide unless the signer is the head's, or there is none and Setup says "on paper"."""
    head = tied.head
    if head.key == ON_PAPER:
        if signer is not None:
            why = f"Setup says that {head.name} signs on paper: no key signs this decision"
            raise CannotDecide(why, "head_on_paper", head=head.name)
    elif signer is None:
        why = f"Setup names a key of {head.name}: the decision is signed by it, not on paper"
        raise CannotDecide(why, "head_needs_key", head=head.name)
    elif signer.public_text != head.key:
        raise CannotDecide(f"this is not the key of {head.name} in Setup", "head_other_key", head=head.name)


def check_by(tied: TiedRecord, by: str) -> None:
    """Raise CannotDecide unless this is the head that Setup names, whatever its case and spaces."""
    if _plain(by) != _plain(tied.head.name):
        why = f"the head that Setup names is {tied.head.name}, not {by!r:.60}"
        raise CannotDecide(why, "head_by", head=tied.head.name, found=by)


def _plain(name: str) -> str:
    return " ".join(normalize("NFC", name).casefold().split())

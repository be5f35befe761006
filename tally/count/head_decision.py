"""The head's decision on a tie across the last place (quyết định của người đứng đầu), checked before it is written.

It lets in as many of the tied group as there are places, by the head that Setup names, with a reason, on a day not
before the count; signed by the head's key, or "on paper" where Setup says so and nowhere else (design §3).
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import normalize

from tally.audit.report import Findings
from tally.audit.signatures import check_decision_envelope
from tally.dates import day_of, today, written
from tally.errors import CannotDecide, CannotRecord
from tally.result.record import FinishedBox, case_of, conference_of
from tally.result.rule import decide
from tally.signing.signatures import head_word_with
from tally.signing.signers import DocumentSigner
from voting.documents.case import Case, Tie
from voting.documents.conferences.conference import ON_PAPER, Conference, Signer
from voting.documents.facts import CountFacts, HeadWord


@dataclass(frozen=True, slots=True)
class TiedPaper:
    """One paper whose last place is tied: what the head may decide."""

    uuid: str
    paper: int
    conference: Conference
    case: Case
    tie: Tie
    ended: datetime.datetime

    @property
    def head(self) -> Signer:
        """Who decides."""
        return self.conference.head

    @property
    def names(self) -> dict[str, str]:
        """The names of the tied group by id, in the verdict's order."""
        named = {one.id: one.name for one in self.case.candidates}
        return {one: named[one] for one in self.tie.candidates}


def tied_paper(box: FinishedBox, count: CountFacts, paper: int) -> TiedPaper:
    """Find the tie of a paper; raise CannotDecide where there is none, CannotRecord for facts of another box."""
    conference = conference_of(box, paper)
    if (count.uuid, count.end_ballots) != (box.election.uuid, box.end_ballots):
        raise CannotRecord("the count facts are of another box than the archive")
    case = case_of(conference, conference.papers[paper - 1], box, None)
    tie = decide(case).tie
    if tie is None:
        why = f"paper {paper}: there is no tie on the last place, so there is nothing to decide"
        raise CannotDecide(why, "head_no_tie", paper=paper)
    ended = datetime.datetime.fromisoformat(count.ended)
    return TiedPaper(box.election.uuid, paper, conference, case, tie, ended)


def make_decision(
    tied: TiedPaper, *, chosen: Sequence[str], by: str, reason: str, on: datetime.date, signer: DocumentSigner | None
) -> HeadWord:
    """Check a decision and sign it with the head's signer, None for "on paper"; raise CannotDecide."""
    check_chosen(tied, chosen)
    check_day(tied, on)
    _check_by(tied, by)
    if not reason.strip():
        raise CannotDecide("a reason expected", "head_reason")
    check_signer(tied, signer)
    ordered = [one for one in tied.tie.candidates if one in chosen]
    return head_word_with(tied.uuid, tied.paper, ordered, tied.head.name, reason.strip(), on.isoformat(), signer)


def check_decision(tied: TiedPaper, word: HeadWord) -> None:
    """Check a decision that stands in the count facts already; raise CannotDecide."""
    check_chosen(tied, word.chosen)
    try:
        on = datetime.date.fromisoformat(word.on)
    except ValueError:
        on = None
    if on is None or on.isoformat() != word.on:
        raise CannotDecide(f"a day as 2026-11-30 expected, {word.on!r:.40} found", "day", found=word.on)
    check_day(tied, on)
    _check_by(tied, word.by)
    if tied.head.key == ON_PAPER:
        return
    if word.envelope is None:
        raise _needs_key(tied)
    findings = Findings()
    check_decision_envelope(findings, tied.head, "", tied.uuid, word)
    if not findings.sound:
        raise CannotDecide(findings.findings[-1].first[0].lstrip(": "), "head_other_key", head=tied.head.name)


def check_chosen(tied: TiedPaper, chosen: Sequence[str]) -> None:
    """Raise CannotDecide unless exactly as many of the tied group are chosen as there are places."""
    fits = len({*chosen}) == len(chosen) == tied.tie.places and {*chosen} <= {*tied.tie.candidates}
    if not fits:
        group = ", ".join(f"{one} ({name})" for one, name in tied.names.items())
        why = f"exactly {tied.tie.places} of the tied group expected: {group}"
        raise CannotDecide(why, "head_chosen", places=tied.tie.places, names=group)


def check_day(tied: TiedPaper, on: datetime.date) -> None:
    """Raise CannotDecide for a day before that of the count."""
    counted = day_of(tied.ended)
    if on < counted:
        why = f"the decision is of {on.isoformat()}, before the count of {counted.isoformat()}"
        raise CannotDecide(why, "head_early", on=written(on), counted=written(counted))


def check_typed_day(tied: TiedPaper, on: datetime.date) -> None:
    """Raise CannotDecide for a day before that of the count, or one that is yet to come: a typing error."""
    check_day(tied, on)
    if on > today():
        why = f"the decision is of {on.isoformat()}, and today is {today().isoformat()}"
        raise CannotDecide(why, "head_late", on=written(on), today=written(today()))


def check_signer(tied: TiedPaper, signer: DocumentSigner | None) -> None:
    """Raise CannotDecide unless the signer is the head's, or there is none and Setup says "on paper"."""
    head = tied.head
    if head.key == ON_PAPER:
        if signer is not None:
            why = f"Setup says that {head.name} signs on paper: no key signs this decision"
            raise CannotDecide(why, "head_on_paper", head=head.name)
    elif signer is None:
        raise _needs_key(tied)
    elif signer.public_text != head.key:
        raise CannotDecide(f"this is not the key of {head.name} in Setup", "head_other_key", head=head.name)


def _needs_key(tied: TiedPaper) -> CannotDecide:
    why = f"Setup names a key of {tied.head.name}: the decision is signed by it, not on paper"
    return CannotDecide(why, "head_needs_key", head=tied.head.name)


def _check_by(tied: TiedPaper, by: str) -> None:
    if _plain(by) != _plain(tied.head.name):
        why = f"the head that Setup names is {tied.head.name}, not {by!r:.60}"
        raise CannotDecide(why, "head_by", head=tied.head.name, found=by)


def _plain(name: str) -> str:
    return " ".join(normalize("NFC", name).casefold().split())

"""The draft of a conference (dự thảo hội nghị): all that is agreed before the list is frozen, as one document.

It holds what `conference` in election.json will say, but for what the meeting adds: numbers present and drawn, the
room's keys. `papers` may leave `Candidate.at` as it likes: questions are numbered when Setup is written, by
`voting.documents.conferences.questions`.
"""

import datetime
from collections.abc import Iterator

import msgspec

from keys.errors import KeysError
from keys.files.signing import load_public
from keys.message import Message
from voting.conference.draft.clashes import clashing, reason_of
from voting.documents.canonical import canonical, parse_canonical, unclean_name, unclean_text
from voting.documents.conferences.check import paper_problems, quorum_problems
from voting.documents.conferences.conference import ON_PAPER, Agenda, Candidate, Paper, Signer
from voting.documents.conferences.people import people_problems
from voting.documents.errors import DocumentError
from voting.documents.tellers import Clash
from voting.errors import InvalidDraft
from voting.procedures.comparison import catalogue_problems

DRAFT_LIMIT = 4 * 1024 * 1024  # bytes
PEOPLE_LIMIT = 10_000  # people summoned to one conference
TELLERS = range(2, 16)  # n of the tellers' key; fewer than two would let one person open the box


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody summoned (người được triệu tập)."""

    name: str
    unit: str


class Draft(Agenda, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """A conference before its list is frozen; `put_forward_max` bounds the names one ballot may put forward a paper.

    `clashes` are the tellers who stand on a ballot and count all the same, with the reasons.
    """

    put_forward_max: int
    people: tuple[Person, ...]
    clashes: tuple[Clash, ...] = ()


def write_draft(draft: Draft) -> str:
    """Spell a draft as canonical JSON."""
    return canonical(draft).decode()


def read_draft(content: str | bytes) -> Draft:
    """Read a draft from canonical JSON; raise InvalidDraft."""
    raw = content.encode() if isinstance(content, str) else content
    try:
        return parse_canonical(raw, Draft, DRAFT_LIMIT, "draft")
    except DocumentError as error:
        raise InvalidDraft(str(error), key="draft_file", at="file") from None


def check_draft(draft: Draft) -> None:
    """Raise InvalidDraft with the first thing that is missing before the list can be frozen."""
    for problem in draft_problems(draft):
        raise InvalidDraft(str(problem))


def draft_problems(draft: Draft) -> Iterator[Message]:
    """Yield everything that keeps the list from being frozen; keys of the words under `problem`."""
    yield from _text_problems(draft)
    if not 1 <= len(draft.people) <= PEOPLE_LIMIT:
        english = f"people: 1 to {PEOPLE_LIMIT} people summoned expected, {len(draft.people)} found"
        yield Message("people", english, {"people": len(draft.people)})
    if len(draft.tellers) not in TELLERS:
        english = f"tellers: {TELLERS.start} to {TELLERS.stop - 1} tellers expected, {len(draft.tellers)} found"
        yield Message("tellers", english, {"tellers": len(draft.tellers)})
    yield from _people_problems(draft)
    for teller in draft.tellers:
        yield from _signer_problems(teller, "teller", paper=False)
    for signer, role in ((draft.chair, "chair"), (draft.secretary, "secretary"), (draft.head, "head")):
        yield from _signer_problems(signer, role, paper=True)
    if not draft.papers:
        yield Message("papers", "papers: at least one paper expected")
    for number, paper in enumerate(draft.papers, 1):
        yield from _paper_problems(number, paper, draft.put_forward_max)
    for name in clashing(draft.tellers, draft.papers):
        if not reason_of(name, draft.clashes):
            yield Message("teller_listed", f"teller {name} stands on a ballot: a reason expected", {"name": name})


def _text_problems(draft: Draft) -> Iterator[Message]:
    named = {"name": draft.name, "address": draft.address, "place": draft.place}
    for part, text in named.items():
        if not text:
            yield Message(f"text_{part}", f"{part}: a text expected")
    try:
        datetime.date.fromisoformat(draft.date)
    except ValueError:
        yield Message("date", "date: YYYY-MM-DD expected")
    texts = [*named.values(), *(text for person in draft.people for text in (person.name, person.unit))]
    for text in texts:
        if problem := unclean_text(text):
            yield Message("unclean", f"the text {text[:40]!r} is {problem}", {"text": ascii(text[:40])})
    if any(not person.name for person in draft.people):
        yield Message("nameless", "people: everybody needs a name")


def _people_problems(draft: Draft) -> Iterator[Message]:
    """Yield what the audit would refuse in people, quorum and documents before, once Setup says it."""
    for one in people_problems(draft):
        yield Message("people_refused", one.en, {"vi": one.vi, "en": one.en})
    quorum = None if draft.quorum is None else msgspec.structs.replace(draft.quorum, override=None)
    for english in quorum_problems(quorum, len(draft.people), len(draft.people)):
        yield Message("quorum", english)
    for one in catalogue_problems(draft):
        yield Message("catalogue", one.en, {"vi": one.vi, "en": one.en})


def _signer_problems(signer: Signer, role: str, *, paper: bool) -> Iterator[Message]:
    if not signer.name:
        yield Message(f"name_{role}", f"{role}: a name expected")
    elif problem := unclean_name(signer.name):
        yield Message("unclean", f"the text {signer.name[:40]!r} {problem}", {"text": ascii(signer.name[:40])})
    elif problem := unclean_text(signer.role):
        yield Message("unclean", f"the text {signer.role[:40]!r} is {problem}", {"text": ascii(signer.role[:40])})
    if paper and signer.key == ON_PAPER:
        return
    try:
        load_public(signer.key)
    except KeysError as error:
        yield Message("key", f"{role}: signing key: {error}", {"name": signer.name})


def _paper_problems(number: int, paper: Paper, put_forward_max: int) -> Iterator[Message]:
    def problem(key: str, english: str, **fields: object) -> Message:
        return Message(key, f"paper {number}: {english}", {"paper": number, **fields})

    if not paper.title:
        yield problem("paper_title", "a title expected")
    for found in paper_problems(paper):
        yield problem(found.key, found.english, **found.fields)
    for one in paper.candidates:
        if one.name and (unreadable := unclean_name(one.name)):
            yield problem("paper_unclean", f"the text {one.name[:40]!r} {unreadable}", text=ascii(one.name[:40]))
    for text in (paper.title, paper.unit, *(text for one in paper.candidates for text in _texts(one))):
        if unclean := unclean_text(text):
            yield problem("paper_unclean", f"the text {text[:40]!r} is {unclean}", text=ascii(text[:40]))
    if any(one.put_forward for one in paper.candidates) and put_forward_max < 1:
        yield problem("put_forward", "put_forward_max: at least 1 expected, for there are names to put forward")


def _texts(candidate: Candidate) -> tuple[str, ...]:
    return candidate.position, candidate.born, candidate.note

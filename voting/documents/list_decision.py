"""The list decision: what a step without a ballot ends in (Plan B.II.2.1.3(1), B.II.2.1.3(2)).

It says which lists of names were adopted, by whom, when, on what basis, and which documents they come from; a DSSE
envelope over canonical JSON, signed and chained like a record (design §5). A vote by show of hands is kept as numbers.
"""

import datetime
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from keys.files.signing import SigningKey, public_text
from voting.documents.canonical import canonical, unclean_text
from voting.documents.conferences.check import repeated_ids
from voting.documents.conferences.conference import Course, Note, Organiser, Previous, Ruleset, Signer
from voting.documents.envelope import (
    Envelope,
    EnvelopeSignature,
    add_signatures,
    make_envelope,
    parse_envelope,
    payload_of,
    read_payload,
    sign_envelope,
    write_envelope,
)
from voting.documents.errors import InvalidListDecision
from voting.documents.record import LIST_DECISION_TYPE

FORMAT = 2
WHAT = "list decision"


class Listed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One name of a list, as a ballot paper would show it."""

    id: str
    name: str
    position: str
    born: str
    note: str


class DecidedList(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The names adopted for one title of a unit, in the order in which they go on, and the documents they come from."""

    unit: str
    title: str
    names: tuple[Listed, ...]
    previous: tuple[Previous, ...] = ()


class HandVote(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A vote by show of hands, in persons: summoned, present, in favour."""

    summoned: int
    present: int
    agree: int


class ListDecision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The payload. `adopted` says in words what was adopted; `vote` is null where nobody voted (desk work)."""

    format: int
    kind: Literal["list_decision"]
    ruleset: Ruleset
    procedure: str
    step: int
    section: str
    name: str
    term: str
    place: str
    date: str
    organiser: Organiser
    basis: tuple[str, ...]
    adopted_by: str
    adopted: tuple[str, ...]
    vote: HandVote | None
    lists: tuple[DecidedList, ...]
    signers: tuple[Signer, ...]
    notes: tuple[Note, ...]

    @property
    def course(self) -> Course:
        """The procedure that the decision is of."""
        return self.ruleset.id, self.ruleset.version, self.procedure


def list_decision_payload(decision: ListDecision) -> bytes:
    """Spell a decision: the bytes that are signed; raise InvalidListDecision."""
    for problem in decision_problems(decision):
        raise InvalidListDecision(f"{WHAT}: {problem}")
    return canonical(decision)


def unsigned_list_decision(decision: ListDecision) -> bytes:
    """Wrap a decision as a file, not yet signed."""
    return write_envelope(make_envelope(list_decision_payload(decision), LIST_DECISION_TYPE))


def read_list_decision(raw: bytes) -> tuple[Envelope, ListDecision]:
    """Read the file strictly, signatures not looked at; raise NotCanonical, TooLarge or InvalidListDecision."""
    envelope = parse_envelope(raw, LIST_DECISION_TYPE, WHAT)
    decision = read_payload(envelope, ListDecision, WHAT)
    for problem in decision_problems(decision):
        raise InvalidListDecision(f"{WHAT}: {problem}")
    return envelope, decision


def sign_list_decision(raw: bytes, keys: Sequence[SigningKey]) -> bytes:
    """Add signatures; raise InvalidListDecision for a key that the decision does not name."""
    envelope, decision = read_list_decision(raw)
    allowed = {signer.key for signer in decision.signers}
    payload = payload_of(envelope, WHAT)
    fresh: list[EnvelopeSignature] = []
    for key in keys:
        if public_text(key) not in allowed:
            raise InvalidListDecision(f"{WHAT}: this key is not one that the decision names")
        fresh += sign_envelope(payload, LIST_DECISION_TYPE, key).signatures
    return write_envelope(add_signatures(envelope, fresh))


def decision_problems(decision: ListDecision) -> Iterator[str]:
    """Yield every problem that the schema cannot see."""
    if decision.format != FORMAT:
        yield f"format {FORMAT} expected, {decision.format} found"
    try:
        datetime.date.fromisoformat(decision.date)
    except ValueError:
        yield "date: YYYY-MM-DD expected"
    if not decision.adopted_by or not decision.signers:
        yield "who adopted it and who signs expected"
    vote = decision.vote
    if vote is not None and not 0 <= vote.agree <= vote.present <= vote.summoned:
        yield "vote: 0 <= agree <= present <= summoned expected"
    for place, count in Counter((one.unit, one.title) for one in decision.lists).items():
        if count > 1:
            yield f"the list for {place[1]} of {place[0]} stands {count} times"
    for one in decision.lists:
        yield from _list_problems(one)
    for text in _texts(decision):
        if problem := unclean_text(text):
            yield f"the text {text[:40]!r} is {problem}"


def _list_problems(decided: DecidedList) -> Iterator[str]:
    yield from (f"{decided.title}: {english}" for _, english in repeated_ids(decided.names))
    for name in decided.names:
        if not name.id or not name.name:
            yield f"{decided.title}: every name needs an id and a name"


def _texts(decision: ListDecision) -> Iterator[str]:
    yield from (decision.name, decision.term, decision.place, decision.adopted_by)
    yield from (*decision.adopted, *decision.basis)
    for signer in decision.signers:
        yield from (signer.name, signer.role)
    for decided in decision.lists:
        yield from (decided.unit, decided.title)
        for name in decided.names:
            yield from (name.id, name.name, name.position, name.born, name.note)

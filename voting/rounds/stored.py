"""Rounds on the room's desk (đợt quy hoạch): kept in the database, changed part by part, fed by signed documents.

`Kept` is all that the organiser decided, in one value; the functions that change it are in `voting.rounds.editor` and
`voting.rounds.steps`. Signed documents are files by the SHA-256 of their bytes and are never changed.
"""

import hashlib
from collections.abc import Mapping

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from keys.structs import read_json
from voting.documents.bundles.ledger import Ledger
from voting.documents.bundles.signed import read_signed
from voting.documents.conferences.conference import Organiser
from voting.people.errors import InvalidRound
from voting.procedures import Ruleset
from voting.rounds.filing import Filed, file_documents
from voting.rounds.ledger import decisions_in_force, documents_in_force
from voting.rounds.meetings import CompositionWord
from voting.rounds.outcome import NameOutcome, outcomes
from voting.rounds.round import Round
from voting.rounds.seats.eligibility import Confirmation
from voting.rounds.summons import Exclusion
from voting.storage.tables import RoundFileRow, RoundRow

HASH_LENGTH = 64  # hex letters of a SHA-256: the name of a signed document


class StepExclusion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody taken off the list of one step before it is opened (A4)."""

    step: int
    exclusion: Exclusion


class Kept(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A round as the desk keeps it. `conferences` has the room's number of each step's last conference.

    `decisions` holds the unsigned list decisions that wait for their signatures, by step.
    """

    plan: Round
    ledger: Ledger = Ledger()
    confirmations: tuple[Confirmation, ...] = ()
    exclusions: tuple[StepExclusion, ...] = ()
    compositions: dict[int, CompositionWord] = {}
    conferences: dict[int, int] = {}
    decisions: dict[int, str] = {}


def begin_round(session: Session, ruleset: Ruleset, procedure: str, organiser: Organiser, address: str) -> int:
    """Begin a round of a procedure, nobody and nothing in it yet; return its number."""
    plan = Round(id=f"{procedure}-{ruleset.version}", ruleset=ruleset, procedure=procedure, organiser=organiser,
                 address=address, people=(), seats=(), nominees=())  # fmt: skip
    row = RoundRow(content=_spelled(Kept(plan=plan)))
    session.add(row)
    session.flush()
    return row.id


def all_rounds(session: Session) -> list[tuple[int, Kept]]:
    """Return every round with its number, the newest first."""
    return [(row.id, _read(row)) for row in session.scalars(select(RoundRow).order_by(RoundRow.id.desc()))]


def kept_round(session: Session, number: int) -> Kept:
    """Return a round; raise InvalidRound if there is none of that number."""
    return _read(_row(session, number))


def keep(session: Session, number: int, kept: Kept) -> None:
    """Put a changed round in the place of the old one."""
    _row(session, number, lock=True).content = _spelled(kept)
    session.flush()


def results(session: Session, number: int, kept: Kept) -> tuple[NameOutcome, ...]:
    """Return what was voted in a round so far, by the documents in force."""
    return outcomes(kept.plan, in_force(session, number, kept))


def other_rounds(session: Session, number: int) -> list[tuple[Round, tuple[NameOutcome, ...]]]:
    """Return the other rounds of the desk, each with what was voted so far."""
    return [(kept.plan, results(session, one, kept)) for one, kept in all_rounds(session) if one != number]


def put_document(session: Session, number: int, raw: bytes) -> str:
    """Put a signed document on file; return its hash."""
    digest = hashlib.sha256(raw).hexdigest()
    _put(session, number, digest, raw)
    return digest


def put_paper(session: Session, number: int, name: str, raw: bytes) -> None:
    """Put a further file of the dossier on file, by its name there."""
    _put(session, number, name, raw)


def drop_paper(session: Session, number: int, name: str) -> None:
    """Take a further file off, if it is there."""
    row = session.get(RoundFileRow, (number, name))
    if row is not None:
        session.delete(row)
        session.flush()


def move_papers(session: Session, number: int, folder: str, target: str) -> None:
    """Move the further files of one folder of the dossier into another."""
    for row in _files(session, number):
        before, _, own = row.name.partition("/")
        if before == folder:
            _put(session, number, f"{target}/{own}", row.content)
            session.delete(row)
    session.flush()


def documents(session: Session, number: int) -> dict[str, bytes]:
    """Return all signed documents of a round, by hash."""
    return {row.name: row.content for row in _files(session, number) if len(row.name) == HASH_LENGTH}


def papers(session: Session, number: int) -> dict[str, bytes]:
    """Return the further files of a round, by their names in the dossier."""
    return {row.name: row.content for row in _files(session, number) if len(row.name) != HASH_LENGTH}


def in_force(session: Session, number: int, kept: Kept) -> tuple[Filed, ...]:
    """Return the verified documents that feed the next step."""
    ledger = kept.ledger
    return filed(documents(session, number), documents_in_force(ledger), decisions_in_force(ledger))


def filed(raws: Mapping[str, bytes], wanted: tuple[str, ...], decisions: tuple[str, ...]) -> tuple[Filed, ...]:
    """Verify documents, and the head's decisions on ties in them, by hash."""
    return file_documents((raws[one] for one in wanted), read_signed, (raws[one] for one in decisions))


def _files(session: Session, number: int) -> list[RoundFileRow]:
    return list(session.scalars(select(RoundFileRow).where(RoundFileRow.round == number)))


def _put(session: Session, number: int, name: str, raw: bytes) -> None:
    row = session.get(RoundFileRow, (number, name))
    if row is None:
        session.add(RoundFileRow(round=number, name=name, content=raw))
    elif row.content != raw:
        row.content = raw
    session.flush()


def _row(session: Session, number: int, *, lock: bool = False) -> RoundRow:
    row = session.get(RoundRow, number, with_for_update=lock or None)
    if row is None:
        raise InvalidRound(f"there is no round {number}")
    return row


def _read(row: RoundRow) -> Kept:
    return read_json(row.content, Kept)


def _spelled(kept: Kept) -> bytes:
    return msgspec.json.encode(kept)

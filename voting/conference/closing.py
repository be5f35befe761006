"""Closing (đóng bỏ phiếu): after it no ballot, and the archive with its facts is written in the same transaction.

Ballots stand in the archive sorted by tracker, and every time in it is the opening's. facts.json is signed by the desk
key of Setup. Afterwards the box is rewritten on the disk, so that pages and rows tell no order of casting.
"""

import hashlib
import io
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from voting.box.copies import forget_marks
from voting.conference import cards, decks, roll, setup, staff_changes
from voting.conference.confirmations import confirmed
from voting.conference.steps import STEPS
from voting.conference.transitions import TwoPeople, stamp
from voting.documents.archives.archive import ArchiveWriter
from voting.documents.archives.commitments import write_commitments
from voting.documents.canonical import canonical
from voting.documents.counted import INCIDENTS, NUMBERS
from voting.documents.envelope import parse_envelope, read_payload, sign_envelope, write_envelope
from voting.documents.facts import (
    CONFIRMATION_TYPE,
    FACTS_TYPE,
    Cards,
    Incident,
    RoomFacts,
    SparesActivated,
)
from voting.errors import DatabaseBusy, WrongState
from voting.storage import conference_row
from voting.storage.engine import Storage
from voting.storage.keyring import Keyring
from voting.storage.rewrite import hold_alone, rewrite_file, rewrite_rows
from voting.storage.tables import BallotRow, ClosingRow, ConferenceRow, SetupRow


@dataclass(frozen=True, slots=True)
class Closed:
    """What closing wrote: the archive UUID.bel, UUID.facts.json, and UUID.commitments if any ballot brought its own."""

    uuid: str
    archive: bytes
    facts: bytes
    commitments: bytes | None


def close_box(session: Session, conference: int, keyring: Keyring, by: TwoPeople, now: datetime) -> Closed:
    """Close the box, and write archive and facts; raise WrongState unless it is open or frozen.

    Call `rewrite_closed` after the transaction: a database cannot be rewritten inside one.
    """
    by.check()
    row = hold_alone(session, lambda: conference_row.hold(session, conference))
    conference_row.demand(row, *STEPS["close_box"].states)
    written = setup.setup_of(session, conference)
    assert row.opened is not None, "an open box has its time of opening"
    archive = _archive(session, written, datetime.fromisoformat(row.opened))
    row.closed = stamp(max(now, datetime.fromisoformat(row.opened)))
    facts = _facts(session, row, written, archive.end_ballots, archive.ballots)
    envelope = sign_envelope(canonical(facts), FACTS_TYPE, keyring.key(session, conference, "desk"))
    closing = ClosingRow(
        conference=conference,
        archive=archive.content,
        facts=write_envelope(envelope),
        commitments=archive.commitments,
        rewritten=False,
    )
    session.add(closing)
    session.flush()
    row.state = "closed"
    session.flush()
    cards.forget_spares(session, written.uuid)
    forget_marks(session, written.uuid)
    rewrite_rows(session)
    return Closed(written.uuid, closing.archive, closing.facts, closing.commitments)


def rewrite_closed(storage: Storage) -> None:
    """Rewrite the database if a box was closed since; a server that was killed in between does it at its next start."""
    with storage.read() as session:
        waiting = session.scalars(select(ClosingRow.conference).where(~ClosingRow.rewritten)).all()
    if not waiting:
        return
    try:
        rewrite_file(storage)
    except DatabaseBusy:
        return  # `rewritten` stays false: the next start does it
    with storage.write() as session:
        for conference in waiting:
            row = session.get(ClosingRow, conference)
            assert row is not None, "a closing stays"
            row.rewritten = True


def closed_of(session: Session, conference: int) -> Closed:
    """What closing wrote; raise WrongState before it."""
    row = session.get(ClosingRow, conference)
    if row is None:
        raise WrongState("the box was not closed yet")
    return Closed(setup.setup_of(session, conference).uuid, row.archive, row.facts, row.commitments)


def trackers(session: Session, conference: int) -> list[str]:
    """Trackers of all ballots, sorted: shown after closing, never before."""
    row = conference_row.find(session, conference)
    if row.closed is None:
        raise WrongState("trackers are shown after the box is closed")
    uuid = setup.setup_of(session, conference).uuid
    return sorted(session.scalars(select(BallotRow.tracker).where(BallotRow.deck == uuid)))


@dataclass(frozen=True, slots=True)
class _Archive:
    content: bytes
    end_ballots: str
    ballots: int
    commitments: bytes | None


def _archive(session: Session, written: SetupRow, opened: datetime) -> _Archive:
    file = io.BytesIO()
    archive = ArchiveWriter(file, int(opened.timestamp()))
    archive.add_setup(written.election, written.trustees, written.credentials)
    commitments: list[bytes | None] = []
    for tracker in sorted(session.scalars(select(BallotRow.tracker).where(BallotRow.deck == written.uuid))):
        row = session.get_one(BallotRow, tracker)
        archive.add_ballot(row.ballot)
        commitments.append(row.commitments)
        session.expunge(row)
    end = archive.add_end_ballots()
    return _Archive(file.getvalue(), end, len(commitments), _sidecar(file.getvalue(), commitments))


def _sidecar(archive: bytes, commitments: list[bytes | None]) -> bytes | None:
    if not any(commitments):
        return None
    file = io.BytesIO()
    write_commitments(file, hashlib.sha256(archive).digest(), commitments)
    return file.getvalue()


def _facts(session: Session, row: ConferenceRow, written: SetupRow, end_ballots: str, ballots: int) -> RoomFacts:
    counted, deck = roll.count(session, row.id), cards.count(session, written.uuid)
    noted = conference_row.counts(session, row.id)
    assert row.opened is not None and row.closed is not None, "both times are known at closing"
    return RoomFacts(
        format=RoomFacts.FORMAT,
        uuid=written.uuid,
        setup=written.event,
        end_ballots=end_ballots,
        opened=row.opened,
        closed=row.closed,
        absent_excused=counted.excused,
        absent_unexcused=counted.unexcused,
        cards=_cards(row, deck),
        spares_activated=tuple(
            SparesActivated(reason, noted[f"spare_{reason}"]) for reason in cards.REASONS if f"spare_{reason}" in noted
        ),
        ballots=ballots,
        cards_handed_back=noted.get(cards.HANDED_BACK, 0),
        decks_voided=decks.voided(session, row.id),
        account_resets=len(staff_changes.resets(session, row.id)),
        incidents=tuple(Incident(kind, noted[kind]) for kind in INCIDENTS if kind in noted),
        confirmations=tuple(
            parse_envelope(raw, CONFIRMATION_TYPE, "confirmation") for raw in confirmed(session, row.id).values()
        ),
        **{name: noted.get(name, 0) for name in NUMBERS},
    )


def _cards(row: ConferenceRow, deck: cards.CardCount) -> Cards:
    """The cards as Setup has them: spares activated since, and cards handed back, are told apart from them."""
    drawn, spares = row.drawn or 0, deck.spares + deck.activated
    return Cards(made=deck.made, drawn=drawn, void=deck.made - drawn - spares, spares=spares)


def end_ballots(facts: bytes) -> str:
    """Hex SHA-256 of the EndBallots event, from facts.json: what the tellers compare before they open."""
    return read_payload(parse_envelope(facts, FACTS_TYPE, "facts"), RoomFacts, "facts").end_ballots

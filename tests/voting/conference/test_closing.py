"""Closing: the archive and its facts, and what the disk still tells afterwards."""

import hashlib
import io
import itertools
from pathlib import Path

import pytest

from tests.voting.rooms import OPENING, TWO, Room
from voting.box.casting import count_ballots
from voting.conference import cards, closing, transitions
from voting.documents.archives.archive import ArchiveReader
from voting.documents.archives.commitments import hints, read_header
from voting.documents.ballots.ballot import tracker
from voting.documents.ballots.request import commitments_size
from voting.documents.canonical import parse_canonical
from voting.documents.conferences.election import parse_election
from voting.documents.envelope import Envelope, read_payload, signed_alone
from voting.documents.facts import Cards, RoomFacts, SparesActivated
from voting.errors import SecondPersonNeeded, WrongState
from voting.storage.engine import Storage
from voting.storage.tables import CardRow, ClosingRow


def cast_all(room: Room, cards: list[str]) -> list[str]:
    return [room.box.cast(room.uuid(), room.body(card)).tracker for card in cards]


def facts_of(closed: closing.Closed) -> RoomFacts:
    return read_payload(parse_canonical(closed.facts, Envelope), RoomFacts, "facts")


def test_the_archive_holds_the_ballots_sorted_by_tracker_with_the_time_of_opening(room: Room) -> None:
    room.open()
    cast = cast_all(room, room.drawn)
    reader = ArchiveReader(io.BytesIO(room.close().archive))
    entries = list(reader.entries())
    assert [entry.event.type for entry in entries] == ["Setup", "Ballot", "Ballot", "Ballot", "EndBallots"]
    assert [tracker(entry.records[0]) for entry in entries[1:4]] == sorted(cast)
    assert reader.timestamp == 1649554200  # 2022-04-10 08:30 +07:00
    assert entries[0].digest == room.setup().event


def test_the_facts_count_what_happened_and_are_signed_by_the_desk_key(room: Room) -> None:
    room.open()
    cast_all(room, room.drawn[:2])
    closed = room.close()
    facts = facts_of(closed)
    assert (facts.ballots, facts.refused, facts.absent_excused, facts.absent_unexcused) == (2, 0, 0, 1)
    assert facts.cards == Cards(made=8, drawn=3, void=3, spares=2)
    assert (facts.audits, facts.helpers, facts.incidents, facts.spares_activated) == (0, 0, (), ())
    assert (facts.opened, facts.closed) == ("2022-04-10T08:30:00+07:00", "2022-04-10T09:15:00+07:00")
    assert len(facts.confirmations) == 2
    conference = parse_election(room.setup().election).conference
    assert conference is not None
    assert signed_alone(parse_canonical(closed.facts, Envelope), conference.desk_key)
    assert closing.end_ballots(closed.facts) == facts.end_ballots


def test_the_sidecar_holds_the_commitments_that_ballots_brought_in_the_order_of_the_archive(
    room: Room, tmp_path: Path
) -> None:
    room.open()
    bare = room.body(room.drawn[1], commitments=False)
    cast = sorted(room.box.cast(room.uuid(), body).tracker for body in (room.body(room.drawn[0]), bare))
    closed = room.close()
    assert closed.commitments is not None
    assert read_header(io.BytesIO(closed.commitments)) == hashlib.sha256(closed.archive).digest()
    size = commitments_size(parse_election(room.setup().election))
    sidecar = tmp_path / "box.commitments"
    sidecar.write_bytes(closed.commitments)
    found = itertools.islice(hints(sidecar, size), len(cast))
    assert [one is None for one in found] == [one == tracker(bare.rstrip(b" ")) for one in cast]


def test_there_is_no_sidecar_where_no_ballot_brought_commitments(room: Room) -> None:
    room.open()
    room.box.cast(room.uuid(), room.body(room.drawn[0], commitments=False))
    assert room.close().commitments is None


def test_what_staff_count_by_hand_goes_into_the_facts(room: Room) -> None:
    room.open()
    with room.storage.write() as session:
        for what in ("audits", "audits", "power", "helpers"):
            transitions.note_by_hand(session, room.conference, what)
        transitions.freeze(session, room.conference)
    facts = facts_of(room.close())
    assert (facts.audits, facts.helpers) == (2, 1)
    assert [(one.kind, one.count) for one in facts.incidents] == [("frozen", 1), ("power", 1)]


def test_a_reader_in_the_way_leaves_the_rewriting_for_later(sqlite_room: Room) -> None:
    room = sqlite_room
    room.open()
    impatient = Storage(str(room.storage.engine.url))
    with impatient.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 1")
    with room.storage.read() as session:
        assert count_ballots(session, room.conference) == 0
        with impatient.write() as other:
            closing.close_box(other, room.conference, room.keyring, TWO, OPENING)
        closing.rewrite_closed(impatient)
        with impatient.read() as other:
            assert not other.get_one(ClosingRow, room.conference).rewritten
    closing.rewrite_closed(room.storage)
    with room.storage.read() as session:
        assert session.get_one(ClosingRow, room.conference).rewritten
    impatient.close()


def test_an_empty_box_closes(room: Room) -> None:
    room.open()
    assert facts_of(room.close()).ballots == 0


def test_nobody_closes_alone_nor_a_box_that_is_not_open(room: Room) -> None:
    room.seal().confirm()
    close = lambda by: closing.close_box(session, room.conference, room.keyring, by, OPENING)  # noqa: E731
    with room.storage.write() as session, pytest.raises(WrongState, match="sealed"):
        close(TWO)
    with room.storage.write() as session:
        transitions.open_box(session, room.conference, TWO, OPENING)
    with room.storage.write() as session, pytest.raises(SecondPersonNeeded):
        close(transitions.TwoPeople(TWO.first, TWO.first))
    closed = room.close()
    with room.storage.write() as session, pytest.raises(WrongState, match="closed"):
        close(TWO)
    with room.storage.read() as session:
        assert closing.closed_of(session, room.conference) == closed


def test_before_closing_there_is_nothing_of_it(room: Room) -> None:
    room.open()
    with room.storage.read() as session, pytest.raises(WrongState, match="not closed yet"):
        closing.closed_of(session, room.conference)


def test_an_activated_spare_looks_like_any_other_card_afterwards(room: Room) -> None:
    room.open()
    spare = room.public(room.spares[0])
    with room.storage.write() as session:
        cards.activate_spare(session, room.conference, spare, "lost")
    facts = facts_of(room.close())
    assert facts.spares_activated == (SparesActivated("lost", 1),)
    with room.storage.read() as session:
        assert session.get_one(CardRow, spare).status == "active"


def test_trackers_are_not_shown_before_closing(room: Room) -> None:
    room.open()
    cast_all(room, room.drawn[:1])
    with room.storage.read() as session, pytest.raises(WrongState):
        closing.trackers(session, room.conference)


def test_a_server_killed_after_closing_rewrites_the_box_at_its_next_start(room: Room) -> None:
    room.open()
    with room.storage.write() as session:
        closing.close_box(session, room.conference, room.keyring, TWO, OPENING)
    closing.rewrite_closed(room.storage)
    closing.rewrite_closed(room.storage)
    assert room.state() == "closed"


def test_after_closing_no_page_of_the_file_tells_the_order_of_casting(sqlite_room: Room, tmp_path: Path) -> None:
    room = sqlite_room
    room.open()
    cast = cast_all(room, sorted(room.drawn, key=lambda card: room.public(card), reverse=True))
    room.close()
    room.storage.close()
    content = (tmp_path / "room.db").read_bytes()
    wal = tmp_path / "room.db-wal"
    assert not wal.exists() or wal.stat().st_size == 0
    places = [content.index(b'"hash":"' + _signed_hash(content, one)) for one in sorted(cast)]
    assert places == sorted(places)


def _signed_hash(content: bytes, found: str) -> bytes:
    """The hash inside the ballot with this tracker, as the file spells it first."""
    start = content.index(found.encode())
    begin = content.index(b'"hash":"', start) + 8
    return content[begin : begin + 43]

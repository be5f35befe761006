"""No ciphertext enters the box twice: the audit would refuse the whole box for ever (Cortier and Smyth 2011)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

import voting.documents.ballots.answers
from keys.group import Secret, random_secret
from tally.audit import Verdict, audit
from tests.voting.rooms import Room
from voting.box.casting import Box, _Sealed, count_ballots
from voting.documents.ballots.ballot import EncryptedBallot, parse_ballot, verify_ballot
from voting.documents.ballots.request import ballot_limit
from voting.errors import BadBallot
from voting.storage.conference_row import counts
from voting.storage.tables import BallotMarkRow


@contextmanager
def repeating(monkeypatch: pytest.MonkeyPatch, every: int) -> Iterator[None]:
    """A booth that uses one randomness again, for the first of every so many secrets that it draws."""
    fixed, drawn = random_secret(), 0

    def draw() -> Secret:
        nonlocal drawn
        drawn += 1
        return fixed if drawn % every == 1 else random_secret()

    with monkeypatch.context() as patch:
        patch.setattr(voting.documents.ballots.answers, "random_secret", draw)
        yield


def secrets_of_a_ballot(room: Room, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many secrets the booth draws for one ballot."""
    drawn = 0

    def draw() -> Secret:
        nonlocal drawn
        drawn += 1
        return random_secret()

    with monkeypatch.context() as patch:
        patch.setattr(voting.documents.ballots.answers, "random_secret", draw)
        room.body(room.drawn[0])
    return drawn


@pytest.fixture
def copies(room: Room, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Two valid ballots of two cards that share their first ciphertext."""
    room.open()
    every = secrets_of_a_ballot(room, monkeypatch)
    with repeating(monkeypatch, every):
        bodies = [room.body(card) for card in room.drawn[:2]]
    ballots = [_parsed(room, body) for body in bodies]
    assert ballots[0].answers[0].choices[0] == ballots[1].answers[0].choices[0]
    assert ballots[0].credential != ballots[1].credential
    return bodies


def _parsed(room: Room, body: bytes) -> EncryptedBallot:
    election = room.box.election(room.uuid())[1]
    ballot = parse_ballot(body.split(b"\n")[0], ballot_limit(election))
    verify_ballot(election, ballot)
    return ballot


def marks(room: Room) -> list[bytes]:
    with room.storage.read() as session:
        return list(session.scalars(select(BallotMarkRow.mark)))


def test_the_second_of_two_ballots_that_share_a_ciphertext_is_refused_and_the_box_stays_sound(
    room: Room, copies: list[bytes], tmp_path: Path
) -> None:
    first = room.box.cast(room.uuid(), copies[0])
    with pytest.raises(BadBallot, match="a copy"):
        room.box.cast(room.uuid(), copies[1])
    assert room.box.cast(room.uuid(), copies[0]) == first
    room.box.cast(room.uuid(), room.body(room.drawn[1]))  # the card itself is not used up
    with room.storage.read() as session:
        assert (count_ballots(session, room.conference), counts(session, room.conference)) == (2, {})
    (tmp_path / "x.bel").write_bytes(room.close().archive)
    assert audit(tmp_path / "x.bel").verdict is Verdict.SOUND


def test_copies_of_one_group_are_refused_and_the_others_go_in(
    room: Room, copies: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting: list[_Sealed] = []

    def keep(group: list[_Sealed]) -> list[Exception]:
        waiting.extend(group)
        return [BadBallot("not yet")] * len(group)

    queue = room.box._known(room.uuid()).queue
    monkeypatch.setattr(queue, "_serve_batch", keep)
    for body in [*copies, room.body(room.drawn[2])]:
        with pytest.raises(BadBallot, match="not yet"):
            room.box.cast(room.uuid(), body)
    outcomes = room.box._put_in(waiting)
    assert [isinstance(one, BadBallot) for one in outcomes] == [False, True, False]


def test_another_process_of_the_server_knows_the_copies_too(room: Room, copies: list[bytes]) -> None:
    room.box.cast(room.uuid(), copies[0])
    with pytest.raises(BadBallot):
        Box(room.storage, room.keyring).cast(room.uuid(), copies[1])


def test_a_ciphertext_twice_in_one_ballot_is_refused(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    room.open(candidates=2)
    every = secrets_of_a_ballot(room, monkeypatch) // 2
    with repeating(monkeypatch, every):
        body = room.body(room.drawn[0])
    ballot = _parsed(room, body)
    assert ballot.answers[0].choices[0] == ballot.answers[1].choices[0]
    with pytest.raises(BadBallot, match="a copy"):
        room.box.cast(room.uuid(), body)
    assert marks(room) == []


def test_marks_stay_while_the_box_is_open_and_go_when_it_closes(room: Room) -> None:
    room.open()
    room.box.cast(room.uuid(), room.body(room.drawn[0]))
    assert len(marks(room)) == 2
    for statement in ("DELETE FROM ballot_marks", "UPDATE ballot_marks SET deck = 'x'"):
        with pytest.raises(IntegrityError, match="a_mark_"):
            room.sql(statement)
    room.close()
    assert marks(room) == []

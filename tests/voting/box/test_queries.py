"""What the box asks: whether a spare is active, and the conference's row shared or alone."""

from typing import Any, cast

import pytest
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from tests.voting.rooms import Room
from voting.box import queries
from voting.conference import cards


class Listening:
    """A session that keeps the words of the statement it is asked to execute."""

    words = ""

    def connection(self) -> "Listening":
        """As a session gives its connection."""
        return self

    def execute(self, statement: Any, values: object) -> "Listening":
        """Keep the statement's words."""
        self.words = str(statement.compile(dialect=postgresql.dialect()))
        return self

    def one(self) -> tuple[str, int]:
        """An open conference of three cards."""
        return "open", 3


@pytest.mark.parametrize(("alone", "lock"), [(False, "FOR SHARE"), (True, "FOR UPDATE")])
def test_casts_share_the_conference_unless_they_count(alone: bool, lock: str) -> None:
    session = Listening()
    assert queries.enter(cast(Session, session), 1, alone=alone) == ("open", 3)
    assert session.words.endswith(lock)


def test_a_spare_is_active_once_staff_have_activated_one(room: Room) -> None:
    room.open()
    with room.storage.write() as session:
        assert not queries.spare_active(session, room.uuid())
        cards.activate_spare(session, room.conference, room.public(room.spares[0]), "lost")
        assert queries.spare_active(session, room.uuid())
        assert not queries.spare_active(session, "another")

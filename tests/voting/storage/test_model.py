"""The box against a model: whatever order of casts, freezes, spares, restarts and closing, both hold the same.

The model is a dictionary. Hypothesis looks for an order of steps after which the database, or an answer, differs.
"""

import base64
import io
import shutil
import tarfile
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import select

from tests.voting.rooms import CLOSING, OPENING, TWO, Room, new_teller, open_room
from voting.box.casting import Box
from voting.conference import cards, closing, transitions
from voting.documents.ballots.ballot import tracker
from voting.errors import BoxClosed, BoxFrozen, CardAlreadyUsed, CardVoid, InvalidCards, SpareNotActive, VotingError
from voting.storage.engine import Storage
from voting.storage.tables import BallotRow, ConferenceRow

DRAWN, MADE, SPARES, VARIANTS = 3, 5, 2, 2


class Template:
    """An open box, made once, with ballots of every card: drawn ones, a leftover that is void, and spares."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "room.db"
        room = open_room(f"sqlite:///{self.path}", [new_teller(), new_teller()])
        room.open(people=4, present=DRAWN, drawn=DRAWN, made=MADE, spares=SPARES)
        void = next(card.text for card in room.secrets if not card.spare and card.text not in room.drawn)
        self.cards = [*room.drawn, void, *room.spares]
        self.bodies = [[room.body(card) for _ in range(VARIANTS)] for card in self.cards]
        self.credentials = [room.public(card) for card in self.cards]
        room.storage.close()
        self.room = room


@pytest.fixture(scope="module")
def template() -> Template:
    return Template()


class BoxMachine(RuleBasedStateMachine):
    """A box and its model."""

    template: Template

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        shutil.copy(self.template.path, self.folder.name)
        self.room = self._open()
        self.state, self.over_limit, self.refused_second = "open", False, set[int]()
        self.box: dict[int, int] = {}
        self.active = set(range(DRAWN))
        self.spares = set(range(DRAWN + 1, DRAWN + 1 + SPARES))

    def _open(self) -> Room:
        made = self.template.room
        storage = Storage(f"sqlite:///{self.folder.name}/room.db")
        return Room(storage, made.keyring, made.tellers, made.conference)

    def expected(self, card: int, variant: int) -> type[VotingError] | None:
        """What the model answers to a ballot."""
        if self.box.get(card) == variant:
            return None
        if self.state == "closed":
            return BoxClosed
        if self.state == "frozen":
            return BoxFrozen
        if card in self.spares:
            return SpareNotActive
        if card not in self.active:
            return CardVoid
        if card in self.box:
            return CardAlreadyUsed
        return BoxFrozen if len(self.box) >= DRAWN else None

    @rule(card=st.integers(0, DRAWN + SPARES), variant=st.integers(0, VARIANTS - 1))
    def cast(self, card: int, variant: int) -> None:
        expected = self.expected(card, variant)
        body = self.template.bodies[card][variant]
        if expected is None:
            assert self.room.box.cast(self.room.uuid(), body).tracker == _tracker(body)
            self.box[card] = variant
            return
        with pytest.raises(expected):
            self.room.box.cast(self.room.uuid(), body)
        if expected is CardAlreadyUsed:
            self.refused_second.add(card)
        if expected is BoxFrozen and self.state == "open":
            self.state, self.over_limit = "frozen", True

    @precondition(lambda self: self.state == "open" and self.spares)
    @rule()
    def activate_a_spare(self) -> None:
        card = min(self.spares)
        waiting = len([one for one in self.active if one > DRAWN and one not in self.box])
        if waiting >= DRAWN - len(self.box):
            with pytest.raises(InvalidCards), self.room.storage.write() as session:
                cards.activate_spare(session, self.room.conference, self.template.credentials[card], "lost")
            return
        with self.room.storage.write() as session:
            cards.activate_spare(session, self.room.conference, self.template.credentials[card], "lost")
        self.spares.remove(card)
        self.active.add(card)

    @precondition(lambda self: self.state == "open")
    @rule()
    def freeze(self) -> None:
        with self.room.storage.write() as session:
            transitions.freeze(session, self.room.conference)
        self.state = "frozen"

    @precondition(lambda self: self.state == "frozen")
    @rule()
    def open_again(self) -> None:
        if self.over_limit:
            with pytest.raises(BoxFrozen), self.room.storage.write() as session:
                transitions.open_box(session, self.room.conference, TWO, OPENING)
            return
        with self.room.storage.write() as session:
            transitions.open_box(session, self.room.conference, TWO, OPENING)
        self.state = "open"

    @rule()
    def restart(self) -> None:
        self.room.storage.close()
        self.room = self._open()

    @rule()
    def another_process(self) -> None:
        self.room.box = Box(self.room.storage, self.room.keyring)

    @precondition(lambda self: self.state in ("open", "frozen") and len(self.box) > 1)
    @rule()
    def close(self) -> None:
        with self.room.storage.write() as session:
            closed = closing.close_box(session, self.room.conference, self.room.keyring, TWO, CLOSING)
        self.state = "closed"
        assert _archived(closed.archive) == self._trackers()

    @invariant()
    def both_hold_the_same(self) -> None:
        with self.room.storage.read() as session:
            held = set(session.scalars(select(BallotRow.tracker)))
            row = session.get_one(ConferenceRow, self.room.conference)
            counted = transitions.conference_row.counts(session, self.room.conference)
            assert (row.state, row.over_limit) == (self.state, self.over_limit)
        assert held == self._trackers()
        assert len(held) <= DRAWN
        assert counted.get("card_already_used", 0) == len(self.refused_second)

    def _trackers(self) -> set[str]:
        return {_tracker(self.template.bodies[card][variant]) for card, variant in self.box.items()}

    def teardown(self) -> None:
        self.room.storage.close()
        self.folder.cleanup()


def _tracker(body: bytes) -> str:
    return tracker(body.rstrip(b" ").partition(b"\n")[0])


def _archived(archive: bytes) -> set[str]:
    """The trackers in an archive: a ballot's name is the hex of what its tracker spells in base64."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as file:
        names = [name.partition(".")[0] for name in file.getnames() if name.endswith(".data.json")]
    trackers = {base64.b64encode(bytes.fromhex(name)).decode().rstrip("=") for name in names}
    return trackers - _setup_data(archive)


def _setup_data(archive: bytes) -> set[str]:
    """The data records of Setup: those before the first event."""
    found: set[str] = set()
    with tarfile.open(fileobj=io.BytesIO(archive)) as file:
        for name in file.getnames():
            if name.endswith(".event.json"):
                return found
            if name.endswith(".data.json"):
                found.add(base64.b64encode(bytes.fromhex(name.partition(".")[0])).decode().rstrip("="))
    return found


@pytest.mark.slow
@pytest.mark.hypothesis
def test_the_box_is_what_the_model_says(template: Template) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    BoxMachine.template = template
    profile = settings.get_current_profile_name()
    examples = 400 if profile == "fuzz" else 25
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        BoxMachine, settings=settings(max_examples=examples, stateful_step_count=20, deadline=None)
    )

"""The life of a conference (design §3): each step demands its state, checks what must hold, and goes on.

Functions work in the caller's transaction, raise leaves of VotingError, and leave nothing half done. What they check
stands in the database as well (migration 0002), for whoever else writes to it.

    with storage.write() as session:
        number = new_conference(session, draft)
        freeze_list(session, number)
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from voting.box import tablets
from voting.conference import cards, roll
from voting.conference.confirmations import confirmed
from voting.conference.draft.agenda import Draft, check_draft, write_draft
from voting.conference.draft.stored import draft_of
from voting.conference.steps import STEPS
from voting.documents.conferences.conference import Override
from voting.documents.counted import BY_HAND
from voting.documents.quorum import least_present
from voting.errors import BoxFrozen, InvalidDraft, QuorumNotMet, RollNotEven, SecondPersonNeeded, WrongState
from voting.storage import conference_row
from voting.storage.tables import ConferenceRow, DraftRow


@dataclass(frozen=True, slots=True)
class TwoPeople:
    """The two people who take a step together (hai người cùng thực hiện), by their staff logins."""

    first: str
    second: str

    def check(self) -> None:
        """Raise SecondPersonNeeded unless these are two."""
        if not self.first or not self.second or self.first == self.second:
            raise SecondPersonNeeded("two different people must take this step together", at="second_login")


def new_conference(session: Session, draft: Draft, *, practice: bool = False) -> int:
    """Begin a conference with a draft; return its number."""
    row = ConferenceRow(state="draft", practice=practice, summoned=0, over_limit=False)
    session.add(row)
    session.flush()
    session.add(DraftRow(conference=row.id, content=write_draft(draft)))
    session.flush()
    return row.id


def change_draft(session: Session, conference: int, draft: Draft) -> None:
    """Replace the draft while the list is not frozen."""
    _held(session, conference, "change_draft")
    row = session.get(DraftRow, conference)
    assert row is not None, "every conference begins with a draft"
    row.content = write_draft(draft)
    session.flush()


def freeze_list(session: Session, conference: int) -> None:
    """Freeze names, papers and people summoned (chốt danh sách); raise InvalidDraft while something is missing."""
    row = _held(session, conference, "freeze_list")
    draft = draft_of(session, conference)
    check_draft(draft)
    deck = conference_row.deck_in_use(session, conference)
    if deck is not None and cards.count(session, deck.uuid).active < len(draft.people):
        raise InvalidDraft("fewer cards were made than people are summoned: make the deck again", key="few_cards")
    roll.write_people(session, conference, [(person.name, person.unit) for person in draft.people])
    row.summoned = len(draft.people)
    _go(session, row, "freeze_list")


def back_to_draft(session: Session, conference: int, by: TwoPeople) -> None:
    """Go back to draft, before Setup is written; the roll is forgotten, and decks that were drawn from are void."""
    by.check()
    row = _held(session, conference, "back_to_draft")
    begun = row.state == "roll_taken" or roll.count(session, conference).drawn > 0
    row.present = row.drawn = row.override_by = row.override_reason = None
    _go(session, row, "back_to_draft")
    roll.erase(session, conference)
    if begun:
        cards.void_decks(session, conference)
    row.summoned = 0
    session.flush()


def take_roll(session: Session, conference: int, override: Override | None = None) -> None:
    """Freeze the number present and that of cards drawn (chốt điểm danh).

    Raises RollNotEven unless active cards = cards drawn, and says what to do; QuorumNotMet where the chair must speak.
    """
    row = _held(session, conference, "take_roll")
    counted = roll.count(session, conference)
    _check_even(session, conference, counted)
    _check_quorum(session, conference, counted, override)
    if override is not None:
        row.override_by, row.override_reason = override.by, override.reason
    roll.rewrite(session, conference)
    row.present, row.drawn = counted.present, counted.drawn
    _go(session, row, "take_roll")


def open_box(session: Session, conference: int, by: TwoPeople, now: datetime) -> None:
    """Open the box (mở bỏ phiếu) once all tellers have confirmed Setup; after a freeze by hand, open it again.

    Codes for enrolling tablets that one person made before are good no more.
    """
    by.check()
    row = _held(session, conference, "open_box")
    if row.over_limit:
        raise BoxFrozen("the box holds as many ballots as cards were drawn: close it, or annul")
    missing = missing_confirmations(session, conference)
    if missing:
        listed = ", ".join(map(str, missing))
        raise WrongState(f"tellers who have not confirmed Setup: {listed}", key="unconfirmed", tellers=listed)
    if row.opened is None:
        row.opened = stamp(now)
        tablets.forget_codes(session)
    _go(session, row, "open_box")


def missing_confirmations(session: Session, conference: int) -> list[int]:
    """Owners (from 1) whose confirmation of Setup is missing."""
    done = confirmed(session, conference)
    return [owner for owner in range(1, len(draft_of(session, conference).tellers) + 1) if owner not in done]


def freeze(session: Session, conference: int) -> None:
    """Freeze the box by hand (tạm khóa): no ballot until it is opened again."""
    row = _held(session, conference, "freeze")
    conference_row.note(session, conference, "frozen")
    _go(session, row, "freeze")


def note_by_hand(session: Session, conference: int, what: str) -> None:
    """Count an incident, a test of a tablet or somebody's help that staff saw: how often, never when or with whom."""
    if what not in BY_HAND:
        raise WrongState(f"one of {', '.join(BY_HAND)} expected")
    _held(session, conference, "note")
    conference_row.note(session, conference, what)
    session.flush()


def annul(session: Session, conference: int, by: TwoPeople) -> None:
    """Annul a conference (hủy): its box is never opened for counting."""
    by.check()
    _go(session, _held(session, conference, "annul"), "annul")


def move_to_paper(session: Session, conference: int, by: TwoPeople) -> None:
    """Go on with paper ballots (chuyển sang phiếu giấy): the electronic box is never opened for counting."""
    by.check()
    _go(session, _held(session, conference, "on_paper"), "on_paper")


def mark_counted(session: Session, conference: int) -> None:
    """Note what the tally machine brought: the box is counted."""
    row = _held(session, conference, "count")
    _go(session, row, "count")


def mark_signed(session: Session, conference: int) -> None:
    """Note that all records are signed."""
    row = _held(session, conference, "sign")
    _go(session, row, "sign")


def stamp(moment: datetime) -> str:
    """Spell a moment as facts do: ISO 8601 with seconds and offset."""
    if moment.tzinfo is None:
        raise ValueError("a moment with its offset expected")
    return moment.isoformat(timespec="seconds")


def _held(session: Session, conference: int, step: str) -> ConferenceRow:
    """Hold the conference for a step; raise WrongState where the step is not taken in its state."""
    row = conference_row.hold(session, conference)
    conference_row.demand(row, *STEPS[step].states)
    return row


def _go(session: Session, row: ConferenceRow, step: str) -> None:
    state = STEPS[step].to
    assert state is not None, "a step that changes no state goes nowhere"
    row.state = state
    session.flush()


def _check_even(session: Session, conference: int, counted: roll.RollCount) -> None:
    deck = conference_row.deck_in_use(session, conference)
    if deck is None:
        raise RollNotEven("no cards were made: make the main deck, or move to paper", key="no_cards")
    active = cards.count(session, deck.uuid).active
    if active > counted.drawn:
        raise RollNotEven(
            f"{active} cards are active, {counted.drawn} were drawn: scan every card left in the box, to the last. "
            "If none is left, the deck is void: draw again from the reserve deck",
            key="more_active", active=active, drawn=counted.drawn,
        )  # fmt: skip
    if active < counted.drawn:
        raise RollNotEven(
            f"{active} cards are active, {counted.drawn} were drawn: a drawn card was voided. "
            "The deck is void: draw again from the reserve deck",
            key="fewer_active", active=active, drawn=counted.drawn,
        )  # fmt: skip


def _check_quorum(session: Session, conference: int, counted: roll.RollCount, override: Override | None) -> None:
    quorum = draft_of(session, conference).quorum
    if quorum is None or override is not None:
        return
    if counted.present < least_present(quorum, counted.summoned):
        raise QuorumNotMet(
            f"{counted.present} of {counted.summoned} are present, {quorum.num}/{quorum.den} expected: "
            "the chair says whether to go on, and why",
            key="quorum", at="override_reason", present=counted.present, summoned=counted.summoned,
            num=quorum.num, den=quorum.den,
        )  # fmt: skip

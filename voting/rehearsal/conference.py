"""One conference without people (diễn tập một hội nghị): draft, roll, cards, Setup, casting over HTTPS, count, record.

The server, the database, the cards, the ballots, the tellers' files and the signatures are the real ones. What people
do by hand is done by calling the same functions that the pages call.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from keys.cards import credential
from keys.files.durable import whole_file, write_whole
from keys.files.sealing import LEAST_COST
from keys.group import encode_point
from tally.count.head_decision import make_decision, tied_record, write_decision
from tally.count.record_files import write_record
from tally.count.steps import Words, add_sum, confirm_setup, finish, open_one
from tally.signing.signatures import sign_record
from tally.signing.signers import KeySigner
from tally.signing.teller_file import bind_to_box, read_teller_file
from voting.conference import cards, closing, roll, setup, transitions
from voting.conference.cards import CardSecret
from voting.conference.confirmations import confirm_setup as take_confirmation
from voting.conference.draft.agenda import Draft
from voting.conference.transitions import TwoPeople, stamp
from voting.documents.archives.archive import ArchiveWriter
from voting.documents.archives.commitments import sidecar_of
from voting.documents.ballots.ballot import cast_ballot
from voting.documents.bundles.head_decision import counted_on, ties_for_the_head
from voting.documents.conferences.election import Election, parse_election
from voting.documents.conferences.moments import VIETNAM
from voting.documents.facts import ChairWord
from voting.documents.record import Record
from voting.rehearsal.room import Desk, RunningRoom
from voting.rehearsal.staff import Staff
from voting.storage import conference_row

SPARES = 3
BY_LIST = "Diễn tập: lấy theo thứ tự danh sách."
TWO_PEOPLE = TwoPeople("organiser", "chair")
Marks = Sequence[Sequence[Sequence[int]]]
"""For each ballot, each question and each answer a 0 or 1."""


@dataclass(frozen=True, slots=True)
class Held:
    """What a rehearsed conference leaves: the finished archive, both facts files, the signed record.

    `heads` are the decisions of the head on ties; the page of each lies beside it.
    """

    uuid: str
    archive: Path
    facts: Path
    count: Path
    path: Path
    record: Record
    heads: tuple[Path, ...] = ()


def now() -> datetime:
    """The present moment in Việt Nam's zone, whose day a conference is dated by."""
    return datetime.now(VIETNAM)


def hold(
    room: RunningRoom, staff: Staff, draft: Draft, present: int, marks_for: Callable[[Election], Marks], out: Path
) -> Held:
    """Hold the conference of `draft` with `present` people, and the ballots that `marks_for` gives for its election."""
    number, deck = prepare(room.desk, draft, present, staff.trustees)
    election = seal_and_open(room.desk, staff, number)
    drawn = [card.text for card in deck][:present]
    for card, marks in zip(drawn, marks_for(election), strict=False):
        room.tablet.cast(election, cast_ballot(election, card, marks))
    archive, facts = close(room.desk, number, out)
    return count(room.desk, staff, number, archive, facts)


def prepare(desk: Desk, draft: Draft, present: int, trustees: bytes) -> tuple[int, list[CardSecret]]:
    """Freeze the list, make the cards, take the roll; return the conference's number, and all cards but the spares.

    The first `present` of them are those drawn; the others were voided.
    """
    with desk.storage.write() as session:
        number = transitions.new_conference(session, draft)
        transitions.freeze_list(session, number)
        deck = cards.make_cards(session, number, "main", len(draft.people), SPARES)
        setup.upload_trustees(session, number, trustees)
        for entry in roll.search(session, number, "", limit=len(draft.people))[:present]:
            roll.mark_present(session, number, entry.person)
            roll.card_drawn(session, number, entry.person)
    plain = [card for card in deck if not card.spare]
    with desk.storage.write() as session:
        in_use = conference_row.deck_in_use(session, number)
        assert in_use is not None, "a deck was made"
        for card in plain[present:]:
            cards.void_leftover(session, number, encode_point(credential(card.text, in_use.uuid)))
        transitions.take_roll(session, number, draft.quorum.override if draft.quorum else None)
    return number, plain


def seal_and_open(desk: Desk, staff: Staff, number: int) -> Election:
    """Write Setup, let every teller's tool confirm it, and open the box."""
    with desk.storage.write() as session:
        written = setup.write_setup(session, number, desk.keyring)
        sealed = written.election, written.trustees, written.credentials
    path = desk.folder / f"{written.uuid}.setup.bel"
    with whole_file(path) as fresh, fresh.open("wb") as file:
        ArchiveWriter(file, int(now().timestamp())).add_setup(*sealed)
    with desk.storage.write() as session:
        for teller in staff.tellers:
            own = read_teller_file(teller.path, teller.passphrase)
            take_confirmation(session, number, confirm_setup(path, own))
        transitions.open_box(session, number, TWO_PEOPLE, now())
    return parse_election(sealed[0])


def close(desk: Desk, number: int, out: Path) -> tuple[Path, Path]:
    """Close the box; write the archive, its sidecar and the room's facts into `out`."""
    with desk.storage.write() as session:
        closed = closing.close_box(session, number, desk.keyring, TWO_PEOPLE, now())
    closing.rewrite_closed(desk.storage)
    out.mkdir(parents=True, exist_ok=True)
    archive, facts = out / f"{closed.uuid}.bel", out / f"{closed.uuid}.facts.json"
    write_whole(archive, closed.archive)
    write_whole(facts, closed.facts)
    if closed.commitments is not None:
        write_whole(sidecar_of(archive), closed.commitments)
    return archive, facts


def count(desk: Desk, staff: Staff, number: int, archive: Path, facts: Path) -> Held:
    """Count on the tally machine's own terms: from the archive file and the tellers' sealed files alone."""
    begun = now()
    report = add_sum(archive)
    openings = []
    for teller in staff.tellers[: staff.threshold]:
        own = read_teller_file(teller.path, teller.passphrase)
        own = bind_to_box(teller.path, own, teller.passphrase, report.end_ballots, LEAST_COST)
        openings.append(open_one(archive, own, report.end_ballots, single_ballot=True))
    word = ChairWord("single_ballot", staff.chair[0].name, "Diễn tập: mở hòm phiếu chỉ có một phiếu.")
    words = Words(chair_words=(word,) if report.ballots == 1 else ())
    count_facts = archive.with_suffix(".count.json")
    write_whole(count_facts, finish(archive, archive, openings, begun=stamp(begun), ended=stamp(now()), words=words))
    return _record(desk, staff, number, Files(archive, facts, count_facts))


@dataclass(frozen=True, slots=True)
class Files:
    """The finished archive and both facts files."""

    archive: Path
    facts: Path
    count: Path


def _record(desk: Desk, staff: Staff, number: int, files: Files) -> Held:
    path, record = write_record(files.archive, files.facts, files.count, files.archive.parent)
    write_whole(path, sign_record(path.read_bytes(), staff.signing_keys))
    with desk.storage.write() as session:
        transitions.mark_counted(session, number)
        transitions.mark_signed(session, number)
    heads = tuple(_let_the_head_decide(staff, path, paper) for paper in ties_for_the_head(record))
    return Held(record.uuid, files.archive, files.facts, files.count, path, record, heads)


def _let_the_head_decide(staff: Staff, path: Path, paper: int) -> Path:
    """Write the head's decision on a tie of a signed record beside it; return its path."""
    tied, (_, key) = tied_record(path, paper), staff.head
    chosen = tied.tie.candidates[: tied.tie.places]
    raw = make_decision(tied, chosen=chosen, reason=BY_LIST, on=counted_on(tied.record), signer=KeySigner(key))
    write_decision(tied, raw)
    return tied.decision

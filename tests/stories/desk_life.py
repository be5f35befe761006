"""The life of a conference behind the pages, from stage to stage: for stories that look at pages in one of them."""

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec
from sqlalchemy.orm import Session

from keys.files.sealing import LEAST_COST
from keys.files.signing import SigningKey
from tally.cli.verify_apart import audit_apart
from tally.count.record_files import write_record
from tally.count.steps import Words, add_sum, confirm_setup, finish, open_one
from tally.signing.signatures import sign_record
from tally.signing.teller_file import bind_to_box, read_teller_file
from tests.stories.conftest import EmptyRoom
from voting.conference import (
    cards,
    confirmations,
    results,
    roll,
    setup,
    transitions,
    two_person_steps,
)
from voting.conference import (
    last_call as last_calls,
)
from voting.conference.transitions import TwoPeople, stamp
from voting.documents.archives.archive import ArchiveWriter
from voting.documents.ballots.ballot import cast_ballot
from voting.documents.conferences.election import parse_election
from voting.procedures import find_ruleset
from voting.rehearsal import sample
from voting.rehearsal.conference import close, now, prepare
from voting.rehearsal.office import office_round
from voting.rehearsal.staff import Staff
from voting.rounds import stored

TWO = TwoPeople("organiser", "chair")


def signed_record(staff: Staff, archive: Path, facts: Path, keys: Sequence[SigningKey]) -> Path:
    """What the tally machine makes of a closed box: its record, signed by these keys."""
    begun, report, openings = stamp(now()), add_sum(archive), []
    for teller in staff.tellers[: staff.threshold]:
        own = read_teller_file(teller.path, teller.passphrase)
        own = bind_to_box(teller.path, own, teller.passphrase, report.end_ballots, LEAST_COST)
        openings.append(open_one(archive, own, report.end_ballots))
    counted = archive.with_suffix(".count.json")
    counted.write_bytes(finish(archive, archive, openings, begun=begun, ended=stamp(now()), words=Words()))
    path, _ = write_record(archive, facts, counted, archive.parent)
    path.write_bytes(sign_record(path.read_bytes(), keys))
    return path


class Meeting:
    """The life of a conference, pushed from stage to stage behind the pages; each method is named as its stage."""

    STAGES = ("none", "draft", "complete", "list_frozen", "roll_taken", "sealed", "open", "last_call", "frozen",
              "closed", "signed", "on_paper", "annulled")  # fmt: skip

    def __init__(self, room: EmptyRoom, folder: Path) -> None:
        self.desk, self.staff, self.folder, self.tablet = room.desk, room.staff, folder, room.room.tablet
        papers, _ = sample.draw_papers(sample.SAMPLE_PAPERS, seed=5)
        self.content = sample.sample_draft(papers, room.staff, 9, 5, now().date().isoformat())
        self.number = 0
        self.deck: list[str] = []
        self.files: tuple[Path, Path] = (folder, folder)

    def none(self) -> None:
        """Nothing yet."""

    def draft(self) -> None:
        """A draft that lacks tellers, and a round with people and lists."""
        with self.desk.storage.write() as session:
            lacking = msgspec.structs.replace(self.content, tellers=self.content.tellers[:1])
            self.number = transitions.new_conference(session, lacking)
            plan = office_round("CUR-DEPT", 3)
            ruleset = find_ruleset("SONLA-VPUB-2022-03", 1)
            assert stored.begin_round(session, ruleset, "CUR-DEPT", plan.organiser, plan.address) == 1
            stored.keep(session, 1, msgspec.structs.replace(stored.kept_round(session, 1), plan=plan))

    def complete(self) -> None:
        """Nothing is missing any more."""
        with self.desk.storage.write() as session:
            transitions.change_draft(session, self.number, self.content)

    def list_frozen(self) -> None:
        """Cards are there, and two people came."""
        with self.desk.storage.write() as session:
            transitions.freeze_list(session, self.number)
            cards.make_cards(session, self.number, "main", 9, 3)
            cards.make_cards(session, self.number, "reserve", 9, 3)
            first, second, *_ = roll.search(session, self.number, "", limit=9)
            roll.card_drawn(session, self.number, first.person, drew=True)
            roll.mark_excused(session, self.number, second.person)

    def roll_taken(self) -> None:
        """Another conference, whose roll is taken."""
        self.number, deck = prepare(self.desk, self.content, 8, self.staff.trustees)
        self.deck = [card.text for card in deck[:8]]

    def sealed(self) -> None:
        """Setup is written, one teller has confirmed."""
        with self.desk.storage.write() as session:
            written = setup.write_setup(session, self.number, self.desk.keyring)
            sealed = written.election, written.trustees, written.credentials
        self.archive = self.folder / "setup.bel"
        with self.archive.open("wb") as file:
            ArchiveWriter(file, 0).add_setup(*sealed)
        self.election = parse_election(sealed[0])
        self.confirm(0)

    def confirm(self, *tellers: int) -> None:
        """Let tellers' own tools confirm."""
        for one in tellers:
            own = read_teller_file(self.staff.tellers[one].path, self.staff.tellers[one].passphrase)
            with self.desk.storage.write() as session:
                confirmations.confirm_setup(session, self.number, confirm_setup(self.archive, own))

    def open(self) -> None:
        """The box is open, three have voted, a tablet is enrolled and another one revoked."""
        self.confirm(*range(1, len(self.staff.tellers)))
        with self.desk.storage.write() as session:
            transitions.open_box(session, self.number, TWO, now())
            transitions.note_by_hand(session, self.number, "helpers")
        for at, card in enumerate(self.deck[:3]):
            marks = [[1, 0] if at else [0, 1]] * len(self.election.questions)
            self.tablet.cast(self.election, cast_ballot(self.election, card, marks))

    def last_call(self) -> None:
        """The room was told that the box closes soon."""
        with self.desk.storage.write() as session:
            last_calls.call(session, self.number)

    def frozen(self) -> None:
        """Frozen by hand, with the reason kept."""
        with self.desk.storage.write() as session:
            transitions.freeze(session, self.number)
            two_person_steps.keep(session, self.number, "freeze", TWO, "Mất điện ở nửa phòng")

    def closed(self) -> None:
        """The box is closed."""
        self.files = close(self.desk, self.number, self.folder / "out")

    def counted(self) -> None:
        """The record came back, signed by all."""
        made = [signed_record(self.staff, *self.files, self.staff.signing_keys), self.files[0]]
        files = [(path.name, path.read_bytes()) for path in made]
        results.take_records(self.desk.storage, self.number, files, audit_apart)

    def signed(self) -> None:
        """The chair shows the result."""
        self.counted()
        with self.desk.storage.write() as session:
            results.release(session, self.number, shown=True)

    def on_paper(self) -> None:
        """Another conference goes on with paper."""
        self.aside(transitions.move_to_paper)

    def annulled(self) -> None:
        """Another conference is annulled."""
        self.aside(transitions.annul)

    def aside(self, step: Callable[[Session, int, TwoPeople], None]) -> None:
        """Freeze the list of a new conference, and leave the usual way."""
        with self.desk.storage.write() as session:
            self.number = transitions.new_conference(session, self.content, practice=True)
            transitions.freeze_list(session, self.number)
            step(session, self.number, TWO)

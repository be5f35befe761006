"""The room takes no false record: forgeries that one teller, or all of them, sign and bring with an archive of theirs.

A real box, counted by the tellers' own tools; the audit runs in a process of its own, as in the room.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from keys.files.sealing import LEAST_COST
from keys.files.signing import SigningKey
from keys.transcript import sha256_hex
from tally.cli.verify_apart import audit_apart
from tally.count.record_files import write_record
from tally.count.steps import Words, add_sum, finish, open_one
from tally.result.record import record_payload
from tally.signing.signatures import sign_record
from tally.signing.teller_file import bind_to_box, read_teller_file
from tests.voting.rooms import migrated
from voting.box.casting import Box
from voting.conference import results, waiting_records
from voting.conference.transitions import stamp
from voting.documents.ballots.ballot import cast_ballot
from voting.documents.ballots.request import pack_request
from voting.documents.canonical import canonical
from voting.documents.record import Record, read_record, unsigned_record
from voting.errors import InvalidRecord, WrongState
from voting.rehearsal import sample
from voting.rehearsal.conference import close, now, prepare, seal_and_open
from voting.rehearsal.room import Desk
from voting.rehearsal.staff import Staff, make_staff
from voting.storage import conference_row
from voting.storage.keyring import Keyring

pytestmark = pytest.mark.slow

MARKS = ([[1, 0], [0, 1]], [[0, 1], [0, 1]], [[0, 1], [1, 0]])
Files = list[tuple[str, bytes]]


@dataclass(frozen=True)
class Counted:
    """A closed box in the room, and its count on the tellers' machine, signed by nobody yet."""

    desk: Desk
    staff: Staff
    number: int
    archive: bytes
    unsigned: bytes
    other: bytes
    """The record of the same count with other words of the tellers."""

    def state(self) -> str:
        """The conference's state."""
        with self.desk.storage.read() as session:
            return conference_row.find(session, self.number).state

    def take(self, *files: bytes) -> None:
        """Bring files to the room."""
        named: Files = [(f"file-{number}", raw) for number, raw in enumerate(files)]
        results.take_records(self.desk.storage, self.number, named, audit_apart)

    def key(self, name: str) -> SigningKey:
        """The key of teller "1", "2", "3", or of chair or secretary."""
        if name.isdigit():
            own = self.staff.tellers[int(name) - 1]
            return read_teller_file(own.path, own.passphrase).signer
        found: SigningKey = getattr(self.staff, name)[1]
        return found

    def signed(self, record: bytes, *names: str) -> bytes:
        """A record, signed by some."""
        return sign_record(record, [self.key(name) for name in names])


EVERYBODY = ("1", "2", "3", "chair", "secretary")


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counted]:
    """Three ballots on two names."""
    folder = tmp_path_factory.mktemp("room")
    storage = migrated(f"sqlite:///{folder / 'room.db'}")
    desk = Desk(folder, storage, Keyring(bytes(32)))
    staff = make_staff(folder, 3, 2, 5, set())
    papers, _ = sample.draw_papers(sample.single_paper(2), 5)
    draft = sample.sample_draft(papers, staff, 4, 5, now().date().isoformat())
    number, deck = prepare(desk, draft, 3, staff.trustees)
    election = seal_and_open(desk, staff, number)
    for card, marks in zip(deck[:3], MARKS, strict=True):
        Box(storage, desk.keyring).cast(election.uuid, pack_request(election, cast_ballot(election, card.text, marks)))
    archive, facts = close(desk, number, folder / "out")
    yield counted(desk, staff, number, archive, facts)
    storage.close()


def counted(desk: Desk, staff: Staff, number: int, archive: Path, facts: Path) -> Counted:
    """Count the box by two tellers, and make its record, once as it is and once with a complaint."""
    begun, report, openings = stamp(now()), add_sum(archive), []
    for teller in staff.tellers[: staff.threshold]:
        own = read_teller_file(teller.path, teller.passphrase)
        own = bind_to_box(teller.path, own, teller.passphrase, report.end_ballots, LEAST_COST)
        openings.append(open_one(archive, own, report.end_ballots))
    count = archive.with_suffix(".count.json")
    count.write_bytes(finish(archive, archive, openings, begun=begun, ended=stamp(now()), words=Words()))
    path, record = write_record(archive, facts, count, archive.parent)
    plain = path.read_bytes()
    complained = msgspec.structs.replace(record.count, complaints=("Một đại biểu đề nghị kiểm lại.",))
    hashes = msgspec.structs.replace(record.hashes, count=sha256_hex(canonical(complained)))
    other = msgspec.structs.replace(record, count=complained, hashes=hashes)
    return Counted(desk, staff, number, archive.read_bytes(), plain, unsigned_record(record_payload(other)))


def edited(box: Counted, change: Callable[[dict[str, Any]], None]) -> bytes:
    """The record with a change, unsigned."""
    fields = msgspec.to_builtins(read_record(box.unsigned)[1])
    change(fields)
    return unsigned_record(record_payload(msgspec.convert(fields, Record)))


def exchanged(fields: dict[str, Any]) -> None:
    """Agree and disagree of each name change places, in the case and in the verdict."""
    for part in ("case", "verdict"):
        for one in fields["papers"][0][part]["candidates"]:
            one["agree"], one["disagree"] = one["disagree"], one["agree"]


def no_rule(fields: dict[str, Any]) -> None:
    """Nobody needs any vote, and everybody is selected."""
    verdict = fields["papers"][0]["verdict"]
    verdict["minimum"] = 0
    for one in verdict["candidates"]:
        one |= {"meets": True, "outcome": "selected"}
    verdict["selected"] = [one["id"] for one in verdict["candidates"]]


def without_proofs(fields: dict[str, Any]) -> None:
    """The tellers give no opening proofs."""
    fields["count"]["opening_proofs"] = []
    made = msgspec.convert(fields, Record)
    fields["hashes"]["count"] = sha256_hex(canonical(made.count))


FORGERIES: dict[str, tuple[Callable[[dict[str, Any]], None], Sequence[str], str]] = {
    "other numbers by one teller": (exchanged, ("1",), "case"),
    "other numbers by everybody": (exchanged, EVERYBODY, "case"),
    "a verdict against the rule by everybody": (no_rule, EVERYBODY, "verdict"),
    "no opening proofs": (without_proofs, EVERYBODY, "opening_proofs"),
    "other notes": (lambda fields: fields["papers"][0].update(notes=[{"code": "A6", "text": "x"}]), ("1",), "notes"),
}


@pytest.mark.parametrize(("change", "signers", "words"), FORGERIES.values(), ids=FORGERIES)
def test_a_false_record_is_refused_and_leaves_nothing(
    box: Counted, change: Callable[[dict[str, Any]], None], signers: Sequence[str], words: str
) -> None:
    with pytest.raises(InvalidRecord, match=words):
        box.take(box.archive, box.signed(edited(box, change), *signers))
    assert box.state() == "closed"
    with box.desk.storage.read() as session:
        assert waiting_records.all_waiting(session, box.number) == []


def test_a_result_that_the_archive_of_one_teller_announces_is_refused(box: Counted) -> None:
    end = box.archive.rindex(b'{"result":')
    false = box.archive[:end] + box.archive[end:].replace(b"[1,2]", b"[2,1]", 1)
    assert false != box.archive

    def of_it(fields: dict[str, Any]) -> None:
        exchanged(fields)
        fields["hashes"]["archive"] = sha256_hex(false)

    with pytest.raises(InvalidRecord):
        box.take(false, box.signed(edited(box, of_it), *EVERYBODY))
    assert box.state() == "closed"


def test_the_box_as_it_was_closed_is_no_finished_archive(box: Counted) -> None:
    with pytest.raises(InvalidRecord) as refused:
        box.take(box.signed(box.unsigned, "1"))
    assert refused.value.message.key == "record_archive"
    assert box.state() == "closed"


def test_a_single_signer_can_neither_block_nor_be_blocked(box: Counted) -> None:
    box.take(box.archive, box.signed(box.other, "1"))
    assert box.state() == "counted"
    box.take(box.signed(box.unsigned, "2"))  # the archive is known by now
    for name in EVERYBODY:
        if box.state() != "signed":
            box.take(box.signed(box.unsigned, name))
    assert box.state() == "signed"
    with box.desk.storage.read() as session:
        stands = results.record_of(session, box.number)
    assert stands.record == read_record(box.unsigned)[1]
    with pytest.raises(WrongState):
        box.take(box.signed(box.other, *EVERYBODY))

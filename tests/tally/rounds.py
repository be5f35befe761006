"""A round whose tellers hold the keys of several boxes from one ceremony; each conference uses those of one."""

from pathlib import Path

import msgspec
from click.testing import Result

from tally.audit import audit
from tally.count.record_files import write_record
from tally.count.steps import Words, add_sum, confirm_setup, finish, open_one
from tally.signing.signatures import sign_record
from tally.signing.teller_file import TellerFile, read_teller_file
from tests.stories.tellers import Meeting, held_ceremony, meeting, passphrase
from tests.tally.count.test_steps import BEGUN, ENDED
from tests.tally.terminal import run

VOTES = ([[1, 0], [0, 1]], [[1, 0], [0, 0]], [[0, 1], [1, 0]])


class Round:
    """Three tellers with the keys of two boxes, and a conference that uses those of one."""

    def __init__(self, folder: Path, boxes: int = 2) -> None:
        self.folder, self.unsigned = folder, b""
        self.table, _ = held_ceremony(folder / "tellers", boxes=boxes)

    def path(self, index: int, box: int) -> Path:
        return self.table.home(index) / f"teller-{index}-box-{box}.sealed"

    def own(self, index: int, box: int) -> TellerFile:
        return read_teller_file(self.path(index, box), passphrase(index))

    def hold(self, box: int, name: str = "") -> Meeting:
        stick = self.folder / f"conference {box}{name}" / "stick"
        stick.parent.mkdir()
        return meeting(self.table, stick, VOTES, box)

    def confirm(self, made: Meeting, index: int, box: int) -> Result:
        out = self.folder / f"confirmation {index} {box}"
        return run("confirm", made.setup, "--teller", self.path(index, box), "--out", out, "--passphrase-file",
                   self.table.passphrase_file(index), "--fingerprint", made.lab.election.fingerprint)  # fmt: skip

    def open(self, made: Meeting, index: int, box: int) -> Result:
        out = self.folder / f"opening {index} {box} {made.stick.parent.name}"
        told = audit(made.box).end_ballots
        return run("open", made.box, "--end-ballots", told, "--teller", self.path(index, box), "--out", out,
                   "--passphrase-file", self.table.passphrase_file(index))  # fmt: skip

    def counted(self, made: Meeting, box: int) -> tuple[Path, Path]:
        """Confirm, close, open and count by the first two tellers, all sign; return archive and record."""
        files = [self.own(index, box) for index in (1, 2, 3)]
        made.close([confirm_setup(made.setup, one) for one in files])
        told = add_sum(made.box).end_ballots
        openings = [open_one(made.box, msgspec.structs.replace(one, opened=told), told) for one in files[:2]]
        result = made.stick / "result"
        result.mkdir()
        archive, count = result / made.box.name, result / "count.json"
        count.write_bytes(finish(made.box, archive, openings, begun=BEGUN, ended=ENDED, words=Words()))
        record, _ = write_record(archive, next(made.stick.glob("*.facts.json")), count, result)
        self.unsigned = record.read_bytes()
        keys = [*(one.signer for one in files), made.signing["secretary"], made.signing["chair"]]
        record.write_bytes(sign_record(self.unsigned, keys))
        return archive, record

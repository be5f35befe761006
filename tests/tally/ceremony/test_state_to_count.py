"""From the key ceremony to the signed record with 2 of 2, 2 of 3 and 3 of 5 tellers, and with one too few."""

from itertools import combinations
from pathlib import Path

import msgspec
import pytest

from keys.errors import InvalidShare
from keys.files.signing import SigningKey
from tally.audit import Verdict
from tally.cli.verify import check_file
from tally.count.record_files import write_record
from tally.count.steps import Words, add_sum, confirm_setup, finish, open_one
from tally.signing.signatures import sign_record
from tally.signing.teller_file import TellerFile
from tests.stories.tellers import Meeting, held_ceremony, meeting
from tests.tally.count.test_steps import BEGUN, ENDED

pytestmark = pytest.mark.slow

VOTES = ([[1, 0], [0, 1]], [[1, 0], [0, 0]], [[0, 1], [1, 0]])


def signers(made: Meeting, files: list[TellerFile]) -> list[SigningKey]:
    return [*(one.signer for one in files), made.signing["secretary"], made.signing["chair"]]


@pytest.mark.parametrize(("size", "threshold"), [(2, 2), (3, 2), (5, 3)])
def test_so_many_open_and_one_less_do_not(size: int, threshold: int, tmp_path: Path) -> None:
    table, files = held_ceremony(tmp_path, size, threshold)
    made = meeting(table, tmp_path / "box", VOTES)
    made.close([confirm_setup(made.setup, one) for one in files])
    box = add_sum(made.box).end_ballots
    bound = [msgspec.structs.replace(one, opened=box) for one in files]
    openings = [open_one(made.box, one, box) for one in bound]
    for few in combinations(openings, threshold - 1):
        with pytest.raises(InvalidShare, match=f"of {threshold} tellers expected"):
            finish(made.box, tmp_path / "x.bel", list(few), begun=BEGUN, ended=ENDED, words=Words())
    result = tmp_path / "result"
    result.mkdir()
    archive, count = result / made.box.name, result / "count.json"
    chosen = openings[-threshold:]
    count.write_bytes(finish(made.box, archive, chosen, begun=BEGUN, ended=ENDED, words=Words()))
    record, _ = write_record(archive, next(made.stick.glob("*.facts.json")), count, result)
    record.write_bytes(sign_record(record.read_bytes(), signers(made, files)))
    report = check_file(archive, (record,))
    assert report.verdict is Verdict.SOUND, [one for one in report.checks if one.failed]
    assert report.result == ((2, 1), (1, 1))

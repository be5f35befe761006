"""Each conference uses the keys of one box: another box's share, Setup or record is refused, and the file stays whole.

A share is used twice: Setup is confirmed with it, and the sum opened. Neither binds a file that is not of the box.
"""

import json
from pathlib import Path

import msgspec
import pytest

from keys.errors import InvalidShare
from tally.audit import audit
from tally.cli.verify import check_file
from tally.count.steps import add_sum, confirm_setup
from tally.errors import NotOneOfUs, OtherBox
from tally.signing.teller_file import bind_to_setup
from tests.stories.tellers import Table, passphrase
from tests.tally.rounds import Round
from tests.tally.terminal import refused, run
from voting.documents.conferences.conference import CeremonyBox

pytestmark = pytest.mark.slow

CHEAP = pytest.mark.usefixtures("cheap_binding")


@pytest.fixture
def two(tmp_path: Path) -> Round:
    return Round(tmp_path)


@CHEAP
def test_each_conference_of_a_round_is_opened_by_the_keys_of_its_own_box(two: Round) -> None:
    for box in (1, 2):
        made = two.hold(box)
        archive, record = two.counted(made, box)
        report = check_file(archive, (record,))
        assert report.result == ((2, 1), (1, 1)), [one for one in report.checks if one.failed]


@CHEAP
@pytest.mark.parametrize("own", [1, 2])
def test_a_share_of_another_box_neither_confirms_nor_opens_and_is_not_spoilt(two: Round, own: int) -> None:
    made = two.hold(3 - own)
    before = two.path(1, own).read_bytes()
    words = f"của hòm phiếu số {own}", f"khóa của hòm phiếu số {3 - own}"
    refused(two.confirm(made, 1, own), *words)
    made.close()
    add_sum(made.box)
    refused(two.open(made, 1, own), f"box {own}")
    assert two.path(1, own).read_bytes() == before, "what was tried with a wrong box binds nothing"


@CHEAP
def test_a_setup_with_the_keys_of_one_box_and_the_number_of_another_is_refused(two: Round) -> None:
    made = two.hold(1)
    election = made.lab.election
    assert election.conference is not None and isinstance(election.conference.ceremony, CeremonyBox)
    with pytest.raises(NotOneOfUs, match="byte for byte"):
        foreign = msgspec.structs.replace(two.own(1, 1), trustees="ab" * 32)
        confirm_setup(made.setup, foreign)
    swapped = msgspec.structs.replace(two.own(1, 2), box=1, trustees="")
    with pytest.raises(InvalidShare):
        confirm_setup(made.setup, swapped)


@CHEAP
def test_a_setup_that_names_no_ceremony_is_refused_by_a_file_of_one(two: Round) -> None:
    own = two.own(1, 1)
    other = msgspec.structs.replace(own, ceremony="cd" * 32)
    with pytest.raises(OtherBox, match="Setup names box 1"):
        confirm_setup(two.hold(1).setup, other)


@CHEAP
def test_the_setup_is_in_the_file_before_it_is_signed_and_a_second_one_is_refused(two: Round) -> None:
    """The same keys in two Setups: the tellers' tools confirm the first alone."""
    first, second = two.hold(1), two.hold(1, " again")
    confirmed = two.confirm(first, 1, 1)
    assert confirmed.exit_code == 0, confirmed.output
    assert two.own(1, 1).setup == audit(first.setup).setup_event
    assert two.own(1, 2).setup == "", "another box's file knows nothing of it"
    assert two.confirm(first, 1, 1).exit_code == 0, "the same Setup may be confirmed again"
    before = two.path(1, 1).read_bytes()
    refused(two.confirm(second, 1, 1), "mỗi phần khóa chỉ")
    second.close()
    add_sum(second.box)
    assert two.open(second, 1, 1).exit_code == 1, "nor is the box of the second Setup opened"
    assert two.path(1, 1).read_bytes() == before
    first.close()
    add_sum(first.box)
    opened = two.open(first, 1, 1)
    assert opened.exit_code == 0, opened.output


def test_a_share_that_opened_a_box_confirms_no_setup(two: Round) -> None:
    opened = msgspec.structs.replace(two.own(1, 1), opened="ab" * 32)
    with pytest.raises(OtherBox, match="for one box only"):
        bind_to_setup(two.path(1, 1), opened, passphrase(1), "cd" * 32)


@CHEAP
def test_what_lay_on_the_stick_and_a_file_of_before_the_conference_open_no_other_box(two: Round) -> None:
    """A copy made before, with the dealings of the stick: it knows its own box alone, and no polynomial."""
    early = {box: two.own(1, box) for box in (1, 2)}
    stick = b"".join(path.read_bytes() for path in sorted(two.table.stick.iterdir()))
    for box, own in early.items():
        text = json.dumps(msgspec.to_builtins(own))
        assert "polynomial" not in text and "decryption" not in text
        assert own.key.encode() not in stick
        made = two.hold(3 - box)
        with pytest.raises(OtherBox):
            confirm_setup(made.setup, own)


@CHEAP
def test_the_guided_count_takes_the_file_of_the_box_that_setup_names(two: Round) -> None:
    made = two.hold(2)
    made.close([confirm_setup(made.setup, two.own(index, 2)) for index in (1, 2, 3)])
    homes = [word for index in (1, 2) for word in ("--home", two.table.home(index))]
    told = audit(made.box).end_ballots
    words = two.table.passphrase_file(1)
    said = run("count", made.stick, "--end-ballots", told, "--passphrase-file", words, *homes, answers="1\n0\n")
    assert said.exit_code == 0, said.output
    assert two.own(1, 2).opened == told and two.own(1, 1).opened == ""


def test_a_record_of_one_box_is_not_signed_through_the_file_of_another(two: Round) -> None:
    made = two.hold(1)
    _, record = two.counted(made, 1)
    record.write_bytes(two.unsigned)
    words = ("--passphrase-file", two.table.passphrase_file(1))
    refused(run("sign", record, "--key", two.path(1, 2), *words), "của hòm phiếu số 2")
    assert run("sign", record, "--key", two.path(1, 1), *words).exit_code == 0


def test_the_table_of_a_round_has_a_file_of_each_box(two: Round) -> None:
    table: Table = two.table
    assert sorted(path.name for path in table.home(1).iterdir()) == ["teller-1-box-1.sealed", "teller-1-box-2.sealed"]

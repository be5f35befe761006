"""What the guided count and the destruction ask again, set aside, or leave undone, after wrong answers and files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import Result

from keys.files.key_files import write_sealed
from keys.files.sealing import LEAST_COST
from keys.files.signing import KIND as SIGNING_KIND
from keys.files.signing import encode_signing_key
from tally.audit import audit
from tally.count.steps import Opening, Words, audited, open_one, sum_of
from tally.count.usb_stick import find_desk
from tally.dialogue import Guide
from tally.guide import count as guide_count
from tally.signing.signatures import sign_record
from tally.signing.teller_file import new_teller_file, write_teller_file
from tests.attacks.lab import Draft, Lab, build_lab, closed
from tests.attacks.records import SIGNERS, conference_of, envelope, room_facts
from tests.tally.count.test_steps import lab_of_one, teller
from tests.tally.fast.ballots import AGREE, make_election
from tests.tally.terminal import PASSPHRASE, refused, run
from tests.voting.documents.test_refusals import DECISION, SIGNER
from voting.documents.bundles.signed import read_signed
from voting.documents.canonical import canonical, parse_canonical
from voting.documents.conferences.conference import ON_PAPER, Rule, Selection
from voting.documents.envelope import write_envelope
from voting.documents.facts import FACTS_TYPE, CountFacts
from voting.documents.list_decision import unsigned_list_decision
from voting.documents.record import read_record

VI = Guide("vi")

pytestmark = pytest.mark.usefixtures("cheap_binding")


def lines(*answers: str) -> str:
    return "".join(f"{one}\n" for one in answers)


class Table:
    """A stick with a closed box and the room's facts, and the tellers' folders."""

    def __init__(self, lab: Lab, folder: Path, draft: Draft | None = None) -> None:
        self.lab, self.folder, self.stick = lab, folder, folder / "stick"
        self.stick.mkdir()
        self.archive = self.stick / f"{lab.election.uuid}.bel"
        self.archive.write_bytes((draft or closed(lab)).raw())
        report = audit(self.archive)
        self.told = report.end_ballots
        room = room_facts(lab, report.setup_event, report.end_ballots, report.ballots)
        facts = write_envelope(envelope(canonical(room), FACTS_TYPE, lab, "desk"))
        self.archive.with_suffix(".facts.json").write_bytes(facts)
        (folder / "words").write_text(PASSPHRASE, encoding="utf-8")

    @property
    def result(self) -> Path:
        return self.stick / f"result-{self.lab.election.uuid}"

    @property
    def work(self) -> Path:
        return self.stick / "count"

    def home(self, owner: int, share: int | None = None) -> Path:
        """The folder of a teller, with the share of another one where `share` says so."""
        folder = self.folder / f"own {owner}"
        folder.mkdir(exist_ok=True)
        path = folder / f"teller-{owner}.sealed"
        path.unlink(missing_ok=True)
        index = share or owner
        made = new_teller_file(f"teller {index}", self.lab.tellers[index - 1], self.lab.signing[str(index)])
        write_teller_file(path, made, PASSPHRASE, LEAST_COST)
        return folder

    def count(self, *answers: str, homes: tuple[Path, ...] = (), more: tuple[object, ...] = ()) -> Result:
        given = [word for home in homes for word in ("--home", home)]
        return run("count", self.stick, "--end-ballots", self.told, "--passphrase-file", self.folder / "words",
                   *given, *more, answers=lines(*answers))  # fmt: skip

    def opening(self, owner: int) -> Path:
        return self.work / f"{self.lab.election.uuid}.opening-{owner}.json"


@pytest.fixture
def table(lab: Lab, tmp_path: Path) -> Table:
    return Table(lab, tmp_path)


def test_a_count_from_the_first_share_to_the_minutes_with_all_that_people_may_answer(table: Table) -> None:
    homes = (table.home(1), table.home(3))
    stopped = table.count("1", "0", homes=homes)
    assert stopped.exit_code == 0, stopped.output
    assert VI.words("count.stopped", folder=table.work) in stopped.output
    assert table.opening(1).exists() and not table.opening(3).exists()
    done = table.count("1", "3", "0", "bận công tác", "Lường Văn Giỏi", "", "Một ý kiến", "", "",
                       homes=homes)  # fmt: skip
    assert done.exit_code == 0, done.output
    assert VI.words("count.already", name="Kiểm phiếu viên 1") in done.output
    record = read_record((table.result / "record.json").read_bytes())[1]
    assert (record.count.witnesses, record.count.complaints) == (("Lường Văn Giỏi",), ("Một ý kiến",))
    assert [(one.kind, one.reason) for one in record.count.chair_words] == [("teller_absent", "bận công tác")]
    again = table.count()  # nothing is asked once the result is there
    assert again.exit_code == 0, again.output
    assert VI.words("count.summed") not in again.output


def test_all_who_can_open_have_opened_and_nobody_is_asked_again(table: Table) -> None:
    homes = tuple(table.home(owner) for owner in (1, 2, 3))
    first = table.count("0", homes=homes, more=("--me", "1"))
    assert first.exit_code == 0, first.output
    second = table.count(homes=homes, more=("--me", "1"))
    assert VI.words("count.stopped", folder=table.work) in second.output
    done = table.count("2", "3", "", "", homes=homes)
    assert done.exit_code == 0, done.output
    facts = parse_canonical(next(table.result.glob("*.count.json")).read_bytes(), CountFacts, what="count")
    assert (facts.openers, facts.witnesses) == ((1, 2, 3), ())


def test_words_said_before_are_not_asked_for_again(table: Table) -> None:
    homes = (table.home(1), table.home(2))
    assert table.count("1", "0", homes=homes).exit_code == 0
    words = table.work / f"{table.lab.election.uuid}.words.json"
    words.write_bytes(canonical(Words(witnesses=("Người làm chứng",))))
    done = table.count("2", "0", "", homes=homes)
    assert done.exit_code == 0, done.output
    assert read_record((table.result / "record.json").read_bytes())[1].count.witnesses == ("Người làm chứng",)


def test_a_file_of_somebody_else_is_not_taken_for_ones_own(table: Table) -> None:
    result = table.count("2", "0", homes=(table.home(2, share=3),))
    assert result.exit_code == 0, result.output
    assert VI.words("count.other_owner", name="Kiểm phiếu viên 3") in result.output
    assert not table.opening(2).exists()


def test_a_key_file_is_asked_for_by_its_path_or_folder(table: Table, tmp_path: Path) -> None:
    own = table.home(2)
    result = table.count("1", str(tmp_path / "nothing"), "2", str(own), "0")
    assert result.exit_code == 0, result.output
    assert VI.words("count.no_file", path=tmp_path / "nothing") in result.output
    assert table.opening(2).exists()


def opened(table: Table, owner: int) -> Opening:
    table.work.mkdir(exist_ok=True)
    summed = table.work / table.archive.name
    sum_of(audited(table.archive, "end_ballots"), table.archive, summed)
    return open_one(summed, teller(table.lab, owner, table.told), table.told)


def test_an_opening_that_is_wrong_is_set_aside_by_name(table: Table) -> None:
    one, three = opened(table, 1), opened(table, 3)
    table.opening(1).write_bytes(canonical(msgspec.structs.replace(one, proof=three.proof)))
    table.opening(2).write_bytes(canonical(three))
    table.opening(3).write_bytes(b"half a fi")
    result = table.count("0")
    assert result.exit_code == 0, result.output
    for owner in (1, 2, 3):
        assert not table.opening(owner).exists()
        assert table.opening(owner).with_suffix(".refused").exists()
        assert table.opening(owner).with_suffix(".refused").name in result.output
    assert VI.words("count.other_owner", name="Kiểm phiếu viên 3") in result.output


def test_the_chair_allows_a_box_of_one_ballot_or_it_stays_closed(tmp_path: Path) -> None:
    table = Table(lab_of_one(), tmp_path)
    chair = conference_of(table.lab).chair.name
    refused(table.count("k"), VI.words("count.single_no"))
    homes = (table.home(1), table.home(2))
    done = table.count("c", "chỉ có một phiếu", "1", "2", "0", "", "", "", "", homes=homes)
    assert done.exit_code == 0, done.output
    assert VI.words("count.single", chair=chair) in done.output
    assert VI.words("count.unanimous") in done.output
    record = read_record((table.result / "record.json").read_bytes())[1]
    assert [(one.kind, one.by) for one in record.count.chair_words] == [("single_ballot", chair)]


def test_facts_of_another_closing_are_noticed(table: Table) -> None:
    report = audit(table.archive)
    room = room_facts(table.lab, report.setup_event, "ab" * 32, report.ballots)
    path = table.archive.with_suffix(".facts.json")
    path.write_bytes(write_envelope(envelope(canonical(room), FACTS_TYPE, table.lab, "desk")))
    refused(table.count(), VI.words("count.facts_differ", path=path))


def test_more_shares_than_names_are_called_by_number(table: Table) -> None:
    count = guide_count.Count(VI, find_desk(VI, table.stick), ())
    count.election, count.trustees = table.lab.election, table.lab.trustees
    assert count._name(1) == "Kiểm phiếu viên 1"
    assert count._name(7) == "#7"


def test_the_box_of_another_program_has_no_conference_to_count(table: Table) -> None:
    count = guide_count.Count(VI, find_desk(VI, table.stick), ())
    count.election = make_election(AGREE)
    with pytest.raises(guide_count.Stopped, match=VI.words("count.no_conference")):
        assert count.conference


def test_few_people_are_warned_of_and_many_are_not(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    assert VI.words("count.few") in table.count("0").output
    monkeypatch.setattr(guide_count, "SMALL_ROOM", 2)
    assert VI.words("count.few") not in table.count("0").output


def test_a_file_that_people_keep_after_all_is_not_destroyed(table: Table) -> None:
    homes = (table.home(1), table.home(2))
    assert table.count("1", "2", "0", "", "", "", homes=homes).exit_code == 0
    record = table.result / "record.json"
    record.write_bytes(sign_record(record.read_bytes(), [table.lab.signing[one] for one in SIGNERS]))
    path, end = homes[0] / "teller-1.sealed", table.folder / "end"
    answers = lines("c", "c", "Người làm chứng", "", "", "", "k")
    result = run("destroy", path, "--record", record, "--out", end, answers=answers)
    assert result.exit_code == 0, result.output
    assert path.exists() and VI.words("destroy.kept", path=path, why=VI.words("destroy.why_people")) in result.output
    said = msgspec.json.decode((end / "destruction.json").read_bytes())
    assert (said["removed"], [one["file"] for one in said["kept"]]) == ([], [str(path)])


def test_a_list_decision_is_signed_by_the_same_command(tmp_path: Path) -> None:
    path, key, out = (tmp_path / name for name in ("list-decision.json", "key", "signed.json"))
    path.write_bytes(unsigned_list_decision(DECISION))
    write_sealed(key, encode_signing_key(SIGNER), PASSPHRASE, kind=SIGNING_KIND, cost=LEAST_COST)
    result = run("sign", path, "--key", key, "--out", out, answers=lines(PASSPHRASE))
    assert result.exit_code == 0, result.output
    assert read_signed(out.read_bytes()) == DECISION
    assert path.read_bytes() == unsigned_list_decision(DECISION)


# --- ties ------------------------------------------------------------------------------------------------------------

TIED = ([[1, 0], [1, 0]], [[1, 0], [1, 0]], [[0, 1], [0, 1]])
LAST_PLACE: dict[str, Any] = {
    "kind": "final",
    "rule": Rule(">", 1, 5, "summoned"),
    "selection": Selection("top", 1),
    "tie_scope": "head_cutline",
}


@pytest.fixture
def tied(tmp_path: Path) -> Iterator[Table]:
    yield Table(build_lab(TIED, publics={"head": ON_PAPER}, **LAST_PLACE), tmp_path)


def counted(table: Table, *answers: str) -> Result:
    return table.count("1", "2", "0", "", "", "", *answers, homes=(table.home(1), table.home(2)))


def test_a_tie_is_left_open_in_the_record_and_what_to_do_is_said(tied: Table) -> None:
    result = counted(tied)
    assert result.exit_code == 0, result.output
    record = tied.result / "record.json"
    assert VI.words("count.tie_after", paper=1, record=record) in result.output
    assert read_record(record.read_bytes())[1].papers[0].verdict.status == "awaiting_head"
    assert not list(tied.result.glob("head-decision*"))

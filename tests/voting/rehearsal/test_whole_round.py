"""Whole rounds without people, on a real server: each procedure ends in one dossier, with every line met on the way."""

import hashlib
import io
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from msgspec import UNSET
from pyhanko.pdf_utils.reader import PdfFileReader

from tally.cli.verify import verify_command
from tests.sittings import only
from voting.cli.rehearsal import rehearsal_command
from voting.documents.bundles.bundle import open_bundle
from voting.documents.bundles.head_decision import HeadDecision, read_head_decision, record_hash, verdict_with
from voting.documents.bundles.signed import read_signed
from voting.documents.record import PaperResult, Record
from voting.procedures import load_ruleset
from voting.rehearsal.office import office_round, round_by
from voting.rounds.round import check_round

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("proofs_once")]

PROCEDURES = ("CUR-DEPT", "CUR-OFFICE", "NEXT-DEPT", "NEXT-OFFICE")
TRADE_UNION = Path(__file__).resolve().parents[1] / "procedures" / "trade_union.toml"
Records = dict[int, Record]


def rehearse(out: Path, *options: str) -> Path:
    """Run the command; return the one file that it leaves."""
    done = CliRunner().invoke(rehearsal_command, ["--out", str(out), *options])
    assert done.exit_code == 0, done.output
    (dossier,) = out.iterdir()
    assert dossier.suffix == ".zip"
    return dossier


def verify(dossier: Path) -> Result:
    return CliRunner().invoke(verify_command, [str(dossier)])


def records_of(dossier: Path) -> Records:
    """Every record of a dossier, by step."""
    with dossier.open("rb") as file:
        bundle = open_bundle(file)
        raws = [bundle.read(name, 10**7) for name in bundle.names() if "/record" in name]
    found = [one for one in map(read_signed, raws) if isinstance(one, Record)]
    return {one.conference.papers[0].step: one for one in found}


def heads_of(dossier: Path) -> list[HeadDecision]:
    """Every decision of the head in a dossier."""
    with dossier.open("rb") as file:
        bundle = open_bundle(file)
        raws = [
            bundle.read(name, 10**7) for name in bundle.names() if "/head-decision" in name and name.endswith("json")
        ]
    return [read_head_decision(raw)[1] for raw in raws]


def boxes_of(found: Records) -> list[tuple[str, int]]:
    """Ceremony and box of the keys of each conference, in the order of the steps."""
    named = [one.conference.ceremony for _, one in sorted(found.items())]
    return [(one.fingerprint, one.box) for one in named if one is not UNSET]


def votes(result: PaperResult) -> list[tuple[int, str]]:
    return [(one.agree, one.outcome) for one in result.verdict.candidates]


def put_forward(record: Record, paper: int) -> set[str]:
    return {one.id for one in record.conference.papers[paper - 1].candidates if one.put_forward}


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_the_made_up_office_is_a_sound_round_and_the_same_for_the_same_seed(procedure: str) -> None:
    plan = office_round(procedure, 5)
    check_round(plan)
    assert plan == office_round(procedure, 5) != office_round(procedure, 6)


@pytest.mark.slow
@pytest.mark.parametrize("procedure", PROCEDURES)
def test_a_whole_round_meets_every_line_and_its_dossier_is_sound(procedure: str, tmp_path: Path) -> None:
    dossier = rehearse(tmp_path / "out", "--procedure", procedure, "--seed", "3")
    verified = verify(dossier)
    assert verified.exit_code == 0, verified.output
    found = records_of(dossier)
    last = max(found)
    boxes = boxes_of(found)
    assert len({fingerprint for fingerprint, _ in boxes}) == 1, "one ceremony for the round"
    assert [box for _, box in boxes] == [*range(1, len(found) + 1)], "each box opened once"
    if procedure.startswith("CUR"):
        removals = [result for one in found.values() for paper, result in one.results() if paper.kind == "remove"]
        assert [(one.verdict.minimum, votes(one)) for one in removals] == [(4, [(4, "selected")])]
    newcomers = set()
    for paper in (1, 2):
        wide, extended = found[last - 2].of(paper), found[last - 1].of(paper)
        assert (found[last - 2].conference.present, wide.ballots.collected) == (10, 9)
        assert votes(wide)[-2:] == [(3, "selected"), (2, "below")]  # 3 of 10 is enough
        assert votes(extended)[-2:] == [(6, "selected"), (5, "below")]  # 5 of 10 is not
        newcomers |= put_forward(found[last - 2], paper) & set(wide.verdict.selected)
    record = found[last]
    tied, above = record.of(1), record.of(2)
    quorum = record.conference.quorum
    assert (record.conference.summoned, record.conference.present) == (7, 4)
    assert quorum is not None and quorum.override is not None  # four of seven: the quorum is five
    assert {one.agree for one in tied.verdict.candidates} == {4}
    assert tied.verdict.tie is not None and len(tied.verdict.tie.candidates) == 3
    assert tied.verdict.status == "awaiting_head", "the record stays as it was signed"
    (decision,) = heads_of(dossier)
    assert (decision.record, decision.paper) == (record_hash(record), 1)
    assert verdict_with(tied, decision).status == "final"
    assert "awaiting the decision" not in verified.output
    assert votes(above) == [(4, "selected"), (4, "selected"), (3, "below")]
    assert bool(above.notes) == (procedure != "NEXT-DEPT"), "only NEXT-DEPT ties the head to the end of the list"
    assert newcomers & set(above.verdict.selected), "a name put forward goes on to win"


def test_another_body_runs_through_a_rehearsal_without_a_line_of_code(tmp_path: Path) -> None:
    options = ("--procedure", "BCH", "--ruleset", str(TRADE_UNION), "--seed", "4")
    dossier = rehearse(tmp_path / "out", *options)
    assert verify(dossier).exit_code == 0
    (record,) = records_of(dossier).values()
    result = only(record)
    assert (result.case.rule.num, result.case.rule.den, result.case.selection.quota) == (2, 3, 5)
    assert len(result.verdict.selected) == 5
    assert all(3 * one.agree >= 2 * record.conference.present for one in result.verdict.candidates if one.meets)


@pytest.mark.slow
def test_names_follow_the_seed_and_secrets_do_not(tmp_path: Path) -> None:
    ruleset = load_ruleset(TRADE_UNION)
    assert round_by(ruleset, "BCH", 1) == round_by(ruleset, "BCH", 1) != round_by(ruleset, "BCH", 2)
    options = ("--procedure", "BCH", "--ruleset", str(TRADE_UNION))
    first, second = (rehearse(tmp_path / name, *options) for name in "ab")
    one, other = (records_of(dossier)[1] for dossier in (first, second))
    assert only(one).verdict == only(other).verdict
    assert one.conference.desk_key != other.conference.desk_key and one.uuid != other.uuid
    assert hashlib.sha256(first.read_bytes()).digest() != hashlib.sha256(second.read_bytes()).digest()


REFUSED = {
    "unknown": (["--procedure", "NONE"], "one of BAU-CAP-UY, KHEN-THUONG, CUR-DEPT"),
    "with voters": (["--procedure", "CUR-DEPT", "--voters", "5"], "takes no --voters"),
    "not in the file": (["--procedure", "CUR-DEPT", "--ruleset", str(TRADE_UNION)], "one of BCH"),
    "units of nothing": (["--units", "2"], "goes with --procedure"),
    "units of another body": (["--procedure", "KHEN-THUONG", "--units", "2"], "for the procedures of"),
    "one procedure twice": (["--procedure", "CUR-DEPT", "--procedure", "CUR-DEPT"], "each procedure once"),
    "alone": (["--ruleset", str(TRADE_UNION)], "goes with --procedure"),
    "no ruleset": (["--procedure", "BCH", "--ruleset", __file__], "not TOML"),
}


@pytest.mark.parametrize(("arguments", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_what_makes_no_sense_for_a_whole_round_is_refused(arguments: list[str], message: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(rehearsal_command, ["--out", str(tmp_path / "out"), *arguments])
    assert (done.exit_code, message in done.output) == (2, True), done.output


def files_in(dossier: Path, ending: str) -> dict[str, bytes]:
    """Files of a dossier by name."""
    with dossier.open("rb") as file:
        bundle = open_bundle(file)
        return {name: bundle.read(name, 10**7) for name in bundle.names() if name.endswith(ending)}


def test_a_round_of_four_units_takes_a_sitting_a_step_and_thirty_pages_of_minutes(tmp_path: Path) -> None:
    dossier = rehearse(tmp_path / "out", "--procedure", "CUR-DEPT", "--units", "4", "--seed", "3")
    assert verify(dossier).exit_code == 0, verify(dossier).output
    found = records_of(dossier)
    assert [len(one.papers) for _, one in sorted(found.items())] == [9, 8, 8, 8]
    assert len({fingerprint for fingerprint, _ in boxes_of(found)}) == 1
    minutes = files_in(dossier, "minutes.pdf")
    assert len(minutes) == 4
    assert sum(len(PdfFileReader(io.BytesIO(raw)).root["/Pages"]["/Kids"]) for raw in minutes.values()) <= 30
    assert len(heads_of(dossier)) == 4, "each unit's first title is tied on its last place"


def test_two_procedures_share_their_sittings_and_one_dossier(tmp_path: Path) -> None:
    dossier = rehearse(tmp_path / "out", "--procedure", "CUR-DEPT", "--procedure", "NEXT-DEPT", "--seed", "3")
    assert verify(dossier).exit_code == 0, verify(dossier).output
    records = [read_signed(raw) for raw in files_in(dossier, "record.json").values()]
    shared = [{paper.procedure for paper in one.conference.papers} for one in records if isinstance(one, Record)]
    assert sorted(map(sorted, shared)) == [["CUR-DEPT"], *[["CUR-DEPT", "NEXT-DEPT"]] * 3]
    letters = {name.partition("/")[0] for name in files_in(dossier, "to-trinh.docx")}
    assert letters == {"CUR-DEPT", "NEXT-DEPT"}

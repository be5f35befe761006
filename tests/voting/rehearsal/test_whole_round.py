"""Whole rounds without people, on a real server: each procedure ends in one dossier whose chain holds."""

import hashlib
from pathlib import Path

import pytest
from click.testing import CliRunner

from voting.cli_rehearsal import rehearsal_command
from voting.documents.bundle import open_bundle, verify_bundle_files, verify_bundle_signature
from voting.documents.record import Record
from voting.documents.step_chain import chain_problems
from voting.plan.rounds import check_round
from voting.rehearsal.office import office_round
from voting.rehearsal.whole_round import read_document

PROCEDURES = ("CUR-DEPT", "CUR-OFFICE", "NEXT-DEPT", "NEXT-OFFICE")


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_the_made_up_office_is_a_sound_round_and_the_same_for_the_same_seed(procedure: str) -> None:
    plan = office_round(procedure, 5)
    check_round(plan)
    assert plan == office_round(procedure, 5) != office_round(procedure, 6)


@pytest.mark.slow
@pytest.mark.parametrize("procedure", PROCEDURES)
def test_a_whole_round_ends_in_one_dossier_whose_chain_holds(procedure: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = CliRunner().invoke(rehearsal_command, ["--out", str(out), "--procedure", procedure, "--seed", "3"])
    assert done.exit_code == 0, done.output
    (dossier,) = out.iterdir()
    with dossier.open("rb") as file:
        bundle = open_bundle(file)
        assert verify_bundle_files(bundle) == len(bundle.names())
        names = [name for name in bundle.names() if "/record" in name or name.endswith("list-decision.json")]
        raws = [bundle.read(name, 10**7) for name in names]
        documents = {hashlib.sha256(raw).hexdigest(): read_document(raw) for raw in raws}
        desks = [one.conference.desk_key for one in documents.values() if isinstance(one, Record)]
        verify_bundle_signature(bundle, desks)
        assert list(chain_problems(documents)) == []
        assert sum(name.endswith(".bel") for name in bundle.names()) == (4 if procedure.startswith("CUR") else 3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [(["--procedure", "NONE"], "one of CUR-DEPT"), (["--procedure", "CUR-DEPT", "--voters", "5"], "takes no --voters")],
)
def test_what_makes_no_sense_for_a_whole_round_is_refused(arguments: list[str], message: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(rehearsal_command, ["--out", str(tmp_path / "out"), *arguments])
    assert (done.exit_code, message in done.output) == (2, True)

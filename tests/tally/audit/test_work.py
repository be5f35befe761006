"""How much work an archive may ask of its verifier: beyond what any sitting needs it is refused, and says why."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tally.audit import run
from tally.cli.verify import verify_command
from tests.attacks.lab import closed
from tests.attacks.lab import lab as the_lab


def verdict(path: Path) -> tuple[int, str, str]:
    found = CliRunner().invoke(verify_command, [str(path), "--json"])
    fields = json.loads(found.output)
    return found.exit_code, fields["verdict"], fields.get("why", "")


def test_more_answers_than_any_sitting_has_are_refused_clearly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lab, archive = the_lab(), tmp_path / "x.bel"
    archive.write_bytes(closed(lab).raw())  # three ballots of two names: twelve answers
    monkeypatch.setattr(run, "MOST_ANSWERS", 12)
    assert verdict(archive)[:2] == (0, "sound")
    monkeypatch.setattr(run, "MOST_ANSWERS", 11)
    code, said, why = verdict(archive)
    assert (code, said) == (2, "unsupported")
    assert "at most 11 answers in all ballots together expected" in why
    assert "from the ballot 3 on, with 4 answers each" in why and "ask whoever handed this file over" in why


def test_what_is_wrong_before_the_limit_is_still_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lab, archive = the_lab(), tmp_path / "x.bel"
    archive.write_bytes(closed(lab, b"{}", *lab.ballots).raw())
    monkeypatch.setattr(run, "MOST_ANSWERS", 8)
    assert verdict(archive)[:2] == (1, "unsound")


def test_the_limit_holds_as_many_ballots_as_a_deck_has_cards() -> None:
    assert run.MOST_ANSWERS == 20_000 * 1000

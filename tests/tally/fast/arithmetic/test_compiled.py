"""Where compiled code is kept: in a folder of the user's own, or nowhere."""

import os
from pathlib import Path

import pytest

from tally import fast
from tally.fast.arithmetic import compiled, selfcheck


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(compiled, "_user_cache", lambda: tmp_path)
    return tmp_path


def test_the_cache_belongs_to_its_user_alone(home: Path) -> None:
    folder = compiled._cache_folder()
    assert folder is not None
    assert Path(folder).is_relative_to(home)
    assert Path(folder).stat().st_mode & 0o777 == 0o700


def test_a_folder_that_others_may_write_to_is_not_used(home: Path) -> None:
    folder = compiled._cache_folder()
    assert folder is not None
    Path(folder).chmod(0o777)
    assert compiled._cache_folder() is None


def test_where_no_folder_can_be_made_there_is_no_cache(home: Path) -> None:
    (home / "phieukin").write_bytes(b"in the way")
    assert compiled._cache_folder() is None


def test_changed_sources_get_another_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = compiled._fingerprint_of_sources()
    monkeypatch.setattr(compiled, "__file__", str(tmp_path / "compiled.py"))
    assert compiled._fingerprint_of_sources() != before


def test_arithmetic_that_answers_wrongly_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selfcheck, "is_zero_sum", lambda *arguments: True)
    fast.why_not.cache_clear()
    try:
        assert "does not work here" in str(fast.why_not())
        assert not fast.available()
    finally:
        fast.why_not.cache_clear()


def test_the_known_answer_is_right_here() -> None:
    assert fast.why_not() is None
    assert os.environ.get("NUMBA_DISABLE_JIT", "0") == "0"

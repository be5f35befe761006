"""What Python and TypeScript share stands once on each side: in its own module there, in the made one here."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from tests.test_house import ROOT, modules
from tests.tools.shared_constants import SHARED, document
from voting.documents.states import State

FRONT = ROOT / "kiosk_templates" / "src"
DISTINCT = [
    str(SHARED[name]) for name in SHARED if name.endswith(("_TAG", "_HEADER", "_MARK", "_ALPHABET")) or name == "API"
]
AS_RANGE = "1-9A-HJ-NP-Za-km-z"  # the alphabet as people write it by hand


def sources() -> Iterator[Path]:
    """Yield the product's modules of both languages."""
    yield from modules().values()
    yield from sorted(FRONT.rglob("*.ts"))


@pytest.mark.parametrize("literal", DISTINCT)
def test_a_shared_word_is_written_once_in_python_and_once_in_typescript(literal: str) -> None:
    found = [path for path in sources() if re.search(rf"""["'`]{re.escape(literal)}["'`/]""", path.read_text("utf-8"))]
    assert [path.suffix for path in found] == [".py", ".ts"], found
    assert found[-1] == FRONT / "shared.ts"


def test_nobody_writes_the_alphabet_as_ranges() -> None:
    assert [path for path in sources() if AS_RANGE in path.read_text("utf-8")] == []


def test_the_made_module_has_every_state_of_a_conference() -> None:
    lines = document().splitlines()
    assert [f'  "{state}",' in lines for state in get_args(State)] == [True] * len(get_args(State))


def test_the_tablet_asks_the_made_module_for_its_states() -> None:
    assert "Record<RoomState | typeof NO_STATE, Phase>" in (FRONT / "states.ts").read_text("utf-8")

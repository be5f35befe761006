"""The tablet's own tests, written in TypeScript, run by node's test runner."""

import re
import subprocess
from pathlib import Path

import pytest

from kiosk_templates.build_front import HERE, find_node
from tests.kiosk_templates.test_every_screen import states


@pytest.mark.slow
def test_the_typescript_tests_pass(front: Path) -> None:
    node, _ = find_node()
    done = subprocess.run([node, "run.mjs"], cwd=Path(__file__).parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "fail 0" in done.stdout and "pass 0" not in done.stdout


def test_no_module_keeps_a_list_of_states_beside_the_table() -> None:
    named = re.compile(r'\["(?:' + "|".join(sorted(states())) + r')"(?:, "\w+")*\]\.includes')
    found = [path.name for path in sorted((HERE / "src").rglob("*.ts")) if named.search(path.read_text("utf-8"))]
    assert found == []

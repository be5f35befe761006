"""Words of the code that were replaced do not come back."""

import re

import pytest

from tests.test_house import ROOT, tracked
from tests.tools.glossary import replaced

KINDS = (".py", ".ts", ".html", ".css", ".md", ".typ", ".toml", ".json", ".mjs")
LEFT_OUT = (
    "CHANGELOG.md",
    "docs/glossary.toml",
    "kiosk_templates/package-lock.json",
    "tests/vectors/",
    "tests/fuzz/cases/",
)
"""What was, the list itself, and files of other programs."""


def texts() -> dict[str, str]:
    """The text of every file that people of the project write."""
    names = (name for name in tracked() if name.endswith(KINDS) and not name.startswith(LEFT_OUT))
    return {name: (ROOT / name).read_text("utf-8") for name in names}


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    return texts()


@pytest.mark.parametrize("entry", replaced(), ids=lambda entry: entry["write"])
def test_a_word_that_was_replaced_does_not_come_back(
    entry: dict[str, str | list[str]], written: dict[str, str]
) -> None:
    pattern = re.compile("|".join(entry["instead_of"]))
    found = {
        f"{name}:{text.count(chr(10), 0, hit.start()) + 1}": hit.group()
        for name, text in written.items()
        for hit in pattern.finditer(text)
    }
    assert found == {}, f"write {entry['write']}"

"""The threat model: every row of its tables names what proves it, or says what remains; every link is to a test."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "THREATS.md").read_text(encoding="utf-8")
LINK = re.compile(r"\[[^\]]+\]\((tests/[^)#]+)\)")


def rows(heading: str) -> list[list[str]]:
    """The rows of the table under a heading."""
    section = TEXT.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]


@pytest.mark.parametrize("row", rows("Attack by attack"), ids=lambda row: row[0][:40])
def test_each_attack_has_a_mitigation_with_a_test_or_a_remainder(row: list[str]) -> None:
    attack, mitigation, proved, remains = row
    assert attack and mitigation
    assert LINK.search(proved) or remains


@pytest.mark.parametrize("row", rows("By person"), ids=lambda row: row[0][:40])
def test_each_person_is_stopped_by_something_tested_and_what_remains_is_said(row: list[str]) -> None:
    who, tried, stopped, proved, remains = row
    assert who and tried and stopped and remains
    assert LINK.search(proved)


@pytest.mark.parametrize("row", rows("By part: what a compromise gives up"), ids=lambda row: row[0][:40])
def test_each_part_says_what_it_gives_up_and_what_to_do(row: list[str]) -> None:
    part, gives_up, _, advice = row
    assert part and gives_up and advice


def test_every_link_into_the_tests_is_to_a_file_with_tests() -> None:
    found = set(LINK.findall(TEXT))
    assert len(found) > 30
    assert [link for link in sorted(found) if "def test_" not in (ROOT / link).read_text(encoding="utf-8")] == []

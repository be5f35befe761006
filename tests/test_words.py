"""One term for one thing, in every catalogue, paper and page that people read."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "kiosk_templates"
TRANSLATIONS, TYPST = ROOT / "translations", ROOT / "typst"

FINGERPRINT = {"vi": "Mã cuộc bỏ phiếu", "en": "Election code"}
CLOSING = {"vi": "Mã xác nhận đóng hòm phiếu", "en": "Closing code of the box"}
SHOWN_AS = (
    ("room", "setup.fingerprint", FINGERPRINT),
    ("tablet", "fingerprint", FINGERPRINT),
    ("auditor", "setup.good", FINGERPRINT),
    ("tellers", "setup.fingerprint", FINGERPRINT),
    ("minutes", "annex.fingerprint", FINGERPRINT),
    ("room", "results.end", CLOSING),
    ("tellers", "count.compare", CLOSING),
    ("tellers", "said.end_ballots", CLOSING),
    ("minutes", "annex.end_ballots", CLOSING),
)
"""Where a value is shown that people compare, and the one term for it."""

NEVER = (
    r"(?i)(?<!điểm chỉ )vân tay",
    r"(?i)mã bầu",
    r"(?i)mã thiết lập",
    r"(?i)mã cấu hình",
    r"(?i)mã băm của (thiết lập|hòm phiếu)",
    r"(?i)mã đóng hòm",
    r"(?i)sự kiện đóng hòm",
    r"(?i)thử máy thay vì",
    r"EndBallots",
    r"(?i)hash of (setup|the clos)",
    r"(?i)fingerprint of (setup|the election)",
)


def leaves(tree: object, at: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a catalogue with its key, levels joined by points."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from leaves(value, f"{at}.{key}" if at else key)
    elif isinstance(tree, list):
        for number, value in enumerate(tree):
            yield from leaves(value, f"{at}.{number}")
    elif isinstance(tree, str):
        yield at, tree


def catalogue(path: Path) -> dict[str, str]:
    """A catalogue of words, flat."""
    text = path.read_text("utf-8")
    return dict(leaves(json.loads(text) if path.suffix == ".json" else tomllib.loads(text)))


CATALOGUES = sorted([*TRANSLATIONS.glob("*.*"), *TYPST.glob("*.toml")])


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.name)
def test_no_catalogue_has_another_term_for_what_people_compare(path: Path) -> None:
    found = [(key, text) for key, text in catalogue(path).items() for never in NEVER if re.search(never, text)]
    assert found == []


@pytest.mark.parametrize("path", sorted(TYPST.glob("*.typ")), ids=lambda path: path.name)
def test_no_paper_has_another_term_for_what_people_compare(path: Path) -> None:
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.lstrip().startswith("//")]
    assert [line for line in lines for never in NEVER if re.search(never, line)] == []


@pytest.mark.parametrize(("place", "key", "term"), SHOWN_AS, ids=str)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_what_people_compare_has_one_name_wherever_it_is_shown(
    place: str, key: str, term: dict[str, str], language: str
) -> None:
    (path,) = [path for path in CATALOGUES if path.name.startswith(f"{place}.{language}.")]
    assert catalogue(path)[key].startswith(term[language])

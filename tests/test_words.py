"""One term for one thing, in every catalogue, paper and page that people read."""

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_house import modules
from tests.tools.glossary import terms

ROOT = Path(__file__).parents[1] / "kiosk_templates"
TRANSLATIONS, TYPST = ROOT / "translations", ROOT / "typst"
DOCS = [path for path in sorted((ROOT.parent / "docs").glob("*.md")) if path.name != "procedures.md"]
PAGES = [*sorted((ROOT / "pages").rglob("*.html")), *sorted((ROOT / "src").rglob("*.ts")), *DOCS]
VIETNAMESE = re.compile("[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9]")
KINDS = ROOT.parent / "voting" / "procedures" / "kinds"

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

PATTERNS = [re.compile(never, re.IGNORECASE) for term in terms() for never in term["never"]]
KEPT = (
    "Đồng chí {} vừa là kiểm phiếu viên,",  # the migration that reads drafts of before
    "cần thời điểm có múi giờ, ví dụ",
    "a moment with its offset, as",  # how a file must spell it
)
"""Texts that may say otherwise, by how they begin."""
STATES = ("Đã ", "Dự thảo", "DIỄN TẬP")


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


CATALOGUES = sorted([*TRANSLATIONS.glob("*.*"), *TYPST.glob("*.toml"), *KINDS.glob("*.toml")])


def broken(texts: Iterator[tuple[str, str]]) -> list[tuple[str, str]]:
    """What breaks the glossary: where, and the words found."""
    return [
        (at, found.group())
        for at, text in texts
        if not text.startswith(KEPT)
        for pattern in PATTERNS
        if (found := pattern.search(text))
    ]


def papers(path: Path) -> Iterator[tuple[str, str]]:
    """The lines of a template that are no comments."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.lstrip().startswith(("//", "{#")):
            yield str(number), line


def constants(path: Path) -> Iterator[tuple[str, str]]:
    """The Vietnamese texts of a module that people are shown: help of commands, notes, papers; not other docstrings."""
    tree = ast.parse(path.read_text("utf-8"))
    inner = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and not getattr(node, "decorator_list", []):
            first = node.body[0] if node.body else None
            inner |= {id(first.value)} if isinstance(first, ast.Expr) else set()
    for node in ast.walk(tree):
        said = node.value if isinstance(node, ast.Constant) and id(node) not in inner else None
        if isinstance(said, str) and VIETNAMESE.search(said):
            yield str(getattr(node, "lineno", 0)), said


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.name)
def test_every_catalogue_keeps_the_terms_of_the_glossary(path: Path) -> None:
    assert broken(iter(catalogue(path).items())) == []


@pytest.mark.parametrize("path", sorted(TYPST.glob("*.typ")), ids=lambda path: path.name)
def test_every_paper_keeps_the_terms_of_the_glossary(path: Path) -> None:
    assert broken(papers(path)) == []


def test_every_text_of_the_product_keeps_the_terms_of_the_glossary() -> None:
    found = {str(path): broken(constants(path)) for path in modules().values()}
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_page_and_document_keeps_the_terms_of_the_glossary(path: Path) -> None:
    assert broken((at, line) for at, line in papers(path) if VIETNAMESE.search(line)) == []


def test_states_of_a_conference_are_nouns_or_say_what_was_done() -> None:
    words = catalogue(TRANSLATIONS / "room.vi.json")
    states = {key: text for key, text in words.items() if key.startswith("state.")}
    assert {key: text for key, text in states.items() if not text.startswith(STATES)} == {}


def test_the_glossary_has_each_term_in_both_languages_and_none_of_them_breaks_it() -> None:
    for term in terms():
        assert term["en"] and term["vi"] and term["never"]
        assert broken(iter([("en", term["en"]), ("vi", term["vi"])])) == [], term["en"]


@pytest.mark.parametrize(("place", "key", "term"), SHOWN_AS, ids=str)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_what_people_compare_has_one_name_wherever_it_is_shown(
    place: str, key: str, term: dict[str, str], language: str
) -> None:
    (path,) = [path for path in CATALOGUES if path.name.startswith(f"{place}.{language}.")]
    assert catalogue(path)[key].startswith(term[language])

"""The documents: what docstrings cite exists, links lead somewhere, and no promise is left open."""

import ast
import re
import subprocess
import tomllib
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES: dict[str, Any] = tomllib.loads((ROOT / "tests" / "sources.toml").read_text(encoding="utf-8"))
SECTION = r"\d+(?:\.\d+)*"
# "Belenios 3.0, 4.12" may go on: "Belenios 3.0, 4.16 and 4.17", "Belenios 3.0, 4.11.1, 4.12 and 4.13.3".
BELENIOS = re.compile(rf"Belenios 3\.0,? (?:section |§)?({SECTION}(?:(?:, | and |, and | to |-|–){SECTION})*)")
PLAN = re.compile(r"Plan (?:§ ?)?([ABC](?:\.(?:[IVX]+|\d+))*)(\(\d+\))?")
DECREE = re.compile(r"Decree (\d+/\d{4})(?:/NĐ-CP)?(?:, (?:art\.|article) (\d+)|, annex ([IVX]+))?", re.IGNORECASE)
RFC = re.compile(rf"RFC (\d{{3,5}})(?:(?:,| section| §) ?({SECTION}))?")
LINK = re.compile(r"(?<!\!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)|<img [^>]*src=\"([^\"]+)\"")


@cache
def tracked(*patterns: str) -> tuple[Path, ...]:
    """The files of the repository that fit the patterns, new ones included."""
    call = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns]
    names = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return tuple(sorted({ROOT / name for name in names if name and (ROOT / name).is_file()}))


def prose(path: Path) -> Iterator[str]:
    """Yield what a file says to its readers: docstrings of Python, block and line comments of TypeScript, Markdown."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                yield ast.get_docstring(node) or ""
        yield from re.findall(r"#.*", text)
    elif path.suffix == ".ts":
        yield from re.findall(r"/\*.*?\*/|//[^\n]*", text, re.DOTALL)
    else:
        yield text


def citations() -> Iterator[tuple[str, str]]:
    """Yield each citation with the file that it stands in."""
    for path in tracked("*.py", "*.ts", "*.md", "*.toml"):
        if path.name not in ("sources.toml", "test_docs.py"):
            for text in prose(path):
                flat = re.sub(r"\s+(?:#|\*|//)?\s*", " ", text)
                for pattern in (BELENIOS, PLAN, DECREE, RFC):
                    yield from ((str(path.relative_to(ROOT)), match.group(0)) for match in pattern.finditer(flat))


def exists(citation: str) -> bool:
    """Tell whether the place that a citation names is in the list of sources."""
    if match := BELENIOS.match(citation):
        return set(re.findall(SECTION, match[1])) <= set(SOURCES["belenios"]["sections"])
    if match := PLAN.match(citation):
        steps = SOURCES["plan"]["steps"].get(match[1], 0)
        return match[1] in SOURCES["plan"]["sections"] and int((match[2] or "(0)")[1:-1]) <= steps
    if match := DECREE.match(citation):
        decree = SOURCES["decrees"].get(match[1])
        known = decree is not None and int(match[2] or 0) <= decree["articles"]
        return known and (match[3] is None or match[3] in decree["annexes"])
    match = RFC.match(citation)
    source = SOURCES["rfc"].get(match[1]) if match else None
    return source is not None and (not match[2] or not source["sections"] or match[2] in source["sections"])  # type: ignore[index]


@pytest.mark.parametrize(
    "citation",
    ["Belenios 3.0, 4.12", "Belenios 3.0, 4.16 and 4.17", "Belenios 3.0, 4.11.1, 4.12 and 4.13.3", "Plan B.II.1.1.3(2)",
     "Plan C.1", "Decree 135/2020, art. 4", "Decree 30/2020, annex I", "RFC 8032", "RFC 8032, 5.1.3"],
)  # fmt: skip
def test_a_place_that_exists_is_found(citation: str) -> None:
    assert exists(citation)


@pytest.mark.parametrize(
    "citation",
    ["Belenios 3.0, 4.22", "Belenios 3.0, 4.16 and 4.99", "Plan B.II.1.1.3(5)", "Plan B.III", "Decree 1/1999",
     "Decree 135/2020, art. 10", "Decree 30/2020, annex IX", "RFC 99999", "RFC 8032, 9.9"],
)  # fmt: skip
def test_a_place_that_does_not_exist_is_missed(citation: str) -> None:
    assert not exists(citation)


def test_every_place_that_is_cited_exists() -> None:
    found = set(citations())
    assert found
    assert sorted(f"{name}: {citation}" for name, citation in found if not exists(citation)) == []


def anchors(path: Path) -> set[str]:
    """Return the anchors of a Markdown file's headings, as the usual forges make them."""
    headings = re.findall(r"^#+ +(.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.strip().lower()) for heading in headings)
    return {text.replace(" ", "-") for text in plain}


def broken_links(path: Path) -> Iterator[str]:
    """Yield the links of a document that lead nowhere in the repository; addresses on the net are not followed."""
    for groups in LINK.findall(path.read_text(encoding="utf-8")):
        target = next(group for group in groups if group)
        name, _, anchor = target.partition("#")
        place = (path.parent / name).resolve() if name else path
        if re.match(r"[a-z]+:", target):
            continue
        if not place.exists() or (anchor and place.suffix == ".md" and anchor not in anchors(place)):
            yield f"{path.relative_to(ROOT)}: {target}"


def test_links_of_the_documents_lead_to_files_that_exist() -> None:
    assert [link for path in tracked("*.md") for link in broken_links(path)] == []


def test_text_is_in_nfc_with_plain_line_ends() -> None:
    for path in tracked("*.md", "*.py", "*.ts", "*.toml"):
        text = path.read_bytes().decode("utf-8")
        assert unicodedata.is_normalized("NFC", text), path
        assert "\r" not in text, path


def test_nothing_is_left_open_without_saying_where_it_is_tracked() -> None:
    marks = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|X" + r"XX)\b(?!\()")
    files = tracked("*.py", "*.ts", "*.md", "Makefile", ".ci/*")
    assert [str(path.relative_to(ROOT)) for path in files if marks.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    "name",
    [
        "docs/commands.md",
        "docs/letters.md",
        "docs/office-form.md",
        "docs/procedures.md",
        "kiosk_templates/src/shared.ts",
    ],
)
def test_documents_made_from_the_program_are_fresh(name: str) -> None:
    from tests.tools.write_docs import documents

    path = ROOT / name
    assert path.read_text(encoding="utf-8") == documents()[path], "stale: run make docs"

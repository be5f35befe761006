"""The glossary: read from docs/glossary.toml, written as docs/glossary.md."""

import tomllib
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).resolve().parents[2] / "docs" / "glossary.toml"
HEAD = """# Glossary · Thuật ngữ

One term for one thing, on every screen, in every paper, in the commands. Made from `docs/glossary.toml` by `make docs`;
that file also says which words are not used, and `tests/test_words.py` looks for those in everything that people read.

Mỗi khái niệm một thuật ngữ, trên mọi màn hình, giấy tờ và lệnh.

| English | Tiếng Việt |
|---|---|
"""
AFTER = """
States of a conference are nouns or begin with “đã”, never imperatives.
Trạng thái của hội nghị là danh từ hoặc bắt đầu bằng “đã”.
"""


def terms() -> list[dict[str, Any]]:
    """Return the terms, each with its words in English and Vietnamese and the patterns of what is never written."""
    found: list[dict[str, Any]] = tomllib.loads(SOURCE.read_text("utf-8"))["term"]
    return found


def replaced() -> list[dict[str, Any]]:
    """Return the words of the code that were replaced: what to write, and the patterns of what stood there."""
    found: list[dict[str, Any]] = tomllib.loads(SOURCE.read_text("utf-8"))["code"]
    return found


def document() -> str:
    """Return the glossary as a page of Markdown."""
    return HEAD + "".join(f"| {one['en']} | {one['vi']} |\n" for one in terms()) + AFTER

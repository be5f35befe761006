"""Sentences in both languages: each key has words, and each word is said."""

import ast
from collections.abc import Iterator
from typing import get_args, get_type_hints

from keys.message import Sentence
from kiosk_templates.words import catalogue
from tests.test_house import modules, parsed
from voting.documents.conferences.conference import Rule, TieScope
from voting.documents.conferences.sentences import sentence

WORDS = catalogue("sentences", "vi")
SPELT = {f"tie.{one}" for one in get_args(TieScope)} | {f"base.{one}" for one in get_args(get_type_hints(Rule)["base"])}
SPELT |= {f"election.{one}" for one in ("name", "description", "administrator", "credential_authority")}
"""Keys that end in what a document says."""


def said() -> Iterator[str]:
    """Every key that the product asks for by name."""
    for path in modules().values():
        for node in ast.walk(parsed(path)) if "sentence(" in path.read_text("utf-8") else ():
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "sentence":
                yield from (
                    one.value for one in ast.walk(node.args[0]) if isinstance(one, ast.Constant) and one.value in WORDS
                )


def test_every_sentence_is_said() -> None:
    assert {*said(), *SPELT} == WORDS.keys()


def test_a_sentence_within_a_sentence_is_put_in_by_language() -> None:
    found = sentence("people.teller_in_office", name="{Lò} Thị Ước", office=sentence("people.chair"))
    assert found == Sentence(
        "{Lò} Thị Ước vừa là thành viên Ban kiểm phiếu, vừa là chủ trì",
        "{Lò} Thị Ước is a teller and, by name or key, the chair",
    )
    assert str(found) == f"{found.vi} / {found.en}"

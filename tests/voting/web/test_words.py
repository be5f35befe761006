"""Words that pages put together from a key and a value: every value has its words."""

import re
from pathlib import Path
from typing import get_args

import voting
from voting.conference.draft import editor
from voting.documents.case import Judged
from voting.web.words import catalogue

SOURCES = Path(voting.__file__).parent


def keys_in(name: str, pattern: str) -> set[str]:
    """Keys that a module of the room spells out, by a pattern with one group."""
    return set(re.findall(pattern, (SOURCES / name).read_text(encoding="utf-8")))


def test_every_problem_of_a_draft_has_its_words() -> None:
    found = keys_in("conference/draft/agenda.py", r'(?:Message|problem)\(\s*"([a-z_]+)"')
    found |= {f"name_{role}" for role in ("teller", "chair", "secretary", "head")}
    found |= {f"text_{part}" for part in ("name", "address", "place")}
    assert {f"problem.{key}" for key in found} <= catalogue("vi").keys()


def test_every_warning_has_its_words() -> None:
    found = keys_in("conference/draft/warnings.py", r'Message\(\s*"(warn\.[a-z_]+)"')
    found |= {f"warn.alike_{kind}" for kind in ("same", "marks", "script")}
    assert found <= catalogue("vi").keys()


def test_every_choice_of_the_editor_and_outcome_has_its_words() -> None:
    outcomes = get_args(Judged.__annotations__["outcome"]) or ("selected", "not_selected", "below", "tied")
    wanted = {
        *(f"kind.{one}" for one in editor.KINDS),
        *(f"tie.{one}" for one in editor.TIE_SCOPES),
        *(f"outcome.{one}" for one in outcomes),
    }
    assert wanted <= catalogue("vi").keys()

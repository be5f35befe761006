"""Catalogues: what one language says the other says as well, from the same values, and no key is written twice."""

import json
import re
from typing import get_args

import pytest

from kiosk_templates.words import FILES, LANGUAGES, Language, Place, catalogue
from tests.conftest import ROOT

FIELD = re.compile(r"\{(\w+)(?:![rs])?(?::[^{}]*)?\}")


@pytest.mark.parametrize("place", get_args(Place))
def test_both_languages_have_the_same_words(place: Place) -> None:
    vi, en = (catalogue(place, language) for language in LANGUAGES)
    assert vi.keys() == en.keys()


@pytest.mark.parametrize("place", ["staff", "tellers", "sentences"])
def test_both_languages_have_the_same_fields_in_their_words(place: Place) -> None:
    vi, en = (catalogue(place, language) for language in LANGUAGES)
    for key in vi:  # a field may be called after its language: the same in its words
        fields = [set(FIELD.findall(words[key])) - {"vi", "en"} for words in (vi, en)]
        assert fields[0] == fields[1], key


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_key_of_staff_stands_in_two_files_or_twice_in_one(language: Language) -> None:
    pairs: list[tuple[str, str]] = []
    for name in FILES["staff"]:
        raw = (ROOT / "kiosk_templates" / name.format(language)).read_text("utf-8")
        pairs += json.loads(raw, object_pairs_hook=list)
    assert sorted(key for key, _ in pairs) == sorted(catalogue("staff", language))


def test_every_refusal_of_the_room_stands_in_one_file() -> None:
    refusals = {"refusal", "refused", "error", "error_page", "problem"}
    raw = (ROOT / "kiosk_templates" / "translations" / "refusals.vi.json").read_bytes()
    assert {key for key in catalogue("staff", "vi") if key.split(".")[0] in refusals} == json.loads(raw).keys()

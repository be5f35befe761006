"""The kinds of ballot as data: read strictly, complete in both languages, and named by no module of the product."""

import re
import string
from pathlib import Path

import msgspec
import pytest

from tests.test_house import modules
from voting.documents.conferences.conference import Candidate, Paper, Rule, Selection
from voting.documents.conferences.questions import number_papers
from voting.documents.kinds import FOLDER, Kind, kind_files, kind_of, kinds, read_kind

FIELDS = {
    "title": {"post"},
    "conclusion": {"n", "who", "share", "base", "hands_on"},
    "conclusion_quota": {"n", "who", "share", "base", "quota", "hands_on"},
    "conclusion_none": {"who", "share", "base"},
}
# By hand: what becomes of the chosen names, whether others may be put forward, whether a show of hands may do.
TABLE = {
    "introduce": ("names", True, False),
    "final": ("plan", False, False),
    "remove": ("removal", False, False),
    "adopt": ("names", False, True),
}
BY_NAME = {"voting.rehearsal.sample"}  # a sample of one kind is of that kind
NAMED = re.compile(r"""kind\w*\)? *(?:==|!=|in) *\(?["'](\w+)["']|(?:Paper|ballot)\(["'](\w+)["']""")
GOOD = (FOLDER / "remove.toml").read_text("utf-8")


def test_the_kinds_are_those_of_the_table_by_hand_and_in_its_order() -> None:
    assert {name: (one.hands_on, one.put_forward, one.by_hand) for name, one in kinds().items()} == TABLE
    assert list(kinds()) == list(TABLE)


@pytest.mark.parametrize("path", kind_files(), ids=lambda path: path.stem)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_word_of_a_kind_is_there_and_asks_for_known_fields_alone(path: Path, language: str) -> None:
    words = read_kind(path.read_bytes(), path.stem).words("vi" if language == "vi" else "en")
    texts = {**msgspec.structs.asdict(words.minutes), **msgspec.structs.asdict(words.tablet), "heading": words.heading}
    for name, text in texts.items():
        asked = {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}
        assert text.strip() == text != "" and asked <= FIELDS.get(name, set()), name


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('id = "remove"', 'id = "other"', "the id remove expected"),
        ("place = 3", "place = 3\nunknown = 1", "unknown field"),
        ('hands_on = "removal"', 'hands_on = "somebody"', "hands_on"),
        ("format = 1", "format = 2", "format"),
        ('name = "Removal"', 'name = "Remo\\u202eval"', "remove"),
        ('card = "removal"\n', "", "card"),
    ],
)
def test_a_file_that_is_not_exactly_a_kind_is_refused(old: str, new: str, why: str) -> None:
    assert read_kind(GOOD.encode(), "remove") == kind_of("remove")
    assert old in GOOD
    with pytest.raises(ValueError, match=why):
        read_kind(GOOD.replace(old, new, 1).encode(), "remove")


@pytest.mark.parametrize("kind", list(TABLE))
def test_setup_asks_what_the_kind_says(kind: str) -> None:
    one = Candidate("c1", "Lò Thị Mai", "", "", "", False, (0, 0))
    papers, questions = number_papers(
        (Paper(kind, "", "T", Rule(">", 1, 2, "present"), Selection("all"), "none", (one,)),), 1
    )
    assert questions[0].answers == ("Đồng ý", "Không đồng ý") == kind_of(kind).asked
    assert papers[0].candidates[0].at == (0, kind_of(kind).counted) == (0, 0)


def test_a_paper_of_no_kind_is_refused_where_it_is_read() -> None:
    raw = msgspec.json.encode(Paper("introduce", "", "T", Rule(">", 1, 2, "present"), Selection("all"), "none", ()))
    assert msgspec.json.decode(raw, type=Paper).kind == "introduce"
    with pytest.raises(msgspec.ValidationError, match=r"kind"):
        msgspec.json.decode(raw.replace(b"introduce", b"unheard"), type=Paper)


def test_no_module_compares_a_kind_with_its_name() -> None:
    found = [
        (name, one)
        for name, path in modules().items()
        if name.split(".")[0] in ("voting", "tally") and name not in BY_NAME
        for pair in NAMED.findall(path.read_text("utf-8"))
        for one in pair
        if one in TABLE
    ]
    assert found == []


def test_a_new_kind_is_a_file_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in kind_files():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "trust.toml").write_text(
        GOOD.replace('id = "remove"', 'id = "trust"').replace("place = 3", "place = 9")
    )
    monkeypatch.setattr("voting.documents.kinds.FOLDER", tmp_path)
    kinds.cache_clear()
    try:
        assert list(kinds()) == [*TABLE, "trust"] and isinstance(kind_of("trust"), Kind)
    finally:
        monkeypatch.undo()
        kinds.cache_clear()

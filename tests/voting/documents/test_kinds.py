"""The kinds of ballot as data: read strictly, complete in both languages, and named by no module of the product."""

import re
import string
from pathlib import Path

import msgspec
import pytest

from tests.test_house import modules
from voting.documents.conferences.check import paper_problems
from voting.documents.conferences.conference import Candidate, Paper, Rule, Ruleset, Selection
from voting.documents.conferences.election import Question
from voting.documents.conferences.questions import answers_at, disagree_at, number_papers
from voting.documents.kinds import FOLDER, Kind, kind_files, kind_of, kinds, read_kind

FIELDS = {
    "instruction": {"most"},
    "title": {"post"},
    "conclusion": {"n", "who", "share", "base", "hands_on"},
    "conclusion_quota": {"n", "who", "share", "base", "quota", "hands_on"},
    "conclusion_none": {"who", "share", "base"},
}
# By hand: how it asks, what becomes of the chosen names, whether others may be put forward, whether hands may do.
TABLE = {
    "introduce": ("agree", "names", True, False),
    "final": ("agree", "plan", False, False),
    "remove": ("agree", "removal", False, False),
    "adopt": ("agree", "names", False, True),
    "elect": ("choices", "result", False, False),
    "confidence": ("levels", "report", False, False),
    "commend": ("agree", "result", False, False),
}
BY_NAME = {"voting.rehearsal.sample"}  # a sample of one kind is of that kind
NAMED = re.compile(r"""kind\w*\)? *(?:==|!=|in) *\(?["'](\w+)["']|(?:Paper|ballot)\(["'](\w+)["']""")
GOOD = (FOLDER / "remove.toml").read_text("utf-8")


def test_the_kinds_are_those_of_the_table_by_hand_and_in_its_order() -> None:
    assert {name: (one.question, one.hands_on, one.put_forward, one.by_hand) for name, one in kinds().items()} == TABLE
    assert list(kinds()) == list(TABLE)


@pytest.mark.parametrize("path", kind_files(), ids=lambda path: path.stem)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_word_of_a_kind_is_there_and_asks_for_known_fields_alone(path: Path, language: str) -> None:
    words = read_kind(path.read_bytes(), path.stem).words("vi" if language == "vi" else "en")
    every = {**msgspec.structs.asdict(words.minutes), **msgspec.structs.asdict(words.tablet), "heading": words.heading}
    answers = {**words.minutes.answers, **words.tablet.answers}
    texts = {name: text for name, text in (every | answers).items() if isinstance(text, str) and text}
    for name, text in texts.items():
        asked = {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}
        assert text.strip() == text != "" and asked <= FIELDS.get(name, set()), name


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('id = "remove"', 'id = "other"', "the id remove expected"),
        ("place = 3", "place = 3\nunknown = 1", "unknown field"),
        ('hands_on = "removal"', 'hands_on = "somebody"', "hands_on"),
        ("format = 2", "format = 1", "format"),
        ('name = "Removal"', 'name = "Remo\\u202eval"', "remove"),
        ('card = "removal"\n', "", "card"),
        ('counts = "agree"', "", "counts: the answer that counts"),
        ('counts = "agree"', 'counts = "agree"\nmost = 2', "most: how many names"),
        ('question = "agree"', 'question = "levels"', "counts: the answer that counts"),
        ('question = "agree"', 'question = "choices"\nmost = 1', "answers: none expected"),
        ("[printed]", 'third = "Khác"\n[printed]', "answers: agree and disagree expected"),
        ('disagree = "Không đồng ý"\n', 'disagree = "Đồng ý"\n', "answers: two have the same words"),
        ('met = "Removal proposed"', "", "en.minutes.met: words expected"),
        (
            'answers = { agree = "Agree to remove"',
            'answers = { agreed = "Agree to remove"',
            "en.minutes.answers: words",
        ),
    ],
)
def test_a_file_that_is_not_exactly_a_kind_is_refused(old: str, new: str, why: str) -> None:
    assert read_kind(GOOD.encode(), "remove") == kind_of("remove")
    assert old in GOOD
    with pytest.raises(ValueError, match=why):
        read_kind(GOOD.replace(old, new, 1).encode(), "remove")


PAPER = Paper(
    ruleset=Ruleset("SONLA-VPUB-2022-03", 1),
    procedure="CUR-DEPT",
    step=2,
    section="B.II.1.1.3(2)",
    term="2021 - 2026",
    kind="introduce",
    unit="",
    title="T",
    rule=Rule(">", 1, 2, "present"),
    selection=Selection("all"),
    tie_scope="none",
    candidates=(),
)


def asked_of(kind: str, quota: int | None = None, names: int = 3) -> tuple[Paper, tuple[Question, ...]]:
    """A paper of a kind as Setup numbers it, and its questions."""
    listed = tuple(Candidate(f"c{n}", f"Lò Thị {n}", "", "", "", False, (0, 0)) for n in range(names))
    selection = Selection("all") if quota is None else Selection("top", quota)
    paper = msgspec.structs.replace(PAPER, kind=kind, selection=selection, candidates=listed)
    (numbered,), questions = number_papers((paper,), 1)
    return numbered, questions


@pytest.mark.parametrize("kind", [name for name, row in TABLE.items() if row[0] == "agree"])
def test_setup_asks_to_agree_or_not_on_every_name(kind: str) -> None:
    paper, questions = asked_of(kind)
    assert [one.answers for one in questions] == [("Đồng ý", "Không đồng ý")] * 3
    assert [one.at for one in paper.candidates] == [(0, 0), (1, 0), (2, 0)]
    assert disagree_at(paper.candidates[1], kind_of(kind)) == (1, 1)


def test_setup_asks_for_one_level_of_every_name_in_their_order() -> None:
    paper, questions = asked_of("confidence")
    assert {(one.answers, one.blank, one.min, one.max) for one in questions} == {
        (("Tín nhiệm cao", "Tín nhiệm", "Tín nhiệm thấp"), False, 0, 1)
    }
    assert [one.at for one in paper.candidates] == [(0, 0), (1, 0), (2, 0)]
    assert answers_at(paper.candidates[1], kind_of("confidence")) == ((1, 0), (1, 1), (1, 2))


@pytest.mark.parametrize(("quota", "most"), [(2, 2), (3, 3), (5, 3), (1, 1)])
def test_setup_asks_once_for_as_many_of_the_names_as_there_are_places(quota: int, most: int) -> None:
    paper, (question,) = asked_of("elect", quota)
    assert (question.answers, question.blank, question.min, question.max) == (
        ("Lò Thị 0", "Lò Thị 1", "Lò Thị 2"), False, 0, most)  # fmt: skip
    assert [one.at for one in paper.candidates] == [(0, 0), (0, 1), (0, 2)]
    assert disagree_at(paper.candidates[1], kind_of("elect")) is None


def test_an_election_without_a_number_to_elect_is_refused() -> None:
    said = [one.english for one in paper_problems(asked_of("elect")[0])]
    assert any("a ballot chooses as many as there are places" in one for one in said)


def test_a_paper_of_no_kind_is_refused_where_it_is_read() -> None:
    raw = msgspec.json.encode(PAPER)
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

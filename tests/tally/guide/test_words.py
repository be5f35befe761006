"""What people say while counting: shown once more, and corrected before it is kept."""

from pathlib import Path

import pytest

from tally.count.steps import Words
from tally.dialogue import Guide
from tally.guide.words import PeoplesWords
from voting.documents.conferences.conference import ON_PAPER, Signer
from voting.documents.facts import ChairWord

CHAIR = Signer("Hà Thị Mai", "Chủ trì", ON_PAPER, must_sign=True)
SINGLE = ChairWord("single_ballot", CHAIR.name, "một phiếu")
ABSENT = ChairWord("teller_absent", CHAIR.name, "ốm", (2,))
SAID = Words(complaints=("kiểm lại",), witnesses=("Một", "Hai"), chair_words=(SINGLE, ABSENT))


@pytest.fixture
def people(tmp_path: Path) -> PeoplesWords:
    return PeoplesWords(Guide("en"), tmp_path / "words.json", CHAIR)


CORRECTIONS: dict[str, tuple[list[str], dict[str, object]]] = {
    "nothing": ([""], {}),
    "a witness by another name": (["3", "Ba", ""], {"witnesses": ("Ba", "Hai")}),
    "a witness taken out": (["4", "", ""], {"witnesses": ("Một",)}),
    "a complaint in other words": (["5", "kiểm lại phiếu 2", ""], {"complaints": ("kiểm lại phiếu 2",)}),
    "a witness more": (["+", "Ba", ""], {"witnesses": ("Một", "Hai", "Ba")}),
    "a witness more by the letter": (["W", "Ba", ""], {"witnesses": ("Một", "Hai", "Ba")}),
    "a complaint more": (["!", "ồn", ""], {"complaints": ("kiểm lại", "ồn")}),
    "no complaint after all": (["!", "", ""], {}),
    "an absence with another reason": (
        ["2", "bận", ""], {"chair_words": (SINGLE, ChairWord("teller_absent", CHAIR.name, "bận", (2,)))}),
    "an absence taken back": (["2", "", ""], {"chair_words": (SINGLE,)}),
    "the word on one ballot, which stays": (["1", "", ""], {}),
    "numbers of no line": (["0", "6", "x", ""], {}),
}  # fmt: skip


@pytest.mark.parametrize(("typed", "changed"), CORRECTIONS.values(), ids=CORRECTIONS)
def test_what_was_said_is_corrected_and_kept(
    people: PeoplesWords, asked: list[str], typed: list[str], changed: dict[str, object]
) -> None:
    asked += typed
    expected = Words(**{"complaints": SAID.complaints, "witnesses": SAID.witnesses, "chair_words": SAID.chair_words,
                        "reviewed": True, **changed})  # type: ignore[arg-type] # fmt: skip
    assert people.review(SAID) == people.read() == expected
    assert asked == []


def test_a_number_of_no_line_is_named(
    people: PeoplesWords, asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    asked += ["6", ""]
    people.review(SAID)
    assert people.guide.words("count.words_wrong", most=5) in capsys.readouterr().out


def test_what_was_reviewed_is_not_asked_for_again(people: PeoplesWords) -> None:
    people.keep(Words(witnesses=("Một",), reviewed=True))
    assert people.ask(()).witnesses == ("Một",)


def test_the_word_on_a_teller_who_opened_after_all_is_dropped(people: PeoplesWords, asked: list[str]) -> None:
    people.keep(Words(chair_words=(SINGLE, ABSENT), witnesses=("Một",)))
    asked += [""]
    assert people.ask([(3, "Ba")]).chair_words == (SINGLE,)


@pytest.mark.parametrize(("key", "said"), [(ON_PAPER, "count.absent_paper"), ("key", "count.absent_signs")])
def test_the_chair_says_why_a_teller_is_absent_and_signs_it(
    tmp_path: Path, asked: list[str], capsys: pytest.CaptureFixture[str], key: str, said: str
) -> None:
    people = PeoplesWords(Guide("en"), tmp_path / "words.json", Signer(CHAIR.name, CHAIR.role, key, must_sign=True))
    asked += ["ốm", "", "", "", ""]
    words = people.ask([(2, "Hai"), (3, "Ba")])
    assert words.chair_words == (ABSENT,)
    shown = capsys.readouterr().out
    assert people.guide.words(said, name="Hai") in shown
    assert people.guide.words(said, name="Ba") not in shown

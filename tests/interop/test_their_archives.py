"""Elections made by belenios-tool: ours finds them sound, the result the same, and says what it does not support."""

from pathlib import Path

import pytest

from tally.audit import Verdict, audit
from tests.attacks.lab import failed
from tests.interop.belenios import Polling

pytestmark = pytest.mark.interop

VECTORS = Path(__file__).resolve().parents[1] / "vectors"
AGREE = {"answers": ["Đồng ý", "Không đồng ý"], "min": 0, "max": 1, "question": "Lò Thị Mai"}
BLANK = {"answers": ["A", "B", "C"], "blank": True, "min": 1, "max": 2, "question": "Giới thiệu"}
MANY = {"answers": [f"Tên {n}" for n in range(7)], "min": 2, "max": 5, "question": 'Chọn "2" đến 5 \\ \u007f'}
EXACT = {"answers": ["A", "B"], "min": 1, "max": 1, "question": ""}
QUESTIONS = [AGREE, BLANK, MANY, EXACT]
CHOICES = [
    [[1, 0], [0, 1, 0, 1], [1, 1, 0, 0, 0, 0, 0], [1, 0]],
    [[0, 0], [1, 0, 0, 0], [0, 0, 1, 1, 1, 1, 1], [0, 1]],
    [[0, 1], [0, 0, 1, 0], [0, 1, 0, 1, 0, 1, 0], [0, 1]],
]
RESULT = [[1, 1], [1, 1, 1, 1], [1, 2, 1, 2, 1, 2, 1], [1, 2]]
VOTERS = ["a@example.org", "b@example.org", "c@example.org", "d@example.org"]


@pytest.fixture
def polling(belenios_tool: Path, tmp_path: Path) -> Polling:
    return Polling(belenios_tool, tmp_path)


@pytest.mark.parametrize("vector", sorted(VECTORS.glob("*/*.bel")), ids=lambda path: path.parent.name)
def test_the_vectors_are_sound(vector: Path) -> None:
    report = audit(vector)
    assert (report.verdict, report.reached, failed(report)) == (Verdict.SOUND, "result", {})


def run(polling: Polling, *owners: int) -> None:
    """Vote on all questions, count, and compare."""
    for card, choice in zip(polling.set_up(QUESTIONS, VOTERS), CHOICES, strict=False):
        polling.cast(card, choice)
    assert polling.count(*owners) == RESULT
    report = audit(polling.archive)
    assert failed(report) == {}
    assert report.verdict is Verdict.SOUND
    assert report.result == tuple(map(tuple, RESULT))


def test_two_required_tellers(polling: Polling) -> None:
    polling.required_tellers(2)
    run(polling, 1, 2)


def test_two_of_three_tellers(polling: Polling) -> None:
    polling.threshold_tellers(3, 2)
    run(polling, 2, 3)


def test_all_of_three_tellers_where_two_would_do(polling: Polling) -> None:
    polling.threshold_tellers(3, 2)
    run(polling, 1, 2, 3)


def test_a_required_teller_and_two_of_three(polling: Polling) -> None:
    polling.required_tellers(1)
    polling.threshold_tellers(3, 2)
    run(polling, 1, 2, 4)


def test_an_empty_box(polling: Polling) -> None:
    polling.required_tellers(1)
    polling.set_up([AGREE], VOTERS)
    assert polling.count(1) == [[0, 0]]
    report = audit(polling.archive)
    assert (report.verdict, report.result) == (Verdict.SOUND, ((0, 0),))


def test_every_stage_on_the_way(polling: Polling) -> None:
    polling.required_tellers(1)
    cards = polling.set_up([AGREE], VOTERS)
    assert audit(polling.archive).reached == "setup"
    polling.cast(cards[0], [[1, 0]])
    assert (audit(polling.archive).verdict, audit(polling.archive).reached) == (Verdict.SOUND, "ballots")
    polling.add("EndBallots", b"")
    assert (audit(polling.archive).verdict, audit(polling.archive).reached) == (Verdict.SOUND, "end_ballots")


def test_weights_of_one_are_sound_and_others_are_not(polling: Polling, tmp_path: Path) -> None:
    polling.required_tellers(1)
    card, *_ = polling.set_up([AGREE], ["a@example.org,,1", "b@example.org"])
    polling.cast(card, [[1, 0]])
    polling.count(1)
    assert audit(polling.archive).verdict is Verdict.SOUND


def test_a_weight_of_two_is_not_sound(polling: Polling) -> None:
    polling.required_tellers(1)
    card, *_ = polling.set_up([AGREE], ["a@example.org,,2", "b@example.org"])
    polling.cast(card, [[1, 0]])
    assert polling.count(1) == [[2, 0]]
    report = audit(polling.archive)
    assert report.verdict is Verdict.NOT_SOUND
    assert {"credentials", "encrypted_tally"} <= set(failed(report))


def test_a_revote_is_not_sound_here(polling: Polling) -> None:
    polling.required_tellers(1)
    card, *_ = polling.set_up([AGREE], VOTERS)
    polling.cast(card, [[1, 0]])
    polling.cast(card, [[0, 1]])
    report = audit(polling.archive)
    assert "a second ballot of the card of event 1" in failed(report)["ballot_cards"]


@pytest.mark.parametrize(
    "question",
    [
        {"type": "NonHomomorphic", "value": {"answers": ["A", "B"], "question": "q"}},
        {"type": "Lists", "value": {"answers": [["A"], ["B"]], "question": "q"}},
    ],
    ids=["NonHomomorphic", "Lists"],
)
def test_questions_of_another_kind_are_not_supported(polling: Polling, question: dict[str, object]) -> None:
    polling.required_tellers(1)
    polling.set_up([AGREE, question], VOTERS)
    assert audit(polling.archive).verdict is Verdict.UNSUPPORTED

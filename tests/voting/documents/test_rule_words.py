"""Rules in words, as the plan has them."""

import pytest
from msgspec.structs import replace

from tests.voting.documents.elections import conference
from voting.documents.conferences.conference import Quorum, Rule, Selection
from voting.documents.rule_words import place_words, quorum_words, rule_words, selection_words


@pytest.mark.parametrize(
    ("rule", "vi", "en"),
    [
        (Rule(">=", 3, 10, "present"), "đồng ý từ 30% trở lên so với tổng số người có mặt",
         "agree: 30% or more of all people present"),
        (Rule(">", 1, 2, "summoned"), "đồng ý trên 50% so với tổng số người được triệu tập",
         "agree: more than 50% of all people summoned"),
        (Rule(">=", 2, 3, "present"), "đồng ý từ 2/3 trở lên so với tổng số người có mặt",
         "agree: 2/3 or more of all people present"),
    ],
)  # fmt: skip
def test_a_rule_in_words(rule: Rule, vi: str, en: str) -> None:
    words = rule_words(rule)
    assert (words.vi, words.en) == (vi, en)


def test_selection_and_quorum_in_words() -> None:
    assert selection_words(Selection("top", 2)).vi == "lấy từ trên xuống cho đủ số lượng 02 người"
    assert selection_words(Selection("all")).vi == "lấy tất cả những người đạt"
    assert quorum_words(Quorum(2, 3, None)).vi == "có mặt ít nhất 2/3 số người được triệu tập"
    assert quorum_words(None).en == "no quorum"


def test_a_paper_is_named_by_its_title_and_its_unit() -> None:
    [paper] = conference()[0].papers
    assert place_words(replace(paper, title="Phó", unit="")) == "Phó"
    assert place_words(replace(paper, title="Phó", unit="Phòng Một")) == "Phó (Phòng Một)"

"""Equal votes on the last place: the head decides, in signed words, and nobody else does."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from tally.audit import Verdict
from tally.signing.signatures import head_word
from tests.attacks.lab import Draft, Lab, build_lab, counted, failed, verify
from tests.attacks.records import Papers, papers
from voting.documents.conferences.conference import Rule, Selection
from voting.documents.facts import HeadWord

TIED = ([[1, 0], [0, 1]], [[0, 1], [1, 0]], [[1, 0], [1, 0]])


@pytest.fixture(scope="module")
def tied() -> Lab:
    """Two names with two agree votes each, and one place."""
    return build_lab(TIED, rule=Rule(">=", 1, 4, "present"), selection=Selection("top", 1), tie_scope="head_cutline")


@pytest.fixture(scope="module")
def draft(tied: Lab) -> Draft:
    return counted(tied)


def decided(lab: Lab, draft: Draft, word: HeadWord) -> Papers:
    made = papers(lab, draft)
    made.count = msgspec.structs.replace(made.count, head_words=(word,))
    return made


def word(lab: Lab, *, chosen: int = 1, uuid: str | None = None, signer: str = "head") -> HeadWord:
    assert lab.election.conference is not None
    one = lab.election.conference.papers[0].candidates[chosen]
    words = "Cầm Minh Sơn", "Có kinh nghiệm", "2022-04-10"
    return head_word(uuid or lab.election.uuid, 1, (one.id,), *words, lab.signing[signer])


def test_a_tie_that_waits_for_the_head_is_no_lack_and_said(tied: Lab, draft: Draft, tmp_path: Path) -> None:
    report = verify(draft.raw(), tmp_path, papers(tied, draft).sign())
    assert (report.verdict, failed(report)) == (Verdict.SOUND, {})
    assert "awaiting the decision of Chánh Văn phòng head" in " ".join(report.notes)


def test_the_heads_own_decision_passes(tied: Lab, draft: Draft, tmp_path: Path) -> None:
    report = verify(draft.raw(), tmp_path, decided(tied, draft, word(tied)).sign())
    assert failed(report) == {}


def other_choice(lab: Lab) -> HeadWord:
    """The head chose one; the count says the other."""
    return msgspec.structs.replace(word(lab, chosen=0), chosen=word(lab).chosen)


FORGERIES: dict[str, Callable[[Lab], HeadWord]] = {
    "signed by the chair": lambda lab: word(lab, signer="chair"),
    "not signed": lambda lab: msgspec.structs.replace(word(lab), envelope=None),
    "of another election": lambda lab: word(lab, uuid="Another1111111"),
    "of another choice": other_choice,
    "of another paper": lambda lab: msgspec.structs.replace(
        word(lab),
        envelope=head_word(lab.election.uuid, 2, word(lab).chosen, "x", "y", "z", lab.signing["head"]).envelope,
    ),
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES)
def test_words_that_are_not_the_heads_are_named(
    tied: Lab, draft: Draft, tmp_path: Path, forge: Callable[[Lab], HeadWord]
) -> None:
    report = verify(draft.raw(), tmp_path, decided(tied, draft, forge(tied)).sign())
    assert set(failed(report)) == {"head_decision"}

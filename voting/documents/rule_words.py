"""Rules, selections and kinds of paper in words: từ 30% trở lên; trên 50% so với tổng số người …, and in English."""

from keys.message import Sentence
from voting.documents.conferences.conference import Paper, Quorum, Rule, Selection, TieScope
from voting.documents.conferences.sentences import sentence

HUNDRED = 100


def share_text(num: int, den: int) -> str:
    """Spell a share: in percent where it is a whole number of them, else as a fraction."""
    return f"{HUNDRED * num // den}%" if den > 0 and HUNDRED * num % den == 0 else f"{num}/{den}"


def rule_words(rule: Rule) -> Sentence:
    """Spell a rule as the plan does."""
    share, base = share_text(rule.num, rule.den), sentence(f"base.{rule.base}")
    return sentence("rule.at_least" if rule.op == ">=" else "rule.more_than", share=share, base=base)


def selection_words(selection: Selection) -> Sentence:
    """Spell whom a paper lets go on."""
    if selection.mode == "all":
        return sentence("selection.all")
    return sentence("selection.top", quota=selection.quota or 0)


def tie_words(scope: TieScope) -> Sentence:
    """Spell what happens on equal votes."""
    return sentence(f"tie.{scope}")


def quorum_words(quorum: Quorum | None) -> Sentence:
    """Spell a quorum."""
    if quorum is None:
        return sentence("quorum.none")
    return sentence("quorum.share", share=share_text(quorum.num, quorum.den))


def place_words(paper: Paper) -> str:
    """Spell title and unit of a paper."""
    return f"{paper.title} ({paper.unit})" if paper.unit else paper.title

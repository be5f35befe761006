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
    words = sentence("selection.all")
    if selection.mode == "top":
        quota = selection.quota or 0
        again = selection.tie == "vote"
        words = sentence("selection.top_vote", quota=quota) if again else sentence("selection.top", quota=quota)
    if selection.fallback is None:
        return words
    return sentence("selection.fallback", selection=words, fallback=rule_words(selection.fallback))


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

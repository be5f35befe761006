"""Rules, selections and kinds of paper in words: từ 30% trở lên; trên 50% so với tổng số người …, and in English."""

from keys.message import Sentence
from voting.documents.conferences.conference import Paper, Quorum, Rule, Selection, TieScope

HUNDRED = 100
TIES: dict[TieScope, Sentence] = {
    "none": Sentence("không có quy định khi bằng phiếu", "no rule on equal votes"),
    "cutline": Sentence("bằng phiếu ở vị trí cuối thì người đứng đầu quyết định", "a tie on the last place: the head"),
    "head_any": Sentence("bằng phiếu thì giao người đứng đầu quyết định", "equal votes are left to the head"),
    "head_cutline": Sentence(
        "lấy đến cuối danh sách mà bằng phiếu thì giao người đứng đầu quyết định",
        "equal votes at the end of the list are left to the head",
    ),
}
_BASES = {
    "present": Sentence("tổng số người có mặt", "all people present"),
    "summoned": Sentence("tổng số người được triệu tập", "all people summoned"),
    "ballots": Sentence("tổng số phiếu thu về", "all ballots collected"),
}


def share_text(num: int, den: int) -> str:
    """Spell a share: in percent where it is a whole number of them, else as a fraction."""
    return f"{HUNDRED * num // den}%" if den > 0 and HUNDRED * num % den == 0 else f"{num}/{den}"


def rule_words(rule: Rule) -> Sentence:
    """Spell a rule as the plan does."""
    share, base = share_text(rule.num, rule.den), _BASES[rule.base]
    if rule.op == ">=":
        return Sentence(f"đồng ý từ {share} trở lên so với {base.vi}", f"agree: {share} or more of {base.en}")
    return Sentence(f"đồng ý trên {share} so với {base.vi}", f"agree: more than {share} of {base.en}")


def selection_words(selection: Selection) -> Sentence:
    """Spell whom a paper lets go on."""
    if selection.mode == "all":
        return Sentence("lấy tất cả những người đạt", "all who meet the rule")
    return Sentence(
        f"lấy từ trên xuống cho đủ số lượng {selection.quota or 0:02d} người",
        f"from the top down, until {selection.quota or 0} are taken",
    )


def quorum_words(quorum: Quorum | None) -> Sentence:
    """Spell a quorum."""
    if quorum is None:
        return Sentence("không quy định số người có mặt tối thiểu", "no quorum")
    share = share_text(quorum.num, quorum.den)
    return Sentence(f"có mặt ít nhất {share} số người được triệu tập", f"at least {share} of those summoned present")


def place_words(paper: Paper) -> str:
    """Spell title and unit of a paper."""
    return f"{paper.title} ({paper.unit})" if paper.unit else paper.title

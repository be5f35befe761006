"""Rules, selections and kinds of paper in words: từ 30% trở lên; trên 50% so với tổng số người …, and in English."""

from voting.documents.conferences.conference import Paper, Quorum, Rule, Selection, TieScope
from voting.documents.remark import Remark

HUNDRED = 100
TIES: dict[TieScope, Remark] = {
    "none": Remark("không có quy định khi bằng phiếu", "no rule on equal votes"),
    "cutline": Remark("bằng phiếu ở vị trí cuối thì người đứng đầu quyết định", "a tie on the last place: the head"),
    "head_any": Remark("bằng phiếu thì giao người đứng đầu quyết định", "equal votes are left to the head"),
    "head_cutline": Remark(
        "lấy đến cuối danh sách mà bằng phiếu thì giao người đứng đầu quyết định",
        "equal votes at the end of the list are left to the head",
    ),
}
_BASES = {
    "present": Remark("tổng số người có mặt", "all people present"),
    "summoned": Remark("tổng số người được triệu tập", "all people summoned"),
    "ballots": Remark("tổng số phiếu thu về", "all ballots collected"),
}


def share_text(num: int, den: int) -> str:
    """Spell a share: in percent where it is a whole number of them, else as a fraction."""
    return f"{HUNDRED * num // den}%" if den > 0 and HUNDRED * num % den == 0 else f"{num}/{den}"


def rule_words(rule: Rule) -> Remark:
    """Spell a rule as the plan does."""
    share, base = share_text(rule.num, rule.den), _BASES[rule.base]
    if rule.op == ">=":
        return Remark(f"đồng ý từ {share} trở lên so với {base.vi}", f"agree: {share} or more of {base.en}")
    return Remark(f"đồng ý trên {share} so với {base.vi}", f"agree: more than {share} of {base.en}")


def selection_words(selection: Selection) -> Remark:
    """Spell whom a paper lets go on."""
    if selection.mode == "all":
        return Remark("lấy tất cả những người đạt", "all who meet the rule")
    return Remark(
        f"lấy từ trên xuống cho đủ số lượng {selection.quota or 0:02d} người",
        f"from the top down, until {selection.quota or 0} are taken",
    )


def quorum_words(quorum: Quorum | None) -> Remark:
    """Spell a quorum."""
    if quorum is None:
        return Remark("không quy định số người có mặt tối thiểu", "no quorum")
    share = share_text(quorum.num, quorum.den)
    return Remark(f"có mặt ít nhất {share} số người được triệu tập", f"at least {share} of those summoned present")


def place_words(paper: Paper) -> str:
    """Spell title and unit of a paper."""
    return f"{paper.title} ({paper.unit})" if paper.unit else paper.title

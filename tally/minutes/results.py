"""The result of the count: the rule, the tables in ballot order, the conclusion by votes (fields 17 to 20)."""

from tally.minutes.blocks import Block, Heading, Table, Text
from tally.minutes.view import PaperView, View
from tally.minutes.wording import UNBREAKABLE, capitalised, clock, day, moment
from tally.result.margin import could_change, spares_of
from voting.documents.case import Counted, Judged
from voting.documents.conferences.conference import Candidate, Paper
from voting.documents.kinds import AGREE, DISAGREE, NO_OPINION, kind_of

ANSWERS = (AGREE, DISAGREE, NO_OPINION)


def results(view: View) -> list[Block]:
    """Tell each paper's rule in words and numbers, once where the next has the same, and the votes of every name."""
    blocks: list[Block] = [Heading(view.words("rule.head")), Text(_count_time(view))]
    said = ""
    for paper in view.papers:
        rule = _rule(paper)
        blocks += _of_paper(paper, "" if rule == said else rule)
        said = rule
    footnotes = dict.fromkeys(map(_footnote, view.papers))
    return [*blocks, *(Text(text, style="small") for text in footnotes)]


def conclusion(view: View) -> list[Block]:
    """Say paper by paper who goes on, then equal votes that await the head, and what spares could change.

    Of several papers, what those chosen have met and where they go is said once for all papers that have it in common.
    """
    blocks: list[Block] = [Heading(view.words("conclusion.head"))]
    if len(view.papers) == 1:
        return [*blocks, *concluded(view.papers[0])]
    groups: dict[tuple[object, ...], list[PaperView]] = {}
    for paper in view.papers:
        groups.setdefault((paper.paper.kind, paper.hands_on, paper.share, paper.base), []).append(paper)
    for papers in groups.values():
        n = sum(len(one.result.verdict.selected) for one in papers)
        blocks += [Text(_ending(papers[0], n), keep=True)] if n else []
        for one in papers:
            blocks += [Text(_chosen_of(one), f"{heading(one)}:"), *_beside(one)]
    return blocks


def concluded(paper: PaperView) -> list[Block]:
    """Name those of one paper who go on, line by line, most votes first, and say what stands beside it."""
    verdict = paper.result.verdict
    chosen = [paper.judged[one] for one in verdict.selected]
    lines = [f"{number}. {_selected(paper, one)}." for number, one in enumerate(chosen, 1)]
    blocks: list[Block] = [Text(_conclusion(paper), keep=bool(chosen))]
    blocks += [Text(line, style="listed") for line in lines]
    if _is_fewer(paper):
        blocks.append(Text(paper.words("conclusion.fewer")))
    return [*blocks, *_beside(paper)]


def _chosen_of(paper: PaperView) -> str:
    """Name those chosen by one of several papers in a row, without their posts, which stand in the table."""
    chosen = [paper.judged[one] for one in paper.result.verdict.selected]
    if not chosen:
        return _conclusion(paper)
    names = "; ".join(f"({number}) {_selected(paper, one, post=False)}" for number, one in enumerate(chosen, 1))
    return f"{names}. {paper.words('conclusion.fewer')}" if _is_fewer(paper) else f"{names}."


def _is_fewer(paper: PaperView) -> bool:
    """Tell whether fewer were chosen than there are places."""
    verdict, quota = paper.result.verdict, paper.paper.selection.quota
    return quota is not None and verdict.status == "final" and len(verdict.selected) < quota


def _beside(paper: PaperView) -> list[Block]:
    """Say who is tied, and whom spares could change."""
    return [*_tie(paper), *_spares(paper)]


def heading(paper: PaperView) -> str:
    """Say which paper of several it is: by its title and unit, by kind and term where papers differ in them."""
    papers, one = paper.view.papers, paper.paper
    where = ", ".join(part for part in (one.title, one.unit) if part)
    if len({other.paper.kind for other in papers}) > 1:
        where = f"{kind_of(one.kind).words(paper.view.language).card}: {where}"
    if len({other.paper.term for other in papers}) > 1:
        where = paper.words("title.paper_term", subject=where, term=term_of(one))
    return paper.words("title.paper", n=str(paper.result.paper), subject=where)


def subject(paper: PaperView) -> str:
    """Say what a paper is about (trích yếu), in the words of its kind."""
    return paper.words.fill(paper.kind.title, post=post(paper))


def post(paper: PaperView) -> str:
    """Name the title, unit and term that a paper is about."""
    words, one = paper.words, paper.paper
    term = term_of(one)
    if one.unit:
        return words("title.post", title=one.title, unit=one.unit, term=term)
    return words("title.post_without_unit", title=one.title, term=term)


def term_of(paper: Paper) -> str:
    """Spell the term (nhiệm kỳ) of a paper, kept on one line."""
    return paper.term.removeprefix("nhiệm kỳ").strip().replace(" ", UNBREAKABLE)


def _of_paper(paper: PaperView, rule: str) -> list[Block]:
    """Tell the rule of a paper, "" where it was said, and its votes; under a heading where papers are several."""
    words, alone = paper.words, len(paper.view.papers) == 1
    quota = paper.paper.selection.quota
    places = "" if quota is None else words("rule.places", quota=quota)
    blocks: list[Block] = [] if alone else [Text(places, f"{heading(paper)}.", keep=True)]
    blocks += [Text(rule, keep=not alone)] if rule else []
    listed, further = paper.listed(), paper.put_forward()
    if listed:
        blocks += [Text(words("table.caption"), keep=True)] if alone else []
        blocks.append(_main_table(paper, listed))
    if further:
        blocks += [Text(words("table.further"), keep=True), _further_table(paper, further)]
    return blocks


def _footnote(paper: PaperView) -> str:
    """Say of what the percents of a paper are."""
    key = "table.footnote_ballots" if paper.paper.rule.base == "ballots" else "table.footnote"
    return paper.words(key, base=paper.base, n=paper.result.verdict.base)


def _count_time(view: View) -> str:
    begun = moment(view.record.count.begun)
    return view.words("rule.count_time", begun=clock(begun, view.language), day=day(begun, view.language))


def _rule(paper: PaperView) -> str:
    words, quota = paper.words, paper.paper.selection.quota
    places = "" if quota is None else words("rule.quota_each" if _is_one_of(paper) else "rule.quota", quota=quota)
    return words(
        "rule.text",
        principle=words.fill(paper.kind.principle),
        vote=words.fill(paper.kind.vote),
        share=paper.share,
        base=paper.base,
        n=paper.result.verdict.base,
        unit=words("rule.of_ballots" if paper.paper.rule.base == "ballots" else "rule.of_people"),
        least=paper.result.verdict.minimum,
        quota=places,
    )


def _main_table(paper: PaperView, votes: list[Counted]) -> Table:
    words, kind = paper.words, paper.kind
    rows = [_row(paper, number, one) for number, one in enumerate(votes, 1)]
    notes = any(row[-1] for row in rows)
    answers = [words.fill(kind.answers[name]) for name in ANSWERS if name in kind.answers]
    no_opinion = [] if NO_OPINION in kind.answers else [words("table.no_opinion")]
    head = (
        words("table.number"), words("table.name"), words("table.post"), *answers, *no_opinion,
        words(_percent_key(paper)), words("table.result"), words("table.note"),
    )  # fmt: skip
    names, votes_wide, last = _widths(paper, notes=notes)
    widths = names + votes_wide[: len(answers) + len(no_opinion)] + last
    aligned = "cll" + "c" * (len(widths) - 4) + "l" if notes else "cll" + "c" * (len(widths) - 3)
    return Table(head[: len(widths)], tuple(row[: len(widths)] for row in rows), widths, aligned)


def _widths(paper: PaperView, *, notes: bool) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """Return the widths in mm of name columns, vote columns and the last ones; of several papers for flat headers."""
    if _is_one_of(paper):
        return (8, 37, 0), (12, 14, 17), (14, 18)
    return ((8, 36, 0), (12, 13, 13), (18, 14, 20)) if notes else ((9, 42, 0), (13, 14, 14), (20, 15))


def _row(paper: PaperView, number: int, votes: Counted) -> tuple[str, ...]:
    one, judged = paper.candidates[votes.id], paper.judged[votes.id]
    return (
        str(number),
        _name(paper, one),
        _position(paper, one),
        paper.view.number(votes.agree),
        *([paper.view.number(votes.disagree)] if DISAGREE in paper.kind.answers else []),
        paper.view.number(judged.no_opinion),
        paper.view.percent(judged) + "%",
        *_result_and_note(paper, one, judged),
    )


def _result_and_note(paper: PaperView, one: Candidate, judged: Judged) -> tuple[str, str]:
    """Say how a name came out, and what to note of it: of several papers in one column, for theirs are narrow."""
    result, note = result_text(paper, judged), note_text(paper, judged)
    if _is_one_of(paper):
        note = paper.words("table.tied_short") if judged.outcome == "tied" else note
        return "\n".join(text for text in (result, note) if text), ""
    return result, "; ".join(text for text in (note, one.note) if text)


def _further_table(paper: PaperView, votes: list[Counted]) -> Table:
    words = paper.words
    rows = tuple(
        (
            str(number),
            _name(paper, paper.candidates[one.id]),
            _position(paper, paper.candidates[one.id]),
            paper.view.number(one.agree),
            paper.view.percent(paper.judged[one.id]) + "%",
            result_text(paper, paper.judged[one.id]),
        )
        for number, one in enumerate(votes, 1)
    )
    head = ("table.number", "table.name", "table.post", "table.introduced", _percent_key(paper), "table.result")
    return Table(tuple(map(words, head)), rows, (9, 42, 0, 18, 22, 18), "cllccc")


def _name(paper: PaperView, one: Candidate) -> str:
    """Write the name, with the day of birth on a line below it where the paper shows it."""
    return f"{one.name}\n" + paper.words("table.born", born=one.born) if one.born else one.name


def _position(paper: PaperView, one: Candidate) -> str:
    """Write position and unit; of several papers, the note as well, which has no column of its own then."""
    return "; ".join(part for part in (one.position, one.note if _is_one_of(paper) else "") if part)


def _is_one_of(paper: PaperView) -> bool:
    """Tell whether the minutes are of several papers, whose tables are narrower for it."""
    return len(paper.view.papers) > 1


def _percent_key(paper: PaperView) -> str:
    """Return the words above the percents; of several papers short ones, for a footnote says of what they are."""
    return "table.percent" if _is_one_of(paper) else f"table.percent_{paper.paper.rule.base}"


def result_text(paper: PaperView, one: Judged) -> str:
    """Say whether a name met the rule, in the words of its paper."""
    return paper.words.fill(paper.kind.met if one.meets else paper.kind.missed)


def note_text(paper: PaperView, one: Judged) -> str:
    """Say what became of a name that met the rule, where more met it than the quota holds."""
    if one.outcome == "tied":
        by_head = paper.result.verdict.status == "awaiting_head"
        return paper.words("table.tied" if by_head else "table.tied_vote")
    return paper.words("table.beyond_quota") if one.outcome == "not_selected" else ""


def _ending(paper: PaperView, n: int) -> str:
    """Say of all who were chosen by papers that have it in common what they met and where they go."""
    facts = {"who": paper.view.who, "share": paper.share, "base": paper.base, "hands_on": paper.hands_on}
    return paper.words.fill(paper.kind.conclusion, n=n, **facts)


def _conclusion(paper: PaperView) -> str:
    words, kind, quota = paper.words, paper.kind, paper.paper.selection.quota
    facts = {"who": paper.view.who, "share": paper.share, "base": paper.base}
    n = len(paper.result.verdict.selected)
    if n == 0 and paper.result.verdict.status != "final":
        by_head = paper.result.verdict.status == "awaiting_head"
        return words("conclusion.none_yet" if by_head else "conclusion.none_yet_vote", **facts)
    if n == 0:
        return words.fill(kind.conclusion_none, **facts)
    facts["hands_on"] = paper.hands_on
    if quota is None:
        return words.fill(kind.conclusion, n=n, **facts)
    return words.fill(kind.conclusion_quota, n=n, quota=quota, **facts)


def _selected(paper: PaperView, one: Judged, *, post: bool = True) -> str:
    candidate = paper.candidates[one.id]
    facts = {
        "Who": capitalised(paper.view.who), "name": candidate.name, "votes": paper.view.number(one.agree),
        "base": paper.view.number(paper.result.verdict.base), "percent": paper.view.percent(one),
        "post": candidate.position,
    }  # fmt: skip
    key = "conclusion.line_post" if post and candidate.position else "conclusion.line"
    return paper.words(key, **facts).rstrip(".")


def _tie(paper: PaperView) -> list[Block]:
    """Say who is tied and for how many places, that the head decides, and where the head signs."""
    tie, head = paper.result.verdict.tie, paper.view.conference.head
    if tie is None:
        return []
    words = paper.words
    names = _names(paper, tie.candidates)
    facts = {"who": paper.view.who, "names": names, "vote": words.fill(paper.kind.vote)}
    text = words("conclusion.tie", **facts, agree=tie.agree, places=tie.places) + " "
    if paper.result.verdict.status == "awaiting_vote":
        text += words("conclusion.awaiting_vote")
    else:
        text += words("conclusion.awaiting", who=paper.view.who, name=head.name, role=head.role)
    return [Text(text, words("conclusion.tie_label"))]


def _spares(paper: PaperView) -> list[Block]:
    """Warn of names whose outcome the ballots of activated spares could have changed (design §3)."""
    spares = spares_of(paper.view.record)
    near = could_change(paper.result.case, paper.result.verdict, spares)
    if not near:
        return []
    key = "conclusion.spare" if spares == 1 else "conclusion.spares"
    text = paper.words(key, n=spares, names=_names(paper, near))
    return [Text(text, paper.words("conclusion.spares_label"))]


def _names(paper: PaperView, ids: tuple[str, ...]) -> str:
    return ", ".join(paper.candidates[one].name for one in ids)

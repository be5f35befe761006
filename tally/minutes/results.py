"""The result of the count: the rule, the tables in ballot order, the conclusion by votes (fields 17 to 20)."""

from tally.minutes.blocks import Block, Heading, Table, Text
from tally.minutes.view import PaperView, View
from tally.minutes.wording import UNBREAKABLE, capitalised, clock, day, moment
from tally.result.margin import could_change, spares_of
from voting.documents.case import Counted, Judged
from voting.documents.conferences.conference import Candidate, Paper
from voting.documents.kinds import AGREE, DISAGREE, NO_OPINION

ANSWERS = (AGREE, DISAGREE, NO_OPINION)


def results(view: View) -> list[Block]:
    """Tell each paper's rule in words and numbers, and the votes of every name."""
    blocks: list[Block] = [Heading(view.words("rule.head")), Text(_count_time(view))]
    for paper in view.papers:
        blocks += _of_paper(paper)
    footnotes = dict.fromkeys(map(_footnote, view.papers))
    return [*blocks, *(Text(text, style="small") for text in footnotes)]


def conclusion(view: View) -> list[Block]:
    """Say paper by paper who goes on, then equal votes that await the head, and what spares could change."""
    blocks: list[Block] = [Heading(view.words("conclusion.head"))]
    for paper in view.papers:
        blocks += concluded(paper)
    return blocks


def concluded(paper: PaperView) -> list[Block]:
    """Name those of a paper who go on, most votes first: line by line, or in one paragraph where papers are several."""
    words, verdict = paper.words, paper.result.verdict
    chosen = [paper.judged[one] for one in verdict.selected]
    if len(paper.view.papers) == 1:
        blocks: list[Block] = [Text(_conclusion(paper), keep=bool(chosen))]
        blocks += [
            Text(f"{number}. {_selected(paper, one)}.", style="listed") for number, one in enumerate(chosen, 1)
        ]
    else:
        names = "; ".join(f"({number}) {_selected(paper, one)}" for number, one in enumerate(chosen, 1))
        text = " ".join(part for part in (_conclusion(paper), f"{names}." if names else "") if part)
        blocks = [Text(text, f"{heading(paper)}.")]
    quota = paper.paper.selection.quota
    if quota is not None and verdict.status == "final" and len(chosen) < quota:
        blocks.append(Text(words("conclusion.fewer")))
    return [*blocks, *_tie(paper), *_spares(paper)]


def heading(paper: PaperView) -> str:
    """Say which paper of several it is."""
    return paper.words("title.paper", n=str(paper.result.paper), subject=subject(paper))


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


def _of_paper(paper: PaperView) -> list[Block]:
    """Tell the rule of a paper and its votes; under a heading where papers are several."""
    words, alone = paper.words, len(paper.view.papers) == 1
    blocks: list[Block] = [] if alone else [Text("", f"{heading(paper)}.", keep=True)]
    blocks.append(Text(_rule(paper), keep=not alone))
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
    return words(
        "rule.text",
        principle=words.fill(paper.kind.principle),
        vote=words.fill(paper.kind.vote),
        share=paper.share,
        base=paper.base,
        n=paper.result.verdict.base,
        unit=words("rule.of_ballots" if paper.paper.rule.base == "ballots" else "rule.of_people"),
        least=paper.result.verdict.minimum,
        quota="" if quota is None else words("rule.quota", quota=quota),
    )


def _main_table(paper: PaperView, votes: list[Counted]) -> Table:
    words, kind = paper.words, paper.kind
    rows = [_row(paper, number, one) for number, one in enumerate(votes, 1)]
    notes = any(row[-1] for row in rows)
    answers = [words.fill(kind.answers[name]) for name in ANSWERS if name in kind.answers]
    no_opinion = [] if NO_OPINION in kind.answers else [words("table.no_opinion")]
    head = (
        words("table.number"), words("table.name"), words("table.post"), *answers, *no_opinion,
        words(f"table.percent_{paper.paper.rule.base}"), words("table.result"), words("table.note"),
    )  # fmt: skip
    votes_wide = (12, 13, 13) if notes else (13, 14, 14)
    last = (18, 14, 20) if notes else (20, 15)
    widths = ((8, 36, 0) if notes else (9, 42, 0)) + votes_wide[: len(answers) + len(no_opinion)] + last
    aligned = "cll" + "c" * (len(widths) - 4) + "l" if notes else "cll" + "c" * (len(widths) - 3)
    return Table(head[: len(widths)], tuple(row[: len(widths)] for row in rows), widths, aligned)


def _row(paper: PaperView, number: int, votes: Counted) -> tuple[str, ...]:
    one, judged = paper.candidates[votes.id], paper.judged[votes.id]
    return (
        str(number),
        _name(paper, one),
        one.position,
        paper.view.number(votes.agree),
        *([paper.view.number(votes.disagree)] if DISAGREE in paper.kind.answers else []),
        paper.view.number(judged.no_opinion),
        paper.view.percent(judged) + "%",
        result_text(paper, judged),
        "; ".join(text for text in (note_text(paper, judged), one.note) if text),
    )


def _further_table(paper: PaperView, votes: list[Counted]) -> Table:
    words = paper.words
    rows = tuple(
        (
            str(number),
            _name(paper, paper.candidates[one.id]),
            paper.candidates[one.id].position,
            paper.view.number(one.agree),
            paper.view.percent(paper.judged[one.id]) + "%",
            result_text(paper, paper.judged[one.id]),
        )
        for number, one in enumerate(votes, 1)
    )
    head = ("number", "name", "post", "introduced", f"percent_{paper.paper.rule.base}", "result")
    return Table(tuple(words(f"table.{name}") for name in head), rows, (9, 42, 0, 18, 22, 18), "cllccc")


def _name(paper: PaperView, one: Candidate) -> str:
    """Write the name, with the day of birth on a line below it where the paper shows it."""
    return f"{one.name}\n" + paper.words("table.born", born=one.born) if one.born else one.name


def result_text(paper: PaperView, one: Judged) -> str:
    """Say whether a name met the rule, in the words of its paper."""
    return paper.words.fill(paper.kind.met if one.meets else paper.kind.missed)


def note_text(paper: PaperView, one: Judged) -> str:
    """Say what became of a name that met the rule, where more met it than the quota holds."""
    if one.outcome == "tied":
        by_head = paper.result.verdict.status == "awaiting_head"
        return paper.words("table.tied" if by_head else "table.tied_vote")
    return paper.words("table.beyond_quota") if one.outcome == "not_selected" else ""


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


def _selected(paper: PaperView, one: Judged) -> str:
    candidate = paper.candidates[one.id]
    facts = {
        "Who": capitalised(paper.view.who), "name": candidate.name, "votes": paper.view.number(one.agree),
        "base": paper.view.number(paper.result.verdict.base), "percent": paper.view.percent(one),
        "post": candidate.position,
    }  # fmt: skip
    key = "conclusion.line_post" if candidate.position else "conclusion.line"
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

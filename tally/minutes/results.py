"""The result of the count: the rule, the tables in ballot order, the conclusion by votes (fields 17 to 20)."""

from tally.minutes.blocks import Block, Heading, Table, Text
from tally.minutes.view import View
from tally.minutes.wording import capitalised, clock, day, moment
from tally.result.margin import could_change, spares_of
from voting.documents.case import Counted, Judged
from voting.documents.conferences.conference import Candidate


def results(view: View) -> list[Block]:
    """Tell the rule in words and numbers, and the votes of every name."""
    words, verdict = view.words, view.record.verdict
    blocks: list[Block] = [Heading(words("rule.head")), Text(_count_time(view)), Text(_rule(view))]
    listed, further = view.listed(), view.put_forward()
    if listed:
        blocks += [Text(words("table.caption"), keep=True), _main_table(view, listed)]
    if further:
        blocks += [Text(words("table.further"), keep=True), _further_table(view, further)]
    return [*blocks, Text(words("table.footnote", base=view.base, n=verdict.base), style="small")]


def conclusion(view: View) -> list[Block]:
    """Name those who go on, most votes first; then equal votes that await the head, and what spares could change."""
    words, verdict = view.words, view.record.verdict
    chosen = [view.judged[one] for one in verdict.selected]
    blocks: list[Block] = [Heading(words("conclusion.head")), Text(_conclusion(view), keep=bool(chosen))]
    blocks += [_selected_line(view, number, one) for number, one in enumerate(chosen, 1)]
    quota = view.paper.selection.quota
    if quota is not None and verdict.status == "final" and len(chosen) < quota:
        blocks.append(Text(words("conclusion.fewer")))
    return [*blocks, *_tie(view), *_spares(view)]


def _count_time(view: View) -> str:
    begun = moment(view.record.count.begun)
    return view.words("rule.count_time", begun=clock(begun, view.language), day=day(begun, view.language))


def _rule(view: View) -> str:
    words, quota = view.words, view.paper.selection.quota
    return words(
        "rule.text",
        principle=words.fill(view.kind.principle),
        share=view.share,
        base=view.base,
        n=view.record.verdict.base,
        least=view.record.verdict.minimum,
        quota="" if quota is None else words("rule.quota", quota=quota),
    )


def _main_table(view: View, votes: list[Counted]) -> Table:
    words, kind = view.words, view.kind
    rows = [_row(view, number, one) for number, one in enumerate(votes, 1)]
    notes = any(row[-1] for row in rows)
    head = (
        words("table.number"), words("table.name"), words("table.post"), words.fill(kind.agree),
        words.fill(kind.disagree), words("table.no_opinion"), words(f"table.percent_{view.paper.rule.base}"),
        words("table.result"), words("table.note"),
    )  # fmt: skip
    widths = (8, 36, 0, 12, 13, 13, 18, 14, 20) if notes else (9, 42, 0, 13, 14, 14, 20, 15)
    columns = len(widths)
    return Table(head[:columns], tuple(row[:columns] for row in rows), widths, "cllcccccl"[:columns])


def _row(view: View, number: int, votes: Counted) -> tuple[str, ...]:
    one, judged = view.candidates[votes.id], view.judged[votes.id]
    return (
        str(number),
        _name(view, one),
        one.position,
        view.number(votes.agree),
        view.number(votes.disagree),
        view.number(judged.no_opinion),
        view.percent(judged) + "%",
        result_text(view, judged),
        "; ".join(text for text in (note_text(view, judged), one.note) if text),
    )


def _further_table(view: View, votes: list[Counted]) -> Table:
    words = view.words
    rows = tuple(
        (
            str(number),
            _name(view, view.candidates[one.id]),
            view.candidates[one.id].position,
            view.number(one.agree),
            view.percent(view.judged[one.id]) + "%",
            result_text(view, view.judged[one.id]),
        )
        for number, one in enumerate(votes, 1)
    )
    head = ("number", "name", "post", "introduced", f"percent_{view.paper.rule.base}", "result")
    return Table(tuple(words(f"table.{name}") for name in head), rows, (9, 42, 0, 18, 22, 18), "cllccc")


def _name(view: View, one: Candidate) -> str:
    """Write the name, with the day of birth on a line below it where the paper shows it."""
    return f"{one.name}\n" + view.words("table.born", born=one.born) if one.born else one.name


def result_text(view: View, one: Judged) -> str:
    """Say whether a name met the rule, in the words of its paper."""
    return view.words.fill(view.kind.met if one.meets else view.kind.missed)


def note_text(view: View, one: Judged) -> str:
    """Say what became of a name that met the rule, where more met it than the quota holds."""
    if one.outcome == "tied":
        return view.words("table.tied")
    return view.words("table.beyond_quota") if one.outcome == "not_selected" else ""


def _conclusion(view: View) -> str:
    words, kind, quota = view.words, view.kind, view.paper.selection.quota
    facts = {"who": view.who, "share": view.share, "base": view.base}
    n = len(view.record.verdict.selected)
    if n == 0 and view.record.verdict.status == "awaiting_head":
        return words("conclusion.none_yet", **facts)
    if n == 0:
        return words.fill(kind.conclusion_none, **facts)
    facts["hands_on"] = view.hands_on
    if quota is None:
        return words.fill(kind.conclusion, n=n, **facts)
    return words.fill(kind.conclusion_quota, n=n, quota=quota, **facts)


def _selected_line(view: View, number: int, one: Judged) -> Text:
    candidate = view.candidates[one.id]
    facts = {
        "Who": capitalised(view.who), "name": candidate.name, "votes": view.number(one.agree),
        "base": view.number(view.record.verdict.base), "percent": view.percent(one), "post": candidate.position,
    }  # fmt: skip
    key = "conclusion.line_post" if candidate.position else "conclusion.line"
    return Text(f"{number}. " + view.words(key, **facts), style="listed")


def _tie(view: View) -> list[Block]:
    """Say who is tied and for how many places, that the head decides, and where the head signs."""
    tie, head = view.record.verdict.tie, view.conference.head
    if tie is None:
        return []
    words = view.words
    text = words("conclusion.tie", who=view.who, names=_names(view, tie.candidates), agree=tie.agree, places=tie.places)
    text += " " + words("conclusion.awaiting", who=view.who, name=head.name, role=head.role)
    return [Text(text, words("conclusion.tie_label"))]


def _spares(view: View) -> list[Block]:
    """Warn of names whose outcome the ballots of activated spares could have changed (design §3)."""
    spares = spares_of(view.record)
    near = could_change(view.record.case, view.record.verdict, spares)
    if not near:
        return []
    key = "conclusion.spare" if spares == 1 else "conclusion.spares"
    text = view.words(key, n=spares, names=_names(view, near))
    return [Text(text, view.words("conclusion.spares_label"))]


def _names(view: View, ids: tuple[str, ...]) -> str:
    return ", ".join(view.candidates[one].name for one in ids)

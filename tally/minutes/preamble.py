"""The minutes (biên bản kiểm phiếu) from the head of the page to the end of voting: fields 1 to 16."""

from collections.abc import Sequence

from kiosk_templates.words import Language
from tally.minutes.blocks import Block, Header, Heading, Text, Title
from tally.minutes.results import heading, subject, term_of
from tally.minutes.view import PaperView, View
from tally.minutes.wording import UNBREAKABLE, capitalised, clock, day, moment, words_of
from voting.documents.bundles.signers import excused_tellers
from voting.documents.conferences.conference import Conference, Quorum
from voting.documents.conferences.moments import VIETNAM
from voting.documents.facts import ChairWord
from voting.documents.quorum import least_present
from voting.documents.record import BallotCounts

NUMBER_TO_FILL_IN = UNBREAKABLE * 7
"""Room for the number that the registry gives (văn thư cấp số)."""


def header(view: View) -> Header:
    """Build the head of the first page, by Decree 30/2020, annex I (state) or by the Party's rules."""
    organiser, words = view.conference.organiser, view.words
    state = organiser.style == "state"
    place_date = words(
        "header.place_date", locality=organiser.locality, day=day(moment(view.record.count.ended), view.language)
    )
    return Header(
        style=organiser.style,
        superior=organiser.superior,
        agency=organiser.agency,
        nation=words("header.state" if state else "header.party"),
        motto=words("header.motto") if state else "",
        number=_number(view),
        place_date="" if state else place_date,
        stamp=organiser.stamp,
        companion=words("header.companion"),
    )


def issued_by(conference: Conference, language: Language, on: str) -> Header:
    """Build the head of a paper that goes with the minutes: number to be written in, place, and the day `on`.

    Decree 30/2020, annex I; `on` is a moment, ISO 8601 with offset. Raises InvalidRecord.
    """
    organiser, words = conference.organiser, words_of(language)
    state = organiser.style == "state"
    code = organiser.code.lstrip("0123456789").lstrip("/-")
    local = moment(on).astimezone(VIETNAM)
    return Header(
        style=organiser.style,
        superior=organiser.superior,
        agency=organiser.agency,
        nation=words("header.state" if state else "header.party"),
        motto=words("header.motto") if state else "",
        number=words(f"header.{organiser.style}_number", number=NUMBER_TO_FILL_IN, code=code),
        place_date=words("header.place_date", locality=organiser.locality, day=day(local, language)),
        stamp="",
        companion="",
    )


def _number(view: View) -> str:
    """Write `Số: 07/BB-VPUB`; where the code has no number yet, leave room to write it in."""
    organiser = view.conference.organiser
    if organiser.code[:1].isdigit():
        word = view.words(f"header.{organiser.style}_number", number="", code="").rstrip("/-").rstrip()
        return f"{word} {organiser.code}"
    return view.words(f"header.{organiser.style}_number", number=NUMBER_TO_FILL_IN, code=organiser.code.lstrip("/-"))


def title(view: View) -> Title:
    """Build the type of document, the subject (trích yếu) and the meeting."""
    words = view.words
    about = _subject(view)
    return Title(words("title.type"), about, meeting_of(view, view.papers), words("title.file", subject=about))


def meeting_of(view: View, papers: Sequence[PaperView]) -> str:
    """Name the meeting, with the step where all these papers are of one."""
    steps = {one.paper.step for one in papers}
    name = view.conference.name
    if len(steps) > 1:
        return view.words("title.meeting_only", conference=name)
    return view.words("title.meeting", conference=name, step=str(next(iter(steps))))


def _subject(view: View) -> str:
    """Say what the sitting was about: its one paper, or what each kind of paper asked of several titles."""
    if len(view.papers) == 1:
        return subject(view.papers[0])
    terms = {term_of(one.paper) for one in view.papers}
    posts = view.words("title.posts", term=next(iter(terms))) if len(terms) == 1 else view.words("title.all_posts")
    said = list(dict.fromkeys(view.words.fill(one.kind.title, post=posts) for one in view.papers))
    return "; ".join([said[0], *(text[:1].lower() + text[1:] for text in said[1:])])


def basis(view: View) -> list[Block]:
    """Quote the basis (căn cứ), in italics."""
    last = len(view.conference.basis) - 1
    return [
        Text(view.words("basis.last" if number == last else "basis.one", text=text.rstrip(";,.")), style="italic")
        for number, text in enumerate(view.conference.basis)
    ]


def general(view: View) -> list[Block]:
    """Tell when, where, who was summoned and came, who led and who counted."""
    words, conference = view.words, view.conference
    texts = [
        Text(_time(view), words("general.time_label")),
        Text(words("general.place", place=conference.place.rstrip(".")), words("general.place_label")),
        Text(
            words("general.composition", composition=conference.composition.rstrip(".")),
            words("general.composition_label"),
        ),
        Text(_counts(view)),
        *([Text(_quorum(view, conference.quorum))] if conference.quorum else []),
        Text(view.person(conference.chair), words("general.chair_label")),
        Text(view.person(conference.secretary), words("general.secretary_label")),
        Text(
            words("general.tellers", n=len(conference.tellers), who=view.who), words("general.tellers_label"), keep=True
        ),
        *_tellers(view),
        *_list_after(words("general.witnesses_label"), view.record.count.witnesses),
    ]
    return [Heading(words("general.head")), *_numbered(texts)]


def ballot(view: View) -> list[Block]:
    """Tell how the vote was held: form, sealing, ballots issued and collected, incidents, words of the chair."""
    words, facts = view.words, view.record.facts
    form = view.record.form
    incidents = [
        capitalised(words("incident.times", what=words(f"incident.{one.kind}"), n=one.count))
        for one in facts.incidents
        if one.count
    ]
    chair_words = [
        words("word.line", by=f"{capitalised(view.who)} {one.by}" if view.language == "vi" else one.by,
              what=_what(view, one), reason=one.reason.rstrip("."))
        for one in view.record.count.chair_words
    ]  # fmt: skip
    texts = [
        Text(words(f"ballot.{form}"), words("ballot.form_label")),
        Text(words(f"ballot.seal_{form}"), words("ballot.seal_label")),
        Text("", words("ballot.count_label"), keep=True),
        *_ballots(view),
        *_list_after(words("incident.label"), tuple(incidents)),
        *_list_after(words("word.label"), tuple(chair_words)),
    ]
    return [Heading(words("ballot.head")), *_numbered(texts)]


def _ballots(view: View) -> list[Text]:
    """Count the ballots: once where all papers were handed out and came back together, else paper by paper."""
    counts = {one.result.ballots for one in view.papers}
    if len(counts) == 1 and len(view.papers) > 1:
        return [Text(" ".join(_counted(view, view.papers[0].result.ballots)))]
    if len(counts) == 1:
        return [Text(f"– {text}") for text in _counted(view, view.papers[0].result.ballots)]
    listed = []
    for one in view.papers:
        listed.append(Text(f"– {heading(one)}:", keep=True))
        listed += [Text(f"+ {text}") for text in _counted(view, one.result.ballots)]
    return listed


def _counted(view: View, counts: BallotCounts) -> tuple[str, ...]:
    words = view.words
    invalid = (
        words("ballot.invalid_because", n=counts.invalid, reason=counts.invalid_reason)
        if counts.invalid and counts.invalid_reason
        else words("ballot.invalid", n=counts.invalid)
    )
    return (
        words("ballot.issued", n=counts.issued),
        words("ballot.collected", n=counts.collected, rest=counts.issued - counts.collected),
        words("ballot.valid", n=counts.valid),
        invalid,
    )


def _what(view: View, word: ChairWord) -> str:
    """Say what a word of the chair allowed; one on absence names whom it excuses from signing."""
    excused = [
        view.conference.tellers[owner - 1].name
        for owner in excused_tellers(view.conference, view.record)
        if word.kind == "teller_absent" and owner in (word.tellers or (owner,))
    ]
    return view.words("word.teller_excused", names=", ".join(excused)) if excused else view.words(f"word.{word.kind}")


def _time(view: View) -> str:
    opened, closed = moment(view.record.facts.opened), moment(view.record.facts.closed)
    language = view.language
    times = {"opened": clock(opened, language), "closed": clock(closed, language), "day": day(opened, language)}
    if opened.date() == closed.date():
        return view.words("general.time", **times)
    return view.words("general.time_two_days", **times, other_day=day(closed, language))


def _counts(view: View) -> str:
    conference, facts = view.conference, view.record.facts
    absent = conference.summoned - conference.present
    return view.words(
        "general.counts" if absent else "general.counts_all",
        summoned=conference.summoned,
        present=conference.present,
        absent=absent,
        excused=facts.absent_excused,
        unexcused=facts.absent_unexcused,
    )


def _quorum(view: View, quorum: Quorum) -> str:
    least = least_present(quorum, view.conference.summoned)
    share = f"{quorum.num}/{quorum.den}"
    met = view.conference.present >= least
    if quorum.override is None or met:
        return view.words("general.quorum", share=share, least=least)
    by = f"{capitalised(view.who)} {quorum.override.by}" if view.language == "vi" else quorum.override.by
    return view.words("general.override", share=share, least=least, By=by, reason=quorum.override.reason.rstrip("."))


def _tellers(view: View) -> list[Text]:
    who, last = capitalised(view.who), len(view.conference.tellers)
    return [
        Text(view.words("general.teller", n=str(n), Who=who, name=one.name, role=one.role) + (";" if n < last else "."))
        for n, one in enumerate(view.conference.tellers, 1)
    ]


def _list_after(label: str, items: tuple[str, ...]) -> list[Text]:
    """Set a label with its items on lines of their own; nothing at all where there are none."""
    if not items:
        return []
    return [Text("", label, keep=True), *(Text("– " + one.rstrip(".") + ".") for one in items)]


def _numbered(texts: list[Text]) -> list[Text]:
    """Number the paragraphs that have a label."""
    numbered, number = [], 0
    for one in texts:
        number += bool(one.label)
        numbered.append(Text(one.text, one.label, f"{number}." if one.label else "", one.style, one.keep))
    return numbered

"""The page of a head's decision (quyết định của người đứng đầu): what people read and sign beside the record.

Laid out as the minutes are (Decree 30/2020, annex I), rendered from the record and the decision alone, with the
decision's payload attached. The record says that it awaits the head, and stays as it is.
"""

import hashlib
from collections.abc import Sequence

from msgspec.structs import replace

from kiosk_templates.words import Language
from tally.errors import InvalidMinutes, InvalidRecord
from tally.minutes.annex import key_line
from tally.minutes.blocks import Annex, Block, Header, Line, Minutes, SignatureBlock, Signatures, Text, Title
from tally.minutes.preamble import issued_by, meeting_of
from tally.minutes.renderer import Pages, check_renderer, compiled
from tally.minutes.results import post
from tally.minutes.view import View, parse_record
from tally.minutes.wording import capitalised, day, in_groups, moment
from voting.documents.bundles.head_decision import WHAT, HeadDecision, decision_problems
from voting.documents.bundles.signers import decision_signers
from voting.documents.canonical import parse_canonical
from voting.documents.conferences.conference import ON_PAPER, Signer
from voting.documents.errors import DocumentError

MIDNIGHT = "T00:00:00+07:00"
RECORD_CODE, DECISION_CODE = "BB", "QĐ"
"""What the code of an office's paper begins with: count records, decisions (Decree 30/2020, annex III)."""


def render_head_decision(record: bytes, payload: bytes, language: Language = "vi", *, exact: bool = True) -> bytes:
    """Render the page of a decision's payload on the record of that payload as PDF/A-3b.

    Raises InvalidRecord for a decision that does not fit the record, and OtherRenderer as the minutes do.
    """
    of = parse_record(record)
    decision = _parsed(payload)
    for problem in decision_problems(decision, of):
        raise InvalidRecord(f"{WHAT}: {problem}")
    if exact:
        check_renderer(of.made_by)
    view = View.looking_at(of, language)
    pages = Pages(_contents(view, decision, payload), "head-decision.json", payload, decision.on + MIDNIGHT)
    return compiled(of, pages)


def _parsed(payload: bytes) -> HeadDecision:
    try:
        return parse_canonical(payload, HeadDecision, what=WHAT)
    except DocumentError as error:
        raise InvalidRecord(str(error)) from None


def _contents(view: View, decision: HeadDecision, payload: bytes) -> Minutes:
    words, on = view.words, day(moment(decision.on + MIDNIGHT), view.language)
    paper = view.of(decision.paper)
    about, meeting = words("head_page.subject", post=post(paper)), meeting_of(view, [paper])
    return Minutes(
        language=view.language,
        header=_header(view, decision),
        title=Title(words("head_page.type"), about, meeting, words("head_page.file", subject=about)),
        blocks=tuple(_blocks(view, decision)),
        signatures=_signatures(view, on),
        annex=_annex(view, decision, payload, on),
    )


def _header(view: View, decision: HeadDecision) -> Header:
    """Build the head of the page, with the code of a decision in place of that of a count record."""
    organiser = view.conference.organiser
    code = organiser.code.lstrip("0123456789").lstrip("/-")
    if code.startswith(RECORD_CODE):
        code = DECISION_CODE + code.removeprefix(RECORD_CODE)
    conference = replace(view.conference, organiser=replace(organiser, code=code))
    return replace(issued_by(conference, view.language, decision.on + MIDNIGHT), stamp=organiser.stamp)


def _blocks(view: View, decision: HeadDecision) -> list[Block]:
    words, head, tie = view.words, view.conference.head, view.record.of(decision.paper).verdict.tie
    assert tie is not None, "a decision is on a tie"
    counted = day(moment(view.record.count.ended), view.language)
    names = ", ".join(one.name for one in decision.tied)
    named = {one.id: one.name for one in decision.tied}
    chosen = ", ".join(named[one] for one in decision.chosen)
    left = [one.name for one in decision.tied if one.id not in decision.chosen]
    facts: dict[str, str | int] = {"who": view.who, "names": names, "agree": tie.agree, "places": decision.places}
    most = "up_to" if decision.up_to else "exactly"
    blocks: list[Block] = [
        Text(words("basis.one", text=text.rstrip(";,.")), style="italic") for text in view.conference.basis
    ]
    blocks += [
        Text(words("head_page.basis", day=counted, paper=str(decision.paper)), style="italic"),
        Text(words(f"head_page.tie_{most}", **facts)),
        Text(words("head_page.decides", Who=capitalised(view.who), by=decision.by, role=head.role), keep=True),
    ]
    articles = [
        words(f"head_page.chosen_{_how_many(decision.chosen)}", who=view.who, names=chosen),
        *([words(f"head_page.left_{_how_many(left)}", who=view.who, names=", ".join(left))] if left and chosen else []),
        words("head_page.reason", reason=decision.reason.strip().rstrip(".")),
        words("head_page.stays"),
    ]
    return [*blocks, *(Text(text, words("head_page.article", n=str(n))) for n, text in enumerate(articles, 1))]


def _how_many(names: Sequence[str]) -> str:
    return "none" if not names else "one" if len(names) == 1 else "many"


def _signatures(view: View, on: str) -> Signatures:
    words, head = view.words, view.conference.head
    rows: list[tuple[SignatureBlock, ...]] = [(_signer(view, (head.role.upper(),), head),)]
    if head.key == ON_PAPER:
        secretary, chair = view.conference.secretary, view.conference.chair
        rows.append(
            (
                _signer(view, (words("head_page.vouches"), words("signature.secretary")), secretary),
                _signer(view, (words("head_page.vouches"), words("signature.chair")), chair),
            )
        )
    kept = (words("signature.recipients"), words("signature.recipient_above"), words("signature.recipient_archive"))
    return Signatures(words("head_page.end", day=on), tuple(rows), "", kept)


def _signer(view: View, title: tuple[str, ...], signer: Signer) -> SignatureBlock:
    return SignatureBlock("", title, view.words("signature.hint"), signer.name, signer.role)


def _annex(view: View, decision: HeadDecision, payload: bytes, on: str) -> Annex:
    words, record = view.words, view.record
    digest = hashlib.sha256(payload).hexdigest()
    session = [Line(words("annex.session"), record.uuid, True)] if record.uuid else []
    of = words("annex.paper_text", n=str(decision.paper), of=str(len(view.conference.papers)))
    keys = dict.fromkeys((view.conference.head, *decision_signers(record)))
    made = record.made_by
    return Annex(
        head=words("annex.head"),
        subject=words("head_page.data"),
        attached=words("head_page.attached", day=on.removeprefix("ngày\u00a0")),
        hash_label=words("head_page.hash_label"),
        hash=in_groups(digest),
        qr=words("head_page.qr"),
        lines=(
            *session,
            Line(words("annex.paper_number"), of),
            Line(words("head_page.record"), in_groups(decision.record), True),
            Line(words("annex.made_by"), f"{made.software}; {made.renderer}; {made.font}"),
        ),
        keys_head=words("annex.keys"),
        keys=tuple(key_line(view, one) for one in keys),
        notes_head="",
        notes=(),
        check=words("annex.check"),
        command=words("head_page.command", record="record.json", n=str(decision.paper)),
    )


def check_head_page(pdf: bytes, record: bytes, payload: bytes) -> None:
    """Raise InvalidMinutes unless this is the page of the decision, byte for byte; OtherRenderer as minutes do."""
    if pdf == render_head_decision(record, payload, exact=False):
        return
    check_renderer(parse_record(record).made_by)
    raise InvalidMinutes("the file is not the page rebuilt from the head's decision")

"""The digital annex (field 26): what the minutes stand on, as hashes to compare, and how to check them."""

import hashlib
from base64 import b64decode
from functools import lru_cache

from msgspec import UNSET

from tally.minutes.blocks import Annex, Line
from tally.minutes.closing import CHAIR, SECRETARY, teller_field
from tally.minutes.qr import qr_svg
from tally.minutes.view import View
from tally.minutes.wording import day, in_groups, moment
from voting.documents.bundles.head_decision import ties_for_the_head
from voting.documents.conferences.conference import ON_PAPER, Paper, Signer
from voting.documents.counted import NUMBERS
from voting.documents.record import Hashes


def annex(view: View, payload: bytes) -> Annex:
    """Build the annex from the record and the hash of its payload."""
    words, record = view.words, view.record
    payload_hash = hashlib.sha256(payload).hexdigest()
    notes = dict.fromkeys((*view.conference.notes, *(note for one in record.papers for note in one.notes)))
    return Annex(
        head=words("annex.head"),
        subject=words(f"annex.{record.form}"),
        attached=words("annex.attached", day=day(moment(record.count.ended), view.language).removeprefix("ngày\u00a0")),
        hash_label=words("annex.hash_label"),
        hash=in_groups(payload_hash),
        qr=words("annex.qr"),
        lines=(*_identity(view), *_hashes(view), *_room(view), *_made_by(view)),
        keys_head=words("annex.keys"),
        keys=tuple(_keys(view)),
        notes_head=words("annex.notes"),
        notes=tuple(words("annex.note", code=one.code, text=one.text) for one in notes),
        check=words("annex.check"),
        command=words("annex.command", uuid=record.uuid) if record.hashes else "",
    )


def qr_of(payload: bytes) -> bytes:
    """Draw the QR code of the payload's hash: 64 hex digits and nothing else."""
    return _code(hashlib.sha256(payload).hexdigest())


@lru_cache(maxsize=32)
def _code(digest: str) -> bytes:
    """Draw a hash once: minutes are made, measured and compared several times in one step."""
    return qr_svg(digest)


def signers(view: View) -> list[tuple[str, Signer]]:
    """List everyone who signs the minutes, by the name of their signature field."""
    conference = view.conference
    tellers = [(teller_field(number), one) for number, one in enumerate(conference.tellers, 1)]
    return [*tellers, (SECRETARY, conference.secretary), (CHAIR, conference.chair)]


def _identity(view: View) -> list[Line]:
    words, record = view.words, view.record
    procedures = dict.fromkeys(_procedure(view, one.paper) for one in view.papers)
    lines = [Line(words("annex.session"), record.uuid, True)] if record.uuid else []
    lines += [Line(words("annex.procedure"), text) for text in procedures]
    return [*lines, Line(words("annex.papers"), str(len(record.papers)))]


def _procedure(view: View, paper: Paper) -> str:
    return view.words(
        "annex.procedure_text",
        procedure=paper.procedure,
        step=str(paper.step),
        section=paper.section,
        ruleset=paper.ruleset.id,
        version=str(paper.ruleset.version),
    )


def _hashes(view: View) -> list[Line]:
    words, hashes = view.words, view.record.hashes
    lines = []
    if view.record.fingerprint:
        lines.append(Line(words("annex.fingerprint"), in_groups(view.record.fingerprint), True))
    lines += _file_hashes(view, hashes) if hashes else []
    before: dict[tuple[str, str], list[str]] = {}
    for result in view.record.papers:
        for one in result.previous:
            before.setdefault((one.kind, one.sha256), []).append(str(result.paper))
            if one.decision is not UNSET:
                before.setdefault(("head", one.decision), []).append(str(result.paper))
    return lines + [
        Line(words(f"annex.previous_{kind}", paper=", ".join(dict.fromkeys(papers))), in_groups(sha256), True)
        for (kind, sha256), papers in before.items()
    ]


def _file_hashes(view: View, hashes: Hashes) -> list[Line]:
    named = {
        "archive": hashes.archive,
        "end_ballots": hashes.end_ballots,
        "last_event": hashes.last_event,
        "facts": hashes.facts,
        "count": hashes.count,
    }
    return [Line(view.words(f"annex.{name}"), in_groups(text), True) for name, text in named.items()]


def _room(view: View) -> list[Line]:
    """Tell of cards, ballots refused and who opened; a count on paper has none of it."""
    if view.record.form == "paper":
        return []
    words, facts, count = view.words, view.record.facts, view.record.count
    cards, tellers = facts.cards, str(len(view.conference.tellers))
    used = [
        words("annex.spare", n=str(one.count), reason=words(f"annex.{one.reason}")) for one in facts.spares_activated
    ]
    openers = ", ".join(map(str, count.openers))
    numbers = {name: view.number(getattr(facts, name)) for name in NUMBERS}
    return [
        Line(words("annex.cards"), words("annex.cards_text", made=view.number(cards.made),
                                         drawn=view.number(cards.drawn), void=view.number(cards.void),
                                         spares=view.number(cards.spares))),
        Line(words("annex.spares"), ", ".join(used) or words("annex.none")),
        Line(words("annex.room"), words("annex.room_text", resets=view.number(facts.account_resets), **numbers)),
        Line(words("annex.confirmed"), words("annex.confirmed_text", n=str(len(facts.confirmations)), of=tellers)),
        Line(words("annex.opened"), words("annex.opened_text", owners=openers, n=str(len(count.openers)), of=tellers)),
    ]  # fmt: skip


def _made_by(view: View) -> list[Line]:
    made = view.record.made_by
    return [Line(view.words("annex.made_by"), f"{made.software}; {made.renderer}; {made.font}")]


def _keys(view: View) -> list[Line]:
    """List the keys of those who sign, and that of the head where a tie awaits one: each person once."""
    signing = [one for _, one in signers(view)]
    awaited = [view.conference.head] if ties_for_the_head(view.record) else []
    return list(dict.fromkeys(key_line(view, one) for one in (*signing, *awaited)))


def key_line(view: View, one: Signer) -> Line:
    """Write who somebody is and what their key is known by."""
    label = f"{one.name} – {one.role}"
    if one.key == ON_PAPER:
        return Line(label, view.words("annex.key_on_paper"))
    return Line(label, in_groups(hashlib.sha256(b64decode(one.key)).hexdigest()), True)

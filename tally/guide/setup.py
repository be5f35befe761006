"""What a teller confirms, shown in full before signing (design §3, sealed empty; §5, the field `conference`).

Meeting, catalogue, each paper with its rule in words and every name, numbers, who must sign and by which key, what
differs from the catalogue, and the code of the election, in groups that can be read aloud. Where somebody has to know
something (one key in two offices, a rule that is not the catalogue's) it is a warning.
"""

import re
from pathlib import Path

from keys.files.signing import keyid
from keys.message import Sentence
from keys.trustees import Trustees
from tally.ceremony.plan import clashes_of
from tally.dialogue import Guide, groups
from voting.documents.conferences.check import election_remarks
from voting.documents.conferences.conference import ON_PAPER, Candidate, Conference, Paper, Signer
from voting.documents.conferences.election import Election, spoken_fingerprint
from voting.documents.conferences.moments import day_text
from voting.documents.conferences.people import name_remarks, office_remarks
from voting.documents.kinds import kind_of
from voting.documents.rule_words import place_words, quorum_words, rule_words, selection_words, tie_words
from voting.procedures.comparison import (
    catalogue_problems,
    catalogue_remarks,
    rulesets_of,
    unknown_rulesets,
)

KEY_LETTERS = 16
_OWN_FILE = re.compile(r"teller-([0-9]+)(?:-box-[0-9]+)?\.sealed")


def tell_setup(guide: Guide, election: Election, trustees: Trustees) -> None:
    """Say what Setup says; warn of what people should know before they confirm it."""
    guide.title("setup.title")
    meeting = election.conference
    if meeting is not None:
        _tell_meeting(guide, meeting)
        for number, paper in enumerate(meeting.papers, 1):
            _tell_paper(guide, number, paper)
        _tell_numbers(guide, meeting)
        _tell_people(guide, meeting)
        _tell_catalogue(guide, meeting)
        for remark in election_remarks(election):
            guide.warn("setup.remark", text=spoken(guide, remark))
    guide.say("setup.threshold", threshold=trustees.threshold(), size=len(trustees.shares()))
    guide.say("setup.fingerprint")
    guide.plain(groups(spoken_fingerprint(election.fingerprint)))
    guide.say("setup.short", code=election.fingerprint)


def same_fingerprint(typed: str, election: Election) -> bool:
    """Tell whether somebody typed this election's code, in either spelling, grouped or not."""
    plain = "".join(typed.split())
    return plain == election.fingerprint or plain.casefold() == spoken_fingerprint(election.fingerprint)


def owner_name(guide: Guide, path: Path, meeting: Conference | None) -> str:
    """Return the name of the teller whose sealed file this is, by the number in its name; else a word for them."""
    found = _OWN_FILE.fullmatch(path.name)
    number = int(found.group(1)) if found else 0
    if meeting is not None and 1 <= number <= len(meeting.tellers):
        return meeting.tellers[number - 1].name
    return guide.words("setup.owner")


def spoken(guide: Guide, remark: Sentence) -> str:
    """The sentence of a remark in the guide's language."""
    return remark.vi if guide.language == "vi" else remark.en


def _tell_meeting(guide: Guide, meeting: Conference) -> None:
    guide.say("setup.meeting", name=meeting.name, date=day_text(meeting.date), place=meeting.place)
    courses = dict.fromkeys((one.ruleset, one.procedure, one.step) for one in meeting.papers)
    for ruleset, procedure, step in courses:
        guide.say("setup.plan", id=ruleset.id, version=ruleset.version, procedure=procedure, step=step)


def _tell_paper(guide: Guide, number: int, paper: Paper) -> None:
    guide.plain("")
    kind = spoken(guide, kind_of(paper.kind).phrase)
    guide.say("setup.paper", number=number, kind=kind, title=place_words(paper), names=len(paper.candidates))
    guide.say("setup.rule", rule=spoken(guide, rule_words(paper.rule)))
    guide.say("setup.selection", selection=spoken(guide, selection_words(paper.selection)))
    if paper.tie_scope != "none" or paper.selection.mode == "top":
        guide.say("setup.tie", tie=spoken(guide, tie_words(paper.tie_scope)))
    if paper.hands_on:
        guide.say("setup.hands_on", words=paper.hands_on)
    for place, one in enumerate(paper.candidates, 1):
        key = "setup.put_forward" if one.put_forward else "setup.name"
        guide.say(key, number=place, name=_described(one))


def _described(one: Candidate) -> str:
    return "; ".join(part for part in (one.name, one.position, one.born, one.note) if part)


def _tell_numbers(guide: Guide, meeting: Conference) -> None:
    guide.plain("")
    numbers = {"summoned": meeting.summoned, "present": meeting.present, "drawn": meeting.drawn}
    guide.say("setup.numbers", spares=meeting.spares, **numbers)
    guide.say("setup.quorum", quorum=spoken(guide, quorum_words(meeting.quorum)))
    word = meeting.quorum.override if meeting.quorum is not None else None
    if word is not None:
        guide.warn("setup.override", by=word.by, reason=word.reason)


def _tell_people(guide: Guide, meeting: Conference) -> None:
    guide.plain("")
    for number, teller in enumerate(meeting.tellers, 1):
        guide.say("setup.teller", number=number, signer=_signer(guide, teller))
    guide.say("setup.chair", signer=_signer(guide, meeting.chair))
    guide.say("setup.secretary", signer=_signer(guide, meeting.secretary))
    guide.say("setup.head", signer=_signer(guide, meeting.head))
    on_ballot = [one.name for paper in meeting.papers for one in paper.candidates]
    for name in clashes_of([one.name for one in meeting.tellers], on_ballot):
        guide.warn("setup.clash", name=name)
    for remark in (*office_remarks(meeting), *name_remarks(meeting)):
        guide.warn("setup.remark", text=spoken(guide, remark))


def _signer(guide: Guide, one: Signer) -> str:
    """Spell a signer: name, role, by key or on paper, whether the signature is required."""
    how = "setup.on_paper" if one.key == ON_PAPER else "setup.by_key"
    key = "" if one.key == ON_PAPER else groups(keyid(one.key)[:KEY_LETTERS], "")
    must = guide.words("setup.must" if one.must_sign else "setup.may")
    return f"{one.name} ({one.role}), {guide.words(how, key=key)}, {must}"


def _tell_catalogue(guide: Guide, meeting: Conference) -> None:
    """Say what differs from the catalogues, and the organiser's own notes."""
    for named in unknown_rulesets(meeting):
        guide.warn("setup.no_catalogue", id=named.id, version=named.version)
    for remark in catalogue_problems(meeting):
        guide.warn("setup.refused", text=spoken(guide, remark))
    for remark in catalogue_remarks(meeting):
        guide.warn("setup.remark", text=spoken(guide, remark))
    known = {note.text for ruleset in rulesets_of(meeting) for note in ruleset.notes}
    for note in meeting.notes:
        if note.text not in known:
            guide.say("setup.note", text=note.text, code=note.code)
    for number, paper in enumerate(meeting.papers, 1):
        for one in paper.previous:
            guide.say("setup.previous", paper=number, sha256=groups(one.sha256[:KEY_LETTERS], ""))

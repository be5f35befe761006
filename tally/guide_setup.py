"""What a teller confirms, shown before signing: meeting, papers, numbers, tellers with their keys, fingerprint."""

from keys.signing import keyid
from keys.trustees import Trustees
from tally.ceremony_plan import clashes_of
from tally.guide import Guide, groups
from voting.documents.conference import ON_PAPER
from voting.documents.election import Election


def tell_setup(guide: Guide, election: Election, trustees: Trustees) -> None:
    """Say what Setup says; warn of tellers who stand on a ballot."""
    guide.title("setup.title")
    meeting = election.conference
    if meeting is not None:
        guide.say("setup.meeting", name=meeting.name, date=meeting.date, place=meeting.place)
        for number, paper in enumerate(meeting.papers, 1):
            guide.say("setup.paper", number=number, title=paper.title, names=len(paper.candidates))
        numbers = {"summoned": meeting.summoned, "present": meeting.present, "drawn": meeting.drawn}
        guide.say("setup.numbers", spares=meeting.spares, **numbers)
        for number, teller in enumerate(meeting.tellers, 1):
            key = ON_PAPER if teller.key == ON_PAPER else groups(keyid(teller.key)[:16], "")
            guide.say("setup.teller", number=number, name=teller.name, key=key)
        on_ballot = [one.name for paper in meeting.papers for one in paper.candidates]
        for name in clashes_of([one.name for one in meeting.tellers], on_ballot):
            guide.warn("setup.clash", name=name)
    guide.say("setup.threshold", threshold=trustees.threshold(), size=len(trustees.shares()))
    guide.say("setup.fingerprint")
    guide.plain(groups(election.fingerprint))
    guide.plain(f"    {election.fingerprint}")

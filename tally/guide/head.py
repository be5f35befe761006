"""The dialogue for the head's decision on a tie, after the record is signed: who goes in, why, which day, by which key.

Everything is checked as it is typed, and nothing is written before all of it can stand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tally.count.head_decision import TiedRecord, check_chosen, check_typed_day, make_decision, write_decision
from tally.dates import read_day, today, written
from tally.dialogue import Guide, quoted
from tally.errors import CannotDecide
from tally.guide.faults import FAULTS, explain
from tally.guide.signers import signer_by_asking
from voting.documents.bundles.signers import decision_signers
from voting.documents.conferences.conference import ON_PAPER


@dataclass(frozen=True, slots=True)
class HeadDialogue:
    """Asks for one decision and writes it beside its record."""

    guide: Guide
    tied: TiedRecord

    def run(self) -> None:
        """Show the tie, ask until a decision can stand, and write it; raise CannotDecide where it is put off."""
        show_tie(self.guide, self.tied)
        chosen, reason, on = self._choose(), self._reason(), self._day()
        raw = None
        while raw is None:
            raw = self._signed(chosen, reason, on)
        write_decision(self.tied, raw)
        tell_written(self.guide, self.tied)

    def _signed(self, chosen: Sequence[str], reason: str, on: date) -> bytes | None:
        """Have the head sign; None where one may try again."""
        head, answer = self.tied.head, ""
        if head.key == ON_PAPER:
            self.guide.say("head.paper", head=head.name)
        elif not (answer := self.guide.ask("head.key", default="")):
            raise CannotDecide("the head decides later: nothing was written", "head_later")
        try:
            with signer_by_asking(self.guide, answer, head.name) as signer:
                return make_decision(self.tied, chosen=chosen, reason=reason, on=on, signer=signer)
        except (*FAULTS, OSError) as error:
            if head.key == ON_PAPER:
                raise
            self.guide.warn("head.again", why=explain(self.guide, error))
            return None

    def _choose(self) -> list[str]:
        tie = self.tied.tie
        while True:
            key = "head.choose_most" if tie.up_to else "head.choose"
            answer = self.guide.ask(key, default="" if tie.up_to else None, places=tie.places)
            texts = answer.replace(",", " ").split()
            numbers = [int(text) for text in texts if text.isdecimal() and 1 <= int(text) <= len(tie.candidates)]
            chosen = [tie.candidates[number - 1] for number in numbers]
            try:
                if len(numbers) == len(texts):
                    check_chosen(self.tied, chosen)
                    return chosen
            except FAULTS:
                pass
            self.guide.warn(
                "head.wrong_most" if tie.up_to else "head.wrong", places=tie.places, most=len(tie.candidates)
            )

    def _reason(self) -> str:
        while not (reason := self.guide.ask("head.reason", default="")):
            self.guide.warn("fault.head_reason")
        return reason

    def _day(self) -> date:
        """Ask for the day of the decision until it is one, not before the count and not to come."""
        while True:
            try:
                on = read_day(self.guide.ask("head.on", default=written(today())))
                check_typed_day(self.tied, on)
            except FAULTS as error:
                self.guide.warn("head.again", why=explain(self.guide, error))
            else:
                return on


def show_tie(guide: Guide, tied: TiedRecord) -> None:
    """Show who is tied, for how many places, and who decides."""
    names = ", ".join(tied.names.values())
    key = "head.tie_most" if tied.tie.up_to else "head.tie"
    guide.warn(key, names=names, agree=tied.tie.agree, places=tied.tie.places, head=tied.head.name)
    for number, name in enumerate(tied.names.values(), 1):
        guide.say("head.number", number=number, name=name)


def tell_written(guide: Guide, tied: TiedRecord) -> None:
    """Say where decision and page are, and who vouches for a decision on paper by key."""
    guide.good("head.written", decision=tied.decision, page=tied.page)
    if tied.head.key != ON_PAPER:
        return
    names = ", ".join(one.name for one in decision_signers(tied.record))
    if names:
        guide.say("head.vouch", names=names, decision=quoted(tied.decision))

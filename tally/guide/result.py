"""The end of the guided count: the head's decision where there is a tie, records, minutes, and who signs.

Everything is made from the finished archive and both facts files, so it can be done again at any time; what is signed
already is left as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from keys.files.durable import read_plain
from tally.audit import Report
from tally.count.head_decision import TiedPaper, check_decision, check_typed_day, make_decision, tied_paper
from tally.count.record_files import enter_decision, write_audited_records
from tally.count.steps import finished_box
from tally.count.summary import tell_result
from tally.count.usb_stick import Desk
from tally.dates import read_day, today, written
from tally.dialogue import Guide, quoted
from tally.guide.faults import FAULTS, explain
from tally.guide.signers import signer_by_asking
from voting.documents.bundles.signers import required_signers
from voting.documents.canonical import parse_canonical
from voting.documents.conferences.conference import ON_PAPER
from voting.documents.facts import CountFacts, HeadWord
from voting.documents.record import Record


@dataclass(frozen=True, slots=True)
class Outcome:
    """Shows what came out and writes it down."""

    guide: Guide
    desk: Desk
    report: Report

    def run(self) -> None:
        """Write records and minutes, show the result, ask for the head's decisions."""
        self._drop_unusable()
        records = self._write()
        for _, record in records:
            self._show(record)
        if any(record.verdict.status == "awaiting_head" for _, record in records) and self._head_decides(records):
            decided = self._write()
            for (_, before), (_, after) in zip(records, decided, strict=True):
                if before != after:
                    self._show(after)
            records = decided
        for path, record in records:
            if record.verdict.status == "awaiting_head":
                self.guide.warn("count.tie_later")
            minutes = path.with_name(path.name.replace("record", "minutes").replace(".json", ".pdf"))
            self.guide.good("count.written", record=path, minutes=minutes)
        self.guide.say("count.sign", result=quoted(self.desk.result))
        names = ", ".join(
            f"{one.name} ({one.role})" for one in required_signers(records[0][1].conference, records[0][1])
        )
        self.guide.say("count.signers", names=names)

    def _write(self) -> Sequence[tuple[Path, Record]]:
        facts = self.desk.result / self.desk.facts.name
        return write_audited_records(self.report, facts, self.desk.count, self.desk.result)

    def _facts(self) -> CountFacts:
        return parse_canonical(read_plain(self.desk.count), CountFacts, what="count facts")

    def _tied(self, paper: int) -> TiedPaper:
        return tied_paper(finished_box(self.report), self._facts(), paper)

    def _drop_unusable(self) -> None:
        """Take decisions out of the count facts that no record can be made of, or none that verifies; say why."""
        for word in self._facts().head_words:
            try:
                check_decision(self._tied(word.paper), word)
            except FAULTS as error:
                self.guide.warn("count.tie_unusable", paper=word.paper, why=explain(self.guide, error))
                enter_decision(self.desk.count, self._facts(), None, word.paper)

    def _show(self, record: Record) -> None:
        self.guide.title("count.result", title=record.conference.papers[record.paper - 1].title)
        tell_result(self.guide, record)
        votes = [number for one in record.case.candidates for number in (one.agree, one.disagree)]
        if record.ballots.valid and record.ballots.valid in votes:
            self.guide.warn("count.unanimous")

    def _head_decides(self, records: Sequence[tuple[Path, Record]]) -> bool:
        """Ask for the decision on each tie; return whether one was entered."""
        entered = False
        for _, record in records:
            if record.verdict.status == "awaiting_head":
                self._show_tie(record)
                if self.guide.confirm("count.tie_now"):
                    entered = self._enter(record) or entered
        return entered

    def _show_tie(self, record: Record) -> None:
        tie = record.verdict.tie
        assert tie is not None, "awaiting the head, so there is a tie"
        names = {one.id: one.name for one in record.case.candidates}
        tied = ", ".join(names[one] for one in tie.candidates)
        head = record.conference.head.name
        self.guide.warn("count.tie", names=tied, agree=tie.agree, places=tie.places, head=head)
        for number, one in enumerate(tie.candidates, 1):
            self.guide.say("count.tie_number", number=number, name=names[one])

    def _enter(self, record: Record) -> bool:
        """Ask for one decision until it can stand, and write it; return whether it was written."""
        tied = self._tied(record.paper)
        chosen, reason = self._choose(record), self.guide.ask("count.reason")
        on = self._day(tied)
        while True:
            word = self._signed(tied, chosen, reason, on)
            if isinstance(word, HeadWord):
                enter_decision(self.desk.count, self._facts(), word)
                return True
            if not word:
                return False

    def _signed(self, tied: TiedPaper, chosen: Sequence[str], reason: str, on: date) -> HeadWord | bool:
        """Have the head sign; return the decision, False for "later", True where one may try again."""
        answer = ""
        if tied.head.key == ON_PAPER:
            self.guide.say("count.tie_paper", head=tied.head.name)
        elif not (answer := self.guide.ask("count.tie_key", default="")):
            return False
        try:
            with signer_by_asking(self.guide, answer, tied.head.name) as signer:
                return make_decision(tied, chosen=chosen, by=tied.head.name, reason=reason, on=on, signer=signer)
        except (*FAULTS, OSError) as error:
            self.guide.warn("count.tie_again", why=explain(self.guide, error))
            return tied.head.key != ON_PAPER

    def _day(self, tied: TiedPaper) -> date:
        """Ask for the day of the decision until it is one, not before the count and not to come."""
        while True:
            try:
                on = read_day(self.guide.ask("count.tie_on", default=written(today())))
                check_typed_day(tied, on)
            except FAULTS as error:
                self.guide.warn("count.tie_again", why=explain(self.guide, error))
            else:
                return on

    def _choose(self, record: Record) -> list[str]:
        tie = record.verdict.tie
        assert tie is not None, "awaiting the head, so there is a tie"
        while True:
            texts = self.guide.ask("count.tie_choose").replace(",", " ").split()
            numbers = sorted({int(text) for text in texts if text.isdecimal()})
            if len(numbers) == len(texts) == tie.places and set(numbers) <= set(range(1, len(tie.candidates) + 1)):
                return [tie.candidates[number - 1] for number in numbers]
            self.guide.warn("count.tie_wrong", places=tie.places, most=len(tie.candidates))

"""The end of the guided count: the head's decision where there is a tie, records, minutes, and who signs.

Everything is made from the finished archive and both facts files, so it can be done again at any time; what is signed
already is left as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from keys.durable import write_whole
from tally.cli_pens import pen_by_asking
from tally.cli_record import write_records
from tally.guide import Guide
from tally.guide_count import Desk
from tally.rule import rule_line
from tally.signatures import head_word_with, required_signers
from voting.documents.canonical import canonical, parse_canonical
from voting.documents.facts import CountFacts
from voting.documents.record import Record


@dataclass(frozen=True, slots=True)
class Outcome:
    """Shows what came out and writes it down."""

    guide: Guide
    desk: Desk

    def run(self) -> None:
        """Write records and minutes, show the result, ask for the head's decisions."""
        records = self._write()
        if any(record.verdict.status == "awaiting_head" for _, record in records) and self._head_decides(records):
            records = self._write()
        for path, record in records:
            self._show(record)
            minutes = path.with_name(path.name.replace("record", "minutes").replace(".json", ".pdf"))
            self.guide.good("count.written", record=path, minutes=minutes)
            self.guide.say("count.sign", record=path, minutes=minutes)
        names = ", ".join(f"{one.name} ({one.role})" for one in required_signers(records[0][1].conference))
        self.guide.say("count.signers", names=names)

    def _write(self) -> Sequence[tuple[Path, Record]]:
        facts = self.desk.result / self.desk.facts.name
        return write_records(self.desk.finished, facts, self.desk.count, self.desk.result)

    def _show(self, record: Record) -> None:
        self.guide.title("count.result", title=record.conference.papers[record.paper - 1].title)
        names = {one.id: one.name for one in record.case.candidates}
        for judged in record.verdict.candidates:
            line = rule_line(judged, record.verdict, record.case.rule, self.guide.language)
            self.guide.plain(f"    {names[judged.id]}: {line}")
        votes = [number for one in record.case.candidates for number in (one.agree, one.disagree)]
        if record.case.ballots and record.case.ballots in votes:
            self.guide.warn("count.unanimous")
        if record.verdict.status == "awaiting_head":
            self.guide.warn("count.tie_later")

    def _head_decides(self, records: Sequence[tuple[Path, Record]]) -> bool:
        """Ask for the decision on each tie; return whether one was entered."""
        entered = False
        for _, record in records:
            if record.verdict.status == "awaiting_head":
                self._show_tie(record)
                if self.guide.confirm("count.tie_now"):
                    self._enter(record)
                    entered = True
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

    def _enter(self, record: Record) -> None:
        chosen = self._choose(record)
        reason, on = self.guide.ask("count.reason"), self.guide.ask("count.tie_on")
        head, answer = record.conference.head.name, self.guide.ask("count.tie_key", default="")
        with pen_by_asking(self.guide, answer, head) as pen:
            word = head_word_with(record.uuid, record.paper, chosen, head, reason, on, pen)
        facts = parse_canonical(self.desk.count.read_bytes(), CountFacts, what="count facts")
        kept = tuple(one for one in facts.head_words if one.paper != record.paper)
        write_whole(self.desk.count, canonical(msgspec.structs.replace(facts, head_words=(*kept, word))))

    def _choose(self, record: Record) -> list[str]:
        tie = record.verdict.tie
        assert tie is not None, "awaiting the head, so there is a tie"
        while True:
            texts = self.guide.ask("count.tie_choose").replace(",", " ").split()
            numbers = sorted({int(text) for text in texts if text.isdecimal()})
            if len(numbers) == len(texts) == tie.places and set(numbers) <= set(range(1, len(tie.candidates) + 1)):
                return [tie.candidates[number - 1] for number in numbers]
            self.guide.warn("count.tie_wrong", places=tie.places, most=len(tie.candidates))

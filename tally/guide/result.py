"""The end of the guided count: records and minutes, and who signs; also where a tie awaits the head's decision.

Everything is made from the finished archive and both facts files, so it can be done again at any time; what is signed
already is left as it is. The head decides afterwards, in a document of its own (`tally.guide.head`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tally.audit import Report
from tally.count.record_files import write_audited_records
from tally.count.summary import tell_result
from tally.count.usb_stick import Desk
from tally.dialogue import Guide, quoted
from voting.documents.bundles.signers import required_signers
from voting.documents.record import Record


@dataclass(frozen=True, slots=True)
class Outcome:
    """Shows what came out and writes it down."""

    guide: Guide
    desk: Desk
    report: Report

    def run(self) -> None:
        """Write records and minutes, show the result and the ties in it, and say who signs."""
        records = self._write()
        for _, record in records:
            self._show(record)
        for path, _ in records:
            minutes = path.with_name(path.name.replace("record", "minutes").replace(".json", ".pdf"))
            self.guide.good("count.written", record=path, minutes=minutes)
        self.guide.say("count.sign", result=quoted(self.desk.result))
        names = ", ".join(
            f"{one.name} ({one.role})" for one in required_signers(records[0][1].conference, records[0][1])
        )
        self.guide.say("count.signers", names=names)
        for path, record in records:
            if record.verdict.status == "awaiting_head":
                self.guide.warn("count.tie_after", paper=record.paper, record=quoted(path))

    def _write(self) -> Sequence[tuple[Path, Record]]:
        facts = self.desk.result / self.desk.facts.name
        return write_audited_records(self.report, facts, self.desk.count, self.desk.result)

    def _show(self, record: Record) -> None:
        self.guide.title("count.result", title=record.conference.papers[record.paper - 1].title)
        tell_result(self.guide, record)
        votes = [number for one in record.case.candidates for number in (one.agree, one.disagree)]
        if record.ballots.valid and record.ballots.valid in votes:
            self.guide.warn("count.unanimous")
        tie = record.verdict.tie
        if tie is not None and record.verdict.status == "awaiting_head":
            named = {one.id: one.name for one in record.case.candidates}
            names, head = ", ".join(named[one] for one in tie.candidates), record.conference.head.name
            key = "head.tie_most" if tie.up_to else "head.tie"
            self.guide.warn(key, names=names, agree=tie.agree, places=tie.places, head=head)

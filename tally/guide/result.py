"""The end of the guided count: record and minutes, and who signs; also where a tie awaits the head's decision.

Everything is made from the finished archive and both facts files, so it can be done again at any time; what is signed
already is left as it is. The head decides afterwards, in a document of its own (`tally.guide.head`).
"""

from dataclasses import dataclass
from pathlib import Path

from tally.audit import Report
from tally.count.record_files import write_audited_record
from tally.count.summary import tell_result
from tally.count.usb_stick import Desk
from tally.dialogue import Guide, quoted
from voting.documents.bundles.head_decision import ties_for_the_head
from voting.documents.bundles.signers import required_signers
from voting.documents.conferences.conference import Paper
from voting.documents.record import PaperResult, Record


@dataclass(frozen=True, slots=True)
class Outcome:
    """Shows what came out and writes it down."""

    guide: Guide
    desk: Desk
    report: Report

    def run(self) -> None:
        """Write record and minutes, show the results and the ties in them, and say who signs."""
        path, record = self._write()
        for paper, result in record.results():
            self._show(record, paper, result)
        self.guide.good("count.written", record=path, minutes=path.with_name("minutes.pdf"))
        self.guide.say("count.sign", result=quoted(self.desk.result))
        names = ", ".join(f"{one.name} ({one.role})" for one in required_signers(record.conference, record))
        self.guide.say("count.signers", names=names)
        for tied in ties_for_the_head(record):
            self.guide.warn("count.tie_after", paper=tied, record=quoted(path))

    def _write(self) -> tuple[Path, Record]:
        facts = self.desk.result / self.desk.facts.name
        return write_audited_record(self.report, facts, self.desk.count, self.desk.result)

    def _show(self, record: Record, paper: Paper, result: PaperResult) -> None:
        self.guide.title("count.result", title=paper.title)
        tell_result(self.guide, paper, result)
        votes = [number for one in result.case.candidates for number in (one.agree, one.disagree)]
        if result.ballots.valid and result.ballots.valid in votes:
            self.guide.warn("count.unanimous")
        tie = result.verdict.tie
        if tie is not None and result.verdict.status == "awaiting_head":
            named = {one.id: one.name for one in result.case.candidates}
            names, head = ", ".join(named[one] for one in tie.candidates), record.conference.head.name
            key = "head.tie_most" if tie.up_to else "head.tie"
            self.guide.warn(key, names=names, agree=tie.agree, places=tie.places, head=head)

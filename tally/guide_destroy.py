"""The guided destruction (`phieukin tally destroy`): file by file, before witnesses, then a statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from keys.durable import write_whole
from tally.audit.record import read_record
from tally.audit.report import Ledger
from tally.audit.signatures import check_signatures
from tally.custody_destroy import FORMAT, Destroyed, Destruction, destroy, read_share_file
from tally.custody_sheet import destruction_sheet
from tally.errors import Stopped
from tally.guide import Guide
from tally.guide_count import moment_now
from voting.documents.canonical import canonical


@dataclass(frozen=True, slots=True)
class Destroyer:
    """Destroys the key files given, one question at a time."""

    guide: Guide
    record: Path
    out: Path

    def run(self, files: Sequence[Path]) -> None:
        """Ask, destroy, and write `destruction.json` and the statement to sign; raise NotReady."""
        self.guide.title("destroy.title")
        self.guide.say("destroy.intro")
        read = read_record(self.record.name, self.record.read_bytes())
        ledger = Ledger()
        check_signatures(ledger, read.record.conference, read.place, read.envelope)
        if not ledger.sound or not self.guide.confirm("destroy.signed_ask"):
            why = "; ".join(place for one in ledger.findings for place in one.first)
            raise Stopped(f"{self.guide.words('destroy.signed_no')} {why}".strip())
        hashes = {path: read_share_file(path) for path in files}
        witnesses = self._witnesses()
        gone = [one for path in files if (one := self._one(path, hashes[path])) is not None]
        said = Destruction(FORMAT, read.record.uuid, moment_now(), tuple(gone), witnesses)
        self._write(said, [one.name for one in read.record.conference.tellers])

    def _witnesses(self) -> tuple[str, ...]:
        found: list[str] = []
        while line := self.guide.ask("destroy.witness", default=""):
            found.append(line)
        if not found:
            raise Stopped(self.guide.words("destroy.need_witness"))
        return tuple(found)

    def _one(self, path: Path, digest: str) -> Destroyed | None:
        self.guide.say("destroy.file", path=path, hash=digest[:16])
        if not self.guide.confirm("destroy.ask"):
            self.guide.warn("destroy.kept", path=path)
            return None
        copies = self.guide.number("destroy.copies", 0, 99, name=path.name)
        sheets = self.guide.number("destroy.sheets", 0, 99, name=path.name)
        destroy(path)
        self.guide.good("destroy.done", path=path)
        return Destroyed(path.name, digest, copies, sheets)

    def _write(self, said: Destruction, tellers: Sequence[str]) -> None:
        self.guide.warn("destroy.flash")
        self.out.mkdir(parents=True, exist_ok=True)
        sheet = destruction_sheet(self.guide, said, [*tellers, *said.witnesses])
        write_whole(self.out / "destruction.json", canonical(said))
        write_whole(self.out / "destruction.pdf", sheet.pdf(self.guide.language))
        self.guide.good("destroy.written", path=self.out / "destruction.pdf")

"""The custody bundle (hồ sơ bàn giao lưu trữ): everything that a check in ten years needs, with a sheet that says how.

One bundle of the kind "custody" (design §5, Bundles): the archive with its sidecar, both facts files, records, signed
minutes, the log of the conference, the statement that the shares were destroyed, and `custody-sheet.txt` and `.pdf`. A
hand count has records and minutes alone. Its manifest is signed by somebody whom the records name.
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from keys.transcript import sha256_hex
from tally.audit.bundles.custody import DESTRUCTION as DESTRUCTION
from tally.audit.bundles.custody import LOG as LOG
from tally.audit.bundles.custody import SHEETS as SHEETS
from tally.audit.engines.checking import checker
from tally.audit.head import check_heads, check_pages
from tally.audit.record import ReadRecord, read_named
from tally.audit.report import Findings, Verdict
from tally.audit.run import audit
from tally.audit.signatures import check_signatures
from tally.errors import CannotSign, NotReady
from tally.pdf.signatures import awaiting, check_minutes
from tally.signing.signers import DocumentSigner, signed_envelope
from voting.documents.bundles.bundle import write_bundle_with
from voting.documents.bundles.head_decision import decision_name, page_name
from voting.documents.bundles.signers import signers_of
from voting.documents.canonical import read_limited
from voting.documents.conferences.conference import Conference
from voting.documents.envelope import payload_of


@dataclass(frozen=True, slots=True)
class Custody:
    """The files of a bundle by name, and the records among them."""

    files: dict[str, bytes]
    records: tuple[ReadRecord, ...]

    @property
    def conference(self) -> Conference:
        """The meeting."""
        return self.records[0].record.conference


def collect(folder: Path, log: Path | None = None, destruction: Path | None = None) -> Custody:
    """Take the files of a finished count from its folder; raise NotReady where one is missing, unsound or unsigned."""
    records = {path.name: read_named(path.name, read_limited(path)) for path in sorted(folder.glob("record*.json"))}
    if not records:
        raise NotReady(f"{folder}: record.json of a finished count expected", "no_record", folder=folder)
    files = {name: (folder / name).read_bytes() for name in records}
    for name, read in records.items():
        _check_signed(read)
        minutes = name.replace("record", "minutes").replace(".json", ".pdf")
        files[minutes] = _there(folder / minutes)
        _check_minutes_signed(minutes, files[minutes], read)
        files |= _decision_on(folder, read)
        if read.record.form == "electronic":
            files |= _box_files(folder, read)
    papers = {read.record.paper for read in records.values()}
    missing = set(range(1, len(next(iter(records.values())).record.conference.papers) + 1)) - papers
    if missing:
        listed = ", ".join(map(str, sorted(missing)))
        raise NotReady(f"{folder}: the records of papers {listed} are missing", "papers_missing", papers=listed)
    for name, path in ((LOG, log), (DESTRUCTION, destruction)):
        if path is not None:
            files[name] = _there(path)
    return Custody(files, tuple(records.values()))


def write_custody(custody: Custody, sheets: tuple[bytes, bytes], signer: DocumentSigner, made_by: str) -> bytes:
    """Write the bundle; raise CannotSign unless the signer is of somebody whom the records name, InvalidBundle."""
    conference = custody.conference
    if signer.public_text not in {conference.desk_key, *(one.key for one in signers_of(conference))}:
        raise CannotSign(
            "the custody bundle is signed by the desk, or by somebody who signs the record", "not_a_signer"
        )
    files = custody.files | dict(zip(SHEETS, sheets, strict=True))
    return write_bundle_with("custody", files, partial(signed_envelope, signer), made_by)


def _decision_on(folder: Path, read: ReadRecord) -> dict[str, bytes]:
    """The head's decision on a record's tie with its page, if it was made; raise NotReady where it cannot stand."""
    path = folder / decision_name(read.record.paper)
    if read.record.verdict.status != "awaiting_head" or not path.is_file():
        return {}
    raw, findings = read_limited(path), Findings()
    found = check_heads(findings, [read], {path.name: raw})
    page = folder / page_name(path.name)
    check_pages(findings, found, lambda _: _there(page))
    if not findings.sound:
        failed = next(one for one in findings.findings if one.failed)
        raise NotReady(f"{failed.check}: {failed.first[0]}")
    return {path.name: raw, page.name: _there(page)}


def _box_files(folder: Path, read: ReadRecord) -> dict[str, bytes]:
    """The archive, audited, and both facts files as the record names them."""
    record = read.record
    stem = folder / record.uuid
    files = {path.name: _there(path) for path in (_beside(stem, end) for end in ("bel", "facts.json", "count.json"))}
    report = audit(_beside(stem, "bel"), checker=checker(_beside(stem, "bel")))
    if report.verdict is not Verdict.SOUND or report.result is None:
        raise NotReady(f"{record.uuid}.bel: a sound archive with its result expected, {report.verdict} found")
    hashes = record.hashes
    found = tuple(sha256_hex(files[f"{record.uuid}.{end}"]) for end in ("bel", "facts.json", "count.json"))
    if hashes is None or found != (hashes.archive, hashes.facts, hashes.count):
        raise NotReady(f"{read.place}: archive or facts are not those that the record names")
    sidecar = _beside(stem, "commitments")
    return files | ({sidecar.name: sidecar.read_bytes()} if sidecar.exists() else {})


def _check_signed(read: ReadRecord) -> None:
    findings = Findings()
    check_signatures(findings, read.record.conference, read.place, read.envelope)
    if not findings.sound:
        awaited = "; ".join(place for one in findings.findings for place in one.first)
        raise NotReady(awaited, "not_signed", what=awaited)


def _check_minutes_signed(name: str, pdf: bytes, read: ReadRecord) -> None:
    payload = payload_of(read.envelope, name)
    if missing := ", ".join(awaiting(payload, check_minutes(pdf, payload))):
        raise NotReady(f"{name}: awaiting signature of {missing}", "not_signed", what=f"{name} ({missing})")


def _beside(stem: Path, ending: str) -> Path:
    return stem.with_name(f"{stem.name}.{ending}")


def _there(path: Path) -> bytes:
    if not path.is_file():
        raise NotReady(f"{path.name} is missing in {path.parent}", "missing", path=path)
    return path.read_bytes()

"""The custody bundle (hồ sơ bàn giao lưu trữ): everything that a check in ten years needs, with a sheet that says how.

One bundle of the kind "custody" (design §5, Bundles): the archive with its sidecar, both facts files, the record,
signed minutes, the log of the conference, the statement that the shares were destroyed, and `custody-sheet.txt` and
`.pdf`. A hand count has record and minutes alone. Its manifest is signed by somebody whom the records name.
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
from tally.audit.minutes import minutes_beside
from tally.audit.record import ReadRecord, read_named
from tally.audit.report import Findings, Verdict
from tally.audit.run import audit
from tally.audit.signatures import check_signatures
from tally.errors import CannotSign, NotReady
from tally.pdf.signatures import awaiting, check_minutes
from tally.signing.signers import DocumentSigner, signed_envelope
from voting.documents.bundles.bundle import write_bundle_with
from voting.documents.bundles.head_decision import decision_name, page_name, ties_for_the_head
from voting.documents.bundles.signers import signers_of
from voting.documents.canonical import read_limited
from voting.documents.conferences.conference import Conference
from voting.documents.envelope import payload_of

RECORD_NAME = "record.json"


@dataclass(frozen=True, slots=True)
class Custody:
    """The files of a bundle by name, and the record among them."""

    files: dict[str, bytes]
    record: ReadRecord

    @property
    def conference(self) -> Conference:
        """The meeting."""
        return self.record.record.conference


def collect(folder: Path, log: Path | None = None, destruction: Path | None = None) -> Custody:
    """Take the files of a finished count from its folder; raise NotReady where one is missing, unsound or unsigned."""
    if not (folder / RECORD_NAME).is_file():
        raise NotReady(f"{folder}: record.json of a finished count expected", "no_record", folder=folder)
    raw = read_limited(folder / RECORD_NAME)
    read = read_named(RECORD_NAME, raw)
    _check_signed(read)
    minutes = minutes_beside(RECORD_NAME)
    files = {RECORD_NAME: raw, minutes: _there(folder / minutes)}
    _check_minutes_signed(minutes, files[minutes], read)
    files |= _decisions_on(folder, read)
    if read.record.form == "electronic":
        files |= _box_files(folder, read)
    for name, path in ((LOG, log), (DESTRUCTION, destruction)):
        if path is not None:
            files[name] = _there(path)
    return Custody(files, read)


def write_custody(custody: Custody, sheets: tuple[bytes, bytes], signer: DocumentSigner, made_by: str) -> bytes:
    """Write the bundle; raise CannotSign unless the signer is of somebody whom the records name, InvalidBundle."""
    conference = custody.conference
    if signer.public_text not in {conference.desk_key, *(one.key for one in signers_of(conference))}:
        raise CannotSign(
            "the custody bundle is signed by the desk, or by somebody who signs the record", "not_a_signer"
        )
    files = custody.files | dict(zip(SHEETS, sheets, strict=True))
    return write_bundle_with("custody", files, partial(signed_envelope, signer), made_by)


def _decisions_on(folder: Path, read: ReadRecord) -> dict[str, bytes]:
    """The head's decisions on ties that were made, with their pages; raise NotReady where one cannot stand."""
    names = [decision_name(paper) for paper in ties_for_the_head(read.record)]
    raws = {name: read_limited(folder / name) for name in names if (folder / name).is_file()}
    findings = Findings()
    found = check_heads(findings, [read], raws)
    check_pages(findings, found, lambda page: _there(folder / page))
    if not findings.sound:
        failed = next(one for one in findings.findings if one.failed)
        raise NotReady(f"{failed.check}: {failed.first[0]}")
    return raws | {page_name(name): _there(folder / page_name(name)) for name in raws}


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

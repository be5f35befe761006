"""Record and minutes of a count as files (biên bản kiểm phiếu): written unless they are there, signed or not."""

import os
from pathlib import Path

from keys.files.durable import read_plain, real_folder
from tally.audit import Report, audit
from tally.audit.engines.checking import checker
from tally.count.steps import finished_box
from tally.dialogue import tell_aside
from tally.minutes import render_minutes, renderer_versions
from tally.result.record import BothFacts, build_record, record_payload
from tally.signing.signed_files import put
from voting.documents.canonical import parse_canonical
from voting.documents.envelope import parse_envelope, payload_of
from voting.documents.errors import DocumentError
from voting.documents.facts import FACTS_TYPE, CountFacts
from voting.documents.record import RECORD_TYPE, Record, unsigned_record


def write_record(archive: Path, facts: Path, count: Path, out: Path) -> tuple[Path, Record]:
    """Audit a finished archive and write its record and minutes into `out`; return the record with its path."""
    return write_audited_record(audit(archive, checker=checker(archive)), facts, count, out)


def write_audited_record(report: Report, facts: Path, count: Path, out: Path) -> tuple[Path, Record]:
    """Write record and minutes of a box that was audited in this run."""
    room = parse_envelope(read_plain(facts), FACTS_TYPE, "facts")
    both = BothFacts(room, parse_canonical(read_plain(count), CountFacts, what="count facts"))
    return keep_record(build_record(finished_box(report), both, renderer_versions()), out)


def keep_record(record: Record, out: Path) -> tuple[Path, Record]:
    """Write a record and its minutes unless they are there already, signed or not; return it with its path.

    What is there and signed, but something else, is set aside by a name of its own, and that is said.
    """
    real_folder(out)
    payload, path, minutes = record_payload(record), out / "record.json", out / "minutes.pdf"
    if not _holds(path, payload):
        tell_aside(path, put(path, unsigned_record(payload)))
    pdf = render_minutes(payload)
    if not os.path.lexists(minutes) or not read_plain(minutes).startswith(pdf):
        tell_aside(minutes, put(minutes, pdf))
    return path, record


def _holds(path: Path, payload: bytes) -> bool:
    """Tell whether a file is the record with this payload, signed or not."""
    if not os.path.lexists(path):
        return False
    try:
        return payload_of(parse_envelope(read_plain(path), RECORD_TYPE, path.name), path.name) == payload
    except DocumentError:
        return False

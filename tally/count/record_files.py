"""Records and minutes of a count as files (biên bản kiểm phiếu): written unless they are there, signed or not."""

import os
from collections.abc import Sequence
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


def write_records(archive: Path, facts: Path, count: Path, out: Path) -> list[tuple[Path, Record]]:
    """Audit a finished archive and write the records and minutes of all papers into `out`; return them with paths."""
    return write_audited_records(audit(archive, checker=checker(archive)), facts, count, out)


def write_audited_records(report: Report, facts: Path, count: Path, out: Path) -> list[tuple[Path, Record]]:
    """Write the records and minutes of all papers of a box that was audited in this run."""
    box = finished_box(report)
    room = parse_envelope(read_plain(facts), FACTS_TYPE, "facts")
    both = BothFacts(room, parse_canonical(read_plain(count), CountFacts, what="count facts"))
    papers = len(box.election.conference.papers) if box.election.conference else 1
    return keep_records([build_record(box, both, paper, renderer_versions()) for paper in range(1, papers + 1)], out)


def keep_records(records: Sequence[Record], out: Path) -> list[tuple[Path, Record]]:
    """Write records and their minutes unless they are there already, signed or not; return each with its path.

    What is there and signed, but something else, is set aside by a name of its own, and that is said.
    """
    real_folder(out)
    written = []
    for record in records:
        payload, suffix = record_payload(record), "" if record.paper == 1 else f"-{record.paper}"
        path = out / f"record{suffix}.json"
        if not _holds(path, payload):
            tell_aside(path, put(path, unsigned_record(payload)))
        minutes, pdf = out / f"minutes{suffix}.pdf", render_minutes(payload)
        if not os.path.lexists(minutes) or not read_plain(minutes).startswith(pdf):
            tell_aside(minutes, put(minutes, pdf))
        written.append((path, record))
    return written


def _holds(path: Path, payload: bytes) -> bool:
    """Tell whether a file is the record with this payload, signed or not."""
    if not os.path.lexists(path):
        return False
    try:
        return payload_of(parse_envelope(read_plain(path), RECORD_TYPE, path.name), path.name) == payload
    except DocumentError:
        return False

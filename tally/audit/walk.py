"""Walk over an archive's events and check the structure on the way: names, chain, order, records.

Unlike `ArchiveReader.entries` it goes on after a failure, taking the event that it found as the new end of the chain,
so that one broken link does not hide what comes after it.
"""

from collections.abc import Iterator

from tally.audit.report import Findings
from voting.documents.archives.archive import ArchiveReader
from voting.documents.archives.events import Entry, Event, Group, check_names, check_records, entry_of, parse_event
from voting.documents.errors import BrokenChain, DamagedArchive, UnsupportedElection

ARCHIVE, EVENTS, ORDER, RECORDS = "archive", "events", "order", "records"


def walk(archive: ArchiveReader, findings: Findings) -> Iterator[Entry]:
    """Yield every event that has its records; what is wrong with the archive's structure goes to the findings."""
    for group in _groups(archive, findings):
        height = archive.chain.height
        findings.holds(ARCHIVE, "", lambda: check_names(group, height))  # noqa: B023 - called at once
        event = findings.read(EVENTS, "", lambda: parse_event(group, height))  # noqa: B023
        if event is None:
            archive.chain.skip(group.event.digest)
            continue
        _check_place(archive, findings, event)
        complete = findings.holds(RECORDS, "", lambda: check_records(event, group.records, height))  # noqa: B023
        archive.chain.extend(event, group.event.digest)
        if complete or (group.records and event.type == "Ballot"):
            yield entry_of(group, event, height)


def _groups(archive: ArchiveReader, findings: Findings) -> Iterator[Group]:
    try:
        yield from archive.groups()
    except DamagedArchive as error:
        findings.failed(ARCHIVE, "", str(error))
    except BrokenChain as error:
        findings.failed(error.check, error.place, error.why)


def _check_place(archive: ArchiveReader, findings: Findings, event: Event) -> None:
    findings.holds(EVENTS, "", lambda: archive.chain.check_link(event))
    try:
        archive.chain.check_order(event)
    except BrokenChain as error:
        findings.failed(ORDER, error.place, error.why)
    except UnsupportedElection as error:
        findings.unsupported.append(str(error))
    else:
        findings.passed(ORDER)

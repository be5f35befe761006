"""What lies where in a dossier (hồ sơ): the names of its files follow from the ledger and the signed documents.

`step-2/record.json`, `step-2/minutes.pdf`, `step-2/UUID.bel`; papers are numbered from 2; annulled sittings lie in
folders of their attempt. At the top stand the ledger, the summary tables, the letters and the briefing sheet.
"""

from collections.abc import Iterator, Mapping

from voting.documents.ledger import Ledger, Sitting
from voting.documents.list_decision import ListDecision
from voting.documents.record import Record

LEDGER = "ledger.json"
REVIEW, RESULTS = "bieu-ra-soat", "bieu-ket-qua"
"""The summary table: of a review of the current term, or of building the next one; as .xlsx and as .pdf."""
SUBMISSION, DECISION, BRIEFING = "to-trinh.docx", "quyet-dinh.docx", "phieu-thong-tin.pdf"
TOP = (SUBMISSION, BRIEFING)
SUMMARIES = tuple(f"{name}.{kind}" for name in (REVIEW, RESULTS) for kind in ("pdf", "xlsx"))


def folder_of(sitting: Sitting) -> str:
    """Return the folder of a sitting's files."""
    return f"step-{sitting.step}" if sitting.annulment is None else f"step-{sitting.step}-annulled-{sitting.attempt}"


def name_of(sitting: Sitting, document: Record | ListDecision) -> str:
    """Return the name of a signed document; further papers are numbered from 2."""
    if isinstance(document, ListDecision):
        return f"{folder_of(sitting)}/list-decision.json"
    return f"{folder_of(sitting)}/record{_number(document)}.json"


def minutes_of(sitting: Sitting, record: Record) -> str:
    """Return the name of a record's minutes."""
    return f"{folder_of(sitting)}/minutes{_number(record)}.pdf"


def box_files(sitting: Sitting) -> tuple[str, str, str]:
    """Return the names of archive, facts and count of a sitting with a ballot."""
    stem = f"{folder_of(sitting)}/{sitting.uuid}"
    return f"{stem}.bel", f"{stem}.facts.json", f"{stem}.count.json"


def misplaced(names: set[str], ledger: Ledger, documents: Mapping[str, Record | ListDecision]) -> Iterator[str]:
    """Yield every file that is missing, or that has no place in this dossier; `documents` by hash."""
    needed, allowed = {LEDGER, *TOP}, {DECISION}
    for sitting in ledger.sittings:
        for sha256 in sitting.documents:
            document = documents.get(sha256)
            if document is not None:
                needed |= _needed(sitting, document)
        if sitting.uuid:
            allowed |= {*box_files(sitting), f"{folder_of(sitting)}/{sitting.uuid}.commitments"}
    own = REVIEW if any(name.startswith(REVIEW) for name in names) else RESULTS
    needed |= {name for name in SUMMARIES if name.startswith(own)}
    yield from (f"{name}: missing" for name in sorted(needed - names))
    yield from (f"{name}: has no place in this dossier" for name in sorted(names - needed - allowed))


def _needed(sitting: Sitting, document: Record | ListDecision) -> set[str]:
    found = {name_of(sitting, document)}
    if isinstance(document, Record):
        found.add(minutes_of(sitting, document))
        if document.form == "electronic":
            found |= {*box_files(sitting)}
    return found


def _number(record: Record) -> str:
    return "" if record.paper == 1 else f"-{record.paper}"

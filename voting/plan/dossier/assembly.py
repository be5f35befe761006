"""The dossier as one signed bundle: every signed document with its minutes and archive, summaries, drafts, ledger.

Names say what a file is: `step-2/record.json`, `step-2/minutes.pdf`, `step-1/list-decision.json`. Documents of annulled
sittings are kept beside those in force, in a folder of their attempt; `ledger.json` says which are annulled and why.
"""

import datetime
from collections.abc import Mapping

import msgspec

from keys.signing import SigningKey
from voting.documents.bundle import write_bundle
from voting.documents.canonical import canonical
from voting.documents.ledger import Ledger, Sitting
from voting.documents.list_decision import ListDecision
from voting.documents.record import Record
from voting.plan.dossier.briefing import briefing_sheet
from voting.plan.dossier.letters import decision, submission
from voting.plan.dossier.rows import lines_of
from voting.plan.dossier.tables import summary_table
from voting.plan.dossier.workbook import write_workbook
from voting.plan.errors import WrongDocument
from voting.plan.filing import Filed, step_of_document
from voting.plan.ledger import documents_in_force
from voting.plan.rounds import Round, procedure_of

LEDGER = "ledger.json"


class Paperwork(msgspec.Struct, frozen=True, kw_only=True):
    """What the letters need: the day of the review, whom the report goes to, who signs."""

    review: datetime.date
    to: str
    signer: str


def dossier_files(plan: Round, ledger: Ledger, files: tuple[Filed, ...], paperwork: Paperwork) -> dict[str, bytes]:
    """Make the summaries, the drafts, the briefing sheet and the ledger of a round, by name in the bundle."""
    live = in_force_only(ledger, files)
    last = procedure_of(plan).steps[-1].number
    earlier = tuple(one for one in live if step_of_document(one.document) < last)
    lines = lines_of(plan, live, paperwork.review)
    current = procedure_of(plan).kind == "current"
    approval = decision(plan, lines, signer=paperwork.signer)
    made = {
        LEDGER: canonical(ledger),
        "bieu-ra-soat.xlsx" if current else "bieu-ket-qua.xlsx": write_workbook(
            summary_table(plan, live, paperwork.review)
        ),
        "to-trinh.docx": submission(plan, lines, to=paperwork.to, signer=paperwork.signer),
        "phieu-thong-tin.pdf": briefing_sheet(plan, earlier, paperwork.review),
    }
    return made if approval is None else made | {"quyet-dinh.docx": approval}


def in_force_only(ledger: Ledger, files: tuple[Filed, ...]) -> tuple[Filed, ...]:
    """Return the documents of sittings that are not annulled; raise WrongDocument if one of them is not given."""
    by_hash = {one.sha256: one for one in files}
    wanted = documents_in_force(ledger)
    missing = [sha256[:16] for sha256 in wanted if sha256 not in by_hash]
    if missing:
        raise WrongDocument(f"documents of the ledger are missing: {', '.join(missing)}")
    return tuple(by_hash[sha256] for sha256 in wanted)


def folder_of(sitting: Sitting) -> str:
    """Return the folder of a sitting's files in the bundle."""
    return f"step-{sitting.step}" if sitting.annulment is None else f"step-{sitting.step}-annulled-{sitting.attempt}"


def name_of(sitting: Sitting, document: Record | ListDecision) -> str:
    """Return the name of a signed document in the bundle; further papers are numbered from 2."""
    if isinstance(document, ListDecision):
        return f"{folder_of(sitting)}/list-decision.json"
    number = "" if document.paper == 1 else f"-{document.paper}"
    return f"{folder_of(sitting)}/record{number}.json"


def write_dossier(
    plan: Round,
    ledger: Ledger,
    files: tuple[Filed, ...],
    raws: Mapping[str, bytes],
    paperwork: Paperwork,
    key: SigningKey,
    made_by: str,
    attached: Mapping[str, bytes] | None = None,
) -> bytes:
    """Write the dossier: `raws` are the signed files by hash, `attached` further files by name (archives, minutes).

    Raises WrongDocument if a document of the ledger is missing, InvalidBundle for a bad name.
    """
    by_hash = {one.sha256: one for one in files}
    stored = dict(attached or {}) | dossier_files(plan, ledger, files, paperwork)
    for sitting in ledger.sittings:
        for sha256 in sitting.documents:
            if sha256 not in by_hash or sha256 not in raws:
                raise WrongDocument(f"step {sitting.step}: the signed document {sha256[:16]} is missing")
            stored[name_of(sitting, by_hash[sha256].document)] = raws[sha256]
    return write_bundle("dossier", stored, key, made_by)

"""The dossier as one signed bundle: every signed document with its minutes and archive, summaries, drafts, ledger.

Names say what a file is: `step-2/record.json`, `step-2/minutes.pdf`, `step-1/list-decision.json`. Documents of annulled
sittings are kept beside those in force, in a folder of their attempt; `ledger.json` says which are annulled and why.
"""

import datetime
from collections.abc import Mapping, Sequence

import msgspec

from keys.files.signing import SigningKey
from voting.documents.bundles.bundle import write_bundle
from voting.documents.bundles.dossier import (
    BRIEFING,
    DECISION,
    LEDGER,
    REMOVAL,
    RESULTS,
    REVIEW,
    SUBMISSION,
    head_files,
    name_of,
)
from voting.documents.bundles.head_decision import read_head_decision
from voting.documents.bundles.ledger import Ledger
from voting.documents.canonical import canonical
from voting.people.errors import WrongDocument
from voting.rounds.dossier.briefing import briefing_sheet
from voting.rounds.dossier.letters import decision, removal_decision, submission
from voting.rounds.dossier.rows import lines_of
from voting.rounds.dossier.summary import summary_pdf
from voting.rounds.dossier.tables import summary_table
from voting.rounds.dossier.workbook import write_workbook
from voting.rounds.filing import Filed, files_of, step_of_document
from voting.rounds.ledger import documents_in_force
from voting.rounds.round import Round, procedure_of


class Paperwork(msgspec.Struct, frozen=True, kw_only=True):
    """What the letters need besides the round's settings: the day of the review, whom the report goes to, who signs."""

    review: datetime.date
    to: str
    signer: str


def dossier_files(plan: Round, ledger: Ledger, files: tuple[Filed, ...], paperwork: Paperwork) -> dict[str, bytes]:
    """Make the summaries, the drafts, the briefing sheet and the ledger of a round, by name in its folder."""
    live = files_of(plan, in_force_only(ledger, files))
    last = procedure_of(plan).steps[-1].number
    earlier = tuple(one for one in live if step_of_document(plan, one.document) < last)
    lines = lines_of(plan, live, paperwork.review)
    name = REVIEW if procedure_of(plan).kind == "current" else RESULTS
    table = summary_table(plan, live, paperwork.review)
    decided = {
        DECISION: decision(plan, lines, signer=paperwork.signer),
        REMOVAL: removal_decision(plan, lines, signer=paperwork.signer),
    }
    made = {
        LEDGER: canonical(ledger),
        f"{name}.xlsx": write_workbook(table),
        f"{name}.pdf": summary_pdf(table),
        SUBMISSION: submission(plan, lines, to=paperwork.to, signer=paperwork.signer),
        BRIEFING: briefing_sheet(plan, earlier, paperwork.review),
    }
    return made | {name: letter for name, letter in decided.items() if letter is not None}


def in_force_only(ledger: Ledger, files: tuple[Filed, ...]) -> tuple[Filed, ...]:
    """Return the documents of sittings that are not annulled; raise WrongDocument if one of them is not given."""
    by_hash = {one.sha256: one for one in files}
    wanted = documents_in_force(ledger)
    missing = [sha256[:16] for sha256 in wanted if sha256 not in by_hash]
    if missing:
        raise WrongDocument(f"documents of the ledger are missing: {', '.join(missing)}")
    return tuple(by_hash[sha256] for sha256 in wanted)


def write_dossier(
    plans: Sequence[Round],
    ledger: Ledger,
    files: tuple[Filed, ...],
    raws: Mapping[str, bytes],
    paperwork: Paperwork,
    key: SigningKey,
    made_by: str,
    attached: Mapping[str, bytes] | None = None,
) -> bytes:
    """Write the dossier: `raws` are the signed files by hash, `attached` further files by name (archives, minutes).

    Rounds that were held together have one dossier, with the letters of each in a folder by its procedure.

    Raises WrongDocument if a document of the ledger is missing, InvalidBundle for a bad name.
    """
    by_hash = {one.sha256: one for one in files}
    stored = dict(attached or {})
    for plan in plans:
        folder = f"{plan.procedure}/" if len(plans) > 1 else ""
        own = dossier_files(plan, ledger, files, paperwork)
        stored |= {name if name == LEDGER else f"{folder}{name}": raw for name, raw in own.items()}
    for sitting in ledger.sittings:
        for sha256 in sitting.documents:
            if sha256 not in by_hash or sha256 not in raws:
                raise WrongDocument(f"turn {sitting.number}: the signed document {sha256[:16]} is missing")
            stored[name_of(sitting, by_hash[sha256].document)] = raws[sha256]
        for sha256 in sitting.decisions:
            if sha256 not in raws:
                raise WrongDocument(f"turn {sitting.number}: the head's decision {sha256[:16]} is missing")
            stored[head_files(sitting, read_head_decision(raws[sha256])[1].paper)[0]] = raws[sha256]
    return write_bundle("dossier", stored, key, made_by)

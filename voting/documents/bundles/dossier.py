"""What lies where in a dossier (hồ sơ): the names of its files follow from the ledger and the signed documents.

`step-2/record.json`, `step-2/minutes.pdf`, `step-2/UUID.bel`, and where the head decided on a tie
`step-2/head-decision-1.json` with its page. `step-N/` is of the N-th turn of the round: a sitting, or the list decision
of a step, whatever the procedures' own numbers. Annulled sittings lie in folders of their attempt. At the top stand the
ledger, the summary tables, the letters and the briefing sheet.

`makers` says whose key signs the manifest: no key vouches for a dossier because one document brings it along.
"""

from collections.abc import Collection, Iterator, Mapping

from voting.documents.bundles.head_decision import HeadDecision, decision_name, page_name
from voting.documents.bundles.ledger import Ledger, Sitting
from voting.documents.bundles.signers import must_sign
from voting.documents.bundles.step_chain import courses_of
from voting.documents.conferences.conference import ON_PAPER, Conference, Course
from voting.documents.list_decision import ListDecision
from voting.documents.record import Record

LEDGER = "ledger.json"
REVIEW, RESULTS = "bieu-ra-soat", "bieu-ket-qua"
"""The summary table: of a review of the current term, or of building the next one; as .xlsx and as .pdf."""
SUBMISSION, DECISION, BRIEFING = "to-trinh.docx", "quyet-dinh.docx", "tai-lieu-hoi-nghi.pdf"
REMOVAL = "quyet-dinh-dua-ra.docx"
"""The decision to take people out of the plan, where the office itself may take it."""
TOP = (SUBMISSION, BRIEFING)
SUMMARIES = tuple(f"{name}.{kind}" for name in (REVIEW, RESULTS) for kind in ("pdf", "xlsx"))


def folder_of(sitting: Sitting) -> str:
    """Return the folder of a sitting's files."""
    ending = "" if sitting.annulment is None else f"-annulled-{sitting.attempt}"
    return f"step-{sitting.number}{ending}"


def name_of(sitting: Sitting, document: Record | ListDecision) -> str:
    """Return the name of a signed document."""
    return f"{folder_of(sitting)}/{'list-decision' if isinstance(document, ListDecision) else 'record'}.json"


def minutes_of(sitting: Sitting) -> str:
    """Return the name of the minutes of a sitting's record."""
    return f"{folder_of(sitting)}/minutes.pdf"


def head_files(sitting: Sitting, paper: int) -> tuple[str, str]:
    """Return the names of the head's decision on a paper's tie and of its page."""
    decision = f"{folder_of(sitting)}/{decision_name(paper)}"
    return decision, page_name(decision)


def box_files(sitting: Sitting) -> tuple[str, str, str]:
    """Return the names of archive, facts and count of a sitting with a ballot."""
    stem = f"{folder_of(sitting)}/{sitting.uuid}"
    return f"{stem}.bel", f"{stem}.facts.json", f"{stem}.count.json"


def makers(live: Collection[Record | ListDecision]) -> set[str]:
    """Return the desk keys that may sign a dossier of these documents, none of them annulled.

    It is the desk of the last step counted by machine, whose box names it; where there are several procedures, of the
    last step of each, so that nobody makes a dossier by adding a procedure of their own. A hand count (kiểm phiếu tay)
    is held by its signatures alone, so anybody could add one that names a desk of theirs. Where every step was counted
    by hand, the desk of the last one that names any counts only if somebody must sign, with one key, every document of
    the round that is signed by key: whoever adds hand counts alone has no such person. Else nobody is named. A box can
    be made up by anybody, too, with people of their own: `tally.audit.bundles.dossier` says where nobody signed two
    steps in turn.
    """
    records = [one for one in live if isinstance(one, Record)]
    counted = [one.conference for one in records if one.form == "electronic"]
    if not counted and _sign_all(live):
        counted = [one.conference for one in records if one.conference.desk_key not in (ON_PAPER, "")]
    courses = {course for one in counted for course, _ in _steps(one)}
    last = [_desks_of_last_step(counted, course) for course in courses]
    return set.intersection(*last) if last else set()


def _desks_of_last_step(counted: Collection[Conference], course: Course) -> set[str]:
    held = [(step, one.desk_key) for one in counted for found, step in _steps(one) if found == course]
    return {key for step, key in held if step == max(step for step, _ in held)}


def _steps(conference: Conference) -> set[tuple[Course, int]]:
    return {(paper.course, paper.step) for paper in conference.papers}


def _sign_all(live: Collection[Record | ListDecision]) -> set[str]:
    """Return the keys of those who must sign every record, and every list decision that is signed by key at all."""
    found = [(one, required_keys(one)) for one in live]
    asked = [keys for one, keys in found if keys or isinstance(one, Record)]
    return set.intersection(*asked) if asked else set()


def required_keys(document: Record | ListDecision) -> set[str]:
    """Return the keys of those who must sign a document, without those who sign on paper."""
    return {one.key for one in must_sign(document)}


def misplaced(
    names: set[str],
    ledger: Ledger,
    documents: Mapping[str, Record | ListDecision],
    decisions: Mapping[str, HeadDecision],
) -> Iterator[str]:
    """Yield every file that is missing, or has no place in this dossier; `documents` and `decisions` by hash."""
    courses = {course for document in documents.values() for course, _ in courses_of(document)}
    folders = sorted({f"{course[2]}/" for course in courses}) if len(courses) > 1 else [""]
    needed = {LEDGER, *(f"{folder}{name}" for folder in folders for name in TOP)}
    allowed = {f"{folder}{name}" for folder in folders for name in (DECISION, REMOVAL)}
    for sitting in ledger.sittings:
        for sha256 in sitting.documents:
            document = documents.get(sha256)
            if document is not None:
                needed |= _needed(sitting, document)
        for sha256 in sitting.decisions:
            if sha256 in decisions:
                needed |= {*head_files(sitting, decisions[sha256].paper)}
        if sitting.uuid:
            allowed |= {*box_files(sitting), f"{folder_of(sitting)}/{sitting.uuid}.commitments"}
    for folder in folders:
        own = REVIEW if any(name.startswith(f"{folder}{REVIEW}") for name in names) else RESULTS
        needed |= {f"{folder}{name}" for name in SUMMARIES if name.startswith(own)}
    yield from (f"{name}: missing" for name in sorted(needed - names))
    yield from (f"{name}: has no place in this dossier" for name in sorted(names - needed - allowed))


def _needed(sitting: Sitting, document: Record | ListDecision) -> set[str]:
    found = {name_of(sitting, document)}
    if isinstance(document, Record):
        found.add(minutes_of(sitting))
        if document.form == "electronic":
            found |= {*box_files(sitting)}
    return found

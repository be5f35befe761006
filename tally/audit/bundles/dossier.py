"""Check a dossier (hồ sơ): ledger, signed documents, chain of steps, and every box (design §5, Bundles; Plan C.1).

1. the ledger    it can be read, and agrees with the documents on file
2. the places    every file that ledger and documents call for is there, and no other
3. the documents list decisions signed by all who must; records are checked with their boxes
4. the chain     each step's names are those that the document before hands on, from the first step to the last
5. the boxes     each archive with its records, facts, minutes                                          boxes

Summary tables, letters and briefing sheet are held by the manifest's hash, and so by the desk's signature alone, which
the report says (`letters` among what was not checked). The desk is that of the last step counted by machine, or what
`voting.documents.bundles.dossier.makers` asks for where all were counted by hand.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from itertools import pairwise
from pathlib import PurePosixPath

from keys.transcript import sha256_hex
from tally.audit.bundles.boxes import Boxes
from tally.audit.report import Findings
from tally.audit.unchecked import LETTERS
from voting.documents.bundles.dossier import LEDGER, box_files, makers, misplaced, required_keys
from voting.documents.bundles.head_decision import HEAD_DECISIONS, HeadDecision, read_head_decision
from voting.documents.bundles.ledger import Ledger, annulled_documents, ledger_problems, parse_ledger
from voting.documents.bundles.signers import awaited, by_key
from voting.documents.bundles.step_chain import chain_problems, courses_of
from voting.documents.conferences.conference import Course
from voting.documents.envelope import verify_envelope
from voting.documents.errors import DocumentError
from voting.documents.kinds import kind_of
from voting.documents.list_decision import ListDecision, read_list_decision
from voting.documents.record import Record

NO_MAKER = (
    "no desk can vouch for this dossier: every step was counted by hand, and no hand count names a desk, or nobody"
    " signed all documents of the round with one key; keep the signed documents of each step, and in the next round"
    " let one person (secretary, chair) sign every step with the same key"
)
"""What is reported for a dossier without a maker, and what to do."""
ROUND, PLACES, DECISIONS, CHAIN = "ledger", "places", "list_decisions", "chain"
Documents = Mapping[str, Record | ListDecision]


def check_dossier(boxes: Boxes) -> str:
    """Check what a dossier holds besides its form; return how far the round has come."""
    findings, bundle = boxes.findings, boxes.bundle
    documents: dict[str, Record | ListDecision] = {
        sha256_hex(boxes.raw(name)): read.record for name, read in boxes.records.items()
    }
    documents |= _list_decisions(boxes)
    heads = _decisions(boxes)
    ledger = findings.get(ROUND, LEDGER, lambda: parse_ledger(boxes.raw(LEDGER)))
    if ledger is not None:
        _note(findings, ROUND, list(ledger_problems(ledger, documents, heads)), len(ledger.sittings))
        _note(findings, PLACES, list(misplaced({*bundle.names()}, ledger, documents, heads)), len(bundle.names()))
        boxes.annulled = frozenset(box_files(one)[0] for one in ledger.sittings if one.annulment is not None)
    boxes.unchecked.add(LETTERS)
    annulled = annulled_documents(ledger) if ledger is not None else frozenset[str]()
    _note(findings, CHAIN, list(chain_problems(documents, annulled, heads.values())), len(documents))
    live = {sha256: one for sha256, one in documents.items() if sha256 not in annulled}
    _check_end(findings, live)
    findings.notes += _handed_to_others(live.values())
    boxes.makers |= makers(live.values())
    boxes.unnamed = NO_MAKER
    for folder in boxes.folders():
        boxes.check(folder)
    return _reached(ledger)


def _decisions(boxes: Boxes) -> dict[str, HeadDecision]:
    """Read every head's decision that can be read, by the hash of its file; they are checked with their boxes."""
    found = {}
    for name in boxes.bundle.names():
        if PurePosixPath(name).match(HEAD_DECISIONS):
            with suppress(DocumentError):
                raw = boxes.raw(name)
                found[sha256_hex(raw)] = read_head_decision(raw)[1]
    return found


def _list_decisions(boxes: Boxes) -> dict[str, ListDecision]:
    """Read and check every list decision; return those that can be read, by hash."""
    found = {}
    for name in boxes.bundle.names():
        if PurePosixPath(name).name == "list-decision.json":
            decision = boxes.findings.read(DECISIONS, name, lambda: _check_decision(boxes, name))  # noqa: B023
            if decision is not None:
                found[sha256_hex(boxes.raw(name))] = decision
    return found


def _check_decision(boxes: Boxes, name: str) -> ListDecision:
    """Check who signed a list decision: all who must, and nobody whom it does not name."""
    envelope, decision = read_list_decision(boxes.raw(name))
    valid = verify_envelope(envelope, [one.key for one in by_key(decision.signers)])
    for signature in envelope.signatures:
        why = "a signature by nobody whom it names, or one that does not verify"
        boxes.findings.require(DECISIONS, signature.keyid in valid, name, why)
    names = awaited(envelope, decision)
    boxes.findings.signed(DECISIONS, not names, name, ", ".join(names))
    return decision


def _check_end(findings: Findings, live: Documents) -> None:
    """Check that the last step on file of each procedure chooses: a dossier is made at the end of its round."""
    last: dict[Course, int] = {}
    for one in live.values():
        for course, step in courses_of(one):
            last[course] = max(step, last.get(course, 0))
    papers = [paper for one in live.values() if isinstance(one, Record) for paper in one.conference.papers]
    for course, step in last.items():
        own = (paper for paper in papers if (paper.course, paper.step) == (course, step))
        final = any(kind_of(paper.kind).closes for paper in own)
        findings.require(CHAIN, final, "", f"{course[2]}: no final ballot: the round did not come to its end")
    findings.require(CHAIN, bool(last), "", "no final ballot: the round did not come to its end")


def _handed_to_others(live: Iterable[Record | ListDecision]) -> list[str]:
    """Say where nobody who must sign a step by key had to sign the one before: only names tell whether they belong."""
    signing: dict[Course, dict[int, set[str]]] = {}
    for one in live:
        for course, step in courses_of(one):
            signing.setdefault(course, {}).setdefault(step, set()).update(required_keys(one))
    return [
        f"{course[2]}: step {after} is signed by nobody who signed step {before} by key: compare its names with those"
        " of the room"
        for course, by_step in signing.items()
        for before, after in pairwise(step for step in sorted(by_step) if by_step[step])
        if not by_step[before] & by_step[after]
    ]


def _note(findings: Findings, check: str, problems: list[str], examined: int) -> None:
    for problem in problems:
        findings.failed(check, "", problem)
    findings.passed(check, max(examined - len(problems), 0))


def _reached(ledger: Ledger | None) -> str:
    signed = [one.number for one in ledger.sittings if one.state == "signed"] if ledger is not None else []
    return f"step {max(signed)}" if signed else "nothing"

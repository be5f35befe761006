"""A staff list for a round (nhập danh sách cán bộ): shown first, taken when it is confirmed.

A list waits on file until the organiser has seen how many people it has, from how many rows, which rows were left out,
and who comes, who goes and who changes; what was seen is what takes effect, or nothing.
"""

import hashlib
from dataclasses import dataclass

import msgspec
from sqlalchemy.orm import Session

from keys.structs import read_json
from voting.documents.bundles.head_decision import is_head_decision
from voting.people.border.report import Report
from voting.people.errors import WrongTurn
from voting.people.identity import Difference, compare
from voting.rounds import editor, stored
from voting.rounds.filing import Filed
from voting.rounds.stored import Kept

PENDING = "pending/list.json"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A list that waits: what was read, what it would change, and the mark of exactly that change."""

    report: Report
    difference: Difference
    mark: str


def take_people(session: Session, number: int, report: Report) -> Waiting | None:
    """Let a list wait, and return it; take one that changes nothing at once. Raises a PlanError."""
    kept = stored.kept_round(session, number)
    people = report.staff
    difference = compare(kept.plan.people, people)
    editor.check_bound(kept, difference, _signed(session, number))
    if difference.nothing:
        stored.drop_paper(session, number, PENDING)
        stored.keep(session, number, editor.with_people(kept, people, _signed(session, number)))
        return None
    raw = msgspec.json.encode(report)
    stored.put_paper(session, number, PENDING, raw)
    return Waiting(report, difference, _mark(kept, raw))


def waiting(session: Session, number: int) -> Waiting | None:
    """Return the list that waits, compared with the people as they are now; None where there is none."""
    raw = stored.papers(session, number).get(PENDING)
    if raw is None:
        return None
    kept = stored.kept_round(session, number)
    report = _read(raw)
    return Waiting(report, compare(kept.plan.people, report.staff), _mark(kept, raw))


def confirm_people(session: Session, number: int, mark: str) -> None:
    """Let the list that waits take effect; raise WrongTurn unless `mark` is of the change as it would be now."""
    raw = stored.papers(session, number).get(PENDING)
    kept = stored.kept_round(session, number)
    if raw is None or mark != _mark(kept, raw):
        raise WrongTurn("the list changed since it was shown: look again", key="list_changed")
    stored.keep(session, number, editor.with_people(kept, _read(raw).staff, _signed(session, number)))
    stored.drop_paper(session, number, PENDING)


def _signed(session: Session, number: int) -> tuple[Filed, ...]:
    """Return every signed document of the round, those of annulled steps too: they stay on file."""
    raws = stored.documents(session, number)
    heads = tuple(digest for digest, raw in raws.items() if is_head_decision(raw))
    return stored.filed(raws, tuple(digest for digest in raws if digest not in heads), heads)


def _read(raw: bytes) -> Report:
    return read_json(raw, Report)


def _mark(kept: Kept, raw: bytes) -> str:
    return hashlib.sha256(msgspec.json.encode(kept.plan.people) + b"\n" + raw).hexdigest()

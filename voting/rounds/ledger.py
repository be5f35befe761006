"""What was held in a round, in order: sittings of steps, signed or annulled. Nothing is ever taken off it.

A step is held when the one before is signed. A ballot is repeated only after the chair annuls the first one with a
reason from the ruleset's list; the first stays on file, marked, and the repeat is a new ballot with minutes of its own
(bỏ phiếu lại). Later steps built on it must be annulled first, the last one first.
"""

import datetime

import msgspec

from voting.documents.bundles.ledger import Annulment, Ledger, Sitting
from voting.people.errors import WrongTurn
from voting.rounds.round import Round, procedure_of


def in_force(ledger: Ledger, step: int) -> Sitting | None:
    """Return the sitting of a step that is not annulled."""
    return next((one for one in ledger.sittings if one.number == step and one.state != "annulled"), None)


def next_step(ledger: Ledger, plan: Round) -> int | None:
    """Return the step whose turn it is, None when the round is through."""
    for step in procedure_of(plan).steps:
        sitting = in_force(ledger, step.number)
        if sitting is None or sitting.state != "signed":
            return step.number
    return None


def begin(ledger: Ledger, plan: Round, step: int, uuid: str) -> Ledger:
    """Begin a sitting; raise WrongTurn if it is another step's turn, or this one was begun and not annulled."""
    turn = next_step(ledger, plan)
    if step != turn:
        raise WrongTurn(f"step {turn} expected, not {step}" if turn else "the round is through")
    if in_force(ledger, step) is not None:
        raise WrongTurn(f"step {step} has begun: it can be held again only after it is annulled")
    if uuid and any(one.uuid == uuid for one in ledger.sittings):
        raise WrongTurn("a repeated ballot is a new election with a uuid of its own")
    attempt = 1 + sum(one.number == step for one in ledger.sittings)
    return Ledger((*ledger.sittings, Sitting(step, attempt, uuid, "held")))


def close(ledger: Ledger, step: int, documents: tuple[str, ...], decisions: tuple[str, ...] = ()) -> Ledger:
    """Close the sitting of a step with its signed documents, and the head's decisions that are there already.

    Raises WrongTurn if none is under way.
    """
    sitting = in_force(ledger, step)
    if sitting is None or sitting.state != "held" or not documents:
        raise WrongTurn(f"step {step}: a sitting under way, and its signed documents, expected")
    return _replace(ledger, sitting, msgspec.structs.replace(
        sitting, state="signed", documents=documents, decisions=decisions))  # fmt: skip


def decide(ledger: Ledger, step: int, decisions: tuple[str, ...]) -> Ledger:
    """Add the head's decisions on ties to the signed sitting of a step; raise WrongTurn if there is none."""
    sitting = in_force(ledger, step)
    if sitting is None or not sitting.is_signed:
        raise WrongTurn(f"step {step}: signed records expected first", key="records_first")
    added = tuple(dict.fromkeys((*sitting.decisions, *decisions)))
    return _replace(ledger, sitting, msgspec.structs.replace(sitting, decisions=added))


def annul(ledger: Ledger, plan: Round, step: int, annulment: Annulment) -> Ledger:
    """Annul the sitting of a step and keep it on file; raise WrongTurn without reason, or below later steps."""
    reasons = {reason.id for reason in plan.ruleset.revote_reasons}
    if annulment.reason not in reasons or not annulment.words.strip() or not annulment.by.strip():
        raise WrongTurn(
            f"an annulment needs a reason of the list, words, and who decides: {', '.join(sorted(reasons))}",
            key="annulment_needs", at="words",
        )  # fmt: skip
    try:
        datetime.date.fromisoformat(annulment.on)
    except ValueError:
        raise WrongTurn("an annulment needs its date, YYYY-MM-DD") from None
    later = [one.number for one in ledger.sittings if one.number > step and one.state != "annulled"]
    if later:
        message = f"step {max(later)} is built on step {step}: annul it first"
        raise WrongTurn(message, key="later_first", later=max(later))
    sitting = in_force(ledger, step)
    if sitting is None:
        raise WrongTurn(f"step {step} has no sitting to annul")
    return _replace(ledger, sitting, msgspec.structs.replace(sitting, state="annulled", annulment=annulment))


def documents_in_force(ledger: Ledger) -> tuple[str, ...]:
    """Return the hashes of the documents that feed the next step, by step."""
    signed = sorted((one for one in ledger.sittings if one.state == "signed"), key=lambda one: one.number)
    return tuple(sha256 for one in signed for sha256 in one.documents)


def decisions_in_force(ledger: Ledger) -> tuple[str, ...]:
    """Return the hashes of the head's decisions on ties of those documents."""
    return tuple(sha256 for one in ledger.sittings if one.state == "signed" for sha256 in one.decisions)


def _replace(ledger: Ledger, old: Sitting, new: Sitting) -> Ledger:
    return Ledger(tuple(new if one is old else one for one in ledger.sittings))

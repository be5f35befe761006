"""Errors of the planning round: one root, and its direct subclasses."""

from keys.message import UserError


class PlanError(UserError):
    """Something in the planning round cannot be as asked; never raised itself."""


class ImportRefused(PlanError):
    """A list of staff has faults, which the page shows by cell; nothing of it was taken."""


class UnclearPerson(PlanError):
    """Two people of a list cannot be told apart, or one cannot be told from those of the list before."""


class BoundPerson(PlanError):
    """Somebody who was decided or voted on would change or vanish with a new list."""


class AfterOpening(PlanError):
    """The list of those summoned is closed once the box is open."""


class CompositionNotConfirmed(PlanError):
    """The plan names no composition for this step, and the organiser has not confirmed one (A19)."""


class QuotaMissing(PlanError):
    """A final ballot needs the number of places of each title (A16)."""


class WrongDocument(PlanError):
    """A record or list decision is not of this round, or not of the step before."""


class NotFinal(PlanError):
    """A record still awaits the head's decision."""


class InvalidRound(PlanError):
    """A round names people, titles or seats that it does not have, or one of them twice."""


class NothingToVote(PlanError):
    """No name reaches this step, so there is no paper to vote on."""


class WrongTurn(PlanError):
    """A step is held out of turn, twice without annulment, or a reason that must be given is missing."""

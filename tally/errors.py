"""Errors of the tally package: one root, and its direct subclasses. The root itself is never raised."""

from keys.message import UserError


class TallyError(UserError):
    """Something in checking or counting is not as it must be; the guide says it by the key of its message."""


class Stopped(TallyError):
    """A guided step goes no further; the message is in the guide's own language already."""


class ImpossibleCase(TallyError):
    """A case that the rule cannot be applied to: malformed, contradictory, or with a decision nobody asked for."""


class InvalidRecord(TallyError):
    """A record payload that is not the canonical JSON of a record, or that contradicts itself."""


class OtherRenderer(TallyError):
    """The record was made by another typst, template or font than those installed, so its minutes cannot be rebuilt."""


class InvalidMinutes(TallyError):
    """A minutes file that is not the record's minutes followed by signatures alone."""


class CannotSign(TallyError):
    """The minutes cannot be signed so: unknown signer, wrong key, place taken, or a damaged file."""


class CannotRecord(TallyError):
    """No record can be made: the archive has no conference, no such paper, or facts that do not belong to it."""


class InvalidDay(TallyError):
    """An impossible day, or one not written as people here write days."""


class CannotDecide(TallyError):
    """A decision of the head that the tie, Setup or the calendar does not allow."""


class OtherRecord(TallyError):
    """A teller's file has signed one record of a box and is asked to sign another."""


class OtherBox(TallyError):
    """A share was used for one box already and is asked to open another."""


class NotReady(TallyError):
    """The archive is not at the step that this command needs: not closed, not sound, or already further on."""


class NotOneOfUs(TallyError):
    """A teller's file does not belong to the election: another owner, share or signing key."""


class CannotOpen(TallyError):
    """The sum cannot be opened: a share that is not its owner's, a teller who does not exist, or a wrong factor."""


class InvalidForm(TallyError):
    """An office's own form cannot be filled in: not a DOCX file, or a placeholder that does not exist."""


class CeremonyFault(TallyError):
    """A contribution to the key ceremony that is wrong, double, early or changed; the message names whose."""

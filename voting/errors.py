"""Errors of the room: one root, and its direct subclasses. A message says what to do now, and names nobody."""

from pathlib import Path

from keys.message import UserError


class VotingError(UserError):
    """Something in the room cannot go on as asked; never raised itself."""


class NoSuchConference(VotingError):
    """There is no such conference in this room."""


class InvalidDraft(VotingError):
    """The draft (dự thảo hội nghị) of a conference lacks something or contradicts itself."""


class WrongState(VotingError):
    """The step asked for does not belong to the state that the conference is in."""


class SecondPersonNeeded(VotingError):
    """This step takes two different people (hai người cùng thực hiện)."""


class ReasonMissing(VotingError):
    """This step needs a reason in words, which goes into the conference's papers."""


class NotConfirmed(VotingError):
    """The act cannot be taken back, and nobody has said that they know what it will do."""


class RollNotEven(VotingError):
    """Active cards, cards drawn and people present do not come out even (điểm danh chưa khớp)."""


class QuorumNotMet(VotingError):
    """Fewer people are present than the quorum asks, and the chair has given no word."""


class NotSummoned(VotingError):
    """The person is not on this conference's list of people summoned (danh sách triệu tập)."""


class InvalidCards(VotingError):
    """A deck of cards (bộ thẻ) cannot be made or used like this."""


class UnknownCard(VotingError):
    """The card is not one of this conference's deck."""


class CardVoid(VotingError):
    """The card was left in the box and is void (thẻ đã hủy)."""


class SpareNotActive(VotingError):
    """The card is a spare (thẻ dự phòng) that nobody has activated."""


class CardAlreadyUsed(VotingError):
    """Another ballot of this card is in the box already; the first stays."""


class BadBallot(VotingError):
    """The ballot fails its verification; it was not taken."""


class WrongSize(VotingError):
    """The request does not have the one length of this election's casting requests."""


class NotOpen(VotingError):
    """The box is not open yet."""


class BoxClosed(VotingError):
    """The box is closed (đã hết thời gian bỏ phiếu)."""


class BoxFrozen(VotingError):
    """The box is frozen; the chair decides how to go on."""


class InvalidSetup(VotingError):
    """Setup cannot be written from what is there: trustees, keys or cards do not fit the draft."""


class InvalidConfirmation(VotingError):
    """A teller's confirmation is not of this Setup, or not signed by that teller's key."""


class InvalidRecord(VotingError):
    """A record is not of this room's box, or not signed by those whom Setup names."""


class InvalidPeople(VotingError):
    """A list of people summoned cannot be read."""


class StickMissing(VotingError):
    """The folder to hand over to is not there, cannot be written, or gave back something else."""


class UnknownDevice(VotingError):
    """The tablet is not enrolled, was revoked, or its signature is wrong."""


class InvalidCode(VotingError):
    """The enrolment code is wrong, used or too old."""


class InvariantBroken(VotingError):
    """The database refused a change that would break one of the room's rules."""


class DatabaseBusy(VotingError):
    """Somebody else uses the database for too long; what was asked is tried again later."""


class ReceiptMissing(VotingError):
    """A tablet holds a receipt of this room for a ballot that the closed box does not hold: nothing is counted."""


class SignInRefused(VotingError):
    """Name, password or one-time code is wrong, or the account is locked for a while."""


class TooManySignIns(VotingError):
    """Too many sign in at the same moment from devices that the room does not know; they try again."""


class AddressUnusable(VotingError):
    """The address or port is in use by another program, or not this machine's (cổng đang được dùng)."""


class FolderInUse(VotingError):
    """Another server or command works in the room's folder (thư mục đang được dùng)."""


class CertificateUnusable(VotingError):
    """Tablets would not accept the server's certificate, or its authority (chứng thư không dùng được)."""


class InvalidSettings(VotingError):
    """The settings of the room server are missing or contradict themselves."""


def linked(path: Path) -> InvalidSettings:
    """Refuse to read through a link, or from anything but a plain file; the error is returned."""
    return InvalidSettings(
        f"{path.name} là liên kết tới nơi khác hoặc không phải tệp thường, nên không đọc: chép chính tệp "
        f"đó vào {path}. "
        f"/ {path.name} is a link to another place, or not a plain file, and is not read: copy the file itself "
        f"to {path}."
    )


class InvalidForm(VotingError):
    """A form of staff lacks something, or has a value that cannot be meant."""

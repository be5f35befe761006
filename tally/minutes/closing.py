"""The end of the minutes: complaints, custody, copies, the last lines and the places to sign (fields 21 to 25)."""

from tally.minutes.blocks import Block, Heading, SignatureBlock, Signatures, Text
from tally.minutes.view import View
from tally.minutes.wording import clock, day, moment
from voting.documents.bundles.signers import excused_tellers
from voting.documents.conferences.conference import ON_PAPER, Signer

CHAIR, SECRETARY = "chair", "secretary"


def teller_field(number: int) -> str:
    """Name the signature field of a teller; numbers count from 1, as owners of trustees do."""
    return f"teller-{number}"


def closing(view: View) -> list[Block]:
    """Tell of complaints, of where the ballots are kept, and of the copies."""
    words, complaints = view.words, view.record.count.complaints
    said = [Text("– " + one.rstrip(".") + ".") for one in complaints]
    return [
        Heading(words("closing.head")),
        Text(
            words("closing.no_complaint") if not said else "", words("closing.complaints_label"), "1.", keep=bool(said)
        ),
        *said,
        Text(words(f"closing.custody_{view.record.form}"), words("closing.custody_label"), "2."),
        Text(words("closing.copies"), words("closing.copies_label"), "3."),
    ]


def signatures(view: View) -> Signatures:
    """Lay out who signs: head of the tellers left, secretary in the middle, chair right; other tellers."""
    words, conference = view.words, view.conference
    ended = moment(view.record.count.ended)
    first = head_teller(conference.tellers)
    committee = words(f"signature.tellers_{conference.organiser.style}")
    top: tuple[SignatureBlock, ...] = (
        _block(view, teller_field(first + 1), (committee, words("signature.head_teller")), conference.tellers[first]),
        _block(view, SECRETARY, (words("signature.secretary"),), conference.secretary),
        _block(view, CHAIR, (words("signature.chair"),), conference.chair),
    )
    others = [
        _block(view, teller_field(number + 1), (), one)
        for number, one in enumerate(conference.tellers)
        if number != first
    ]
    rows = [top, *(tuple(others[start : start + 3]) for start in range(0, len(others), 3))]
    return Signatures(
        end=words("closing.end", ended=clock(ended, view.language), day=day(ended, view.language)),
        rows=tuple(rows),
        members=words("signature.members") if len(conference.tellers) > 1 else "",
        recipients=tuple(
            words(f"signature.{name}")
            for name in ("recipients", "recipient_above", "recipient_members", "recipient_archive")
        ),
    )


def head_teller(tellers: tuple[Signer, ...]) -> int:
    """Find the head of the committee (Trưởng ban, Tổ trưởng) by role; without one, the first."""
    for number, one in enumerate(tellers):
        if one.role.casefold().startswith(("trưởng", "tổ trưởng")):
            return number
    return 0


def _block(view: View, field: str, title: tuple[str, ...], signer: Signer) -> SignatureBlock:
    digital = signer.key != ON_PAPER
    absent = field in {teller_field(owner) for owner in excused_tellers(view.conference, view.record)}
    hint = view.words("signature.hint_absent" if absent else "signature.hint_digital" if digital else "signature.hint")
    return SignatureBlock(field if digital else "", title, hint, signer.name, signer.role)

"""Which record of a box a teller signed (design §3, signed): noted in the sealed file, and no other is signed.

A note is written, whole or not at all, before the signature is made: a crash in between lets the same record be signed
again.
"""

import msgspec

from keys.transcript import sha256_hex
from tally.errors import OtherRecord
from voting.documents.canonical import canonical
from voting.documents.record import Record


class SignedNote(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One record: its box, and the SHA-256 of its payload."""

    box: str
    payload: str


def note_of(record: Record) -> SignedNote:
    """Write the note of a record; a count by hand has no box of its own, and is known by its conference."""
    box = record.uuid or sha256_hex(canonical(record.conference))
    return SignedNote(box, sha256_hex(canonical(record)))


def with_note(notes: tuple[SignedNote, ...], fresh: SignedNote) -> tuple[SignedNote, ...]:
    """Add a note; raise OtherRecord where another record of this box was signed."""
    for old in notes:
        if old.box == fresh.box:
            if old.payload == fresh.payload:
                return notes
            why = (
                f"this teller's file has signed the record {old.payload[:16]}… of this box, and "
                f"{fresh.payload[:16]}… is another one; one record of a box is signed and no other"
            )
            raise OtherRecord(why, "other_record", signed=old.payload[:16], found=fresh.payload[:16])
    return (*notes, fresh)

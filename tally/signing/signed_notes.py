"""Which record of a box a teller signed (design §3, signed): noted in the sealed file, and no other is signed.

A note is written, whole or not at all, before the signature is made: a crash in between lets the same record be signed
again. Where the first record awaited the head, the same record with the head's decision may follow it, once; nothing
else may differ.
"""

import msgspec

from keys.transcript import sha256_hex
from tally.errors import OtherRecord
from voting.documents.canonical import canonical
from voting.documents.record import Record


class SignedNote(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One record: its box and paper, SHA-256 of its payload, and of all of it that a head's decision leaves alone."""

    box: str
    paper: int
    payload: str
    undecided: str
    awaiting: bool


def note_of(record: Record) -> SignedNote:
    """Write the note of a record; a count by hand has no box of its own, and is known by its conference."""
    box = record.uuid or sha256_hex(canonical(record.conference))
    awaiting = record.verdict.status != "final"
    return SignedNote(box, record.paper, sha256_hex(canonical(record)), _undecided(record), awaiting)


def with_note(notes: tuple[SignedNote, ...], fresh: SignedNote) -> tuple[SignedNote, ...]:
    """Add a note; raise OtherRecord where another record of this box and paper was signed."""
    for place, old in enumerate(notes):
        if (old.box, old.paper) == (fresh.box, fresh.paper):
            if old.payload == fresh.payload:
                return notes
            if old.awaiting and not fresh.awaiting and old.undecided == fresh.undecided:
                return (*notes[:place], fresh, *notes[place + 1 :])
            why = (
                f"this teller's file has signed the record {old.payload[:16]}… of paper {old.paper} of this box, and "
                f"{fresh.payload[:16]}… is another one; one record of a box is signed and no other"
            )
            raise OtherRecord(why, "other_record", signed=old.payload[:16], found=fresh.payload[:16])
    return (*notes, fresh)


def _undecided(record: Record) -> str:
    """Hash a record without the decision on its tie and what follows from it."""
    tree = msgspec.to_builtins(record)
    for name in ("verdict", "notes"):
        del tree[name]
    tree["case"].pop("head_decision", None)
    tree["count"]["head_words"] = []
    if tree["hashes"] is not None:
        tree["hashes"]["count"] = ""
    return sha256_hex(msgspec.json.encode(tree, order="deterministic"))

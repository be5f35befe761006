"""What happens after Setup (design §5, Facts): `UUID.facts.json` by the room, `UUID.count.json` by the tellers.

`facts.json` is a DSSE envelope (canonical JSON) over `RoomFacts`, signed by the desk key of Setup.
`count.json` is the canonical JSON of `CountFacts`; the signatures on the record cover it.
Times are ISO 8601 with seconds and offset. Nothing here is per voter or per card.
"""

from typing import ClassVar, Literal

import msgspec

from voting.documents.counted import IncidentKind
from voting.documents.envelope import Envelope

FACTS_TYPE = "application/vnd.phieukin.facts+json"
CONFIRMATION_TYPE = "application/vnd.phieukin.confirmation+json"

SpareReason = Literal["lost", "unreadable", "damaged"]


class Cards(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Cards (thẻ) as they were when Setup was written: made = drawn + void + spares."""

    made: int
    drawn: int
    void: int
    spares: int


class SparesActivated(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many spares were activated for one reason of the fixed list."""

    reason: SpareReason
    count: int


class Incident(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How often one incident of the fixed list happened."""

    kind: IncidentKind
    count: int


class Confirmation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a teller's tool signs before the box opens: the Setup it saw, and its owner's keys found in it."""

    format: int
    uuid: str
    setup: str
    owner: int
    threshold: int


class RoomFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the room server knows at closing. `setup` and `end_ballots` are hex SHA-256 of those events.

    `cards_handed_back`: damaged or unreadable cards that were voided in the open box before a spare was activated.
    `decks_voided`: decks of this conference that were thrown away before it.
    """

    FORMAT: ClassVar[int] = 1

    format: int
    uuid: str
    setup: str
    end_ballots: str
    opened: str
    closed: str
    absent_excused: int
    absent_unexcused: int
    cards: Cards
    spares_activated: tuple[SparesActivated, ...]
    ballots: int
    refused: int
    cards_handed_back: int
    decks_voided: int
    audits: int
    helpers: int
    account_resets: int
    incidents: tuple[Incident, ...]
    confirmations: tuple[Envelope, ...]


class OpeningProof(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The proof of design §2 by one teller: challenge and response, numbers below q in base 10."""

    owner: int
    challenge: str
    response: str


class ChairWord(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Words of the chair that the count needed: opening a box of one ballot, going on without a teller.

    `tellers` are the owners whom a word of absence is about; where it names none, all who did not open.
    """

    kind: Literal["single_ballot", "no_ballot", "teller_absent"]
    by: str
    reason: str
    tellers: tuple[int, ...] = ()


class CountFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the tellers' tool knows: begin and end of the count, who opened, complaints, the chair's words."""

    format: int
    uuid: str
    end_ballots: str
    begun: str
    ended: str
    openers: tuple[int, ...]
    opening_proofs: tuple[OpeningProof, ...]
    complaints: tuple[str, ...]
    witnesses: tuple[str, ...]
    chair_words: tuple[ChairWord, ...]

"""Records of the small conference, honest or not: facts, count and record, signed by whoever it takes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from tally.result.record import BothFacts, FinishedBox, build_record, record_payload
from tally.signing.signatures import sign_record
from tests.attacks.lab import Draft, Lab, digest
from voting.documents.archives.archive import ArchiveReader
from voting.documents.canonical import canonical
from voting.documents.conferences.conference import Conference
from voting.documents.counted import NUMBERS
from voting.documents.envelope import Envelope, sign_envelope
from voting.documents.facts import (
    CONFIRMATION_TYPE,
    FACTS_TYPE,
    Cards,
    Confirmation,
    CountFacts,
    OpeningProof,
    RoomFacts,
)
from voting.documents.record import MadeBy, Record, unsigned_record

SIGNERS = ("1", "2", "3", "secretary", "chair")


@dataclass
class Papers:
    """What a record is made from; every part may be changed before `sign`."""

    lab: Lab
    box: FinishedBox
    room: RoomFacts
    count: CountFacts
    desk: str = "desk"
    signers: Sequence[str] = SIGNERS
    late: list[Callable[[dict[str, Any]], object]] = field(default_factory=list)

    def sign(self) -> bytes:
        """Build the record, edit it (`late`), and have it signed."""
        room = envelope(canonical(self.room), FACTS_TYPE, self.lab, self.desk)
        record = build_record(self.box, BothFacts(room, self.count), MadeBy("phieukin 0", "typst 0", "Tinos"))
        if self.late:
            fields = msgspec.to_builtins(record)
            for edit in self.late:
                edit(fields)
            record = msgspec.convert(fields, Record)
        return sign_record(unsigned_record(record_payload(record)), [self.lab.signing[one] for one in self.signers])


def envelope(payload: bytes, kind: str, lab: Lab, signer: str) -> Envelope:
    """A payload signed by one of the lab's signers."""
    return sign_envelope(payload, kind, lab.signing[signer])


def papers(lab: Lab, draft: Draft) -> Papers:
    """The papers of a counted archive, as honest people write them."""
    import io

    raw = draft.raw()
    archive = ArchiveReader(io.BytesIO(raw))
    setup, *_ = (entry.digest for entry in archive.entries())
    end_ballots, last = archive.chain.end_ballots or "", archive.chain.digest or ""
    result = msgspec.json.decode(draft.result, type=dict[str, tuple[tuple[int, ...], ...]])["result"]
    box = FinishedBox(lab.election, len(draft.ballots), result, digest(raw), last, end_ballots)
    room = room_facts(lab, setup, end_ballots, len(draft.ballots))
    return Papers(lab, box, room, count_facts(lab, draft, end_ballots))


def conference_of(lab: Lab) -> Conference:
    """The conference of the lab's election."""
    assert lab.election.conference is not None
    return lab.election.conference


def confirmation(lab: Lab, setup: str, owner: int, signer: str | None = None) -> Envelope:
    """A teller's confirmation of Setup."""
    said = Confirmation(1, lab.election.uuid, setup, owner, 2)
    return envelope(canonical(said), CONFIRMATION_TYPE, lab, signer or str(owner))


def room_facts(lab: Lab, setup: str, end_ballots: str, ballots: int) -> RoomFacts:
    """What the desk says of the room."""
    conference = conference_of(lab)
    return RoomFacts(
        format=1,
        uuid=lab.election.uuid,
        setup=setup,
        end_ballots=end_ballots,
        opened="2022-04-10T08:30:12+07:00",
        closed="2022-04-10T09:12:40+07:00",
        absent_excused=conference.summoned - conference.present,
        absent_unexcused=0,
        cards=Cards(conference.drawn + 2 + conference.spares, conference.drawn, 2, conference.spares),
        spares_activated=(),
        ballots=ballots,
        cards_handed_back=0,
        decks_voided=0,
        **{**dict.fromkeys(NUMBERS, 0), "audits": 1},
        account_resets=0,
        incidents=(),
        confirmations=tuple(confirmation(lab, setup, owner) for owner in (1, 2, 3)),
    )


def count_facts(lab: Lab, draft: Draft, end_ballots: str) -> CountFacts:
    """What the tellers say of the count."""
    proofs = (OpeningProof(one.owner, str(one.proof.challenge), str(one.proof.response)) for one in draft.opened)
    return CountFacts(
        format=1,
        uuid=lab.election.uuid,
        end_ballots=end_ballots,
        begun="2022-04-10T09:20:00+07:00",
        ended="2022-04-10T09:32:30+07:00",
        openers=tuple(sorted(one.owner for one in draft.opened)),
        opening_proofs=tuple(proofs),
        complaints=(),
        witnesses=(),
        chair_words=(),
    )

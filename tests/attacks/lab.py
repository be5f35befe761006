"""A small conference of our own making, and the tools to forge archives of it with the chain of hashes rebuilt.

Three of four cards voted on two names; any two of three tellers open. Made once in a run; forgeries are bytes.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from keys.cards import credential, derive, new_card
from keys.ceremony import protocol
from keys.files.signing import SigningKey, new_signing_key, public_text
from keys.group import encode_point
from keys.proofs import schnorr
from keys.teller import TellerKey
from keys.transcript import sha256_b64
from keys.trustees import Trustees, encode_trustees, parse_trustees
from keys.wire import proof_text
from tally.audit import Report, audit
from tally.cli.verify import check_file
from tally.result.decryption import OpenedShare, combine_shares, open_share
from tests.sittings import changed
from tests.tally.sums import sum_ballots
from tests.voting.documents.elections import UUID, conference, raw_election
from voting.documents.archives.members import encode_member
from voting.documents.archives.outcome import Tally, encode_partial_decryption, encode_tally
from voting.documents.ballots.ballot import cast_ballot, parse_ballot
from voting.documents.ballots.request import ballot_limit
from voting.documents.canonical import compact
from voting.documents.conferences.conference import Signer
from voting.documents.conferences.election import Election, parse_election
from voting.procedures.comparison import with_decision

TIME = 1_649_554_212  # when `records` says that the box was opened
MARKS = ([[1, 0], [0, 1]], [[1, 0], [0, 0]], [[0, 1], [1, 0]])
COUNTS = ((2, 1), (1, 1))

Votes = Sequence[list[list[int]]]
Events = list[tuple[str, list[bytes]]]


@dataclass(frozen=True)
class Lab:
    """Everything that anybody in the room could know, secrets included."""

    election: Election
    trustees: Trustees
    credentials: bytes
    cards: tuple[str, ...]
    tellers: tuple[TellerKey, ...]
    signing: dict[str, SigningKey]
    ballots: tuple[bytes, ...]

    def public(self, card: str) -> str:
        """The public credential of a card, as it stands in the archive."""
        return encode_point(credential(card, self.election.uuid))

    def open(self, tally: Tally, owners: Sequence[int] = (1, 3)) -> tuple[OpenedShare, ...]:
        """What honest tellers make of a tally."""
        return tuple(
            open_share(self.election, self.trustees, tally, owner, self.tellers[owner - 1].secret) for owner in owners
        )


@dataclass
class Draft:
    """An archive's records, each open to change; `opened` belongs to the shares."""

    setup: list[bytes]
    ballots: list[bytes]
    tally: bytes = b""
    sized: dict[str, Any] = field(default_factory=dict)
    shares: list[tuple[int, bytes]] = field(default_factory=list)
    result: bytes = b""
    opened: tuple[OpenedShare, ...] = ()

    def events(self) -> Events:
        """All events with their records, payloads made anew."""
        names = ("election", "trustees", "credentials")
        data = compact({name: digest(raw) for name, raw in zip(names, self.setup, strict=True)})
        events: Events = [("Setup", [*self.setup, data])]
        events += [("Ballot", [ballot]) for ballot in self.ballots]
        events.append(("EndBallots", []))
        if self.tally:
            sized = {"num_tallied": len(self.ballots), "total_weight": len(self.ballots), **self.sized}
            events.append(("EncryptedTally", [self.tally, compact(sized | {"encrypted_tally": digest(self.tally)})]))
        for owner, share in self.shares:
            events.append(("PartialDecryption", [share, compact({"owner": owner, "payload": digest(share)})]))
        if self.result:
            events.append(("Result", [self.result]))
        return events

    def raw(self) -> bytes:
        """The archive."""
        return chain(self.events())


def digest(raw: bytes) -> str:
    """SHA-256, in hex."""
    return hashlib.sha256(raw).hexdigest()


def chain(events: Events, change: Callable[[int, dict[str, Any]], None] = lambda height, event: None) -> bytes:
    """Write an archive of any events in any order, the hashes right; `change` may edit an event before it is hashed."""
    parts = [encode_member("BELENIOS", compact({"version": 1, "timestamp": str(TIME)}), TIME)]
    parent = None
    for height, (kind, records) in enumerate(events):
        event: dict[str, Any] = {"parent": parent} if parent else {}
        event |= {"height": height, "type": kind} | ({"payload": digest(records[-1])} if records else {})
        change(height, event)
        body = compact(event)
        parts += [encode_member(f"{digest(record)}.data.json", record, TIME) for record in records]
        parts.append(encode_member(f"{digest(body)}.event.json", body, TIME))
        parent = digest(body)
    return b"".join(parts)


def build_lab(
    votes: Votes = MARKS,
    publics: Mapping[str, str] | None = None,
    meeting: Mapping[str, Any] | None = None,
    keys_of: Lab | None = None,
    **changes: Any,
) -> Lab:
    """Hold the conference up to the closing of the box.

    `changes` are of its one paper, `meeting` of the conference, `publics` keys on tokens, `keys_of` a conference whose
    tellers' keys are used once more.
    """
    [(item, fresh)] = protocol.rehearse(3, 2)
    trustees = parse_trustees(encode_trustees([item])) if keys_of is None else keys_of.trustees
    tellers = fresh if keys_of is None else keys_of.tellers
    signing = {name: new_signing_key() for name in (*"123", "secretary", "chair", "head", "receipt", "desk")}
    made, questions = conference(2, present=4)

    def sign(name: str, role: str) -> Signer:
        key = (publics or {}).get(name) or public_text(signing[name])
        return Signer(f"{role} {name}", role, key, must_sign=name != "head")

    made = msgspec.structs.replace(
        made,
        tellers=tuple(sign(name, "Kiểm phiếu viên") for name in "123"),
        secretary=sign("secretary", "Thư ký"),
        chair=sign("chair", "Chủ trì"),
        head=sign("head", "Chánh Văn phòng"),
        receipt_key=public_text(signing["receipt"]),
        desk_key=public_text(signing["desk"]),
        papers=(msgspec.structs.replace(made.papers[0], **changes),),
    )
    final = {"step": 4, "section": "B.II.1.1.3(4)"} if changes.get("kind") == "final" else {}
    made = changed(made, **final | dict(meeting or {}))
    made = msgspec.structs.replace(made, notes=with_decision(made, 1))
    election = parse_election(raw_election(questions, trustees.election_key(), made))
    cards = tuple(new_card() for _ in range(made.drawn + made.spares))
    credentials = compact(sorted(encode_point(credential(card, UUID)) for card in cards))
    ballots = tuple(cast_ballot(election, card, marks).raw for card, marks in zip(cards, votes, strict=False))
    return Lab(election, trustees, credentials, cards, tuple(tellers), signing, ballots)


@cache
def lab() -> Lab:
    """The conference of this run."""
    return build_lab()


def closed(lab: Lab, *ballots: bytes) -> Draft:
    """An archive that ends with the closing of the box; with other ballots where some are given."""
    return Draft([lab.election.raw, lab.trustees.raw, lab.credentials], list(ballots or lab.ballots))


def counted(lab: Lab, *ballots: bytes, owners: Sequence[int] = (1, 3)) -> Draft:
    """A whole archive, counted by the tellers of these numbers."""
    draft = closed(lab, *ballots)
    parsed = [parse_ballot(raw, ballot_limit(lab.election)) for raw in draft.ballots]
    announce(lab, draft, sum_ballots(lab.election, parsed), owners)
    return draft


def announce(lab: Lab, draft: Draft, tally: Tally, owners: Sequence[int] = (1, 3)) -> None:
    """Fill a draft with a tally, its shares and its result."""
    draft.tally = encode_tally(tally)
    draft.opened = lab.open(tally, owners)
    draft.shares = [(one.owner, encode_partial_decryption(one.decryption)) for one in draft.opened]
    decryptions = {one.owner: one.decryption for one in draft.opened}
    draft.result = compact({"result": combine_shares(lab.trustees, tally, decryptions, len(draft.ballots))})


def resigned(lab: Lab, ballot: dict[str, Any], card: str) -> bytes:
    """Sign an edited ballot with a card's secret, as its owner could."""
    unsigned = {name: ballot[name] for name in ("election_uuid", "election_hash", "credential", "answers")}
    hashed = sha256_b64(compact(unsigned))
    proof = schnorr.sign_hash(derive(card, UUID), hashed)
    return compact(unsigned | {"signature": {"hash": hashed, "proof": msgspec.to_builtins(proof_text(proof))}})


def edited(lab: Lab, number: int, edit: Callable[[dict[str, Any]], None]) -> bytes:
    """A ballot with an edit, signed anew by its own card."""
    ballot = json.loads(lab.ballots[number])
    edit(ballot)
    return resigned(lab, ballot, lab.cards[number])


def verify(raw: bytes, folder: Path, record: bytes | None = None) -> Report:
    """What `phieukin verify` makes of the bytes; without a record the one-by-one checker must find just the same."""
    path = folder / "any name.bel"
    path.write_bytes(raw)
    if record is None:
        report, reference = check_file(path, ()), audit(path)
        assert report.verdict is reference.verdict
        assert report.checks[: len(reference.checks)] == reference.checks
        return report
    (folder / "record.json").write_bytes(record)
    return check_file(path, (folder / "record.json",))


def failed(report: Report) -> dict[str, str]:
    """The failed checks, each with its first places."""
    return {one.check: " | ".join(one.first) for one in report.checks if one.failed}

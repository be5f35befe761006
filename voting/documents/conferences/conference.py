"""The `conference` field of election.json: what the meeting adds to a Belenios election (design §5).

The fingerprint of election.json binds every word here, so each ballot signs names, rule and attendance;
belenios-tool ignores the field. Text is NFC. Counts are persons (người), never ballots.
"""

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from voting.documents.kinds import PaperKind as PaperKind

FORMAT = 2
ON_PAPER = "on paper"

Course = tuple[str, int, str]
"""A procedure (quy trình) by its catalogue: id and version of the ruleset, id of the procedure."""
TieScope = Literal["none", "cutline", "head_any", "head_cutline"]


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The percentage rule of a step (tỉ lệ phiếu đồng ý): agree * den `op` num * base, in integers.

    `at_line`: where nobody meets the rule, the head may take those with exactly num/den of the base.
    """

    op: Literal[">=", ">"]
    num: int
    den: int
    base: Literal["present", "summoned", "ballots"]
    at_line: Literal["head"] | None = None


class Selection(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Who of those meeting the rule goes on: all, or from the top down until the quota is full.

    `tie`: who breaks equal votes across the last place: the head (where it is left out), or another ballot.
    `fallback`: the rule where nobody meets the first one; everybody who meets it goes on.
    """

    mode: Literal["all", "top"]
    quota: int | None = None
    tie: Literal["head", "vote"] | None = None
    fallback: Rule | None = None


class Signer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody who signs the record: name, role, and key (base64 of the DER SubjectPublicKeyInfo) or "on paper"."""

    name: str
    role: str
    key: str
    must_sign: bool


class Candidate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One name (nhân sự) on a paper. `at` is [question, answer] of its agree mark, both from 0.

    A listed name has a question of its own with the answers agree (0) and disagree (1); names put forward
    (giới thiệu thêm) share one question with as many answers as names, and have no disagree.
    """

    id: str
    name: str
    position: str
    born: str
    note: str
    put_forward: bool
    at: tuple[int, int]


class Ruleset(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which catalogue of procedures, and which version of it, this step was made by."""

    id: str
    version: int


class Previous(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A signed document that a list comes from: its kind, hex SHA-256 of its payload, number of the list in it.

    `paper` counts papers of a record, or lists of a list decision, from 1. `decision` is the SHA-256 (hex) of the
    payload of the head's decision, where the verdict on that paper awaited one.
    """

    paper: int
    kind: Literal["record", "list_decision"]
    sha256: str
    decision: str | UnsetType = UNSET


class Paper(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One ballot paper (phiếu): whose step it is, a kind, a title (chức danh) of a unit, a rule, names in ballot order.

    Papers of several procedures (quy trình) may share a sitting: each names its catalogue, procedure, step (bước),
    section of the plan (mục) and term (nhiệm kỳ), and the signed documents that its list comes from. `hands_on` says in
    the catalogue's Vietnamese words what becomes of the names chosen (nơi chuyển kết quả), as the minutes conclude;
    where it is empty, they conclude in the kind's own words, which claim no approval.
    """

    ruleset: Ruleset
    procedure: str
    step: int
    section: str
    term: str
    kind: PaperKind
    unit: str
    title: str
    rule: Rule
    selection: Selection
    tie_scope: TieScope
    candidates: tuple[Candidate, ...]
    hands_on: str = ""
    previous: tuple[Previous, ...] = ()

    @property
    def course(self) -> Course:
        """The procedure that the paper is of."""
        return self.ruleset.id, self.ruleset.version, self.procedure


class Organiser(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Head of the minutes (NĐ 30/2020 or Party style): superior and issuing body, place name, number, stamp."""

    style: Literal["state", "party"]
    superior: str
    agency: str
    locality: str
    code: str
    stamp: str


class Note(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A setting on which the plan is silent, or a reading of an ambiguous place: code (A1 … A24) and words."""

    code: str
    text: str


class Override(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The chair's word to go on without a quorum."""

    by: str
    reason: str


class Quorum(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Least share of those summoned who must be present (num/den), met or overridden by the chair."""

    num: int
    den: int
    override: Override | None


class Agenda(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a sitting says from its draft on, before anybody is in the room: place, people, papers."""

    name: str
    place: str
    date: str
    organiser: Organiser
    basis: tuple[str, ...]
    composition: str
    address: str
    quorum: Quorum | None
    tellers: tuple[Signer, ...]
    chair: Signer
    secretary: Signer
    head: Signer
    papers: tuple[Paper, ...]
    notes: tuple[Note, ...]


class CeremonyBox(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which of the tellers' keys a conference uses: the fingerprint of their ceremony, and the number of the box."""

    fingerprint: str
    box: int


class Attendance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the roll and the room add: persons present, cards drawn, spare cards, the room's keys, the tellers' box."""

    present: int
    drawn: int
    spares: int
    receipt_key: str
    desk_key: str
    ceremony: CeremonyBox | UnsetType = UNSET


class Conference(Agenda, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The field `conference`; see the module. `tellers[i]` owns trustee i + 1 of trustees.json.

    `ceremony` is left out where the tellers' keys were made without one.
    """

    format: int
    summoned: int
    present: int
    drawn: int
    spares: int
    receipt_key: str
    desk_key: str
    ceremony: CeremonyBox | UnsetType = UNSET


def conference_of(
    agenda: Agenda, papers: tuple[Paper, ...], quorum: Quorum | None, summoned: int, attendance: Attendance
) -> Conference:
    """Make the conference of an agenda, with its papers numbered and the chair's word on the quorum."""
    said = {name: getattr(agenda, name) for name in Agenda.__struct_fields__}
    added = {name: getattr(attendance, name) for name in Attendance.__struct_fields__}
    more = {"format": FORMAT, "summoned": summoned, "papers": papers, "quorum": quorum}
    return Conference(**said | added | more)

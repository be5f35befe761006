"""Sample records for tests: made-up people of a made-up office, votes drawn by a seed, the verdict by the rule.

`sample_record(names=11)` is a final step of eleven names; every detail can be changed through the keyword arguments or
with `msgspec.structs.replace`. `payload(record)` spells it as the tellers sign it.
"""

import base64
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
import rfc8785
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tally.minutes import renderer_versions
from tally.result.rule import decide, notes_on
from tests.sittings import changed
from voting.documents.case import Case, Counted
from voting.documents.conferences.conference import FORMAT as CONFERENCE_FORMAT
from voting.documents.conferences.conference import (
    ON_PAPER,
    Candidate,
    Conference,
    Note,
    Organiser,
    Override,
    Paper,
    PaperKind,
    Previous,
    Quorum,
    Rule,
    Ruleset,
    Selection,
    Signer,
    TieScope,
)
from voting.documents.counted import NUMBERS
from voting.documents.facts import (
    Cards,
    ChairWord,
    CountFacts,
    Incident,
    OpeningProof,
    RoomFacts,
    SparesActivated,
)
from voting.documents.record import FORMAT, BallotCounts, Hashes, MadeBy, PaperResult, Record

FAMILY = ["Lò", "Nguyễn", "Cầm", "Hà", "Quàng", "Đèo", "Tòng", "Bạc", "Hoàng", "Vì", "Lường", "Phạm", "Trần"]
MIDDLE = ["Thị", "Văn", "Đức", "Thu", "Minh", "Hữu", "Ngọc", "Quốc", "Thanh", "Bích"]
GIVEN = ["Ước", "Thảo", "Ngưỡng", "Đôi", "Huyền", "Phượng", "Tuyển", "Yến", "Giỏi", "Khuyên", "Lễ", "Sương", "Đạt"]
POSTS = ["Phó Trưởng phòng Tổng hợp", "Chuyên viên Phòng Kinh tế", "Phó Trưởng ban Tiếp công dân",
         "Chuyên viên Phòng Hành chính - Quản trị", "Phó Giám đốc Trung tâm Thông tin"]  # fmt: skip

GE30 = Rule(">=", 3, 10, "present")
GT50 = Rule(">", 1, 2, "summoned")
BASIS = (
    "Quy định số 50-QĐ/TW ngày 27/12/2021 của Bộ Chính trị về công tác quy hoạch cán bộ",
    "Hướng dẫn số 16-HD/BTCTW ngày 15/02/2022 của Ban Tổ chức Trung ương",
    "Kế hoạch số 45/KH-VPUB ngày 24/3/2022 của Văn phòng Ủy ban nhân dân tỉnh Sơn La",
)
STATE = Organiser("state", "Ủy ban nhân dân tỉnh Sơn La", "Văn phòng", "Sơn La", "BB-VPUB", "")
PARTY = Organiser("party", "Đảng bộ các cơ quan Đảng tỉnh Sơn La", "Đảng ủy Văn phòng", "Sơn La", "BB/ĐU", "MẬT")


@dataclass(frozen=True, slots=True)
class Team:
    """The signing keys of the people of a sample record, by field name: teller-1, …, secretary, chair, head."""

    keys: dict[str, ec.EllipticCurvePrivateKey]

    def public(self, name: str) -> str:
        """Return the key text that the record shows, or "on paper"."""
        if name not in self.keys:
            return ON_PAPER
        der = self.keys[name].public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(der).decode()


def team(*names: str) -> Team:
    """Make fresh keys for the named signers."""
    return Team({name: ec.generate_private_key(ec.SECP256R1()) for name in names})


EVERYONE = ("teller-1", "teller-2", "teller-3", "secretary", "chair")
NOBODY = Team({})


def person_name(number: int) -> str:
    """A Vietnamese name for a number; the first 1,600 differ."""
    family, middle = FAMILY[number % 13], MIDDLE[number // 13 % 10]
    return f"{family} {middle} {GIVEN[(number // 130 + number) % 13]}"


def birthday(number: int) -> str:
    """A day of birth as offices write it."""
    return f"{number % 28 + 1:02d}/{number % 12 + 1}/{1970 + number % 20}"


def candidates(names: int, put_forward: int = 0) -> tuple[Candidate, ...]:
    """Listed names with a question each, then names put forward that share the last question."""
    listed = [
        Candidate(f"c{n + 1}", person_name(n), POSTS[n % 5], birthday(n), "", False, (n, 0)) for n in range(names)
    ]
    further = [
        Candidate(f"w{n + 1}", person_name(names + n), POSTS[(n + 2) % 5], "", "", True, (names, n))
        for n in range(put_forward)
    ]
    return tuple(listed + further)


def sample_paper(
    names: int = 11, *, kind: PaperKind = "introduce", quota: int | None = None, put_forward: int = 0,
    rule: Rule = GE30, tie_scope: TieScope = "none",
) -> Paper:  # fmt: skip
    """A paper for heads of department."""
    selection = Selection("all") if quota is None else Selection("top", quota)
    return Paper(
        ruleset=Ruleset("SONLA-VPUB-2022-03", 1),
        procedure="NEXT-DEPT",
        step=3,
        section="B.II.2.1.3(3)",
        term="2026 - 2031",
        kind=kind,
        unit="Phòng Tổng hợp",
        title="Trưởng phòng và tương đương",
        rule=rule,
        selection=selection,
        tie_scope=tie_scope,
        candidates=candidates(names, put_forward),
    )


def sample_conference(paper: Paper, people: Team = NOBODY, *, tellers: int = 3, **changes: Any) -> Conference:
    """A key-cadre conference of 45 summoned and 42 present."""
    roles = ["Trưởng ban", *["Thành viên"] * (tellers - 1)]
    conference = Conference(
        format=CONFERENCE_FORMAT,
        name="Hội nghị cán bộ chủ chốt",
        place="Phòng họp tầng 3, trụ sở Văn phòng Ủy ban nhân dân tỉnh Sơn La",
        date="2022-04-10",
        organiser=STATE,
        basis=BASIS,
        composition="Tập thể lãnh đạo Văn phòng; Trưởng phòng, phó trưởng phòng và tương đương; trưởng, phó các đơn vị "
        "trực thuộc; Ban chấp hành đảng bộ Văn phòng; Trưởng các đoàn thể của cơ quan",
        address="đồng chí",
        summoned=45,
        present=42,
        drawn=42,
        spares=5,
        quorum=Quorum(2, 3, None),
        tellers=tuple(
            Signer(person_name(700 + n), role, people.public(f"teller-{n + 1}"), True) for n, role in enumerate(roles)
        ),
        chair=Signer("Hoàng Quốc Khánh", "Chánh Văn phòng", people.public("chair"), True),
        secretary=Signer(
            "Trần Thị Ngọc Ánh", "Chuyên viên Phòng Hành chính - Quản trị", people.public("secretary"), True
        ),
        head=Signer("Hoàng Quốc Khánh", "Chánh Văn phòng", people.public("head"), False),
        receipt_key="",
        desk_key="",
        papers=(paper,),
        notes=(Note("A3", "Cơ số là số người có mặt đã chốt khi mở bỏ phiếu."),),
    )
    return changed(conference, **changes)


def sample_votes(paper: Paper, ballots: int, seed: int = 1) -> tuple[Counted, ...]:
    """Draw agree and disagree for each name; names put forward have no disagree, and every third no vote at all."""
    chance = random.Random(seed)
    votes = []
    for number, one in enumerate(paper.candidates):
        agree = chance.randint(0, ballots)
        if one.put_forward:
            agree = 0 if number % 3 == 0 else chance.randint(1, max(1, ballots // 2))
        disagree = 0 if one.put_forward else chance.randint(0, ballots - agree)
        votes.append(Counted(one.id, one.name, min(agree, ballots), disagree))
    return tuple(votes)


def sample_facts(conference: Conference, ballots: int) -> RoomFacts:
    """What a calm morning leaves behind: one spare activated, one restart."""
    absent = conference.summoned - conference.present
    return RoomFacts(
        format=1,
        uuid="9xRvqGoKAKFNTTd9a1",
        setup="5e" * 32,
        end_ballots="3c" * 32,
        opened=f"{conference.date}T08:30:12+07:00",
        closed=f"{conference.date}T09:12:40+07:00",
        absent_excused=absent - absent // 3,
        absent_unexcused=absent // 3,
        cards=Cards(conference.drawn + 13, conference.drawn, 8, conference.spares),
        spares_activated=(SparesActivated("damaged", 1),),
        ballots=ballots,
        cards_handed_back=0,
        decks_voided=0,
        **{**dict.fromkeys(NUMBERS, 0), "audits": 3},
        account_resets=0,
        incidents=(Incident("server_restarted", 1),),
        confirmations=(),
    )


def sample_count(conference: Conference, **changes: Any) -> CountFacts:
    """A count of twelve minutes without complaints, opened by the first and the last teller."""
    openers = (1, len(conference.tellers))
    count = CountFacts(
        format=1,
        uuid="9xRvqGoKAKFNTTd9a1",
        end_ballots="3c" * 32,
        begun=f"{conference.date}T09:20:00+07:00",
        ended=f"{conference.date}T09:32:30+07:00",
        openers=openers,
        opening_proofs=tuple(OpeningProof(owner, "12345", "67890") for owner in openers),
        complaints=(),
        witnesses=(),
        chair_words=(),
    )
    return msgspec.structs.replace(count, **changes)


def sample_record(
    names: int = 11,
    *,
    paper: Paper | None = None,
    people: Team = NOBODY,
    tellers: int = 3,
    ballots: int = 40,
    votes: Sequence[Counted] | None = None,
    form: Literal["electronic", "paper"] = "electronic",
    invalid: int = 0,
    count: dict[str, Any] | None = None,
    made_by: MadeBy | None = None,
    **conference_changes: Any,
) -> Record:
    """A complete record that agrees with itself."""
    paper = paper or sample_paper(names)
    conference = sample_conference(paper, people, tellers=tellers, **conference_changes)
    (paper,) = conference.papers
    case = Case(
        rule=paper.rule, selection=paper.selection, summoned=conference.summoned, present=conference.present,
        ballots=ballots,
        invalid=invalid,
        candidates=tuple(votes if votes is not None else sample_votes(paper, ballots - invalid)),
    )  # fmt: skip
    electronic = form == "electronic"
    counts = BallotCounts(conference.drawn, ballots, ballots - invalid, invalid, "có dấu riêng" if invalid else "")
    return Record(
        format=FORMAT,
        kind="record",
        form=form,
        uuid="9xRvqGoKAKFNTTd9a1",
        fingerprint="kMmO3JbA0CMUVRZHmxiCRsBqvTNzT1gkRLgHdRdoXYc" if electronic else "",
        conference=conference,
        papers=(PaperResult(1, case, decide(case), counts, paper.previous, tuple(notes_on(case, paper.tie_scope))),),
        facts=sample_facts(conference, ballots),
        facts_signatures=(),
        count=sample_count(conference, **(count or {})),
        hashes=Hashes("a1" * 32, "b2" * 32, "3c" * 32, "d4" * 32, "e5" * 32) if electronic else None,
        made_by=made_by or renderer_versions(),
    )


def payload(record: Record) -> bytes:
    """Spell a record as it is signed: canonical JSON (RFC 8785)."""
    return rfc8785.dumps(msgspec.to_builtins(record))


def envelope(record: Record) -> bytes:
    """Wrap a record as record.json, without signatures."""
    body = base64.b64encode(payload(record)).decode()
    return rfc8785.dumps({"payload": body, "payloadType": "application/vnd.phieukin.record+json", "signatures": []})


def tied_record(**changes: Any) -> Record:
    """A final step with a quota of two and three names level on the last place: the head decides."""
    paper = sample_paper(5, kind="final", quota=2, rule=GT50, tie_scope="head_cutline")
    votes = [
        Counted(one.id, one.name, agree, 3) for one, agree in zip(paper.candidates, (28, 35, 28, 28, 7), strict=True)
    ]
    return sample_record(paper=paper, votes=votes, step=5,
                         section="B.II.2.1.3(5)", name="Hội nghị tập thể lãnh đạo (lần 2)", **changes)  # fmt: skip


def busy_record(**changes: Any) -> Record:
    """A record in which everything happened: override, complaint, witness, incidents, words of the chair."""
    paper = sample_paper(6, put_forward=7)
    return sample_record(
        paper=paper,
        quorum=Quorum(19, 20, Override("Hoàng Quốc Khánh", "Số vắng mặt đều có lý do chính đáng")),
        previous=(Previous(1, "list_decision", "f6" * 32),),
        organiser=msgspec.structs.replace(STATE, stamp="LƯU HÀNH NỘI BỘ", code="07/BB-VPUB"),
        count={
            "complaints": (
                "Một đồng chí đề nghị kiểm tra lại số phiếu phát ra; Ban kiểm phiếu đã kiểm tra, kết quả đúng.",
            ),
            "witnesses": ("Lường Văn Giỏi – Chủ tịch Công đoàn cơ quan",),
            "chair_words": (
                ChairWord("teller_absent", "Hoàng Quốc Khánh", "Thành viên thứ hai bận công tác đột xuất"),
            ),
        },
        **changes,
    )

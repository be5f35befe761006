"""A meeting for the tablet's tests: the key, uuid and cards of a vector election, with papers of a conference."""

import json
from dataclasses import dataclass
from pathlib import Path

import msgspec

from keys.files.signing import SigningKey, new_signing_key, public_text
from voting.documents.conferences.conference import (
    FORMAT,
    Candidate,
    Conference,
    Organiser,
    Paper,
    PaperKind,
    Quorum,
    Rule,
    Ruleset,
    Selection,
    Signer,
)
from voting.documents.conferences.election import Election, parse_election, write_election
from voting.documents.conferences.questions import number_papers

VECTOR = Path(__file__).resolve().parents[1] / "vectors" / "per-candidate-10x10"
PRESENT = Rule(">=", 3, 10, "present")
SUMMONED = Rule(">", 1, 2, "summoned")
NOBODY = Signer("Hoàng Quốc Khánh", "Chánh Văn phòng", "on paper", True)
NAMES = (
    ("Lò Thị Thanh Hương", "Phó Trưởng phòng Tổng hợp", "12/03/1981"),
    ("Nguyễn Văn An", "Phó Trưởng phòng Kinh tế", "05/11/1979"),
    ("Cầm Ngọc Khánh", "Chuyên viên chính Phòng Khoa giáo - Văn xã", "23/08/1984"),
    ("Trần Đức Long", "Phó Trưởng phòng Hành chính - Quản trị", "30/01/1977"),
    ("Quàng Thị Minh Nguyệt", "Chuyên viên Phòng Nội chính, Bí thư Đoàn Thanh niên", "14/06/1988"),
    ("Đặng Hữu Phúc", "Phó Giám đốc Trung tâm Thông tin", "02/02/1982"),
    ("Vũ Xuân Tường", "Phó Trưởng ban Tiếp công dân tỉnh", "19/09/1980"),
)
FURTHER = (
    ("Hà Công Bình", "Chuyên viên Phòng Tổng hợp", ""),
    ("Bùi Thị Kim Oanh", "Chuyên viên Phòng Kinh tế", ""),
    ("Tòng Văn Sơn", "Chuyên viên Phòng Nội chính", ""),
    ("Lường Thị Hoa", "Chuyên viên chính Phòng Hành chính - Quản trị", ""),
)


@dataclass(frozen=True, slots=True)
class Meeting:
    """An election as the room serves it, its cards, its public credentials, and the key of its receipts."""

    election: Election
    cards: tuple[str, ...]
    credentials: bytes
    receipt_key: SigningKey


def new_meeting(
    *, listed: int = len(NAMES), removed: int = 1, further: int = len(FURTHER), elected: int = 0, rated: int = 0
) -> Meeting:
    """A meeting with a paper of `listed` names and `further` to put forward, and a paper on `removed` names.

    With `elected`, also one to choose at most two of so many names; with `rated`, one on confidence in so many.
    """
    vector = json.loads((VECTOR / "election.json").read_bytes())
    cards = json.loads((VECTOR / "private_creds.json").read_bytes())
    credentials = sorted(one.split(",")[0] for one in json.loads((VECTOR / "public_creds.json").read_bytes()))
    key = new_signing_key()
    papers = [_paper("introduce", "Trưởng phòng và tương đương", "", PRESENT, NAMES[:listed], FURTHER[:further])]
    if removed:
        papers.append(_paper("remove", "Phó Trưởng phòng", "Phòng Kinh tế", SUMMONED, NAMES[-removed:], ()))
    if elected:
        to_elect = _paper("elect", "Ban Chấp hành Đảng bộ", "", PRESENT, NAMES[:elected], ())
        papers.append(msgspec.structs.replace(to_elect, selection=Selection("top", 2, tie="vote")))
    if rated:
        papers.append(_paper("confidence", "Lãnh đạo Văn phòng", "", PRESENT, NAMES[:rated], ()))
    papers = [paper for paper in papers if paper.candidates]
    numbered, questions = number_papers(tuple(papers), 2)
    raw = write_election(
        uuid=vector["uuid"],
        public_key=vector["public_key"],
        questions=questions,
        conference=_conference(numbered, public_text(key)),
    )
    return Meeting(parse_election(raw), tuple(cards.values()), json.dumps(credentials).encode(), key)


Named = tuple[tuple[str, str, str], ...]


def _paper(kind: PaperKind, title: str, unit: str, rule: Rule, names: Named, further: Named) -> Paper:
    both = [(one, False) for one in names] + [(one, True) for one in further]
    candidates = tuple(
        Candidate(f"{kind[0]}{n}", name, position, born, "", forward, (0, 0))
        for n, ((name, position, born), forward) in enumerate(both, 1)
    )
    return Paper(
        ruleset=Ruleset("SONLA-VPUB-2022-03", 1),
        procedure="NEXT-DEPT",
        step=3,
        section="B.II.2.1.3(3)",
        term="2026 - 2031",
        kind=kind,
        unit=unit,
        title=title,
        rule=rule,
        selection=Selection("all"),
        tie_scope="none",
        candidates=candidates,
    )


def _conference(papers: tuple[Paper, ...], receipt_key: str) -> Conference:
    return Conference(
        format=FORMAT,
        name="Hội nghị cán bộ chủ chốt Văn phòng Ủy ban nhân dân tỉnh Sơn La",
        place="Phòng họp tầng 3",
        date="2022-04-10",
        organiser=Organiser("state", "UBND TỈNH SƠN LA", "VĂN PHÒNG", "Sơn La", "VPUB", ""),
        basis=(),
        composition="Tập thể lãnh đạo",
        address="đồng chí",
        summoned=10,
        present=10,
        drawn=8,
        spares=2,
        quorum=Quorum(2, 3, None),
        tellers=(NOBODY,),
        chair=NOBODY,
        secretary=NOBODY,
        head=NOBODY,
        receipt_key=receipt_key,
        desk_key=receipt_key,
        papers=papers,
        notes=(),
    )

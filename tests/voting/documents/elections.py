"""Small elections for tests: keys made on the spot, a conference of the sample's kind."""

from dataclasses import dataclass

from keys.files.signing import new_signing_key, public_text
from keys.group import Point, Secret, base_power, encode_point, random_secret
from voting.documents.conferences.conference import FORMAT, ON_PAPER, Conference, Signer
from voting.documents.conferences.election import Election, Question, parse_election, write_election
from voting.rehearsal import sample

UUID = "TestE1ection222"
CARD = "abcdefghijkmnopqrstuvw"
OTHER_CARD = "ABCDEFGHJKLMNPQRSTUVWX"
TELLER_KEY = public_text(new_signing_key())


@dataclass(frozen=True)
class Made:
    """An election with its one secret key."""

    election: Election
    secret: Secret


def signer(name: str, role: str, key: str = ON_PAPER) -> Signer:
    """A signer; on paper unless a key is named."""
    return Signer(name, role, key, must_sign=role != "Chánh Văn phòng")


def conference(names: int = 2, *, present: int = 3) -> tuple[Conference, tuple[Question, ...]]:
    """The sample's conference with one paper of `names` names, everybody but the teller signing on paper."""
    papers, questions = sample.draw_papers(sample.single_paper(names), seed=1)
    made = Conference(
        format=FORMAT,
        name=sample.NAME,
        place=sample.PLACE,
        date="2022-04-10",
        organiser=sample.ORGANISER,
        basis=sample.BASIS,
        composition=sample.COMPOSITION,
        address="đồng chí",
        summoned=present + 1,
        present=present,
        drawn=present,
        spares=1,
        quorum=sample.QUORUM,
        tellers=(signer("Lò Văn An", "Trưởng ban kiểm phiếu", TELLER_KEY),),
        chair=signer("Hà Thị Mai", "Chủ trì"),
        secretary=signer("Vũ Đức Long", "Thư ký"),
        head=signer("Cầm Minh Sơn", "Chánh Văn phòng"),
        receipt_key=ON_PAPER,
        desk_key=ON_PAPER,
        papers=papers,
        notes=sample.NOTES,
    )
    return made, questions


def raw_election(questions: tuple[Question, ...], public_key: Point, made: Conference) -> bytes:
    """The election's canonical bytes."""
    return write_election(
        uuid=UUID,
        public_key=encode_point(public_key),
        questions=questions,
        conference=made,
    )


def small_election(names: int = 2) -> Made:
    """An election of `names` agree/disagree questions under one fresh key."""
    made, questions = conference(names)
    secret = random_secret()
    return Made(parse_election(raw_election(questions, base_power(secret), made)), secret)

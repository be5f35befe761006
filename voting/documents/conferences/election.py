"""election.json (Belenios 3.0, 4.9 and 4.10) with the field `conference` of ours.

The archived bytes are hashed, never a re-serialization: `fingerprint` is the unpadded base64 SHA-256 of `raw`.
Unknown fields are accepted at the top level and in questions, and nowhere else. Only homomorphic questions on the
group Ed25519 are supported; anything else raises UnsupportedElection, which must never become a pass.
"""

import base64
import re
from dataclasses import dataclass
from typing import Any

import msgspec
import rfc8785

from keys.cards import UUID_PATTERN
from keys.errors import KeysError
from keys.group import Point, decode_point
from keys.transcript import sha256_b64
from voting.documents.canonical import canonical, compact, parse_unique
from voting.documents.conferences.conference import Conference
from voting.documents.errors import InvalidConference, InvalidElection, NotCanonical, UnsupportedElection

GROUP = "Ed25519"
VERSION = 1
AUTHORITY = "phieukin"  # who administers an election and gives its cards, for other programs
ELECTION_LIMIT = 4 * 1024 * 1024  # bytes
QUESTIONS_LIMIT = 2000
ANSWERS_LIMIT = 2000  # answers of one question, and branches of an overall proof
ALL_ANSWERS_LIMIT = 10_000  # answers of all questions: a ballot of them still fits into one record of an archive
_SPACE_OUTSIDE_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*"|([ \t\r\n])')


@dataclass(frozen=True, slots=True)
class Question:
    """A homomorphic question: between `min` and `max` of `answers`, or blank where `blank` is true."""

    answers: tuple[str, ...]
    blank: bool
    min: int
    max: int
    question: str

    @property
    def width(self) -> int:
        """Number of ciphertexts of an answer: one an answer, and a leading one for a blank vote."""
        return len(self.answers) + self.blank

    @property
    def branches(self) -> int:
        """Number of branches of the overall proof."""
        return self.max - self.min + 1 + self.blank


@dataclass(frozen=True, slots=True)
class Election:
    """A parsed election; `raw` are the archived bytes, `fingerprint` their hash, `conference` ours or None.

    Administrator and credential authority are "" where the election names none.
    """

    raw: bytes
    uuid: str
    name: str
    description: str
    administrator: str
    credential_authority: str
    public_key: Point
    questions: tuple[Question, ...]
    conference: Conference | None

    @property
    def fingerprint(self) -> str:
        """Unpadded base64 SHA-256 of the archived bytes (Belenios 3.0, 4.10)."""
        return sha256_b64(self.raw)


def spoken_fingerprint(fingerprint: str) -> str:
    """Spell a fingerprint in hex, which people can read aloud; the base64 of Belenios tells capitals from small."""
    return base64.b64decode(fingerprint + "=" * (-len(fingerprint) % 4)).hex()


def parse_election(raw: bytes) -> Election:
    """Parse election.json; raise NotCanonical, InvalidElection, InvalidConference or UnsupportedElection."""
    fields = parse_unique(raw, ELECTION_LIMIT, "election")
    if any(match.group(1) for match in _SPACE_OUTSIDE_STRINGS.finditer(raw)):
        raise NotCanonical("election: spaces outside of texts")
    if not isinstance(fields, dict):
        raise InvalidElection("election: an object expected")
    if _integer(fields, "version") != VERSION:
        raise UnsupportedElection(f"election: version {VERSION} expected, {fields['version']} found")
    if _text(fields, "group") != GROUP:
        raise UnsupportedElection(f"election: group {GROUP} expected, {fields['group']!r:.40} found")
    return Election(
        raw=raw,
        uuid=_uuid(fields),
        name=_text(fields, "name"),
        description=_text(fields, "description"),
        administrator=_named(fields, "administrator"),
        credential_authority=_named(fields, "credential_authority"),
        public_key=_public_key(fields),
        questions=_questions(fields),
        conference=_conference(fields),
    )


def texts_of(conference: Conference) -> dict[str, str]:
    """Return what other programs show of an election: the texts of its conference, and who made it."""
    made_by = dict.fromkeys(("administrator", "credential_authority"), AUTHORITY)
    sections = "; ".join(dict.fromkeys(paper.section for paper in conference.papers))
    return {"name": conference.name, "description": sections, **made_by}


def write_election(*, uuid: str, public_key: str, questions: tuple[Question, ...], conference: Conference) -> bytes:
    """Write election.json in compact form, fields in Belenios' order, `conference` last."""
    texts = texts_of(conference)
    return compact(
        {
            "version": VERSION,
            "description": texts["description"],
            "name": texts["name"],
            "group": GROUP,
            "public_key": public_key,
            "questions": [
                {"answers": list(q.answers), "min": q.min, "max": q.max, "question": q.question} for q in questions
            ],
            "uuid": uuid,
            "administrator": texts["administrator"],
            "credential_authority": texts["credential_authority"],
            "conference": msgspec.to_builtins(conference),
        }
    )


def _text(fields: dict[str, Any], key: str) -> str:
    if not isinstance(fields.get(key), str):
        raise InvalidElection(f"election: {key}: a text expected")
    return str(fields[key])


def _named(fields: dict[str, Any], key: str) -> str:
    value = fields.get(key)
    return value if isinstance(value, str) else ""


def _integer(fields: dict[str, Any], key: str) -> int:
    value = fields.get(key)
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidElection(f"election: {key}: a whole number expected")
    return value


def _uuid(fields: dict[str, Any]) -> str:
    uuid = _text(fields, "uuid")
    if not UUID_PATTERN.fullmatch(uuid):
        raise InvalidElection("election: uuid: 14 to 64 base58 characters expected")
    return uuid


def _public_key(fields: dict[str, Any]) -> Point:
    try:
        return decode_point(_text(fields, "public_key"))
    except KeysError as error:
        raise InvalidElection(f"election: public_key: {error}") from None


def _questions(fields: dict[str, Any]) -> tuple[Question, ...]:
    found = fields.get("questions")
    if not isinstance(found, list) or not found:
        raise InvalidElection("election: questions: a list of at least one expected")
    if len(found) > QUESTIONS_LIMIT:
        raise UnsupportedElection(f"election: more than {QUESTIONS_LIMIT} questions are not supported")
    questions = tuple(_question(one, f"question {number}") for number, one in enumerate(found, 1))
    answers = sum(question.width for question in questions)
    if answers > ALL_ANSWERS_LIMIT:
        raise UnsupportedElection(
            f"election: at most {ALL_ANSWERS_LIMIT} answers in all questions together are supported, {answers} found;"
            " hold a vote on so many names in several sittings"
        )
    return questions


def _question(found: Any, place: str) -> Question:
    if not isinstance(found, dict):
        raise InvalidElection(f"election: {place}: an object expected")
    if "type" in found:
        if found["type"] != "Homomorphic" or not isinstance(found.get("value"), dict):
            raise UnsupportedElection(f"election: {place}: only homomorphic questions are supported")
        found = found["value"]
    answers = found.get("answers")
    if not isinstance(answers, list) or not all(isinstance(answer, str) for answer in answers):
        raise InvalidElection(f"election: {place}: answers: a list of texts expected")
    blank = found.get("blank", False)
    if not isinstance(blank, bool):
        raise InvalidElection(f"election: {place}: blank: true or false expected")
    low, high = _integer(found, "min"), _integer(found, "max")
    if not answers or not 0 <= low <= high:
        raise InvalidElection(f"election: {place}: at least one answer and 0 <= min <= max expected")
    if len(answers) > ANSWERS_LIMIT:
        raise UnsupportedElection(f"election: {place}: more than {ANSWERS_LIMIT} answers are not supported")
    if high > len(answers):
        raise UnsupportedElection(f"election: {place}: max {high} of {len(answers)} answers is not supported")
    return Question(tuple(answers), blank, low, high, _text(found, "question"))


def _conference(fields: dict[str, Any]) -> Conference | None:
    if "conference" not in fields:
        return None
    try:
        conference = msgspec.convert(fields["conference"], Conference, strict=True)
        canonical(conference)  # a record has to spell it: no number from 2^53 on, no half of a surrogate pair
    except (msgspec.ValidationError, rfc8785.CanonicalizationError, RecursionError, UnicodeError) as error:
        raise InvalidConference(f"conference: {error}") from None
    return conference

"""What is fuzzed: each decoder with the files it begins with, and the errors that it may answer with.

Anything else that a decoder raises is a finding, and so is an answer of 500 from an endpoint.
"""

import datetime
import hashlib
import io
import itertools
import re
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import click
from argon2 import PasswordHasher
from flask.testing import FlaskClient

from keys import cards, trustees
from keys.ceremony.messages import parse_announcements, parse_dealings
from keys.errors import KeysError
from keys.files import recovery, sealing, signing
from keys.files.signing import new_signing_key, public_text
from keys.group import decode_point, decode_scalar
from tally.errors import TallyError
from tally.result.case import parse_case
from tests.faults.staff import add_staff
from tests.fuzz.seeds import CASE, KIND, PASSPHRASE, Seeds, vectors
from tests.voting.rooms import SECRET, Room
from voting.conference.draft.agenda import read_draft
from voting.documents import envelope
from voting.documents.archives import archive, commitments, outcome
from voting.documents.archives.members import FIRST_NAME, encode_member
from voting.documents.ballots import ballot, request
from voting.documents.bundles import bundle, ledger, signed
from voting.documents.bundles.head_decision import HeadDecision, TiedName, read_head_decision, unsigned_head_decision
from voting.documents.conferences import election
from voting.documents.errors import DocumentError
from voting.documents.facts import CONFIRMATION_TYPE, FACTS_TYPE, RoomFacts
from voting.errors import VotingError
from voting.people.border.cells import NotATable
from voting.people.border.check import Kind, check_sheets
from voting.people.border.kinds import sheets_here
from voting.people.border.pasted import check_pasted
from voting.people.border.reading import sheets_of
from voting.people.workbook_process import TooMuch
from voting.procedures import catalogue
from voting.web.access import accounts
from voting.web.app import create_app
from voting.web.settings import Settings

EXPECTED = (KeysError, DocumentError, VotingError, TallyError, NotATable, TooMuch, click.ClickException)
NO_LIMIT = 10**9
METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS")
KINDS = (
    "application/octet-stream",
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
)


DECISION = unsigned_head_decision(HeadDecision(
    1, "head_decision", "ab" * 32, "9xRvqGoKAKFNTTd9a1", 1, (TiedName("c1", "A"), TiedName("c2", "B")), 1, False,
    ("c2",), "Lò Văn Pản", "Đúng cơ cấu", "2022-04-10",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """A decoder: its name, what it begins with, how it is called, and how many times others it is tried."""

    name: str
    seeds: list[bytes]
    call: Callable[[bytes], object]
    share: float = 1.0


def decoders(seeds: Seeds) -> list[Target]:
    """Every decoder of files and texts."""
    parsed = election.parse_election(seeds.election)
    theirs = vectors()
    limit = request.ballot_limit(parsed)
    events = _events(seeds.closed.archive), _events(theirs["3NGX6NdhdXaBGB.bel"])
    ballots = [line for line in theirs.get("ballots.jsons", b"").splitlines() if line] or [seeds.ballot]
    return [
        Target("election.json", [seeds.election, theirs["election.json"]], election.parse_election, 4),
        Target("trustees.json", [seeds.trustees, theirs["trustees.json"]], trustees.parse_trustees, 4),
        Target("ballot", [seeds.ballot, *ballots], lambda raw: ballot.parse_ballot(raw, limit), 4),
        Target("casting request", [seeds.request], lambda raw: request.unpack_request(parsed, raw), 2),
        Target("archive", [seeds.closed.archive, theirs["3NGX6NdhdXaBGB.bel"]], _read_archive, 2),
        Target("archive, hashed anew", list(events), _read_events_again, 2),
        Target("commitments", [seeds.closed.commitments or b""], _read_commitments, 2),
        Target("facts", [seeds.closed.facts], _read_facts, 2),
        Target("confirmation", [seeds.confirmation], lambda raw: envelope.parse_envelope(raw, CONFIRMATION_TYPE, "x")),
        Target("record or list decision", [seeds.closed.facts, seeds.confirmation], signed.read_signed),
        Target("head's decision", [DECISION], read_head_decision),
        Target("ledger", [seeds.closed.facts], ledger.parse_ledger),
        Target("result", [theirs["result.json"]], outcome.parse_result, 2),
        Target("encrypted tally", _lines(theirs["encrypted_tally.jsons"]), outcome.parse_tally, 2),
        Target("partial decryption", _lines(theirs["1.pd.jsons"]), outcome.parse_partial_decryption, 2),
        Target("bundle", [seeds.bundle], _read_bundle, 2),
        Target("case", [CASE], parse_case, 4),
        Target("draft", [seeds.draft], read_draft, 2),
        Target("people, pasted", [seeds.table], lambda raw: check_pasted(raw.decode("utf-8", "replace")), 2),
        Target("people, table", [seeds.table], _check_table, 2),
        Target("people, workbook", [seeds.workbook], sheets_of, 0.1),
        Target("card", [b"5NiyW-ukot5h-DKDzZ-SKKdQ2"], _text(cards.normalise), 2),
        Target("recovery sheet", [b"abcde-fghij-klmno"], _text(recovery.read_recovery)),
        Target("point", [b"58" + b"6" * 62], _text(decode_point), 2),
        Target("number", [b"123456789"], _text(decode_scalar), 2),
        Target("public key", [public_text(new_signing_key()).encode()], _text(signing.load_public)),
        Target("sealed file", [seeds.sealed], _unseal, 0.05),
        Target("announcements", [theirs["certs.jsons"]], parse_announcements),
        Target("dealings", [theirs["polynomials.jsons"]], parse_dealings),
    ]


def _check_table(raw: bytes) -> None:
    sheets = sheets_here(raw)
    for kind in get_args(Kind):
        check_sheets(sheets, kind, catalogue()[-1], today=datetime.date(2026, 11, 30))


def endpoints(folder: Path, room: Room, seeds: Seeds) -> list[Target]:
    """Every address that takes something: of tablets as they are, of staff as an organiser with every role."""
    settings = Settings(
        folder, str(room.storage.engine.url), SECRET, casts_per_minute=NO_LIMIT, polls_per_minute=NO_LIMIT,
        sign_ins_per_minute=NO_LIMIT,
    )  # fmt: skip
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    accounts._HASHER, accounts._NOBODY = cheap, cheap.hash("nobody")
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False  # a forged form is refused before anything else: here the rest is tried
    if not room.storage.engine.url.database or not _has_staff(room):
        add_staff(room.storage)
    client = app.test_client()
    uuid = room.uuid().encode()
    paths = sorted({rule.rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())})
    form = b"kind=main&cards=3&spares=1&what=helpers&reason=x&login=door&password=x"
    bodies = [seeds.request, form, b'{"code":"abc","public_key":"AAAA","name":"x"}', b'{"receipts":[]}']
    made = [_posted(path.replace("<uuid>", uuid.decode()), body) for path in paths for body in bodies]
    return [Target("endpoints", made, lambda raw: _send(client, raw), 1)]


def _has_staff(room: Room) -> bool:
    from voting.storage.tables import StaffRow

    with room.storage.read() as session:
        return session.query(StaffRow).first() is not None


def _posted(path: str, body: bytes) -> bytes:
    return b"POST " + path.encode() + b"\n" + body


def _send(client: FlaskClient, raw: bytes) -> str:
    """Send bytes as a request: the first line is method and path, the rest the body."""
    line, _, body = raw.partition(b"\n")
    method, _, path = line.decode("latin-1").partition(" ")
    path = "".join(one for one in path if one.isprintable())
    kind = KINDS[len(raw) % len(KINDS)]
    headers = {"Phieukin-Device": body[:32].hex(), "Phieukin-Signature": "AAAA", "Content-Type": kind}
    method = method if method in METHODS else "POST"
    path = f"/{path.lstrip('/')}"
    answer = client.open(path, method=method, data=body, headers=headers, base_url="https://localhost")
    answer.close()
    if answer.status_code >= 500 and answer.status_code != 503:
        raise AssertionError(f"{answer.status_code} for {method} {path}")
    return f"{answer.status_code} {path.partition('?')[0][:20]}"


def _lines(raw: bytes) -> list[bytes]:
    return [raw, *raw.splitlines()]


def _text(call: Callable[[str], object]) -> Callable[[bytes], object]:
    return lambda raw: call(raw.decode("utf-8", "replace"))


def _read_archive(raw: bytes) -> int:
    reader = archive.ArchiveReader(io.BytesIO(raw))
    return sum(1 for _ in reader.entries())


def _events(raw: bytes) -> bytes:
    """An archive as kind, length and body of each member, so that mutations can be hashed anew."""
    out = io.BytesIO()
    with tarfile.open(fileobj=io.BytesIO(raw)) as file:
        for member in file.getmembers():
            opened = file.extractfile(member)
            body = opened.read() if opened else b""
            kind = b"E" if "event" in member.name else b"D" if "data" in member.name else b"B"
            out.write(kind + len(body).to_bytes(4, "big") + body)
    return out.getvalue()


def _read_events_again(raw: bytes) -> int:
    out, at = io.BytesIO(), 0
    told = re.search(rb'"timestamp":"(\d{1,10})"', raw)
    moment = int(told[1]) if told else 0
    names = {ord("E"): "{}.event.json", ord("D"): "{}.data.json"}
    while at + 5 <= len(raw):
        size = int.from_bytes(raw[at + 1 : at + 5], "big")
        body = raw[at + 5 : at + 5 + size]
        name = names.get(raw[at], FIRST_NAME).format(hashlib.sha256(body).hexdigest())
        out.write(encode_member(name, body, moment))
        at += 5 + size
    return _read_archive(out.getvalue())


def _read_commitments(raw: bytes) -> int:
    commitments.read_header(io.BytesIO(raw))
    with tempfile.NamedTemporaryFile() as file:
        file.write(raw)
        file.flush()
        return sum(one is not None for one in itertools.islice(commitments.hints(file.name, 32 * 7), 100))


def _read_facts(raw: bytes) -> object:
    return envelope.read_payload(envelope.parse_envelope(raw, FACTS_TYPE, "facts"), RoomFacts, "facts")


def _read_bundle(raw: bytes) -> int:
    found = bundle.open_bundle(io.BytesIO(raw))
    for listed in found.manifest.files:
        bundle.verify_bundle_file(found, listed)
    return len(found.manifest.files)


def _unseal(raw: bytes) -> object:
    return sealing.unseal(raw, PASSPHRASE, kind=KIND)

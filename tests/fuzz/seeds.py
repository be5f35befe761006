"""What the fuzzer begins with: every kind of file that a conference leaves, made once for a run."""

import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import openpyxl

from keys.files.sealing import LEAST_COST, seal
from keys.files.signing import new_signing_key
from tests.voting.rooms import Room, new_draft, new_teller, open_room
from voting.conference.closing import Closed
from voting.conference.draft.agenda import write_draft
from voting.documents.bundles.bundle import write_bundle
from voting.documents.canonical import canonical
from voting.documents.envelope import sign_envelope

KIND, PASSPHRASE = "teller", "a passphrase"
CASE = (
    b'{"rule":{"op":">=","num":3,"den":10,"base":"present"},"selection":{"mode":"top","quota":2},"summoned":45,'
    b'"present":42,"ballots":40,"candidates":[{"id":"c1","name":"A","agree":18,"disagree":20},{"id":"c2","name":"B",'
    b'"agree":18,"disagree":22},{"id":"c3","name":"C","agree":18,"disagree":1}],"head_decision":{"chosen":["c1","c2"],'
    b'"by":"X","reason":"Y","on":"2022-04-10"}}'
)


@dataclass(frozen=True, slots=True)
class Seeds:
    """One file of each kind."""

    election: bytes
    trustees: bytes
    request: bytes
    ballot: bytes
    closed: Closed
    draft: bytes
    sealed: bytes
    bundle: bytes
    confirmation: bytes
    workbook: bytes
    table: bytes


@cache
def vectors() -> dict[str, bytes]:
    """The files of belenios-tool's threshold election."""
    folder = Path(__file__).resolve().parents[1] / "vectors" / "3x2"
    archives = (".bel", ".snapshot")
    return {
        path.name: path.read_bytes() if path.suffix in archives else path.read_bytes().strip()
        for path in folder.iterdir()
        if path.is_file()
    }


def make_seeds(folder: Path) -> tuple[Seeds, Room]:
    """Hold a small conference and take its files; the room is left open for requests."""
    tellers = [new_teller(), new_teller()]
    rooms = [open_room(f"sqlite:///{folder / name}", tellers).open() for name in ("closed.db", "open.db")]
    body = rooms[0].body(rooms[0].drawn[0])
    setup, confirmation = rooms[0].setup(), rooms[0].confirmation(1)
    rooms[0].box.cast(rooms[0].uuid(), body)
    closed = rooms[0].close()
    key = new_signing_key()
    files = {"a.json": canonical(sign_envelope(b"{}", "application/x", key)), "b.txt": b"text"}
    seeds = Seeds(
        election=setup.election,
        trustees=setup.trustees,
        request=body,
        ballot=body.partition(b"\n")[0],
        closed=closed,
        draft=write_draft(new_draft(tellers)).encode(),
        sealed=seal(b"payload", PASSPHRASE, kind=KIND, cost=LEAST_COST),
        bundle=write_bundle("dossier", files, key, "phieukin"),
        confirmation=confirmation,
        workbook=_workbook(),
        table="STT;Họ và tên;Đơn vị\n1;Nguyễn Văn A;Phòng 1\n2;Trần Thị B;Phòng 2\n".encode(),
    )
    rooms[0].storage.close()
    return seeds, rooms[1]


def _workbook() -> bytes:
    book = openpyxl.Workbook()
    for row in (("STT", "Họ và tên", "Đơn vị"), (1, "Nguyễn Văn A", "Phòng 1"), (2, "Trần Thị B", "Phòng 2")):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()

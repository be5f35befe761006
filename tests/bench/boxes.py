"""Closed boxes to measure on: an archive of N ballots of K names, with its sidecar, all proofs real."""

import hashlib
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

from keys import cards, schnorr
from keys.group import base_power, encode_point, random_secret
from voting.documents.archive import ArchiveWriter
from voting.documents.ballot import cast_ballot, proof_text, tracker
from voting.documents.canonical import compact
from voting.documents.commitments import sidecar_of, write_commitments
from voting.documents.election import parse_election

UUID = "BenchE1ection22"
TIME = 1_650_000_000


@dataclass(frozen=True)
class Box:
    """An archive with its sidecar; `bare` is the same archive without one."""

    names: int
    ballots: int
    path: Path
    bare: Path


def make_box(folder: Path, names: int, ballots: int, workers: int) -> Box:
    """Cast the ballots on `workers` processes and close the box; take it from the folder if it is there."""
    place = folder / f"{names}x{ballots}"
    box = Box(names, ballots, place / f"{UUID}.bel", place / "bare" / f"{UUID}.bel")
    if not box.bare.exists():
        box.bare.parent.mkdir(parents=True, exist_ok=True)
        _write(box, workers)
        os.link(box.path, box.bare)
    return box


def _write(box: Box, workers: int) -> None:
    secret = random_secret()
    election = make_election(box.names, encode_point(base_power(secret)))
    drawn = [cards.new_card() for _ in range(box.ballots)]
    with ProcessPoolExecutor(workers) as pool:
        cast = list(pool.map(_cast, repeat(election), drawn, range(box.ballots), chunksize=16))
    cast.sort(key=lambda one: tracker(one[0]))
    owner = {"pok": proof_text(schnorr.prove_possession(secret)), "public_key": encode_point(base_power(secret))}
    credentials = sorted(encode_point(cards.credential(card, UUID)) for card in drawn)
    with box.path.open("wb") as file:
        writer = ArchiveWriter(file, TIME)
        writer.add_setup(election, compact([["Single", owner]]), compact(credentials))
        for raw, _ in cast:
            writer.add_ballot(raw)
        writer.add_end_ballots()
    with sidecar_of(box.path).open("wb") as file:
        write_commitments(file, hashlib.sha256(box.path.read_bytes()).digest(), [points for _, points in cast])


def make_election(names: int, key: str) -> bytes:
    """election.json of a paper of so many names."""
    questions = [
        {"answers": ["Đồng ý", "Không đồng ý"], "min": 0, "max": 1, "question": f"Ông {number}"}
        for number in range(1, names + 1)
    ]
    fields = {"version": 1, "description": "", "name": "", "group": "Ed25519", "public_key": key}
    more = {"questions": questions, "uuid": UUID, "administrator": "", "credential_authority": ""}
    return compact(fields | more)


def _cast(raw_election: bytes, card: str, number: int) -> tuple[bytes, bytes]:
    election = parse_election(raw_election)
    choices = ([1, 0], [0, 1], [0, 0])
    made = cast_ballot(election, card, [choices[(number + at) % 3] for at in range(len(election.questions))])
    return made.raw, made.commitments

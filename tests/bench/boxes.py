"""Closed boxes to measure on: an archive of N ballots of K names, with its sidecar, all proofs real."""

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice, repeat
from pathlib import Path

import msgspec

from keys import cards
from keys.group import base_power, encode_point, random_secret
from keys.proofs import schnorr
from keys.wire import proof_text
from voting.documents.archives.archive import ArchiveWriter, open_archive
from voting.documents.archives.commitments import hints, sidecar_of, write_commitments
from voting.documents.archives.file_ranges import read_ranges
from voting.documents.ballots.ballot import cast_ballot, tracker
from voting.documents.ballots.request import commitments_size
from voting.documents.canonical import compact
from voting.documents.conferences.election import parse_election

UUID = "BenchE1ection22"
TIME = 1_650_000_000


class _Card(msgspec.Struct):
    """The part of a ballot that is needed here."""

    credential: str


@dataclass(frozen=True)
class Box:
    """An archive with its sidecar; `bare` is the same archive without one."""

    names: int
    ballots: int
    path: Path
    bare: Path


def make_boxes(folder: Path, names: int, sizes: Sequence[int], workers: int) -> list[Box]:
    """A box of each size, smallest first: the largest is cast on `workers` processes, the others hold part of it.

    Those that are in the folder already are taken from there.
    """
    made: list[Box] = []
    for size in sorted(sizes, reverse=True):
        place = folder / f"{names}x{size}"
        box = Box(names, size, place / f"{UUID}.bel", place / "bare" / f"{UUID}.bel")
        if not box.bare.exists():
            box.bare.parent.mkdir(parents=True, exist_ok=True)
            if made:
                _cut(made[0], box)
            else:
                _cast_all(box, workers)
            os.link(box.path, box.bare)
        made.append(box)
    return made[::-1]


def _cut(whole: Box, part: Box) -> None:
    """Close a box with the first ballots of a larger one, and their cards alone."""
    with open_archive(whole.path) as archive:
        entries = archive.entries()
        election, trustees, *_ = next(entries).records
        ballots = [entry.records[-1] for entry in islice(entries, part.ballots)]
        places = islice(hints(sidecar_of(whole.path), commitments_size(parse_election(election))), part.ballots)
        points = list(read_ranges(place for place in places if place is not None))
    credentials = [msgspec.json.decode(raw, type=_Card).credential for raw in ballots]
    assert len(points) == part.ballots and None not in points, "a box has a whole sidecar"
    _write(part, election, trustees, credentials, list(zip(ballots, points, strict=True)))  # type: ignore[arg-type]


def _cast_all(box: Box, workers: int) -> None:
    secret = random_secret()
    election = make_election(box.names, encode_point(base_power(secret)))
    drawn = [cards.new_card() for _ in range(box.ballots)]
    with ProcessPoolExecutor(workers) as pool:
        cast = list(pool.map(_cast, repeat(election), drawn, range(box.ballots), chunksize=16))
    cast.sort(key=lambda one: tracker(one[0]))
    owner = {"pok": proof_text(schnorr.prove_possession(secret)), "public_key": encode_point(base_power(secret))}
    credentials = [encode_point(cards.credential(card, UUID)) for card in drawn]
    _write(box, election, compact([["Single", owner]]), credentials, cast)


def _write(
    box: Box, election: bytes, trustees: bytes, credentials: Sequence[str], cast: Sequence[tuple[bytes, bytes]]
) -> None:
    """Write the archive and its sidecar."""
    with box.path.open("wb") as file:
        writer = ArchiveWriter(file, TIME)
        writer.add_setup(election, trustees, compact(sorted(credentials)))
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

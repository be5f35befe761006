"""Accept ballots in batches; see ``chunk`` for the whole and ``tally/fast/README.md`` for why it is sound.

What comes back as None is not yet refused: the reference verifier decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from keys.elgamal import Ciphertext
from keys.group import Point
from tally.fast.arithmetic.curve import EXTENDED, Words, decode, encode
from tally.fast.arithmetic.membership import are_members, members
from tally.fast.arithmetic.products import multiply_ballots, multiply_ranges
from tally.fast.equations import equations_hold
from tally.fast.layout import Layout, layout_of
from tally.fast.parsed_ballot import POINT, ParsedBallot, hashes_match, parse, spell
from tally.fast.recomputed import recomputed_match
from voting.documents.archives.outcome import Tally
from voting.documents.ballots.request import ballot_limit
from voting.documents.conferences.election import Election

BATCH_POINTS = 60_000
"""Points of one batch, at most (but one ballot at least): some 15 MB of working memory."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A valid ballot: its parts, and its decoded points in the order of ``ParsedBallot.points``."""

    parsed: ParsedBallot
    points: Words


@dataclass(slots=True)
class _Candidate:
    """A ballot whose points are on the curve; ``commitments`` are there if its challenges are their hashes."""

    place: int
    parsed: ParsedBallot
    points: Words
    products: Words
    commitments: Words | None = None


def accept(
    election: Election, raw_ballots: Sequence[bytes], commitments: Sequence[bytes | None]
) -> list[Accepted | None]:
    """Return for each ballot what was accepted, or None where the reference verifier has to decide."""
    layout, limit = layout_of(election), ballot_limit(election)
    step = max(1, BATCH_POINTS // (2 * layout.choices + 1 + layout.commitments))
    accepted: list[Accepted | None] = []
    for start in range(0, len(raw_ballots), step):
        parsed_ballots = [parse(election, layout, raw, limit) for raw in raw_ballots[start : start + step]]
        accepted += _accept_batch(election.public_key, layout, parsed_ballots, commitments[start : start + step])
    return accepted


def _accept_batch(
    public_key: bytes,
    layout: Layout,
    parsed_ballots: Sequence[ParsedBallot | None],
    commitments: Sequence[bytes | None],
) -> list[Accepted | None]:
    candidates = list(_candidates(layout, parsed_ballots))
    _take_commitments(layout, candidates, commitments)
    accepted: list[Accepted | None] = [None] * len(parsed_ballots)
    for one in _valid(public_key, layout, candidates):
        accepted[one.place] = Accepted(one.parsed, one.points)
    return accepted


def _candidates(layout: Layout, parsed_ballots: Sequence[ParsedBallot | None]) -> Iterator[_Candidate]:
    """Decode the points of all ballots; leave out ballots with bytes that are no point."""
    rows, good = decode(b"".join(parsed.points for parsed in parsed_ballots if parsed is not None))
    count, at = 2 * layout.choices + 1, 0
    for place, parsed in enumerate(parsed_ballots):
        if parsed is None:
            continue
        own, fine = rows[at : at + count], bool(good[at : at + count].all())
        at += count
        if fine:
            yield _Candidate(place, parsed, own, multiply_ranges(own, layout.summed))


def _take_commitments(layout: Layout, candidates: Sequence[_Candidate], commitments: Sequence[bytes | None]) -> None:
    """Attach commitments to the ballots whose challenges are their hashes."""
    if not candidates:
        return
    products = spell(encode(np.concatenate([one.products for one in candidates])))
    width = len(products) // len(candidates) + 1  # characters of a ballot's products, the comma behind included
    matching = []
    for number, one in enumerate(candidates):
        raw = commitments[one.place]
        own = products[number * width : (number + 1) * width]
        if raw is not None and len(raw) == POINT * layout.commitments and hashes_match(layout, one.parsed, own, raw):
            matching.append((one, raw))
    rows, good = decode(b"".join(raw for _, raw in matching))
    for number, (one, _) in enumerate(matching):
        part = slice(number * layout.commitments, (number + 1) * layout.commitments)
        if good[part].all():
            one.commitments = rows[part]


def _valid(public_key: bytes, layout: Layout, candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """Return the candidates that are valid ballots."""
    fast = [one for one in candidates if one.commitments is not None]
    slow = [one for one in candidates if one.commitments is None]
    proven = [one.commitments for one in fast if one.commitments is not None]
    points = [one.points for one in candidates]
    if points and not are_members(np.concatenate((*points, *proven))):
        slow = [one for one in candidates if members(one.points).all()]
    elif fast and not equations_hold(
        public_key, layout, [one.parsed for one in fast], [one.points for one in fast], proven
    ):
        slow = list(candidates)
    else:
        return fast + [one for one in slow if _recomputed(public_key, layout, one)]
    return [one for one in slow if _recomputed(public_key, layout, one)]


def _recomputed(public_key: bytes, layout: Layout, one: _Candidate) -> bool:
    """Check one ballot without commitments; its points must be in the subgroup."""
    return recomputed_match(public_key, layout, one.parsed, one.points, one.products)


def sum_accepted(layout: Layout, accepted: Sequence[Accepted]) -> Tally:
    """Return the encrypted sum of valid ballots."""
    totals = multiply_ballots([one.points for one in accepted], 2 * layout.choices)
    raw = encode(totals.reshape(-1, EXTENDED))
    points = [Point(raw[at : at + POINT]) for at in range(0, len(raw), POINT)]
    return tuple(tuple(Ciphertext(points[2 * i], points[2 * i + 1]) for i in choices) for choices in layout.questions)

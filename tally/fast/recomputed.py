"""Check a ballot's challenges against the commitments that its responses imply: the way without a sidecar.

The verdict is exact; the only precondition is that every ciphertext and the credential are in the subgroup.
"""

from __future__ import annotations

import functools
from itertools import groupby

import numpy as np

from keys.group import BASE
from tally.fast.arithmetic.curve import EXTENDED, Q, Words, encode, words_of
from tally.fast.arithmetic.powers import implied, table_of
from tally.fast.arithmetic.products import extend
from tally.fast.layout import Layout
from tally.fast.parsed_ballot import ParsedBallot, hashes_match, spell


@functools.lru_cache(maxsize=8)
def _runs(layout: Layout) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """Group consecutive branches of a claim on one ciphertext; return ciphertexts, first branches, and all values."""
    ciphertexts, starts, at = [], [0], 0
    for claim in layout.claims:
        for ciphertext, branches in groupby(claim.branches, lambda branch: branch[0]):
            at += len(list(branches))
            ciphertexts.append(ciphertext)
            starts.append(at)
    return tuple(ciphertexts), tuple(starts), tuple(value for _, value in layout.branches)


def implied_commitments(
    public_key: bytes, layout: Layout, parsed: ParsedBallot, points: Words, products: Words
) -> bytes:
    """Compute the commitments of a ballot, 32 bytes each in the order of the layout.

    Args:
        public_key: the election key y.
        layout: of the election.
        parsed: the ballot.
        points: its decoded points in the order of ``ParsedBallot.points``.
        products: the products of the questions' ciphertexts, alpha and beta of each, in extended coordinates.
    """
    ciphertexts, starts, values = _runs(layout)
    extended = extend(points)
    ciphertexts_of = np.concatenate((extended[:-1], products)).reshape(-1, 2, EXTENDED)[list(ciphertexts)]
    # the signature is one more branch of which only A counts: on (credential, identity)
    alphas = np.concatenate((ciphertexts_of[:, 0], extended[-1:]))
    betas = np.ascontiguousarray(ciphertexts_of[:, 1])
    challenges, responses = words_of(list(parsed.challenges)), words_of(list(parsed.responses))
    turned = words_of([-value * one % Q for value, one in zip(values, parsed.challenges, strict=False)] + [0])
    generator, key, count = table_of(bytes(BASE)), table_of(public_key), len(values)
    bounds = np.array((*starts, count + 1), dtype=np.int64)
    found = np.empty((2, count + 1, EXTENDED), dtype=np.uint64)
    implied(alphas, bounds, challenges, responses, generator, np.zeros_like(turned), generator, found[0])
    implied(betas, bounds[:-1], challenges, responses, key, turned, generator, found[1])
    found[1, count] = found[0, count]
    return encode(found.transpose(1, 0, 2).reshape(-1, EXTENDED)[:-1])


def recomputed_match(public_key: bytes, layout: Layout, parsed: ParsedBallot, points: Words, products: Words) -> bool:
    """Tell whether all proofs and the signature of a ballot hold; arguments as ``implied_commitments``."""
    commitments = implied_commitments(public_key, layout, parsed, points, products)
    return hashes_match(layout, parsed, spell(encode(products)), commitments)

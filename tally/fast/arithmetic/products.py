"""Products of ciphertexts, compiled: of each question's choices, and of many ballots."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tally.fast.arithmetic.compiled import kernel
from tally.fast.arithmetic.curve import EXTENDED, IDENTITY, Words, add_affine, load, load_affine, store


@kernel
def _extend(points: Words, extended: Words) -> None:
    """Bring decoded points to extended coordinates."""
    for i in range(points.shape[0]):
        store(extended[i], add_affine(IDENTITY, load_affine(points[i])))


@kernel
def _multiply_ranges(points: Words, bounds: npt.NDArray[np.int64], products: Words) -> None:
    """Write the product of the alphas and that of the betas of each range of choices."""
    for i in range(bounds.shape[0]):
        alpha, beta = IDENTITY, IDENTITY
        for choice in range(bounds[i, 0], bounds[i, 1]):
            alpha = add_affine(alpha, load_affine(points[2 * choice]))
            beta = add_affine(beta, load_affine(points[2 * choice + 1]))
        store(products[2 * i], alpha)
        store(products[2 * i + 1], beta)


@kernel
def _accumulate(points: Words, totals: Words) -> None:
    """Multiply each total by the point of its row."""
    for i in range(totals.shape[0]):
        store(totals[i], add_affine(load(totals[i]), load_affine(points[i])))


def extend(points: Words) -> Words:
    """Return decoded points in extended coordinates."""
    extended = np.empty((len(points), EXTENDED), dtype=np.uint64)
    _extend(points, extended)
    return extended


def multiply_ranges(points: Words, ranges: Sequence[range]) -> Words:
    """Return the products of ranges of ciphertexts, alpha and beta of each, in extended coordinates."""
    bounds = np.array([(one.start, one.stop) for one in ranges], dtype=np.int64)
    products = np.empty((2 * len(ranges), EXTENDED), dtype=np.uint64)
    _multiply_ranges(points, bounds, products)
    return products


def multiply_ballots(ballots: Sequence[Words], count: int) -> Words:
    """Return the products, point by point, of the first ``count`` decoded points of each ballot."""
    totals = _identities(count)
    for points in ballots:
        _accumulate(points[:count], totals)
    return totals


def _identities(count: int) -> Words:
    """Return extended rows that are all the identity."""
    row = np.array([limb for field in IDENTITY for limb in field], dtype=np.uint64)
    return np.tile(row, (count, 1))

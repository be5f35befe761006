"""Multi-scalar multiplication by buckets (Pippenger), compiled; for public data only.

``is_zero_sum`` answers whether sum n_i P_i is the identity for decoded points P_i. Numbers come in two lengths:
coefficients of 128 bits, and linear combinations below q; the short ones skip the upper windows. Windows have signed
digits, which halves the buckets. Every addition is complete, so it does not matter which points meet in a bucket.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tally.fast.arithmetic.compiled import kernel
from tally.fast.arithmetic.curve import (
    AFFINE,
    EXTENDED,
    IDENTITY,
    Extended,
    Words,
    add,
    add_affine,
    double,
    is_identity,
    load,
    load_affine,
    store,
    subtract_affine,
)

Digits = npt.NDArray[np.int16]

LONG_BITS = 253
"""Bits of a number below q."""
SHORT_BITS = 128
"""Bits of a random coefficient (design, section 6)."""
_WIDEST = 14  # bits of a window: 8192 buckets of 160 bytes still fit a second-level cache
_FULL_ADDITION = 1.3  # cost of an addition of two extended points, in additions of a decoded one


@kernel
def signed_digits(number: Words, bits: int, windows: int, digits: Digits) -> None:
    """Write ``number`` as sum digits[w] 2^(bits w) with -2^(bits-1) < digits[w] <= 2^(bits-1).

    ``windows * bits`` must exceed the number's own bits, so that the last carry finds a window.
    """
    half, carry = 1 << (bits - 1), 0
    for w in range(windows):
        at = w * bits
        word, shift = at >> 6, at & 63
        value = np.uint64(0)
        if word < 4:
            value = number[word] >> np.uint64(shift)
            if shift + bits > 64 and word < 3:
                value |= number[word + 1] << np.uint64(64 - shift)
        digit = np.int64(value & np.uint64((1 << bits) - 1)) + carry
        carry = 0
        if digit > half:
            digit -= 1 << bits
            carry = 1
        digits[w] = digit


@kernel
def sum_of_buckets(buckets: Words) -> Extended:
    """Return sum (i + 1) B_i by running sums from the top."""
    running, total = IDENTITY, IDENTITY
    for i in range(buckets.shape[0] - 1, -1, -1):
        running = add(running, load(buckets[i]))
        total = add(total, running)
    return total


@kernel
def clear(buckets: Words) -> None:
    """Set every bucket to the identity."""
    for i in range(buckets.shape[0]):
        store(buckets[i], IDENTITY)


@kernel
def _window(points: Words, digits: Digits, buckets: Words) -> Extended:
    """Sort points into buckets by their digit of one window, and sum the buckets."""
    clear(buckets)
    for i in range(digits.shape[0]):
        digit = digits[i]
        if digit > 0:
            row = buckets[digit - 1]
            store(row, add_affine(load(row), load_affine(points[i])))
        elif digit < 0:
            row = buckets[-digit - 1]
            store(row, subtract_affine(load(row), load_affine(points[i])))
    return sum_of_buckets(buckets)


@kernel
def _sum(points: Words, numbers: Words, long: int, bits: int, long_windows: int, short_windows: int) -> Extended:
    """Sum n_i P_i, of which the first ``long`` numbers may have 253 bits and the others 128."""
    count = points.shape[0]
    digits = np.zeros((long_windows, count), dtype=np.int16)
    own = np.empty(long_windows, dtype=np.int16)
    for i in range(count):
        windows = long_windows if i < long else short_windows
        signed_digits(numbers[i], bits, windows, own)
        for w in range(windows):
            digits[w, i] = own[w]
    buckets = np.empty((1 << (bits - 1), EXTENDED), dtype=np.uint64)
    total = IDENTITY
    for w in range(long_windows - 1, -1, -1):
        for _ in range(bits):
            total = double(total)
        upto = count if w < short_windows else long
        total = add(total, _window(points[:upto], digits[w, :upto], buckets))
    return total


@kernel
def _is_zero(points: Words, numbers: Words, long: int, bits: int, long_windows: int, short_windows: int) -> bool:
    """Tell whether the sum is the identity."""
    return is_identity(_sum(points, numbers, long, bits, long_windows, short_windows))


def _windows(length: int, bits: int) -> int:
    """Return how many windows hold a number of ``length`` bits and its last carry."""
    return length // bits + 1


def _cheapest(long: int, short: int) -> int:
    """Return the bits of a window that cost least."""

    def cost(bits: int) -> float:
        additions = long * _windows(LONG_BITS, bits) + short * _windows(SHORT_BITS, bits)
        return additions + _FULL_ADDITION * float(1 << bits) * _windows(LONG_BITS, bits)

    return min(range(2, _WIDEST + 1), key=cost)


def is_zero_sum(points: Words, numbers: Words, long: int) -> bool:
    """Tell whether sum n_i P_i is the identity.

    Args:
        points: decoded points, one a row.
        numbers: four little-endian words a row; the first ``long`` rows below q, the others below 2^128.
        long: how many rows may be longer than 128 bits.
    """
    if points.shape != (len(numbers), AFFINE) or numbers.shape[1:] != (4,) or not 0 <= long <= len(numbers):
        raise ValueError("one number of four words for each decoded point expected")
    if numbers[long:, 2:].any():
        raise ValueError("a short number has more than 128 bits")
    bits = _cheapest(long, len(numbers) - long)
    return bool(_is_zero(points, numbers, long, bits, _windows(LONG_BITS, bits), _windows(SHORT_BITS, bits)))

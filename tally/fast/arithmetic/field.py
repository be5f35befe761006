"""Arithmetic modulo p = 2^255 - 19, compiled; for public data only.

An element is a tuple of five limbs of 51 bits, least significant first. Limbs are kept in two ranges:

* *tight*: every limb < 2^51 + 2^13. Products and squares are tight.
* *loose*: every limb < 2^54. A sum of a few tight elements is, and so is a difference of a sum and a tight element.

``multiply`` and ``square`` take loose elements: a column is at most 5 * 19 * 2^108 < 2^115, its carry at most 2^64, and
the last column, which has no factor 19, is at most 5 * 2^108 + 2^64, so that 19 times its carry stays below 2^64.
Products of limbs are 128 bits wide; numba has no such type, so both functions write their LLVM code themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils

from tally.fast.arithmetic.compiled import intrinsic, kernel

Field = tuple[np.uint64, np.uint64, np.uint64, np.uint64, np.uint64]

P = 2**255 - 19
"""The prime of the field (RFC 8032, section 5.1)."""

_FIELD: Any = types.UniTuple(types.uint64, 5)  # type: ignore[no-untyped-call]
_BITS = 51
_WIDE = ir.IntType(128)
_WORD = ir.IntType(64)

MASK = np.uint64(2**51 - 1)
_S51 = np.uint64(51)
_ONE = np.uint64(1)
_NIL = np.uint64(0)
_NINETEEN = np.uint64(19)
# 4p, limb by limb: added before a subtraction, so that no limb goes below zero
_FOUR_P0 = np.uint64(4 * (2**51 - 19))
_FOUR_P = np.uint64(4 * (2**51 - 1))


def limbs(number: int) -> Field:
    """Return the tight limbs of ``number`` modulo p (plain Python, for constants and tests)."""
    number %= P
    low, second, third, fourth, high = (np.uint64(number >> (_BITS * i) & (2**51 - 1)) for i in range(5))
    return (low, second, third, fourth, high)


def number(element: Field) -> int:
    """Return the number below p that ``element`` stands for (plain Python, for tests)."""
    return sum(int(limb) << (_BITS * i) for i, limb in enumerate(element)) % P


ZERO: Field = limbs(0)
ONE: Field = limbs(1)


def _carried(builder: Any, columns: list[Any]) -> Any:
    """Carry five columns of 128 bits into five tight limbs."""
    mask, shift = ir.Constant(_WORD, 2**51 - 1), ir.Constant(_WIDE, _BITS)
    result, carry = [], None
    for column in columns:
        if carry is not None:
            column = builder.add(column, builder.zext(carry, _WIDE))
        result.append(builder.and_(builder.trunc(column, _WORD), mask))
        carry = builder.trunc(builder.lshr(column, shift), _WORD)
    first = builder.add(result[0], builder.mul(carry, ir.Constant(_WORD, 19)))
    result[0] = builder.and_(first, mask)
    result[1] = builder.add(result[1], builder.lshr(first, ir.Constant(_WORD, _BITS)))
    return cgutils.pack_array(builder, result)  # type: ignore[no-untyped-call]


def _limbs_of(builder: Any, element: Any, factor: int = 1) -> list[Any]:
    """Take an element apart into five values of 128 bits, each times a small ``factor``."""
    words = [builder.extract_value(element, i) for i in range(5)]
    if factor != 1:
        words = [builder.mul(word, ir.Constant(_WORD, factor)) for word in words]
    return [builder.zext(word, _WIDE) for word in words]


def _total(builder: Any, terms: list[Any]) -> Any:
    """Add up values of 128 bits."""
    total = terms[0]
    for term in terms[1:]:
        total = builder.add(total, term)
    return total


@intrinsic
def _multiply(typing: Any, a: Any, b: Any) -> tuple[Any, Callable[..., Any]]:
    """Multiply two loose elements; the product is tight."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        left = _limbs_of(builder, args[0])
        right, folded = _limbs_of(builder, args[1]), _limbs_of(builder, args[1], 19)
        columns = []
        for k in range(5):
            terms = [builder.mul(left[i], right[k - i] if i <= k else folded[k - i + 5]) for i in range(5)]
            columns.append(_total(builder, terms))
        return _carried(builder, columns)

    return _FIELD(_FIELD, _FIELD), generate


@intrinsic
def _square(typing: Any, a: Any) -> tuple[Any, Callable[..., Any]]:
    """Square a loose element; the square is tight."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        plain, double = _limbs_of(builder, args[0]), _limbs_of(builder, args[0], 2)
        folded = _limbs_of(builder, args[0], 19)
        columns = []
        for k in range(5):
            terms = []
            for i in range(5):
                j = (k - i) % 5
                if i <= j:
                    right = plain[j] if i + j < 5 else folded[j]
                    terms.append(builder.mul(plain[i] if i == j else double[i], right))
            columns.append(_total(builder, terms))
        return _carried(builder, columns)

    return _FIELD(_FIELD), generate


multiply: Callable[[Field, Field], Field] = _multiply
square: Callable[[Field], Field] = _square


@kernel
def plus(a: Field, b: Field) -> Field:
    """Add without carrying: limbs add up."""
    return (a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3], a[4] + b[4])


@kernel
def minus(a: Field, b: Field) -> Field:
    """Subtract without carrying: no limb of b may exceed 4p's (about 2^53); the result is below a + 2^53."""
    return (
        a[0] + _FOUR_P0 - b[0],
        a[1] + _FOUR_P - b[1],
        a[2] + _FOUR_P - b[2],
        a[3] + _FOUR_P - b[3],
        a[4] + _FOUR_P - b[4],
    )


@kernel
def _carry(a: Field) -> Field:
    """Carry once around: from loose to limbs < 2^51 + 19 * 2^13."""
    r1 = a[1] + (a[0] >> _S51)
    r2 = a[2] + (r1 >> _S51)
    r3 = a[3] + (r2 >> _S51)
    r4 = a[4] + (r3 >> _S51)
    return ((a[0] & MASK) + (r4 >> _S51) * _NINETEEN, r1 & MASK, r2 & MASK, r3 & MASK, r4 & MASK)


@kernel
def canonical(a: Field) -> Field:
    """Return the one representation below p of a loose element."""
    a = _carry(_carry(a))
    # now a < 2^255 + 19 * 2: the quotient by p is 0 or 1, and is the carry out of a + 19
    carry = (a[0] + _NINETEEN) >> _S51
    for i in range(1, 5):
        carry = (a[i] + carry) >> _S51
    r0 = a[0] + carry * _NINETEEN
    r1 = a[1] + (r0 >> _S51)
    r2 = a[2] + (r1 >> _S51)
    r3 = a[3] + (r2 >> _S51)
    r4 = a[4] + (r3 >> _S51)
    return (r0 & MASK, r1 & MASK, r2 & MASK, r3 & MASK, r4 & MASK)


@kernel
def is_zero(a: Field) -> bool:
    """Tell whether a loose element is 0 modulo p."""
    c = canonical(a)
    return bool((c[0] | c[1] | c[2] | c[3] | c[4]) == _NIL)


@kernel
def is_odd(a: Field) -> bool:
    """Tell whether the canonical representation is odd: the sign of RFC 8032, section 5.1.2."""
    return bool((canonical(a)[0] & _ONE) == _ONE)


@kernel
def squares(a: Field, times: int) -> Field:
    """Square ``times`` times over."""
    for _ in range(times):
        a = square(a)
    return a


@kernel
def _power_250(a: Field) -> tuple[Field, Field]:
    """Return a^11 and a^(2^250 - 1), the common part of both powers below."""
    a2 = square(a)
    a9 = multiply(squares(a2, 2), a)
    a11 = multiply(a9, a2)
    b5 = multiply(square(a11), a9)
    b10 = multiply(squares(b5, 5), b5)
    b20 = multiply(squares(b10, 10), b10)
    b40 = multiply(squares(b20, 20), b20)
    b50 = multiply(squares(b40, 10), b10)
    b100 = multiply(squares(b50, 50), b50)
    b200 = multiply(squares(b100, 100), b100)
    return a11, multiply(squares(b200, 50), b50)


@kernel
def inverse(a: Field) -> Field:
    """Return a^(p - 2): 1 / a, or 0 for 0."""
    a11, b250 = _power_250(a)
    return multiply(squares(b250, 5), a11)


@kernel
def root_power(a: Field) -> Field:
    """Return a^((p - 5) / 8), from which a square root follows (RFC 8032, section 5.1.3)."""
    return multiply(squares(_power_250(a)[1], 2), a)

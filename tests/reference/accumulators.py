# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""Streaming accumulators (contract, end of section 2): where parts may be merged, and what an exact one holds.

The bits of a stream are those of one call, so its chunks do not show here.
"""
import math

import numpy as np

from arithmetic import nearest
from exact import Exact, collect, decompose
from narrow import compute_format
from tree import Wide


def lanes_of(policy, fmt):
    """W of section 2."""
    return 8 if policy is Wide else compute_format(fmt).lanes


def check_merges(cuts, count, lanes):
    """Each part but the first may follow all that is before it."""
    for cut, end in zip(cuts, [*cuts[1:], count]):
        if end > cut:
            rows = -(-(end - cut) // lanes)
            assert cut % (lanes * 2 ** (rows.bit_length() - 1)) == 0, (cuts, count, lanes)


def may_merge_anywhere(policy):
    return policy is Exact or policy is None


class Contents:
    """What an exact accumulator holds: an integer, how many are not finite, and two flags."""

    def __init__(self, fmt):
        self.fmt, self.compute = fmt, compute_format(fmt)
        self.scale = -2 * self.compute.least  # 2^-scale is the product of the two least numbers
        self.integer = 0
        self.nan = self.positive = self.negative = 0
        self.any = self.other = False

    def add(self, x, *y, sign=1):
        """Elements, or products of the elements of two operands; sign -1 takes them out again."""
        with np.errstate(all="ignore"):
            x, *y = (np.asarray(v, dtype=np.float64) for v in (x, *y))
            finite, terms = np.isfinite(x), x
            for v in y:  # of products: of finite factors only their zeros and signs count
                finite = finite & np.isfinite(v)
                zero = (x == 0) | (v == 0)
                plain = np.where(np.signbit(x) == np.signbit(v), 1.0, -1.0) * np.where(zero, 0.0, 1.0)
                terms = np.where(finite, plain, x * v)
        self.nan += sign * int(np.isnan(terms).sum())
        self.positive += sign * int((terms == math.inf).sum())
        self.negative += sign * int((terms == -math.inf).sum())
        self.any = self.any or len(terms) > 0
        minus_zero = (terms == 0) & np.signbit(terms)
        self.other = self.other or (len(terms) > 0 and (sign < 0 or not minus_zero.all()))
        parts = [decompose(np.where(finite, v, 0.0)) for v in (x, *y)]
        mantissas = [math.prod(m) for m in zip(*(part[0] for part in parts))]
        exponents = [sum(e) for e in zip(*(part[1] for part in parts))]
        mantissa, exponent = collect(mantissas, exponents)
        shift = exponent + self.scale
        if shift < 0:
            assert mantissa % 2**-shift == 0
            self.integer += sign * (mantissa >> -shift)
        else:
            self.integer += sign * (mantissa << shift)

    def value(self):
        """Rounded once."""
        if self.nan != 0 or (self.positive != 0 and self.negative != 0):
            return math.nan
        if self.positive != 0 or self.negative != 0:
            return math.copysign(math.inf, 1 if self.negative == 0 else -1)
        if self.integer == 0:
            return -0.0 if self.any and not self.other else 0.0
        return nearest(self.integer, -self.scale, self.fmt)

    def saved(self):
        """The bytes: magic, type, flags, three counts of 64 bits, the integer in two's complement, all little-endian.

        The integer has room for the largest products, 64 bits of carries and a sign, in steps of 32 bits.
        """
        size = 4 * ((2 * self.scale + 64 + 32) // 32 + 2)
        flags = int(self.any) + 2 * int(self.other)
        head = b"detopsX1" + bytes([1 if self.compute.precision == 24 else 2, flags])
        counts = [n.to_bytes(8, "little", signed=True) for n in (self.nan, self.positive, self.negative)]
        return head + b"".join(counts) + self.integer.to_bytes(size, "little", signed=True)

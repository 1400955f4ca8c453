# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""Contract section 1: rounding to nearest even, TwoSum, fma, the canonical NaN.

Numbers are numpy arrays of float32 or float64; numpy's + - * / sqrt round each result once.
"""
import math
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Format:
    name: str
    dtype: type
    bits: type  # unsigned integers of the same size
    precision: int  # significand bits with the hidden one
    least: int  # exponent of the smallest subnormal
    overflow: int  # finite magnitudes are below 2^overflow
    nan: int
    lanes: int  # 64 bytes of them (section 2)

    @property
    def digits(self):
        return 2 * np.dtype(self.dtype).itemsize


FLOAT32 = Format("float32", np.float32, np.uint32, 24, -149, 128, 0x7FC00000, 16)
FLOAT64 = Format("float64", np.float64, np.uint64, 53, -1074, 1024, 0x7FF8000000000000, 8)
FORMATS = {f.name: f for f in (FLOAT32, FLOAT64)}


def format_of(x):
    return FORMATS[np.dtype(x.dtype).name]


def to_bits(x):
    """The bits of a floating-point array."""
    return x.view(format_of(x).bits)


def from_bits(bits, fmt):
    return np.asarray(bits, dtype=fmt.bits).view(fmt.dtype)


def canonical(x):
    """x with every NaN replaced by the canonical quiet one."""
    fmt = format_of(x)
    return np.where(np.isnan(x), from_bits([fmt.nan], fmt), x).astype(fmt.dtype, copy=False)


def nearest(mantissa, exponent, fmt):
    """The integer mantissa times 2^exponent, rounded to fmt (a Python float holds the result)."""
    magnitude, sign = abs(mantissa), -1.0 if mantissa < 0 else 1.0
    if magnitude.bit_length() + exponent < fmt.least:  # below half of the smallest subnormal
        return sign * 0.0
    drop = max(magnitude.bit_length() - fmt.precision, fmt.least - exponent)
    if drop > 0:
        kept, rest, half = magnitude >> drop, magnitude & ((1 << drop) - 1), 1 << (drop - 1)
        if rest > half or (rest == half and kept % 2 == 1):
            kept += 1
        magnitude, exponent = kept, exponent + drop
    if magnitude.bit_length() + exponent > fmt.overflow:
        return sign * math.inf
    return sign * math.ldexp(magnitude, exponent)


def split_integer(x):
    """A finite Python float as (mantissa, exponent), two integers."""
    fraction, exponent = math.frexp(x)
    return int(math.ldexp(fraction, 53)), exponent - 53


def fma_exact(a, b, c, fmt):
    """fma of finite Python floats by integers; a and b are not zero."""
    (ma, ea), (mb, eb), (mc, ec) = split_integer(a), split_integer(b), split_integer(c)
    low = min(ea + eb, ec)
    total = ((ma * mb) << (ea + eb - low)) + (mc << (ec - low))
    return nearest(total, low, fmt) if total else 0.0


def two_sum(a, b):
    s = a + b
    b1 = s - a
    a1 = s - b1
    return s, (a - a1) + (b - b1)


def add_to_odd(x, y):
    """x + y in float64, rounded to odd: cut, and the last bit set where anything was cut off.

    A value so rounded can be rounded again to at most 51 bits without a double rounding error.
    """
    s, t = two_sum(x, y)
    bits = s.view(np.int64)
    step = np.where((t > 0) == (s > 0), 1, -1)
    change = np.isfinite(t) & (t != 0) & (bits % 2 == 0)
    return np.where(change, bits + step, bits).view(np.float64)


def fma(a, b, c):
    """fma(a, b, c) with one rounding, element by element; operands broadcast."""
    with np.errstate(all="ignore"):
        a, b, c = np.asarray(a), np.asarray(b), np.asarray(c)
        return canonical(_fma32(a, b, c) if c.dtype == np.float32 else _fma64(a, b, c))


def _fma32(a, b, c):
    # 48 bits of product and every exponent fit float64; the sum then needs 24 bits and the range
    # of float32, subnormals included.
    wide = np.float64
    odd = add_to_odd(a.astype(wide) * b.astype(wide), c.astype(wide))
    return np.asarray(odd).astype(np.float32)


def _two_product(a, b):
    """Dekker's exact product, for operands and products away from overflow and underflow."""
    def split(x):
        y = x * 134217729.0  # 2^27 + 1
        high = y - (y - x)
        return high, x - high

    p = a * b
    (ah, al), (bh, bl) = split(a), split(b)
    return p, ((ah * bh - p) + ah * bl + al * bh) + al * bl


def _fma64(a, b, c):
    a, b, c = np.broadcast_arrays(a, b, c)
    p = a * b
    finite = np.isfinite(a) & np.isfinite(b)
    result = np.where(finite & ~np.isfinite(c), c, p + c)  # right where an operand is 0, inf, NaN
    exact = finite & np.isfinite(c) & (a != 0) & (b != 0)
    # Boldo and Melquiond (2008): the low parts rounded to odd, one rounding at the end.
    size = np.abs(p)
    safe = (exact & (size >= 2.0**-900) & (size < 2.0**1000) & (np.abs(c) < 2.0**1000)
            & (np.abs(a) < 2.0**990) & (np.abs(b) < 2.0**990))
    uh, ul = _two_product(a, b)
    th, tl = two_sum(c, ul)
    vh, vl = two_sum(uh, th)
    result = np.where(safe, vh + add_to_odd(tl, vl), result)
    for at in zip(*np.nonzero(exact & ~safe)):
        result[at] = fma_exact(float(a[at]), float(b[at]), float(c[at]), FLOAT64)
    return result

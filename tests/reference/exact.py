# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""Contract section 2, policy `exact`: sums as integers times powers of two, rounded once."""
import math

import numpy as np

import tree
from arithmetic import nearest


class Exact:
    """No tree; see the functions below."""


def policy_of(name, type_name):
    """`wide` double is `kahan`."""
    if name == "wide" and type_name == "float64":
        name = "kahan"
    return {**tree.POLICIES, "wide": tree.Wide, "exact": Exact}[name]


def decompose(x):
    """Finite values as lists of integers m, e with x = m * 2^e."""
    fraction, exponent = np.frexp(np.asarray(x, dtype=np.float64))
    mantissa = np.ldexp(fraction, 53).astype(np.int64)
    return mantissa.tolist(), (exponent.astype(np.int64) - 53).tolist()


def collect(mantissas, exponents):
    """The sum of m * 2^e as one such pair; terms of the same exponent are added first."""
    parts = {}
    for m, e in zip(mantissas, exponents):
        parts[e] = parts.get(e, 0) + m
    low = min(parts, default=0)
    return sum(m << (e - low) for e, m in parts.items()), low


class Total:
    """An exact sum: mantissa * 2^exponent, or where `special` is not None that zero, inf or NaN.

    `terms` are the terms in any floating-point type in which inf, NaN and zeros show as they are.
    """

    def __init__(self, terms, exact):
        self.mantissa, self.exponent, self.special = 0, 0, None
        bad = terms[~np.isfinite(terms)]
        if len(bad):
            both = (bad == math.inf).any() and (bad == -math.inf).any()
            self.special = math.nan if np.isnan(bad).any() or both else float(bad[0])
            return
        self.mantissa, self.exponent = exact()
        if self.mantissa == 0:
            negative = len(terms) > 0 and ((terms == 0) & np.signbit(terms)).all()
            self.special = -0.0 if negative else 0.0

    def divided(self, n, fmt):
        """Divided by n >= 1 and rounded once to fmt; a zero keeps its sign."""
        if self.special is not None:
            return self.special
        more = max(0, n.bit_length() + fmt.precision + 3 - self.mantissa.bit_length())
        quotient, rest = divmod(abs(self.mantissa) << more, n)
        sticky = 2 * quotient + (rest != 0)  # what was cut off, seen by the rounding
        return nearest(sticky if self.mantissa > 0 else -sticky, self.exponent - more - 1, fmt)


def sum_total(x):
    return Total(x, lambda: collect(*decompose(x)))


def dot_total(x, y):
    """Products of finite factors are finite, and zero only where a factor is."""
    finite = np.isfinite(x) & np.isfinite(y)
    plain = np.copysign(np.where((x == 0) | (y == 0), 0.0, 1.0),
                        np.where(np.signbit(x) == np.signbit(y), 1.0, -1.0))
    terms = np.where(finite, plain, x * y)

    def exact():
        (mx, ex), (my, ey) = decompose(x), decompose(y)
        return collect([a * b for a, b in zip(mx, my)], [a + b for a, b in zip(ex, ey)])

    return Total(terms, exact)


def columns(function, *operands):
    """function of one-dimensional operands, along axis 0 of them; float64 holds the results."""
    shape = operands[0].shape
    count = math.prod(shape[1:])
    flat = [x.reshape(shape[0], count) for x in operands]
    with np.errstate(all="ignore"):
        results = [function(*(x[:, j] for x in flat)) for j in range(count)]
    return np.array(results, dtype=np.float64).reshape(shape[1:])


def sum_(x, fmt):
    return columns(lambda v: sum_total(v).divided(1, fmt), x)


def dot(x, y, fmt):
    return columns(lambda v, w: dot_total(v, w).divided(1, fmt), x, y)


def mean(x, fmt):
    return columns(lambda v: sum_total(v).divided(len(v), fmt) if len(v) else math.nan, x)


def mean_of_products(x, y, divisor, fmt):
    """Of x * y; divided by divisor >= 1."""
    return columns(lambda v, w: dot_total(v, w).divided(divisor, fmt), x, y)

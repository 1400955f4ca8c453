# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""Contract section 4: named arithmetic, and the correctly rounded float32 functions.

A function value is computed by MPFR with growing precision until every number inside the error
bound rounds to the same float32 (Ziv's strategy). The cases where that would never end, because
the value is a float32 or a midpoint, are handled before; by the theorems of Lindemann and Niven
there are no others.
"""
import math

import gmpy2
import numpy as np

import arithmetic
from arithmetic import FLOAT32, canonical, from_bits, nearest, to_bits
from tree import order_key


def _quiet(operation):
    def wrapped(*operands):
        with np.errstate(all="ignore"):
            return canonical(operation(*operands))
    return wrapped


def _sign_mask(x):
    bits = to_bits(x)
    return bits.dtype.type(1 << (8 * bits.dtype.itemsize - 1))


def _neg(x):
    return (to_bits(x) ^ _sign_mask(x)).view(x.dtype)


def _abs(x):
    return (to_bits(x) & ~_sign_mask(x)).view(x.dtype)


def _greater(x, y):
    """NaN wins, -0 < +0."""
    x, y = np.broadcast_arrays(x, y)
    x, y = np.ascontiguousarray(x), np.ascontiguousarray(y)
    return np.where(np.isnan(x) | (~np.isnan(y) & (order_key(x) >= order_key(y))), x, y)


def _less(x, y):
    x, y = np.broadcast_arrays(x, y)
    x, y = np.ascontiguousarray(x), np.ascontiguousarray(y)
    return np.where(np.isnan(x) | (~np.isnan(y) & (order_key(x) <= order_key(y))), x, y)


ARITHMETIC = {
    "add": _quiet(lambda x, y: x + y),
    "sub": _quiet(lambda x, y: x - y),
    "mul": _quiet(lambda x, y: x * y),
    "div": _quiet(lambda x, y: x / y),
    "min": _quiet(_less),
    "max": _quiet(_greater),
    "fma": arithmetic.fma,
    "neg": _quiet(_neg),
    "abs": _quiet(_abs),
    "sqrt": _quiet(np.sqrt),
}
OPERANDS = {"neg": 1, "abs": 1, "sqrt": 1, "fma": 3}  # the others: 2


def _ziv(approximate):
    """approximate(precision): a value with relative error below 2^(1 - precision)."""
    precision = 64
    while True:
        with gmpy2.context(precision=precision + 8):
            y = approximate(precision)
            if gmpy2.is_infinite(y) or gmpy2.is_zero(y):  # beyond MPFR's own exponent range
                return float(y)
            mantissa, exponent = (int(part) for part in y.as_mantissa_exp())
        mantissa, exponent = mantissa << (precision + 16), exponent - (precision + 16)
        slack = abs(mantissa) >> (precision - 2)
        low = nearest(mantissa - slack, exponent, FLOAT32)
        if low == nearest(mantissa + slack, exponent, FLOAT32):
            return low
        precision *= 2


def exp(x):
    if math.isnan(x):
        return math.nan
    if x == 0:
        return 1.0
    if math.isinf(x):
        return math.inf if x > 0 else 0.0
    return _ziv(lambda precision: gmpy2.exp(gmpy2.mpfr(x)))


def log(x):
    if math.isnan(x) or x < 0:
        return math.nan
    if x == 0:
        return -math.inf
    if x == 1:
        return 0.0
    if math.isinf(x):
        return math.inf
    return _ziv(lambda precision: gmpy2.log(gmpy2.mpfr(x)))


def tanh(x):
    if math.isnan(x):
        return math.nan
    if x == 0:
        return x
    if math.isinf(x):
        return math.copysign(1.0, x)
    return _ziv(lambda precision: gmpy2.tanh(gmpy2.mpfr(x)))


def _sin_of_turns(r):
    """sin(pi r) for 0 < r < 1/2; every step here on r is exact."""
    if r > 0.25:
        return _cos_of_turns(0.5 - r)
    return _ziv(lambda precision: gmpy2.sin(gmpy2.const_pi() * gmpy2.mpfr(r)))


def _cos_of_turns(r):
    """cos(pi r) for 0 < r < 1/2."""
    if r > 0.25:
        return _sin_of_turns(0.5 - r)
    return _ziv(lambda precision: gmpy2.cos(gmpy2.const_pi() * gmpy2.mpfr(r)))


def sinpi(x):
    """Integers give zero with the sign of x; halves give +-1."""
    if math.isnan(x) or math.isinf(x):
        return math.nan
    r = math.fmod(abs(x), 2.0)
    sign = math.copysign(1.0, x)
    if r >= 1:
        r, sign = r - 1, -sign
    if r == 0:
        return math.copysign(0.0, x)
    if r > 0.5:
        r = 1 - r
    return sign * (1.0 if r == 0.5 else _sin_of_turns(r))


def cospi(x):
    """An integer and a half gives +0; integers give +-1."""
    if math.isnan(x) or math.isinf(x):
        return math.nan
    r = math.fmod(abs(x), 2.0)
    if r > 1:
        r = 2 - r
    sign = 1.0
    if r > 0.5:
        r, sign = 1 - r, -1.0
    if r == 0.5:
        return 0.0
    return sign * (1.0 if r == 0 else _cos_of_turns(r))


FUNCTIONS = {"exp": exp, "log": log, "sinpi": sinpi, "cospi": cospi, "tanh": tanh}


def apply(name, x):
    """One of FUNCTIONS on every element of a float32 array."""
    values = [FUNCTIONS[name](float(v)) for v in x.ravel()]
    # a value is a float32 already, so this conversion is exact
    with np.errstate(all="ignore"):
        return canonical(np.array(values, dtype=np.float64).astype(np.float32)).reshape(x.shape)

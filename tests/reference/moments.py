# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""Contract section 2: sums in every policy, moments, norms, products, and integers.

x is what operations see (narrow.py) with the elements on axis 0; further axes are a batch. fmt is
the stored type T; only `exact` needs it, since it rounds once, straight to T. The other
operations on 16-bit floats give the float result, whose last rounding is left to the caller.
"""
import numpy as np

import exact
import tree
from arithmetic import canonical
from elementwise import ARITHMETIC
from exact import Exact
from narrow import compute_format


def sum_(x, policy, fmt):
    return exact.sum_(x, fmt) if policy is Exact else tree.sum_(x, policy)


def dot(x, y, policy, fmt):
    return exact.dot(x, y, fmt) if policy is Exact else tree.dot(x, y, policy)


def mean(x, policy, fmt):
    return exact.mean(x, fmt) if policy is Exact else tree.mean(x, policy)


def norm1(x, policy, fmt):
    return sum_(ARITHMETIC["abs"](x), policy, fmt)


def covariance(x, y, policy, fmt, ddof, result=None):
    """m = mean(x), d = fl(x - m); the same for y; the policy's dot of both by n - ddof.

    `exact` rounds straight to `result`, which is T if it is not told.
    """
    count = len(x)
    if count <= ddof:
        return np.full(x.shape[1:], np.nan, x.dtype)
    with np.errstate(all="ignore"):
        dx, dy = (v - mean(v, policy, fmt).astype(v.dtype) for v in (x, y))
        if policy is Exact:
            return exact.mean_of_products(dx, dy, count - ddof, result or fmt)
        value = tree.total(policy.product_leaf(dx, dy), policy)
    return tree.quotient(value, count - ddof, x.dtype)


def variance(x, policy, fmt, ddof, result=None):
    return covariance(x, x, policy, fmt, ddof, result)


def stddev(x, policy, fmt, ddof):
    """The root in double of the variance, which is rounded to the type of x first: of 16-bit floats to float."""
    with np.errstate(all="ignore"):
        square = np.asarray(variance(x, policy, fmt, ddof, compute_format(fmt))).astype(x.dtype)
        return canonical(np.sqrt(square.astype(np.float64)).astype(x.dtype))


def norm2(x):
    with np.errstate(all="ignore"):
        if x.dtype == np.float32:
            square = tree.total(tree.Wide.product_leaf(x, x), tree.Wide)
            return canonical(np.sqrt(square).astype(np.float32))
        columns = x.reshape(len(x), int(np.prod(x.shape[1:])))
        norms = [norm2_double(columns[:, j]) for j in range(columns.shape[1])]
        return canonical(np.array(norms, dtype=np.float64).reshape(x.shape[1:]))


def norm2_double(x):
    square = tree.total(tree.Pairwise.product_leaf(x, x), tree.Pairwise)
    if 2.0**-900 <= square < np.inf:
        return np.sqrt(square)
    if np.isnan(x).any():
        return np.nan
    largest = np.abs(x).max(initial=0.0)
    if largest in (0.0, np.inf):
        return largest
    exponent = np.frexp(largest)[1] - 1  # largest * 2^-exponent is in [1, 2)
    scaled = np.ldexp(x, -exponent)
    square = tree.total(tree.Pairwise.product_leaf(scaled, scaled), tree.Pairwise)
    return np.ldexp(np.sqrt(square), exponent)


def reduce(x, operation, identity):
    """The tree with an operation of two arrays."""
    if len(x) == 0:
        return np.full(x.shape[1:], identity, x.dtype)
    lanes = 16 if x.dtype.itemsize <= 4 else 8
    with np.errstate(all="ignore"):
        root, = tree.tree((x,), lanes, lambda a, b: (operation(a[0], b[0]),))
        return canonical(np.asarray(root))


def prod(x):
    return reduce(x, lambda a, b: a * b, 1)


def extremum(operation, x):
    """min, max, argmin, argmax; integers too. Empty lines are an error where there is a line."""
    if len(x) == 0 and x.size == np.prod(x.shape[1:]):
        return np.zeros(x.shape[1:], np.uint64 if operation[:3] == "arg" else x.dtype)
    if operation in ("argmax", "argmin"):
        index = getattr(tree, operation)(x) if x.dtype.kind == "f" else getattr(x, operation)(0)
        return np.asarray(index, dtype=np.uint64)
    if x.dtype.kind == "f":
        return getattr(tree, operation + "_")(x)
    return np.asarray(getattr(x, operation)(0))


def word(x):
    """Integers as those of 64 bits, in which sums are modulo 2^64."""
    return x.astype(np.int64 if x.dtype.kind == "i" else np.uint64)


def integer_reduction(operation, x, y=None):
    """sum, dot and prod in 64 bits; mean in double."""
    with np.errstate(all="ignore"):
        if operation == "prod":
            return np.multiply.reduce(word(x), axis=0)
        total = np.add.reduce(word(x) * word(y) if operation == "dot" else word(x), axis=0)
        if operation == "mean":
            return canonical(np.asarray(total.astype(np.float64) / np.float64(len(x))))
        return total

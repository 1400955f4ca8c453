# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""Contract section 2: the reduction tree, its policies, sum, dot, mean and the extrema.

A node is a tuple of arrays; its first axis counts elements, any further axes are a batch whose
members never meet. So the reduction of a matrix along axis 0 is one call.
"""
import numpy as np

from arithmetic import canonical, fma, format_of, to_bits, two_sum


def fold(node, combine):
    """Neighbours are combined, an odd last one is carried up unchanged, until one is left."""
    while len(node[0]) > 1:
        pairs = len(node[0]) // 2 * 2
        merged = combine(tuple(x[0:pairs:2] for x in node), tuple(x[1:pairs:2] for x in node))
        node = tuple(np.concatenate([m, x[pairs:]]) for m, x in zip(merged, node))
    return tuple(x[0] for x in node)


def tree(node, lanes, combine):
    """Element i belongs to lane i mod lanes. At least one element."""
    count = len(node[0])
    partial = [fold(tuple(x[lane::lanes] for x in node), combine)
               for lane in range(min(lanes, count))]
    half = lanes // 2
    while half >= 1:
        for lane in range(half):
            if lane + half < len(partial):
                partial[lane] = combine(partial[lane], partial[lane + half])
        partial = partial[:half]
        half //= 2
    return partial[0]


class Pairwise:
    @staticmethod
    def leaf(x):
        return (x,)

    @staticmethod
    def product_leaf(x, y):
        return (x * y,)

    @staticmethod
    def combine(a, b):
        return (a[0] + b[0],)

    @staticmethod
    def value(node):
        return node[0]


class Kahan:
    @staticmethod
    def leaf(x):
        return x, np.zeros_like(x)

    @staticmethod
    def product_leaf(x, y):
        p = x * y
        return p, fma(x, y, -p)

    @staticmethod
    def combine(a, b):
        s, t = two_sum(a[0], b[0])
        return s, (a[1] + b[1]) + t

    @staticmethod
    def value(node):
        s, e = node
        return np.where((e == 0) | ~np.isfinite(s) | ~np.isfinite(e), s, s + e)


class Wide(Pairwise):
    """Of float: sums in double, products exact in it. (`wide` double is `kahan`.)"""

    @staticmethod
    def leaf(x):
        return (x.astype(np.float64),)

    @staticmethod
    def product_leaf(x, y):
        return (x.astype(np.float64) * y.astype(np.float64),)


POLICIES = {"pairwise": Pairwise, "kahan": Kahan}


def total(node, policy):
    """The value of the tree over these leaves, in its own type; of nothing +0."""
    if len(node[0]) == 0:
        return np.zeros(node[0].shape[1:], node[0].dtype)
    return policy.value(tree(node, format_of(node[0]).lanes, policy.combine))


def sum_(x, policy):
    """Sum over the first axis."""
    with np.errstate(all="ignore"):
        return canonical(np.asarray(total(policy.leaf(x), policy), dtype=x.dtype))


def dot(x, y, policy):
    with np.errstate(all="ignore"):
        return canonical(np.asarray(total(policy.product_leaf(x, y), policy), dtype=x.dtype))


def quotient(value, divisor, dtype):
    """The value of a tree divided in double, rounded to T."""
    with np.errstate(all="ignore"):
        result = np.asarray(value).astype(np.float64) / np.float64(divisor)
        return canonical(result.astype(dtype))


def mean(x, policy):
    """The value of the tree (`wide` float: not yet rounded to float) divided by n."""
    with np.errstate(all="ignore"):
        value = total(policy.leaf(x), policy)
    return quotient(value, len(x), x.dtype)


def order_key(x):
    """Signed integers in the order of the numbers, with -0 below +0."""
    fmt = format_of(x)
    bits = to_bits(x).view(np.dtype(x.dtype.str.replace("f", "i")))
    return np.where(bits < 0, bits ^ np.iinfo(bits.dtype).max, bits).astype(bits.dtype)


def argmax(x):
    """Index along the first axis: the first NaN, else the first of the greatest."""
    nan = np.isnan(x)
    return np.where(nan.any(axis=0), nan.argmax(axis=0), order_key(x).argmax(axis=0))


def argmin(x):
    nan = np.isnan(x)
    return np.where(nan.any(axis=0), nan.argmax(axis=0), order_key(x).argmin(axis=0))


def max_(x):
    return canonical(np.take_along_axis(x, argmax(x)[np.newaxis], axis=0)[0])


def min_(x):
    return canonical(np.take_along_axis(x, argmin(x)[np.newaxis], axis=0)[0])

# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""Golden rows of contract section 2: from the left side to the right side."""
import math

import numpy as np

import accumulators
import moments
from fingerprint import digest
from histogram import bincount, histogram, nonzero
from row import array, integer, scalar
from scan import cumsum, cumsum_integers

SUMS = {"sum": moments.sum_, "mean": moments.mean, "norm1": moments.norm1}
PAIRS = ("dot", "covariance")
EXTREMA = ("max", "min", "argmax", "argmin")
SPREADS = {"variance": moments.variance, "stddev": moments.stddev}
INTEGER_SUMS = ("sum", "dot", "mean", "prod")


def elements(row, operand=0):
    """The reduced elements on axis 0, and whether there is a further axis of results.

    n= is one-dimensional; rows= cols= is a matrix, whole or along axis=; shape= has axes=.
    """
    if row.has("shape"):
        shape = [int(extent) for extent in row.fields["shape"].split("x")]
        axes = [int(axis) for axis in row.fields["axes"].split(",")]
    elif row.has("rows"):
        shape = [row.integer("rows"), row.integer("cols")]
        axes = [row.integer("axis")] if row.has("axis") else [0, 1]
    else:
        shape, axes = [row.integer("n")], [0]
    x = row.values(math.prod(shape), operand).reshape(shape)
    kept = [axis for axis in range(len(shape)) if axis not in axes]
    x = np.ascontiguousarray(x.transpose(axes + kept))
    reduced = math.prod(shape[axis] for axis in axes)
    if row.has("axis") or row.has("shape"):
        return x.reshape(reduced, math.prod(shape[axis] for axis in kept)), True
    return x.reshape(reduced), False


def reduced(row, x):
    """A floating-point result, in the type of x or, of `exact`, in a wider one."""
    if row.op in SUMS:
        return SUMS[row.op](x, row.policy, row.format)
    if row.op in SPREADS:
        return SPREADS[row.op](x, row.policy, row.format, row.integer("ddof"))
    if row.op == "dot":
        return moments.dot(x, elements(row, 1)[0], row.policy, row.format)
    if row.op == "covariance":
        return moments.covariance(x, elements(row, 1)[0], row.policy, row.format,
                                  row.integer("ddof"))
    if row.op in EXTREMA:
        return moments.extremum(row.op, x)
    if row.op == "reduce":
        operation, identity = {"sub": (np.subtract, 0), "mul": (np.multiply, 1)}[row.fields["op"]]
        return moments.reduce(x, operation, identity)
    return {"norm2": moments.norm2, "prod": moments.prod}[row.op](x)


def reduction(row):
    x, batch = elements(row)
    if row.op in ("argmax", "argmin"):
        return (array if batch else integer)(moments.extremum(row.op, x))
    if row.is_integer():
        if row.op in EXTREMA:
            value = moments.extremum(row.op, x)
        else:
            second = elements(row, 1)[0] if row.op == "dot" else None
            value = moments.integer_reduction(row.op, x, second)
        if batch:
            return array(value)
        return scalar(value) if row.op == "mean" else integer(value)
    value = reduced(row, x)
    return row.array(value) if batch else row.scalar(value)


def minmax(row):
    x, batch = elements(row)
    if batch:
        text = array if row.is_integer() else row.array
    else:
        text = integer if row.is_integer() else row.scalar
    return ",".join(text(moments.extremum(name, x)) for name in ("min", "max"))


def scanned(row):
    x, exclusive = row.values(row.integer("n")), row.integer("exclusive") == 1
    if row.is_integer():
        return array(cumsum_integers(x, exclusive))
    return row.array(cumsum(x, exclusive))


def counted(row):
    """Indices are hashes modulo bins: of the data's seed, or of the next one with weights."""
    count, bins = row.integer("n"), row.integer("bins")
    index = row.hashes(count, 1 if row.type else 0) % np.uint64(bins)
    if row.type is None:
        return array(bincount(index, bins))
    return row.array(bincount(index, bins, row.values(count), row.policy, row.format))


def binned(row):
    count, bins = row.integer("n"), row.integer("bins")
    low, high = (np.uint64(row.word(name)).view(np.float64) for name in ("lo", "hi"))
    x = row.values(count)
    if row.policy is None:
        return array(histogram(x, bins, low, high))
    return row.array(histogram(x, bins, low, high, row.values(count, 1), row.policy, row.format))


def tested(row):
    if row.has("axis") or row.has("shape"):
        x, _ = elements(row)
        number = np.array([nonzero(x[:, j]) for j in range(x.shape[1])], dtype=np.uint64)
        return array({"any": number > 0, "all": number == len(x), "count": number}[row.op].astype(np.uint64))
    number = nonzero(row.values(row.integer("n")))
    value = {"any": number > 0, "all": number == row.integer("n"), "count": number}[row.op]
    return f"{int(value):016x}"


def streamed(row):
    """As the operation over all elements; the parts must be such as may be merged."""
    operation = {"": "sum", "dot_": "dot"}.get(name := row.op.removesuffix("accumulator"), name[:-1])
    count = row.integer("n")
    if row.has("cuts") and not (operation in ("max", "min", "minmax")
                                or accumulators.may_merge_anywhere(row.policy) and operation != "prod"):
        cuts = [int(cut) for cut in row.fields["cuts"].split(",")]
        accumulators.check_merges(cuts, count, accumulators.lanes_of(row.policy, row.format))
    row.op = operation
    return minmax(row) if operation == "minmax" else reduction(row)


def exact_contents(row):
    """The rounded sum and the digest of the bytes; what is removed leaves only that it was there."""
    contents = accumulators.Contents(row.format)
    contents.add(row.values(row.integer("n")))
    products, removed = row.integer("products"), row.integer("removed")
    contents.add(row.values(products, 1), row.values(products, 2))
    other = row.values(removed, 3)
    for sign in (1, -1):
        contents.add(other[::2], sign=sign)
        contents.add(other[1::2], other[: removed - 1 : 2], sign=sign)
    saved = np.frombuffer(contents.saved(), dtype=np.uint8)
    return row.scalar(np.float64(contents.value())) + ",digest:" + digest(saved)


REDUCTIONS = {
    **dict.fromkeys((*SUMS, *PAIRS, *EXTREMA, *SPREADS, "norm2", "prod", "reduce"), reduction),
    **dict.fromkeys(("any", "all", "count"), tested),
    **{f"{name}accumulator": streamed for name in ("", "dot_", "prod_", "max_", "min_", "minmax_")},
    "exact_accumulator": exact_contents,
    "minmax": minmax,
    "cumsum": scanned,
    "bincount": counted,
    "histogram": binned,
}

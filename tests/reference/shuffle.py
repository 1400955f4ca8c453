# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""Contract section 6: Fisher-Yates up to 2^20 elements, above it a distribution into buckets."""
import numpy as np

from philox import SHUFFLE, blocks, bounded_array, child, indices


def ceil_div(a, b):
    return -(-a // b)


def shuffle(key, x):
    """A shuffled copy of a one-dimensional array."""
    return node(child(key, 0, SHUFFLE), x)


def node(key, x):
    return fisher_yates(key, x) if len(x) <= 2**20 else distribute(key, x)


def fisher_yates(key, x):
    n = len(x)
    i = indices(0, n)
    targets = bounded_array(key, i, i + np.uint64(1)).tolist()
    order = list(range(n))
    for i in range(n - 1, 0, -1):
        j = targets[i]
        order[i], order[j] = order[j], order[i]
    return x[np.array(order, dtype=np.int64)]


def digit_bits(n):
    total = (ceil_div(n, 2**19) - 1).bit_length()  # ceil(log2(ceil(n / 2^19)))
    return ceil_div(total, ceil_div(total, 8))


def distribute(key, x):
    n, m = len(x), digit_bits(len(x))
    words = blocks(child(key, 0, SHUFFLE), indices(0, ceil_div(n, 16))).astype("<u4")
    digits = words.view(np.uint8).ravel()[:n] >> (8 - m)
    return np.concatenate([node(child(key, 1 + c, SHUFFLE), x[digits == c]) for c in range(2**m)])

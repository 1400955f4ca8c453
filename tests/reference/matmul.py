# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""Contract section 3: blocks of 256 along k, a chain in each, the blocks folded.

Operands are float32 or float64 (those of 16 bits as float32), or int8.
"""
import numpy as np

import tree
from arithmetic import canonical, fma, two_sum

BLOCK = 256


def plain_link(node, a, b):
    return (fma(a, b, node[0]),)


def kahan_link(node, a, b):
    s, e = node
    p = a * b
    q = fma(a, b, -p)
    s, t = two_sum(s, p)
    return s, e + (q + t)


# What a node holds, and the next link of its chain. (`wide` float is the plain chain in double.)
CHAINS = {tree.Pairwise: (1, plain_link), tree.Wide: (1, plain_link), tree.Kahan: (2, kahan_link)}


def chains(a, b, policy):
    """a: blocks x m x length, b: blocks x length x n. The chain of each block, k ascending."""
    fields, link = CHAINS[policy]
    node = (np.zeros((a.shape[0], a.shape[1], b.shape[2]), a.dtype),) * fields
    for k in range(a.shape[2]):
        node = link(node, a[:, :, k, np.newaxis], b[:, np.newaxis, k, :])
    return node


def product(a, b, policy):
    """The value of each element before alpha and beta."""
    (m, depth), n = a.shape, b.shape[1]
    if depth == 0:
        return np.zeros((m, n), a.dtype)
    full = depth // BLOCK
    whole = full * BLOCK
    blocks = chains(a[:, :whole].reshape(m, full, BLOCK).transpose(1, 0, 2),
                    b[:whole].reshape(full, BLOCK, n), policy)
    if whole < depth:
        rest = chains(a[np.newaxis, :, whole:], b[np.newaxis, whole:], policy)
        blocks = tuple(np.concatenate(pair) for pair in zip(blocks, rest))
    return policy.value(tree.fold(blocks, policy.combine))


def matmul(a, b, alpha=1, beta=0, c_old=None, policy=tree.Pairwise):
    """alpha * a b + beta * c_old; c_old is read only where beta is not zero."""
    dtype = np.float64 if policy is tree.Wide else a.dtype
    with np.errstate(all="ignore"):
        result = product(a.astype(dtype), b.astype(dtype), policy)
        alpha, beta = (np.dtype(dtype).type(factor) for factor in (alpha, beta))
        if alpha != 1:
            result = alpha * result
        if beta != 0:
            result = fma(beta, c_old.astype(dtype), result)
        return canonical(result.astype(a.dtype))


def integer_matmul(a, b, alpha, beta, c_old):
    """int8 by int8, into int32: exact, then modulo 2^32."""
    total = (a.astype(np.int64) @ b.astype(np.int64)).astype(object)  # Python's integers from here
    result = alpha * total + beta * c_old.astype(object)
    return (result % 2**32).astype(np.uint32).view(np.int32)

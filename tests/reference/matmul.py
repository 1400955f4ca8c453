# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""Contract section 3: blocks of 256 along k, a chain of fma inside, the blocks folded."""
import numpy as np

from arithmetic import canonical, fma
from tree import fold

BLOCK = 256


def chains(a, b):
    """a: blocks x m x length, b: blocks x length x n. The chain of each block, k ascending."""
    acc = np.zeros((a.shape[0], a.shape[1], b.shape[2]), a.dtype)
    for k in range(a.shape[2]):
        acc = fma(a[:, :, k, np.newaxis], b[:, np.newaxis, k, :], acc)
    return acc


def matmul(a, b, alpha=1, beta=0, c_old=None):
    """alpha * a b + beta * c_old; c_old is read only where beta is not zero."""
    (m, depth), n = a.shape, b.shape[1]
    full = depth // BLOCK
    whole = full * BLOCK
    with np.errstate(all="ignore"):
        blocks = chains(a[:, :whole].reshape(m, full, BLOCK).transpose(1, 0, 2),
                        b[:whole].reshape(full, BLOCK, n))
        if whole < depth:
            rest = chains(a[np.newaxis, :, whole:], b[np.newaxis, whole:])
            blocks = np.concatenate([blocks, rest])
        if depth == 0:
            result = np.zeros((m, n), a.dtype)
        else:
            result, = fold((blocks,), lambda left, right: (left[0] + right[0],))
        alpha, beta = a.dtype.type(alpha), a.dtype.type(beta)
        if alpha != 1:
            result = alpha * result
        if beta != 0:
            result = fma(beta, c_old, result)
        return canonical(result)

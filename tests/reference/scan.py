# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""Contract section 2, `cumsum`: rows of W elements, blocks of 64 rows, block offsets."""
import numpy as np

from arithmetic import canonical
from moments import word
from tree import Kahan

ROWS = 64


def row_sums(p):
    """Steps d = 1, 2, 4, ...: p[l] = fl(p[l-d] + p[l]) for all l >= d at once."""
    d = 1
    while d < p.shape[1]:
        p[:, d:] = p[:, :-d] + p[:, d:]
        d *= 2
    return p


def block_sums(p):
    """The rows of a block, each after the carry of the rows above it; row 0 has none."""
    v = p.copy()
    carry = p[0, -1]  # into row 1
    for r in range(1, len(p)):
        v[r] = carry + p[r]
        carry = carry + p[r, -1]
    return v


def inclusive_sums(x):
    """Added zeros at the end fill the last row; no sum before them depends on them."""
    lanes = 16 if x.dtype == np.float32 else 8
    padded = np.concatenate([x, np.zeros(-len(x) % lanes, x.dtype)])
    p = row_sums(padded.reshape(-1, lanes).copy())
    result, offset = [], None
    for start in range(0, len(p), ROWS):
        v = block_sums(p[start:start + ROWS])
        result.append(v if offset is None else Kahan.value(offset).astype(x.dtype) + v)
        leaf = Kahan.leaf(v[-1, -1])
        offset = leaf if offset is None else Kahan.combine(offset, leaf)
    return np.concatenate([np.zeros(0, x.dtype), *(v.ravel() for v in result)])[:len(x)]


def shifted(sums):
    """+0, then the inclusive values one place later."""
    return np.concatenate([np.zeros(1, sums.dtype), sums])[:len(sums)]


def cumsum(x, exclusive):
    with np.errstate(all="ignore"):
        sums = canonical(inclusive_sums(x))
    return shifted(sums) if exclusive else sums


def cumsum_integers(x, exclusive):
    sums = np.add.accumulate(word(x))
    return shifted(sums) if exclusive else sums

# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""Contract section 2, `histogram`, and counts."""
import numpy as np

from arithmetic import fma
from moments import sum_


def bincount(index, bins, weights=None, policy=None, fmt=None):
    """How many elements have each index, or the policy's sum of their weights in index order."""
    index = index.astype(np.int64)
    if weights is None:
        return np.bincount(index, minlength=bins).astype(np.uint64)
    sums = [np.ravel(sum_(weights[index == b], policy, fmt))[0] for b in range(bins)]
    return np.array(sums, dtype=np.float64)


def edges(bins, low, high):
    """e_0 = lo, e_bins = hi, between them fma(i, fl(fl(hi - lo) / bins), lo), all in double."""
    step = (high - low) / np.float64(bins)
    inner = fma(np.arange(1, bins, dtype=np.float64), step, np.full(bins - 1, low))
    return np.concatenate([[low], inner, [high]])


def histogram(x, bins, low, high, weights=None, policy=None, fmt=None):
    """Bin i holds e_i <= x < e_(i+1), the last one also x = hi; NaN and others are not counted."""
    bounds = edges(bins, low, high)
    with np.errstate(all="ignore"):
        x = x.astype(np.float64)
        inside = (x >= low) & (x <= high)
    index = np.searchsorted(bounds, x[inside], side="right") - 1
    index = np.where(x[inside] == high, bins - 1, index)
    return bincount(index, bins, None if weights is None else weights[inside], policy, fmt)


def nonzero(x):
    """How many elements are not zero; NaN is not zero."""
    return int(np.count_nonzero(x != 0))

# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""Contract section 5: Philox4x32-10, keys and children, uniform, normal, bounded.

Scalars are Python integers; the array forms do the same on numpy uint64.
"""
from dataclasses import dataclass

import numpy as np

import elementwise
from arithmetic import canonical, fma

MASK32 = 2**32 - 1
MASK64 = 2**64 - 1
TOP = 2**63

RETRIES_OF_BOUNDED = 3  # purposes of child(key, purpose, id)
SHUFFLE = 1


@dataclass(frozen=True)
class Key:
    seed: int
    stream: int = 0


def rounds(x0, x1, x2, x3, k0, k1):
    """Ten rounds; words are Python integers or uint64 arrays of values below 2^32."""
    for _ in range(10):
        p0, p1 = x0 * 0xD2511F53, x2 * 0xCD9E8D57
        x0, x1, x2, x3 = (p1 >> 32) ^ x1 ^ k0, p1 & MASK32, (p0 >> 32) ^ x3 ^ k1, p0 & MASK32
        k0, k1 = (k0 + 0x9E3779B9) & MASK32, (k1 + 0xBB67AE85) & MASK32
    return x0, x1, x2, x3


def block(key, b):
    """Words w0..w3 of block b."""
    return rounds(b & MASK32, b >> 32, key.stream & MASK32, key.stream >> 32,
                  key.seed & MASK32, key.seed >> 32)


def blocks(key, b):
    """The same for a uint64 array: an array of shape (len(b), 4)."""
    u = np.uint64
    k0, k1 = key.seed & MASK32, key.seed >> 32
    x = [b & u(MASK32), b >> u(32), np.full_like(b, key.stream & MASK32),
         np.full_like(b, key.stream >> 32)]
    for _ in range(10):
        p0, p1 = x[0] * u(0xD2511F53), x[2] * u(0xCD9E8D57)
        x = [(p1 >> u(32)) ^ x[1] ^ u(k0), p1 & u(MASK32),
             (p0 >> u(32)) ^ x[3] ^ u(k1), p0 & u(MASK32)]
        k0, k1 = (k0 + 0x9E3779B9) & MASK32, (k1 + 0xBB67AE85) & MASK32
    return np.stack(x, axis=1)


def child(key, identity, purpose=0):
    """child(key, purpose, id): the purpose is the top byte of the 64-bit id."""
    assert identity < 2**56
    w = block(Key(key.seed, key.stream | TOP), purpose << 56 | identity)
    return Key(w[0] | w[1] << 32, (w[2] | w[3] << 32) & (TOP - 1))


def bits32(key, i):
    return block(key, i // 4)[i % 4]


def bits64(key, i):
    w = block(key, i // 2)
    return w[2 * (i % 2)] | w[2 * (i % 2) + 1] << 32


def indices(first, count):
    return np.uint64(first) + np.arange(count, dtype=np.uint64)


def words32(key, i):
    """bits32 at each index of a uint64 array, as uint64."""
    b, inverse = np.unique(i // np.uint64(4), return_inverse=True)
    return blocks(key, b)[inverse, i % np.uint64(4)]


def words64(key, i):
    even = np.uint64(2) * (i % np.uint64(2))
    b, inverse = np.unique(i // np.uint64(2), return_inverse=True)
    w = blocks(key, b)
    return w[inverse, even] | w[inverse, even + np.uint64(1)] << np.uint64(32)


def uniform(key, i, dtype, low=None, high=None):
    """Elements i (uint64 array); in [0, 1), or in [low, high)."""
    if dtype == np.float32:
        u = (words32(key, i) >> np.uint64(8)).astype(np.float32) * np.float32(2.0**-24)
    else:
        u = (words64(key, i) >> np.uint64(11)).astype(np.float64) * np.float64(2.0**-53)
    if low is None:
        return u
    low, high = dtype(low), dtype(high)
    return np.minimum(fma(u, high - low, low), np.nextafter(high, dtype(-np.inf)))


def normal(key, i, mean=None, deviation=None):
    """float32; elements i (uint64 array)."""
    f = np.float32
    j = i // np.uint64(2)
    w = blocks(key, j // np.uint64(2))
    at, which = np.arange(len(i)), np.uint64(2) * (j % np.uint64(2))
    a, b = w[at, which], w[at, which + np.uint64(1)]
    u = ((a + np.uint64(1)).astype(np.float64) * 2.0**-32).astype(f)
    t = f(2) * ((b >> np.uint64(8)).astype(f) * f(2.0**-24))
    with np.errstate(all="ignore"):
        r = np.sqrt(f(-2) * elementwise.apply("log", u))
        even = i % np.uint64(2) == 0
        turn = np.empty_like(t)
        turn[even] = elementwise.apply("cospi", t[even])
        turn[~even] = elementwise.apply("sinpi", t[~even])
        z = canonical(r * turn)
    return z if mean is None else fma(z, f(deviation), f(mean))


def bounded(key, i, n):
    """Uniform in [0, n), 1 <= n <= 2^64, by Lemire's method; i < 2^56 where it has to retry."""
    draw, size = (bits32, 2**32) if n <= 2**32 else (bits64, 2**64)
    m = draw(key, i) * n
    t = 0
    while m % size < size % n:
        m = draw(child(key, i, RETRIES_OF_BOUNDED), t) * n
        t += 1
    return m // size


def bounded_array(key, i, n):
    """bounded at each index of a uint64 array, n an array of values up to 2^32."""
    m = words32(key, i) * n
    value = m >> np.uint64(32)
    for at in np.nonzero((m & np.uint64(MASK32)) < np.uint64(2**32) % n)[0]:
        value[at] = bounded(key, int(i[at]), int(n[at]))
    return value


def uniform_int(key, i, low, high):
    """Python integers in [low, high]."""
    return low + bounded(key, i, high - low + 1)

# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""Searches for the hard points of the golden list: `find_points.py > points.py`, a few minutes.

Regeneration of the list does not run this; it reads the points found.
"""
import math
import sys

import gmpy2
import numpy as np

from philox import MASK32, Key, bits32, bits64, child, RETRIES_OF_BOUNDED
from data import splitmix64

CHUNK = 1 << 22
KEEP = 12


def float_range(low, high):
    """Chunks of all float32 in [low, high), as float64; the bounds are positive."""
    first, last = (int(np.float32(v).view(np.uint32)) for v in (low, high))
    for start in range(first, last, CHUNK):
        bits = np.arange(start, min(start + CHUNK, last), dtype=np.uint32)
        yield bits.view(np.float32).astype(np.float64)


def near_midpoints(y):
    """Where a float64 y is so near a midpoint of normal float32 that float64 cannot decide."""
    rest = y.view(np.int64) & ((1 << 29) - 1)
    return np.abs(rest - (1 << 28)) <= 128


def approximate_sinpi(x):
    return np.where(x <= 0.25, np.sin(np.pi * x), np.cos(np.pi * (0.5 - x)))


def approximate_cospi(x):
    return np.where(x <= 0.25, np.cos(np.pi * x), np.sin(np.pi * (0.5 - x)))


# approximation in float64, exact value by MPFR, ranges that hold every kind of normal result
SEARCHES = {
    "exp": (np.exp, gmpy2.exp, [(1, 2.0**-25, 88.73), (-1, 2.0**-26, 87.33)]),
    "log": (np.log, gmpy2.log, [(1, 2.0**-149, 3.4e38)]),
    "sinpi": (approximate_sinpi, lambda x: gmpy2.sin(gmpy2.const_pi() * x), [(1, 2.0**-14, 0.5)]),
    "cospi": (approximate_cospi, lambda x: gmpy2.cos(gmpy2.const_pi() * x), [(1, 2.0**-14, 0.5)]),
    "tanh": (np.tanh, gmpy2.tanh, [(1, 2.0**-13, 9.02)]),
}


def distance(exact, x):
    """log2 of the distance to the nearest midpoint, in units of the last place of float32."""
    with gmpy2.context(precision=300):
        y = abs(exact(gmpy2.mpfr(x)))
        _, exponent = math.frexp(float(y))
        scaled = y * gmpy2.mpfr(2) ** (24 - exponent)
        return float(gmpy2.log2(abs(scaled - gmpy2.floor(scaled) - 0.5)))


def hard_points(name):
    approximate, exact, ranges = SEARCHES[name]
    found = []
    for sign, low, high in ranges:
        for x in float_range(low, high):
            x = sign * x
            y = np.ascontiguousarray(approximate(x))
            found += [float(v) for v in x[near_midpoints(y)]]
    found = sorted((distance(exact, x), x) for x in found)[:KEEP]
    return [(f"{int(np.float32(x).view(np.uint32)):08x}", round(d, 1)) for d, x in found]


def unround(x0, x1, x2, x3, k0, k1):
    """Philox4x32-10 backwards: the counter that gives these words."""
    inverse = {m: pow(m, -1, 2**32) for m in (0xD2511F53, 0xCD9E8D57)}
    for turn in range(9, -1, -1):
        r0, r1 = (k0 + turn * 0x9E3779B9) & MASK32, (k1 + turn * 0xBB67AE85) & MASK32
        y0, y2 = x3 * inverse[0xD2511F53] & MASK32, x1 * inverse[0xCD9E8D57] & MASK32
        x0, x1, x2, x3 = (y0, (y2 * 0xCD9E8D57 >> 32) ^ x0 ^ r0,
                          y2, (y0 * 0xD2511F53 >> 32) ^ x2 ^ r1)
    return x0, x1, x2, x3


def randoms(seed):
    z = seed
    while True:
        z = int(splitmix64(np.array([z], np.uint64))[0])
        yield z


def index_with_words(seed, choose, limit):
    """(stream, block) with block < limit whose words are choose(random)."""
    source = randoms(seed)
    while True:
        words = choose(lambda: next(source) & MASK32)
        c = unround(*words, seed & MASK32, seed >> 32)
        b, stream = c[0] | c[1] << 32, c[2] | c[3] << 32
        if stream < 2**63 and b < limit:
            return stream, b


def retry_points():
    """(seed, stream, i, n) where bounded has to draw again, found backwards from the words."""
    points = []
    for count, (n, wide) in enumerate([(3, False), (5, False), (10**6, False), (2**32 - 1, False),
                                       (2**32 + 1, True), (2**40 + 5, True), (2**64 - 1, True)]):
        seed = 0x0123456789ABCDEF + count
        stream, b = index_with_words(
            seed, lambda r: (0, 0, r(), r()) if wide else (0, r(), r(), r()), 2**53)
        points.append((seed, stream, b * (2 if wide else 4), n))
    return points


def repeated_retries():
    """(seed, stream, i, n) with at least four retries in a row."""
    points = []
    for n in (2**31 + 1, 2**63 + 1):
        draw, size = (bits32, 2**32) if n <= 2**32 else (bits64, 2**64)
        key = Key(77, 5)
        for i in range(10**6):
            if draw(key, i) * n % size < size % n:
                again = child(key, i, RETRIES_OF_BOUNDED)
                if all(draw(again, t) * n % size < size % n for t in range(4)):
                    points.append((key.seed, key.stream, i, n))
                    break
    return points


def normal_points():
    """(seed, stream, i) of normals at the edges: u = 1 (r = -0), smallest u, u just below 1."""
    points = []
    for count, a in enumerate([2**32 - 1, 2**32 - 129, 2**32 - 130, 0, 1, 2**32 - 385]):
        for b in (None, 0, 1 << 31, 1 << 30, 3 << 30):
            seed = 0xFEDCBA9876543210 + 16 * count + (b or 1) % 15
            stream, block = index_with_words(
                seed, lambda r: (a, r() if b is None else b, r(), r()), 2**60)
            points += [(seed, stream, 4 * block), (seed, stream, 4 * block + 1)]
    return points


def main():
    print("# SPDX-FileCopyrightText: the detops authors")
    print("# SPDX-License-Identifier: Apache-2.0")
    print('"""Written by find_points.py."""')
    print("\n# float32 bits, log2 of the distance to a midpoint in units of the last place")
    print("HARD = {")
    for name in SEARCHES:
        print(f'    "{name}": {hard_points(name)},')
        sys.stdout.flush()
    print("}")
    for name, points in (("RETRIES", retry_points() + repeated_retries()),
                         ("NORMALS", normal_points())):
        print(f"\n{name} = [")
        for point in points:
            print(f"    ({', '.join(hex(v) for v in point)}),")
        print("]")


if __name__ == "__main__":
    main()

# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""Which counts and histograms the golden list holds (left sides only)."""
import struct
from itertools import product

from arithmetic import FORMATS
from data import INTEGERS
from narrow import NARROW
from rows_policies import ALL_POLICIES

SIZES = (0, 1, 2, 9, 17, 33, 257, 1025, 4097)
BINS = (1, 2, 3, 7, 16, 17, 64, 100, 257)
RANGES = ((-1.0, 1.0), (0.0, 1.0), (-0.3, 0.7), (-0.1, 1e-3), (0.1, 0.30000000000000004),
          (-1e300, 1e300), (-5e-324, 5e-324), (0.5, 0.5000000000000002), (-0.0, 0.25))


def bits(x):
    return struct.pack(">d", x).hex()


def span(low, high):
    return f"lo={bits(low)} hi={bits(high)}"


def histogram_rows():
    for n, bins in product(SIZES + (65537,), BINS):
        yield f"bincount data=bits:151 n={n} bins={bins}"
    yield "bincount data=bits:152 n=100003 bins=5000"
    for name, policy in product(FORMATS, ALL_POLICIES):
        yield from weighted_rows(f"bincount {name} {policy}", ("",))
        yield from weighted_rows(f"histogram {name} {policy}",
                                 (" " + span(-1, 1), " " + span(-0.3, 0.7)))
    for name in FORMATS:
        for n, (low, high) in product(SIZES, RANGES):
            yield f"histogram {name} data=unit:156 n={n} bins={BINS[n % 9]} {span(low, high)}"
        for bins, (low, high) in product(BINS, RANGES):
            yield f"histogram {name} data=unit:157 n=1000 bins={bins} {span(low, high)}"
        for kind in ("few", "special", "specialinf", "specialnan", "negzero", "wide", "bits"):
            for bins, (low, high) in product((1, 2, 10), RANGES[:3] + ((-1e30, 1e30),)):
                yield f"histogram {name} data={kind}:158 n=500 bins={bins} {span(low, high)}"
        yield f"histogram {name} data=unit:159 n=65537 bins=1000 {span(-1, 1)}"
    yield from test_rows()


def weighted_rows(head, ends):
    for end in ends:
        for n in SIZES:
            yield f"{head} data=unit:153 n={n} bins={BINS[n % 7]}{end}"
        for bins in BINS:
            yield f"{head} data=unit:154 n=1000 bins={bins}{end}"
        for kind in ("wide", "few", "special", "specialinf", "specialnan", "negzero", "tie"):
            for n, bins in ((33, 2), (257, 16), (1025, 3)):
                yield f"{head} data={kind}:155 n={n} bins={bins}{end}"


def test_rows():
    """any and all of nothing too."""
    for operation, name in product(("any", "all", "count"), (*FORMATS, *NARROW)):
        for n in (0, 1, 2, 17, 65, 1025, 4097):
            yield f"{operation} {name} data=unit:161 n={n}"
        for kind in ("few", "zero", "negzero", "signedzero", "special", "specialnan", "subnormal"):
            for n in (1, 2, 16, 33, 257):
                yield f"{operation} {name} data={kind}:{162 + n % 2} n={n}"
    for operation, name in product(("any", "all", "count"), ("int32", "uint8")):
        for n in (0, 1, 2, 9, 33, 257, 1025, 65537):
            yield f"{operation} {name} data=bits:164 n={n}"
    shapes = ((0, 3), (3, 0), (1, 17), (17, 1), (8, 9), (17, 33), (5, 257), (257, 5))
    for operation, name, axis in product(("any", "all", "count"), (*FORMATS, *NARROW, "int32", "uint8"), (0, 1)):
        kinds = ("bits",) if name in INTEGERS else ("few", "zero", "negzero", "special")
        for number, (rows, cols) in enumerate(shapes):
            yield (f"{operation} {name} data={kinds[number % len(kinds)]}:165 rows={rows} cols={cols} "
                   f"axis={axis}")
        yield f"{operation} {name} data=bits:166 rows=300 cols=300 axis={axis}"

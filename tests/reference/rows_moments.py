# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""Which moments, norms and products the golden list holds (left sides only)."""
from itertools import product

from arithmetic import FORMATS
from narrow import NARROW
from rows_policies import ALL_POLICIES, EDGES, FEW_EDGES, POINTS, SMALL_SHAPES

KINDS = ("tie", "tiny", "huge", "subnormal", "special", "specialinf", "specialnan", "negzero",
         "few")
NARROW_KINDS = ("bits", "subnormal", "special", "specialinf", "specialnan", "negzero", "few")
SPREADS = ("variance", "stddev", "covariance")


def moments_rows():
    for name, policy, operation in product(FORMATS, ALL_POLICIES, SPREADS):
        yield from spread_rows(f"{operation} {name} {policy}", KINDS + ("full", "cancel"))
    for name, policy, operation in product(NARROW, ("pairwise", "wide"), SPREADS):
        yield from spread_rows(f"{operation} {name} {policy}", NARROW_KINDS)
    for name in FORMATS:
        yield from norm_rows(f"norm2 {name}", KINDS + ("full", "bits", "zero", "signedzero"))
        yield from product_rows(f"prod {name}", KINDS + ("signedzero",))
        for operation in ("sub", "mul"):
            yield from product_rows(f"reduce {name} op={operation}", KINDS + ("signedzero",))
    for name in NARROW:
        yield from norm_rows(f"norm2 {name}", NARROW_KINDS + ("zero", "signedzero"))
        yield from product_rows(f"prod {name}", NARROW_KINDS + ("signedzero",))
    yield from axis_rows()


def spread_rows(head, kinds):
    for n in FEW_EDGES + (4097,):
        yield f"{head} data=unit:111 n={n} ddof=1"
        if n in (0, 1, 2, 9, 17, 257):
            yield f"{head} data=unit:112 n={n} ddof=0"
            yield f"{head} data=unit:112 n={n} ddof=2"
    for n in (2, 3, 16, 17, 33, 257, 1025):
        yield f"{head} data=wide:113 n={n} ddof={n % 2}"
    for kind in kinds:
        for n in POINTS:
            yield f"{head} data={kind}:{114 + n % 3} n={n} ddof={n // 2 % 2}"
    yield f"{head} data=unit:117 n=65537 ddof=1"


def norm_rows(head, kinds):
    for n in EDGES + (4097, 65537):
        yield f"{head} data=unit:121 n={n}"
        yield f"{head} data=wide:122 n={n}"
    for kind in kinds:
        for n in (1, 2, 3, 9, 17, 33, 257, 1025):
            yield f"{head} data={kind}:{123 + n % 3} n={n}"


def product_rows(head, kinds):
    """unit underflows, wide stays in range for a while, moderate is long in range."""
    for n in EDGES + (4097,):
        yield f"{head} data=unit:126 n={n}"
    for n in EDGES[1:-3]:
        yield f"{head} data=wide:{127 + n % 3} n={n}"
    for kind in kinds:
        for n in (1, 2, 9, 17, 33, 257):
            yield f"{head} data={kind}:{130 + n % 3} n={n}"
    if head.split()[1] in FORMATS:
        for n in (1, 17, 33, 65, 257):
            yield f"{head} data=moderate:133 n={n}"
        yield f"{head} data=wide:134 n=65537"


def axis_rows():
    cases = [f"{operation} {name} pairwise" for operation in ("variance", "stddev")
             for name in FORMATS] + ["variance float32 exact"]
    for head in cases:
        for axis, (rows, cols) in product((0, 1), SMALL_SHAPES):
            yield f"{head} data=unit:135 rows={rows} cols={cols} axis={axis} ddof=1"
        for axis, kind in product((0, 1), ("wide", "specialinf", "specialnan", "huge")):
            yield f"{head} data={kind}:136 rows=17 cols=33 axis={axis} ddof=0"
    for name in FORMATS:
        for axis, (rows, cols) in product((0, 1), SMALL_SHAPES):
            yield f"norm2 {name} data=unit:137 rows={rows} cols={cols} axis={axis}"
        for axis, kind in product((0, 1), ("wide", "tiny", "huge", "subnormal", "special",
                                           "specialinf", "specialnan")):
            yield f"norm2 {name} data={kind}:138 rows=17 cols=33 axis={axis}"
    for name in (*FORMATS, *NARROW):
        for axis, (rows, cols) in product((0, 1), SMALL_SHAPES):
            yield f"prod {name} data=wide:139 rows={rows} cols={cols} axis={axis}"
        for axis, kind in product((0, 1), ("unit", "tie" if name in FORMATS else "few", "special", "specialinf",
                                           "specialnan", "negzero")):
            yield f"prod {name} data={kind}:140 rows={17 + 16 * axis} cols={33 - 16 * axis} axis={axis}"
    for name, (operation, policy) in product(NARROW, (("variance", "pairwise"), ("variance", "wide"), ("stddev", "kahan"),
                                                      ("stddev", "exact"))):
        for axis, (rows, cols) in product((0, 1), SMALL_SHAPES):
            yield f"{operation} {name} {policy} data=unit:135 rows={rows} cols={cols} axis={axis} ddof=1"
        for axis, kind in product((0, 1), ("wide", "specialinf", "specialnan")):
            yield f"{operation} {name} {policy} data={kind}:136 rows=17 cols=33 axis={axis} ddof=0"
    for name, axis in product(NARROW, (0, 1)):
        for rows, cols in SMALL_SHAPES:
            yield f"norm2 {name} data=unit:137 rows={rows} cols={cols} axis={axis}"
        for kind in ("wide", "subnormal", "special", "specialinf", "specialnan"):
            yield f"norm2 {name} data={kind}:138 rows=17 cols=33 axis={axis}"

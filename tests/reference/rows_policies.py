# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""Which sums in further policies and types the golden list holds (left sides only)."""
from itertools import product

from arithmetic import FORMATS
from data import INTEGERS
from narrow import NARROW
from rows_reduce import FEW_SIZES, SHAPES, SIZES

SUMS = ("sum", "dot", "mean", "norm1")
EXTREMA = ("max", "min", "argmax", "argmin")
ALL_POLICIES = ("pairwise", "kahan", "wide", "exact")
EDGES = (0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 255, 256, 257, 1023, 1024, 1025)
FEW_EDGES = (0, 1, 2, 7, 9, 15, 16, 17, 31, 33, 65, 257, 1025)
PAIRED = (1, 2, 3, 16, 17, 127, 128, 129, 256, 257, 1024, 1025, 4096)
SOME = (1, 2, 9, 17, 33, 257)
POINTS = (1, 2, 17, 257)
NARROW_POINTS = ("special", "specialinf", "specialnan", "few", "negzero", "signedzero", "subnormal",
                 "bits")
SMALL_SHAPES = ((0, 3), (3, 0), (1, 17), (17, 1), (8, 9), (16, 15), (17, 33), (33, 17), (5, 257),
                (257, 5))


def policies_rows():
    for name, policy in product(FORMATS, ALL_POLICIES):
        for operation in SUMS if policy in ("wide", "exact") else ("norm1",):
            yield from float_rows(f"{operation} {name} {policy}")
    for name, policy in product(FORMATS, ("wide", "exact")):
        for operation in ("sum", "mean", "norm1"):
            yield from exponent_rows(f"{operation} {name} {policy}")
        yield from exponent_rows(f"dot {name} {policy}")
    for name, policy, operation in product(NARROW, ALL_POLICIES, SUMS):
        yield from narrow_rows(f"{operation} {name} {policy}")
    for name, operation in product(NARROW, EXTREMA):
        yield from extrema_rows(f"{operation} {name}")
    for name in INTEGERS:
        yield from integer_rows(name)
    for name in (*FORMATS, *NARROW, "int32", "uint8"):
        yield from minmax_rows(f"minmax {name}", name in INTEGERS)
    yield from axis_rows()
    yield from further_axis_rows()


def float_rows(head):
    for kind, seed, sizes in (("unit", 61, SIZES + (4097, 65537)),
                              ("wide", 62, FEW_EDGES + (4097,)),
                              ("tie", 63, FEW_SIZES), ("tinytie", 63, SOME), ("tiny", 64, SOME),
                              ("subnormal", 65, FEW_SIZES), ("special", 66, SOME),
                              ("specialinf", 67, SOME), ("specialnan", 68, SOME),
                              ("negzero", 69, SOME), ("zero", 70, (17,)),
                              ("huge", 71, FEW_SIZES), ("signedzero", 72, (1, 2, 17, 33)),
                              ("few", 73, SOME)):
        for n in sizes:
            yield f"{head} data={kind}:{seed} n={n}"
    yield f"{head} data=wide:74:1000000 n=777"


def exponent_rows(head):
    for n in PAIRED:
        yield f"{head} data=cancel:75 n={n}"
        yield f"{head} data=residue:76 n={n}"
    for n in SOME + (1025, 4097):
        yield f"{head} data=full:77 n={n}"
        yield f"{head} data=bits:{78 + n % 4} n={n}"
    yield f"{head} data=cancel:79:12345 n=1001"
    yield f"{head} data=residue:79:12346 n=1002"
    for kind in ("cancel", "residue", "full"):
        yield f"{head} data={kind}:80 n=65537"


def narrow_rows(head):
    for n in FEW_EDGES:
        yield f"{head} data=unit:81 n={n}"
        yield f"{head} data=wide:82 n={n}"
    for n in (4097, 65537):
        yield f"{head} data=unit:83 n={n}"
        yield f"{head} data=wide:84 n={n}"
    for kind in NARROW_POINTS:
        for n in POINTS:
            yield f"{head} data={kind}:{85 + n % 3} n={n}"
    yield f"{head} data=zero:1 n=17"


def extrema_rows(head):
    for n in EDGES[1:] + (4097, 65537):
        yield f"{head} data=unit:88 n={n}"
    for kind in ("zero", "wide", *NARROW_POINTS):
        for n in (1, 2, 9, 17, 33, 257, 1025):
            yield f"{head} data={kind}:{89 + n % 3} n={n}"


def integer_rows(name):
    for operation in ("sum", "dot", "prod", "mean", *EXTREMA):
        for n in FEW_EDGES[1:] if operation in EXTREMA else FEW_EDGES:
            yield f"{operation} {name} data=bits:92 n={n}"
        for n in (4097, 65537):
            yield f"{operation} {name} data=bits:93 n={n}"
        yield f"{operation} {name} data=bits:94:1000000 n=777"
    for n in (2, 3, 4, 5):  # products that are not yet zero
        yield f"prod {name} data=bits:{95 + n} n={n}"


def minmax_rows(head, is_integer):
    kinds = ("bits",) if is_integer else ("unit", "few", "signedzero", "special", "specialinf",
                                          "specialnan", "zero", "negzero", "bits")
    for kind in kinds:
        for n in EDGES[1:] + (4097,) if kind in ("unit", "bits") else (1, 2, 9, 17, 33, 257, 1025):
            yield f"{head} data={kind}:{101 + n % 3} n={n}"


def axis_rows():
    for name, policy, operation in product(FORMATS, ("wide", "exact"), ("sum", "mean", "norm1")):
        shapes = SHAPES[:-1] + SMALL_SHAPES[:2] if policy == "wide" else SMALL_SHAPES
        yield from axes(f"{operation} {name} {policy}", shapes,
                        ("wide", "special", "specialinf", "specialnan", "negzero", "cancel"))
    for name, operation in product(NARROW, ("sum", "mean", "norm1")):
        yield from axes(f"{operation} {name} pairwise", SMALL_SHAPES,
                        ("wide", "specialinf", "specialnan", "negzero"))
    yield from axes("sum int32", SHAPES[:-1] + SMALL_SHAPES[:2], (), "bits")
    for axis in (0, 1):
        head = f"max float16 data=unit:106 rows={3 * (1 - axis)} cols={3 * axis} axis={axis}"
        yield head  # no results
    yield from axes("max float16", SHAPES[:-1], ("few", "special", "specialnan", "bits"))


def further_axis_rows():
    """Integers in some types, a strip of columns and more of them, and the extrema together."""
    shapes = SHAPES[:-2] + SMALL_SHAPES[:2] + ((3, 600),)
    for name, operation in product(("int8", "int32", "uint64"), ("sum", "mean", "prod")):
        if (name, operation) != ("int32", "sum"):
            yield from axes(f"{operation} {name}", shapes, (), "bits")
    for name, operation in product(("int8", "int32", "uint64"), (*EXTREMA, "minmax")):
        yield from axes(f"{operation} {name}", shapes[:-3] + shapes[-1:], (), "bits")
    yield "sum int32 data=bits:107 rows=3300 cols=40 axis=0"  # several tasks
    yield "min uint64 data=bits:107 rows=3300 cols=40 axis=0"
    long = ((300, 40), (40, 300), (4200, 20), (20, 4200))
    for name, policy, operation in product(NARROW, ALL_POLICIES, ("sum", "mean", "norm1")):
        shapes = SMALL_SHAPES[2:] if policy != "pairwise" else ()
        yield from axes(f"{operation} {name} {policy}", (*shapes, *(long if operation == "sum" else ())),
                        ("special", "subnormal") if policy == "kahan" else ())
    for name, operation in product(NARROW, EXTREMA):
        yield from axes(f"{operation} {name}", SMALL_SHAPES[2:] + (long if operation == "argmin" else ()),
                        ("few", "signedzero", "specialnan"))
    for name in (*FORMATS, *NARROW):
        yield from axes(f"minmax {name}", SHAPES[4:-2:2], ("signedzero", "specialnan", "bits"))


def axes(head, shapes, kinds, plain="unit"):
    for axis in (0, 1):
        for rows, cols in shapes:
            yield f"{head} data={plain}:104 rows={rows} cols={cols} axis={axis}"
        for kind in kinds:
            for rows, cols in ((17, 33), (40, 19)):
                yield f"{head} data={kind}:105 rows={rows} cols={cols} axis={axis}"

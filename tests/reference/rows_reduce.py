# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""Which reductions the golden list holds (left sides only)."""
from arithmetic import FORMATS
from tree import POLICIES

TYPES = tuple(FORMATS)
SIZES = (0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 80, 100, 127, 128, 129, 255, 256,
         257, 500, 1000, 1023, 1024, 1025)
MORE_SIZES = (4095, 4096, 4097, 65535, 65536, 65537)
LARGE_SIZES = (2**20 - 1, 2**20, 2**20 + 1)
FEW_SIZES = (1, 2, 9, 16, 17, 33, 257, 1025)
SHAPES = ((1, 1), (1, 17), (17, 1), (2, 3), (8, 9), (15, 16), (16, 15), (17, 33), (33, 17),
          (64, 64), (257, 5), (5, 257), (1025, 31), (31, 1025), (300, 300))


def _typed(operation, with_policy=True):
    for name in TYPES:
        for policy in (f" {p}" for p in POLICIES) if with_policy else ("",):
            yield f"{operation} {name}{policy}"


def reduce_rows():
    for operation in ("sum", "dot"):
        for head in _typed(operation):
            for kind, seed, sizes in (("unit", 7, SIZES + MORE_SIZES),
                                      ("wide", 8, SIZES + MORE_SIZES),
                                      ("tie", 9, FEW_SIZES + (4097,)),
                                      ("tinytie", 9, FEW_SIZES), ("tiny", 10, FEW_SIZES),
                                      ("subnormal", 11, FEW_SIZES), ("special", 12, FEW_SIZES),
                                      ("specialinf", 13, FEW_SIZES), ("specialnan", 14, FEW_SIZES),
                                      ("negzero", 15, FEW_SIZES), ("zero", 16, (17,)),
                                      ("huge", 19, FEW_SIZES),
                                      ("signedzero", 17, (2, 17, 33))):
                for n in sizes:
                    yield f"{head} data={kind}:{seed} n={n}"
            for n in LARGE_SIZES:
                yield f"{head} data=unit:{n % 100} n={n}"
            yield f"{head} data=wide:18:1000000 n=777"
    for head in _typed("mean"):
        for n in (0, 1, 2, 3, 7, 9, 16, 17, 33, 100, 257, 1000, 1025, 65537):
            yield f"{head} data=unit:21 n={n}"
            yield f"{head} data=wide:22 n={n}"
        for kind in ("special", "specialinf", "specialnan", "negzero", "subnormal"):
            for n in (1, 3, 17, 257):
                yield f"{head} data={kind}:23 n={n}"
    for operation in ("max", "min", "argmax", "argmin"):
        for head in _typed(operation, with_policy=False):
            for n in SIZES[1:] + MORE_SIZES:
                yield f"{head} data=unit:31 n={n}"
            for kind in ("few", "signedzero", "special", "specialinf", "specialnan", "bits"):
                for n in FEW_SIZES:
                    yield f"{head} data={kind}:{32 + n % 5} n={n}"
            for kind in ("zero", "negzero"):
                yield f"{head} data={kind}:1 n=100"
            for kind in ("rareminus", "rareplus"):
                for n in (100, 257, 1025, 4097, 65537):
                    yield f"{head} data={kind}:42 n={n}"
            yield f"{head} data=wide:41 n={2**20 + 1}"
    yield from matrix_rows()
    yield from axis_rows()


def matrix_rows():
    """Whole matrices, in row-major order of their elements."""
    heads = [*_typed("sum"), *_typed("mean"), *_typed("dot")]
    heads += [head for operation in ("max", "min", "argmax", "argmin")
              for head in _typed(operation, with_policy=False)]
    for head in heads:
        for rows, cols in SHAPES + ((260, 300),):
            yield f"{head} data=unit:56 rows={rows} cols={cols}"
        for kind in ("wide", "few", "specialnan"):
            for rows, cols in ((17, 33), (40, 19)):
                yield f"{head} data={kind}:57 rows={rows} cols={cols}"


def axis_rows():
    for head in [*_typed("sum"), *_typed("mean")]:
        for axis in (0, 1):
            for rows, cols in ((0, 3), (3, 0), (0, 0), *SHAPES):
                yield f"{head} data=unit:51 rows={rows} cols={cols} axis={axis}"
            for kind in ("wide", "tie", "special", "specialinf", "specialnan", "negzero"):
                for rows, cols in ((17, 33), (40, 19)):
                    yield f"{head} data={kind}:52 rows={rows} cols={cols} axis={axis}"
    for operation in ("max", "min", "argmax", "argmin"):
        for head in _typed(operation, with_policy=False):
            for axis in (0, 1):
                # no outputs; an empty reduced axis would be an error
                yield f"{head} data=unit:53 rows={3 * (1 - axis)} cols={3 * axis} axis={axis}"
                for rows, cols in SHAPES:
                    yield f"{head} data=unit:53 rows={rows} cols={cols} axis={axis}"
                for kind in ("few", "signedzero", "special", "specialinf", "specialnan", "bits"):
                    for rows, cols in ((17, 33), (40, 19)):
                        yield f"{head} data={kind}:54 rows={rows} cols={cols} axis={axis}"

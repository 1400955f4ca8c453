# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""Which reductions along some axes of two to four the golden list holds (left sides only)."""
import math
from itertools import combinations, product

from arithmetic import FORMATS
from rows_policies import ALL_POLICIES

SHAPES = ((17, 9), (1, 33), (65, 3), (3, 4, 5), (9, 1, 8), (16, 5, 33), (2, 3, 4, 5), (7, 2, 16, 3))
EMPTY = ((0, 3), (3, 0), (0, 0), (2, 0, 3), (2, 3, 0, 4))
LARGE = "shape=65x30x12 axes="
FEW_SHAPES = ((17, 9), (9, 1, 8), (16, 5, 33), (2, 3, 4, 5))
FEW_EMPTY = ((0, 3), (2, 0, 3))


def places(shapes):
    """Every choice of reduced axes of every shape, and its empty lines."""
    for shape in shapes:
        for count in range(1, len(shape) + 1):
            for axes in combinations(range(len(shape)), count):
                lines = math.prod(e for at, e in enumerate(shape) if at not in axes)
                length = math.prod(shape[at] for at in axes)
                text = f"shape={'x'.join(map(str, shape))} axes={','.join(map(str, axes))}"
                yield text, lines > 0 and length == 0


def axes_rows():
    for name, policy, operation in product(FORMATS, ALL_POLICIES, ("sum", "mean")):
        head = f"{operation} {name} {policy}"
        for text, _ in places(SHAPES):
            yield f"{head} data=wide:171 {text}"
        for text, _ in places(EMPTY):
            yield f"{head} data=unit:172 {text}"
        for axes in ("0,2", "1"):
            yield f"{head} data=unit:177 {LARGE}{axes}"
        for kind in ("unit", "specialnan", "specialinf", "negzero"):
            for text, _ in places(((9, 4, 17), (33, 5))):
                yield f"{head} data={kind}:173 {text}"
    for name, operation in product(FORMATS, ("max", "argmax")):
        head = f"{operation} {name}"
        for text, _ in places(SHAPES):
            yield f"{head} data=unit:174 {text}"
        for text, is_error in places(EMPTY):
            if not is_error:
                yield f"{head} data=unit:175 {text}"
        for axes in ("0,2", "1"):
            yield f"{head} data=unit:178 {LARGE}{axes}"
        for kind in ("few", "signedzero", "specialnan"):
            for text, _ in places(((9, 4, 17), (33, 5))):
                yield f"{head} data={kind}:176 {text}"
    yield from further_rows()


def further_rows():
    """norm1, the moments, norm2, the smallest elements, sums of integers."""
    for name, policy, operation in product(FORMATS, ALL_POLICIES, ("norm1", "variance", "stddev")):
        ends = ("",) if operation == "norm1" else (" ddof=1", " ddof=0")
        yield from few_rows(f"{operation} {name} {policy}", ends, policy == "pairwise")
    for name, operation in product(FORMATS, ("norm2", "min", "argmin")):
        yield from few_rows(f"{operation} {name}", ("",), True)
    for name in ("int32", "uint8"):
        for text, _ in places(FEW_SHAPES + FEW_EMPTY):
            yield f"sum {name} data=bits:186 {text}"
    yield from newer_rows()


def newer_rows():
    """Products, extrema together, counts, and integers."""
    for name in FORMATS:
        yield from few_rows(f"prod {name}", ("",), True)
        yield from few_rows(f"minmax {name}", ("",), True)
        for operation, kind in (("any", "zero"), ("all", "unit"), ("any", "few"), ("all", "few"), ("count", "few"),
                                ("count", "specialnan")):
            for text, _ in places(((9, 1, 8), (2, 3, 4, 5), (0, 3), (2, 0, 3))):
                yield f"{operation} {name} data={kind}:187 {text}"
    for name in ("int32", "uint8"):
        for operation in ("mean", "prod", "max", "min", "minmax", "argmax", "argmin", "any", "all", "count"):
            has_empty = operation in ("mean", "prod", "any", "all", "count")
            for text, is_error in places(FEW_SHAPES + FEW_EMPTY):
                if has_empty or not is_error:
                    yield f"{operation} {name} data=bits:188 {text}"


def few_rows(head, ends, specials):
    for text, _ in places(FEW_SHAPES):
        yield f"{head} data=unit:181 {text}{ends[0]}"
    if not specials:
        return
    for text, is_error in places(FEW_EMPTY):
        if not is_error or head.split()[0] not in ("min", "argmin", "minmax"):
            yield f"{head} data=unit:182 {text}{ends[-1]}"
    for axes in ("0,2", "1"):
        yield f"{head} data=unit:183 {LARGE}{axes}{ends[-1]}"
    for kind, (text, _) in product(("specialnan", "specialinf", "wide"), places(((9, 4, 17),))):
        yield f"{head} data={kind}:184 {text}{ends[-1]}"

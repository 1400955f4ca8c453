# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""Which streams the golden list holds (left sides only)."""
from itertools import product

from accumulators import lanes_of, may_merge_anywhere
from arithmetic import FORMATS
from exact import policy_of
from narrow import ALL_FORMATS, NARROW
from rows_policies import ALL_POLICIES

SIZES = (0, 1, 2, 8, 9, 16, 17, 33, 257, 1025, 4097)
KINDS = ("subnormal", "special", "specialinf", "specialnan", "negzero", "signedzero", "few")
# Elements of parts, as rows of the tree and elements beyond them: where a merge may stand.
TREE_PARTS = (((0, 0), (2, 5)), ((1, 3), (0, 0)), ((1, 0), (0, 1)), ((1, 0), (1, 0)),
              ((2, 0), (1, 1)), ((4, 0), (3, 5)), ((64, 0), (37, 3)), ((96, 0), (31, 1)),
              ((64, 0), (32, 0), (0, 5)), ((32, 0), (16, 0), (8, 0), (4, 0), (2, 0), (1, 0), (0, 3)),
              ((1, 0), (1, 0), (1, 0), (0, 2)), ((256, 0), (128, 0), (127, 7)))
ANY_PARTS = ((0, 37), (23, 0), (5, 1), (17, 3), (300, 77), (1, 0, 0, 700), (1, 2, 3, 5, 8, 13, 21))


def accumulators_rows():
    for name, policy in product((*FORMATS, *NARROW), ALL_POLICIES):
        lanes = lanes_of(policy_of(policy, name), ALL_FORMATS[name])
        anywhere = may_merge_anywhere(policy_of(policy, name))
        for operation in ("accumulator", "dot_accumulator"):
            yield from stream_rows(f"{operation} {name} {policy}", None if anywhere else lanes)
    for name in (*FORMATS, *NARROW):
        yield from stream_rows(f"prod_accumulator {name}", lanes_of(policy_of("pairwise", name),
                                                                    ALL_FORMATS[name]))
        yield from exact_rows(name)
    for name, what in product((*FORMATS, *NARROW, "int32", "uint8"), ("max", "min", "minmax")):
        yield from extremum_rows(f"{what}_accumulator {name}", name in ALL_FORMATS)


def ends(sizes):
    """n= and cuts= of parts of these sizes."""
    cuts = [sum(sizes[:k]) for k in range(1, len(sizes))]
    return f"n={sum(sizes)} cuts={','.join(map(str, cuts))}"


def merges(lanes):
    """Parts where a tree of so many lanes lets them be merged, or any in both orders."""
    if lanes is not None:
        for parts in TREE_PARTS:
            yield ends([rows * lanes + more for rows, more in parts])
        return
    for parts in ANY_PARTS:
        yield ends(parts)
        yield ends(parts) + " order=reversed"


def stream_rows(head, lanes):
    for n in SIZES:
        yield f"{head} data={'wide' if n % 2 else 'unit'}:{191 + n % 3} n={n} chunks={n % 7}"
    for number, kind in enumerate(KINDS):
        yield f"{head} data={kind}:194 n={(17, 33, 257)[number % 3]} chunks={number + 7}"
    for number, text in enumerate(merges(lanes)):
        kind = ("unit", "wide", "repeated")[number % 3]
        yield f"{head} data={kind}:195 {text} chunks={number + 14}"


def extremum_rows(head, is_float):
    for n in SIZES[1:]:
        yield f"{head} data={'unit' if is_float else 'bits'}:196 n={n} chunks={n % 7}"
    for number, kind in enumerate((*KINDS, "bits") if is_float else ()):
        yield f"{head} data={kind}:197 n={(17, 33, 257)[number % 3]} chunks={number + 7}"
    for number, text in enumerate(merges(None)):
        kind = "bits" if not is_float else ("unit", "few", "signedzero")[number % 3]
        yield f"{head} data={kind}:198 {text} chunks={number + 14}"


def exact_rows(name):
    head = f"exact_accumulator {name}"
    kinds = ("unit", "wide", "bits", *KINDS, *(("full", "cancel", "tiny", "huge") if name in FORMATS else ()))
    for number, kind in enumerate(kinds):
        for removed, products in ((0, 0), (0, 33), (16, 0), (9, 7)):
            n = (0, 1, 17, 257, 1030)[(number + removed + products) % 5]
            yield f"{head} data={kind}:199 n={n} products={products} removed={removed} chunks={number}"
    for number, parts in enumerate(ANY_PARTS):
        tail = f"{ends(parts)} products=5 removed=4 chunks={number}"
        yield f"{head} data=wide:200 {tail}"
        yield f"{head} data=special:200 {tail} order=reversed"

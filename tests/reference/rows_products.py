# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""Which products with vectors, of a matrix with its transpose, of batches, and with an epilogue the golden list holds."""
from itertools import product

from arithmetic import FORMATS
from narrow import NARROW
from rows_matmul import FACTORS, POLICIES

INTEGER_FACTORS = ("00000001", "00000000", "00000003")  # 1, 0, and another

# Type and policy, each type and each policy often enough.
SCHEMES = (*product(FORMATS, POLICIES), *zip(NARROW, ("pairwise", "wide")), ("bfloat16", "kahan"),
           ("int8", "pairwise"))


def factors(name):
    """1, 0 and pi; of integers 3."""
    if name == "int8":
        return INTEGER_FACTORS
    one, zero, _, _, pi, *_ = FACTORS.get(name, FACTORS["float32"])
    return one, zero, pi


def products_rows():
    for number, (name, policy) in enumerate(SCHEMES):
        one, zero, other = factors(name)
        pairs = ((one, zero), (other, one), (one, other), (other, zero))
        alpha, beta = pairs[number % 4]
        data = "bits:70" if name == "int8" else ("unit:70", "special:70", "specialnan:70")[number % 3]

        def row(op, shape, more=f"alpha={alpha} beta={beta}"):
            return f"{op} {name} {policy} data={data} {shape} {more}"

        yield row("matvec", f"m={(33, 100, 7)[number % 3]} k={(257, 31, 1030)[number % 3]}")
        yield row("outer", f"m={(33, 5, 100)[number % 3]} n={(17, 130, 64)[number % 3]}")
        yield row("syrk", f"n={(33, 130, 200)[number % 3]} k={(300, 40, 9)[number % 3]}")
        yield row("matmul", f"batch={(3, 40, 7)[number % 3]} m={(33, 4, 17)[number % 3]} "
                            f"n={(31, 18, 33)[number % 3]} k={(40, 9, 300)[number % 3]}")
    for name, then in (("float32", "relu"), ("float32", "tanh"), ("float32", "exp"), ("float64", "relu")):
        one, zero, pi = factors(name)
        for policy, (m, n, k), bias in (("pairwise", (33, 70, 300), "row"), ("kahan", (200, 9, 17), "column"),
                                        ("wide", (17, 18, 5), "row,column")):
            yield (f"matmul {name} {policy} data={'special' if bias == 'column' else 'unit'}:79 m={m} n={n} k={k} "
                   f"alpha={pi} beta={one} bias={bias} then={then}")

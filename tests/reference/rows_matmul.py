# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""Which products of matrices the golden list holds (left sides only)."""
from itertools import islice, product

from arithmetic import FORMATS
from narrow import NARROW

DEPTHS = (0, 1, 2, 15, 16, 17, 255, 256, 257, 511, 512, 513, 767, 769, 1023, 1025, 1537)
OUTPUTS = ((1, 1), (1, 2), (2, 1), (2, 7), (7, 15), (15, 16), (16, 17), (17, 31), (31, 33), (33, 1),
           (1, 33), (33, 33))
FACTORS = {  # alpha, beta
    "float32": ("3f800000", "00000000", "80000000", "bf800000", "40490fdb", "3f000000", "7fc00000",
                "7f800000", "00000001"),
    "float64": ("3ff0000000000000", "0000000000000000", "8000000000000000", "bff0000000000000",
                "400921fb54442d18", "3fe0000000000000", "7ff8000000000000", "7ff0000000000000",
                "0000000000000001"),
}


def matmul_rows():
    yield from pairwise_rows()
    for number, (name, policy) in enumerate(product((*FORMATS, *NARROW), POLICIES)):
        rows = policy_rows(name, policy, number)
        if (name, policy) == ("float64", "wide"):  # `kahan` once more
            yield from islice(rows, 0, None, 3)
        elif name in NARROW or policy != "pairwise":
            yield from rows
    yield from integer_rows()


def pairwise_rows():
    for name in FORMATS:
        one, zero, negative_zero, minus_one, pi, half, nan, infinity, least = FACTORS[name]

        def row(m, n, k, data="unit:7", alpha=one, beta=zero):
            return (f"matmul {name} pairwise data={data} m={m} n={n} k={k} "
                    f"alpha={alpha} beta={beta}")

        for k in DEPTHS:
            for m, n in ((1, 1), (17, 33), (31, 7)):
                yield row(m, n, k)
        for m, n in OUTPUTS:
            for k in (0, 1, 2, 17, 257):
                yield row(m, n, k, "unit:8")
        for m, n in ((0, 3), (3, 0), (0, 0)):
            yield row(m, n, 5)
            yield row(m, n, 0, beta=one)
        for alpha, beta in ((one, one), (one, minus_one), (one, pi), (one, negative_zero),
                            (pi, zero), (half, half), (zero, one), (zero, zero),
                            (negative_zero, zero), (minus_one, zero), (pi, pi), (nan, zero), (one, nan),
                            (infinity, zero), (one, infinity), (least, pi), (one, least)):
            for k in (0, 1, 257):
                yield row(17, 19, k, "unit:9", alpha, beta)
            yield row(6, 5, 300, "specialnan:10", alpha, beta)
        for kind in ("wide", "special", "specialinf", "specialnan", "tie", "negzero", "few",
                     "subnormal", "bits"):
            for m, n, k in ((7, 9, 1), (7, 9, 3), (16, 33, 40), (17, 18, 257), (5, 6, 1025)):
                yield row(m, n, k, f"{kind}:11")
                yield row(m, n, k, f"{kind}:12", minus_one, one)
        for m, n, k in ((7, 9, 1), (7, 9, 3), (16, 33, 40), (17, 18, 257)):
            yield row(m, n, k, "tiny:13")
            yield row(m, n, k, "tiny:14", one, one)
            yield row(m, n, k, "tinytie:18")
            yield row(m, n, k, "tinytie:19", one, one)
        for m, n, k in ((7, 9, 1), (7, 9, 3), (16, 33, 40), (17, 18, 257), (5, 6, 1025)):
            yield row(m, n, k, "huge:27")
            yield row(m, n, k, "huge:28", half, one)
        for m, n, k in ((64, 80, 2049), (200, 3, 600), (3, 200, 600), (1, 257, 1000),
                        (257, 1, 1000), (130, 70, 300), (96, 100, 520), (63, 65, 64)):
            yield row(m, n, k, "unit:15")
        for seed in range(20, 26):
            yield row(33, 40, 512, f"tie:{seed}", half, one)
        yield row(64, 48, 1100, "tie:16", half, one)
        yield row(49, 64, 700, "wide:17", pi, half)


POLICIES = ("pairwise", "kahan", "wide")
MORE_DEPTHS = (0, 1, 2, 15, 16, 255, 256, 257, 511, 512, 513, 700, 1024, 1025, 2100)
MORE_OUTPUTS = ((1, 1), (17, 33), (7, 31), (33, 1), (31, 17), (1, 33), (17, 7), (33, 31))
SMALL = ((7, 9, 3), (17, 33, 40), (17, 7, 257), (5, 6, 1025))
KINDS = ("wide", "special", "specialinf", "specialnan", "negzero", "few", "subnormal", "bits")
MORE_KINDS = ("tie", "tinytie", "tiny", "huge")
# Seeds of `wide` products, some of whose elements would differ if the double were rounded straight to 16 bits; if
# it were rounded to float before alpha.
ROUNDED_THRICE = {"float16": (102, 109), "bfloat16": (177, 367)}


def policy_rows(name, policy, number):
    """`number` varies which shapes meet which depths. Results of 16 bits tell less: they have fewer rows."""
    some = slice(number % 2, None, 2) if name in NARROW else slice(None)
    one, zero, negative_zero, minus_one, pi, half, nan, infinity, least = FACTORS.get(
        name, FACTORS["float32"])

    def row(m, n, k, data, alpha=one, beta=zero, more=""):
        return (f"matmul {name} {policy} data={data} m={m} n={n} k={k} "
                f"alpha={alpha} beta={beta}{more}")

    for at, k in enumerate(MORE_DEPTHS[some]):
        m, n = MORE_OUTPUTS[(at + 3 * number) % len(MORE_OUTPUTS)]
        yield row(m, n, k, "unit:31")
    for at, kind in enumerate(KINDS + (MORE_KINDS if name in FORMATS else ())):
        m, n, k = SMALL[(at + number) % len(SMALL)]
        yield row(m, n, k, f"{kind}:32")
        if at % 4 == number % 4:
            yield row(m, n, k // 2 + 1, f"{kind}:35", minus_one, one)
    factors = ((one, one), (pi, zero), (half, pi), (zero, one), (negative_zero, zero), (nan, zero),
               (one, nan), (infinity, negative_zero), (least, pi), (one, least))
    for at, (alpha, beta) in enumerate(factors[some]):
        yield row(7, 18, (257, 0, 17, 1)[(at + number) % 4], "unit:38", alpha, beta)
        if at % 5 == number % 5:
            yield row(6, 5, 300, "specialnan:41", alpha, beta)
    yield row(0, 3, 5, "unit:44")
    yield row(3, 0, 0, "unit:44", beta=one)
    yield row(70, 130, 300, "unit:45", half, one)
    # sums whose bits are in the errors, and in the errors of the errors
    for m, n, k in ((17, 33, 32), (7, 18, 96), (31, 7, 288), (33, 31, 800), (7, 9, 1056),
                    (17, 31, 2080)):
        yield row(m, n, k, "opposed:47", more=" bt=repeated")
        if name in FORMATS:
            yield row(m, n, k, "opposed:50", pi, zero, " bt=repeated")
    if name in NARROW:
        small = "36490fdb"  # pi 2^-20: into the range of the type, its subnormal numbers too
        yield row(17, 33, 40, "wide:53", small, zero)
        yield row(33, 17, 300, "wide:53", small, one)
        for seed in ROUNDED_THRICE[name] if policy == "wide" else ():
            yield row(64, 48, 9, f"wide:{seed}", small, zero)


def integer_rows():
    """C and its factors are int32."""
    one, zero, minus_one, three, least, largest, some = (
        "00000001", "00000000", "ffffffff", "00000003", "80000000", "7fffffff", "9e3779b9")

    def row(m, n, k, alpha=one, beta=zero):
        return f"matmul int8 pairwise data=bits:61 m={m} n={n} k={k} alpha={alpha} beta={beta}"

    for at, k in enumerate((*MORE_DEPTHS, 3, 4, 5, 7, 8, 31, 33, 63, 65)):
        yield row(*MORE_OUTPUTS[at % len(MORE_OUTPUTS)], k)
    for at, (alpha, beta) in enumerate(
            ((one, one), (three, zero), (zero, one), (zero, zero), (minus_one, three),
             (least, minus_one), (largest, least), (some, some), (one, largest))):
        yield row(7, 18, (257, 0, 17, 1)[at % 4], alpha, beta)
    yield row(0, 3, 5)
    yield row(3, 0, 0, beta=one)
    yield row(70, 130, 300, some, three)
    yield row(33, 31, 5000)
    yield row(1, 1, 70000)

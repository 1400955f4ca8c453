# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""Tests of matmul's reference, an element at a time in exact rationals that are rounded where the contract says."""
import itertools
import math
from fractions import Fraction

import numpy as np

import tree
from arithmetic import FLOAT32, FLOAT64, FORMATS
from data import generate
from evaluate import evaluate
from exact import policy_of
from matmul import integer_matmul, matmul
from narrow import ALL_FORMATS, NARROW, compute_format, store, values
from row import array
from rows_matmul import POLICIES, ROUNDED_THRICE
from selftest import same
from selftest_reduce import nearest


def rounded(q, fmt):
    return Fraction(nearest(q, fmt))


def two_sum(x, y, fmt):
    """The error of a sum is a number of the format, so that TwoSum gives it exactly."""
    s = rounded(x + y, fmt)
    return s, x + y - s


def plain_chain(pairs, fmt):
    acc = Fraction(0)
    for a, b in pairs:
        acc = rounded(a * b + acc, fmt)
    return (acc,)


def kahan_chain(pairs, fmt):
    s = e = Fraction(0)
    for a, b in pairs:
        p = rounded(a * b, fmt)
        q = rounded(a * b - p, fmt)
        s, t = two_sum(s, p, fmt)
        e = rounded(e + rounded(q + t, fmt), fmt)
    return s, e


def plain_node(left, right, fmt):
    return (rounded(left[0] + right[0], fmt),)


def kahan_node(left, right, fmt):
    s, t = two_sum(left[0], right[0], fmt)
    return s, rounded(rounded(left[1] + right[1], fmt) + t, fmt)


def element(row, column, alpha, beta, old, policy, fmt):
    """One element of C as a rational, before it is rounded to 16 bits."""
    narrow = fmt
    fmt = FLOAT64 if policy == "wide" else fmt
    kahan = policy == "kahan" or (policy == "wide" and narrow is FLOAT64)
    chain, node = (kahan_chain, kahan_node) if kahan else (plain_chain, plain_node)
    pairs = list(zip(row, column))
    nodes = [chain(pairs[k:k + 256], fmt) for k in range(0, len(pairs), 256)]
    while len(nodes) > 1:
        nodes = [node(*nodes[i:i + 2], fmt) if i + 1 < len(nodes) else nodes[i]
                 for i in range(0, len(nodes), 2)]
    r = rounded(alpha * rounded(sum(nodes[0]), fmt), fmt)
    return rounded(rounded(beta * old + r, fmt), narrow)


def operands(kind, m, n, k, fmt):
    """B is the transpose of n x k elements."""
    other = "repeated" if kind == "opposed" else kind
    parts = ((kind, 1, m, k), (other, 2, n, k), ("unit", 3, m, n))
    a, b, c = (values(generate(kind, seed, rows * cols, fmt.name), fmt).reshape(rows, cols)
               for kind, seed, rows, cols in parts)
    return a, b.T, c


def rational(x):
    return Fraction(float(x))


def test_matmul_by_rationals():
    m, n = 2, 3
    for fmt, policy in itertools.product(ALL_FORMATS.values(), POLICIES):
        compute = compute_format(fmt)
        alpha, beta = compute.dtype(0.7), compute.dtype(-1.1)
        for kind, k in (("unit", 1), ("unit", 600), ("opposed", 32), ("opposed", 544), ("unit", 1026)):
            a, b, c = operands(kind, m, n, k, fmt)
            got = store(matmul(a, b, alpha, beta, c, policy_of(policy, fmt.name)), fmt)
            exact = [[element(map(rational, a[i]), map(rational, b[:, j]), rational(alpha), rational(beta),
                              rational(c[i, j]), policy, compute) for j in range(n)] for i in range(m)]
            expected = store(np.array([[float(v) for v in line] for line in exact], compute.dtype), fmt)
            assert np.array_equal(got, expected), (fmt.name, policy, kind, k)


def test_matmul_near_the_real_sum():
    """Where 2 x 500 products cancel, the compensated chain and the one in double are right, the plain one is not."""
    for fmt in FORMATS.values():
        a, b, _ = operands("unit", 1, 1, 1000, fmt)
        a[0, 500:], b[500:] = -a[0, :500], b[:500]
        a[0, 700] *= fmt.dtype(1.25)
        real = float(sum(rational(x) * rational(y) for x, y in zip(a[0], b[:, 0])))
        error = {name: abs(float(matmul(a, b, policy=policy_of(name, fmt.name))[0, 0]) / real - 1)
                 for name in POLICIES}
        assert error["pairwise"] > 2.0**(1 - fmt.precision) >= max(error["kahan"], error["wide"]), error


def product(x, y, policy, dtype=np.float32, **more):
    x, y = np.array([x], dtype), np.array([y], dtype).T
    return float(matmul(x, y, policy=policy, **more)[0, 0])


def test_matmul_special():
    inf = math.inf
    # of products: a plain chain adds them before they are rounded, in double none of these overflows
    overflow = {tree.Pairwise: "inf", tree.Kahan: "nan", tree.Wide: "0.0"}
    for policy in overflow:
        for x, y, expected in (([], [], "0.0"), ([-0.0], [1], "0.0"), ([inf], [2], "inf"), ([inf], [0], "nan"),
                               ([inf, 1], [1, -inf], "nan"), ([3e38, 3e38], [1, 1], "inf"),
                               ([1e-45], [0.5], "0.0"), ([1e-45], [-0.5], "0.0" if policy is tree.Kahan else "-0.0"),
                               ([3e38, 3e38], [2, -2], overflow[policy])):
            got = product(x, y, policy)
            assert repr(got) == expected, (policy, x, y, got)
        assert repr(product([], [], policy, alpha=-1)) == "-0.0"
        assert math.isnan(product([], [], policy, alpha=inf))
        assert product([2], [3], policy, alpha=0, beta=1, c_old=np.array([[7]], np.float32)) == 7
    # the overflowing product of two floats is a number of a double, and so is alpha times it
    assert product([1e30], [1e30], tree.Wide, alpha=1e-30) == float(np.float32(1e30))
    assert product([1e30], [1e30], tree.Kahan, alpha=1e-30) == math.inf


def test_matmul_rounded_thrice():
    """What the seeds of the rows are chosen for: where the double is rounded shows."""
    alpha = np.uint32(0x36490FDB).reshape(1).view(np.float32)[0]
    for fmt in NARROW.values():
        for early, seed in enumerate(ROUNDED_THRICE[fmt.name]):
            a, b = (values(generate("wide", seed + s, count, fmt.name), fmt) for s, count in ((0, 64 * 9), (1, 9 * 48)))
            a, b = a.reshape(64, 9).astype(np.float64), b.reshape(9, 48).astype(np.float64)
            total = matmul(a, b).astype(np.float32) if early else matmul(a, b)
            double = total.astype(np.float64) * np.float64(alpha)
            if early:
                other = store(double.astype(np.float32), fmt)
            else:
                other = store(to_odd(double), fmt)
            right = store(matmul(a.astype(np.float32), b.astype(np.float32), alpha, policy=tree.Wide), fmt)
            assert (other != right).any(), (fmt.name, seed)


def to_odd(double):
    """As float32 whose last bit is set where something was cut off: rounds once more as the double would."""
    x = double.astype(np.float32)
    bits = x.view(np.uint32) - (np.abs(x.astype(np.float64)) > np.abs(double))
    cut = bits.astype(np.uint32).view(np.float32).astype(np.float64) != double
    return np.where(cut, bits | 1, bits).astype(np.uint32).view(np.float32)


def test_integer_matmul():
    a, b = (generate("bits", s, 900, "int8") for s in (4, 5))
    c = generate("bits", 6, 9, "int32")
    for alpha, beta in ((1, 0), (-3, 5), (2**31 - 1, -2**31)):
        got = integer_matmul(a.reshape(3, 300), b.reshape(300, 3), alpha, beta, c.reshape(3, 3))
        for i, j in itertools.product(range(3), range(3)):
            total = alpha * sum(int(a[300 * i + k]) * int(b[3 * k + j]) for k in range(300)) + beta * int(c[3 * i + j])
            assert (total - int(got[i, j])) % 2**32 == 0 and got.dtype == np.int32
    minus = np.full((1, 2**17), -128, np.int8)
    assert integer_matmul(minus, minus.T, 1, 0, np.zeros((1, 1), np.int32))[0, 0] == -2**31


def test_matmul_rows():
    """B transposed; the types of the factors and of the old C."""
    a, b, _ = operands("opposed", 2, 3, 64, FLOAT32)
    b = values(generate("repeated", 2, 3 * 64, "float32"), FLOAT32).reshape(3, 64).T
    row = "matmul float32 kahan data=opposed:1 m=2 n=3 k=64 alpha=3f800000 beta=00000000 bt=repeated"
    assert evaluate(row) == array(matmul(a, b, policy=tree.Kahan))
    a, b = (generate("bits", s, 6, "int8").reshape(shape) for s, shape in ((1, (2, 3)), (2, (3, 2))))
    c = generate("bits", 3, 4, "int32").reshape(2, 2)
    row = "matmul int8 pairwise data=bits:1 m=2 n=2 k=3 alpha=ffffffff beta=00000002"
    assert evaluate(row) == array(integer_matmul(a, b, -1, 2, c))
    a, b, c = (values(generate("unit", s, 4, "float16"), NARROW["float16"]).reshape(2, 2) for s in (1, 2, 3))
    row = "matmul float16 wide data=unit:1 m=2 n=2 k=2 alpha=40000000 beta=3f000000"
    assert evaluate(row) == array(store(matmul(a, b, 2, 0.5, c, tree.Wide), NARROW["float16"]), "float16")
    assert same(matmul(a, b, policy=tree.Kahan), (a.astype(np.float64) @ b).astype(np.float32))


def test_products_rows():
    """Products with vectors, of a matrix with its transpose, of batches, and an epilogue."""
    def data(seed, *shape):
        return values(generate("unit", seed, math.prod(shape), "float32"), FLOAT32).reshape(shape)

    def right(row, expected):
        assert evaluate(row.format("float32 pairwise data=unit:1", "alpha=40000000 beta=3f000000")) == array(expected), row

    right("matvec {} m=2 k=3 {}", matmul(data(1, 2, 3), data(2, 3, 1), 2, 0.5, data(3, 2, 1)).reshape(2))
    right("outer {} m=2 n=3 {}", matmul(data(1, 2, 1), data(2, 1, 3), 2, 0.5, data(3, 2, 3)))
    a, c = data(1, 3, 5), data(3, 3, 3)
    product = matmul(a, a.T, 2, 0.5, np.array([[c[max(i, j), min(i, j)] for j in range(3)] for i in range(3)]))
    assert np.array_equal(product, product.T)
    right("syrk {} n=3 k=5 {}", product)
    a, b, c = data(1, 2, 3, 4), data(2, 2, 4, 5), data(3, 2, 3, 5)
    right("matmul {} batch=2 m=3 n=5 k=4 {}", np.concatenate([matmul(a[i], b[i], 2, 0.5, c[i]) for i in range(2)]))
    product = matmul(data(1, 3, 4), data(2, 4, 5), 2, 0.5, data(3, 3, 5)) + data(4, 5)
    right("matmul {} m=3 n=5 k=4 {} bias=row then=relu", np.where(product > 0, product, np.float32(0)))
    product = product + data(5, 3, 1)
    right("matmul {} m=3 n=5 k=4 {} bias=row,column then=exp",
          np.array([[np.float32(math.exp(v)) for v in line] for line in product], np.float32))

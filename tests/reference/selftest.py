# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the reference, against exact rationals, MPFR, published answers and plain loops."""
import math
from fractions import Fraction

import gmpy2
import mpmath
import numpy as np

import arithmetic
import elementwise
import philox
import tree
from arithmetic import FLOAT32, FLOAT64, FORMATS, fma, from_bits, to_bits
from data import GAMMA, generate, hashes, splitmix64
from fingerprint import digest
from matmul import matmul
from points import NORMALS, RETRIES
from rows_math import fma_points
from shuffle import digit_bits, shuffle

IEEE = {"float32": gmpy2.ieee(32), "float64": gmpy2.ieee(64)}
COMMON = ("unit", "wide", "tie", "tinytie", "tiny", "subnormal", "special",
          "specialinf", "specialnan", "bits")


def same(x, y):
    return np.array_equal(to_bits(np.atleast_1d(x)), to_bits(np.atleast_1d(y)))


def test_environment():
    """Subnormals are kept and rounding is to nearest, in numpy too."""
    tiny = np.full(64, 2.0**-1074)
    assert (tiny + tiny == 2.0**-1073).all() and (tiny * 1.5 == 2.0**-1073).all()
    assert (np.full(64, 2.0**-149, np.float32) * np.float32(0.75) == np.float32(2.0**-149)).all()


def test_nearest():
    for fmt in FORMATS.values():
        for h in hashes(1, 0, 4000):
            h = int(h)
            mantissa = (h >> 4) ** 2
            exponent = fmt.least - 200 + h % (400 + fmt.overflow - fmt.least)
            with gmpy2.local_context(IEEE[fmt.name]):
                exact = gmpy2.mpq(Fraction(mantissa) * Fraction(2) ** exponent)
                expected = float(gmpy2.mpfr(exact))
            assert arithmetic.nearest(-mantissa, exponent, fmt) == -expected


def fma_by_mpfr(a, b, c, fmt):
    """Every operand is exact in the format; gmpy2 rounds once, with subnormals."""
    with gmpy2.local_context(IEEE[fmt.name]):
        value = gmpy2.fma(gmpy2.mpfr(float(a)), gmpy2.mpfr(float(b)), gmpy2.mpfr(float(c)))
    return arithmetic.canonical(np.array([float(value)]).astype(fmt.dtype))[0]


def check_fma(a, b, c, fmt):
    got = fma(a, b, c)
    for x, y, z, r in zip(a, b, c, got):
        expected = fma_by_mpfr(x, y, z, fmt)
        assert same(r, expected), (x, y, z, r, expected)


def test_fma():
    with np.errstate(all="ignore"):
        for fmt in FORMATS.values():
            for kind in COMMON:
                a, b, c = (generate(kind, 100 + i, 4000, fmt.name) for i in range(3))
                check_fma(a, b, c, fmt)
                check_fma(a, b, -(a * b), fmt)  # the error of the product
                check_fma(a, b, (a * b) * fmt.dtype(-0.5), fmt)
            points = np.array(list(fma_points(fmt, 4000)))
            assert np.isfinite(points).all()
            check_fma(*(points[:, i].astype(fmt.dtype) for i in range(3)), fmt)
            check_fma(*(-points[:, i].astype(fmt.dtype) for i in range(3)), fmt)


def fma_points_are_hard(fmt, count=1000):
    """How many points come out wrong when the sum is rounded to twice the precision first."""
    wrong = 0
    for a, b, c in fma_points(fmt, count):
        with gmpy2.context(precision=2 * fmt.precision + 5):
            twice = gmpy2.fma(gmpy2.mpfr(a), gmpy2.mpfr(b), gmpy2.mpfr(c))
        with gmpy2.local_context(IEEE[fmt.name]):
            wrong += not same(np.array([float(+twice)]).astype(fmt.dtype),
                              fma_by_mpfr(a, b, c, fmt))
    return wrong


def test_fma_points():
    for fmt in FORMATS.values():
        assert fma_points_are_hard(fmt) > 150, fma_points_are_hard(fmt)


def test_two_sum():
    for fmt in FORMATS.values():
        a, b = (generate("wide", 3 + i, 2000, fmt.name) for i in range(2))
        s, t = arithmetic.two_sum(a, b)
        for x, y, u, v in zip(*(map(float, z) for z in (a, b, s, t))):
            assert Fraction(x) + Fraction(y) == Fraction(u) + Fraction(v)


def tree_by_counter(x, lanes, combine):
    """The contract's other form of the fold: a binary counter of partial results."""
    totals = []
    for lane in range(min(lanes, len(x))):
        counter = []  # (rows, node), oldest first
        for value in x[lane::lanes]:
            counter.append((1, value))
            while len(counter) > 1 and counter[-1][0] == counter[-2][0]:
                (rows, right), (_, left) = counter.pop(), counter.pop()
                counter.append((2 * rows, combine(left, right)))
        node = counter.pop()[1]
        while counter:
            node = combine(counter.pop()[1], node)
        totals.append(node)
    width = lanes // 2
    while width:
        for lane in range(width):
            if lane + width < len(totals):
                totals[lane] = combine(totals[lane], totals[lane + width])
        totals, width = totals[:width], width // 2
    return totals[0]


def test_tree():
    """Values against the counter form; the very tree of 21 elements in 8 lanes."""
    for fmt in FORMATS.values():
        for n in (*range(1, 70), 255, 256, 257, 500, 1025):
            x = generate("wide", n, n, fmt.name)
            plain = tree_by_counter(x, fmt.lanes, lambda a, b: a + b)
            assert same(tree.sum_(x, tree.Pairwise), plain)
            pairs = [(v, fmt.dtype(0)) for v in x]
            node = tree_by_counter(pairs, fmt.lanes, tree.Kahan.combine)
            assert same(tree.sum_(x, tree.Kahan), fmt.dtype(tree.Kahan.value(node)))
        words = np.array([str(i) for i in range(21)], dtype=object)
        shape, = tree.tree((words,), 8, lambda a, b: ("(" + a[0] + " " + b[0] + ")",))
        assert shape == ("(((((0 8) 16) ((4 12) 20)) (((2 10) 18) (6 14)))"
                         " ((((1 9) 17) (5 13)) (((3 11) 19) (7 15))))"), shape


def test_axis_is_one_dimensional():
    for fmt in FORMATS.values():
        x = generate("wide", 5, 37 * 11, fmt.name).reshape(37, 11)
        for policy in tree.POLICIES.values():
            whole = tree.sum_(x, policy)
            for j in range(11):
                assert same(whole[j], tree.sum_(np.ascontiguousarray(x[:, j]), policy))


def test_extrema():
    z = np.array([-0.0, 0.0, -0.0, 0.0], np.float32)
    assert tree.argmax(z) == 1 and tree.argmin(z) == 0
    assert not np.signbit(tree.max_(z)) and np.signbit(tree.min_(z))
    x = np.array([1, np.nan, 3, np.nan, -np.inf, np.inf])
    assert tree.argmax(x) == 1 and tree.argmin(x) == 1 and np.isnan(tree.min_(x))


def test_matmul():
    for fmt in FORMATS.values():
        for kind in ("unit", "specialnan"):
            a = generate(kind, 1, 3 * 600, fmt.name).reshape(3, 600)
            b = generate(kind, 2, 600 * 2, fmt.name).reshape(600, 2)
            got = matmul(a, b)
            for i in range(3):
                for j in range(2):
                    parts = []
                    for start in (0, 256, 512):
                        acc = fmt.dtype(0)
                        for k in range(start, min(start + 256, 600)):
                            acc = fma_by_mpfr(a[i, k], b[k, j], acc, fmt)
                        parts.append(acc)
                    with np.errstate(all="ignore"):
                        total = arithmetic.canonical(np.array([(parts[0] + parts[1]) + parts[2]]))
                    assert same(got[i, j], total)


def test_functions():
    """Against mpmath at 400 bits, rounded as a rational."""
    mpmath.mp.prec = 400
    oracle = {"exp": mpmath.exp, "log": mpmath.log, "tanh": mpmath.tanh,
              "sinpi": mpmath.sinpi, "cospi": mpmath.cospi}
    for name, function in elementwise.FUNCTIONS.items():
        samples = np.concatenate([generate("moderate", 6, 1500, "float32"),
                                  generate("subnormal", 7, 50, "float32")])
        for x in map(float, np.abs(samples) if name == "log" else samples):
            if abs(x) > 100 and name == "exp":
                continue
            value = oracle[name](mpmath.mpf(x))
            sign, mantissa, exponent, _ = value._mpf_
            signed = -int(mantissa) if sign else int(mantissa)
            expected = arithmetic.nearest(signed, exponent, FLOAT32)
            assert function(x) == expected, (name, x)
    for n in (1.0, 2.0, 3.0, 2.0**23, 2.0**24, 2.0**100):
        assert math.copysign(1, elementwise.sinpi(n)) == 1
        assert math.copysign(1, elementwise.sinpi(-n)) == -1
        assert elementwise.sinpi(n) == 0 and abs(elementwise.cospi(-n)) == 1
    for n in (0.5, 1.5, 2.5, -0.5, -1.5):
        assert elementwise.cospi(n) == 0 and math.copysign(1, elementwise.cospi(n)) == 1
    assert [elementwise.sinpi(v) for v in (0.5, 1.5, -0.5, 2.5)] == [1, -1, -1, 1]
    assert [elementwise.cospi(v) for v in (0.0, 1.0, -3.0, 4.0, 2.0**23 + 1)] == [1, -1, -1, 1, -1]


def test_philox():
    """The known answers of Random123, the 10000th value of std::philox4x32, the array form."""
    answers = (((0,) * 6, "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
               ((2**32 - 1,) * 6, "408f276d 41c83b0e a20bc7c6 6d5451fd"),
               ((0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0),
                "d16cfe09 94fdcceb 5001e420 24126ea1"))
    for words, expected in answers:
        assert " ".join(f"{w:08x}" for w in philox.rounds(*words)) == expected
    assert philox.bits32(philox.Key(20111115), 9999) == 1955073260
    key = philox.Key(0x0123456789ABCDEF, 2**62 + 5)
    i = philox.indices(2**40 + 1, 50)
    assert philox.words32(key, i).tolist() == [philox.bits32(key, int(v)) for v in i]
    assert philox.words64(key, i).tolist() == [philox.bits64(key, int(v)) for v in i]
    n = np.full(50, 2**31 + 1, np.uint64)
    assert philox.bounded_array(key, i, n).tolist() == [
        philox.bounded(key, int(v), 2**31 + 1) for v in i]
    whole = philox.normal(key, philox.indices(0, 40))
    part = philox.normal(key, philox.indices(7, 20))
    assert same(whole[7:27], part)


def test_points():
    """Points of retries do retry; r = -0 shows as a zero whose sign is that of -turn."""
    for seed, stream, i, n in RETRIES:
        draw, size = (philox.bits32, 2**32) if n <= 2**32 else (philox.bits64, 2**64)
        assert draw(philox.Key(seed, stream), i) * n % size < size % n
    first = [philox.normal(philox.Key(s, t), philox.indices(i, 1))[0] for s, t, i in NORMALS[:10]]
    assert all(v == 0 for v in first) and any(np.signbit(v) for v in first)


def test_normal_moments():
    z = philox.normal(philox.Key(3), philox.indices(0, 4000)).astype(np.float64)
    assert abs(z.mean()) < 0.06 and abs(z.var() - 1) < 0.1


def test_shuffle():
    for n, bits in ((2**20 + 1, 2), (2**21, 2), (2**21 + 1, 3), (2**27, 8), (2**27 + 1, 5),
                    (2**35, 8), (2**35 + 1, 6)):
        assert digit_bits(n) == bits, (n, digit_bits(n))
    for n in (0, 1, 100, 2**20 + 1):
        x = np.arange(n, dtype=np.uint32)
        assert np.array_equal(np.sort(shuffle(philox.Key(9), x)), x)
    counts = {}
    for seed in range(2400):
        order = tuple(shuffle(philox.Key(seed), np.arange(4)).tolist())
        counts[order] = counts.get(order, 0) + 1
    chi_squared = sum((c - 100) ** 2 / 100 for c in counts.values())
    assert len(counts) == 24 and chi_squared < 55, chi_squared


def test_fingerprint():
    import xxhash
    assert xxhash.xxh3_128_hexdigest(b"") == "99aa06d3014798d86001c324468d497f"
    bytes_ = bytes.fromhex("2003000000000000" "0200000000000000" "0100000000000000"
                           "0200000000000000" "0000803f" "000000c0")
    assert digest(np.array([[1, -2]], np.float32)) == xxhash.xxh3_128_hexdigest(bytes_)


def test_data():
    """The first outputs of splitmix64 from state 0, and sNaNs that survive."""
    state = [(i * GAMMA) % 2**64 for i in range(3)]
    assert [int(v) for v in splitmix64(np.array(state, np.uint64))] == [
        0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]
    for name, quiet in (("float32", 0x7FA00001), ("float64", 0x7FF4000000000001)):
        assert quiet in to_bits(generate("specialnan", 1, 2000, name)).tolist()
    for fmt in (FLOAT32, FLOAT64):
        whole = generate("wide", 4, 30, fmt.name)
        assert same(whole[10:], generate("wide", 4, 20, fmt.name, 10))
        assert same(from_bits([fmt.nan], fmt), arithmetic.canonical(np.array([-np.nan], fmt.dtype)))


def main():
    import selftest_matmul
    import selftest_reduce
    every = {**globals(), **vars(selftest_reduce), **vars(selftest_matmul)}
    tests = [(n, f) for n, f in every.items() if n.startswith("test_")]
    for name, test in tests:
        test()
        print("ok", name, flush=True)
    print(f"{len(tests)} tests passed")
    return 0

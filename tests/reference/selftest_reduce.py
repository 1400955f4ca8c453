# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""Tests of the further reductions, against exact rationals, mpmath and plain loops."""
import math
from fractions import Fraction

import gmpy2
import mpmath
import numpy as np

import accumulators
import arithmetic
import exact
import moments
import tree
from arithmetic import FORMATS, to_bits
from data import element, generate, hashes
from evaluate import evaluate
from fingerprint import digest
from histogram import edges, histogram
from narrow import ALL_FORMATS, NARROW, narrow, store, values
from row import array
from scan import cumsum
from selftest import same, tree_by_counter


def nearest(q, fmt):
    """The rational q rounded once by MPFR; of zero +0."""
    with gmpy2.context(precision=fmt.precision, emin=fmt.least + 1, emax=fmt.overflow,
                       subnormalize=True):
        return float(gmpy2.mpfr(gmpy2.mpq(q)))


def rationals(x):
    return [Fraction(float(v)) for v in x]


def check(result, q, fmt):
    assert float(result) == nearest(q, fmt), (fmt.name, float(result), nearest(q, fmt))


def test_narrow():
    """Every 16-bit number comes back; float32 numbers and midpoints round as rationals do."""
    for fmt in NARROW.values():
        every = np.arange(2**16, dtype=np.uint16)
        wide = values(every, fmt)
        back = narrow(wide, fmt)
        assert np.array_equal(back[~np.isnan(wide)], every[~np.isnan(wide)])
        assert (back[np.isnan(wide)] == fmt.nan).all() and np.isnan(wide).sum() > 100
        finite = wide[np.isfinite(wide)]
        with np.errstate(all="ignore"):
            middle = (finite[:-1].astype(np.float64) + finite[1:]).astype(np.float32) / 2
        x = np.concatenate([generate("bits", 1, 4000, "float32"), finite[::37] * np.float32(1.001),
                            generate("moderate", 1, 4000, "float32"), middle[::11]])
        x = x[np.isfinite(x)]
        for v, r in zip(x, values(narrow(x, fmt), fmt)):
            check(r, Fraction(float(v)), fmt)


def test_exact():
    """Sums, products and means; overflow and underflow; 16 bits without a rounding in between."""
    for fmt in ALL_FORMATS.values():
        kinds = ["unit", "wide", "subnormal"]
        kinds += [] if fmt.name in NARROW else ["cancel", "residue", "full", "huge", "tiny", "tie"]
        for kind in kinds:
            for n in (1, 2, 3, 17, 130, 300):
                x, y = (values(generate(kind, s, n, fmt.name), fmt) for s in (n, n + 1))
                p, q = rationals(x), rationals(y)
                check(moments.sum_(x, exact.Exact, fmt), sum(p), fmt)
                check(moments.mean(x, exact.Exact, fmt), sum(p) / n, fmt)
                check(moments.norm1(x, exact.Exact, fmt), sum(map(abs, p)), fmt)
                check(moments.dot(x, y, exact.Exact, fmt), sum(a * b for a, b in zip(p, q)), fmt)


def test_exact_special():
    fmt = arithmetic.FLOAT64
    cases = [([], "0.0"), ([-0.0], "-0.0"), ([-0.0, 0.0], "0.0"), ([1.0, -1.0], "0.0"),
             ([math.inf, 1.0], "inf"), ([math.inf, -math.inf], "nan"), ([math.nan, 1.0], "nan"),
             ([1e308, 1e308, -1e308], "1e+308"), ([1e308, 1e308], "inf")]
    for x, expected in cases:
        assert repr(float(exact.sum_(np.array(x, dtype=np.float64), fmt))) == expected, x
    cases = [([-0.0, 0.0], [1.0, -5.0], "-0.0"), ([-1e-200], [1e-200], "-0.0"),
             ([1.0, -1.0], [1.0, 1.0], "0.0"), ([0.0], [math.inf], "nan"), ([], [], "0.0"),
             ([2.0], [-math.inf], "-inf"), ([1.0, -0.0], [-0.0, 0.0], "-0.0"),
             ([1e200, -1e200, 3.0], [1e200, 1e200, 1.0], "3.0")]
    for x, y, expected in cases:
        x, y = (np.array(v, dtype=np.float64) for v in (x, y))
        assert repr(float(exact.dot(x, y, fmt))) == expected, (x, y)
    assert repr(float(exact.mean(np.array([1e308, 1.5e308]), fmt))) == "1.25e+308"
    assert repr(float(exact.mean(np.array([-0.0, -0.0]), fmt))) == "-0.0"


def test_wide():
    for n in (1, 2, 7, 8, 9, 100, 257):
        x, y = (generate("wide", s, n, "float32") for s in (n, n + 1))
        wide = x.astype(np.float64)
        plain = tree_by_counter(wide, 8, lambda a, b: a + b)
        assert same(tree.sum_(x, tree.Wide), np.float32(plain))
        assert same(tree.mean(x, tree.Wide), np.float32(plain / n))
        plain = tree_by_counter(wide * y, 8, lambda a, b: a + b)
        assert same(tree.dot(x, y, tree.Wide), np.float32(plain))
    assert exact.policy_of("wide", "float64") is tree.Kahan


def test_variance():
    """`exact` by rationals; the others near them, and by their formula."""
    for fmt in FORMATS.values():
        for n, ddof in ((2, 1), (3, 0), (50, 1), (300, 2)):
            x, y = (generate("unit", s, n, fmt.name) for s in (n, n + 1))
            means = [fmt.dtype(nearest(sum(rationals(v)) / n, fmt)) for v in (x, y)]
            d = [rationals(v - m) for v, m in zip((x, y), means)]
            for second, pick in ((x, 0), (y, 1)):
                q = sum(a * b for a, b in zip(d[0], d[pick])) / (n - ddof)
                check(moments.covariance(x, second, exact.Exact, fmt, ddof), q, fmt)
                for name in ("pairwise", "kahan", "wide"):
                    policy = exact.policy_of(name, fmt.name)
                    near = float(moments.covariance(x, second, policy, fmt, ddof))
                    assert abs(near - float(q)) <= 16 * 2.0**-fmt.precision, (n, name)
            m = fmt.dtype(float(tree.sum_(x, tree.Pairwise)) / n)
            s = tree.sum_((x - m) * (x - m), tree.Pairwise)
            variance = moments.variance(x, tree.Pairwise, fmt, ddof)
            assert same(variance, fmt.dtype(float(s) / (n - ddof)))
            root = moments.stddev(x, tree.Pairwise, fmt, ddof)
            assert same(root, fmt.dtype(math.sqrt(float(variance))))
        assert np.isnan(moments.variance(x[:2], tree.Pairwise, fmt, 2))


def test_norm2():
    """Every branch: close to the real norm, and right where there is none."""
    mpmath.mp.prec = 200
    for fmt in FORMATS.values():
        for kind in ("unit", "wide", "tiny", "huge", "subnormal", "full"):
            for n in (1, 2, 9, 60):
                x = generate(kind, n, n, fmt.name)
                real = mpmath.sqrt(mpmath.fsum(mpmath.mpf(float(v)) ** 2 for v in x))
                got = float(moments.norm2(x))
                if math.isinf(got):
                    assert real > 2.0 ** (fmt.overflow - 1) * (2 - 2.0 ** (2 - fmt.precision))
                else:
                    limit = max(real * 2.0 ** (2 - fmt.precision), 2.0**fmt.least)
                    assert abs(got - real) <= limit, (fmt.name, kind, n, got)
    for x, expected in (([], 0.0), ([-0.0], 0.0), ([-math.inf, 1.0], math.inf),
                        ([3e-320, 4e-320], 5e-320), ([3e300, 4e300], 5e300),
                        ([3e-200, -4e-200], 5e-200), ([1.7e308, 1.7e308], math.inf)):
        assert float(moments.norm2(np.array(x, dtype=np.float64))) == expected, x
    assert np.isnan(moments.norm2(np.array([math.inf, math.nan])))


def scan_by_loops(x, lanes):
    """The contract, an element at a time."""
    result, block_lasts, carry, last, before_offset = [], [], None, None, None
    for row, start in enumerate(range(0, len(x), lanes)):
        p, d = list(x[start:start + lanes]), 1
        while d < lanes:
            p = [p[k - d] + p[k] if k >= d else p[k] for k in range(len(p))]
            d *= 2
        if row % 64 == 0:
            carry = None
            if row:
                block_lasts.append(before_offset)
        else:
            carry = last if row % 64 == 1 else carry + last
        v = [q if carry is None else carry + q for q in p]
        last, before_offset = p[-1], v[-1]
        if block_lasts:
            s, e = block_lasts[0], x.dtype.type(0)
            for term in block_lasts[1:]:
                s, t = arithmetic.two_sum(s, term)
                e = e + t
            offset = s + e if e != 0 and np.isfinite(s) and np.isfinite(e) else s
            v = [offset + q for q in v]
        result += v
    return np.array(result, dtype=x.dtype)


def test_cumsum():
    for fmt in FORMATS.values():
        for kind in ("unit", "wide"):
            for n in (0, 1, 17, 63, 64 * fmt.lanes + 3, 300 * fmt.lanes + 5):
                x = generate(kind, 3, n, fmt.name)
                whole = cumsum(x, False)
                assert same(whole, scan_by_loops(x, fmt.lanes))
                assert same(cumsum(x, True)[1:], whole[:-1])
    x = generate("unit", 5, 5000, "float64")
    near = np.array([math.fsum(x[:i + 1]) for i in range(0, 5000, 50)])
    assert np.abs(cumsum(x, False)[::50] - near).max() < 1e-12


def test_histogram():
    for bins, low, high in ((7, -0.3, 0.7), (10, 0.1, 0.30000000000000004), (1, 0.0, 1.0)):
        e = edges(bins, np.float64(low), np.float64(high))
        step = Fraction((high - low) / bins)
        for i in range(1, bins):
            check(e[i], step * i + Fraction(low), arithmetic.FLOAT64)
        assert e[0] == low and e[-1] == high and (np.diff(e) >= 0).all()
        x = np.concatenate([generate("unit", 1, 500, "float64"), e, [math.nan, -0.0]])
        counts = [sum(e[i] <= v < e[i + 1] or (i == bins - 1 and v == high) for v in x)
                  for i in range(bins)]
        assert histogram(x, bins, np.float64(low), np.float64(high)).tolist() == counts
    h = hashes(4, 0, 33)
    index, weights = hashes(5, 0, 33) % np.uint64(2), element("unit", h, arithmetic.FLOAT32)
    sums = np.concatenate([tree.sum_(weights[index == b], tree.Pairwise) for b in (0, 1)])
    row = "bincount float32 pairwise data=unit:4 n=33 bins=2"
    assert evaluate(row) == array(sums)


def test_axes():
    x = generate("unit", 9, 3 * 4 * 5, "float32").reshape(3, 4, 5)
    sums = [tree.sum_(np.ascontiguousarray(x[:, j, :]).ravel(), tree.Kahan) for j in range(4)]
    row = "sum float32 kahan data=unit:9 shape=3x4x5 axes=0,2"
    assert evaluate(row) == array(np.concatenate(sums))
    index = [int(np.argmax(x[:, j, :])) for j in range(4)]
    row = "argmax float32 data=unit:9 shape=3x4x5 axes=0,2"
    assert evaluate(row) == array(np.array(index, dtype=np.uint64))


def test_integers():
    for name in ("int8", "uint16", "int64", "uint64"):
        x, y = ([int(v) for v in generate("bits", s, 50, name)] for s in (3, 4))
        tail = f"{name} data=bits:3 n=50"
        assert evaluate("sum " + tail) == f"{sum(x) % 2**64:016x}"
        assert evaluate("dot " + tail) == f"{sum(a * b for a, b in zip(x, y)) % 2**64:016x}"
        assert evaluate("prod " + tail) == f"{math.prod(x) % 2**64:016x}"
        digits = 2 * np.dtype(name).itemsize
        assert evaluate("min " + tail) == f"{min(x) % 16**digits:0{digits}x}"
        total = sum(x) % 2**64
        total -= 2**64 if name[0] == "i" and total >= 2**63 else 0
        assert evaluate("mean " + tail) == f"{int(to_bits(np.array([float(total) / 50]))[0]):016x}"


def test_exact_contents():
    """What an exact accumulator holds, and its bytes, against rationals and the format written out again."""
    for name in (*FORMATS, *NARROW):
        fmt = ALL_FORMATS[name]
        scale = 4 * 537 if name == "float64" else 2 * 149
        x, y, z = (values(generate(kind, seed, 40, name), fmt)
                   for kind, seed in (("wide", 5), ("unit", 6), ("special", 7)))
        contents = accumulators.Contents(fmt)
        contents.add(x)
        contents.add(y, z)
        contents.add(z, x)
        contents.add(z, x, sign=-1)
        total = sum(rationals(x)) + sum(a * b for a, b in zip(rationals(y), rationals(z)))
        check(contents.value(), total, fmt)
        assert contents.integer == total * 2**scale and not contents.nan
        saved = contents.saved()
        assert saved[:10] == b"detopsX1" + bytes([2 if name == "float64" else 1, 3]) and not any(saved[10:34])
        assert len(saved) == 34 + (556 if name == "float64" else 92)
        assert int.from_bytes(saved[34:], "little", signed=True) == total * 2**scale
        special = accumulators.Contents(fmt)
        special.add(np.array([np.inf, -np.inf, np.nan, -0.0]))
        special.add(np.array([np.inf, 0.0]), np.array([0.0, -1.0]))
        special.add(np.array([np.nan, -np.inf]), sign=-1)
        assert special.saved()[9:34] == bytes([3, 1, *7 * [0], 1, *15 * [0]]) and math.isnan(special.value())
        zero = accumulators.Contents(fmt)
        zero.add(np.array([-0.0]), np.array([0.25]))
        assert zero.saved()[9] == 1 and math.copysign(1, zero.value()) == -1 and zero.value() == 0


def test_merges():
    """A part may follow where its largest full subtree is one of the whole: compared with trees of names."""
    def nodes(begin, end, lanes):
        rows = {}
        for lane in range(lanes):
            level = [(i,) for i in range(begin + lane, end, lanes)]
            while len(level) > 1:
                level = [sum(level[k:k + 2], ()) for k in range(0, len(level), 2)]
                rows.update(dict.fromkeys(level))
        return rows

    for count in range(2, 150):
        whole = nodes(0, count, 8)
        for cut in range(8, count, 8):
            # without the nodes of the carried last ones, which the whole's tree joins with what is before
            part = {n for n in nodes(cut, count, 8) if len(n) & (len(n) - 1) == 0}
            try:
                accumulators.check_merges([cut], count, 8)
                assert part <= set(whole), (cut, count)
            except AssertionError as error:
                assert error.args and len(error.args[0]) == 3, error.args
                assert not part <= set(whole) or not part, (cut, count)


def test_further_data():
    """Pairs cancel; 16-bit digests have their own tags; -1 is where the kinds put it."""
    x = generate("cancel", 7, 300, "float64")
    assert x[2] == -x[3] and abs(x[1]) < 2.0**-500 < abs(x[0]) and same(x[150:], generate(
        "cancel", 7, 150, "float64", 150))
    assert abs(float(sum(rationals(generate("residue", 7, 300, "float64"))))) < 2.0**-500
    for fmt in NARROW.values():
        assert values(store(np.array([-1.0]), fmt), fmt)[0] == -1
        assert -1 in values(generate("special", 1, 2000, fmt.name), fmt)
    one = np.array([0x3C00], np.uint16)
    assert len({digest(one), digest(one, "float16"), digest(one, "bfloat16")}) == 3
    assert digest(one, "float16") == digest(one.view(np.float16))

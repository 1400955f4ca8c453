# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""Which elementwise operations the golden list holds (left sides only)."""
import math

import numpy as np

from arithmetic import FLOAT32, FORMATS, split_integer, to_bits
from data import hashes
from points import HARD

TYPES = tuple(FORMATS)
SPECIAL = (  # float32 bits, without the sign
    "00000000", "00000001", "00000002", "007fffff", "00800000", "00800001", "01000000", "20000000",
    "32800000", "33000000", "33000001", "33800000", "33800001", "34000000", "38000000", "39000000",
    "39800000", "3a000000", "3c800000", "3e000000", "3e7fffff", "3e800000", "3e800001", "3eaaaaab",
    "3effffff", "3f000000", "3f000001", "3f400000", "3f7ffffe", "3f7fffff", "3f800000", "3f800001",
    "3f800002", "3fa00000", "3fbfffff", "3fc00000", "3fc00001", "3fe00000", "3fffffff", "40000000",
    "40000001", "40200000", "40400000", "40490fdb", "402df854", "40a00000", "41200000", "41800000",
    "42c80000", "43800000", "447a0000", "49742400", "4a7fffff", "4a800000", "4a800001", "4affffff",
    "4b000000", "4b000001", "4b7fffff", "4b800000", "4b800001", "4f000000", "501502f9", "5f000000",
    "7149f2ca", "7f7fffff", "7f800000", "7f800001", "7fa00001", "7fc00000", "7fc00123", "7fffffff")
# around the first overflow, the last normal, the last nonzero result; around where tanh becomes 1
THRESHOLDS = {
    "exp": ("42b17217", "42b17218", "42b17219", "c2aeac4f", "c2aeac50", "c2aeac51", "c2cff1b4",
            "c2cff1b5", "c2cff1b6", "c2ce8ecf", "c2ce8ed0", "c2ce8ed1", "c2d00000", "c3000000"),
    "tanh": ("41102cb2", "41102cb3", "41102cb4", "41102cb5", "c1102cb3", "c1102cb4", "39b4aa26",
             "39ddb3d6", "39ddb3d7", "39ddb3d8", "3a800000", "b9ddb3d7"),
    "log": (), "sinpi": (), "cospi": (),
}
ODD = ("sinpi", "tanh")


def negated(bits):
    return f"{int(bits, 16) ^ (1 << 31):08x}"


def function_rows():
    for name, hard in HARD.items():
        points = [p for bits in SPECIAL for p in (bits, negated(bits))]
        points += [bits for bits, _ in hard] + [negated(bits) for bits, _ in hard]
        points += THRESHOLDS[name]
        if name == "exp":  # subnormal results
            points += [hexadecimal(-87.4 - 0.37 * i, FLOAT32) for i in range(45)]
        if name == "log":  # near 1, and subnormal arguments
            points += [f"{0x3f800000 + d:08x}" for d in (-1000, -100, -10, -3, 3, 10, 100, 1000)]
            points += [f"{1 << i:08x}" for i in range(1, 23)]
        for bits in dict.fromkeys(points):
            yield f"{name} float32 x={bits}"
        for n in (0, 1, 7, 15, 16, 17, 33):
            yield f"{name} float32 data=moderate:60 n={n}"
        for data, n in (("bits:61", 4099), ("wide:62", 2048), ("unit:63", 4099), 
                        ("moderate:64", 4099), ("specialnan:65", 1024), ("subnormal:66", 1025)):
            yield f"{name} float32 data={data} n={n}"


UNARY = ("neg", "abs", "sqrt")
BINARY = ("add", "sub", "mul", "div", "min", "max")
KINDS = ("bits", "special", "specialinf", "specialnan", "wide", "unit", "tie", "tinytie", "tiny",
         "subnormal", "signedzero")


def arithmetic_rows():
    for name in TYPES:
        for op in UNARY:
            for kind in KINDS:
                yield f"{op} {name} data={kind}:71 a=vector n=1025"
            for n in (0, 1, 7, 16, 17, 33):
                yield f"{op} {name} data=bits:72 a=vector n={n}"
            yield f"{op} {name} data=bits:73 a=matrix rows=13 cols=19"
        for op in BINARY:
            for kind in KINDS:
                yield f"{op} {name} data={kind}:74 a=vector b=vector n=1025"
            for n in (0, 1, 7, 8, 15, 16, 17, 33, 257, 1024):
                yield f"{op} {name} data=wide:75 a=vector b=vector n={n}"
            for kind in ("unit", "bits", "specialnan", "few"):
                yield f"{op} {name} data={kind}:76 a=vector b=scalar n=131"
                yield f"{op} {name} data={kind}:77 a=scalar b=vector n=131"
                for a, b in (("matrix", "matrix"), ("matrix", "row"), ("matrix", "column"),
                             ("matrix", "scalar"), ("row", "matrix"), ("column", "matrix"),
                             ("scalar", "matrix"), ("column", "row"), ("row", "column")):
                    yield f"{op} {name} data={kind}:78 a={a} b={b} rows=13 cols=19"
            for rows, cols in ((1, 1), (1, 33), (33, 1), (0, 4), (4, 0), (16, 16), (5, 257)):
                yield f"{op} {name} data=unit:79 a=matrix b=row rows={rows} cols={cols}"
                yield f"{op} {name} data=unit:79 a=matrix b=column rows={rows} cols={cols}"
        for kind in KINDS:
            yield f"fma {name} data={kind}:81 a=vector b=vector c=vector n=1025"
        for n in (0, 1, 7, 8, 15, 16, 17, 33, 257):
            yield f"fma {name} data=tie:82 a=vector b=vector c=vector n={n}"
        for kind in ("unit", "special", "bits"):
            for shapes in ("vector scalar vector", "vector vector scalar", "vector scalar scalar",
                           "scalar vector vector", "scalar scalar vector"):
                a, b, c = shapes.split()
                yield f"fma {name} data={kind}:83 a={a} b={b} c={c} n=131"
            for shapes in ("matrix matrix matrix", "matrix row row", "matrix column row",
                           "matrix scalar matrix", "matrix row column", "row matrix column",
                           "row column matrix", "matrix scalar scalar"):
                a, b, c = shapes.split()
                yield f"fma {name} data={kind}:84 a={a} b={b} c={c} rows=13 cols=19"


def hexadecimal(value, fmt):
    return f"{int(to_bits(np.array([value], fmt.dtype))[0]):0{fmt.digits}x}"


def fma_points(fmt, count):
    """Products a hair beside a power of two that is half a unit in the last place of the addend:
    in the middle of the range, where the sum is subnormal, and where it is about to overflow."""
    p = fmt.precision
    h = [int(v) for v in hashes(0xF3A, 0, 3 * count)]
    for k in range(count):
        r, s, d = h[3 * k], h[3 * k + 1], 1 + h[3 * k + 2] % 7
        # the product is 2^(2 (p - 1) + shift), less d^2 2^shift or a little more
        a, b = 2 ** (p - 1) + d, 2 ** (p - 1) - (d if k % 8 else d - 1)
        near = 0 if s % 2 else s // 2 % 4 - 1  # most often exactly half, else one or two places off
        addend = (2 ** (p - 1) + (r >> 8) % 2 ** (p - 1)) * (1 if r % 2 else -1)
        if k % 4 == 1:
            shift, ec = fmt.least - 1 - 2 * (p - 1) + near, fmt.least
            addend = addend >> (r >> 4) % (p - 1) if k % 8 == 1 else addend % 4 - 2
        elif k % 4 == 3:
            addend, ec = (1 if r % 2 else -1) * (2**p - 1), fmt.overflow - p
            shift = ec - 1 - 2 * (p - 1) + near
        else:
            shift = (r >> 32) % 40 - 2 * (p - 1) - 20
            ec = shift + 2 * (p - 1) + 1 + near
        if k % 16 == 6:  # all but the product's last bits cancel
            addend, ec = -2 ** (p - 1), shift + p - 1
        sign = -1 if (r >> 3) % 2 else 1
        yield (sign * math.ldexp(a, shift // 2), math.ldexp(b, shift - shift // 2),
               math.ldexp(addend, ec))


def cancelled_points(fmt):
    """Products near the ends of the range, of which the addend leaves so many bits."""
    p = fmt.precision
    for bits in (1, 2, p // 2, p - 21, p - 20, p - 19):
        x, y = 2 ** (bits // 2) + 1, 2 ** (bits - 1 - bits // 2)
        for shift in (fmt.least // 2 + 30, fmt.overflow // 2 - p - 20):
            yield (math.ldexp(2 ** (p - 1) + x, shift), math.ldexp(-(2 ** (p - 1)) - y, shift),
                   math.ldexp(2 ** (p - 1) + x + y, 2 * shift + p - 1))


def scalar_rows():
    for name in TYPES:
        fmt = FORMATS[name]
        for a, b, c in (*fma_points(fmt, 120), *cancelled_points(fmt)):
            values = [hexadecimal(v, fmt) for v in (a, b, c)]
            yield f"fma {name} x={values[0]} y={values[1]} z={values[2]}"
        largest = math.ldexp(2**fmt.precision - 1, fmt.overflow - fmt.precision)
        least, normal = math.ldexp(1, fmt.least), math.ldexp(1, fmt.least + fmt.precision - 1)
        unit = math.ldexp(1, 1 - fmt.precision)
        ends = (0.0, -0.0, least, 3 * least, normal - least, normal, -normal, 0.5, 1.0, 1.0 + unit,
                1.0 - unit / 2, 3.0, largest, -largest,
                math.ldexp(1, fmt.overflow - fmt.precision - 1), math.inf, -math.inf, math.nan)
        for x in ends:
            yield f"sqrt {name} x={hexadecimal(x, fmt)}"
            for op in BINARY:
                for y in ends[::1 if op in ("div", "mul") else 3]:
                    yield f"{op} {name} x={hexadecimal(x, fmt)} y={hexadecimal(y, fmt)}"
            for y in ends[1::3]:
                for z in ends[2::4]:
                    values = [hexadecimal(v, fmt) for v in (x, y, z)]
                    yield f"fma {name} x={values[0]} y={values[1]} z={values[2]}"


def math_rows():
    yield from arithmetic_rows()
    yield from scalar_rows()
    yield from function_rows()

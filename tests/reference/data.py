# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""Input data of the golden rows: element i is a function of (kind, seed, i) alone."""
import numpy as np

from arithmetic import FLOAT64, from_bits
from narrow import ALL_FORMATS, FLOAT16, NARROW, store

GAMMA = 0x9E3779B97F4A7C15
MASK64 = 2**64 - 1
INTEGERS = {name: getattr(np, name) for name in ("int8", "uint8", "int16", "uint16", "int32",
                                                 "uint32", "int64", "uint64")}
SIGNALLING = {"float32": (0x7FA00001, 0xFFC00123), "float16": (0x7D01, 0xFE23),
              "bfloat16": (0x7FA1, 0xFFC3),
              "float64": (0x7FF4000000000001, 0xFFF8000000000123)}
NARROW_KINDS = ("unit", "wide", "bits", "special", "specialinf", "specialnan", "few", "zero",
                "negzero", "signedzero", "subnormal")  # of the types with 16 bits


def splitmix64(z):
    """On a uint64 array, modulo 2^64."""
    u = np.uint64
    z = z + u(GAMMA)
    z = (z ^ (z >> u(30))) * u(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> u(27))) * u(0x94D049BB133111EB)
    return z ^ (z >> u(31))


def hashes(seed, first, count):
    start = (seed * GAMMA + first) & MASK64
    return splitmix64(np.uint64(start) + np.arange(count, dtype=np.uint64))


def specials(kind, fmt):
    """The eight values that the special kinds strew in."""
    mantissa = fmt.precision - 1
    sign = 1 << (8 * np.dtype(fmt.dtype).itemsize - 1)
    infinity = fmt.nan & ~(1 << (mantissa - 1))
    minus_one = sign | (fmt.overflow - 1) << mantissa
    largest = infinity - 1
    bits = [0, sign, 1, sign | ((1 << mantissa) - 1), largest, sign | largest, 1 << mantissa,
            minus_one]
    if kind == "specialinf":
        bits[4:6] = infinity, sign | infinity
    if kind == "specialnan":
        bits[4:6] = SIGNALLING[fmt.name]
    return from_bits(bits, fmt)


def unit(h, fmt):
    """Multiples of 2^(1 - precision) in [-1, 1)."""
    keep = fmt.precision
    integer = (h >> np.uint64(64 - keep)).astype(np.int64) - (1 << (keep - 1))
    return store(integer.astype(np.float64) * 2.0 ** (1 - keep), fmt)


def fields(h, exponent, mantissa, fmt):
    """The top bit of h as the sign, with the given fields."""
    width = 8 * np.dtype(fmt.dtype).itemsize
    sign = (h >> np.uint64(63)) << np.uint64(width - 1)
    bits = sign | exponent << np.uint64(fmt.precision - 1) | mantissa
    return from_bits(bits.astype(fmt.bits), fmt)


def generate(kind, seed, count, type_name, first=0):
    h = hashes(seed, first, count)
    if type_name in INTEGERS:
        assert kind == "bits"
        return h.astype(INTEGERS[type_name])
    fmt = ALL_FORMATS[type_name]
    if kind in ("cancel", "residue"):
        return cancelling(kind, seed, count, fmt, first)
    if kind in ("opposed", "repeated"):
        return sixteens(kind, seed, count, fmt, first)
    return element(kind, h, fmt)


def cancelling(kind, seed, count, fmt, first):
    """Pairs of `wide` values x, -x; of every 64th pair the second (`residue`: both) is `tiny`."""
    u = np.uint64
    index = u(first) + np.arange(count, dtype=u)
    pair = index // u(2)
    g = splitmix64(u(seed * GAMMA & MASK64) + pair)
    odd = index % u(2) == 1
    wide, tiny = element("wide", g, fmt), element("tiny", g, fmt)
    strewn = (pair % u(64) == 0) & (odd if kind == "cancel" else True)
    return np.where(strewn, tiny, np.where(odd, -wide, wide))


def sixteens(kind, seed, count, fmt, first):
    """16 `moderate` values (of 16 bits: `wide`), then the same again, `opposed` with other signs."""
    u = np.uint64
    index = u(first) + np.arange(count, dtype=u)
    g = splitmix64(u(seed * GAMMA & MASK64) + index // u(32) * u(16) + index % u(16))
    x = element("wide" if fmt.name in NARROW else "moderate", g, fmt)
    other = x ^ x.dtype.type(1 << 15) if fmt.name in NARROW else -x
    return np.where((index // u(16) % u(2) == 1) & (kind == "opposed"), other, x)


def element(kind, h, fmt):
    """What is a function of the hash alone."""
    u = np.uint64
    mantissa = h & u((1 << (fmt.precision - 1)) - 1)
    narrow = fmt is not FLOAT64
    assert fmt.name not in NARROW or kind in NARROW_KINDS
    spread = (h >> u(32)) if narrow else (h >> u(53)) & u(1023)
    if kind == "unit":
        return unit(h, fmt)
    if kind == "wide" and fmt is FLOAT16:
        return fields(h, u(1) + spread % u(29), mantissa, fmt)
    if kind == "full":  # every exponent of a normal number
        spread = spread if narrow else (h >> u(52)) & u(2047)
        return fields(h, u(1) + spread % u(2 * fmt.overflow - 2), mantissa, fmt)
    if kind == "wide":
        exponent = u(127 - 40) + spread % u(81) if narrow else u(1023 - 300) + spread % u(601)
        return fields(h, exponent, mantissa, fmt)
    if kind == "moderate":  # magnitudes from 2^-12 to 2^8
        middle = u(127 - 12 if narrow else 1023 - 12)
        return fields(h, middle + spread % u(20), mantissa, fmt)
    if kind == "tiny":  # products at the edge of the subnormal numbers
        exponent = u(127 - 75) + spread % u(24) if narrow else u(1023 - 538) + spread % u(30)
        return fields(h, exponent, mantissa, fmt)
    if kind in ("tie", "tinytie"):  # (2^p + d) 2^e: products a hair beside a power of two
        d = ((h >> u(8)) % u(17)).astype(np.int64) - 8
        reach = 12 if narrow else 27
        e = (spread % u(2 * reach + 1)).astype(np.int64) - reach
        if kind == "tinytie":  # about half of the smallest subnormal
            e += (fmt.least - 1) // 2
        sign = 1.0 - 2.0 * (h >> u(63)).astype(np.float64)
        bits = fmt.precision - 1
        return (sign * np.ldexp((2**bits + d).astype(np.float64), e - bits)).astype(fmt.dtype)
    if kind == "huge":  # products and sums around the largest number
        middle = u(127 + 58 if narrow else 1023 + 506)
        return fields(h, middle + spread % u(7), mantissa, fmt)
    if kind == "subnormal":
        return fields(h, np.zeros_like(h), mantissa, fmt)
    if kind == "bits":
        return from_bits(h.astype(fmt.bits), fmt)
    if kind in ("special", "specialinf", "specialnan"):
        # chosen by bits: a signalling NaN must not pass through a conversion
        value = unit(h, fmt).view(fmt.bits)
        strewn = specials(kind, fmt).view(fmt.bits)[((h >> u(8)) % u(8)).astype(np.int64)]
        return from_bits(np.where(h % u(17) == 0, strewn, value), fmt)
    if kind == "few":
        values = store(np.array([-1.0, -0.0, 0.0, 1.0]), fmt)
        return values[((h >> u(8)) % u(4)).astype(np.int64)]
    if kind == "signedzero":
        return fields(h, np.zeros_like(h), np.zeros_like(h), fmt)
    if kind in ("rareminus", "rareplus"):  # zeros of one sign, one in 61 of the other
        odd = u(1 if kind == "rareminus" else 0)
        sign = np.where((h >> u(8)) % u(61) == 0, odd, u(1) - odd) << u(63)
        return fields(sign, np.zeros_like(h), np.zeros_like(h), fmt)
    if kind in ("zero", "negzero"):
        return store(np.full(len(h), 0.0 if kind == "zero" else -0.0), fmt)
    raise ValueError("unknown kind of data: " + kind)

# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""Which random numbers, shuffles and fingerprints the golden list holds (left sides only)."""
from points import NORMALS, RETRIES

KEYS = ((0, 0), (1, 0), (0x123456789ABCDEF0, 0x7FFFFFFFFFFFFFFF), (2**64 - 1, 5))


def key_fields(key):
    return f"seed={key[0]:016x} stream={key[1]:016x}"


def random_rows():
    for words in (("0", "0", "0", "0", "0", "0"), ("ffffffff",) * 6,
                  ("243f6a88", "85a308d3", "13198a2e", "03707344", "a4093822", "299f31d0")):
        words = [w.zfill(8) for w in words]
        yield f"philox4x32 counter={','.join(words[:4])} key={','.join(words[4:])}"
    for draw in (1, 2, 3, 4, 5, 10000):
        yield f"engine uint32 seed={20111115:016x} draw={draw}"
    for key in KEYS:
        for identity in (0, 1, 2, 2**32 - 1, 2**32, 2**56 - 1):
            yield f"child {key_fields(key)} id={identity}"
        for i in (0, 1, 2, 3, 4, 5, 6, 7, 2**32, 2**34 + 1, 2**63 + 2, 2**64 - 1):
            yield f"bits32 {key_fields(key)} i={i}"
            yield f"bits64 {key_fields(key)} i={i}"
        for i in (0, 1, 2, 3, 9, 2**33 + 3, 2**63 + 1):
            yield f"uniform float32 {key_fields(key)} i={i}"
            yield f"uniform float64 {key_fields(key)} i={i}"
            yield f"normal float32 {key_fields(key)} i={i}"
    for seed, stream, i in NORMALS:
        yield f"normal float32 {key_fields((seed, stream))} i={i}"
    yield from fill_rows()
    yield from bounded_rows()


def fill_rows():
    sizes = ((0, 0), (1, 0), (1, 3), (2, 1), (3, 2), (4, 0), (5, 3), (15, 0), (16, 0), (17, 0),
             (31, 5), (33, 6), (64, 7), (255, 1), (256, 2), (257, 3), (1023, 0),
             (1024, 2**40 + 1), (1025, 4), (4099, 2**34 - 2000), (1000, 2**63 - 500))
    for key in KEYS[1:3]:
        for n, first in sizes + ((65537, 0), (70001, 1)):
            place = f"{key_fields(key)} n={n} first={first}"
            yield f"fill_bits uint32 {place}"
            yield f"fill_bits uint64 {place}"
            yield f"fill_uniform float32 {place}"
            yield f"fill_uniform float64 {place}"
        for n, first in sizes + ((10007, 1),):
            yield f"fill_normal float32 {key_fields(key)} n={n} first={first}"
        yield f"fill_bits uint32 {key_fields(key)} n=1001 first={2**64 - 1001}"
        yield f"fill_bits uint64 {key_fields(key)} n=1001 first={2**64 - 1001}"
    key = key_fields(KEYS[1])
    for n, first in ((1, 0), (17, 3), (1025, 2)):
        for low, high in (("bf800000", "3f800000"), ("3f800000", "40000000"),
                          ("00000000", "42c80000"), ("3f800000", "3f800001"),
                          ("c0400000", "c03fffff"), ("ff7fffff", "00000000"),
                          ("00000000", "00000003"), ("4b000000", "4b000001"),
                          ("bdcccccd", "3e99999a")):
            yield f"fill_uniform float32 {key} n={n} first={first} lo={low} hi={high}"
        for low, high in (("bff0000000000000", "3ff0000000000000"),
                          ("3ff0000000000000", "3ff0000000000001"),
                          ("0000000000000000", "0000000000000003"),
                          ("ffefffffffffffff", "0000000000000000"),
                          ("bfb999999999999a", "3fd3333333333333")):
            yield f"fill_uniform float64 {key} n={n} first={first} lo={low} hi={high}"
        for mean, deviation in (("00000000", "3f800000"), ("3f800000", "40000000"),
                                ("c2c80000", "3dcccccd"), ("40490fdb", "00000000"),
                                ("00000000", "00800000"), ("7f7fffff", "7f7fffff")):
            yield f"fill_normal float32 {key} n={n} first={first} mean={mean} stddev={deviation}"


def bounded_rows():
    for seed, stream, i, n in RETRIES:
        for j in (i, i + 1):
            yield f"bounded {key_fields((seed, stream))} i={j} n={n}"
    for n in (1, 2, 3, 6, 1000, 2**31, 2**31 + 1, 3 * 2**30, 2**32 - 1, 2**32, 2**32 + 1, 2**63,
              2**63 + 1, 3 * 2**62, 2**64 - 1):
        for key in KEYS[1:3]:
            for i in (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1000, 2**40 + 3, 2**56 - 1):
                yield f"bounded {key_fields(key)} i={i} n={n}"
    ranges = (("int32", 0, 0), ("int32", 1, 6), ("int32", -5, 5), ("int32", -2**31, 2**31 - 1),
              ("int32", -2**31, 0), ("uint32", 0, 2**32 - 1), ("uint32", 10, 2**32 - 2),
              ("uint32", 0, 2**31), ("int64", -3, 3), ("int64", -2**63, 2**63 - 1),
              ("int64", -2**62, 2**62), ("int64", -2**63, 0), ("int64", 0, 2**32 - 1),
              ("int64", 0, 2**32), ("uint64", 0, 2**64 - 1), ("uint64", 1, 2**64 - 1),
              ("uint64", 0, 2**63), ("uint64", 7, 3 * 2**62))
    for name, low, high in ranges:
        for n, first in ((0, 0), (1, 0), (17, 1), (1025, 3), (333, 2**50 + 1)):
            place = f"{key_fields(KEYS[2])} n={n} first={first}"
            yield f"fill_uniform_int {name} {place} lo={low} hi={high}"


SHUFFLE_SIZES = (0, 1, 2, 3, 4, 5, 15, 16, 17, 33, 255, 256, 257, 1000, 1023, 1024, 1025)


def shuffle_rows():
    for key in KEYS:
        for n in SHUFFLE_SIZES + (65535, 65536, 65537):
            yield f"shuffle uint32 {key_fields(key)} n={n}"
    for key in KEYS[1:3]:
        for n in (2**20 - 1, 2**20, 2**20 + 1):
            yield f"shuffle uint32 {key_fields(key)} n={n}"
    key = key_fields(KEYS[1])
    yield f"shuffle uint32 {key} n={2**21}"
    yield f"permutation uint32 {key} n={2**21}"
    yield f"shuffle uint32 {key} n={2**21 + 1}"
    yield f"shuffle uint32 {key} n={3 * 2**20 + 5}"
    yield f"shuffle uint64 {key} n={2**20 + 1}"
    yield f"permutation uint64 {key} n={2**20 + 1}"
    for n in (0, 1, 2, 17, 1025, 65537):
        yield f"permutation uint64 {key} n={n}"
        yield f"permutation uint32 {key} n={n}"
        yield f"shuffle uint64 {key} n={n}"
        yield f"shuffle float32 {key} data=specialnan:91 n={n}"


def verify_rows():
    for name in ("float32", "float64", "int32", "uint32", "int64", "uint64"):
        for n in (0, 1, 2, 3, 16, 17, 29, 30, 52, 53, 54, 118, 119, 257, 1025, 65537):
            yield f"digest {name} data=bits:95 n={n}"
        for rows, cols in ((0, 0), (0, 5), (5, 0), (1, 1), (1, 17), (17, 1), (7, 9), (300, 41)):
            yield f"digest {name} data=bits:96 rows={rows} cols={cols}"

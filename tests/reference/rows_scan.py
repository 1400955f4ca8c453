# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""Which prefix sums the golden list holds (left sides only)."""
from arithmetic import FORMATS
from narrow import NARROW

# around rows of 8 and 16 elements, and blocks of 512 and 1024
SIZES = (0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 500, 504, 511, 512,
         513, 519, 520, 521, 1000, 1008, 1023, 1024, 1025, 1039, 1040, 1041, 1535, 1536, 1537, 2047,
         2048, 2049, 3073, 4097, 8193, 10007)
LARGE_SIZES = (65536, 70001)
SOME_SIZES = (1, 2, 17, 33, 513, 1025, 2100, 5000)


def scan_rows():
    for name in (*FORMATS, *NARROW):
        head = f"cumsum {name}"
        for n in SIZES + LARGE_SIZES:
            yield f"{head} data=unit:141 n={n} exclusive=0"
            yield f"{head} data=unit:142 n={n} exclusive=1"
        for kind in ("wide", "special", "specialinf", "specialnan", "negzero", "few"):
            for n in SOME_SIZES:
                yield f"{head} data={kind}:143 n={n} exclusive=0"
            yield f"{head} data={kind}:144 n=4099 exclusive=1"
            yield f"{head} data={kind}:144 n=1 exclusive=1"
    for name in ("int32", "uint8", "int64"):
        for n in SIZES + LARGE_SIZES:
            yield f"cumsum {name} data=bits:145 n={n} exclusive={n % 2}"
        for n in SOME_SIZES:
            yield f"cumsum {name} data=bits:146 n={n} exclusive={1 - n % 2}"

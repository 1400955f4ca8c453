#!/usr/bin/env python3
# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""Writes or checks the golden list: golden.py --write | --check | --selftest [FILE ...]."""
import argparse
import sys
import time
from pathlib import Path

import xxhash

from evaluate import evaluate
from rows_accumulators import accumulators_rows
from rows_axes import axes_rows
from rows_histogram import histogram_rows
from rows_math import math_rows
from rows_matmul import matmul_rows
from rows_moments import moments_rows
from rows_policies import policies_rows
from rows_products import products_rows
from rows_random import random_rows, shuffle_rows, verify_rows
from rows_reduce import reduce_rows
from rows_scan import scan_rows

BITS_VERSION = 1
FOLDER = Path(__file__).resolve().parent.parent / "golden"
FILES = {
    "accumulators.txt": accumulators_rows,
    "axes.txt": axes_rows,
    "histogram.txt": histogram_rows,
    "math.txt": math_rows,
    "matmul.txt": matmul_rows,
    "moments.txt": moments_rows,
    "policies.txt": policies_rows,
    "products.txt": products_rows,
    "random.txt": random_rows,
    "reduce.txt": reduce_rows,
    "scan.txt": scan_rows,
    "shuffle.txt": shuffle_rows,
    "verify.txt": verify_rows,
}
FINGERPRINT = "fingerprint.txt"
HEADER = "# Written by tests/reference/golden.py; the format is in README.md.\n"


def generate(name):
    rows = dict.fromkeys(FILES[name]())  # each once, in order
    return HEADER + "".join(f"{row} -> {evaluate(row)}\n" for row in rows)


def fingerprint(texts):
    whole = b"".join(texts[name].encode() for name in sorted(texts))
    return (f"{HEADER}bits_version {BITS_VERSION}\nfiles {' '.join(sorted(texts))}\n"
            f"xxh3_128 {xxhash.xxh3_128_hexdigest(whole)}\n")


def differences(name, expected):
    path = FOLDER / name
    found = path.read_text() if path.exists() else ""
    if found == expected:
        return 0
    count = 0
    old, new = found.splitlines(), expected.splitlines()
    for number in range(max(len(old), len(new))):
        was = old[number] if number < len(old) else "(no row)"
        now = new[number] if number < len(new) else "(no row)"
        if was != now:
            count += 1
            if count <= 5:
                print(f"{name}:{number + 1}:\n  list      {was}\n  reference {now}")
    print(f"{name}: {count} rows differ")
    return 1


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", metavar="FILE",
                        help="only these: " + ", ".join(FILES))
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--write", action="store_true", help="write tests/golden/*.txt")
    action.add_argument("--check", action="store_true", help="exit 1 where the list would change")
    action.add_argument("--selftest", action="store_true", help="test the reference itself")
    arguments = parser.parse_args()
    for name in arguments.files:
        if name not in FILES:
            parser.error("unknown file: " + name)
    if arguments.selftest:
        import selftest
        return selftest.main()
    status = 0
    for name in arguments.files or FILES:
        start = time.monotonic()
        text = generate(name)
        if arguments.write:
            (FOLDER / name).write_text(text)
        else:
            status |= differences(name, text)
        print(f"{name}: {text.count(' -> ')} rows, {time.monotonic() - start:.1f} s", flush=True)
    present = {name: (FOLDER / name).read_text() for name in FILES if (FOLDER / name).exists()}
    text = fingerprint(present)
    if arguments.write:
        (FOLDER / FINGERPRINT).write_text(text)
    else:
        status |= differences(FINGERPRINT, text)
    return status


if __name__ == "__main__":
    sys.exit(main())

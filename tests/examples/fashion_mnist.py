#!/usr/bin/env python3
# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""What ./run demo does, on a few made-up images: fashion_mnist.py <folder of the programs>."""

import gzip
import pathlib
import random
import struct
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
UNSIGNED_BYTE = 8
PIXELS = 28


def write_idx(path, extents, values):
    header = struct.pack(f">BBBB{len(extents)}I", 0, 0, UNSIGNED_BYTE, len(extents), *extents)
    path.write_bytes(gzip.compress(header + bytes(values)))


def write_data_set(folder):
    source = random.Random(1)
    for part, count in (("train", 300), ("t10k", 100)):
        labels = [source.randrange(10) for _ in range(count)]
        # Rows as bright as the label, with noise: something to learn.
        pixels = bytearray()
        for label in labels:
            pixels += bytes(min(255, 25 * label + source.randrange(50)) for _ in range(PIXELS * PIXELS))
        write_idx(folder / f"{part}-images-idx3-ubyte.gz", (count, PIXELS, PIXELS), pixels)
        write_idx(folder / f"{part}-labels-idx1-ubyte.gz", (count,), labels)


def main():
    with tempfile.TemporaryDirectory() as folder:
        write_data_set(pathlib.Path(folder))
        command = [sys.executable, str(ROOT / "examples" / "fashion_mnist" / "demo.py"), "--build", sys.argv[1],
                   "--data", folder, "--epochs", "2", "--threads", "1,3"]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        print(done.stdout)
        if done.returncode == 0 and "one fingerprint" not in done.stdout:
            print("the demo says nothing of one fingerprint")
            return 1
        return done.returncode


if __name__ == "__main__":
    sys.exit(main())

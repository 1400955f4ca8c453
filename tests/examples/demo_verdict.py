#!/usr/bin/env python3
# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""The verdict of ./run demo, with programs that only say what a training run would have said."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEMO = ROOT / "examples" / "fashion_mnist" / "demo.py"

# FINGERPRINTS: what each number of threads ends in; an empty one stands for a run that fails.
PROGRAM = """#!{python}
import json, pathlib, sys
fingerprints = {fingerprints}
arguments = sys.argv[1:]
if arguments[0] == "compare":
    print("hidden_bias: element (0, 3)")
    sys.exit(1)
options = dict(zip(arguments, arguments[1:]))
threads = options["--threads"]
if not fingerprints[threads]:
    print("images.gz: byte 16: corrupt", file=sys.stderr)
    sys.exit(2)
print(json.dumps(dict(event="progress", epoch=1, epoch_end=True, images=4, total=4, loss=None,
                      images_per_second=4.0, seconds_left=0.0)))
if "--output" in options:
    pathlib.Path(options["--output"]).write_text(threads)
print(json.dumps(dict(event="result", fingerprint=fingerprints[threads], images=4,
                      test_accuracy=0.5, seconds=1.0)))
"""


def demo(folder, fingerprints, *arguments):
    program = folder / "fashion_mnist_native"
    program.write_text(PROGRAM.format(python=sys.executable, fingerprints=json.dumps(fingerprints)))
    program.chmod(0o755)
    done = subprocess.run([sys.executable, str(DEMO), "--build", str(folder), "--threads", "1,2",
                           "--data", str(folder), *arguments], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False,
                          env={**os.environ, "TMPDIR": str(folder)})
    print(done.stdout)
    return done.returncode, done.stdout


def expect(result, status, *texts):
    code, output = result
    assert code == status, f"status {code}, expected {status}"
    for text in texts:
        assert text in output, f"the output lacks: {text}"


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        expect(demo(folder, {"1": "aa", "2": "aa"}), 2, "train-images-idx3-ubyte.gz is missing",
               "sudo apt-get install dataset-fashion-mnist")
        for part in ("train", "t10k"):
            (folder / f"{part}-images-idx3-ubyte.gz").touch()
            (folder / f"{part}-labels-idx1-ubyte").touch()
        expect(demo(folder, {"1": "aa", "2": "aa"}), 0, "2 runs, one fingerprint")
        assert not list(folder.glob("detops-demo-*")), "the weights were left behind"
        expect(demo(folder, {"1": "aa", "2": "bb"}), 1, "2 runs, 2 different fingerprints",
               "native, 1 thread / native, 2 threads: hidden_bias: element (0, 3)")
        expect(demo(folder, {"1": "aa", "2": ""}), 2, "images.gz: byte 16: corrupt")
        expect(demo(folder, {"1": "aa", "2": "aa"}, "--threads", "0"), 2, "0 is not positive")


if __name__ == "__main__":
    main()

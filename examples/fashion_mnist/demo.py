#!/usr/bin/python3
# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""Trains the same network with several builds and numbers of threads, and compares the weights.

Status 0: all runs of detops end in the same bits. 1: they differ. 2: a run was not possible.
"""
import argparse
import json
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile
import time

try:
    from tqdm import tqdm
except ImportError:
    tqdm = None

V3 = "avx avx2 bmi1 bmi2 f16c fma abm movbe xsave".split()
V4 = V3 + "avx512f avx512bw avx512cd avx512dq avx512vl".split()
X86_BUILDS = {"x86-64": [], "x86-64-v3": V3, "x86-64-v4": V4}
QUICK_IMAGES = 12800
DATA_FOLDER = "/usr/share/datasets/fashion-mnist"
DATA_FILES = [f"{part}-{kind}" for part in ("train", "t10k")
              for kind in ("images-idx3-ubyte", "labels-idx1-ubyte")]


class Failure(Exception):
    """A run was not possible; the text says why."""


def parse_arguments():
    parser = argparse.ArgumentParser(
        prog="./run demo", description="Trains a network of two layers on the 60,000 images of "
        "Fashion-MNIST, once for each build and number of threads, and compares the bits of the "
        "weights. A control does the same for one epoch with Eigen, threads and std.")
    parser.add_argument("--build", default="build/demo/examples", metavar="FOLDER",
                        help="folder of the programs fashion_mnist_<build> (default: %(default)s)")
    parser.add_argument("--epochs", type=positive, default=2, metavar="N",
                        help="times over the training images (default: 2)")
    parser.add_argument("--threads", type=thread_list, default=[1, 2, 3, 7], metavar="N,N,...",
                        help="numbers of threads (default: 1,2,3,7)")
    parser.add_argument("--activation", choices=("tanh", "relu"), default="tanh",
                        help="of the hidden layer (default: tanh)")
    parser.add_argument("--quick", action="store_true",
                        help=f"one epoch over the first {QUICK_IMAGES} images: seconds, not minutes")
    parser.add_argument("--data", default=DATA_FOLDER, metavar="FOLDER",
                        help="folder with the four IDX files (default: %(default)s)")
    return parser.parse_args()


def positive(text):
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not positive")
    return value


def thread_list(text):
    return [positive(part) for part in text.split(",")]


def check_data(folder):
    for name in DATA_FILES:
        if not any((pathlib.Path(folder) / (name + end)).is_file() for end in ("", ".gz")):
            raise Failure(f"Fashion-MNIST is not there: {folder}/{name}.gz is missing.\n"
                          "Install Debian's package with\n"
                          "  sudo apt-get install dataset-fashion-mnist\n"
                          "or give the folder of the four files with --data FOLDER.")


def cpu_flags():
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return set()
    return next((set(line.split(":")[1].split()) for line in lines if line.startswith("flags")),
                set())


def usable_builds(folder):
    """(name, program) of the builds that can run here; says which cannot, and why."""
    prefix = "fashion_mnist_"
    programs = {path.name[len(prefix):]: path
                for path in sorted(pathlib.Path(folder).glob(prefix + "*"))
                if path.is_file() and os.access(path, os.X_OK)}
    names = list(programs)
    if platform.machine() == "x86_64":
        names = list(X86_BUILDS) + [name for name in names if name not in X86_BUILDS]
    flags = cpu_flags()
    usable = []
    for name in names:
        missing = [flag for flag in X86_BUILDS.get(name, []) if flag not in flags]
        if missing:
            print(f"skipped {name}: this CPU lacks {' '.join(missing)}")
        elif name not in programs:
            print(f"skipped {name}: there is no {folder}/{prefix}{name}")
        else:
            usable.append((name, str(programs[name].resolve())))
    if not usable:
        raise Failure(f"no program in {folder} can run on this machine")
    return usable


class Bar:
    """Progress of one run: a bar on a terminal, a line per epoch elsewhere."""

    def __init__(self, title):
        self.title = title
        self.bar = None
        if tqdm and sys.stdout.isatty():
            self.bar = tqdm(desc=title, unit=" images", unit_scale=True, file=sys.stdout,
                            leave=False, dynamic_ncols=True)

    def update(self, event):
        loss = float("nan") if event["loss"] is None else event["loss"]
        if self.bar is not None:
            if self.bar.total is None:  # the first images; the time before went into the files
                self.bar.unpause()
            self.bar.total = event["total"]
            self.bar.set_postfix(loss=f"{loss:.4f}", refresh=False)
            self.bar.update(event["images"] - self.bar.n)
        elif event["epoch_end"]:
            print(f"{self.title}: epoch {event['epoch']}, loss {loss:.4f}, "
                  f"{event['images_per_second']:.0f} images/s, {event['seconds_left']:.0f} s left",
                  flush=True)

    def close(self):
        if self.bar is not None:
            self.bar.close()


def train(program, title, arguments):
    """Runs the program; returns its last event."""
    bar = Bar(title)
    result = None
    with tempfile.TemporaryFile("w+") as errors, subprocess.Popen(
            [program, "--progress", "json", *arguments],
            stdout=subprocess.PIPE, stderr=errors, text=True) as child:
        try:
            for line in child.stdout:
                event = json.loads(line)
                if event["event"] == "progress":
                    bar.update(event)
                else:
                    result = event
        except BaseException:
            child.kill()
            raise
        finally:
            bar.close()
        if child.wait() != 0 or result is None:
            errors.seek(0)
            raise Failure(f"{title}: {program} ended with status {child.returncode}\n"
                          + errors.read().rstrip())
    return result


def describe(build, threads):
    return f"{build}, {threads} thread{'s' if threads > 1 else ''}"


def train_all(kind, builds, threads, arguments, weights_folder=None):
    """A row for each build and number of threads."""
    rows = []
    total = len(builds) * len(threads)
    for name, program in builds:
        for count in threads:
            extra = ["--threads", str(count)]
            weights = None
            if weights_folder is not None:
                weights = pathlib.Path(weights_folder) / f"{name}-{count}.weights"
                extra += ["--output", str(weights)]
            title = f"{kind} {len(rows) + 1}/{total}, {describe(name, count)}"
            result = train(program, title, arguments + extra)
            rows.append({"build": name, "threads": count, "weights": weights, **result})
            print(f"{title}: {result['fingerprint']}, {result['seconds']:.1f} s", flush=True)
    return rows


def print_table(title, rows):
    width = max(len(row["build"]) for row in rows)
    print(f"\n{title}\n{'build':<{width}}  threads  {'fingerprint of the weights':<32}  "
          "accuracy  seconds")
    for row in rows:
        print(f"{row['build']:<{width}}  {row['threads']:>7}  {row['fingerprint']}  "
              f"{100 * row['test_accuracy']:>7.2f}%  {row['seconds']:>7.1f}")


def differences(rows, program):
    """The first differing weight of each run that does not end as the first run does."""
    first = rows[0]
    for row in rows[1:]:
        if row["fingerprint"] != first["fingerprint"]:
            found = subprocess.run([program, "compare", first["weights"], row["weights"]],
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                   check=False)
            yield (f"{describe(first['build'], first['threads'])} / "
                   f"{describe(row['build'], row['threads'])}: {found.stdout.strip()}")


def demonstrate(options):
    began = time.monotonic()
    check_data(options.data)
    builds = usable_builds(options.build)
    arguments = ["--data", options.data, "--activation", options.activation]
    if options.quick:
        arguments += ["--images", str(QUICK_IMAGES)]
    epochs = 1 if options.quick else options.epochs

    folder = tempfile.mkdtemp(prefix="detops-demo-")
    try:
        rows = train_all("detops", builds, options.threads,
                         arguments + ["--epochs", str(epochs)], folder)
        control = train_all("control", builds, options.threads,
                            arguments + ["--control", "--epochs", "1"])
        ours = {row["fingerprint"] for row in rows}
        theirs = {row["fingerprint"] for row in control}
        images = f"{rows[0]['images']:,} images"
        plural = "epoch" if epochs == 1 else "epochs"
        print_table(f"detops: {epochs} {plural} of {images}", rows)
        print_table(f"control: 1 epoch of {images} with Eigen, threads and std", control)
        print(f"\n{time.monotonic() - began:.0f} s in all")
        print(f"control: {len(control)} runs, {len(theirs)} different fingerprints")
        print(f"detops:  {len(rows)} runs, {len(ours)} different fingerprints"
              if len(ours) > 1 else
              f"detops:  {len(rows)} runs, one fingerprint: the same bits in every row")
        if len(ours) == 1:
            return 0
        for line in differences(rows, builds[0][1]):
            print(line)
        print(f"the weights are kept in {folder}")
        folder = None
        return 1
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def main():
    try:
        return demonstrate(parse_arguments())
    except Failure as failure:
        print(failure, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())

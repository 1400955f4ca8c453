#!/usr/bin/env python3
# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""Checks tests/golden/*.txt with one program per leg (compiler, flags) and prints a table; exit 1 when a leg fails.

run_legs.py [compiler or instruction set ...]    default: all of the table
A leg whose compiler is not there, or that this CPU cannot run, is a row of the table that says why.
"""

import argparse
import concurrent.futures
import dataclasses
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "golden"
THREADS = "1,2,3,7,16"
COMPILERS = ["g++-12", "clang++-14", "clang++-19"]
COMMON = ["-std=c++20", "-pthread", f"-I{ROOT}/include", "-isystem", "/usr/include/eigen3"]

# name of the instruction set, flags, what /proc/cpuinfo must list
V3 = {"avx2", "fma", "bmi1", "bmi2", "f16c", "movbe"}
V4 = V3 | {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}
X86 = [
    ("x86-64", ["-march=x86-64"], set()),
    ("x86-64-v3", ["-march=x86-64-v3"], V3),
    ("x86-64-v4", ["-march=x86-64-v4"], V4),
]
NATIVE = [("native", ["-mcpu=native"] if platform.machine().startswith("ppc") else [], set())]
# The compiler may fuse wherever the headers do not stop it.
OPTIMISATION = ["-O2", "-ffp-contract=fast"]


@dataclasses.dataclass
class Leg:
    compiler: str
    isa: str
    flags: list
    needs: set
    runner: list = dataclasses.field(default_factory=list)

    @property
    def folder(self):
        return BUILD / "_".join([self.compiler, *self.flags])


@dataclasses.dataclass
class Outcome:
    leg: Leg
    verdict: str
    rows: str = "-"
    seconds: float = 0.0
    output: str = ""


def legs_of(words):
    isas = X86 if platform.machine() in ("x86_64", "AMD64") else NATIVE
    names = [name for name, _, _ in isas if name in words] or [name for name, _, _ in isas]
    compilers = [word for word in words if "++" in word] or COMPILERS
    return [
        Leg(compiler, isa, OPTIMISATION + flags, needs)
        for compiler in compilers
        for isa, flags, needs in isas
        if isa in names
    ]


def cpu_flags():
    try:
        text = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return set()
    return {word for line in text.splitlines() if line.startswith("flags") for word in line.split()}


def run(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout


def newest_source():
    folders = (ROOT / "include", ROOT / "tests" / "golden")
    return max(path.stat().st_mtime for folder in folders for path in folder.rglob("*.?pp"))


def build(leg):
    """Path of the leg's program; raises with the compiler's words."""
    program = leg.folder / "golden_check"
    if program.exists() and program.stat().st_mtime > newest_source():
        return program
    leg.folder.mkdir(parents=True, exist_ok=True)
    launcher = ["ccache"] if shutil.which("ccache") else []
    objects = []
    for source in sorted((ROOT / "tests" / "golden").glob("golden_check*.cpp")):
        objects.append(leg.folder / f"{source.stem}.o")
        command = [*launcher, leg.compiler, *COMMON, *leg.flags, "-c", str(source), "-o", str(objects[-1])]
        failed, output = run(command)
        if failed:
            raise RuntimeError(output)
    failed, output = run([leg.compiler, "-pthread", *leg.flags, *map(str, objects), "-o", str(program)])
    if failed:
        raise RuntimeError(output)
    return program


def check(leg, available):
    if not shutil.which(leg.compiler):
        return Outcome(leg, f"skipped: no {leg.compiler} here")
    if not leg.needs <= available:
        return Outcome(leg, f"skipped: this CPU lacks {' '.join(sorted(leg.needs - available))}")
    try:
        program = build(leg)
    except RuntimeError as error:
        return Outcome(leg, "does not compile", output=str(error))
    lists = sorted(map(str, (ROOT / "tests" / "golden").glob("[a-z]*.txt")))
    start = time.monotonic()
    failed, output = run([*leg.runner, str(program), "--threads", THREADS, *lists])
    seconds = time.monotonic() - start
    rows = sum(int(count) for count in re.findall(r"(\d+) rows", output))
    good = not failed and rows > 0
    return Outcome(leg, "ok" if good else "FAILED", str(rows), seconds, "" if good else output)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("leg", nargs="*", metavar="compiler or instruction set")
    words = parser.parse_args().leg
    known = {name for name, _, _ in X86 + NATIVE}
    for word in words:
        if word not in known and "++" not in word:
            parser.error(f"{word} is neither a compiler nor one of {', '.join(sorted(known))}")
    available = cpu_flags()
    legs = legs_of(words)
    line = "{:12} {:10} {:38} {:>6} {:>7}  {}"
    print(f"golden list with {THREADS} threads", flush=True)
    print(line.format("compiler", "ISA", "flags", "rows", "seconds", "verdict"), flush=True)
    failures, passed = [], 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for outcome in pool.map(lambda leg: check(leg, available), legs):
            leg = outcome.leg
            flags = " ".join(leg.flags)
            seconds = f"{outcome.seconds:.1f}" if outcome.seconds else "-"
            print(line.format(leg.compiler, leg.isa, flags, outcome.rows, seconds, outcome.verdict), flush=True)
            passed += outcome.verdict == "ok"
            if outcome.output:
                failures.append(outcome)
    for outcome in failures:
        print(f"\n{outcome.leg.compiler} {outcome.leg.isa}:\n{outcome.output[-4000:]}")
    if not passed:
        print("no leg passed")
    return 0 if passed and not failures else 1


if __name__ == "__main__":
    sys.exit(main())

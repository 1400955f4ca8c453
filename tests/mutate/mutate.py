#!/usr/bin/python3
# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""Seeds the faults of faults.py into a copy of the headers, one at a time, and requires that the check named beside a
fault fails. Prints a line for each fault, `killed` or `SURVIVED`, and a summary; exit 1 where a fault survived, does
not apply to the headers as they are, or does not compile.

A check is the cheapest program that should see the fault, "<program> <instruction set> [compiler flags]":
  golden/<list>         golden_check of one family, with that list alone
  unit/<family>/<name>  one file of unit tests
First each check must pass with the headers as they are. Verdicts are kept in the build folder and hold until a file
of include/ or tests/ changes.

mutate.py [word ...]    the faults whose name contains a word; all without
mutate.py --list        names, headers and checks, and nothing else
"""

import argparse
import collections
import concurrent.futures
import fcntl
import hashlib
import json
import os
import pathlib
import queue
import re
import resource
import shutil
import subprocess
import sys
import threading
import time

from faults import FAULTS

ROOT = pathlib.Path(__file__).resolve().parents[2]
COMPILER = os.environ.get("CXX", "g++")
# No optimisation but the first: a copy of the headers is compiled for each fault. -O2 where a check says so.
FLAGS = ["-std=c++20", "-O1", "-ffp-contract=fast", "-w", "-pthread"]
INCLUDE = ["-Iinclude", "-Itests/support", "-isystem", "/usr/include/eigen3"]
NEEDED = {"avx2", "fma", "bmi2"}  # of the CPU, for x86-64-v3
# golden list -> the family of golden_check that runs it, where it has another name
FAMILIES = {"products": "matmul", "shuffle": "random", "verify": "random"}
RUN_LIMIT = 300  # seconds; a fault may make a loop endless
FAILED_CLEAN = "fails without a fault"  # not kept: the next run asks again

Fault = collections.namedtuple("Fault", "name header old new check")
Outcome = collections.namedtuple("Outcome", "verdict seconds why")


class DoesNotBuild(Exception):
    pass


def copied():
    """What programs are built from, relative to the root."""
    for folder in ("include", "tests/golden", "tests/support", "tests/unit"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".hpp", ".cpp", ".txt") and path.name != "CMakeLists.txt":
                yield path.relative_to(ROOT)


def hash_of_sources():
    digest = hashlib.sha256(subprocess.run([COMPILER, "--version"], stdout=subprocess.PIPE, check=True).stdout)
    for path in (*copied(), "tests/mutate/mutate.py"):
        digest.update(str(path).encode() + b"\0" + (ROOT / path).read_bytes() + b"\0")
    return digest.hexdigest()


class Workplace:
    """A copy of the sources to build in. All paths given to the compiler are relative, so that ccache finds what
    another workplace has compiled, and what a fault does not reach is compiled once."""

    def __init__(self, folder):
        self.folder = folder
        shutil.rmtree(folder, ignore_errors=True)
        for path in copied():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / path, target)
        self.launcher = ["ccache"] if shutil.which("ccache") else []

    def command(self, command, limit=None):
        done = subprocess.run(
            command, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=limit, check=False
        )
        return done.returncode, done.stdout.decode(errors="replace")

    def compile(self, source, flags):
        target = source.replace("/", "-") + ".o"
        failed, output = self.command([*self.launcher, COMPILER, *FLAGS, *flags, *INCLUDE, "-c", source, "-o", target])
        if failed:
            raise DoesNotBuild(output)
        return target

    def read(self, name):
        return (self.folder / name).read_text(encoding="utf-8")

    def build(self, check):
        """The command that runs the check."""
        program, isa, *flags = check.split()
        flags = [f"-march={isa}", *flags]
        kind, name = program.split("/", 1)
        if kind == "golden":
            family = FAMILIES.get(name, name)
            sources = ["tests/golden/golden_check.cpp", f"tests/golden/golden_check_{family}.cpp"]
            command = ["./check", "--part", "--ways", "2", "--threads", "1,3", f"tests/golden/{name}.txt"]
        else:
            sources = [f"tests/{program}.cpp"]
            command = ["./check", "--abort"]
        objects = [self.compile(source, flags) for source in sources]
        libraries = []
        if kind == "unit":
            objects.append(self.compile("tests/support/main.cpp", []))
            if pathlib.Path("/usr/include/catch2/catch_session.hpp").exists():
                libraries = ["-lCatch2"]
        failed, output = self.command([COMPILER, *FLAGS, *objects, "-o", "check", *libraries])
        if failed:
            raise DoesNotBuild(output)
        return command

    def run(self, check):
        """None where the check passes, else what it said first."""
        command = self.build(check)
        try:
            failed, output = self.command(command, RUN_LIMIT)
        except subprocess.TimeoutExpired:
            return f"no end after {RUN_LIMIT} s"
        if not failed:
            return None
        said = re.search(r"^(FAILED|BROKEN) .*|^.*: FAILED:(\n  .*)*", output, re.MULTILINE)
        return said[0] if said else f"exit status {failed}: {output[-300:]}"


def judge(place, fault):
    """The verdict on one fault."""
    path = place.folder / "include/detops" / fault.header
    original = path.read_text(encoding="utf-8")
    start = time.monotonic()
    if original.count(fault.old) != 1:
        return Outcome("INVALID", 0, f"its text occurs {original.count(fault.old)} times in {fault.header}")
    try:
        path.write_text(original.replace(fault.old, fault.new), encoding="utf-8")
        why = place.run(fault.check)
    except DoesNotBuild as error:
        return Outcome("INVALID", time.monotonic() - start, f"does not compile:\n{str(error)[:2000]}")
    finally:
        path.write_text(original, encoding="utf-8")
    return Outcome("killed" if why else "SURVIVED", time.monotonic() - start, why or "")


class Verdicts:
    """The verdicts of earlier runs, by what they depend on."""

    def __init__(self, path, sources):
        self.path = path
        self.sources = sources
        self.lock = threading.Lock()
        self.known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    def key(self, item):
        return hashlib.sha256(json.dumps([self.sources, FLAGS, COMPILER, item]).encode()).hexdigest()

    def of(self, item, find):
        key = self.key(item)
        if key not in self.known:
            outcome = find()
            if outcome.verdict == FAILED_CLEAN:
                return outcome
            with self.lock:
                self.known[key] = outcome
                self.path.write_text(json.dumps(self.known), encoding="utf-8")
        return Outcome(*self.known[key])


def for_all(items, places, work):
    """work(place, item) for all, each place used by one thread at a time; yields (item, result) as they end."""
    free = queue.SimpleQueue()
    for place in places:
        free.put(place)

    def with_place(item):
        place = free.get()
        try:
            return work(place, item)
        finally:
            free.put(place)

    with concurrent.futures.ThreadPoolExecutor(len(places)) as pool:
        running = {pool.submit(with_place, item): item for item in items}
        for done in concurrent.futures.as_completed(running):
            yield running[done], done.result()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("word", nargs="*")
    parser.add_argument("-j", type=int, default=os.cpu_count(), help="so many at once", metavar="N")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "mutate", help="folder to work in")
    parser.add_argument("--verbose", action="store_true", help="what each check said first")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    faults = [Fault(*fault) for fault in FAULTS]
    twice = [name for name, count in collections.Counter(fault.name for fault in faults).items() if count > 1]
    if twice:
        parser.error(f"two faults have one name: {' '.join(twice)}")
    if options.word:
        faults = [fault for fault in faults if any(word in fault.name for word in options.word)]
    if not faults:
        parser.error(f"no fault's name contains: {' '.join(options.word)}")
    if options.list:
        for fault in faults:
            print(f"{fault.name:44} {fault.header:28} {fault.check}")
        return 0
    cpu = pathlib.Path("/proc/cpuinfo")
    if not cpu.exists() or not NEEDED <= set(re.findall(r"\w+", cpu.read_text(encoding="utf-8"))):
        parser.error("the checks are built for x86-64 and x86-64-v3, which this CPU cannot run")

    start = time.monotonic()
    options.build.mkdir(parents=True, exist_ok=True)
    lock = (options.build / "lock").open("w", encoding="utf-8")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        parser.error(f"another run works in {options.build}")
    verdicts = Verdicts(options.build / "verdicts.json", hash_of_sources())
    places = [Workplace(options.build / f"copy{i}") for i in range(max(1, options.j))]

    checks = sorted({fault.check for fault in faults})
    for check, why in for_all(checks, places, lambda place, check: clean_run(verdicts, place, check)):
        if why:
            print(f"the check {check} fails without a fault: {why}")
            return 1
    print(f"{len(checks)} checks pass without a fault, {time.monotonic() - start:.0f} s", flush=True)

    count = collections.Counter()
    find = lambda place, fault: verdicts.of(list(fault), lambda: judge(place, fault))
    for fault, outcome in for_all(faults, places, find):
        count[outcome.verdict] += 1
        if outcome.verdict == "killed":
            print(f"killed {fault.name} by {fault.check} {outcome.seconds:.0f}", flush=True)
            if options.verbose:
                print("       " + outcome.why.replace("\n", "\n       "), flush=True)
        else:
            print(f"{outcome.verdict} {fault.name} {outcome.why or 'by ' + fault.check}", flush=True)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{time.monotonic() - start:.0f} s, {used.ru_utime + used.ru_stime:.0f} s of CPU time")
    if count["INVALID"]:
        print(f"{count['INVALID']} faults do not fit the headers")
    print(f"{count['killed']} killed, {count['SURVIVED']} survived")
    return 0 if count["killed"] == len(faults) else 1


def clean_run(verdicts, place, check):
    """Why the check fails without a fault, or nothing."""

    def find():
        try:
            why = place.run(check)
        except DoesNotBuild as error:
            why = f"does not compile:\n{error}"
        return Outcome(FAILED_CLEAN if why else "clean", 0, why or "")

    return verdicts.of(["without a fault", check], find).why


if __name__ == "__main__":
    sys.exit(main())

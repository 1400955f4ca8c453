#!/usr/bin/env python3
# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""Checks tests/golden/*.txt with one program per leg: a compiler, its settings, a CPU. Prints a table; exit 1 when a
leg fails. A leg whose compiler or CPU is not here is a row of the table that says why. What passed is kept in the build
folder until a source, a list or the compiler changes, so a run of hours that was cut off goes on where it ended.

run_legs.py [word ...]   the legs whose description holds every word, for instance: clang++-19 x86-64-v3; all without
run_legs.py --fast       a leg for each CPU family: clang 19 on this one, four that are emulated, WebAssembly; those whose
                         registers are the compiler's own vectors share the list
run_legs.py --packages   the Debian packages that the legs need, and nothing else
"""

import argparse
import concurrent.futures
import dataclasses
import datetime
import json
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys
import time

import readme_table

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE = ROOT / "tests" / "golden"
BUILD = ROOT / "build" / "golden"
THIRD_PARTY = BUILD / "include"
REPORT = HERE / "golden-report.md"
THREADS = "1,2,3,7,16"
LISTS = sorted(map(str, HERE.glob("[a-z]*.txt")))

# -march -> what /proc/cpuinfo must list
V3 = {"avx2", "fma", "bmi1", "bmi2", "f16c", "movbe"}
X86 = {
    "x86-64": set(),
    "x86-64-v2": {"sse4_2", "ssse3", "popcnt"},
    "x86-64-v3": V3,
    "x86-64-v4": V3 | {"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"},
}
COMPILERS = {"g++-12": "g++-12", "clang++-14": "clang-14", "clang++-19": "clang-19"}  # -> Debian package
# The compiler may fuse wherever the headers do not stop it.
USUAL = ["-std=c++20", "-O2", "-ffp-contract=fast"]
SETTINGS = [
    ["-O0"],
    ["-O1"],
    ["-O3"],
    ["-Os"],
    ["-ffp-contract=on"],
    ["-ffp-contract=off"],
    ["-fno-omit-frame-pointer", "-fPIC"],
    ["-flto"],
    ["-frounding-math"],
    ["-fno-exceptions", "-fno-rtti"],
    ["-std=c++23"],
]
LIBCXX = {"libc++-19-dev", "libc++abi-19-dev"}
WASM = {"lld-19", "wasi-libc", "libc++-19-dev-wasm32", "libc++abi-19-dev-wasm32", "libclang-rt-19-dev-wasm32", "nodejs"}
# --fast: CPU -> the families of rows (golden_check_<family>.cpp) that it takes; None: all. Those that share the list run
# the same code of simd/; what depends on the order of bytes is with s390x.
FAST = {
    "native": None,
    "x86-64": None,
    "aarch64": None,
    "riscv64": {"matmul"},
    "ppc64le": {"reduce", "elements"},
    "s390x": {"moments", "random", "histogram", "accumulators"},
    "wasm32 simd128": {"axes", "math", "scan"},
}


@dataclasses.dataclass
class Leg:
    cpu: str
    compiler: str
    flags: list
    packages: set
    cpu_flags: set = dataclasses.field(default_factory=set)
    runner: list = dataclasses.field(default_factory=list)
    threads: bool = True
    ways: int = 0  # to run each row; 0: all
    families: set = None  # of rows; None: all
    link: list = dataclasses.field(default_factory=list)

    def __str__(self):
        return f"{self.cpu} {self.compiler} {' '.join(self.flags)}"

    @property
    def folder(self):
        return BUILD / re.sub(r"[^\w.+=-]+", "_", str(self))


@dataclasses.dataclass
class Outcome:
    leg: Leg
    verdict: str
    rows: int = 0
    isa: str = "-"
    fingerprint: str = "-"
    seconds: float = 0.0
    output: str = ""
    kept: bool = False  # of an earlier run


def x86_legs():
    for compiler, package in COMPILERS.items():
        for isa, needs in X86.items():
            yield Leg(isa, compiler, USUAL + [f"-march={isa}"], {package}, needs)
        yield Leg("x86-64-v3", compiler, USUAL + ["-march=x86-64-v3", "-mno-fma"], {package}, V3)
    for isa in ("x86-64", "x86-64-v3"):
        flags = USUAL + [f"-march={isa}", "-stdlib=libc++"]
        yield Leg(isa, "clang++-19", flags, LIBCXX | {"clang-19"}, X86[isa])
    for compiler, settings in (("g++-12", [*SETTINGS, ["-Og"]]), ("clang++-19", SETTINGS)):  # to clang -Og is -O1
        for setting in settings:
            kind = re.match(r"-(O|std=|ffp-contract=|.*)", setting[0]).group(1)
            flags = [flag for flag in USUAL if not flag.startswith("-" + kind)] + ["-march=x86-64-v3"] + setting
            link = ["-fuse-ld=lld-19"] if setting == ["-flto"] and compiler != "g++-12" else []
            packages = {COMPILERS[compiler]} | ({"lld-19"} if link else set())
            yield Leg("x86-64-v3", compiler, flags, packages, V3, ways=2, link=link)
    flags = USUAL + ["-march=x86-64-v3", "-fopenmp", "-DDETOPS_GOLDEN_TBB"]
    yield Leg("x86-64-v3", "g++-12", flags, {"g++-12", "libtbb-dev"}, V3, link=["-ltbb"])


def emulated_legs():
    """Programs for other CPUs, linked statically."""
    for cpu, triple, runner, extra in (
        ("aarch64", "aarch64-linux-gnu", "qemu-aarch64", []),
        ("riscv64", "riscv64-linux-gnu", "qemu-riscv64", []),
        ("ppc64le", "powerpc64le-linux-gnu", "qemu-ppc64le", []),
        ("s390x", "s390x-linux-gnu", "qemu-s390x", []),
        ("s390x z14", "s390x-linux-gnu", "qemu-s390x", ["-march=z14"]),
        ("armhf", "arm-linux-gnueabihf", "qemu-arm", []),
        ("i686", "i686-linux-gnu", None, ["-msse2", "-mfpmath=sse"]),
    ):
        packages = {f"g++-12-{triple}"} | ({"qemu-user"} if runner else set())
        flags = USUAL + extra + ["-static"]
        yield Leg(cpu, f"{triple}-g++-12", flags, packages, runner=[runner] if runner else [], ways=2)
    for cpu, isa in (("Nehalem", "x86-64-v2"), ("Haswell", "x86-64-v3")):
        flags = USUAL + [f"-march={isa}", "-static"]
        runner = ["qemu-x86_64", "-cpu", cpu]
        yield Leg(f"{isa} {cpu}", "g++-12", flags, {"g++-12", "qemu-user"}, runner=runner, ways=2)
    flags = USUAL + ["--target=wasm32-wasi", "-msimd128", "-fno-exceptions", "-stdlib=libc++"]
    yield Leg(
        "wasm32 simd128",
        "clang++-19",
        flags,
        WASM | {"clang-19"},
        runner=["node", "--no-warnings", "--experimental-wasi-unstable-preview1", str(HERE / "run_wasi.mjs")],
        threads=False,
        ways=2,
        link=["-Wl,--stack-first", "-Wl,-z,stack-size=1048576"],
    )


def all_legs():
    if platform.machine() not in ("x86_64", "AMD64"):
        flags = USUAL + (["-mcpu=native"] if platform.machine().startswith("ppc") else [])
        return [Leg("native", compiler, flags, {package}) for compiler, package in COMPILERS.items()]
    return [*x86_legs(), *emulated_legs()]


def families():
    return {path.stem.removeprefix("golden_check_") for path in HERE.glob("golden_check_*.cpp")}


def fast(legs):
    """What of the legs every change has: fewer ways and -O1 for what is emulated, as that takes longest."""
    left = families().difference(*filter(None, FAST.values()))
    if left:
        raise SystemExit(f"FAST gives to no CPU: {' '.join(sorted(left))}")
    for leg in legs:
        if leg.cpu not in FAST:
            continue
        if leg.runner:
            flags = ["-O1" if flag == "-O2" else flag for flag in leg.flags]
            if leg.compiler.endswith("-g++-12"):
                flags.append("-fexpensive-optimizations")  # with which g++ fuses
            yield dataclasses.replace(leg, flags=flags, ways=1, families=FAST[leg.cpu])
        elif leg.compiler == "clang++-19" and "-stdlib=libc++" not in leg.flags:
            yield dataclasses.replace(leg, ways=2)


def run(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout


def link_third_party():
    """Fills a folder with the headers of xsimd, Eigen and xxHash alone: /usr/include is not for other CPUs."""
    THIRD_PARTY.mkdir(parents=True, exist_ok=True)
    for name, target in (
        ("xsimd", "/usr/include/xsimd"),
        ("xxhash.h", "/usr/include/xxhash.h"),
        ("Eigen", "/usr/include/eigen3/Eigen"),
        ("unsupported", "/usr/include/eigen3/unsupported"),
    ):
        if not (THIRD_PARTY / name).exists():
            (THIRD_PARTY / name).symlink_to(target)


def newest(*suffixes):
    """When the last file that a program is built from, or reads, was changed."""
    folders = (ROOT / "include", HERE, ROOT / "tests" / "support")
    files = (path for folder in folders for path in folder.rglob("*") if path.suffix in suffixes)
    return max(path.stat().st_mtime for path in files)


def build(leg):
    """Path of the leg's program; raises with the compiler's words."""
    program = leg.folder / "golden_check"
    unity = leg.folder / "golden_check.cpp"
    # all files in one: what they share is compiled once
    names = ["", *(f"_{family}" for family in sorted(leg.families or families()))]
    sources = "".join(f'#include "{HERE}/golden_check{name}.cpp"\n' for name in names)
    if program.exists() and program.stat().st_mtime > newest(".hpp", ".cpp") and unity.read_text(encoding="utf-8") == sources:
        return program
    leg.folder.mkdir(parents=True, exist_ok=True)
    began = time.time()
    launcher = ["ccache"] if shutil.which("ccache") else []
    threads = ["-pthread"] if leg.threads else []
    includes = [f"-I{ROOT}/include", f"-I{HERE}", f"-I{ROOT}/tests/support", "-isystem", str(THIRD_PARTY)]
    unity.write_text(sources, encoding="utf-8")
    compiler = [leg.compiler, *leg.flags, *threads]
    failed, output = run([*launcher, *compiler, *includes, "-c", str(unity), "-o", f"{unity}.o"])
    if not failed:
        failed, output = run([*compiler, f"{unity}.o", "-o", str(program), *leg.link])
    if failed:
        raise RuntimeError(output)
    os.utime(program, (began, began))  # older than what is changed while it is built
    return program


def options_of(leg):
    return ["--threads", THREADS, "--ways", str(leg.ways)] + (["--part"] if leg.families else [])


def check_once(leg, available, expected):
    """The outcome of an earlier run where it still holds, else of this one."""
    version = run([leg.compiler, "--version"])[1] if shutil.which(leg.compiler) else ""
    asked = [version, leg.link, leg.runner, options_of(leg), sorted(leg.families or [])]
    kept = leg.folder / "passed.json"
    if kept.exists() and kept.stat().st_mtime > newest(".hpp", ".cpp", ".txt", ".mjs"):
        saved = json.loads(kept.read_text(encoding="utf-8"))
        if saved["asked"] == asked and saved["outcome"]["fingerprint"] == expected:
            return Outcome(leg, kept=True, **saved["outcome"])
    began = time.time()
    outcome = check(leg, available, expected)
    if outcome.verdict == "ok":
        saved = {field: value for field, value in vars(outcome).items() if field not in ("leg", "kept")}
        kept.write_text(json.dumps({"asked": asked, "outcome": saved}), encoding="utf-8")
        os.utime(kept, (began, began))  # what was changed since was not seen
    return outcome


def check(leg, available, expected):
    missing = [tool for tool in (leg.compiler, *leg.runner[:1]) if not shutil.which(tool)]
    if missing:
        return Outcome(leg, f"skipped: no {' and no '.join(missing)} here")
    if not leg.cpu_flags <= available:
        return Outcome(leg, f"skipped: this CPU lacks {' '.join(sorted(leg.cpu_flags - available))}")
    start = time.monotonic()
    try:
        program = build(leg)
    except RuntimeError as error:
        return Outcome(leg, "FAILED: does not compile", output=str(error))
    failed, output = run([*leg.runner, str(program), *options_of(leg), *LISTS])
    last = re.search(r"^(\w+) threads=\S+ (\d+) passed, 0 failed, list ([0-9a-f]{32})$", output, re.MULTILINE)
    if failed or not last or int(last[2]) == 0:
        return Outcome(leg, "FAILED", output=output)
    verdict = "ok" if last[3] == expected else "FAILED: another list"
    seconds = time.monotonic() - start
    return Outcome(leg, verdict, int(last[2]), last[1].removeprefix("isa_"), last[3], seconds)


def report(outcomes, expected):
    """The table as Markdown."""
    ran = [outcome for outcome in outcomes if outcome.verdict == "ok"]
    lines = [
        "# Golden report",
        "",
        f"{datetime.date.today()}: {len(ran)} of {len(outcomes)} legs gave the golden list `{expected}`,",
        f"{min((outcome.rows for outcome in ran), default=0)} rows each. Written by `./run golden`.",
        "",
        "| CPU | instruction set | compiler | flags | ways | rows | verdict | seconds with build |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for outcome in outcomes:
        leg = outcome.leg
        ways = f"{leg.ways} a row" if leg.ways else "all"
        flags = " ".join(leg.flags)
        lines.append(
            f"| {leg.cpu} | {outcome.isa} | {leg.compiler} | `{flags}` | {ways} | {outcome.rows or '-'} "
            f"| {outcome.verdict} | {outcome.seconds:.0f} |"
        )
    REPORT.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("word", nargs="*")
    parser.add_argument("--fast", action="store_true")
    parser.add_argument("--packages", action="store_true")
    options = parser.parse_args()
    legs = [leg for leg in all_legs() if all(word in str(leg).split() + [leg.cpu] for word in options.word)]
    if options.fast:
        legs = list(fast(legs))
    if not legs:
        parser.error(f"no leg holds all of: {' '.join(options.word)}")
    if options.packages:
        print(*sorted(set().union(*(leg.packages for leg in legs))), sep="\n")
        return 0
    expected = re.search(r"xxh3_128 (\w+)", (HERE / "fingerprint.txt").read_text(encoding="utf-8"))[1]
    available = set(re.findall(r"\w+", pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8")))
    link_third_party()
    line = "{:16} {:14} {:26} {:72} {:>6} {:>7}  {}"
    print(f"golden list {expected}, {THREADS} threads", flush=True)
    print(line.format("CPU", "ISA", "compiler", "flags", "rows", "seconds", "verdict"), flush=True)
    outcomes = []
    slowest_first = sorted(legs, key=lambda leg: (leg.families is not None, not leg.runner))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        started = [pool.submit(check_once, leg, available, expected) for leg in slowest_first]
        for done in concurrent.futures.as_completed(started):
            outcome = done.result()
            outcomes.append(outcome)
            leg = outcome.leg
            seconds = f"{outcome.seconds:.1f}" if outcome.seconds else "-"
            part = f": {' '.join(sorted(leg.families))}" if leg.families else ""
            part += " (kept)" if outcome.kept else ""
            words = [leg.cpu, outcome.isa, leg.compiler, " ".join(leg.flags), outcome.rows or "-", seconds]
            print(line.format(*words, outcome.verdict + part), flush=True)
    failures = [outcome for outcome in outcomes if outcome.verdict.startswith("FAILED")]
    for outcome in failures:
        print(f"\n{outcome.leg}:\n{outcome.output[-4000:]}")
    passed = sum(outcome.verdict == "ok" for outcome in outcomes)
    print(f"{passed} legs passed, {len(failures)} failed, {len(outcomes) - passed - len(failures)} skipped")
    if not options.word and not options.fast:
        outcomes.sort(key=lambda outcome: legs.index(outcome.leg))
        report(outcomes, expected)
        readme_table.write()
    return 0 if passed and not failures else 1


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""Compiles and runs a program of this folder under one hostile setting and requires the outcome that the table says.

check.py --names                                 the names of all tests
check.py NAME [options] -- COMPILER [flags]      one test; "skipped: ..." where the machine or the compiler lacks it
check.py --write [options] -- COMPILER [flags]   writes expected.txt with plain flags
"""

import argparse
import dataclasses
import functools
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from verdict import Failure, Skip, exit_code_of

HERE = pathlib.Path(__file__).resolve().parent
EXPECTED = HERE / "expected.txt"

# What a setting may come to. Wrong bits are none of these.
GOLDEN = "golden bits"
COMPILE = "refused at compile time"
CALL = "refused at the first call"
IGNORED = "unknown to the compiler"


@dataclasses.dataclass
class Setting:
    flags: str
    gcc: str
    clang: str
    # What the refusal must tell its reader to change.
    advice: str = ""
    program: str = "operations"


def settings():
    golden = dict(gcc=GOLDEN, clang=GOLDEN)
    table = {
        # Several that stand for themselves in one program: each compilation takes long.
        "contract_fast": Setting("-ffp-contract=fast -ftrapping-math -fexcess-precision=fast", **golden),
        "contract_on": Setting("-ffp-contract=on -fno-trapping-math", **golden),
        "contract_off": Setting("-ffp-contract=off -fno-math-errno -fcx-limited-range -mrecip", **golden),
        "rounding_math": Setting("-frounding-math -fsignaling-nans", **golden),
        "float_store": Setting("-ffloat-store", GOLDEN, IGNORED),
        "approx_func": Setting("-fapprox-func -fdenormal-fp-math=positive-zero -mrecip=all", IGNORED, GOLDEN),
        # What these allow the compiler changes results.
        "fast_math": Setting("-ffast-math", COMPILE, COMPILE, "remove -ffast-math"),
        "ofast": Setting("-Ofast", COMPILE, COMPILE, r"remove -ffast-math \(or -Ofast\)"),
        "fp_model_fast": Setting("-ffp-model=fast", IGNORED, COMPILE, "remove -ffast-math"),
        "finite_math_only": Setting("-ffinite-math-only", COMPILE, COMPILE, "remove -ffinite-math-only"),
        "unsafe_math": Setting("-funsafe-math-optimizations", COMPILE, CALL, "remove -funsafe-math-optimizations"),
        "associative_math": Setting(
            "-fassociative-math -fno-signed-zeros -fno-trapping-math", COMPILE, CALL, "remove .*-fassociative-math"
        ),
        "reciprocal_math": Setting("-freciprocal-math", COMPILE, CALL, "remove .*-freciprocal-math"),
        "no_signed_zeros": Setting("-fno-signed-zeros", COMPILE, CALL, "remove .*-fno-signed-zeros"),
        "no_honor_nans": Setting("-fno-honor-nans", IGNORED, CALL, "remove .*-fno-honor-nans"),
        "no_honor_infinities": Setting("-fno-honor-infinities", IGNORED, CALL, "remove .*-fno-honor-infinities"),
        "single_precision_constant": Setting(
            "-fsingle-precision-constant", COMPILE, IGNORED, "remove -fsingle-precision-constant"
        ),
    }
    for level in (1, 2, 3):
        for contract in ("fast", "on", "off"):
            table[f"callers_o{level}_contract_{contract}"] = Setting(
                f"-O{level} -ffp-contract={contract}", **golden, program="callers"
            )
    return table


SETTINGS = settings()
OTHERS = {
    "x87": "32-bit x86 with its old registers is refused",
    "i686_sse": "32-bit x86 with SSE gives the golden bits",
    "host_states": "rounding modes and flush bits of the caller and of each thread that works, and a shared object "
    "built with -Ofast, loaded before the first call",
}


def run(command):
    """Exit status, what it printed, and what it said on the error stream."""
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"}
    )
    return done.returncode, done.stdout, done.stderr


def expected_lines():
    lines = EXPECTED.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if not line.startswith("#")]


def results(output):
    """The lines "name fingerprint" and "name refused: words"."""
    return [line for line in output.splitlines() if line and not line.startswith("#")]


def require_golden(lines, expected):
    differing = [f"{got}   instead of   {want}" for got, want in zip(lines, expected) if got != want]
    if differing or len(lines) != len(expected):
        raise Failure(f"{len(lines)} of {len(expected)} results; not the golden bits:\n" + "\n".join(differing))


class Test:
    def __init__(self, options):
        self.compiler = options.compiler
        self.launcher = options.launcher
        self.build = options.build
        self.options = options

    @functools.cached_property
    def is_clang(self):
        return "__clang__" in run([self.compiler[0], "-dM", "-E", "-x", "c++", "/dev/null"])[1]

    def compile(self, source, flags, program, compiler=None):
        """Raises what the compiler said."""
        libraries = [flag for flag in flags if flag.startswith("-l")]
        flags = [flag for flag in flags if flag not in libraries]
        tool = [*(compiler or self.compiler), *flags]
        made = program.with_suffix(".o")
        # Two steps, because ccache keeps objects alone.
        for command in (
            [*self.launcher, *tool, "-c", HERE / f"{source}.cpp", "-o", made],
            [*tool, made, "-o", program, *libraries],
        ):
            failed, _, output = run(command)
            if failed:
                raise Failure(f"it does not compile:\n{output[:4000]}")

    def refused_at_compile_time(self, flags, advice, compiler=None):
        command = [*(compiler or self.compiler), *flags, "-fsyntax-only", "-Wfatal-errors", HERE / "operations.cpp"]
        failed, _, output = run(command)
        if not failed:
            raise Failure("it compiles, and must be refused")
        if not re.search(rf"error: .*detops: .*{advice}", output):
            raise Failure(f"the compiler does not say '{advice}':\n{output[:2000]}")

    def require_known(self, flags, outcome):
        """Whether the compiler knows the flags is a fact of its own, and not taken for a refusal of ours."""
        empty = self.build / "empty.cpp"
        empty.write_text("", encoding="utf-8")
        unknown = []
        for flag in flags:
            failed, _, output = run([self.compiler[0], flag, "-c", empty, "-o", os.devnull])
            if failed or "is not supported" in output:
                unknown.append(flag)
        if outcome == IGNORED:
            if not unknown:
                raise Failure(f"the compiler knows {' '.join(flags)}: the table must say what comes of it")
            raise Skip(f"this compiler does not know {' '.join(unknown)}")
        if flags[0] in unknown:
            raise Failure(f"the compiler does not know {flags[0]}")
        known = [flag for flag in flags if flag not in unknown]
        print("# flags:", *known)
        return known

    def setting(self, name):
        setting = SETTINGS[name]
        outcome = setting.clang if self.is_clang else setting.gcc
        flags = ["-O2", *self.options.isa_flags, *self.require_known(setting.flags.split(), outcome)]
        if outcome == COMPILE:
            self.refused_at_compile_time(flags, setting.advice)
            return outcome
        program = self.build / name
        self.compile(setting.program, flags, program)
        failed, output, error = run([program])
        if setting.program == "callers":
            if failed:
                raise Failure(output)
            return output.strip()
        if failed:
            raise Failure(f"exit status {failed}:\n{output}{error}")
        lines = results(output)
        if outcome == GOLDEN:
            require_golden(lines, expected_lines())
        else:
            wrong = [line for line in lines if not re.search(rf" refused: detops: .*{setting.advice}", line)]
            if wrong or len(lines) != len(expected_lines()):
                raise Failure("must be refused, with what to change:\n" + "\n".join(wrong))
        return outcome

    def cross_compiler(self, flags):
        """The compiler for 32-bit x86 and the third parties' headers alone: /usr/include is not for it."""
        tool = "i686-linux-gnu-g++-12"
        if not shutil.which(tool):
            raise Skip(f"no {tool} here")
        folder = self.build / "third_party"
        folder.mkdir(exist_ok=True)
        for entry in ("xsimd", "Eigen", "unsupported", "xxhash.h"):
            link = folder / entry
            found = [pathlib.Path(d) / entry for d in self.options.third_party if (pathlib.Path(d) / entry).exists()]
            if found and not link.exists():
                link.symlink_to(found[0])
        return [tool, "-std=c++20", f"-I{HERE.parents[1] / 'include'}", "-isystem", folder, *flags]

    def x87(self):
        for flags in (["-mfpmath=387"], ["-msse2", "-mfpmath=387"]):
            self.refused_at_compile_time(["-O2"], "add -msse2 -mfpmath=sse", self.cross_compiler(flags))
        return COMPILE

    def i686_sse(self):
        compiler = self.cross_compiler(["-msse2", "-mfpmath=sse"])
        program = self.build / "i686_sse"
        self.compile("operations", ["-O2", "-static"], program, compiler)
        try:
            failed, output, error = run([program])
        except OSError:
            if not shutil.which("qemu-i386"):
                raise Skip("this machine runs no program for i686, and has no qemu-i386") from None
            failed, output, error = run(["qemu-i386", program])
        if failed:
            raise Failure(f"exit status {failed}:\n{output}{error}")
        require_golden(results(output), expected_lines())
        return GOLDEN

    def host_states(self):
        program = self.build / "host_states"
        flags = ["-O2", *self.options.isa_flags, "-pthread", *self.options.openmp, *self.options.tbb]
        if shutil.which("g++-12") and platform.machine() in ("x86_64", "AMD64"):
            flags.append("-DDETOPS_HOSTILE_REQUIRE_FLUSH")
        self.compile("host_states", flags + ["-ldl"], program)
        arrays = [line for line in expected_lines() if not line.startswith("scalar_")]
        for arguments in ([], [self.fast_library()]):
            failed, output, error = run([program, *arguments])
            print(*(line for line in output.splitlines() if line.startswith("#")), sep="\n")
            if failed:
                raise Failure(f"exit status {failed}:\n{error}")
            runs = 1 if not arguments else len(re.findall("^# as loaded, ", output, re.MULTILINE))
            if arguments and runs < 2:
                raise Failure("no pool ran after the shared object was loaded")
            require_golden(results(output), arrays * runs)
        return GOLDEN

    def fast_library(self):
        """Somebody else's shared object. g++ before 13 links start-up code into it that sets the flush bits."""
        library = self.build / "libfast.so"
        tool = "g++-12" if shutil.which("g++-12") else self.compiler[0]
        failed, _, error = run([tool, "-Ofast", "-shared", "-fPIC", HERE / "fast_library.cpp", "-o", library])
        if failed:
            raise Failure(error)
        return library

    def check(self, name):
        return self.setting(name) if name in SETTINGS else getattr(self, name)()


def write_expected(test):
    program = test.build / "plain"
    test.compile("operations", ["-O2", *test.options.isa_flags], program)
    head = "# Written by check.py --write with plain flags; each setting, compiler and CPU gives these.\n"
    EXPECTED.write_text(head + "\n".join(results(run([program])[1])) + "\n", encoding="utf-8")


def main():
    words = sys.argv[1:]
    compiler = []
    if "--" in words:
        compiler = words[words.index("--") + 1 :]
        words = words[: words.index("--")]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("name", nargs="?", choices=[*SETTINGS, *OTHERS])
    parser.add_argument("--names", action="store_true")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path.cwd(), help="where programs are made")
    # Values may begin with -: --isa-flags=-march=x86-64-v3
    for name, what in (
        ("launcher", "in front of a compilation: ccache"),
        ("isa-flags", "for the instruction set"),
        ("openmp", "flags where OpenMP is there"),
        ("tbb", "flags where TBB is there"),
        ("third-party", "folders with headers, for the cross-compiler"),
    ):
        parser.add_argument(f"--{name}", type=lambda text: text.split(",") if text else [], default=[], help=what)
    options = parser.parse_args(words)
    options.compiler = compiler
    if options.names:
        print(*SETTINGS, *OTHERS, sep="\n")
        return 0
    options.build.mkdir(parents=True, exist_ok=True)
    test = Test(options)

    def check():
        if options.write:
            write_expected(test)
        else:
            print(f"{options.name}: {test.check(options.name)}")

    return exit_code_of(options.name, check)


if __name__ == "__main__":
    sys.exit(main())

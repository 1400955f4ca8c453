#!/usr/bin/env python3
# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""detops::dispatch from outside. check.py <what> PROGRAM LIBRARY

symbols       the linker can share nothing between the levels' objects: each symbol that it sees is a table, or in an
              inline namespace that names the instruction set and dispatch
environment   each value of DETOPS_ISA: the level asked for, with one fingerprint, or a refusal that says why
old_cpu       the same program on emulated CPUs: the highest level that each has, with the same fingerprint
"""

import collections
import os
import pathlib
import platform
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from verdict import Failure, Skip, exit_code_of

LEVELS = ["baseline", "v3", "v4"]
KERNEL = re.compile(r"6detops\d+isa_\w*_dispatch")
ENTRIES = re.compile(
    r"^_ZN6detops8dispatch(5plain)?\d+(matmul|reduce|math|random)_(baseline|v3|v4)E$"
    r"|^_ZN6detops8dispatch(5plain)?\d+(current_level|current_kernels|name_of|has_level|use_level)E"
)
NO_CODE = re.compile(r"^DW\.ref\.|^__clang_call_terminate$")


def symbols(_program, library):
    text = subprocess.run(["nm", library], capture_output=True, text=True, check=True).stdout
    owners, foreign, member, count = collections.defaultdict(set), [], "", 0
    for line in text.splitlines():
        if line.endswith(".o:"):
            count += 1
            member = f"{count} {line}"
        match = re.match(r"^[0-9a-f]+ [A-Zuvw] (.+)$", line)
        if match and not NO_CODE.match(match[1]):
            name = match[1]
            isa = KERNEL.search(name)
            if not isa and not ENTRIES.match(name):
                foreign.append(f"{member} {name}")
            owners[isa[0] if isa else name].add(member)
    kernels = {isa: members for isa, members in owners.items() if KERNEL.match(isa)}
    if foreign:
        raise Failure("neither a kernel nor a table:\n" + "\n".join(foreign))
    if not kernels:
        raise Failure("no kernel: this test sees nothing")
    tables = [name for name in owners if name not in kernels]
    shared = [name for name in tables if len(owners[name]) > 1]
    if shared:
        raise Failure(f"defined twice: {shared}")
    seen = [member for isa, members in kernels.items() if "sse2" not in isa and "vector16" not in isa for member in members]
    if len(seen) != len(set(seen)):
        raise Failure(f"one object has kernels of two instruction sets: {kernels}")
    print(*(f"{isa}: {len(members)} objects" for isa, members in sorted(kernels.items())), sep="\n")


def run(command, isa=None):
    environment = {name: value for name, value in os.environ.items() if name != "DETOPS_ISA"}
    if isa is not None:
        environment["DETOPS_ISA"] = isa
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        raise Failure(f"{command} with DETOPS_ISA={isa}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def level_and_results(output):
    first, _, rest = output.partition("\n")
    match = re.fullmatch(r"level (\w+)", first)
    if not match or "error detops::sum: x [1x3] has null data" not in rest:
        raise Failure(f"not as expected:\n{output}")
    return match[1], rest


def check_levels(command, expected=None):
    """Each level up to the highest, which DETOPS_ISA may ask for; what is above it, or no level, is refused."""
    highest, results = level_and_results(run(command))
    if expected not in (None, highest):
        raise Failure(f"{command} chooses {highest} instead of {expected}")
    known = LEVELS.index(highest)
    if level_and_results(run(command, "")) != (highest, results):
        raise Failure("an empty DETOPS_ISA is not as none")
    for level in LEVELS[: known + 1]:
        if level_and_results(run(command, level)) != (level, results):
            raise Failure(f"{command} with DETOPS_ISA={level} has other results, or another level")
    refusals = {level: f"this CPU does not run; its highest level is {highest}" for level in LEVELS[known + 1 :]}
    for text, words in {**refusals, "V3": "baseline, v3 and v4 are possible", "avx2": "are possible"}.items():
        output = run(command, text)
        if not output.startswith(f'refused detops::dispatch: DETOPS_ISA is "{text}"') or words not in output:
            raise Failure(f"DETOPS_ISA={text} is not refused with: {words}\n{output}")
    print(f"{' '.join(command)}: {highest}; {len(results.splitlines())} lines at each level")
    return results


def environment(program, _library):
    check_levels([program])


def old_cpu(program, _library):
    emulator = shutil.which("qemu-x86_64")
    if not emulator or platform.machine() not in ("x86_64", "AMD64"):
        raise Skip("no qemu-x86_64 here")
    results = check_levels([program])
    for cpu, level in {"Nehalem": "baseline", "Haswell": "v3", "Haswell,-movbe": "baseline", "Haswell,-fma": "baseline"}.items():
        if check_levels([emulator, "-cpu", cpu, program], level) != results:
            raise Failure(f"{cpu} has other results")


def main():
    what, program, library = sys.argv[1:]
    check = {"symbols": symbols, "environment": environment, "old_cpu": old_cpu}[what]
    return exit_code_of(f"dispatch/{what}", lambda: check(program, library))


if __name__ == "__main__":
    sys.exit(main())

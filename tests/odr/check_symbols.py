#!/usr/bin/env python3
# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""One program of files for several instruction sets, and what the linker may share between them.

check_symbols.py symbols ...       compiles the parts and reads their symbols: none of ours twice, and of others that
                                   the linker shares only those that ALLOWED explains
check_symbols.py link_order ...    the bits of all parts, linked in both orders
check_symbols.py old_cpu ...       the part for the least instruction set on an emulated CPU that has no other

Options: --build=FOLDER --launcher=ccache --isas=x86-64,x86-64-v3 -- COMPILER [flags]; symbols comes first.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from verdict import Failure, Skip, exit_code_of

HERE = pathlib.Path(__file__).resolve().parent
EXPECTED = HERE.parent / "hostile" / "expected.txt"
OURS = "6detops"
TAG = re.compile(r"6detops\d+isa_")  # the inline namespace that names an instruction set

# What our headers leave to the linker to share, and why that is borne. All of it is called once a call or less, and
# none of it computes: bits cannot change. But the copy of a newer CPU's file may be the one that is kept: a program
# for several CPUs that must start on the oldest links that file first, or gives each its own library.
ALLOWED = {
    # thread_pool.
    r"Eigen::(EventCount|MaxSizeVector|ThreadPoolInterface)": "the pool",
    r"std::_Function_(base|handler)<?|std::function<void \(\)>": "tasks of the pool",
    r"std::thread::_State_impl<|std::thread::": "threads of the pool",
    r"std::(mutex|unique_lock<std::mutex>|lock_guard<std::mutex>|_Mutex_base<)": "locks of the pool",
    r"std::_Sp_(counted_base|make_shared_tag)": "the pool's jobs are shared",
    # Of the language.
    r"^DW\.ref\.|^__clang_call_terminate$": "exceptions; no code of a CPU",
}


def run(command):
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"}
    )
    return done.returncode, done.stdout, done.stderr


def must(command):
    failed, output, error = run(command)
    if failed:
        raise Failure(f"{' '.join(map(str, command))}: {failed}\n{output[-3000:]}{error[-3000:]}")
    return output


def function_of(isa):
    return "part_" + isa.replace("-", "_")


def objects(options):
    return [options.build / f"{isa}.o" for isa in options.isas]


def compile_parts(options):
    for isa, target in zip(options.isas, objects(options)):
        define = f"-DDETOPS_PART={function_of(isa)}"
        flags = ["-O2", "-DNDEBUG", "-pthread", f"-march={isa}", define]
        must([*options.launcher, *options.compiler, *flags, "-c", HERE / "part.cpp", "-o", target])


def link(options, order):
    parts = " ".join(f'X("{isa}", {function_of(isa)})' for isa in options.isas)
    main = options.build / "main.o"
    must([*options.compiler, "-O2", f"-march={options.isas[0]}", f"-DDETOPS_PARTS={parts}", "-c", HERE / "main.cpp",
          "-o", main])
    program = options.build / f"main_{'up' if order == 1 else 'down'}"
    must([options.compiler[0], "-pthread", main, *objects(options)[::order], "-o", program])
    return program


def defined(path):
    """Mangled names of what the object defines and the linker may share: global, weak and unique symbols."""
    lines = must(["nm", path]).splitlines()
    return {match[2] for match in (re.match(r"^[0-9a-f]+ ([A-Zuvw]) (.+)$", line) for line in lines) if match}


def demangled(names):
    names = sorted(names)
    text = subprocess.run(["c++filt"], input="\n".join(names), capture_output=True, text=True, check=True).stdout
    return text.splitlines()


def reason(name):
    return next((why for pattern, why in ALLOWED.items() if re.search(pattern, name)), None)


def symbols(options):
    compile_parts(options)
    tables = [defined(path) for path in objects(options)]
    if not all(any(OURS in name for name in table) for table in tables):
        raise Failure("an object without a symbol of ours: this test sees nothing")
    shared = sorted({name for i, table in enumerate(tables) for other in tables[:i] for name in table & other})
    ours = [name for name in shared if OURS in name]
    functions = {function_of(isa) for isa in options.isas}
    others = {name for name in set().union(*tables) - functions if not TAG.search(name)}
    explained = {}
    for name in demangled(others):
        explained.setdefault(reason(name), set()).add(name)
    unexplained = explained.pop(None, set())
    for why, names in sorted(explained.items()):
        print(f"# {why}:", *sorted(name[:150] for name in names), sep="\n#     ")
    if ours:
        raise Failure("symbols of ours in more than one object:\n" + "\n".join(demangled(ours)))
    if unexplained:
        raise Failure("shared by the linker, and not in ALLOWED:\n" + "\n".join(sorted(unexplained)))
    print(f"none of ours in two objects; {len(others)} of others, {len(shared)} of them in two objects or more")


def link_order(options):
    for order in (1, -1):
        print(must([link(options, order), EXPECTED, 3]))


def old_cpu(options):
    emulator = shutil.which("qemu-x86_64")
    if not emulator:
        raise Skip("no qemu-x86_64 here")
    if options.isas[0] != "x86-64" or len(options.isas) == 1:
        raise Skip("this build is for one instruction set")
    for order in (1, -1):
        for threads in (1, 3):
            print(must([emulator, "-cpu", "Nehalem", link(options, order), EXPECTED, threads, "x86-64"]))
    newest = options.isas[-1]
    failed, _, _ = run([emulator, "-cpu", "Nehalem", link(options, 1), EXPECTED, 1, newest])
    if not failed:
        raise Failure(f"{newest} runs on the emulated CPU, so that nothing is tested")


def main():
    words = sys.argv[1:]
    split = words.index("--")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", choices=["symbols", "link_order", "old_cpu"])
    parser.add_argument("--build", type=pathlib.Path, required=True)
    for name in ("launcher", "isas"):
        parser.add_argument(f"--{name}", type=lambda text: text.split(",") if text else [], default=[])
    options = parser.parse_args(words[:split])
    options.compiler = words[split + 1 :]
    options.build.mkdir(parents=True, exist_ok=True)
    check = {"symbols": symbols, "link_order": link_order, "old_cpu": old_cpu}[options.what]
    return exit_code_of(f"odr/{options.what}", lambda: check(options))


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""Checks the layout of the sources: layers, rooms of third parties, size of headers, names of tests.

layers.py [--root DIRECTORY]   prints each violation as file:line: what; exit 1 when there is one
layers.py --self-test          plants each kind of violation in a copy and requires that it is seen
"""

import argparse
import pathlib
import re
import sys
import tempfile

# layer -> the layers that it may include besides itself
LAYERS = {
    "core": set(),
    "simd": {"core"},
    "exec": {"core", "simd"},
    "reduce": {"core", "simd", "exec"},
    "math": {"core", "simd", "exec"},
    "random": {"core", "simd", "exec", "math"},
    "matmul": {"core", "simd", "exec", "reduce", "math"},
    "verify": {"core"},
    "dispatch": {"core", "simd", "exec", "reduce", "math", "random", "matmul"},
    "adapt": {"core", "simd", "exec", "reduce", "math", "random", "matmul", "verify"},
}
# layer -> the only headers of other layers (core aside) that it may include: dispatch takes calls apart, without a kernel
ALLOWED_ALONE = {
    "dispatch": {
        "detops/exec/executor.hpp",
        "detops/reduce/policies.hpp",
        "detops/math/operand.hpp",
        "detops/random/key.hpp",
        "detops/matmul/check.hpp",
    },
}
NO_LAYER = {"detops", "version"}  # detops.hpp may include anything, version.hpp may be included anywhere

# third party -> (what shows it in code, the rooms that may name it)
ROOMS = {
    "xsimd": (r"#\s*include\s*<xsimd|\bxsimd::", ["simd/"]),
    "Eigen": (r"#\s*include\s*<(unsupported/)?Eigen|\bEigen::", ["exec/", "adapt/", "core/element.hpp"]),
    "OpenMP": (r"#\s*include\s*<omp\.h>|#\s*pragma\s+omp|\bomp_\w+\(", ["adapt/"]),
    "TBB": (r"#\s*include\s*<(tbb|oneapi)/|\btbb::", ["adapt/"]),
    "xxHash": (r"#\s*include\s*<xxhash|\bXXH", ["verify/"]),
    "libm or an order of its own": (
        r"\bstd::(exp|exp2|expm1|log|log2|log10|log1p|sin|cos|tan|sinh|cosh|tanh|erf|erfc|pow|cbrt|hypot"
        r"|lgamma|tgamma|reduce|transform_reduce|inner_product|shuffle|\w+_distribution)\s*[(<]",
        ["adapt/"],
    ),
}

HEADER_LINES = 400
TABLE = re.compile(r"_tables?\.hpp$")  # generated constants may be longer
SPDX = ("SPDX-FileCopyrightText:", "SPDX-License-Identifier:")
SOURCE_SUFFIXES = {".hpp", ".cpp", ".cmake", ".py", ".sh"}
SOURCE_NAMES = {"CMakeLists.txt", "run"}
SKIPPED_FOLDERS = {"build", ".git", "__pycache__"}


def without_comments(text):
    """The code with comments and the insides of strings blanked, line by line."""
    pattern = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', re.DOTALL)
    keep_newlines = lambda match: re.sub(r"[^\n]", " ", match.group())
    return pattern.sub(keep_newlines, text)


def layer_of(path):
    """The layer of a path under include/detops: its folder, or the family that a top-level header opens."""
    return path.parts[0] if len(path.parts) > 1 else path.stem


def check_header(root, path):
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    name = path.relative_to(root / "include" / "detops")
    layer = layer_of(name)
    if layer not in LAYERS and layer not in NO_LAYER:
        yield 1, f"'{layer}' is no layer"
    if "#pragma once" not in lines:
        yield 1, "no #pragma once"
    if len(lines) > HEADER_LINES and not TABLE.search(path.name):
        yield len(lines), f"{len(lines)} lines; a header has {HEADER_LINES} at the most"

    for number, line in enumerate(lines, 1):
        include = re.match(r'\s*#\s*include\s*[<"]([^>"]*)[>"]', line)
        if not include:
            continue
        target = include.group(1)
        if not target.startswith("detops/"):
            if '"' in line:
                yield number, "headers are included as <detops/...>"
            continue
        target_layer = layer_of(pathlib.PurePosixPath(target).relative_to("detops"))
        allowed = LAYERS.get(layer, set()) | {layer, "version"}
        if layer != "detops" and target_layer not in allowed:
            yield number, f"{layer} may not include {target_layer}"
        elif layer in ALLOWED_ALONE and target_layer not in {layer, "core"} and target not in ALLOWED_ALONE[layer]:
            yield number, f"{layer} may not include {target}, which has kernels"

    for number, line in enumerate(without_comments(text).splitlines(), 1):
        for party, (pattern, rooms) in ROOMS.items():
            if re.search(pattern, line) and not any(str(name).startswith(room) for room in rooms):
                yield number, f"{party} has its room in {', '.join(rooms)}"


def check_unit_test(root, path):
    """The name of a test case begins with its folder and what it tests: "reduce/sum: "."""
    expected = f'"{path.parent.name}/'
    cases = 0
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if re.match(r"\s*(TEMPLATE_)?TEST_CASE(_METHOD|_SIG)?\s*\(", line):
            cases += 1
            if expected not in line:
                yield number, f"the test case's name does not begin with {expected}"
    if not cases:
        yield 1, "no test case"


def check(root):
    """Yields 'file:line: what' for each violation."""
    for path in sorted(root.rglob("*")):
        relative = path.relative_to(root)
        if SKIPPED_FOLDERS & set(relative.parts) or not path.is_file():
            continue
        found = []
        if path.suffix in SOURCE_SUFFIXES or path.name in SOURCE_NAMES:
            head = path.read_text(encoding="utf-8").splitlines()[:4]
            if not all(any(tag in line for line in head) for tag in SPDX):
                found.append((1, "the two SPDX lines are missing"))
        if relative.parts[:2] == ("include", "detops"):
            found.extend(check_header(root, path))
        if relative.parts[:2] == ("tests", "unit") and path.suffix == ".cpp":
            found.extend(check_unit_test(root, path))
        for line, what in found:
            yield f"{relative}:{line}: {what}"


SPDX_LINES = "// SPDX-FileCopyrightText: the detops authors\n// SPDX-License-Identifier: Apache-2.0\n"
CLEAN = {
    "include/detops/reduce.hpp": "#pragma once\n#include <detops/reduce/sum.hpp>\n",
    "include/detops/reduce/sum.hpp": "#pragma once\n#include <detops/core/view.hpp>\n// xsimd:: in a comment\n",
    "include/detops/simd/lanes.hpp": "#pragma once\n#include <xsimd/xsimd.hpp>\n",
    "tests/unit/reduce/sum.cpp": 'TEST_CASE("reduce/sum: of nothing") {}\n',
}
VIOLATIONS = {
    "an upward include": ("include/detops/core/bits.hpp", "#pragma once\n#include <detops/simd/lanes.hpp>\n"),
    "a sideways include": ("include/detops/math/exp.hpp", "#pragma once\n#include <detops/reduce/sum.hpp>\n"),
    "a kernel in dispatch": ("include/detops/dispatch/sum.hpp", "#pragma once\n#include <detops/reduce/sum.hpp>\n"),
    "a family header of a higher layer": ("include/detops/exec/pool.hpp", "#pragma once\n#include <detops/reduce.hpp>\n"),
    "the umbrella": ("include/detops/reduce/dot.hpp", "#pragma once\n#include <detops/detops.hpp>\n"),
    "xsimd outside simd": ("include/detops/matmul/kernel.hpp", "#pragma once\nusing x = xsimd::batch<float>;\n"),
    "Eigen in core": ("include/detops/core/view.hpp", "#pragma once\n#include <Eigen/Core>\n"),
    "OpenMP in exec": ("include/detops/exec/omp.hpp", "#pragma once\n#pragma omp parallel\n"),
    "TBB in exec": ("include/detops/exec/tbb.hpp", "#pragma once\n#include <tbb/parallel_for.h>\n"),
    "xxHash in core": ("include/detops/core/hash.hpp", "#pragma once\n#include <xxhash.h>\n"),
    "libm": ("include/detops/math/log.hpp", "#pragma once\ninline float f(float x) { return std::log(x); }\n"),
    "a long header": ("include/detops/core/long.hpp", "#pragma once\n" + "\n" * HEADER_LINES),
    "no pragma once": ("include/detops/core/twice.hpp", "\n"),
    "a folder of no layer": ("include/detops/misc/misc.hpp", "#pragma once\n"),
    "a test case with a foreign name": ("tests/unit/reduce/dot.cpp", 'TEST_CASE("dot/dot: x") {}\n'),
    "a test file without a test case": ("tests/unit/reduce/max.cpp", "\n"),
}


def write(root, name, text):
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def self_test():
    failures = []
    with tempfile.TemporaryDirectory() as folder:
        for name, text in CLEAN.items():
            write(pathlib.Path(folder), name, SPDX_LINES + text)
        failures += [f"clean, but reported: {violation}" for violation in check(pathlib.Path(folder))]
    violations = {kind: (name, SPDX_LINES + text) for kind, (name, text) in VIOLATIONS.items()}
    violations["no SPDX lines"] = ("include/detops/core/free.hpp", "#pragma once\n")
    for kind, (name, text) in violations.items():
        with tempfile.TemporaryDirectory() as folder:
            write(pathlib.Path(folder), name, text)
            seen = list(check(pathlib.Path(folder)))
            if len(seen) != 1 or not seen[0].startswith(name):
                failures.append(f"{kind}: planted once in {name}, seen: {seen}")
    for failure in failures:
        print(failure)
    print(f"{len(violations)} kinds of violation planted, {len(failures)} failures")
    return 1 if failures else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[2])
    parser.add_argument("--self-test", action="store_true")
    arguments = parser.parse_args()
    if arguments.self_test:
        return self_test()
    violations = list(check(arguments.root))
    for violation in violations:
        print(violation)
    print(f"{len(violations)} violations")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())

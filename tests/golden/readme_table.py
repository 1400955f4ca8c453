#!/usr/bin/env python3
# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""Puts golden-report.md, in short, between the marks in README.md.

readme_table.py           writes it
readme_table.py --check   exit 1 where README.md says something else than the report
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
REPORT = ROOT / "tests" / "golden" / "golden-report.md"
README = ROOT / "README.md"
MARKS = ("<!-- golden report: written by tests/golden/readme_table.py -->\n", "<!-- end of golden report -->\n")


def table(report):
    """One line for each CPU and instruction set; legs of flags that say so in a word go together."""
    fingerprint = re.search(r"golden list `(\w+)`", report)[1]
    cells = [[cell.strip() for cell in line.strip("|\n").split("|")] for line in report.splitlines() if "|" in line]
    legs = [dict(zip(cells[0], row)) for row in cells[2:]]
    groups = {}
    for leg in legs:
        if leg["verdict"] == "ok":
            compiler = re.sub(r".*-linux-gnu(eabihf)?-", "", leg["compiler"])
            groups.setdefault((leg["CPU"], leg["instruction set"]), []).append(compiler)
    passed = sum(map(len, groups.values()))
    yield f"{passed} of {len(legs)} legs gave the same list, `{fingerprint}`:\n"
    yield "\n| CPU | registers and fma | compilers | legs |\n|---|---|---|---|\n"
    for (cpu, isa), compilers in groups.items():
        yield f"| {cpu} | {isa} | {', '.join(sorted(set(compilers)))} | {len(compilers)} |\n"
    others = [leg for leg in legs if leg["verdict"] != "ok"]
    for leg in others:
        yield f"| {leg['CPU']} | - | {leg['compiler']} `{leg['flags'].strip('`')}` | {leg['verdict']} |\n"


def with_table(readme):
    """README.md as it should be."""
    first, last = (readme.index(mark) for mark in MARKS)
    first += len(MARKS[0])
    return readme[:first] + "".join(table(REPORT.read_text(encoding="utf-8"))) + readme[last:]


def write():
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")


def main():
    if sys.argv[1:] != ["--check"]:
        write()
        return 0
    readme = README.read_text(encoding="utf-8")
    if with_table(readme) == readme:
        return 0
    print("README.md does not say what tests/golden/golden-report.md says: run tests/golden/readme_table.py")
    return 1


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""Bits change with bits_version and a word about it, or not at all.

check_history.py   compares every row of the lists with the row of the same left side in each commit since bits_version
                   got its value; exit 1 where a result differs, where version.hpp and fingerprint.txt name other
                   versions, or where CHANGELOG.md has no line about the version under "Bits"
"""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
LISTS = "tests/golden"
VERSION = "include/detops/version.hpp"


def git(*arguments):
    done = subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else None


def bits_version(text):
    found = re.search(r"\bbits_version = (\d+);", text or "")
    return int(found[1]) if found else None


def rows(text):
    """left side -> right side"""
    lines = (line for line in (text or "").splitlines() if line and not line.startswith("#"))
    return dict(line.rsplit(" -> ", 1) for line in lines if " -> " in line)


def problems():
    version = bits_version((ROOT / VERSION).read_text(encoding="utf-8"))
    stored = (ROOT / LISTS / "fingerprint.txt").read_text(encoding="utf-8")
    if f"bits_version {version}\n" not in stored:
        yield f"{LISTS}/fingerprint.txt is not of bits_version {version}, which {VERSION} has"
    sections = re.findall(r"^### Bits$(.*?)(?=^##|\Z)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M | re.S)
    if not any(f"`bits_version` {version}" in section for section in sections):
        yield f'CHANGELOG.md says nothing about `bits_version` {version} under "Bits"'

    names = [path.name for path in sorted((ROOT / LISTS).glob("[a-z]*.txt")) if path.name != "fingerprint.txt"]
    now = {name: rows((ROOT / LISTS / name).read_text(encoding="utf-8")) for name in names}
    commits = (git("log", "--format=%H", "--", *(f"{LISTS}/{name}" for name in names)) or "").split()
    for commit in commits:
        if bits_version(git("show", f"{commit}:{VERSION}")) != version:
            break
        for name in (git("ls-tree", "--name-only", commit, f"{LISTS}/") or "").split():
            name = pathlib.PurePath(name).name
            if not re.fullmatch(r"[a-z]\w*\.txt", name) or name == "fingerprint.txt":
                continue
            for left, right in rows(git("show", f"{commit}:{LISTS}/{name}")).items():
                here = now.get(name, {}).get(left, right)
                if here != right:
                    yield f"{name}: {left} was {right} at {commit[:10]}, is {here}"


def main():
    if git("rev-parse", "--is-inside-work-tree") is None or git("rev-parse", "--is-shallow-repository") == "true\n":
        print("skipped: no whole git history here")
        return 0
    found = list(problems())
    print(*found[:50], sep="\n")
    print(f"{len(found)} changes without a new bits_version" if found else "no bit changed without a new bits_version")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

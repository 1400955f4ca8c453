# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""How a check written in Python ends: passed, skipped with a reason, or failed with one."""


class Failure(Exception):
    pass


class Skip(Exception):
    pass


def exit_code_of(name, check):
    """Runs check(); ctest knows a skipped one by the line that it prints."""
    try:
        check()
        return 0
    except Skip as skip:
        print(f"skipped: {skip}")
        return 0
    except Failure as failure:
        print(f"{name}: FAILED: {failure}")
        return 1

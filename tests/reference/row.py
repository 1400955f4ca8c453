# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""A golden row: its fields, its input data, and how results are written."""
import numpy as np

import philox
from arithmetic import from_bits, to_bits
from data import INTEGERS, generate
from exact import policy_of
from fingerprint import digest
from narrow import ALL_FORMATS, NARROW, store, values
from philox import Key


class Row:
    """`op type [policy] key=value ...`"""

    def __init__(self, text):
        words = text.split()
        plain = [w for w in words if "=" not in w]
        self.op, self.type = plain[0], plain[1] if len(plain) > 1 else None
        self.policy = policy_of(plain[2], self.type) if len(plain) > 2 else None
        self.fields = dict(w.split("=", 1) for w in words if "=" in w)
        self.format = ALL_FORMATS.get(self.type)

    def has(self, name):
        return name in self.fields

    def integer(self, name):
        return int(self.fields[name])

    def word(self, name):
        return int(self.fields[name], 16)

    def float(self, name, fmt=None):
        """A field of hexadecimal bits as an array of one element, of the row's type or another."""
        return from_bits([self.word(name)], fmt or self.format)

    def int32(self, name):
        return (self.word(name) + 2**31) % 2**32 - 2**31

    def key(self):
        return Key(self.word("seed"), self.word("stream"))

    def data(self, count, operand=0, type_name=None, kind=None):
        """Operand 0, 1, 2 has seed, seed + 1, seed + 2. As stored: 16-bit floats as bits."""
        own_kind, seed, first = (self.fields["data"] + ":0").split(":")[:3]
        kind = "bits" if type_name else kind or own_kind
        return generate(kind, int(seed) + operand, count, type_name or self.type, int(first))

    def values(self, count, operand=0):
        """The same; 16-bit floats as the float32 values that operations see."""
        stored = self.data(count, operand)
        return values(stored, self.format) if self.format else stored

    def hashes(self, count, operand=0):
        return self.data(count, operand, "uint64")

    def matrix(self, rows, cols, operand=0, **other):
        return self.data(rows * cols, operand, **other).reshape(rows, cols)

    def indices(self):
        return philox.indices(self.integer("first"), self.integer("n"))

    def is_integer(self):
        return self.type in INTEGERS

    def stored(self, x):
        """A floating-point result as elements of T."""
        return store(x, self.format)

    def scalar(self, x):
        """One element of T."""
        if self.type not in NARROW:
            return scalar(self.stored(x))
        return f"{int(np.ravel(self.stored(x))[0]):04x}"

    def array(self, x):
        """Elements of T."""
        return array(self.stored(x), self.type)


def scalar(x):
    """A result of one floating-point element."""
    bits = int(np.ravel(to_bits(np.asarray(x)))[0])
    return f"{bits:0{2 * x.dtype.itemsize}x}"


def integer(x):
    """A result of one integer element, as many digits as its type has."""
    x = np.asarray(x)
    return f"{int(x) % 2 ** (8 * x.itemsize):0{2 * x.itemsize}x}"


def array(x, type_name=None):
    return "digest:" + digest(np.asarray(x), type_name)

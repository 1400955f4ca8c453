# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""From the left side of a golden row to its right side: products."""
import numpy as np

import elementwise
import matmul
from narrow import compute_format, values
from row import array


def multiply(row, a, b, c_old):
    """alpha a b + beta c_old of stored matrices, as float values, or of int8 as int32."""
    if row.type == "int8":
        return matmul.integer_matmul(a, b, row.int32("alpha"), row.int32("beta"), c_old)
    a, b, c_old = (values(x, row.format) for x in (a, b, c_old))
    alpha, beta = (row.float(name, compute_format(row.format))[0] for name in ("alpha", "beta"))
    return matmul.matmul(a, b, alpha, beta, c_old, row.policy)


def old(row, rows, cols):
    return row.matrix(rows, cols, 2, type_name="int32" if row.type == "int8" else None)


def written(row, c):
    return row.array(c) if row.format else array(c)


def epilogue(row, c):
    """bias= names what is added, in order; then= a function of the sum."""
    for bias in row.fields["bias"].split(","):
        count, shape, operand = {"row": (c.shape[1], (1, -1), 3), "column": (c.shape[0], (-1, 1), 4)}[bias]
        c = elementwise.ARITHMETIC["add"](c, row.data(count, operand).reshape(shape))
    if row.fields["then"] == "relu":
        return elementwise.ARITHMETIC["max"](c, np.zeros(1, c.dtype))
    return elementwise.apply(row.fields["then"], c)


def product(row):
    m, n, k = row.integer("m"), row.integer("n"), row.integer("k")
    if row.has("batch"):
        count = row.integer("batch")
        operands = row.matrix(count * m, k), row.matrix(count * k, n, 1), old(row, count * m, n)
        parts = zip(*(np.split(x, count) for x in operands))
        return written(row, np.concatenate([multiply(row, *part) for part in parts]))
    b = row.matrix(n, k, 1, kind=row.fields["bt"]).T if row.has("bt") else row.matrix(k, n, 1)
    c = multiply(row, row.matrix(m, k), b, old(row, m, n))
    return written(row, epilogue(row, c) if row.has("bias") else c)


def matvec(row):
    m, k = row.integer("m"), row.integer("k")
    return written(row, multiply(row, row.matrix(m, k), row.matrix(k, 1, 1), old(row, m, 1)).ravel())


def outer(row):
    m, n = row.integer("m"), row.integer("n")
    return written(row, multiply(row, row.matrix(m, 1), row.matrix(1, n, 1), old(row, m, n)))


def syrk(row):
    """Of the old C the lower triangle is read."""
    n = row.integer("n")
    a, c = row.matrix(n, row.integer("k")), old(row, n, n)
    upper = np.triu_indices(n, 1)
    c[upper] = c.T[upper]
    return written(row, multiply(row, a, a.T, c))


PRODUCTS = {"matmul": product, "matvec": matvec, "outer": outer, "syrk": syrk}

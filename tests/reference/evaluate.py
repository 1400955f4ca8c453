# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""From the left side of a golden row to its right side."""
import numpy as np

import elementwise
import philox
from data import INTEGERS
from evaluate_matmul import PRODUCTS
from evaluate_reduce import REDUCTIONS
from philox import Key
from row import Row, array, scalar
from shuffle import shuffle


def operand(row, name, position):
    """a=, b=, c= name the shape of an operand; rows and columns broadcast."""
    shape = row.fields[name]
    if shape == "vector":
        return row.data(row.integer("n"), position)
    if shape == "scalar":
        return row.data(1, position)
    rows, cols = row.integer("rows"), row.integer("cols")
    if shape == "matrix":
        return row.matrix(rows, cols, position)
    if shape == "row":
        return row.data(cols, position).reshape(1, cols)
    if shape == "column":
        return row.data(rows, position).reshape(rows, 1)
    raise ValueError("unknown shape: " + shape)


def named_arithmetic(row):
    operation = elementwise.ARITHMETIC[row.op]
    count = elementwise.OPERANDS.get(row.op, 2)
    if row.has("x"):
        return scalar(operation(*(row.float(name) for name in "xyz"[:count])))
    shape = ((row.integer("n"),) if row.has("n") else (row.integer("rows"), row.integer("cols")))
    operands = [operand(row, name, at) for at, name in enumerate("abc"[:count])]
    return array(np.broadcast_to(operation(*operands), shape))


def function(row):
    if row.has("x"):
        return scalar(elementwise.apply(row.op, row.float("x")))
    return array(elementwise.apply(row.op, row.data(row.integer("n"))))


def philox_words(row):
    counter, key = (tuple(int(w, 16) for w in row.fields[name].split(","))
                    for name in ("counter", "key"))
    return ",".join(f"{w:08x}" for w in philox.rounds(*counter, *key))


def engine(row):
    """The draw-th value of std::philox4x32 with this seed (C++26), counted from 1."""
    return f"{philox.bits32(Key(row.word('seed')), row.integer('draw') - 1):08x}"


def child(row):
    key = philox.child(row.key(), row.integer("id"))
    return f"{key.seed:016x},{key.stream:016x}"


def single_bits(row):
    draw = {"bits32": philox.bits32, "bits64": philox.bits64}[row.op]
    return f"{draw(row.key(), row.integer('i')):0{int(row.op[4:]) // 4}x}"


def single_float(row):
    i = np.array([row.integer("i")], dtype=np.uint64)
    if row.op == "normal":
        return scalar(philox.normal(row.key(), i))
    return scalar(philox.uniform(row.key(), i, row.format.dtype))


def bounded(row):
    return f"{philox.bounded(row.key(), row.integer('i'), row.integer('n')):016x}"


def fill_bits(row):
    if row.type == "uint32":
        return array(philox.words32(row.key(), row.indices()).astype(np.uint32))
    return array(philox.words64(row.key(), row.indices()))


def fill_uniform(row):
    ends = (row.float("lo")[0], row.float("hi")[0]) if row.has("lo") else ()
    return array(philox.uniform(row.key(), row.indices(), row.format.dtype, *ends))


def fill_normal(row):
    moments = (row.float("mean")[0], row.float("stddev")[0]) if row.has("mean") else ()
    return array(philox.normal(row.key(), row.indices(), *moments))


def fill_uniform_int(row):
    low, high = row.integer("lo"), row.integer("hi")
    values = [philox.uniform_int(row.key(), int(i), low, high) for i in row.indices()]
    return array(np.array(values, dtype=INTEGERS[row.type]))


def shuffled(row):
    """Of 0, 1, 2, ... or, where data= is given, of that."""
    count = row.integer("n")
    x = row.data(count) if row.has("data") else np.arange(count, dtype=INTEGERS[row.type])
    return array(shuffle(row.key(), x))


def digest_of(row):
    if row.has("n"):
        return array(row.data(row.integer("n")))
    return array(row.matrix(row.integer("rows"), row.integer("cols")))


OPERATIONS = {
    **REDUCTIONS,
    **PRODUCTS,
    **dict.fromkeys(elementwise.FUNCTIONS, function),
    "philox4x32": philox_words,
    "engine": engine,
    "child": child,
    "bits32": single_bits,
    "bits64": single_bits,
    "uniform": single_float,
    "normal": single_float,
    "bounded": bounded,
    "fill_bits": fill_bits,
    "fill_uniform": fill_uniform,
    "fill_normal": fill_normal,
    "fill_uniform_int": fill_uniform_int,
    "shuffle": shuffled,
    "permutation": shuffled,
    "digest": digest_of,
}


def evaluate(text):
    row = Row(text)
    if row.has("a") or row.has("x") and row.op in elementwise.ARITHMETIC:  # min, max have both
        return named_arithmetic(row)
    return OPERATIONS[row.op](row)

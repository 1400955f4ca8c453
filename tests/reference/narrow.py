# SPDX-FileCopyrightText: the detops authors
# SPDX-License-Identifier: Apache-2.0
"""float16 and bfloat16. Stored elements are their bits (uint16); operations see them as float32."""
import numpy as np

from arithmetic import FLOAT32, FORMATS, Format, from_bits, to_bits

FLOAT16 = Format("float16", np.uint16, np.uint16, 11, -24, 16, 0x7E00, 16)
BFLOAT16 = Format("bfloat16", np.uint16, np.uint16, 8, -133, 128, 0x7FC0, 16)
NARROW = {f.name: f for f in (FLOAT16, BFLOAT16)}
ALL_FORMATS = {**FORMATS, **NARROW}


def widen(bits, fmt):
    """Stored bits as the float32 of the same value; of a NaN, some NaN."""
    with np.errstate(all="ignore"):
        if fmt is FLOAT16:
            return bits.view(np.float16).astype(np.float32)
    return (bits.astype(np.uint32) << np.uint32(16)).view(np.float32)


def narrow(x, fmt):
    """float32 values rounded to nearest even, as stored bits; NaN is the canonical one."""
    x = np.asarray(x, dtype=np.float32)
    with np.errstate(all="ignore"):
        if fmt is FLOAT16:
            bits = np.atleast_1d(x.astype(np.float16)).view(np.uint16).reshape(x.shape)
        else:  # bfloat16 is the upper half of float32: round it as an integer
            whole = to_bits(x).astype(np.uint64)
            half = np.uint64(0x7FFF) + (whole >> np.uint64(16) & np.uint64(1))
            bits = (whole + half >> np.uint64(16)).astype(np.uint16)
    return np.where(np.isnan(x), np.uint16(fmt.nan), bits)


def values(stored, fmt):
    """What an operation computes on."""
    return widen(stored, fmt) if fmt.name in NARROW else stored


def compute_format(fmt):
    """Of what values() gives."""
    return FLOAT32 if fmt.name in NARROW else fmt


def store(x, fmt):
    """Float values (for 16 bits: those of float32) rounded to fmt, as stored elements."""
    if fmt.name in NARROW:
        return narrow(x, fmt)
    with np.errstate(all="ignore"):
        x = np.asarray(x).astype(fmt.dtype)
    return np.where(np.isnan(x), from_bits([fmt.nan], fmt)[0], x)

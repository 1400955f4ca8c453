// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Which kernels detops::dispatch uses. Functions of the compiled library: no instruction set is in their names.
#pragma once

namespace detops::dispatch {

/// Instruction sets that kernels are compiled for: that of every CPU of the family, x86-64-v3 (AVX2, FMA), x86-64-v4
/// (AVX-512). On other CPUs than x86-64 there is the baseline alone.
enum class level { baseline, v3, v4 };
inline constexpr int levels = 3;

/// "baseline", "v3" or "v4".
const char* name_of(level which);

/// Whether the library has these kernels and CPU and operating system run them.
bool has_level(level which);

/// The level in use: that of the environment variable DETOPS_ISA (one of the names) when the first operation runs, else the
/// highest that the CPU has. Throws std::invalid_argument where DETOPS_ISA is something else or the CPU lacks it, as does
/// every operation until then.
level current_level();

/// From the next operation on, in all threads, that level; it changes the time, never a bit. For tests and measurements.
/// Throws std::invalid_argument where has_level(which) is false.
void use_level(level which);

} // namespace detops::dispatch

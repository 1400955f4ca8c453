// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Executors: seq, par, thread_pool. Where the target has no threads (WebAssembly without them) par is
// seq, and there is no thread_pool.
#pragma once

#include <detops/exec/executor.hpp>
#if DETOPS_THREADS
#include <detops/exec/thread_pool.hpp>
#else
namespace detops::inline DETOPS_ISA {
using par_t = seq_t;
inline constexpr par_t par;
} // namespace detops::inline DETOPS_ISA
#endif

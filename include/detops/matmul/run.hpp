// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Which way a product is computed. All give the same bits.
#pragma once

#include <cstddef>

#include <detops/core/fp_env.hpp>
#include <detops/matmul/in_place.hpp>
#include <detops/matmul/packed.hpp>
#include <detops/matmul/resident.hpp>
#include <detops/matmul/row.hpp>

namespace detops::inline DETOPS_ISA::detail::gemm {

/// Whether C^T = B^T A^T, which has the same bits, is the better form: the kernel writes rows of C,
/// and pads them to whole registers. Thin products have few rows.
template <class S>
bool better_transposed(const problem<S>& p) {
  const std::size_t m = p.c.rows, n = p.c.cols;
  if (smaller(m, n) <= thin_rows<S> && larger(m, n) > thin_rows<S>) {
    return n < m;
  }
  const auto cost = [&](std::size_t rows, std::size_t cols, std::ptrdiff_t stride) {
    const std::size_t padded = round_up(rows, tile<S>::row_step) * round_up(cols, tile<S>::lanes);
    return static_cast<double>(padded) * static_cast<double>(p.a.cols) +
           (stride == 1 ? 0.0 : 64.0 * static_cast<double>(m) * static_cast<double>(n));
  };
  return cost(n, m, p.c.row_stride) < cost(m, n, p.c.col_stride);
}

/// `given` is null or holds in_place_memory.
template <class S>
void run_small(const problem<S>& p, std::byte* given) {
  using T = typename S::packed;
  const std::size_t bytes = in_place_memory(p);
  const auto run_in = [&](std::byte* memory) {
    with_fp_environment([&] { run_in_place(p, reinterpret_cast<T*>(memory)); });
  };
  if (bytes == 0) {
    run_in(nullptr);
  } else if (given == nullptr && bytes <= stack_scratch_bytes) {
    alignas(scratch_alignment) std::byte memory[stack_scratch_bytes];
    run_in(memory);
  } else {
    run_in(workspace(given, bytes).data());
  }
}

/// The ways there are.
enum class way { row, in_place, resident, packed };

template <class S>
way way_for(const problem<S>& p) {
  if constexpr (reads_operands<S>) {
    if (is_row(p)) {
      return way::row;
    }
    if (fits_in_place(p)) {
      return way::in_place;
    }
  }
  return is_resident(p) ? way::resident : way::packed;
}

/// Bytes of working memory that run() needs.
template <class S>
std::size_t memory_for(problem<S> p, std::size_t concurrency) {
  if (p.c.rows == 0 || p.c.cols == 0) {
    return 0;
  }
  if (better_transposed(p)) {
    p = p.transposed();
  }
  switch (way_for(p)) {
  case way::row:
    return 0;
  case way::in_place:
    if constexpr (reads_operands<S>) {
      return in_place_memory(p);
    }
    return 0;
  case way::resident:
    return resident_memory_for(p, concurrency);
  case way::packed:
    break;
  }
  return packed_memory(p, concurrency);
}

/// `given` is null or holds memory_for(p, exec.concurrency()).
template <class S>
void run(const executor_ref& exec, problem<S> p, std::byte* given = nullptr) {
  if (p.c.rows == 0 || p.c.cols == 0) {
    return;
  }
  if (better_transposed(p)) {
    p = p.transposed();
  }
  switch (way_for(p)) {
  case way::row:
    if constexpr (reads_operands<S>) {
      run_row(exec, p);
    }
    return;
  case way::in_place:
    if constexpr (reads_operands<S>) {
      run_small(p, given);
    }
    return;
  case way::resident:
    run_resident(exec, p, given);
    return;
  case way::packed:
    run_packed(exec, p, given);
  }
}

} // namespace detops::inline DETOPS_ISA::detail::gemm

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
#include <detops/matmul/spans.hpp>

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

/// The ways to a product. Each gives the same bits.
enum class way {
  row,      // one row of A, contiguous columns of B
  in_place, // small operands, read where they lie
  spans,    // k cut for several threads
  resident, // A packed whole, B read once
  packed,   // both packed by parts
};

template <class S>
bool is_possible(way how, const problem<S>& p) {
  switch (how) {
  case way::row:
    return is_row(p);
  case way::in_place:
    return fits_in_place(p);
  case way::spans:
    return has_spans(p);
  default:
    return true;
  }
}

/// Columns of C that one task takes, where threads do not share k.
template <class S>
std::size_t task_columns(const problem<S>& p) {
  return (is_row(p) ? row_registers(p) : tile<S>::registers) * tile<S>::lanes;
}

/// Whether threads are better used along k: C has few rows and columns, in whose tiles no more threads find work.
template <class S>
bool suits_spans(const problem<S>& p, std::size_t concurrency) {
  if (concurrency == 1 || !has_spans(p) || larger(p.c.rows, p.c.cols) > most_of_cut_k) {
    return false;
  }
  const std::size_t threads = span_threads(p, concurrency);
  const std::size_t tiles =
      divide_up(p.c.rows, least_tile_rows<S>) * divide_up(p.c.cols, task_columns(p));
  return threads > 1 && threads >= smaller(tiles, concurrency);
}

/// The first that suits the sizes.
template <class S>
way best_way(const problem<S>& p, std::size_t concurrency) {
  return suits_spans(p, concurrency) ? way::spans
         : is_row(p)                 ? way::row
         : fits_in_place(p)          ? way::in_place
         : is_resident(p)            ? way::resident
                                     : way::packed;
}

/// By a way that is possible; C has elements. `given` is null or holds the memory that the way needs.
template <class S>
void run_way(way how, const executor_ref& exec, const problem<S>& p, std::byte* given = nullptr) {
  if constexpr (reads_operands<S>) {
    if (how == way::row) {
      return run_row(exec, p);
    }
    if (how == way::in_place) {
      return run_small(p, given);
    }
  }
  how == way::spans      ? run_spans(exec, p, given)
  : how == way::resident ? run_resident(exec, p, given)
                         : run_packed(exec, p, given);
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
  const way how = best_way(p, concurrency);
  if constexpr (reads_operands<S>) {
    if (how == way::row || how == way::in_place) {
      return how == way::row ? 0 : in_place_memory(p);
    }
  }
  return how == way::spans      ? span_memory_for(p, concurrency)
         : how == way::resident ? resident_memory_for(p, concurrency)
                                : packed_memory(p, concurrency);
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
  const std::size_t threads = has_spans(p) ? exec.concurrency() : 1; // small products do not ask
  run_way(best_way(p, threads), exec, p, given);
}

} // namespace detops::inline DETOPS_ISA::detail::gemm

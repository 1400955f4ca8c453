// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// One row of A against columns of B that lie contiguous: nothing is packed.
#pragma once

#include <cstddef>

#include <detops/matmul/resident.hpp>

namespace detops::inline DETOPS_ISA::detail::gemm {

/// One row of A, contiguous, against columns of B that are: columns [col, ...) of C, some registers of them.
template <class S, std::size_t Registers>
void run_row_panel(const problem<S>& p, std::size_t col) {
  using T = typename S::sum;
  constexpr std::size_t width = Registers * tile<S>::lanes;
  const std::size_t cols = smaller(width, p.c.cols - col);
  alignas(scratch_alignment) T sums[width];
  block_result<T> result;
  result.out = sums;
  result.out_stride = width;
  fold_tile<typename S::arithmetic, 1, Registers, 64>(
      packed_a<T, 1>{p.a.data}, contiguous_vectors<T, width>(&p.b(0, col), cols, p.b.col_stride),
      p.a.cols, result);
  const region at{0, col, 1, cols};
  finish_tile(p, at, sums, width, 0);
  finished(p, at);
}

template <class S>
bool is_row(const problem<S>& p) {
  return reads_operands<S> && p.c.rows == 1 && p.a.col_stride == 1 && p.b.row_stride == 1 &&
         p.a.cols > 0;
}

/// Operands up to this size are taken to lie in L3. (Of 9 to 16 MB two registers are 1.4 times as fast as one, of 64 MB
/// a tenth slower.)
inline constexpr std::size_t most_of_l3 = 32 * 1024 * 1024;

/// From memory one register of columns, as more are more streams than prefetchers follow; from a cache two, which hide
/// the latency of fma, if that many lines find place.
template <class S>
void run_row(const executor_ref& exec, const problem<S>& p) {
  using T = typename S::operand;
  const auto run = [&](auto registers) {
    constexpr std::size_t width = registers * tile<S>::lanes;
    const std::size_t threads = useful_threads(p.c.cols, p.a.cols, exec.concurrency());
    share_tasks(exec, threads, divide_up(p.c.cols, width), [&](std::size_t, std::size_t index) {
      run_row_panel<S, registers>(p, index * width);
    });
  };
  const bool cached = p.c.cols * p.a.cols * sizeof(T) <= most_of_l3;
  if (cached && stay_in_cache(2 * tile<S>::lanes, magnitude(p.b.col_stride) * sizeof(T))) {
    run(std::integral_constant<std::size_t, 2>{});
  } else {
    run(std::integral_constant<std::size_t, 1>{});
  }
}

} // namespace detops::inline DETOPS_ISA::detail::gemm

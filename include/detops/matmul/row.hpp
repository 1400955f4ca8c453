// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// One row of A against columns of B that lie contiguous: nothing is packed.
#pragma once

#include <cstddef>

#include <detops/matmul/resident.hpp>

namespace detops::inline DETOPS_ISA::detail::gemm {

/// Steps [begin, end) of k of one row of A, contiguous, against columns of B that are: the node of the fold over them, of
/// columns [col, col + cols) of C, some registers of them.
template <class S, std::size_t Registers>
void fold_row(const problem<S>& p, std::size_t begin, std::size_t end, std::size_t col,
              std::size_t cols, typename S::sum* node) {
  using T = typename S::sum;
  constexpr std::size_t width = Registers * tile<S>::lanes;
  block_result<T> result;
  result.out = node;
  result.out_stride = width;
  fold_tile<typename S::arithmetic, 1, Registers, 64>(
      packed_a<T, 1>{p.a.data + begin},
      contiguous_vectors<T, width>(&p.b(begin, col), cols, p.b.col_stride), end - begin, result);
}

/// All of k, columns [col, ...) of C.
template <class S, std::size_t Registers>
void run_row_panel(const problem<S>& p, std::size_t col) {
  constexpr std::size_t width = Registers * tile<S>::lanes;
  const std::size_t cols = smaller(width, p.c.cols - col);
  alignas(scratch_alignment) typename S::sum sums[width];
  fold_row<S, Registers>(p, 0, p.a.cols, col, cols, sums);
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
std::size_t row_registers(const problem<S>& p) {
  using T = typename S::operand;
  const bool cached = p.c.cols * p.a.cols * sizeof(T) <= most_of_l3;
  return p.c.cols > tile<S>::lanes && cached &&
                 stay_in_cache(2 * tile<S>::lanes, magnitude(p.b.col_stride) * sizeof(T))
             ? 2
             : 1;
}
/// f(registers), with a compile-time argument.
template <class S, class F>
void with_row_registers(const problem<S>& p, const F& f) {
  if (row_registers(p) == 2) {
    f(std::integral_constant<std::size_t, 2>{});
  } else {
    f(std::integral_constant<std::size_t, 1>{});
  }
}

template <class S>
void run_row(const executor_ref& exec, const problem<S>& p) {
  with_row_registers(p, [&](auto registers) {
    constexpr std::size_t width = registers * tile<S>::lanes;
    const std::size_t threads = useful_threads(p.c.cols, p.a.cols, exec.concurrency());
    share_tasks(exec, threads, divide_up(p.c.cols, width), [&](std::size_t, std::size_t index) {
      run_row_panel<S, registers>(p, index * width);
    });
  });
}

} // namespace detops::inline DETOPS_ISA::detail::gemm

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Small products on the calling thread: A is read where it lies, and B, too, where its rows are contiguous; packing would
// cost as much as the product.
#pragma once

#include <cstddef>
#include <type_traits>

#include <detops/matmul/finish.hpp>
#include <detops/matmul/kernel.hpp>
#include <detops/matmul/pack.hpp>

namespace detops::inline DETOPS_ISA::detail::gemm {

/// Schemes whose kernel can read operands as they are.
template <class S>
inline constexpr bool reads_operands =
    has_fma && S::fields == 1 && std::same_as<typename S::operand, typename S::packed>;

/// A and B together lie in a part of L2, and the partial tiles of one chain on the stack.
inline constexpr std::size_t in_place_bytes = 160 * 1024;
inline constexpr std::size_t in_place_levels = 5;

/// Whether `rows` lines `stride` bytes apart stay in an L1 of 64 sets of 8 ways until they are read again.
constexpr bool stay_in_cache(std::size_t rows, std::size_t stride) {
  const std::size_t step = stride & (0 - stride); // the largest power of two in it
  const std::size_t sets = step >= 4096 ? 1 : step <= 64 ? 64 : 4096 / step;
  return rows <= 6 * sets;
}

template <class S>
bool fits_in_place(const problem<S>& p) {
  if constexpr (!reads_operands<S>) {
    return false;
  } else {
    const std::size_t k = p.a.cols;
    return k <= fold_depth << in_place_levels && p.c.cols >= tile<S>::lanes &&
           (p.c.rows + p.c.cols) * k * sizeof(typename S::operand) <= in_place_bytes;
  }
}

/// B as the kernel reads it: panels of `tile::columns`, packed, or parts of its rows.
template <class S>
struct panels_of_b {
  using T = typename S::operand;
  const T* data;
  std::ptrdiff_t step;
  bool packed;
  std::size_t depth;

  strided_b<T> at(std::size_t column, std::size_t width) const {
    if (packed) {
      return {data + column * depth, static_cast<std::ptrdiff_t>(width)};
    }
    return {data + column, step};
  }
};

/// One tile of C, all of k, at most Levels of the fold: their partial tiles lie on the stack.
template <class S, std::size_t Rows, std::size_t Registers, std::size_t Levels, class A, class B>
DETOPS_NOINLINE void fold_tile(A a, B b, std::size_t k, block_result<typename S::sum> result) {
  using T = typename S::sum;
  constexpr std::size_t width = Registers * tile<S>::lanes;
  alignas(64) T partial[Levels][Rows * width];
  T* levels[Levels];
  for (std::size_t l = 0; l < Levels; ++l) {
    levels[l] = partial[l];
  }
  result.levels = levels;
  std::size_t block = 0;
  for (; (block + 1) * fold_depth < k; ++block) {
    const fold_place place = place_in_fold(block, false);
    block_result<T> older = result;
    older.canonical = false;
    older.merged = place.merged;
    older.out = levels[place.level];
    older.out_stride = width;
    run_tile<S, Rows, Registers>(a, b, fold_depth, older);
    a.skip(fold_depth);
    b.skip(fold_depth);
  }
  result.merged = place_in_fold(block, true).merged;
  run_tile<S, Rows, Registers>(a, b, k - block * fold_depth, result);
}

/// One tile of C. Its rows [skipped_rows, ...) and columns [skipped_cols, ...) are still to be written; where sums are
/// elements of C as they are, the others are written again, with the same bits.
template <class S, std::size_t Rows, std::size_t Registers>
void run_whole_tile(const problem<S>& p, const panels_of_b<S>& panels, const region& at,
                    std::size_t skipped_rows, std::size_t skipped_cols, bool as_they_are) {
  using T = typename S::sum;
  constexpr std::size_t width = Registers * tile<S>::lanes;
  const std::size_t k = p.a.cols;
  const strided_a<T> a{&p.a(at.row, 0), p.a.row_stride, p.a.col_stride};
  const strided_b<T> b = panels.at(at.col, width);
  const auto run = [&](T* out, std::ptrdiff_t out_stride, bool canonical) {
    block_result<T> result;
    result.out = out;
    result.out_stride = out_stride;
    result.canonical = canonical;
    if (k <= fold_depth) {
      run_tile<typename S::arithmetic, Rows, Registers>(a, b, k, result);
    } else {
      fold_tile<typename S::arithmetic, Rows, Registers, in_place_levels>(a, b, k, result);
    }
  };
  if (as_they_are && at.cols == width) {
    run(&p.c(at.row, at.col), p.c.row_stride, true);
    return;
  }
  // finish_tile reads whole vectors, the last of them a few places behind the tile.
  alignas(64) T sums[Rows * width + finished_lanes<S>];
  run(sums, width, false);
  finish_tile(p,
              {at.row + skipped_rows, at.col + skipped_cols, at.rows - skipped_rows,
               at.cols - skipped_cols},
              sums + skipped_rows * width + skipped_cols, width, 0);
}

/// Heights of tiles; the lower ones for the last rows.
template <class S>
inline constexpr auto heights = [] {
  if constexpr (tile<S>::rows == 12) {
    return std::index_sequence<1, 2, 4, 8, 12>{};
  } else {
    return std::index_sequence<1, 2, 4, tile<S>::rows>{};
  }
}();

/// The lowest tile that holds `rest` of m rows, as it may begin above them; else the highest that is not too high.
template <std::size_t... Heights>
constexpr std::size_t height_for(std::size_t rest, std::size_t m, std::index_sequence<Heights...>) {
  std::size_t height = 0;
  ((height < rest&& Heights <= m ? height = Heights : height), ...);
  return height;
}

/// All rows of C in the columns of one panel, `skipped` of which have been written.
template <class S, std::size_t Registers>
void run_column(const problem<S>& p, const panels_of_b<S>& panels, std::size_t col,
                std::size_t cols, std::size_t skipped, bool as_they_are) {
  const std::size_t m = p.c.rows;
  for (std::size_t row = 0; row < m;) {
    const std::size_t height = height_for(m - row, m, heights<S>);
    const std::size_t first = smaller(row, m - height);
    [&]<std::size_t... Heights>(std::index_sequence<Heights...>) {
      static_cast<void>(((height == Heights && (run_whole_tile<S, Heights, Registers>(
                                                    p, panels, {first, col, Heights, cols},
                                                    row - first, skipped, as_they_are),
                                                true)) ||
                         ...));
    }(heights<S>);
    row = first + height;
  }
}

/// `memory` is null or holds B packed.
template <class S>
void run_in_place(const problem<S>& p, typename S::packed* memory) {
  constexpr std::size_t columns = tile<S>::columns, lanes = tile<S>::lanes;
  const std::size_t k = p.a.cols, n = p.c.cols;
  const bool packed = memory != nullptr;
  const bool as_they_are = plain(p) && p.c.col_stride == 1;
  if (packed) {
    const panel_source<typename S::operand> source{p.b.data, n, k, p.b.col_stride, p.b.row_stride};
    pack_panels<S, columns, lanes>(source, k, memory, [](std::size_t, const exponent_range&) {});
  }
  const panels_of_b<S> panels{packed ? memory : p.b.data, p.b.row_stride, packed, k};
  for (std::size_t col = 0; col < n;) {
    const std::size_t rest = n - col;
    const std::size_t width = rest > lanes && (packed || n >= columns) ? columns : lanes;
    const std::size_t first = packed ? col : smaller(col, n - width);
    const std::size_t cols = packed ? smaller(width, rest) : width;
    // What is finished is not written again.
    const bool direct = as_they_are && (first == col || !p.epilogue);
    if (width == columns) {
      run_column<S, tile<S>::registers>(p, panels, first, cols, col - first, direct);
    } else {
      run_column<S, 1>(p, panels, first, cols, col - first, direct);
    }
    finished(p, {0, col, p.c.rows, first + cols - col});
    col = first + cols;
  }
}

/// Bytes for packed B where the kernel cannot, or should not, read it as it lies.
template <class S>
std::size_t in_place_memory(const problem<S>& p) {
  using T = typename S::operand;
  if (p.b.col_stride == 1 &&
      (p.c.rows <= tile<S>::rows ||
       stay_in_cache(smaller(p.a.cols, fold_depth), magnitude(p.b.row_stride) * sizeof(T)))) {
    return 0;
  }
  return p.a.cols * round_up(p.c.cols, tile<S>::lanes) * sizeof(T);
}

} // namespace detops::inline DETOPS_ISA::detail::gemm

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// How a product is cut. Only fold_depth shows in the bits; everything else is speed and memory.
#pragma once

#include <cstddef>
#include <type_traits>

#include <detops/matmul/fold_depth.hpp>
#include <detops/matmul/scheme.hpp>
#include <detops/simd/lanes.hpp>

namespace detops::inline DETOPS_ISA::detail::gemm {

/// The tile of C that stays in registers: `rows` broadcasts of A against `registers` registers of
/// B. More heights exist for the lower edge, in multiples of `row_step`.
///
/// 32 registers (AVX-512, and 16-byte registers with fma: NEON, VSX, z13): 12 x 2 sums, 2 of B, 1
/// of A. 16 registers (AVX2): 6 x 2 sums, 2 of B, 1 of A. Both need 7/12 loads for each fma or
/// fewer, where two are possible, and more sums than the 8 to 10 that hide the latency of fma.
/// Without fma 2 x 2: the sums of float are 8 registers of doubles and leave room for the masks of
/// the rounding, the emulation of double spills anyway. With errors beside the sums a step is ten
/// operations, and 2 x 2 sums of them (4 x 2 with 32 registers) hide its latency.
template <class S>
struct tile {
  using sum = typename S::sum;
  static constexpr std::size_t lanes = simd::register_lanes<sum>;
  static constexpr bool many_registers =
      lanes * sizeof(sum) != 32 && (has_fma || lanes * sizeof(sum) == 64);
  static constexpr std::size_t rows = S::fields == 2                 ? (many_registers ? 4 : 2)
                                      : many_registers               ? 12
                                      : has_fma || S::exact_products ? 6
                                                                     : 2;
  static constexpr std::size_t row_step = rows == 12 ? 4 : 2;
  static constexpr std::size_t registers = 2;
  static constexpr std::size_t columns = registers * lanes;
};

/// Panels of A are packed for this many bytes of k at once, a power of two of fold_depth elements:
/// the block of A lives in L2 beside one panel of B and the partial tiles of the fold.
inline constexpr std::size_t chain_bytes = 2048;
template <class S>
inline constexpr std::size_t chain_depth = chain_bytes / sizeof(typename S::packed);

/// Bytes of A packed at once: with a panel of B (64 KiB at most) and the partial tiles below 512
/// KiB, so that it fits into 1 MiB of L2 and costs little on 512 KiB.
inline constexpr std::size_t packed_a_bytes = 384 * 1024;

/// Bytes of B packed at once, shared by all threads: a part of L3. It bounds the memory of a call.
inline constexpr std::size_t packed_b_bytes = 16 * 1024 * 1024;

/// The kernel asks for lines of the panels this many steps of k ahead: about the time of a load
/// from L2 for A, from L3 for B.
inline constexpr std::size_t cache_line = 64;
inline constexpr std::size_t prefetched_a = 8;
inline constexpr std::size_t prefetched_b = 16;

/// Tiles of C are no taller than this, however short k is, so that the columns of B are reused from
/// L2.
inline constexpr std::size_t most_rows = 960;

/// Where k is too long for packed_b_bytes, B is packed in parts of k for this many rows at a time,
/// and for this many panels of columns.
inline constexpr std::size_t rows_of_long_k = 512;
inline constexpr std::size_t panels_of_long_k = 4;

/// Up to this many rows and columns, and one chain after the other, C's partial tiles lie in L2, and so do both packed
/// operands.
inline constexpr std::size_t most_of_small_c = 192;

/// Work (multiply-adds) worth another thread: waking one takes some microseconds.
inline constexpr std::size_t work_per_thread = std::size_t{1} << 19;

/// Tiles of C for several threads have this many rows or more: each packs its rows of A.
template <class S>
inline constexpr std::size_t least_tile_rows = 4 * tile<S>::rows;

/// Below this many elements B is packed by the calling thread.
inline constexpr std::size_t smallest_shared_packing = std::size_t{1} << 16;

/// Scratch up to this size lives on the stack.
inline constexpr std::size_t stack_scratch_bytes = 32 * 1024;

constexpr std::size_t round_up(std::size_t n, std::size_t step) {
  return (n + step - 1) / step * step;
}
constexpr std::size_t round_down(std::size_t n, std::size_t step) {
  return n / step * step;
}
constexpr std::size_t divide_up(std::size_t n, std::size_t step) {
  return n / step + (n % step != 0);
}
constexpr std::size_t smaller(std::size_t a, std::size_t b) {
  return b < a ? b : a;
}
constexpr std::size_t larger(std::size_t a, std::size_t b) {
  return a < b ? b : a;
}

/// n cut into equal parts of at most `most`, each a multiple of `step`: the length of a part.
constexpr std::size_t even_part(std::size_t n, std::size_t most, std::size_t step) {
  return round_up(divide_up(n, divide_up(n, most)), step);
}

/// The cut of one product, of m x n elements and k products each, for `threads`.
struct plan {
  std::size_t threads = 1;
  std::size_t row_group = 0;    // rows of C for which packed B is used
  std::size_t column_group = 0; // columns of packed B
  std::size_t depth = 0;        // of packed B
  std::size_t tile_rows = 0;    // of C per task
  std::size_t tile_columns = 0; // of C per task
  std::size_t levels = 0;       // of the fold
  std::size_t low_levels = 0;   // those that one chain of packed A needs
};

/// Levels of the fold over the blocks of so many steps.
constexpr std::size_t fold_levels(std::size_t steps) {
  std::size_t levels = 0;
  for (std::size_t rest = larger(1, divide_up(steps, fold_depth)) - 1; rest != 0; rest >>= 1) {
    ++levels;
  }
  return levels;
}

/// Threads that have enough to do.
constexpr std::size_t useful_threads(std::size_t area, std::size_t k, std::size_t threads) {
  const std::size_t worth =
      area == 0 ? 1 : larger(1, smaller(area, k == 0 ? 1 : area / divide_up(work_per_thread, k)));
  return larger(1, smaller(threads, worth));
}

template <class S>
constexpr plan make_plan(std::size_t m, std::size_t n, std::size_t k, std::size_t threads) {
  constexpr std::size_t rows = tile<S>::rows;
  constexpr std::size_t columns = tile<S>::columns;
  constexpr std::size_t packed_b = packed_b_bytes / sizeof(typename S::packed);
  plan p;
  const std::size_t n_padded = round_up(n, columns);
  if (k <= fold_depth && m <= most_rows && n <= most_rows && m * n * k < work_per_thread) {
    // No cut at all; decided without a division, which would cost more than such products.
    p.row_group = m;
    p.column_group = p.tile_columns = n_padded;
    p.depth = k;
    p.tile_rows = round_up(m, rows);
    return p;
  }
  const std::size_t fewest = smaller(n_padded, panels_of_long_k * columns);
  if (threads == 1 && m <= most_of_small_c && n <= most_of_small_c && k > chain_depth<S>) {
    p.depth = chain_depth<S>;
    p.column_group = n_padded;
    p.row_group = m;
  } else if (k <= packed_b / fewest) {
    p.depth = k;
    p.column_group = even_part(n_padded, round_down(packed_b / larger(k, 1), columns), columns);
    p.row_group = m;
  } else {
    p.depth = round_down(packed_b / fewest, chain_depth<S>);
    p.column_group = fewest;
    p.row_group = smaller(m, rows_of_long_k);
  }
  const std::size_t packed_a = packed_a_bytes / sizeof(typename S::packed);
  const std::size_t chain = larger(1, smaller(k, chain_depth<S>));
  const std::size_t most = smaller(most_rows, packed_a / chain);
  p.tile_rows = even_part(p.row_group, larger(rows, round_down(most, rows)), rows);
  p.tile_columns = p.column_group;

  p.levels = fold_levels(k);
  for (std::size_t rest = chain_depth<S> / fold_depth; rest > 1; rest >>= 1) {
    ++p.low_levels;
  }
  p.low_levels = smaller(p.low_levels, p.levels);

  // Two tasks per thread even out their ends; rows first, as a cut of columns packs A twice.
  p.threads = useful_threads(m * n, k, threads);
  if (p.threads > 1) {
    const std::size_t tasks = 2 * p.threads;
    const std::size_t wanted = round_up(divide_up(p.row_group, tasks), rows);
    p.tile_rows = smaller(p.tile_rows, larger(wanted, least_tile_rows<S>));
    const std::size_t row_tiles = divide_up(p.row_group, p.tile_rows);
    const std::size_t column_tiles = divide_up(tasks, row_tiles);
    p.tile_columns = larger(
        columns, even_part(p.column_group, divide_up(p.column_group, column_tiles), columns));
  }
  return p;
}

} // namespace detops::inline DETOPS_ISA::detail::gemm

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// A product as loops over packed parts, from outside:
//
//   rows of C (one group, unless k is very long)
//     columns of C by groups
//       k in parts of packed B (one, unless k is very long):  B is packed, by all threads
//         tiles of C, one task each:
//           k in chains of a few fold_depth:                  A is packed, by the task
//             panels of B, blocks of fold_depth, panels of A: kernel
//
// The kernel that ends a block of k also does its part of the fold: partial tiles wait in a stack
// of as many levels as the binary counter of blocks has digits. The lower levels hold one strip of
// C, (tile_rows x a panel of B), and stay in L2; the upper ones, which only every chain of A
// reaches, a tile.
#pragma once

#include <cstddef>
#include <type_traits>

#include <detops/exec/executor.hpp>
#include <detops/matmul/blocking.hpp>
#include <detops/matmul/check.hpp>
#include <detops/matmul/kernel.hpp>
#include <detops/matmul/pack.hpp>
#include <detops/matmul/scratch.hpp>

namespace detops::inline DETOPS_ISA::detail::gemm {

/// A part of C.
struct region {
  std::size_t row;
  std::size_t col;
  std::size_t rows;
  std::size_t cols;
};

/// What packed B holds: k in [first, first + depth), columns [col, col + cols) of B.
struct packed_part {
  std::size_t first;
  std::size_t depth;
  std::size_t col;
  std::size_t cols;
};

/// Packs `cols` columns of the part from its panel number `panel` on.
template <class T>
void pack_b(const problem<T>& p, const packed_part& part, std::size_t panel, std::size_t cols,
            const call_memory<T>& memory) {
  constexpr std::size_t width = tile<T>::columns;
  constexpr std::size_t step = simd::register_lanes<T>;
  // Rows that are contiguous are read whole, a few at a time, for all panels.
  const bool by_rows = p.b.col_stride == 1 && part.cols > width;
  const std::size_t rows = by_rows ? 16 : part.depth;
  for (std::size_t k = 0; k < part.depth; k += rows) {
    for (std::size_t x = 0; x < cols; x += width) {
      const std::size_t index = panel + x / width;
      const panel_source<T> source{&p.b(part.first + k, part.col + index * width),
                                   smaller(width, cols - x), smaller(rows, part.depth - k),
                                   p.b.col_stride, p.b.row_stride};
      packed_t<T>* out = memory.b + index * width * part.depth + k * round_up(source.count, step);
      pack_panels<width, step>(source, part.depth, out,
                               [&](std::size_t, const exponent_range& range) {
                                 if constexpr (float_in_double<T>) {
                                   if (k == 0) {
                                     memory.b_ranges[index] = {};
                                   }
                                   memory.b_ranges[index].include(range);
                                 }
                               });
    }
  }
}

/// r = alpha * sum, then fma(beta, c, r), for a tile whose sums lie in `sums`, `width` apart.
template <class T>
DETOPS_NOINLINE void finish_tile(const problem<T>& p, const region& at, const T* sums,
                                 std::size_t width) {
  using V = simd::lanes<T, simd::register_lanes<T>>;
  const auto [alpha, beta] = p.options;
  for (std::size_t i = 0; i < at.rows; ++i) {
    for (std::size_t j = 0; j < at.cols; j += V::size) {
      const std::size_t count = smaller(V::size, at.cols - j);
      const bool whole = count == V::size && p.c.col_stride == 1;
      T* c = &p.c(at.row + i, at.col + j);
      V r = V::load(sums + i * width + j);
      if (alpha != 1) {
        r = simd::mul(V::broadcast(alpha), r);
      }
      if (beta != 0) {
        const V old = whole ? V::load(c) : V::load_strided_partial(c, p.c.col_stride, count, T{0});
        r = simd::fma(V::broadcast(beta), old, r);
      }
      r = simd::canonical(r);
      if (whole) {
        r.store(c);
      } else {
        r.store_strided(c, p.c.col_stride, count);
      }
    }
  }
}

/// Sums of a block stay zero or normal floats, whatever is cancelled, if every product is a
/// multiple of the smallest normal float, and finite if 256 of the largest products are.
inline bool needs_full_rounding(const exponent_range& a, const exponent_range& b) {
  constexpr std::uint32_t bias = 127;
  const bool normal = a.lowest + b.lowest >= 2 * bias + 46 - 126;
  const bool finite = a.highest + b.highest < 2 * bias + 116;
  return !(normal && finite);
}

/// One block of k against one panel of B.
template <class T>
struct strip {
  region at;                // of C
  std::size_t width;        // of the panel of B
  std::size_t block;        // number of the block of k
  bool last;                // it ends k
  std::size_t first;        // its first k within packed A
  std::size_t depth;        // its length
  std::size_t packed_depth; // of packed A
  const packed_t<T>* b;     // its part of the panel of B
  const exponent_range* b_range;
  T* const* levels;
};

/// All panels of packed A against the strip: the block's sums into the fold, or into C.
template <class T>
void run_strip(const problem<T>& p, const strip<T>& s, const worker_memory<T>& memory) {
  constexpr std::size_t rows = tile<T>::rows;
  const bool plain = p.options.alpha == 1 && p.options.beta == 0 && p.c.col_stride == 1;
  const std::uint64_t number = s.block;
  const std::uint64_t trailing_ones = number & ~(number + 1);
  T* const partial = s.last ? nullptr : s.levels[__builtin_popcountll(trailing_ones)];
  alignas(scratch_alignment) T sums[rows * tile<T>::columns];
  block_result<T> result;
  result.levels = s.levels;
  result.merged = s.last ? number : trailing_ones;

  for (std::size_t i = 0; i < s.at.rows; i += rows) {
    const std::size_t count = smaller(rows, s.at.rows - i);
    const std::size_t height = round_up(count, tile<T>::row_step);
    const bool direct = s.last && plain && count == height && s.at.cols == s.width;
    result.offset = i * s.width;
    result.canonical = direct;
    if (direct) {
      result.out = &p.c(s.at.row + i, s.at.col);
      result.out_stride = p.c.row_stride;
    } else {
      result.out = s.last ? sums : partial + result.offset;
      result.out_stride = static_cast<std::ptrdiff_t>(s.width);
    }
    if constexpr (float_in_double<T>) {
      result.any_exponents = needs_full_rounding(memory.a_ranges[i / rows], *s.b_range);
    }
    const packed_t<T>* a = memory.a + i * s.packed_depth + s.first * height;
    select_kernel<T>(height, s.width)(a, s.b, s.depth, result);
    if (s.last && !direct) {
      finish_tile(p, {s.at.row + i, s.at.col, count, s.at.cols}, sums, s.width);
    }
  }
}

/// The part's products for one tile of C.
template <class T>
void run_tile_of_c(const problem<T>& p, const plan& plan, const packed_part& part, const region& at,
                   const call_memory<T>& call, const worker_memory<T>& memory) {
  constexpr std::size_t rows = tile<T>::rows;
  constexpr std::size_t columns = tile<T>::columns;
  const std::size_t k = p.a.cols;
  const std::size_t end = part.first + part.depth;
  T* levels[64];
  std::size_t chain = part.first;
  do {
    const std::size_t depth = smaller(chain_depth<T>, end - chain);
    if (depth > 0) {
      const panel_source<T> source{&p.a(at.row, chain), at.rows, depth, p.a.row_stride,
                                   p.a.col_stride};
      pack_panels<rows, tile<T>::row_step>(source, depth, memory.a,
                                           [&](std::size_t panel, const exponent_range& range) {
                                             if constexpr (float_in_double<T>) {
                                               memory.a_ranges[panel] = range;
                                             }
                                           });
    }
    for (std::size_t j = 0; j < at.cols; j += columns) {
      strip<T> s;
      s.at = {at.row, at.col + j, at.rows, smaller(columns, at.cols - j)};
      s.width = round_up(s.at.cols, simd::register_lanes<T>);
      s.packed_depth = depth;
      s.levels = levels;
      for (std::size_t l = 0; l < plan.levels; ++l) {
        levels[l] = l < plan.low_levels
                        ? memory.low_levels + l * plan.tile_rows * columns
                        : memory.high_levels +
                              ((l - plan.low_levels) * plan.tile_columns + j) * plan.tile_rows;
      }
      const std::size_t j_packed = s.at.col - part.col;
      const packed_t<T>* b = call.b + j_packed * part.depth + (chain - part.first) * s.width;
      s.b_range = call.b_ranges + j_packed / columns;
      s.first = 0;
      do {
        s.depth = smaller(fold_depth, depth - s.first);
        s.block = (chain + s.first) / fold_depth;
        s.last = chain + s.first + s.depth == k;
        s.b = b + s.first * s.width;
        run_strip(p, s, memory);
        s.first += fold_depth;
      } while (s.first < depth);
    }
    chain += chain_depth<T>;
  } while (chain < end);
}

/// Task number `index` of the part: the tile of C at the beginning of what `rest` says is left.
template <class T>
void run_task(const problem<T>& p, const plan& plan, const packed_part& part, const region& rest,
              std::size_t index, const call_memory<T>& call, worker_memory<T> memory) {
  if (call.high_levels != nullptr) {
    memory.high_levels = call.high_levels + index * plan.tile_rows * plan.tile_columns *
                                                (plan.levels - plan.low_levels);
  }
  run_tile_of_c(p, plan, part,
                {rest.row, rest.col, smaller(plan.tile_rows, rest.rows),
                 smaller(plan.tile_columns, rest.cols)},
                call, memory);
}

/// A part of k and of the columns of C on the calling thread, whose environment is set.
template <class T>
void run_part_serially(const problem<T>& p, const plan& plan, const packed_part& part,
                       std::size_t row, std::size_t rows, const call_memory<T>& call,
                       const worker_memory<T>& worker) {
  if (part.depth > 0) {
    pack_b(p, part, 0, part.cols, call);
  }
  std::size_t index = 0;
  for (std::size_t i = 0; i < rows; i += plan.tile_rows) {
    for (std::size_t j = 0; j < part.cols; j += plan.tile_columns) {
      run_task(p, plan, part, {row + i, part.col + j, rows - i, part.cols - j}, index++, call,
               worker);
    }
  }
}

/// Packs B for the part, then runs the tiles of C in rows [row, row + rows) of its columns.
template <class T, class E>
void run_part(E& exec, const problem<T>& p, const plan& plan, const packed_part& part,
              std::size_t row, std::size_t rows, const call_memory<T>& call,
              const worker_memory<T>* workers) {
  constexpr std::size_t columns = tile<T>::columns;
  if (plan.threads == 1) {
    with_fp_environment([&] { run_part_serially(p, plan, part, row, rows, call, workers[0]); });
    return;
  }
  if (part.depth > 0) {
    const std::size_t panels = divide_up(part.cols, columns);
    const bool alone = part.cols * part.depth < smallest_shared_packing;
    const std::size_t per_task = alone ? panels : divide_up(panels, plan.threads);
    for_each_task(exec, divide_up(panels, per_task), [&](std::size_t task) {
      const std::size_t first = task * per_task;
      pack_b(p, part, first, smaller(per_task * columns, part.cols - first * columns), call);
    });
  }
  const std::size_t row_tiles = divide_up(rows, plan.tile_rows);
  const std::size_t column_tiles = divide_up(part.cols, plan.tile_columns);
  const std::size_t tiles = row_tiles * column_tiles;
  std::size_t next = 0;
  for_each_task(exec, smaller(plan.threads, tiles), [&](std::size_t worker) {
    for (;;) {
      const std::size_t index = __atomic_fetch_add(&next, std::size_t{1}, __ATOMIC_RELAXED);
      if (index >= tiles) {
        return;
      }
      const std::size_t i = index / column_tiles * plan.tile_rows;
      const std::size_t j = index % column_tiles * plan.tile_columns;
      run_task(p, plan, part, {row + i, part.col + j, rows - i, part.cols - j}, index, call,
               workers[worker]);
    }
  });
}

template <class T, class E>
void run_plan(E& exec, const problem<T>& p, const plan& plan, std::byte* memory) {
  const std::size_t k = p.a.cols;
  carver pieces(memory);
  const call_memory<T> call = carve_call<T>(pieces, plan, k);
  auto* workers = pieces.take<worker_memory<T>>(plan.threads);
  for (std::size_t i = 0; i < plan.threads; ++i) {
    workers[i] = carve_worker<T>(pieces, plan, k);
  }
  for (std::size_t row = 0; row < p.c.rows; row += plan.row_group) {
    const std::size_t rows = smaller(plan.row_group, p.c.rows - row);
    for (std::size_t col = 0; col < p.c.cols; col += plan.column_group) {
      const std::size_t cols = smaller(plan.column_group, p.c.cols - col);
      std::size_t first = 0;
      do {
        const std::size_t depth = smaller(plan.depth, k - first);
        run_part(exec, p, plan, {first, depth, col, cols}, row, rows, call, workers);
        first += depth;
      } while (first < k);
    }
  }
}

template <class T>
std::size_t memory_of(const plan& plan, std::size_t k) {
  carver count(nullptr);
  carve_call<T>(count, plan, k);
  count.take<worker_memory<T>>(plan.threads);
  const std::size_t before = count.used();
  carve_worker<T>(count, plan, k);
  return before + (count.used() - before) * plan.threads;
}

template <class T, class E>
DETOPS_NOINLINE void run_on_stack(E& exec, const problem<T>& p, const plan& plan) {
  alignas(scratch_alignment) std::byte memory[stack_scratch_bytes];
  run_plan(exec, p, plan, memory);
}

/// Whether C^T = B^T A^T, which has the same bits, is the better form: the kernel writes rows of C,
/// and pads them to whole registers.
template <class T>
bool better_transposed(const problem<T>& p) {
  const auto cost = [&](std::size_t m, std::size_t n, std::ptrdiff_t stride) {
    const std::size_t padded =
        round_up(m, tile<T>::row_step) * round_up(n, simd::register_lanes<T>);
    return static_cast<double>(padded) * static_cast<double>(p.a.cols) +
           (stride == 1 ? 0.0 : 64.0 * static_cast<double>(m) * static_cast<double>(n));
  };
  return cost(p.c.cols, p.c.rows, p.c.row_stride) < cost(p.c.rows, p.c.cols, p.c.col_stride);
}

template <class T, class E>
void run(E& exec, problem<T> p) {
  if (p.c.rows == 0 || p.c.cols == 0) {
    return;
  }
  if (better_transposed(p)) {
    p = {p.b.transposed(), p.a.transposed(), p.c.transposed(), p.options};
  }
  const plan plan = make_plan<T>(p.c.rows, p.c.cols, p.a.cols, exec.concurrency());
  const std::size_t bytes = memory_of<T>(plan, p.a.cols);
  if (bytes <= stack_scratch_bytes && plan.threads == 1) {
    run_on_stack(exec, p, plan);
  } else {
    const scratch memory(bytes);
    run_plan(exec, p, plan, memory.data());
  }
}

} // namespace detops::inline DETOPS_ISA::detail::gemm

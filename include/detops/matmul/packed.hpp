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
#include <detops/matmul/finish.hpp>
#include <detops/matmul/kernel.hpp>
#include <detops/matmul/pack.hpp>
#include <detops/matmul/scratch.hpp>

namespace detops::inline DETOPS_ISA::detail::gemm {

/// What packed B holds: steps [first, first + depth) of k, columns [col, col + cols) of B.
struct packed_part {
  std::size_t first;
  std::size_t depth;
  std::size_t col;
  std::size_t cols;
};

/// The steps of k whose fold is computed: all, into C, or a span of them, into the node that stands for it.
template <class S>
struct k_span {
  std::size_t begin; // a multiple of its own length
  std::size_t end;
  typename S::sum* node; // tiles as in a level of the fold; null: C
};

/// k in steps of the kernel.
template <class S>
std::size_t steps_of(const problem<S>& p) {
  return divide_up(p.a.cols, S::products_per_step);
}
template <class S>
constexpr std::size_t first_product(std::size_t step) {
  return step * S::products_per_step;
}
/// How many products `steps` from `first` on hold.
template <class S>
std::size_t products(const problem<S>& p, std::size_t first, std::size_t steps) {
  return smaller(first_product<S>(steps), p.a.cols - first_product<S>(first));
}

/// Packs `cols` columns of the part from its panel number `panel` on.
template <class S>
void pack_b(const problem<S>& p, const packed_part& part, std::size_t panel, std::size_t cols,
            const call_memory<S>& memory) {
  constexpr std::size_t width = tile<S>::columns;
  constexpr std::size_t step = tile<S>::lanes;
  // Rows that are contiguous are read whole, a few at a time, for all panels.
  const bool by_rows = p.b.col_stride == 1 && part.cols > width;
  const std::size_t rows = by_rows ? 16 : part.depth;
  for (std::size_t k = 0; k < part.depth; k += rows) {
    for (std::size_t x = 0; x < cols; x += width) {
      const std::size_t index = panel + x / width;
      const panel_source<typename S::operand> source{
          &p.b(first_product<S>(part.first + k), part.col + index * width),
          smaller(width, cols - x), products<S>(p, part.first + k, smaller(rows, part.depth - k)),
          p.b.col_stride, p.b.row_stride};
      typename S::packed* out =
          memory.b + index * width * part.depth + k * round_up(source.count, step);
      pack_panels<S, width, step>(source, part.depth, out,
                                  [&](std::size_t, const exponent_range& range) {
                                    if constexpr (S::float_in_double) {
                                      if (k == 0) {
                                        memory.b_ranges[index] = {};
                                      }
                                      memory.b_ranges[index].include(range);
                                    }
                                  });
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

/// A panel of B, packed, as the kernels of one strip read it.
template <class S>
struct packed_panel {
  const typename S::packed* data;
  static constexpr std::size_t most_rows = tile<S>::rows; // of the tiles that read it
  packed_b<typename S::packed> operator()(auto /*registers*/) const { return {data}; }
};

/// One block of k against one panel of B.
template <class S>
struct strip {
  region at;                // of C
  std::size_t height;       // of the panels of A
  std::size_t width;        // of the panel of B
  std::size_t block;        // number of the block of k
  bool last;                // it ends the fold
  std::size_t first;        // its first k within packed A
  std::size_t depth;        // its length
  std::size_t packed_depth; // of packed A
  const exponent_range* b_range;
  typename S::sum* const* levels;
  typename S::sum* node = nullptr; // where the last block's sums go; null: into C
};

/// All panels of packed A against the strip, whose part of B is read through b(registers): the block's
/// sums into the fold, its node, or C.
template <class S, class B>
void run_strip(const problem<S>& p, const strip<S>& s, const worker_memory<S>& memory, const B& b) {
  using sum = typename S::sum;
  const bool as_they_are = plain(p) && p.c.col_stride == 1;
  const fold_place place = place_in_fold(s.block, s.last);
  sum* const partial = s.last ? s.node : s.levels[place.level];
  const bool finishes = partial == nullptr;
  alignas(scratch_alignment) sum sums[S::fields * tile<S>::rows * tile<S>::columns];
  block_result<sum> result;
  result.levels = s.levels;
  result.merged = place.merged;

  std::size_t unfinished = 0;
  for (std::size_t i = 0; i < s.at.rows; i += s.height) {
    const std::size_t count = smaller(s.height, s.at.rows - i);
    const std::size_t height = s.height == 1 ? 1 : round_up(count, tile<S>::row_step);
    const bool direct = finishes && as_they_are && count == height && s.at.cols == s.width;
    result.offset = i * s.width * S::fields;
    result.canonical = direct;
    if (direct) {
      result.out = reinterpret_cast<sum*>(&p.c(s.at.row + i, s.at.col));
      result.out_stride = p.c.row_stride;
      for (std::size_t r = 0; r < height; ++r) { // rows of C may lie on pages of their own
        const sum* row = result.out + static_cast<std::ptrdiff_t>(r) * result.out_stride;
        __builtin_prefetch(row, 1);
        __builtin_prefetch(row + s.width - 1, 1);
      }
    } else {
      result.out = finishes ? sums : partial + result.offset;
      result.out_stride = static_cast<std::ptrdiff_t>(s.width);
    }
    if constexpr (S::float_in_double) {
      result.any_exponents = needs_full_rounding(memory.a_ranges[i / s.height], *s.b_range);
    }
    const auto* a = memory.a + i * s.packed_depth + s.first * height;
    with_packed_shape<S>(height, s.width, [&](auto tile_rows, auto registers) {
      if constexpr (tile_rows <= B::most_rows) {
        run_tile<typename S::arithmetic, tile_rows, registers>(
            packed_a<typename S::packed, tile_rows>{a}, b(registers), s.depth, result);
      }
    });
    if (finishes && !direct) {
      finish_tile(p, {s.at.row + i, s.at.col, count, s.at.cols}, sums, s.width, height * s.width);
    }
    const std::size_t rows_done = i + count - unfinished;
    if (finishes && (rows_done >= finished_rows || i + count == s.at.rows)) {
      finished(p, {s.at.row + unfinished, s.at.col, rows_done, s.at.cols});
      unfinished += rows_done;
    }
  }
}

/// The part's products for one tile of C.
template <class S>
void run_tile_of_c(const problem<S>& p, const plan& plan, const k_span<S>& span,
                   const packed_part& part, const region& at, const call_memory<S>& call,
                   const worker_memory<S>& memory) {
  constexpr std::size_t rows = tile<S>::rows;
  constexpr std::size_t columns = tile<S>::columns;
  const std::size_t end = part.first + part.depth;
  typename S::sum* levels[64];
  std::size_t chain = part.first;
  do {
    const std::size_t depth = smaller(chain_depth<S>, end - chain);
    if (depth > 0) {
      const panel_source<typename S::operand> source{&p.a(at.row, first_product<S>(chain)), at.rows,
                                                     products<S>(p, chain, depth), p.a.row_stride,
                                                     p.a.col_stride};
      pack_panels<S, rows, tile<S>::row_step>(source, depth, memory.a,
                                              [&](std::size_t panel, const exponent_range& range) {
                                                if constexpr (S::float_in_double) {
                                                  memory.a_ranges[panel] = range;
                                                }
                                              });
    }
    for (std::size_t j = 0; j < at.cols; j += columns) {
      strip<S> s;
      s.at = {at.row, at.col + j, at.rows, smaller(columns, at.cols - j)};
      s.height = rows;
      s.width = round_up(s.at.cols, tile<S>::lanes);
      s.packed_depth = depth;
      s.levels = levels;
      for (std::size_t l = 0; l < plan.levels; ++l) {
        levels[l] = l < plan.low_levels
                        ? memory.low_levels + l * plan.tile_rows * columns * S::fields
                        : memory.high_levels + ((l - plan.low_levels) * plan.tile_columns + j) *
                                                   plan.tile_rows * S::fields;
      }
      if (span.node != nullptr) {
        s.node = span.node + j * plan.tile_rows * S::fields;
      }
      const std::size_t j_packed = s.at.col - part.col;
      const typename S::packed* b = call.b + j_packed * part.depth + (chain - part.first) * s.width;
      s.b_range = call.b_ranges + j_packed / columns;
      s.first = 0;
      do {
        s.depth = smaller(fold_depth, depth - s.first);
        s.block = (chain + s.first - span.begin) / fold_depth;
        s.last = chain + s.first + s.depth == span.end;
        run_strip(p, s, memory, packed_panel<S>{b + s.first * s.width});
        s.first += fold_depth;
      } while (s.first < depth);
    }
    chain += chain_depth<S>;
  } while (chain < end);
}

/// Task number `index` of the part: the tile of C at the beginning of what `rest` says is left.
template <class S>
void run_task(const problem<S>& p, const plan& plan, const packed_part& part, const region& rest,
              std::size_t index, const call_memory<S>& call, worker_memory<S> memory) {
  if (call.high_levels != nullptr) {
    memory.high_levels = call.high_levels + index * plan.tile_rows * plan.tile_columns * S::fields *
                                                (plan.levels - plan.low_levels);
  }
  run_tile_of_c(p, plan, k_span<S>{0, steps_of(p), nullptr}, part,
                {rest.row, rest.col, smaller(plan.tile_rows, rest.rows),
                 smaller(plan.tile_columns, rest.cols)},
                call, memory);
}

/// A part of k and of the columns of C on the calling thread, whose environment is set.
template <class S>
void run_part_serially(const problem<S>& p, const plan& plan, const packed_part& part,
                       std::size_t row, std::size_t rows, const call_memory<S>& call,
                       const worker_memory<S>& worker) {
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

/// body(worker, index) for every index < count, by at most `threads` workers, each of which takes the next index.
template <class Body>
void share_tasks(const executor_ref& exec, std::size_t threads, std::size_t count,
                 const Body& body) {
  std::size_t next = 0;
  for_each_task(exec, smaller(threads, count), [&](std::size_t worker) {
    for (;;) {
      const std::size_t index = __atomic_fetch_add(&next, std::size_t{1}, __ATOMIC_RELAXED);
      if (index >= count) {
        return;
      }
      body(worker, index);
    }
  });
}

/// Packs B for the part, then runs the tiles of C in rows [row, row + rows) of its columns.
template <class S>
void run_part(const executor_ref& exec, const problem<S>& p, const plan& plan,
              const packed_part& part, std::size_t row, std::size_t rows,
              const call_memory<S>& call, const worker_memory<S>* workers) {
  constexpr std::size_t columns = tile<S>::columns;
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
  share_tasks(exec, plan.threads, tiles, [&](std::size_t worker, std::size_t index) {
    const std::size_t i = index / column_tiles * plan.tile_rows;
    const std::size_t j = index % column_tiles * plan.tile_columns;
    run_task(p, plan, part, {row + i, part.col + j, rows - i, part.cols - j}, index, call,
             workers[worker]);
  });
}

template <class S>
void run_plan(const executor_ref& exec, const problem<S>& p, const plan& plan, std::byte* memory) {
  const std::size_t k = steps_of(p);
  carver pieces(memory);
  const call_memory<S> call = carve_call<S>(pieces, plan, k);
  auto* workers = pieces.take<worker_memory<S>>(plan.threads);
  for (std::size_t i = 0; i < plan.threads; ++i) {
    workers[i] = carve_worker<S>(pieces, plan, k);
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

template <class S>
std::size_t memory_of(const plan& plan, std::size_t k) {
  carver count(nullptr);
  carve_call<S>(count, plan, k);
  count.take<worker_memory<S>>(plan.threads);
  const std::size_t before = count.used();
  carve_worker<S>(count, plan, k);
  return before + (count.used() - before) * plan.threads;
}

template <class S>
DETOPS_NOINLINE void run_on_stack(const executor_ref& exec, const problem<S>& p, const plan& plan) {
  alignas(scratch_alignment) std::byte memory[stack_scratch_bytes];
  run_plan(exec, p, plan, memory);
}

template <class S>
std::size_t packed_memory(const problem<S>& p, std::size_t concurrency) {
  const std::size_t k = steps_of(p);
  return memory_of<S>(make_plan<S>(p.c.rows, p.c.cols, k, concurrency), k);
}

/// `given` is null or holds packed_memory.
template <class S>
void run_packed(const executor_ref& exec, const problem<S>& p, std::byte* given) {
  const std::size_t k = steps_of(p);
  const plan plan = make_plan<S>(p.c.rows, p.c.cols, k, exec.concurrency());
  const std::size_t bytes = memory_of<S>(plan, k);
  if (given == nullptr && bytes <= stack_scratch_bytes && plan.threads == 1) {
    run_on_stack(exec, p, plan);
  } else {
    run_plan(exec, p, plan, workspace(given, bytes).data());
  }
}

} // namespace detops::inline DETOPS_ISA::detail::gemm

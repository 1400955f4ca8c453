// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// A small C and a long k for several threads:
//
//   spans of k, one task each:   chains of packed A and B for the whole of C, into the node of the fold over that span;
//                                of one row of A nothing is packed
//   strips of C, one task each:  the nodes of the spans are combined, and finished
//
// A span is a power of two of blocks and begins at a multiple of its length, so that its fold is a node of the whole one.
#pragma once

#include <cstddef>

#include <detops/matmul/packed.hpp>
#include <detops/matmul/row.hpp>

namespace detops::inline DETOPS_ISA::detail::gemm {

/// Bytes of sums of C for which each span has a node, and each thread the levels of a fold, in L2.
inline constexpr std::size_t node_bytes = 72 * 1024;

/// Spans for each thread: as their lengths are powers of two their number is not the threads'.
inline constexpr std::size_t spans_per_thread = 4;

/// Of more rows or columns than this k is not cut: of 64 tiles of C are as fast, of 100 or 128 faster (two threads, AVX2).
inline constexpr std::size_t most_of_cut_k = 64;

/// Chains in the spans of each thread: fewer do not pay for another thread.
inline constexpr std::size_t chains_per_thread = 2;

/// Threads that k is long enough for. The kernels work on whole registers of columns.
template <class S>
std::size_t span_threads(const problem<S>& p, std::size_t concurrency) {
  const std::size_t steps = steps_of(p);
  const std::size_t area = p.c.rows * round_up(p.c.cols, tile<S>::lanes);
  return larger(1, smaller(useful_threads(steps, area, concurrency),
                           steps / (chains_per_thread * chain_depth<S>)));
}

template <class S>
struct span_plan {
  plan chain;         // how the whole of C takes in one chain of packed A and B
  std::size_t length; // steps of a span
  std::size_t count;
  std::size_t node() const { return chain.tile_rows * chain.tile_columns * S::fields; } // its sums
};

template <class S>
span_plan<S> make_span_plan(const problem<S>& p, std::size_t concurrency) {
  const std::size_t threads = span_threads(p, concurrency);
  const std::size_t steps = steps_of(p);
  span_plan<S> plan;
  plan.length = chain_depth<S>;
  while (divide_up(steps, plan.length) > spans_per_thread * threads) {
    plan.length *= 2;
  }
  plan.count = divide_up(steps, plan.length);
  plan.chain.threads = smaller(threads, plan.count);
  plan.chain.row_group = p.c.rows;
  plan.chain.tile_rows = is_row(p) ? 1 : round_up(p.c.rows, tile<S>::rows);
  plan.chain.column_group = plan.chain.tile_columns = round_up(p.c.cols, tile<S>::columns);
  plan.chain.depth = chain_depth<S>;
  plan.chain.levels = fold_levels(plan.length);
  plan.chain.low_levels = fold_levels(chain_depth<S>);
  return plan;
}

/// Whether there are spans, and room for their nodes.
template <class S>
bool has_spans(const problem<S>& p) {
  const std::size_t rows = round_up(p.c.rows, tile<S>::rows);
  const std::size_t columns = round_up(p.c.cols, tile<S>::columns);
  return steps_of(p) > chain_depth<S> && rows <= most_of_small_c && columns <= most_of_small_c &&
         rows * columns * S::fields * sizeof(typename S::sum) <= node_bytes;
}

/// What one thread works in.
template <class S>
struct span_memory {
  call_memory<S> b;
  worker_memory<S> a;
};
template <class S>
span_memory<S> carve_span(carver& memory, const plan& chain) {
  const call_memory<S> b = carve_call<S>(memory, chain, chain.depth);
  return {b, carve_worker<S>(memory, chain, chain.depth)};
}
/// The nodes of all spans, one after the other; finish_tile reads whole vectors, the last of them behind a tile.
template <class S>
typename S::sum* carve_nodes(carver& memory, const span_plan<S>& plan) {
  return memory.take<typename S::sum>(plan.count * plan.node() + finished_lanes<S>);
}

template <class S>
void run_span(const problem<S>& p, const plan& chain, const k_span<S>& span,
              const span_memory<S>& memory) {
  if constexpr (reads_operands<S>) {
    if (is_row(p)) {
      with_row_registers(p, [&](auto registers) {
        constexpr std::size_t width = registers * tile<S>::lanes;
        for (std::size_t col = 0; col < p.c.cols; col += width) {
          fold_row<S, registers>(p, span.begin, span.end, col, smaller(width, p.c.cols - col),
                                 span.node + col);
        }
      });
      return;
    }
  }
  for (std::size_t first = span.begin; first < span.end; first += chain.depth) {
    const packed_part part{first, smaller(chain.depth, span.end - first), 0, p.c.cols};
    pack_b(p, part, 0, part.cols, memory.b);
    run_tile_of_c(p, chain, span, part, {0, 0, p.c.rows, p.c.cols}, memory.b, memory.a);
  }
}

/// The panel of columns of C from `col` on.
template <class S>
void finish_strip(const problem<S>& p, const span_plan<S>& plan, typename S::sum* nodes,
                  std::size_t col) {
  constexpr std::size_t rows = tile<S>::rows;
  const std::size_t cols = smaller(tile<S>::columns, p.c.cols - col);
  const std::size_t width = round_up(cols, tile<S>::lanes);
  for (std::size_t row = 0; row < p.c.rows; row += rows) {
    const region at{row, col, smaller(rows, p.c.rows - row), cols};
    const std::size_t count =
        smaller(round_up(at.rows, tile<S>::row_step), plan.chain.tile_rows) * width;
    typename S::sum* const first = nodes + (col * plan.chain.tile_rows + row * width) * S::fields;
    for (std::size_t apart = 1; apart < plan.count; apart *= 2) {
      for (std::size_t i = 0; i + apart < plan.count; i += 2 * apart) {
        typename S::sum* const older = first + i * plan.node();
        fold_sums<typename S::arithmetic>(older + apart * plan.node(), older, count, 1, older);
      }
    }
    finish_tile(p, at, first, width, count);
    finished(p, at);
  }
}

/// Bytes: of the nodes, and of what each thread works in.
template <class S>
struct span_sizes {
  std::size_t nodes;
  std::size_t each;
  explicit span_sizes(const span_plan<S>& plan) {
    carver count(nullptr);
    carve_nodes(count, plan);
    nodes = count.used();
    carve_span<S>(count, plan.chain);
    each = count.used() - nodes;
  }
};
template <class S>
std::size_t span_memory_for(const problem<S>& p, std::size_t concurrency) {
  const auto plan = make_span_plan(p, concurrency);
  const span_sizes<S> sizes(plan);
  return sizes.nodes + sizes.each * plan.chain.threads;
}

/// `given` is null or holds span_memory_for(p, exec.concurrency()).
template <class S>
void run_spans(const executor_ref& exec, const problem<S>& p, std::byte* given) {
  const auto plan = make_span_plan(p, exec.concurrency());
  const span_sizes<S> sizes(plan);
  const workspace memory(given, sizes.nodes + sizes.each * plan.chain.threads);
  carver pieces(memory.data());
  typename S::sum* const nodes = carve_nodes(pieces, plan);
  const std::size_t steps = steps_of(p);
  share_tasks(exec, plan.chain.threads, plan.count, [&](std::size_t thread, std::size_t index) {
    carver own(memory.data() + sizes.nodes + sizes.each * thread);
    const std::size_t begin = index * plan.length;
    run_span(p, plan.chain,
             k_span<S>{begin, smaller(begin + plan.length, steps), nodes + index * plan.node()},
             carve_span<S>(own, plan.chain));
  });
  for_each_task(exec, divide_up(p.c.cols, tile<S>::columns),
                [&](std::size_t index) { finish_strip(p, plan, nodes, index * tile<S>::columns); });
}

} // namespace detops::inline DETOPS_ISA::detail::gemm

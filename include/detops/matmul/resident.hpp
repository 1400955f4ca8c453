// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// A packed whole, because it is small enough to stay in the cache; B, which is read once, is not packed as a whole: that
// would write and read it again.
//
//   few rows of A, rows of B contiguous:   k by blocks, a block by groups of a few rows of B; the sums of a band of
//                                          columns, which lie in L2, take in a group at a time
//   else:                                  column panels of C; each block of k of a panel is packed into L1 just before
//                                          its use, or transposed by the kernel itself
#pragma once

#include <cstddef>

#include <detops/matmul/in_place.hpp>
#include <detops/matmul/packed.hpp>

namespace detops::inline DETOPS_ISA::detail::gemm {

/// Of packed A: what is read again for each panel comes from L3 in time.
inline constexpr std::size_t resident_bytes = 2 * 1024 * 1024;

/// Rows of A up to which rows of B are read as they lie: some tiles high.
template <class S>
inline constexpr std::size_t thin_rows = 3 * larger(tile<S>::rows, 6);

/// Rows of B taken in at once: few streams, each of which is long (of a band of 32 KiB 16 rows of A took twice the time,
/// with 16 rows of B half as much more).
inline constexpr std::size_t thin_group = 4;

/// Bytes of the sums of a band: a part of L2.
inline constexpr std::size_t band_bytes = 256 * 1024;

/// Panels of contiguous rows of B that are packed together: longer parts of its rows, and fewer pages, at a time.
inline constexpr std::size_t most_panels_together = 4;

/// Schemes whose kernel can read rows of B as they are.
template <class S>
inline constexpr bool reads_rows_of_b = !S::integer && !S::float_in_double;

/// How the product is cut.
template <class S>
struct resident_plan {
  std::size_t steps;        // of k
  std::size_t height;       // of the panels of A
  std::size_t rows;         // of A, as packed
  std::size_t levels;       // of the fold
  std::size_t band_columns; // columns of C whose rows of B are read as they lie
  std::size_t band;         // of them at once
  std::size_t panels;       // the rest of the columns
  std::size_t group;        // panels that one task takes together
  std::size_t threads;

  std::size_t bands() const { return band_columns == 0 ? 0 : divide_up(band_columns, band); }
  std::size_t tasks() const { return bands() + divide_up(panels, group); }
  /// Sums that a task works on at once.
  std::size_t width() const { return larger(bands() == 0 ? 0 : band, group * tile<S>::columns); }
};

/// Panels of equal height, as few as there can be: 8 rows are two of 4, not one of 6 and one of 2.
template <class S>
std::size_t panel_height(std::size_t m) {
  const std::size_t height = divide_up(m, divide_up(m, tile<S>::rows));
  return height == 1 ? 1
         : height <= 2 * tile<S>::row_step
             ? smaller(round_up(height, tile<S>::row_step), tile<S>::rows)
             : tile<S>::rows;
}

template <class S>
resident_plan<S> make_resident_plan(const problem<S>& p, std::size_t concurrency) {
  constexpr std::size_t columns = tile<S>::columns;
  resident_plan<S> plan{};
  const std::size_t m = p.c.rows, n = p.c.cols;
  plan.steps = steps_of(p);
  plan.height = panel_height<S>(m);
  plan.rows = m == 1 ? 1 : round_up(m, tile<S>::row_step);
  plan.levels = fold_levels(plan.steps);
  plan.threads = useful_threads(m * n, plan.steps, concurrency);
  if (reads_rows_of_b<S> && p.b.col_stride == 1 && m <= thin_rows<S>) {
    plan.band_columns = round_down(n, tile<S>::lanes);
    const std::size_t in_cache = band_bytes / (plan.rows * S::fields * sizeof(typename S::sum));
    const std::size_t shared = divide_up(plan.band_columns, plan.threads);
    plan.band = larger(columns, round_up(smaller(in_cache, shared), columns));
  }
  plan.panels = divide_up(n - plan.band_columns, columns);
  plan.group = p.b.col_stride == 1
                   ? larger(1, smaller(most_panels_together, plan.panels / (2 * plan.threads)))
                   : 1;
  return plan;
}

template <class S>
struct resident_memory {
  typename S::packed* a;
  exponent_range* a_ranges;
};
/// Of one thread.
template <class S>
struct resident_worker {
  typename S::packed* b;
  typename S::sum* sums;
  typename S::sum* levels;
};

template <class S>
resident_memory<S> carve_resident(carver& memory, const resident_plan<S>& plan) {
  resident_memory<S> m{};
  m.a = memory.take<typename S::packed>(plan.rows * plan.steps);
  if constexpr (S::float_in_double) {
    m.a_ranges = memory.take<exponent_range>(divide_up(plan.rows, plan.height));
  }
  return m;
}
template <class S>
resident_worker<S> carve_resident_worker(carver& memory, const resident_plan<S>& plan) {
  const std::size_t sums = S::fields * plan.rows * plan.width();
  resident_worker<S> w{};
  w.b = memory.take<typename S::packed>(plan.group * fold_depth * tile<S>::columns);
  w.sums = memory.take<typename S::sum>(sums);
  w.levels = memory.take<typename S::sum>(sums * plan.levels);
  return w;
}

/// Columns of B from `col` on that the kernel transposes itself, for the one panel of A that there is.
template <class S>
struct transposed_panel {
  using T = typename S::operand;
  const T* data;
  std::size_t count;
  std::ptrdiff_t across;
  static constexpr std::size_t most_rows = tile<S>::rows;
  template <std::size_t Registers>
  auto operator()(std::integral_constant<std::size_t, Registers>) const {
    return contiguous_vectors<T, Registers * tile<S>::lanes>(data, count, across);
  }
};

/// A group of panels of columns from `col` on, block by block: packed, or transposed by the kernel.
template <class S>
void run_panels(const problem<S>& p, const resident_plan<S>& plan, std::size_t col,
                const resident_memory<S>& call, const resident_worker<S>& worker) {
  constexpr std::size_t columns = tile<S>::columns;
  const std::size_t cols = smaller(plan.group * columns, p.c.cols - col);
  const bool transposed = reads_operands<S> && p.b.row_stride == 1 && plan.rows <= plan.height;
  const std::size_t partial = S::fields * plan.rows * columns;
  const worker_memory<S> memory{call.a, call.a_ranges, nullptr, nullptr};
  exponent_range b_ranges[most_panels_together];
  typename S::sum* levels[64];
  strip<S> s;
  s.height = plan.height;
  s.packed_depth = plan.steps;
  s.levels = levels;
  s.first = 0;
  do {
    s.depth = smaller(fold_depth, plan.steps - s.first);
    s.block = s.first / fold_depth;
    s.last = s.first + s.depth == plan.steps;
    if (!transposed && s.depth > 0) {
      pack_b(p, {s.first, s.depth, col, cols}, 0, cols,
             call_memory<S>{worker.b, b_ranges, nullptr});
    }
    for (std::size_t panel = 0; panel * columns < cols; ++panel) {
      s.at = {0, col + panel * columns, p.c.rows, smaller(columns, cols - panel * columns)};
      s.width = round_up(s.at.cols, tile<S>::lanes);
      s.b_range = &b_ranges[panel];
      for (std::size_t l = 0; l < plan.levels; ++l) {
        levels[l] = worker.levels + (l * plan.group + panel) * partial;
      }
      if constexpr (reads_operands<S>) {
        if (transposed) {
          run_strip(p, s, memory,
                    transposed_panel<S>{&p.b(s.first, s.at.col), s.at.cols, p.b.col_stride});
          continue;
        }
      }
      run_strip(p, s, memory, packed_panel<S>{worker.b + panel * columns * s.depth});
    }
    s.first += s.depth;
  } while (!s.last);
}

/// `steps` rows of B into the sums of one panel of A, `width` of them in a row and, after all rows, their errors.
template <class S, std::size_t Rows, class T>
DETOPS_NOINLINE void add_rows_of_b(const typename S::packed* a, strided_b<T> b, std::size_t steps,
                                   bool first, std::size_t cols, typename S::sum* sums,
                                   std::size_t width, std::size_t errors) {
  const auto run = [&](auto registers, std::size_t col) DETOPS_INLINE_LAMBDA {
    tile_sums<S, Rows, registers> t;
    const auto for_each = [&](auto&& f) DETOPS_INLINE_LAMBDA {
      unrolled<S::fields>([&](auto field) DETOPS_INLINE_LAMBDA {
        unrolled<Rows>([&](auto r) DETOPS_INLINE_LAMBDA {
          f(t.field[field][r], sums + field * errors + r * width + col);
        });
      });
    };
    if (first) {
      t.clear();
    } else {
      for_each([](auto& v, const typename S::sum* from)
                   DETOPS_INLINE_LAMBDA { v = std::remove_cvref_t<decltype(v)>::load(from); });
    }
    run_steps(packed_a<typename S::packed, Rows>{a}, strided_b<T>{b.data + col, b.step}, steps, t);
    for_each([](const auto& v, typename S::sum* to) DETOPS_INLINE_LAMBDA { v.store(to); });
  };
  constexpr std::size_t registers = tile<S>::registers;
  std::size_t col = 0;
  for (; col + tile<S>::columns <= cols; col += tile<S>::columns) {
    run(std::integral_constant<std::size_t, registers>{}, col);
  }
  if (col < cols) {
    run(std::integral_constant<std::size_t, 1>{}, col);
  }
}

/// Columns [col, col + cols) of C, whole registers of them.
template <class S>
void run_band(const problem<S>& p, const resident_plan<S>& plan, std::size_t col, std::size_t cols,
              const resident_memory<S>& call, const resident_worker<S>& worker) {
  const std::size_t count = plan.rows * plan.band;
  for (std::size_t block = 0;; ++block) {
    const std::size_t begin = block * fold_depth;
    const std::size_t depth = smaller(fold_depth, plan.steps - begin);
    for (std::size_t step = 0; step == 0 || step < depth; step += thin_group) {
      const strided_b<typename S::operand> b{&p.b(begin + step, col), p.b.row_stride};
      for (std::size_t row = 0; row < plan.rows; row += plan.height) {
        const std::size_t height = smaller(plan.height, plan.rows - row);
        const auto* a = call.a + row * plan.steps + (begin + step) * height;
        with_packed_shape<S>(height, tile<S>::lanes, [&](auto rows, auto) {
          add_rows_of_b<typename S::arithmetic, rows>(
              a, b, smaller(thin_group, depth - step), step == 0, cols,
              worker.sums + row * plan.band, plan.band, count);
        });
      }
    }
    const bool last = begin + depth == plan.steps;
    const fold_place place = place_in_fold(block, last);
    auto* out = last ? worker.sums : worker.levels + place.level * S::fields * count;
    if (place.merged != 0 || !last) {
      fold_sums<typename S::arithmetic>(worker.sums, worker.levels, count, place.merged, out);
    }
    if (last) {
      const region at{0, col, p.c.rows, cols};
      finish_tile(p, at, worker.sums, plan.band, count);
      finished(p, at);
      return;
    }
  }
}

template <class S>
void run_resident_task(const problem<S>& p, const resident_plan<S>& plan, std::size_t index,
                       const resident_memory<S>& call, const resident_worker<S>& worker) {
  if constexpr (reads_rows_of_b<S>) {
    if (index < plan.bands()) {
      const std::size_t col = index * plan.band;
      run_band(p, plan, col, smaller(plan.band, plan.band_columns - col), call, worker);
      return;
    }
    index -= plan.bands();
  }
  run_panels(p, plan, plan.band_columns + index * plan.group * tile<S>::columns, call, worker);
}

/// Whether packed A stays in the cache.
template <class S>
bool is_resident(const problem<S>& p) {
  return p.c.rows <=
         smaller(most_rows, resident_bytes / sizeof(typename S::packed) / larger(1, steps_of(p)));
}

/// Panels [first, first + count) of A.
template <class S>
void pack_resident(const problem<S>& p, const resident_plan<S>& plan, std::size_t first,
                   std::size_t count, const resident_memory<S>& call) {
  if (plan.steps == 0) {
    return;
  }
  const std::size_t row = first * plan.height;
  const panel_source<typename S::operand> source{&p.a(row, 0),
                                                 smaller(count * plan.height, p.c.rows - row),
                                                 p.a.cols, p.a.row_stride, p.a.col_stride};
  with_packed_shape<S>(plan.height, tile<S>::lanes, [&](auto height, auto) {
    constexpr std::size_t step = height == 1 ? 1 : tile<S>::row_step;
    pack_panels<S, height, step>(source, plan.steps, call.a + row * plan.steps,
                                 [&](std::size_t panel, const exponent_range& range) {
                                   if constexpr (S::float_in_double) {
                                     call.a_ranges[first + panel] = range;
                                   }
                                 });
  });
}

/// Bytes: of what all threads read, and of what each works in.
struct resident_sizes {
  std::size_t shared;
  std::size_t each;
};
template <class S>
resident_sizes sizes_of(const resident_plan<S>& plan) {
  carver count(nullptr);
  carve_resident(count, plan);
  const std::size_t shared = count.used();
  carve_resident_worker(count, plan);
  return {shared, count.used() - shared};
}
template <class S>
std::size_t resident_memory_for(const problem<S>& p, std::size_t concurrency) {
  const auto plan = make_resident_plan(p, concurrency);
  const resident_sizes sizes = sizes_of(plan);
  return sizes.shared + sizes.each * plan.threads;
}

/// `given` is null or holds resident_memory_for(p, exec.concurrency()).
template <class S>
void run_resident(const executor_ref& exec, const problem<S>& p, std::byte* given) {
  const auto plan = make_resident_plan(p, exec.concurrency());
  const resident_sizes sizes = sizes_of(plan);
  const workspace memory(given, sizes.shared + sizes.each * plan.threads);
  carver pieces(memory.data());
  const auto call = carve_resident(pieces, plan);
  const std::size_t panels = divide_up(p.c.rows, plan.height);
  const std::size_t packers = p.c.rows * plan.steps < smallest_shared_packing ? 1 : plan.threads;
  const std::size_t each_packs = divide_up(panels, packers);
  for_each_task(exec, divide_up(panels, each_packs), [&](std::size_t task) {
    const std::size_t first = task * each_packs;
    pack_resident(p, plan, first, smaller(each_packs, panels - first), call);
  });
  share_tasks(exec, plan.threads, plan.tasks(), [&](std::size_t thread, std::size_t index) {
    carver own(memory.data() + sizes.shared + sizes.each * thread);
    run_resident_task(p, plan, index, call, carve_resident_worker(own, plan));
  });
}

} // namespace detops::inline DETOPS_ISA::detail::gemm

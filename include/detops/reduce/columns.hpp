// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The lines of a matrix along one axis as columns, each with a tree of its own.
#pragma once

#include <cstdint>
#include <limits>

#include <detops/core/scratch.hpp>
#include <detops/reduce/contiguous_panel.hpp>
#include <detops/reduce/interleaved_panel.hpp>

namespace detops::inline DETOPS_ISA::detail {

/// Checks the arguments and turns the matrix so that every column is one line to reduce.
template <class T, class U>
matrix_view<const T> lines_of(const char* operation, const matrix_view<const T>& x,
                              std::size_t axis, const vector_view<U>& out) {
  check_view(operation, "x", x);
  check_view(operation, "out", out);
  if (axis > 1) {
    invalid(operation, "axis ", axis, " of x ", text(x), "; a matrix has axes 0 and 1");
  }
  const matrix_view<const T> lines = axis == 0 ? x : x.transposed();
  if (out.size != lines.cols) {
    invalid(operation, "out ", text(out), " for x ", text(x), " along axis ", axis, " needs ",
            lines.cols, " elements");
  }
  if (out.size > 1 && out.stride == 0) {
    invalid(operation, "out ", text(out), " has stride 0");
  }
  if (overlap(lines, matrix_view<U>(out.data, 1, out.size, 0, out.stride))) {
    invalid(operation, "out ", text(out), " overlaps x ", text(x));
  }
  return lines;
}

/// Whether an integer type (bool and characters too, which std::in_range refuses) has a value.
template <std::integral I>
constexpr bool holds(std::size_t value) {
  return value <= static_cast<std::uintmax_t>(std::numeric_limits<I>::max());
}
/// Refuses an index type that cannot hold every position of a line.
template <std::integral I>
void check_index_type(const char* operation, std::size_t length) {
  if (length != 0 && !holds<I>(length - 1)) {
    invalid(operation, "the type of out cannot hold positions up to ", length - 1);
  }
}
/// Refuses a type that cannot hold the number of all elements of a line.
template <std::integral I>
void check_count_type(const char* operation, std::size_t length) {
  if (!holds<I>(length)) {
    invalid(operation, "the type of out cannot hold counts up to ", length);
  }
}

/// about 64 KiB of lines a task, at least one vector of columns
template <class T>
std::size_t columns_per_task(std::size_t length) {
  constexpr std::size_t row = simd::row_lanes<T>;
  const std::size_t wanted = 16384 / std::max<std::size_t>(length, 1);
  return std::max(wanted / row * row, row);
}

/// task(first, last, executor) for columns [first, last); a few long lines are one task, which gets the executor.
template <executor E, class T, class Task>
void for_each_columns(E& exec, const matrix_view<const T>& x, Task&& task) {
  with_fp_environment([&] {
    if (x.cols < simd::row_lanes<T> && x.rows >= 65536) {
      task(std::size_t{0}, x.cols, executor_ref(exec));
    } else {
      for_each_block(
          exec, x.cols, columns_per_task<T>(x.rows),
          [&](std::size_t first, std::size_t last) { task(first, last, executor_ref(seq)); });
    }
  });
}

/// finish(j, view of column j as a matrix, executor) for every column.
template <executor E, class S, class Finish>
void each_column(E& exec, const matrix_view<const S>& lines, Finish&& finish) {
  for_each_columns(exec, lines,
                   [&](std::size_t first, std::size_t last, const executor_ref& inner) {
                     for (std::size_t j = first; j < last; ++j) {
                       finish(j, as_elements(lines.col(j)), inner);
                     }
                   });
}

/// Whether columns lie side by side, enough of them for a register.
template <real C, class S>
bool are_interleaved(const matrix_view<const S>& lines) {
  return lines.col_stride == 1 && (lines.row_stride != 1 || lines.rows == 1) &&
         lines.cols >= simd::register_lanes<C>;
}

/// use(first, count, skip, panel) for panels of columns [begin, end) of numbers as they are.
template <real C, real S, class Use>
void each_panel(const matrix_view<const S>& lines, std::size_t begin, std::size_t end,
                const Use& use) {
  if (are_interleaved<C>(lines)) {
    using panel = interleaved_panel<C, S>;
    for (std::size_t j = begin; j < end; j += panel::most_lines) {
      const std::size_t count = std::min(panel::most_lines, end - j);
      const std::size_t skip = std::max(count, panel::least_lines) - count;
      use(j - skip, count + skip, skip, panel(lines, j - skip, count + skip));
    }
  } else {
    using panel = contiguous_panel<C, S>;
    alignas(64) typename panel::ragged room;
    std::memset(static_cast<void*>(room), 0, sizeof room);
    for (std::size_t j = begin; j < end; j += panel::most_lines) {
      const std::size_t count = std::min(panel::most_lines, end - j);
      use(j, count, std::size_t{0}, panel(lines, j, count, room));
    }
  }
}

/// The same of 16-bit elements, from a copy of these columns in float: panels of their own would double what every user
/// of these headers compiles.
template <real C, half_precision S, class Use>
void each_panel(const matrix_view<const S>& lines, std::size_t begin, std::size_t end,
                const Use& use) {
  constexpr std::size_t row = simd::row_lanes<float>;
  const bool interleaved = are_interleaved<C>(lines);
  const std::size_t skip = interleaved && end - begin < simd::register_lanes<C>
                               ? simd::register_lanes<C> - (end - begin)
                               : 0; // columns before these that fill a register
  const matrix_view<const S> part =
      lines.submatrix(0, begin - skip, lines.rows, end - begin + skip);
  const matrix_view<const S> from = interleaved ? part : part.transposed();
  const std::size_t step = (from.cols + row - 1) / row * row; // read() writes whole rows of lanes
  const scratch<float> copy(from.rows * step);
  for (std::size_t i = 0; i < from.rows; ++i) {
    source<S>(as_elements(from.row(i))).template read<float>(0, from.cols, copy.data() + i * step);
  }
  const matrix_view<const float> wide(copy.data(), from.rows, from.cols,
                                      static_cast<std::ptrdiff_t>(step), 1);
  each_panel<C>(interleaved ? wide : wide.transposed(), skip, part.cols,
                [&](std::size_t first, std::size_t count, std::size_t ours, const auto& panel) {
                  use(first + begin - skip, count, ours, panel);
                });
}

/// use(first, count, skip, panel) for panels (reduce/panels.hpp) of all columns: the panel's line k is column first + k,
/// and those below `skip` belong to another panel.
template <real C, executor E, floating S, class Use>
void for_each_panel(E& exec, const matrix_view<const S>& lines, const Use& use) {
  // what is longer loses nothing by standing alone, and a copy of it would leave the cache
  constexpr std::size_t longest = 16384 / sizeof(C);
  const bool together = are_interleaved<C>(lines) ? real<S> || lines.rows <= longest
                                                  : lines.row_stride == 1 && lines.rows <= longest;
  for_each_columns(exec, lines,
                   [&](std::size_t first, std::size_t last, const executor_ref& inner) {
                     if (lines.rows > 0 && together) {
                       each_panel<C>(lines, first, last, use);
                       return;
                     }
                     for (std::size_t j = first; j < last; ++j) {
                       use(j, std::size_t{1}, std::size_t{0},
                           single_line<C, S>{inner, as_elements(lines.col(j))});
                     }
                   });
}

/// finish(j, total) for every column j: the policy's sum of the column through Map.
template <class Policy, class Map, executor E, floating S, class Finish>
void sum_columns(E& exec, const matrix_view<const S>& lines, Finish&& finish) {
  if constexpr (std::same_as<Policy, exact_t>) {
    each_column(exec, lines, [&](std::size_t j, const auto& line, const executor_ref& inner) {
      finish(j, total_of<Policy, S>(inner, source<S, Map>(line)));
    });
  } else {
    using rule = typename tree_rule<Policy, S>::rule;
    using C = typename tree_rule<Policy, S>::compute;
    for_each_panel<C>(
        exec, lines,
        [&](std::size_t first, std::size_t count, std::size_t skip, const auto& panel) {
          C values[std::remove_cvref_t<decltype(panel)>::most_lines];
          panel.template values<rule, false>(one_map<Map>{}, values);
          for (std::size_t k = skip; k < count; ++k) {
            finish(first + k, tree_total<C>{values[k]});
          }
        });
  }
}

/// out[j] = step(... step(step(identity, x(0, j)), x(1, j)) ..., x(rows - 1, j)) for every column j of a matrix whose
/// rows are contiguous: four rows at a time, which is a quarter of the traffic to out.
template <class A, class T, class Step>
DETOPS_NOINLINE void fold_rows(const matrix_view<const T>& x, const A& identity, const Step& step,
                               A* out) {
  const auto row = [&](std::size_t i) {
    return x.data + static_cast<std::ptrdiff_t>(i) * x.row_stride;
  };
  for (std::size_t j = 0; j < x.cols; ++j) {
    out[j] = identity;
  }
  std::size_t i = 0;
  for (; x.rows - i >= 4; i += 4) {
    const T *a = row(i), *b = row(i + 1), *c = row(i + 2), *d = row(i + 3);
    for (std::size_t j = 0; j < x.cols; ++j) {
      out[j] = step(step(step(step(out[j], a[j]), b[j]), c[j]), d[j]);
    }
  }
  for (; i < x.rows; ++i) {
    const T* a = row(i);
    for (std::size_t j = 0; j < x.cols; ++j) {
      out[j] = step(out[j], a[j]);
    }
  }
}

/// finish(j, A) for every column j: its elements joined by step(A, element) and join(A, A), for operations whose order
/// leaves no trace. Columns that lie side by side are walked a row at a time, with a strip of results in cache; any other
/// is alone(column as a matrix, executor).
template <class A, executor E, class T, class Step, class Join, class Alone, class Finish>
void fold_columns(E& exec, const matrix_view<const T>& x, const A& identity, const Step& step,
                  const Join& join, const Alone& alone, const Finish& finish) {
  constexpr std::size_t least = 8, widest = 256, block = 65536; // columns, columns, elements
  if (x.col_stride != 1 || x.row_stride == 1 || x.cols < least || x.rows == 0) {
    each_column(exec, x, [&](std::size_t j, const auto& line, const executor_ref& inner) {
      finish(j, alone(line, inner));
    });
    return;
  }
  const std::size_t width = std::min(x.cols, widest);
  const std::size_t height = exec.concurrency() <= 1 ? x.rows : block / width;
  const std::size_t across = (x.cols - 1) / width + 1, down = (x.rows - 1) / height + 1;
  const scratch<A> parts(down * x.cols);
  for_each_task(exec, across * down, [&](std::size_t task) {
    const std::size_t i = task / across * height, j = task % across * width;
    fold_rows(x.submatrix(i, j, std::min(height, x.rows - i), std::min(width, x.cols - j)),
              identity, step, parts.data() + task / across * x.cols + j);
  });
  with_fp_environment([&] {
    for (std::size_t j = 0; j < x.cols; ++j) {
      A total = parts[j];
      for (std::size_t k = 1; k < down; ++k) {
        total = join(total, parts[k * x.cols + j]);
      }
      finish(j, total);
    }
  });
}

} // namespace detops::inline DETOPS_ISA::detail

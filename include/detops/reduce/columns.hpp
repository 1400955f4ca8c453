// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The lines of a matrix along one axis as columns, each with a tree of its own.
#pragma once

#include <utility>

#include <detops/reduce/total.hpp>

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

/// Refuses an index type that cannot hold every position of a line.
template <std::integral I>
void check_index_type(const char* operation, std::size_t length) {
  if (length != 0 && !std::in_range<I>(length - 1)) {
    invalid(operation, "the type of out cannot hold positions up to ", length - 1);
  }
}

/// about 64 KiB of lines a task, at least one vector of columns
template <class T>
std::size_t columns_per_task(std::size_t length) {
  constexpr std::size_t row = simd::row_lanes<T>;
  const std::size_t wanted = 16384 / std::max<std::size_t>(length, 1);
  return std::max(wanted / row * row, row);
}

/// line_value(j, exec) for every column, in tasks; a single line is as long as it is, so it gets the executor.
template <executor E, class T, class Task>
void for_each_columns(E& exec, const matrix_view<const T>& x, Task&& task) {
  with_fp_environment([&] {
    if (x.cols < simd::row_lanes<T> && x.rows >= 65536) {
      task(std::size_t{0}, x.cols, exec);
    } else {
      for_each_block(exec, x.cols, columns_per_task<T>(x.rows),
                     [&](std::size_t first, std::size_t last) { task(first, last, seq); });
    }
  });
}

/// The policy for the trees of neighbouring columns, which stand side by side in the lanes of V: a node holds
/// one node of V for each lane of the columns' own trees.
template <class Policy, std::size_t Lanes>
struct side_by_side {
  template <class V>
  struct node {
    typename Policy::template node<V> lane[Lanes];
  };
  template <class V>
  static DETOPS_ALWAYS_INLINE node<V> combine(const node<V>& a, const node<V>& b) {
    node<V> result;
    for (std::size_t l = 0; l < Lanes; ++l) {
      result.lane[l] = Policy::combine(a.lane[l], b.lane[l]);
    }
    return result;
  }
};

/// The trees of up to one row of neighbouring columns: W matrix rows are one row of every column's tree, so the
/// matrix is read from top to bottom, once.
template <class Policy, real T, real S>
class columns_walk {
public:
  static constexpr std::size_t row = simd::row_lanes<T>;

  /// Columns [first, first + count).
  columns_walk(const matrix_view<const S>& x, std::size_t first, std::size_t count)
      : x_(x), first_(first), count_(count) {}

  /// out[j] is the value of column first + j, for j < count.
  DETOPS_NOINLINE void values(T* out) const {
    group_node lanes;
    const std::size_t groups = x_.rows / row;
    const std::size_t tail = x_.rows % row;
    if (groups == 0) {
      lanes = group<1>(0, tail);
    } else {
      fold_stack<side_by_side<Policy, row>, V> stack;
      std::size_t g = 0;
      for (; groups - g >= 4; g += 4) {
        stack.push(group<4>(g, row), 4);
      }
      for (; g < groups; ++g) {
        stack.push(group<1>(g, row));
      }
      lanes = stack.fold();
      if (tail != 0) { // lanes below `tail` have one element more than the others
        const group_node longer = stack.fold_with(group<1>(groups, tail));
        std::copy(longer.lane, longer.lane + tail, lanes.lane);
      }
    }
    const std::size_t used = std::min(row, x_.rows);
    for (std::size_t half = row / 2; half > 0; half /= 2) {
      for (std::size_t l = 0; l < half && l + half < used; ++l) {
        lanes.lane[l] = Policy::combine(lanes.lane[l], lanes.lane[l + half]);
      }
    }
    T fields[Policy::fields][row];
    for (std::size_t f = 0; f < Policy::fields; ++f) {
      lanes.lane[0].field[f].store(fields[f]);
    }
    for (std::size_t j = 0; j < count_; ++j) {
      typename Policy::template node<T> root;
      for (std::size_t f = 0; f < Policy::fields; ++f) {
        root.field[f] = fields[f][j];
      }
      out[j] = Policy::value(root);
    }
  }

private:
  using V = simd::lanes<T, row>;
  using lane_node = typename Policy::template node<V>;
  using group_node = typename side_by_side<Policy, row>::template node<V>;

  /// The node over Groups groups of W matrix rows from group g on; lanes from `used` on hold nothing of use.
  template <std::size_t Groups>
  DETOPS_NOINLINE group_node group(std::size_t g, std::size_t used) const {
    group_node result;
    for (std::size_t l = 0; l < used; ++l) {
      result.lane[l] = fold_groups<Groups>(g * row + l);
    }
    for (std::size_t l = used; l < row; ++l) {
      result.lane[l] = result.lane[0];
    }
    return result;
  }
  template <std::size_t Groups>
  DETOPS_ALWAYS_INLINE lane_node fold_groups(std::size_t i) const {
    if constexpr (Groups == 1) {
      return Policy::leaf(load(i));
    } else if constexpr (Groups == 2) {
      return Policy::combine_leaves(load(i), load(i + row));
    } else {
      const lane_node upper = fold_groups<Groups / 2>(i);
      return Policy::combine(upper, fold_groups<Groups / 2>(i + Groups / 2 * row));
    }
  }
  DETOPS_ALWAYS_INLINE V load(std::size_t i) const {
    const S* p = &x_(i, first_);
    return count_ == row ? simd::load_as<T, row>(p) : simd::load_as_strided<T, row>(p, 1, count_);
  }

  matrix_view<const S> x_;
  std::size_t first_;
  std::size_t count_;
};

/// Whether neighbouring columns of lines lie side by side, so that they are better read together.
template <class S>
bool side_by_side_in_memory(const matrix_view<const S>& lines) {
  return lines.rows > 1 && lines.row_stride != 1 && lines.col_stride == 1;
}

/// finish(j, total) for every column j: the policy's sum of the column through Map.
template <class Policy, class Map, executor E, floating S, class Finish>
void sum_columns(E& exec, const matrix_view<const S>& lines, Finish&& finish) {
  for_each_columns(exec, lines, [&](std::size_t first, std::size_t last, auto& inner) {
    if constexpr (real<S> && std::same_as<Map, no_map> && !std::same_as<Policy, exact_t>) {
      if (side_by_side_in_memory(lines)) {
        using rule = typename tree_rule<Policy, S>::rule;
        using C = typename tree_rule<Policy, S>::compute;
        constexpr std::size_t row = simd::row_lanes<C>;
        for (std::size_t j = first; j < last; j += row) {
          C values[row];
          const std::size_t count = std::min(row, last - j);
          columns_walk<rule, C, S>(lines, j, count).values(values);
          for (std::size_t k = 0; k < count; ++k) {
            finish(j + k, tree_total<C>{values[k]});
          }
        }
        return;
      }
    }
    for (std::size_t j = first; j < last; ++j) {
      finish(j, total_of<Policy, S>(inner, source<S, Map>(as_elements(lines.col(j)))));
    }
  });
}

/// finish(j, view of column j as a matrix, executor) for every column.
template <executor E, class S, class Finish>
void each_column(E& exec, const matrix_view<const S>& lines, Finish&& finish) {
  for_each_columns(exec, lines, [&](std::size_t first, std::size_t last, auto& inner) {
    for (std::size_t j = first; j < last; ++j) {
      finish(j, as_elements(lines.col(j)), inner);
    }
  });
}

/// out[j] = value(line j as a matrix, executor) for every line along an axis.
template <executor E, matrix_like X, vector_like Out, class Value>
void each_line(const char* operation, E& exec, const X& x, std::size_t axis, Out& out,
               const Value& value) {
  const auto to = as_vector_output(out);
  const auto lines = lines_of(operation, as_matrix(x), axis, to);
  each_column(exec, lines,
              [&](std::size_t j, const auto& line, auto& inner) { to[j] = value(line, inner); });
}

} // namespace detops::inline DETOPS_ISA::detail

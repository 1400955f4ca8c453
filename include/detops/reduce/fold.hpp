// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// prod, and reduce with an operation of the user, on the tree of the contract, section 2.
#pragma once

#include <functional>
#include <memory>

#include <detops/reduce/sum.hpp>

namespace detops::inline DETOPS_ISA {
namespace detail {

/// Multiplication at every node.
struct product_rule {
  static constexpr std::size_t fields = 1;
  template <class V>
  using node = tree_node<V, 1>;
  template <class V>
  static DETOPS_ALWAYS_INLINE node<V> leaf(const V& x) {
    return {{x}};
  }
  template <class V>
  static DETOPS_ALWAYS_INLINE node<V> combine(const node<V>& a, const node<V>& b) {
    return {{simd::mul(a.field[0], b.field[0])}};
  }
  template <class V>
  static DETOPS_ALWAYS_INLINE node<V> combine_leaves(const V& x, const V& y) {
    return {{simd::mul(x, y)}};
  }
  template <real T>
  static T value(const node<T>& root) {
    return canonical(root.field[0]);
  }
  template <simd::any_lanes V>
  static DETOPS_ALWAYS_INLINE V value(const node<V>& root) {
    return simd::canonical(root.field[0]);
  }
  static constexpr double neutral = 1.0; // x times it is x for every x
};

/// fold_stack for any operation and any type of its results: rows of W of them.
template <class R, class Op>
class operation_stack {
public:
  static constexpr std::size_t row = sizeof(R) <= 4 ? 16 : 8;

  /// For up to `rows` rows.
  operation_stack(const Op& op, std::size_t rows)
      : op_(op), nodes_(new R[static_cast<std::size_t>(std::bit_width(rows)) * row]()) {}

  /// Adds a row of nodes over `units` rows each (a power of two that divides all counts before it); `next` is used up.
  void push(R* next, std::size_t units = 1) {
    auto level = static_cast<std::size_t>(std::countr_zero(units));
    for (; (count_ >> level & 1) != 0; ++level) {
      for (std::size_t lane = 0; lane < row; ++lane) {
        next[lane] = combine(nodes_[level * row + lane], next[lane]);
      }
    }
    std::copy(next, next + row, nodes_.get() + level * row);
    count_ += units;
  }
  /// Adds rows [first, last) of element(i).
  template <class Element>
  void push_rows(const Element& element, std::size_t first, std::size_t last) {
    for (std::size_t r = first; r < last; ++r) {
      R next[row];
      for (std::size_t lane = 0; lane < row; ++lane) {
        next[lane] = element(r * row + lane);
      }
      push(next);
    }
  }
  /// The node over a lane, not of an empty counter.
  R fold(std::size_t lane) const {
    const auto newest = static_cast<std::size_t>(std::countr_zero(count_));
    return fold_onto(nodes_[newest * row + lane], newest + 1, lane);
  }
  /// The same after one more element.
  R fold_with(const R& last, std::size_t lane) const { return fold_onto(last, 0, lane); }

  R combine(const R& a, const R& b) const { return std::invoke(op_, a, b); }

private:
  R fold_onto(R total, std::size_t level, std::size_t lane) const {
    for (std::size_t rest = count_ >> level; rest != 0; rest >>= 1, ++level) {
      if ((rest & 1) != 0) {
        total = combine(nodes_[level * row + lane], total);
      }
    }
    return total;
  }

  const Op& op_;
  std::unique_ptr<R[]> nodes_;
  std::size_t count_ = 0;
};

/// The root of the tree over element(i) for i in [0, n), n > 0; cut as tree_root.
template <class R, class Op, class Element>
R operation_root(const executor_ref& exec, const Op& op, std::size_t n, const Element& element) {
  using stack = operation_stack<R, Op>;
  constexpr std::size_t row = stack::row;
  const std::size_t rows = n / row, tail = n % row;
  stack total(op, rows);
  std::size_t done = 0;
  const std::size_t block = rows_per_block(rows);
  const std::size_t blocks = rows / block;
  if (blocks >= 2 && exec.concurrency() > 1) {
    const std::unique_ptr<R[]> nodes(new R[blocks * row]());
    for_each_task(exec, blocks, [&](std::size_t i) {
      stack part(op, block);
      part.push_rows(element, i * block, (i + 1) * block);
      for (std::size_t lane = 0; lane < row; ++lane) {
        nodes[i * row + lane] = part.fold(lane);
      }
    });
    for (std::size_t i = 0; i < blocks; ++i) {
      total.push(nodes.get() + i * row, block);
    }
    done = blocks * block;
  }
  total.push_rows(element, done, rows);
  R lanes[row];
  const std::size_t used = std::min(row, n);
  for (std::size_t lane = 0; lane < used; ++lane) {
    lanes[lane] =
        lane < tail ? total.fold_with(element(rows * row + lane), lane) : total.fold(lane);
  }
  for (std::size_t half = row / 2; half > 0; half /= 2) {
    for (std::size_t lane = 0; lane < half && lane + half < used; ++lane) {
      lanes[lane] = total.combine(lanes[lane], lanes[lane + half]);
    }
  }
  return lanes[0];
}

} // namespace detail

/// The product of all elements: the tree of the contract, section 2, with *. Of nothing: 1. Integers: as
/// std::int64_t or std::uint64_t, modulo 2^64. Error about n u |prod|; overflow and underflow as the tree meets them.
/// Else as sum; there is no policy.
template <executor E, array_like X>
  requires floating<element_t<X>>
element_t<X> prod(E&& exec, const X& x) {
  using T = element_t<X>;
  using C = detail::compute_t<T>;
  const auto view = detail::checked_elements("prod", "x", x);
  return detail::with_fp_environment([&] {
    if (view.rows == 0 || view.cols == 0) {
      return detail::narrow<T>(C{1});
    }
    const detail::source<T> elements(view);
    const detail::reader<C> operands[] = {detail::reader<C>(elements)};
    const auto root = detail::tree_root<detail::product_rule>(detail::executor_ref(exec), operands);
    return detail::narrow<T>(root.field[0]);
  });
}
template <executor E, array_like X>
  requires std::integral<element_t<X>>
integer_sum_t<element_t<X>> prod(E&& exec, const X& x) {
  const auto view = detail::checked_elements("prod", "x", x);
  const auto step = [](std::uint64_t total, auto value) { return total * detail::word(value); };
  const auto join = [](std::uint64_t a, std::uint64_t b) { return a * b; };
  return static_cast<integer_sum_t<element_t<X>>>(
      detail::reduce_integers(exec, 1, step, join, view));
}
template <array_like X>
auto prod(const X& x) {
  return prod(seq, x);
}

/// The elements joined by an operation of the user.
///
///   exec       an executor; it changes the time, never which results meet
///   x          n elements of any type, any strides, a matrix in row-major order
///   op         R op(const R&, const R&), where an element converts to R; called with the element of the lower index
///              on the left, and by several threads at once where exec has them. It need be neither associative nor
///              commutative: the tree of the contract, section 2, says which results meet (rows of 16 where R has at
///              most 4 bytes, else of 8)
///   identity   the result of nothing; of type R, and not used otherwise
///
/// R is copyable and default-constructible. op runs in the IEEE default environment; whether the compiler fuses its
/// arithmetic is up to the caller. O(n) calls in any order of time, in tasks of at least 1024 rows; memory for O(log n)
/// rows of R (for more threads at most 2048 more). Throws std::invalid_argument for null data with a size, and what
/// op throws.
template <executor E, array_like X, class R, class Op>
  requires(std::convertible_to<element_t<X>, R> &&
           std::is_invocable_r_v<R, const Op&, const R&, const R&>)
R reduce(E&& exec, const X& x, const Op& op, R identity) {
  const auto view = detail::checked_elements("reduce", "x", x);
  const std::size_t n = view.rows * view.cols;
  if (n == 0) {
    return identity;
  }
  return detail::with_fp_environment([&] {
    const auto lines = detail::long_lines(view);
    return detail::operation_root<R>(detail::executor_ref(exec), op, n, [&](std::size_t i) {
      return static_cast<R>(detail::element_at(lines, i));
    });
  });
}
template <array_like X, class R, class Op>
  requires(std::convertible_to<element_t<X>, R> &&
           std::is_invocable_r_v<R, const Op&, const R&, const R&>)
R reduce(const X& x, const Op& op, R identity) {
  return reduce(seq, x, op, identity);
}

} // namespace detops::inline DETOPS_ISA

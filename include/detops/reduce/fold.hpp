// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// prod, and reduce with an operation of the user, on the tree of the contract, section 2.
#pragma once

#include <functional>

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
};

/// The same tree for any operation and any type of its results: rows of W of them.
template <class R, class Op>
class operation_tree {
public:
  static constexpr std::size_t row = sizeof(R) <= 4 ? 16 : 8;

  /// element(i) for i in [0, n), n > 0.
  template <class Element>
  static R root(const Op& op, std::size_t n, const Element& element) {
    R lanes[row];
    const std::size_t rows = n / row, tail = n % row;
    for (std::size_t lane = 0; lane < row && lane < n; ++lane) {
      R partial[48] = {}; // a binary counter of partial results down the rows
      const std::size_t length = rows + (lane < tail ? 1 : 0);
      for (std::size_t i = 0; i < length; ++i) {
        R next = element(i * row + lane);
        std::size_t level = 0;
        for (; (i >> level & 1) != 0; ++level) {
          next = std::invoke(op, partial[level], next);
        }
        partial[level] = next;
      }
      auto level = static_cast<std::size_t>(std::countr_zero(length));
      R total = partial[level];
      for (++level; length >> level != 0; ++level) {
        if ((length >> level & 1) != 0) {
          total = std::invoke(op, partial[level], total);
        }
      }
      lanes[lane] = total;
    }
    const std::size_t used = std::min(row, n);
    for (std::size_t half = row / 2; half > 0; half /= 2) {
      for (std::size_t lane = 0; lane < half && lane + half < used; ++lane) {
        lanes[lane] = std::invoke(op, lanes[lane], lanes[lane + half]);
      }
    }
    return lanes[0];
  }
};

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
///   x          n elements of any type, any strides, a matrix in row-major order
///   op         R op(R, R), where an element converts to R; called with the element of the lower index on the left. It
///              need be neither associative nor commutative: the tree of the contract, section 2, says which results
///              meet (rows of 16 where R has at most 4 bytes, else of 8)
///   identity   the result of nothing; of type R, and not used otherwise
///
/// R is copyable and default-constructible. op runs in the IEEE default environment; whether the compiler fuses its
/// arithmetic is up to the caller. O(n) calls on the calling thread. Throws std::invalid_argument for null data with
/// a size, and what op throws.
template <array_like X, class R, class Op>
  requires(std::convertible_to<element_t<X>, R> && std::invocable<const Op&, R, R>)
R reduce(const X& x, const Op& op, R identity) {
  const auto view = detail::checked_elements("reduce", "x", x);
  const std::size_t n = view.rows * view.cols;
  if (n == 0) {
    return identity;
  }
  return detail::with_fp_environment([&] {
    return detail::operation_tree<R, Op>::root(
        op, n, [&](std::size_t i) { return static_cast<R>(view(i / view.cols, i % view.cols)); });
  });
}

} // namespace detops::inline DETOPS_ISA

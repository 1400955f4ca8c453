// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Panels: up to one row of lanes of neighbouring lines, each with a tree of its own, folded together. The lines are the
// columns of a matrix. Which elements meet is the tree's business (contract, section 2), so a panel gives each line
// the bits that it has alone:
//
//   interleaved   neighbouring lines lie side by side      a register holds the same element of several lines
//   contiguous    neighbours inside a line do              a register holds lanes of one line, and the last steps of
//                                                          several lines share their registers
//   single        any strides, or a long line              the line stands alone
#pragma once

#include <detops/reduce/total.hpp>

namespace detops::inline DETOPS_ISA::detail {

/// The map of every line is the same.
template <class Map>
struct one_map {
  Map map{};
  const Map& of_line(std::size_t) const { return map; }
  template <class V>
  DETOPS_ALWAYS_INLINE const Map& of_lines(std::size_t) const {
    return map;
  }
};
/// x - center, where each line of a panel has a center of its own: of type T, as in deviation.
template <real T>
struct own_centers {
  const T* center;
  deviation<T> of_line(std::size_t k) const { return {center[k]}; }
  template <class V>
  DETOPS_ALWAYS_INLINE lane_deviation<T, V> of_lines(std::size_t k) const {
    return {simd::load_as<typename V::value_type, V::size>(center + k)};
  }
};

/// Leaves of the tree from elements: through a map, and squared for a dot product of a line with itself.
template <class Policy, bool Squared, class Map>
struct leaf_maker {
  Map map;
  template <class V>
  DETOPS_ALWAYS_INLINE auto one(const V& x) const {
    return of(map(x));
  }
  template <class V>
  DETOPS_ALWAYS_INLINE auto two(const V& x, const V& y) const {
    if constexpr (Squared) {
      return Policy::combine(one(x), one(y));
    } else {
      return Policy::combine_leaves(map(x), map(y));
    }
  }
  /// Lanes from `count` on change nothing.
  template <class V>
  DETOPS_ALWAYS_INLINE auto partial(const V& x, std::size_t count) const {
    using C = typename V::value_type;
    const auto used = simd::less(V::iota(), V::broadcast(static_cast<C>(count)));
    return of(simd::select(used, map(x), V::broadcast(static_cast<C>(Policy::neutral))));
  }
  /// The leaf that changes nothing. Squares are never -0, so the square of `neutral`, +0, does for them.
  template <class V>
  static DETOPS_ALWAYS_INLINE auto neutral() {
    return of(V::broadcast(static_cast<typename V::value_type>(Policy::neutral)));
  }

private:
  template <class V>
  static DETOPS_ALWAYS_INLINE auto of(const V& x) {
    if constexpr (Squared) {
      return Policy::leaf(x, x);
    } else {
      return Policy::leaf(x);
    }
  }
};

/// A node out of memory, or into it, field by field: g++ moves a whole node of two fields in halves of a register, and
/// a load that follows waits for both.
template <class V, std::size_t Fields>
DETOPS_ALWAYS_INLINE tree_node<V, Fields> fetch(const tree_node<V, Fields>& from) {
  return [&]<std::size_t... F>(std::index_sequence<F...>) DETOPS_INLINE_LAMBDA {
    return tree_node<V, Fields>{{from.field[F]...}};
  }(std::make_index_sequence<Fields>{});
}
template <class V, std::size_t Fields>
DETOPS_ALWAYS_INLINE void put(tree_node<V, Fields>& to, const tree_node<V, Fields>& from) {
  [&]<std::size_t... F>(std::index_sequence<F...>) DETOPS_INLINE_LAMBDA {
    ((to.field[F] = from.field[F]), ...);
  }(std::make_index_sequence<Fields>{});
}

/// Down the rows of the tree, for the lanes of one register: V at p, p + step, p + 2 step ...
template <class Policy, class V, class Leaf, floating S, class Step>
struct rows_fold {
  using node = typename Policy::template node<V>;

  Leaf leaf;
  [[no_unique_address]] Step step;

  /// The node over a power of two of rows, in registers.
  template <std::size_t Rows>
  DETOPS_ALWAYS_INLINE node power(const S* p, std::integral_constant<std::size_t, Rows>) const {
    std::ptrdiff_t at = 0;
    return power_from<Rows>(p, at);
  }
  /// The same for 16 rows or more, not inlined: one copy of the long unrolled code. (A function that calls itself for
  /// the halves took half as much time again.)
  DETOPS_NOINLINE node power(const S* p, std::size_t rows) const {
    constexpr std::integral_constant<std::size_t, 16> unit;
    node levels[48]; // of a binary counter
    for (std::size_t units = 1;; ++units, p = after(p, unit)) {
      node next = power(p, unit);
      std::size_t level = 0;
      for (; (units >> level & 1) == 0; ++level) {
        next = Policy::combine(levels[level], next);
      }
      if (units * unit == rows) {
        return next;
      }
      levels[level] = next;
    }
  }
  DETOPS_ALWAYS_INLINE const S* after(const S* p, std::size_t rows) const {
    return p + static_cast<std::ptrdiff_t>(rows) * step;
  }

private:
  template <std::size_t Rows>
  DETOPS_ALWAYS_INLINE node power_from(const S* p, std::ptrdiff_t& at) const {
    if constexpr (Rows == 1) {
      return leaf.one(next(p, at));
    } else if constexpr (Rows == 2) {
      const V x = next(p, at);
      return leaf.two(x, next(p, at));
    } else {
      const node upper = power_from<Rows / 2>(p, at);
      return Policy::combine(upper, power_from<Rows / 2>(p, at));
    }
  }
  DETOPS_ALWAYS_INLINE V next(const S* p, std::ptrdiff_t& at) const {
    const V x = simd::load_as<typename V::value_type, V::size>(p + at);
    at += step;
    return x;
  }
};

/// before(rows, from, size) for the rows of a binary counter, from its newest entry to its oldest: `size` is a power of
/// two, and a constant up to 8. (Written out: each function between would be one more copy to compile.)
template <class Before>
DETOPS_ALWAYS_INLINE void newest_first(std::size_t rows, const Before& before) {
  if ((rows & 1) != 0) {
    before(rows -= 1, std::integral_constant<std::size_t, 1>{});
  }
  if ((rows & 2) != 0) {
    before(rows -= 2, std::integral_constant<std::size_t, 2>{});
  }
  if ((rows & 4) != 0) {
    before(rows -= 4, std::integral_constant<std::size_t, 4>{});
  }
  if ((rows & 8) != 0) {
    before(rows -= 8, std::integral_constant<std::size_t, 8>{});
  }
  for (std::size_t size = 16; rows != 0; size *= 2) {
    if ((rows & size) != 0) {
      before(rows -= size, size);
    }
  }
}

/// A line of any strides or any length by itself.
template <real C, floating S>
struct single_line {
  static constexpr std::size_t most_lines = 1;
  const executor_ref& exec;
  matrix_view<const S> elements;

  template <class Policy, bool Squared, class Maps>
  void values(const Maps& maps, C* out) const {
    if (elements.rows * elements.cols == 0) {
      *out = 0;
      return;
    }
    using map = std::remove_cvref_t<decltype(maps.of_line(0))>;
    const source<S, map> from(elements, maps.of_line(0));
    if constexpr (Squared) {
      const reader<C> operands[] = {reader<C>(from), reader<C>(from)};
      *out = Policy::value(tree_root<Policy>(exec, operands));
    } else {
      const reader<C> operands[] = {reader<C>(from)};
      *out = Policy::value(tree_root<Policy>(exec, operands));
    }
  }
};

} // namespace detops::inline DETOPS_ISA::detail

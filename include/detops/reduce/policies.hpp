// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// What a node of the reduction tree is: a leaf, a combination, a value (contract, section 2).
#pragma once

#include <concepts>

#include <detops/core/element.hpp>
#include <detops/simd/simd.hpp>

namespace detops::inline DETOPS_ISA {
namespace detail {

/// A node holds `Fields` values per lane; V is lanes or a single float or double.
template <class V, std::size_t Fields>
struct tree_node {
  V field[Fields];
};

} // namespace detail

/// Plain floating-point addition at every node: |error| <= about (log2(n/16) + 4) u sum|x|.
struct pairwise_t {
  static constexpr std::size_t fields = 1;
  template <class V>
  using node = detail::tree_node<V, 1>;

  template <class V>
  static DETOPS_ALWAYS_INLINE node<V> leaf(const V& x) {
    return {{x}};
  }
  /// The leaf of a product in a dot product.
  template <class V>
  static DETOPS_ALWAYS_INLINE node<V> leaf(const V& x, const V& y) {
    return {{simd::mul(x, y)}};
  }
  template <class V>
  static DETOPS_ALWAYS_INLINE node<V> combine(const node<V>& a, const node<V>& b) {
    return {{simd::add(a.field[0], b.field[0])}};
  }
  template <class V>
  static DETOPS_ALWAYS_INLINE node<V> combine_leaves(const V& x, const V& y) {
    return {{simd::add(x, y)}};
  }
  template <real T>
  static T value(const node<T>& root) {
    return detail::canonical(root.field[0]);
  }
  template <simd::any_lanes V>
  static DETOPS_ALWAYS_INLINE V value(const node<V>& root) {
    return simd::canonical(root.field[0]);
  }
  /// The leaf of it changes no value when combined: x + -0 is x for every x, -0 too.
  static constexpr double neutral = -0.0;
};

/// Compensated (Kahan-Babuska): the rounding errors of the sums are summed beside them;
/// |error| <= u |s| + O(u^2) sum|x|.
struct kahan_t {
  static constexpr std::size_t fields = 2;
  template <class V>
  using node = detail::tree_node<V, 2>;

  template <simd::any_lanes V>
  static DETOPS_ALWAYS_INLINE node<V> leaf(const V& x) {
    return {{x, V::broadcast(0)}};
  }
  template <real T>
  static DETOPS_ALWAYS_INLINE node<T> leaf(T x) {
    return {{x, T{0}}};
  }
  template <simd::any_lanes V>
  static DETOPS_ALWAYS_INLINE node<V> leaf(const V& x, const V& y) {
    const V product = simd::mul(x, y);
    return {{product, simd::fma(x, y, simd::neg(product))}};
  }
  template <class V>
  static DETOPS_ALWAYS_INLINE node<V> combine(const node<V>& a, const node<V>& b) {
    const auto [sum, error] = simd::two_sum(a.field[0], b.field[0]);
    return {{sum, simd::add(simd::add(a.field[1], b.field[1]), error)}};
  }
  /// combine of two leaves: 0 + 0 + error is error, which is never -0.
  template <class V>
  static DETOPS_ALWAYS_INLINE node<V> combine_leaves(const V& x, const V& y) {
    const auto [sum, error] = simd::two_sum(x, y);
    return {{sum, error}};
  }
  template <real T>
  static T value(const node<T>& root) {
    const T sum = root.field[0];
    const T error = root.field[1];
    if (error == 0 || !detail::is_finite(sum) || !detail::is_finite(error)) {
      return detail::canonical(sum);
    }
    return sum + error;
  }
  template <simd::any_lanes V>
  static DETOPS_ALWAYS_INLINE V value(const node<V>& root) {
    using T = typename V::value_type;
    const V& sum = root.field[0];
    const V& error = root.field[1];
    const V infinity = V::broadcast(detail::from_bits<T>(detail::infinity_bits<T>));
    const auto finite = simd::mask_and(simd::less(simd::abs(sum), infinity),
                                       simd::less(simd::abs(error), infinity));
    const auto compensated = simd::mask_and(finite, simd::not_equal(error, V::broadcast(0)));
    return simd::select(compensated, simd::add(sum, error), simd::canonical(sum));
  }
  /// As of pairwise: the error of s + -0 is +0, and of infinite or NaN s the error does not count.
  static constexpr double neutral = -0.0;
};

/// Twice the precision: float, half and bfloat16 are summed pairwise in double and rounded once; double is summed
/// as kahan.
struct wide_t {};

/// The correctly rounded real result, for any order of the elements: |error| <= half an ulp.
struct exact_t {};

inline constexpr pairwise_t pairwise;
inline constexpr kahan_t kahan;
inline constexpr wide_t wide;
inline constexpr exact_t exact;

/// The policies of everything that is a sum.
template <class P>
concept sum_policy = std::same_as<P, pairwise_t> || std::same_as<P, kahan_t> ||
                     std::same_as<P, wide_t> || std::same_as<P, exact_t>;

namespace detail {

/// A policy for elements of T: the rule of the tree's nodes and the type it computes in.
template <sum_policy Policy, floating T>
struct tree_rule {
  using rule = Policy;
  using compute = compute_t<T>;
};
template <floating T>
struct tree_rule<wide_t, T> {
  using rule = std::conditional_t<std::same_as<T, double>, kahan_t, pairwise_t>;
  using compute = double;
};

} // namespace detail
} // namespace detops::inline DETOPS_ISA

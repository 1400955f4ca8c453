// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Sums, dot products and products of data that comes in chunks, with the bits of one call over all of it.
#pragma once

#include <detops/reduce/exact_accumulator.hpp>
#include <detops/reduce/fold.hpp>
#include <detops/reduce/stream.hpp>

namespace detops::inline DETOPS_ISA {

/// A running sum: any chunks, added in order, end in the bits of sum(all of them, policy).
///
///   T        float, double, Eigen::half or Eigen::bfloat16
///   Policy   pairwise_t (default), kahan_t, wide_t; exact_t has more: reduce/exact_accumulator.hpp
///
/// Order, error, special values as sum. O(n) time; O(1) memory, about 3 KB (kahan: 6). Not safe for use by two threads
/// at once.
template <floating T, sum_policy Policy>
class accumulator {
public:
  /// Adds one element.
  void add(const T& value) { stream_.add(value); }
  /// Adds elements in order, a matrix in row-major order. Throws std::invalid_argument for null data with a size.
  template <array_like X>
    requires std::same_as<element_t<X>, T>
  void add(const X& x) {
    stream_.add_all(detail::checked_elements("accumulator::add", "x", x));
  }
  /// Adds what `right` holds behind all that is here. The sum of both is a node of the whole's tree only where the
  /// count so far is a multiple of W * 2^floor(log2(ceil(n / W))), n the count of `right` and W the lanes of a row
  /// (16 where the policy computes in float, 8 in double); else throws std::invalid_argument, nothing is changed.
  void merge(const accumulator& right) { stream_.merge("accumulator::merge", right.stream_); }
  /// The sum of all that was added; +0 of nothing.
  T value() const { return stream_.value(0); }
  /// How many elements were added.
  std::size_t count() const { return stream_.count(); }

private:
  detail::policy_stream<T, Policy, 1> stream_;
};

/// A running dot product: any chunks, added in order, end in the bits of dot(all x, all y, policy). Else as
/// accumulator, whose merge it has; with exact_t every merge is allowed.
template <floating T, sum_policy Policy = pairwise_t>
class dot_accumulator {
public:
  /// Adds the product of two elements.
  void add(const T& x, const T& y) { stream_.add(x, y); }
  /// Adds the products of elements in order. Throws std::invalid_argument where the shapes differ, or for null data
  /// with a size.
  template <array_like X, array_like Y>
    requires(std::same_as<element_t<X>, T> && std::same_as<element_t<Y>, T>)
  void add(const X& x, const Y& y) {
    const auto a = detail::checked_elements("dot_accumulator::add", "x", x);
    const auto b = detail::checked_elements("dot_accumulator::add", "y", y);
    detail::check_same_shape("dot_accumulator::add", a, b);
    stream_.add_all(a, b);
  }
  void merge(const dot_accumulator& right) {
    stream_.merge("dot_accumulator::merge", right.stream_);
  }
  /// The dot product of all that was added; +0 of nothing.
  T value() const { return stream_.value(0); }
  /// How many products were added.
  std::size_t count() const { return stream_.count(); }

private:
  std::conditional_t<std::same_as<Policy, exact_t>, detail::exact_products<T>,
                     detail::policy_stream<T, Policy, 2>>
      stream_;
};

/// A running product: any chunks, added in order, end in the bits of prod(all of them). Else as accumulator<T>, whose
/// merge it has; there is no policy.
template <floating T>
class prod_accumulator {
public:
  /// Adds one element.
  void add(const T& value) { stream_.add(value); }
  /// Adds elements in order. Throws std::invalid_argument for null data with a size.
  template <array_like X>
    requires std::same_as<element_t<X>, T>
  void add(const X& x) {
    stream_.add_all(detail::checked_elements("prod_accumulator::add", "x", x));
  }
  void merge(const prod_accumulator& right) {
    stream_.merge("prod_accumulator::merge", right.stream_);
  }
  /// The product of all that was added; 1 of nothing.
  T value() const { return stream_.value(1); }
  /// How many elements were added.
  std::size_t count() const { return stream_.count(); }

private:
  detail::tree_stream<detail::product_rule, detail::compute_t<T>, T, 1> stream_;
};

} // namespace detops::inline DETOPS_ISA

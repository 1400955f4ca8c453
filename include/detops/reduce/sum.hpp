// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// sum, dot and mean of all elements.
#pragma once

#include <detops/reduce/tree.hpp>

namespace detops::inline DETOPS_ISA {

/// The sum of all elements.
///
///   x        n elements of float or double, any strides, a matrix in row-major order; n = 0 gives +0
///   policy   pairwise (default) or kahan
///   exec     an executor; it changes the time, never a bit
///
/// Order: the reduction tree of the contract, section 2. Error: pairwise about (log2(n/16) + 4) u sum|x|,
/// kahan u|s| + O(u^2) sum|x|, with u = 2^-24 or 2^-53. NaN, or infinities of both signs: the canonical
/// NaN; all -0: -0. O(n) time, O(1) memory (O(log n) for more threads, at most 256 KiB). Throws
/// std::invalid_argument for null data with a size. Pairwise summation: Higham 1993; the compensation:
/// Kahan 1965, Babuska 1969, with Knuth's TwoSum.
template <executor E, array_like X, sum_policy Policy = pairwise_t>
  requires real<element_t<X>>
element_t<X> sum(E&& exec, const X& x, Policy = {}) {
  const auto view = detail::as_elements(x);
  detail::check_view("sum", "x", view);
  return detail::with_fp_environment([&] { return detail::tree_value<Policy>(exec, view); });
}
template <array_like X, sum_policy Policy = pairwise_t>
  requires real<element_t<X>>
element_t<X> sum(const X& x, Policy policy = {}) {
  return sum(seq, x, policy);
}

/// The sum of x[i] * y[i].
///
///   x, y     n elements each, of the same type and shape; n = 0 gives +0
///   policy   pairwise: the products are rounded, so this has the bits of the sum over them;
///            kahan: the error of each product enters the compensation (as if in twice the precision)
///
/// Order, executor, special values, complexity as sum. Error: pairwise about (log2(n/16) + 5) u sum|x y|,
/// kahan u|s| + O(u^2) sum|x y|. Throws std::invalid_argument where the shapes differ, or for null data with
/// a size. The compensated product: Ogita, Rump, Oishi 2005 on the tree of section 2.
template <executor E, array_like X, array_like Y, sum_policy Policy = pairwise_t>
  requires(real<element_t<X>> && std::same_as<element_t<X>, element_t<Y>>)
element_t<X> dot(E&& exec, const X& x, const Y& y, Policy = {}) {
  const auto a = detail::as_elements(x);
  const auto b = detail::as_elements(y);
  detail::check_view("dot", "x", a);
  detail::check_view("dot", "y", b);
  if (a.rows != b.rows || a.cols != b.cols) {
    detail::invalid("dot", "x ", detail::text(a), " and y ", detail::text(b), " differ in shape");
  }
  return detail::with_fp_environment([&] { return detail::tree_value<Policy>(exec, a, b); });
}
template <array_like X, array_like Y, sum_policy Policy = pairwise_t>
  requires(real<element_t<X>> && std::same_as<element_t<X>, element_t<Y>>)
element_t<X> dot(const X& x, const Y& y, Policy policy = {}) {
  return dot(seq, x, y, policy);
}

namespace detail {

/// A sum divided by its count in double, rounded to T once more.
template <real T>
T mean_value(T total, std::size_t n) {
  return canonical(static_cast<T>(static_cast<double>(total) / static_cast<double>(n)));
}

} // namespace detail

/// The arithmetic mean: the policy's sum divided by n in double, rounded to T. Of nothing: NaN. Else as sum.
template <executor E, array_like X, sum_policy Policy = pairwise_t>
  requires real<element_t<X>>
element_t<X> mean(E&& exec, const X& x, Policy = {}) {
  const auto view = detail::as_elements(x);
  detail::check_view("mean", "x", view);
  return detail::with_fp_environment([&] {
    return detail::mean_value(detail::tree_value<Policy>(exec, view), view.rows * view.cols);
  });
}
template <array_like X, sum_policy Policy = pairwise_t>
  requires real<element_t<X>>
element_t<X> mean(const X& x, Policy policy = {}) {
  return mean(seq, x, policy);
}

} // namespace detops::inline DETOPS_ISA

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// sum, dot, mean and norm1 of all elements.
#pragma once

#include <detops/reduce/integers.hpp>
#include <detops/reduce/total.hpp>

namespace detops::inline DETOPS_ISA {
namespace detail {

template <class T, class U>
DETOPS_ALWAYS_INLINE void check_same_shape(const char* operation, const matrix_view<T>& x,
                                           const matrix_view<U>& y) {
  if (x.rows != y.rows || x.cols != y.cols) [[unlikely]] {
    invalid(operation, "x ", text(x), " and y ", text(y), " differ in shape");
  }
}

} // namespace detail

/// The sum of all elements.
///
///   x        n elements of float, double, Eigen::half or Eigen::bfloat16, any strides, a matrix in row-major order;
///            n = 0 gives +0
///   policy   pairwise (default), kahan, wide or exact
///   exec     an executor; it changes the time, never a bit
///
/// Order: the reduction tree of the contract, section 2; `exact` has none. Error: pairwise about
/// (log2(n/16) + 4) u sum|x|, kahan u|s| + O(u^2) sum|x|, with u = 2^-24 or 2^-53; wide u|s| + 2^-53 (log2(n/8) + 3)
/// sum|x| for float; exact half an ulp of the real sum. 16-bit elements are summed in float and rounded once more
/// (exact: once). NaN, or infinities of both signs: the canonical NaN; all -0: -0. O(n) time, O(1) memory (O(log n)
/// for more threads, at most 256 KiB). Throws std::invalid_argument for null data with a size. Pairwise summation:
/// Higham 1993; the compensation: Kahan 1965, Babuska 1969, with Knuth's TwoSum; exact: see reduce/exact.hpp.
template <executor E, array_like X, sum_policy Policy = pairwise_t>
  requires floating<element_t<X>>
element_t<X> sum(E&& exec, const X& x, Policy = {}) {
  using T = element_t<X>;
  const auto view = detail::checked_elements("sum", "x", x);
  return detail::rounded_total<Policy, T>(exec, view);
}
template <array_like X, sum_policy Policy = pairwise_t>
  requires floating<element_t<X>>
element_t<X> sum(const X& x, Policy policy = {}) {
  return sum(seq, x, policy);
}

/// The sum of integers, as std::int64_t or std::uint64_t modulo 2^64. Exact; else as sum.
template <executor E, array_like X>
  requires std::integral<element_t<X>>
integer_sum_t<element_t<X>> sum(E&& exec, const X& x) {
  const auto step = [](std::uint64_t total, auto value) { return total + detail::word(value); };
  const auto view = detail::checked_elements("sum", "x", x);
  return static_cast<integer_sum_t<element_t<X>>>(
      detail::reduce_integers(exec, 0, step, detail::add_words, view));
}
template <array_like X>
  requires std::integral<element_t<X>>
integer_sum_t<element_t<X>> sum(const X& x) {
  return sum(seq, x);
}

/// The sum of x[i] * y[i].
///
///   x, y     n elements each, of the same type and shape; n = 0 gives +0
///   policy   pairwise: the products are rounded, so this has the bits of the sum over them; kahan: the error of each
///            product enters the compensation (as if in twice the precision); wide: for float and 16-bit elements the
///            products are exact and summed in double, double is as kahan; exact: the real dot product, rounded once
///
/// Order, executor, special values, complexity as sum. Error: pairwise about (log2(n/16) + 5) u sum|x y|,
/// kahan u|s| + O(u^2) sum|x y|, exact half an ulp. Throws std::invalid_argument where the shapes differ, or for null
/// data with a size. The compensated product: Ogita, Rump, Oishi 2005 on the tree of section 2.
template <executor E, array_like X, array_like Y, sum_policy Policy = pairwise_t>
  requires(floating<element_t<X>> && std::same_as<element_t<X>, element_t<Y>>)
element_t<X> dot(E&& exec, const X& x, const Y& y, Policy = {}) {
  using T = element_t<X>;
  const auto a = detail::checked_elements("dot", "x", x);
  const auto b = detail::checked_elements("dot", "y", y);
  detail::check_same_shape("dot", a, b);
  return detail::rounded_total<Policy, T>(exec, a, b);
}
template <array_like X, array_like Y, sum_policy Policy = pairwise_t>
  requires(floating<element_t<X>> && std::same_as<element_t<X>, element_t<Y>>)
element_t<X> dot(const X& x, const Y& y, Policy policy = {}) {
  return dot(seq, x, y, policy);
}

/// The dot product of integers, modulo 2^64 as their sum.
template <executor E, array_like X, array_like Y>
  requires(std::integral<element_t<X>> && std::same_as<element_t<X>, element_t<Y>>)
integer_sum_t<element_t<X>> dot(E&& exec, const X& x, const Y& y) {
  const auto a = detail::checked_elements("dot", "x", x);
  const auto b = detail::checked_elements("dot", "y", y);
  detail::check_same_shape("dot", a, b);
  const auto step = [](std::uint64_t total, auto left, auto right) {
    return total + detail::word(left) * detail::word(right);
  };
  return static_cast<integer_sum_t<element_t<X>>>(
      detail::reduce_integers(exec, 0, step, detail::add_words, a, b));
}
template <array_like X, array_like Y>
  requires(std::integral<element_t<X>> && std::same_as<element_t<X>, element_t<Y>>)
integer_sum_t<element_t<X>> dot(const X& x, const Y& y) {
  return dot(seq, x, y);
}

/// The arithmetic mean: the policy's sum divided by n in double, rounded to T (exact: the real mean, rounded once). Of
/// nothing: NaN. Else as sum.
template <executor E, array_like X, sum_policy Policy = pairwise_t>
  requires floating<element_t<X>>
element_t<X> mean(E&& exec, const X& x, Policy = {}) {
  using T = element_t<X>;
  const auto view = detail::checked_elements("mean", "x", x);
  return detail::with_fp_environment([&] {
    return detail::total<Policy, T>(exec, view).template divided<T>(view.rows * view.cols);
  });
}
template <array_like X, sum_policy Policy = pairwise_t>
  requires floating<element_t<X>>
element_t<X> mean(const X& x, Policy policy = {}) {
  return mean(seq, x, policy);
}

/// The mean of integers, a double: their sum (modulo 2^64) as a double, divided by n. Of nothing: NaN.
template <executor E, array_like X>
  requires std::integral<element_t<X>>
double mean(E&& exec, const X& x) {
  const auto view = detail::checked_elements("mean", "x", x);
  const auto total = sum(exec, x);
  return detail::with_fp_environment([&] {
    return detail::tree_total<double>{static_cast<double>(total)}.template divided<double>(
        view.rows * view.cols);
  });
}
template <array_like X>
  requires std::integral<element_t<X>>
double mean(const X& x) {
  return mean(seq, x);
}

/// The sum of the magnitudes |x[i]|; as sum.
template <executor E, array_like X, sum_policy Policy = pairwise_t>
  requires floating<element_t<X>>
element_t<X> norm1(E&& exec, const X& x, Policy = {}) {
  using T = element_t<X>;
  const auto view = detail::checked_elements("norm1", "x", x);
  return detail::with_fp_environment([&] {
    return detail::total_of<Policy, T>(exec, detail::source<T, detail::absolute_value>(view))
        .template rounded<T>();
  });
}
template <array_like X, sum_policy Policy = pairwise_t>
  requires floating<element_t<X>>
element_t<X> norm1(const X& x, Policy policy = {}) {
  return norm1(seq, x, policy);
}

} // namespace detops::inline DETOPS_ISA

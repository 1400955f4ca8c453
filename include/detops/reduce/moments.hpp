// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// variance, standard deviation and covariance of all elements.
#pragma once

#include <detops/reduce/sum.hpp>

namespace detops::inline DETOPS_ISA {
namespace detail {

/// The mean of a view, in the type that its elements are computed in; exact: rounded once to the element type.
template <sum_policy Policy, executor E, floating T>
compute_t<T> center_of(E& exec, const matrix_view<const T>& x) {
  const auto sum = total<Policy, T>(exec, x);
  using C = compute_t<T>;
  if constexpr (std::same_as<Policy, exact_t>) {
    return widen(sum.template divided<T>(x.rows * x.cols));
  } else {
    return sum.template divided<C>(x.rows * x.cols);
  }
}

/// The sum of products of deviations divided by n - ddof, as F; NaN where n <= ddof.
template <sum_policy Policy, floating F, executor E, floating T, class... More>
F divided_deviations(E& exec, std::size_t ddof, const matrix_view<const T>& x, const More&... y) {
  const std::size_t n = x.rows * x.cols;
  if (n <= ddof) {
    return element_from_bits<F>(float_format<F>::nan);
  }
  const auto deviations = [&](const auto& view) {
    using map = deviation<compute_t<T>>;
    return source<T, map>(view, map{center_of<Policy>(exec, view)});
  };
  const auto left = deviations(x);
  if constexpr (sizeof...(More) == 0) {
    return total_of<Policy, T>(exec, left, left).template divided<F>(n - ddof);
  } else {
    return total_of<Policy, T>(exec, left, deviations(y)...).template divided<F>(n - ddof);
  }
}

/// sqrt(variance) in double, rounded to the type that T is computed in and to T.
template <floating T>
T root_of(compute_t<T> variance) {
  const auto root = simd::sqrt(
      simd::lanes<double, simd::register_lanes<double>>::broadcast(static_cast<double>(variance)));
  return narrow<T>(static_cast<compute_t<T>>(root.get(0)));
}

} // namespace detail

/// The variance: with m = mean(x, policy) rounded, the policy's sum of (x[i] - m)^2 divided by n - ddof.
///
///   x        n elements of float, double or 16 bits, any strides
///   ddof     0: of a population (default), 1: estimated from a sample
///   policy   pairwise (default), kahan, wide or exact
///
/// Two passes (contract, section 2): differences rounded in the element's computing type, their squares and sum as
/// dot, the division in double and rounded once (exact: divided exactly). NaN where n <= ddof. Error: as dot of the
/// rounded differences. O(n). Throws std::invalid_argument for null data with a size. Method: Chan, Golub,
/// LeVeque 1983 (two-pass).
template <executor E, array_like X, sum_policy Policy = pairwise_t>
  requires floating<element_t<X>>
element_t<X> variance(E&& exec, const X& x, std::size_t ddof = 0, Policy = {}) {
  using T = element_t<X>;
  const auto view = detail::checked_elements("variance", "x", x);
  return detail::with_fp_environment(
      [&] { return detail::divided_deviations<Policy, T>(exec, ddof, view); });
}
template <array_like X, sum_policy Policy = pairwise_t>
  requires floating<element_t<X>>
element_t<X> variance(const X& x, std::size_t ddof = 0, Policy policy = {}) {
  return variance(seq, x, ddof, policy);
}

/// The standard deviation: the root of the variance (before its rounding to 16 bits), taken in double and rounded to
/// T. Else as variance.
template <executor E, array_like X, sum_policy Policy = pairwise_t>
  requires floating<element_t<X>>
element_t<X> stddev(E&& exec, const X& x, std::size_t ddof = 0, Policy = {}) {
  using T = element_t<X>;
  const auto view = detail::checked_elements("stddev", "x", x);
  return detail::with_fp_environment([&] {
    return detail::root_of<T>(
        detail::divided_deviations<Policy, detail::compute_t<T>>(exec, ddof, view));
  });
}
template <array_like X, sum_policy Policy = pairwise_t>
  requires floating<element_t<X>>
element_t<X> stddev(const X& x, std::size_t ddof = 0, Policy policy = {}) {
  return stddev(seq, x, ddof, policy);
}

/// The covariance: as variance, with the sum of (x[i] - mean(x)) * (y[i] - mean(y)). Throws where the shapes differ.
template <executor E, array_like X, array_like Y, sum_policy Policy = pairwise_t>
  requires(floating<element_t<X>> && std::same_as<element_t<X>, element_t<Y>>)
element_t<X> covariance(E&& exec, const X& x, const Y& y, std::size_t ddof = 0, Policy = {}) {
  using T = element_t<X>;
  const auto a = detail::checked_elements("covariance", "x", x);
  const auto b = detail::checked_elements("covariance", "y", y);
  detail::check_same_shape("covariance", a, b);
  return detail::with_fp_environment(
      [&] { return detail::divided_deviations<Policy, T>(exec, ddof, a, b); });
}
template <array_like X, array_like Y, sum_policy Policy = pairwise_t>
  requires(floating<element_t<X>> && std::same_as<element_t<X>, element_t<Y>>)
element_t<X> covariance(const X& x, const Y& y, std::size_t ddof = 0, Policy policy = {}) {
  return covariance(seq, x, y, ddof, policy);
}

} // namespace detops::inline DETOPS_ISA

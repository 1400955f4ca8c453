// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Reductions of all elements by the kernels of the CPU that the program runs on.
#pragma once

#include <detops/dispatch/call.hpp>

namespace detops::dispatch::inline DETOPS_ISA {
namespace detail {

/// Of x, or of x and y, which are then of one type.
template <plain::reduction Operation, class Policy, class Result = void, executor E, class X,
          class... Y>
auto reduce(E& exec, std::size_t ddof, const X& x, const Y&... y) {
  std::conditional_t<std::is_void_v<Result>, element_t<X>, Result> result{};
  const auto run = plain::current_kernels()
                       .reduce.of[static_cast<std::size_t>(Operation)]
                       .of[element_index<element_t<X>>()]
                       .run[policy_index<Policy>()];
  run(to_plain_executor(exec), {&result, ddof, to_plain(detops::detail::as_elements(x)),
                                to_plain(detops::detail::as_elements(y))...});
  return result;
}

} // namespace detail

/// detops::sum (its card: detops/reduce/sum.hpp), the same bits and errors. Integers are in detops/reduce.hpp alone.
template <executor E, array_like X, sum_policy Policy = pairwise_t>
  requires floating<element_t<X>>
element_t<X> sum(E&& exec, const X& x, Policy = {}) {
  return detail::reduce<plain::reduction::sum, Policy>(exec, 0, x);
}
template <array_like X, sum_policy Policy = pairwise_t>
  requires floating<element_t<X>>
element_t<X> sum(const X& x, Policy policy = {}) {
  return dispatch::sum(seq, x, policy);
}

/// detops::dot (detops/reduce/sum.hpp).
template <executor E, array_like X, array_like Y, sum_policy Policy = pairwise_t>
  requires(floating<element_t<X>> && std::same_as<element_t<X>, element_t<Y>>)
element_t<X> dot(E&& exec, const X& x, const Y& y, Policy = {}) {
  return detail::reduce<plain::reduction::dot, Policy>(exec, 0, x, y);
}
template <array_like X, array_like Y, sum_policy Policy = pairwise_t>
  requires(floating<element_t<X>> && std::same_as<element_t<X>, element_t<Y>>)
element_t<X> dot(const X& x, const Y& y, Policy policy = {}) {
  return dispatch::dot(seq, x, y, policy);
}

/// detops::mean (detops/reduce/sum.hpp).
template <executor E, array_like X, sum_policy Policy = pairwise_t>
  requires floating<element_t<X>>
element_t<X> mean(E&& exec, const X& x, Policy = {}) {
  return detail::reduce<plain::reduction::mean, Policy>(exec, 0, x);
}
template <array_like X, sum_policy Policy = pairwise_t>
  requires floating<element_t<X>>
element_t<X> mean(const X& x, Policy policy = {}) {
  return dispatch::mean(seq, x, policy);
}

/// detops::norm1 (detops/reduce/sum.hpp).
template <executor E, array_like X, sum_policy Policy = pairwise_t>
  requires floating<element_t<X>>
element_t<X> norm1(E&& exec, const X& x, Policy = {}) {
  return detail::reduce<plain::reduction::norm1, Policy>(exec, 0, x);
}
template <array_like X, sum_policy Policy = pairwise_t>
  requires floating<element_t<X>>
element_t<X> norm1(const X& x, Policy policy = {}) {
  return dispatch::norm1(seq, x, policy);
}

/// detops::norm2 (detops/reduce/norm.hpp).
template <executor E, array_like X>
  requires floating<element_t<X>>
element_t<X> norm2(E&& exec, const X& x) {
  return detail::reduce<plain::reduction::norm2, pairwise_t>(exec, 0, x);
}
template <array_like X>
  requires floating<element_t<X>>
element_t<X> norm2(const X& x) {
  return dispatch::norm2(seq, x);
}

/// detops::variance (detops/reduce/moments.hpp).
template <executor E, array_like X, sum_policy Policy = pairwise_t>
  requires floating<element_t<X>>
element_t<X> variance(E&& exec, const X& x, std::size_t ddof = 0, Policy = {}) {
  return detail::reduce<plain::reduction::variance, Policy>(exec, ddof, x);
}
template <array_like X, sum_policy Policy = pairwise_t>
  requires floating<element_t<X>>
element_t<X> variance(const X& x, std::size_t ddof = 0, Policy policy = {}) {
  return dispatch::variance(seq, x, ddof, policy);
}

/// detops::stddev (detops/reduce/moments.hpp).
template <executor E, array_like X, sum_policy Policy = pairwise_t>
  requires floating<element_t<X>>
element_t<X> stddev(E&& exec, const X& x, std::size_t ddof = 0, Policy = {}) {
  return detail::reduce<plain::reduction::stddev, Policy>(exec, ddof, x);
}
template <array_like X, sum_policy Policy = pairwise_t>
  requires floating<element_t<X>>
element_t<X> stddev(const X& x, std::size_t ddof = 0, Policy policy = {}) {
  return dispatch::stddev(seq, x, ddof, policy);
}

/// detops::covariance (detops/reduce/moments.hpp).
template <executor E, array_like X, array_like Y, sum_policy Policy = pairwise_t>
  requires(floating<element_t<X>> && std::same_as<element_t<X>, element_t<Y>>)
element_t<X> covariance(E&& exec, const X& x, const Y& y, std::size_t ddof = 0, Policy = {}) {
  return detail::reduce<plain::reduction::covariance, Policy>(exec, ddof, x, y);
}
template <array_like X, array_like Y, sum_policy Policy = pairwise_t>
  requires(floating<element_t<X>> && std::same_as<element_t<X>, element_t<Y>>)
element_t<X> covariance(const X& x, const Y& y, std::size_t ddof = 0, Policy policy = {}) {
  return dispatch::covariance(seq, x, y, ddof, policy);
}

/// detops::max (detops/reduce/extrema.hpp).
template <executor E, array_like X>
  requires floating<element_t<X>>
element_t<X> max(E&& exec, const X& x) {
  return detail::reduce<plain::reduction::max, pairwise_t>(exec, 0, x);
}
template <array_like X>
  requires floating<element_t<X>>
element_t<X> max(const X& x) {
  return dispatch::max(seq, x);
}

/// detops::min (detops/reduce/extrema.hpp).
template <executor E, array_like X>
  requires floating<element_t<X>>
element_t<X> min(E&& exec, const X& x) {
  return detail::reduce<plain::reduction::min, pairwise_t>(exec, 0, x);
}
template <array_like X>
  requires floating<element_t<X>>
element_t<X> min(const X& x) {
  return dispatch::min(seq, x);
}

/// detops::argmax (detops/reduce/extrema.hpp).
template <executor E, array_like X>
  requires floating<element_t<X>>
std::size_t argmax(E&& exec, const X& x) {
  return detail::reduce<plain::reduction::argmax, pairwise_t, std::size_t>(exec, 0, x);
}
template <array_like X>
  requires floating<element_t<X>>
std::size_t argmax(const X& x) {
  return dispatch::argmax(seq, x);
}

/// detops::argmin (detops/reduce/extrema.hpp).
template <executor E, array_like X>
  requires floating<element_t<X>>
std::size_t argmin(E&& exec, const X& x) {
  return detail::reduce<plain::reduction::argmin, pairwise_t, std::size_t>(exec, 0, x);
}
template <array_like X>
  requires floating<element_t<X>>
std::size_t argmin(const X& x) {
  return dispatch::argmin(seq, x);
}

} // namespace detops::dispatch::inline DETOPS_ISA

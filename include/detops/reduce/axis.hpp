// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// sum, mean, norms and moments along one axis of a matrix.
#pragma once

#include <detops/reduce/columns.hpp>
#include <detops/reduce/norm.hpp>

namespace detops::inline DETOPS_ISA {

/// The sums along one axis.
///
///   x        rows x cols matrix of float, double or 16-bit elements, any strides
///   axis     0: out[j] is the sum of column j; 1: out[i] is the sum of row i
///   out      cols or rows elements; must not overlap x
///   policy   pairwise (default), kahan, wide or exact
///
/// Every element of out has the bits of sum() over its line alone, whatever the layout and the other lines
/// (contract, section 2). Throws std::invalid_argument, before anything is written, for another axis, a
/// wrong size of out, an overlap, or null data with a size. Else as sum.
template <executor E, matrix_like X, vector_like Out, sum_policy Policy = pairwise_t>
  requires(floating<element_t<X>> && std::same_as<element_t<X>, element_t<Out>>)
void sum(E&& exec, const X& x, std::size_t axis, Out&& out, Policy = {}) {
  const auto to = detail::as_vector_output(out);
  const auto lines = detail::lines_of("sum", detail::as_matrix(x), axis, to);
  detail::sum_columns<Policy, detail::no_map>(exec, lines, [&](std::size_t j, const auto& total) {
    to[j] = total.template rounded<element_t<X>>();
  });
}
template <matrix_like X, vector_like Out, sum_policy Policy = pairwise_t>
  requires(floating<element_t<X>> && std::same_as<element_t<X>, element_t<Out>>)
void sum(const X& x, std::size_t axis, Out&& out, Policy policy = {}) {
  sum(seq, x, axis, out, policy);
}

/// The means along one axis: as sum along an axis, each with the bits of mean() over its line.
template <executor E, matrix_like X, vector_like Out, sum_policy Policy = pairwise_t>
  requires(floating<element_t<X>> && std::same_as<element_t<X>, element_t<Out>>)
void mean(E&& exec, const X& x, std::size_t axis, Out&& out, Policy = {}) {
  const auto to = detail::as_vector_output(out);
  const auto lines = detail::lines_of("mean", detail::as_matrix(x), axis, to);
  detail::sum_columns<Policy, detail::no_map>(exec, lines, [&](std::size_t j, const auto& total) {
    to[j] = total.template divided<element_t<X>>(lines.rows);
  });
}
template <matrix_like X, vector_like Out, sum_policy Policy = pairwise_t>
  requires(floating<element_t<X>> && std::same_as<element_t<X>, element_t<Out>>)
void mean(const X& x, std::size_t axis, Out&& out, Policy policy = {}) {
  mean(seq, x, axis, out, policy);
}

/// The sums of magnitudes along one axis: as sum along an axis, each with the bits of norm1() over its line.
template <executor E, matrix_like X, vector_like Out, sum_policy Policy = pairwise_t>
  requires(floating<element_t<X>> && std::same_as<element_t<X>, element_t<Out>>)
void norm1(E&& exec, const X& x, std::size_t axis, Out&& out, Policy = {}) {
  const auto to = detail::as_vector_output(out);
  const auto lines = detail::lines_of("norm1", detail::as_matrix(x), axis, to);
  detail::sum_columns<Policy, detail::absolute_value>(
      exec, lines,
      [&](std::size_t j, const auto& total) { to[j] = total.template rounded<element_t<X>>(); });
}
template <matrix_like X, vector_like Out, sum_policy Policy = pairwise_t>
  requires(floating<element_t<X>> && std::same_as<element_t<X>, element_t<Out>>)
void norm1(const X& x, std::size_t axis, Out&& out, Policy policy = {}) {
  norm1(seq, x, axis, out, policy);
}

/// The variances along one axis: as sum along an axis, each with the bits of variance() over its line.
template <executor E, matrix_like X, vector_like Out, sum_policy Policy = pairwise_t>
  requires(floating<element_t<X>> && std::same_as<element_t<X>, element_t<Out>>)
void variance(E&& exec, const X& x, std::size_t axis, Out&& out, std::size_t ddof = 0,
              Policy policy = {}) {
  detail::each_line("variance", exec, x, axis, out, [&](const auto& line, auto& inner) {
    return variance(inner, line, ddof, policy);
  });
}
template <matrix_like X, vector_like Out, sum_policy Policy = pairwise_t>
  requires(floating<element_t<X>> && std::same_as<element_t<X>, element_t<Out>>)
void variance(const X& x, std::size_t axis, Out&& out, std::size_t ddof = 0, Policy policy = {}) {
  variance(seq, x, axis, out, ddof, policy);
}

/// The standard deviations along one axis: as the variances.
template <executor E, matrix_like X, vector_like Out, sum_policy Policy = pairwise_t>
  requires(floating<element_t<X>> && std::same_as<element_t<X>, element_t<Out>>)
void stddev(E&& exec, const X& x, std::size_t axis, Out&& out, std::size_t ddof = 0,
            Policy policy = {}) {
  detail::each_line("stddev", exec, x, axis, out, [&](const auto& line, auto& inner) {
    return stddev(inner, line, ddof, policy);
  });
}
template <matrix_like X, vector_like Out, sum_policy Policy = pairwise_t>
  requires(floating<element_t<X>> && std::same_as<element_t<X>, element_t<Out>>)
void stddev(const X& x, std::size_t axis, Out&& out, std::size_t ddof = 0, Policy policy = {}) {
  stddev(seq, x, axis, out, ddof, policy);
}

/// The Euclidean norms along one axis: as sum along an axis, each with the bits of norm2() over its line.
template <executor E, matrix_like X, vector_like Out>
  requires(floating<element_t<X>> && std::same_as<element_t<X>, element_t<Out>>)
void norm2(E&& exec, const X& x, std::size_t axis, Out&& out) {
  detail::each_line("norm2", exec, x, axis, out,
                    [&](const auto& line, auto& inner) { return norm2(inner, line); });
}
template <matrix_like X, vector_like Out>
  requires(floating<element_t<X>> && std::same_as<element_t<X>, element_t<Out>>)
void norm2(const X& x, std::size_t axis, Out&& out) {
  norm2(seq, x, axis, out);
}

/// The sums of integers along one axis; as sum along an axis, each with the value of sum() over its line.
template <executor E, matrix_like X, vector_like Out>
  requires(std::integral<element_t<X>> && std::same_as<element_t<Out>, integer_sum_t<element_t<X>>>)
void sum(E&& exec, const X& x, std::size_t axis, Out&& out) {
  detail::each_line("sum", exec, x, axis, out,
                    [&](const auto& line, auto& inner) { return sum(inner, line); });
}
template <matrix_like X, vector_like Out>
  requires(std::integral<element_t<X>> && std::same_as<element_t<Out>, integer_sum_t<element_t<X>>>)
void sum(const X& x, std::size_t axis, Out&& out) {
  sum(seq, x, axis, out);
}

} // namespace detops::inline DETOPS_ISA

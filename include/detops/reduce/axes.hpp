// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Reductions of views of up to four dimensions along any of their axes.
#pragma once

#include <detops/reduce/axis.hpp>
#include <detops/reduce/axis_extrema.hpp>
#include <detops/reduce/lines.hpp>

namespace detops::inline DETOPS_ISA {
namespace detail {

/// What a line needs to have a result that out can hold.
enum class line_result { of_any_line, of_elements, position };

/// out[k] = value(executor, line k as a matrix) for every index of the kept axes, in row-major order.
template <class T, executor E, class Out, class Value>
void along_axes(const char* operation, E& exec, const nd_view<const std::remove_const_t<T>>& x,
                const axis_list& axes, Out& out, line_result kind, const Value& value) {
  using S = std::remove_const_t<T>;
  using U = element_t<Out>;
  const auto to = as_vector_output(out);
  const auto lines = lines_along<S>(operation, x, axes, to);
  if (kind != line_result::of_any_line && lines.length == 0 && lines.count != 0) {
    invalid(operation, "the reduced axes of x ", text(x), " have no elements, so no result exists");
  }
  if constexpr (std::integral<U>) {
    if (kind == line_result::position) {
      check_index_type<U>(operation, lines.length);
    }
  }
  const auto task = [&](std::size_t k, const matrix_view<const S>& line, const executor_ref& with) {
    to[k] = static_cast<U>(value(with, line));
  };
  for_each_line(executor_ref(exec), lines, task);
}

/// An output of the elements' own type.
template <class T, class Out>
concept same_elements = vector_like<Out> && std::same_as<std::remove_const_t<T>, element_t<Out>>;

template <class T>
concept floating_view = floating<std::remove_const_t<T>>;
template <class T>
concept ordered_view = ordered<std::remove_const_t<T>>;
template <class T>
concept integer_view = std::integral<std::remove_const_t<T>>;

} // namespace detail

/// The sums along axes.
///
///   x        a view of one to four dimensions, any strides
///   axes     those that are summed over, for instance {0, 2}; all or none of them too
///   out      one element for every index of the other axes, in row-major order; must not lie within x's addresses
///   policy   pairwise (default), kahan, wide or exact
///
/// Every element of out has the bits of sum() over its elements in row-major order of the reduced axes (contract,
/// section 2). Throws std::invalid_argument, before anything is written, for an axis that x does not have or that is
/// named twice, a wrong size of out, an overlap, or null data with elements. Else as sum.
template <executor E, detail::floating_view T, vector_like Out, sum_policy Policy = pairwise_t>
  requires detail::same_elements<T, Out>
void sum(E&& exec, const nd_view<T>& x, const axis_list& axes, Out&& out, Policy policy = {}) {
  detail::along_axes<T>("sum", exec, x, axes, out, detail::line_result::of_any_line,
                        [&](auto& with, const auto& line) { return sum(with, line, policy); });
}
template <detail::floating_view T, vector_like Out, sum_policy Policy = pairwise_t>
  requires detail::same_elements<T, Out>
void sum(const nd_view<T>& x, const axis_list& axes, Out&& out, Policy policy = {}) {
  sum(seq, x, axes, out, policy);
}

/// The sums of integers along axes, in std::int64_t or std::uint64_t; as the sums.
template <executor E, detail::integer_view T, vector_like Out>
  requires std::same_as<element_t<Out>, integer_sum_t<std::remove_const_t<T>>>
void sum(E&& exec, const nd_view<T>& x, const axis_list& axes, Out&& out) {
  detail::along_axes<T>("sum", exec, x, axes, out, detail::line_result::of_any_line,
                        [](auto& with, const auto& line) { return sum(with, line); });
}
template <detail::integer_view T, vector_like Out>
  requires std::same_as<element_t<Out>, integer_sum_t<std::remove_const_t<T>>>
void sum(const nd_view<T>& x, const axis_list& axes, Out&& out) {
  sum(seq, x, axes, out);
}

/// The means along axes, each with the bits of mean() over its elements; as the sums.
template <executor E, detail::floating_view T, vector_like Out, sum_policy Policy = pairwise_t>
  requires detail::same_elements<T, Out>
void mean(E&& exec, const nd_view<T>& x, const axis_list& axes, Out&& out, Policy policy = {}) {
  detail::along_axes<T>("mean", exec, x, axes, out, detail::line_result::of_any_line,
                        [&](auto& with, const auto& line) { return mean(with, line, policy); });
}
template <detail::floating_view T, vector_like Out, sum_policy Policy = pairwise_t>
  requires detail::same_elements<T, Out>
void mean(const nd_view<T>& x, const axis_list& axes, Out&& out, Policy policy = {}) {
  mean(seq, x, axes, out, policy);
}

/// The sums of magnitudes along axes, each with the bits of norm1() over its elements; as the sums.
template <executor E, detail::floating_view T, vector_like Out, sum_policy Policy = pairwise_t>
  requires detail::same_elements<T, Out>
void norm1(E&& exec, const nd_view<T>& x, const axis_list& axes, Out&& out, Policy policy = {}) {
  detail::along_axes<T>("norm1", exec, x, axes, out, detail::line_result::of_any_line,
                        [&](auto& with, const auto& line) { return norm1(with, line, policy); });
}
template <detail::floating_view T, vector_like Out, sum_policy Policy = pairwise_t>
  requires detail::same_elements<T, Out>
void norm1(const nd_view<T>& x, const axis_list& axes, Out&& out, Policy policy = {}) {
  norm1(seq, x, axes, out, policy);
}

/// The variances along axes, each with the bits of variance() over its elements; as the sums.
template <executor E, detail::floating_view T, vector_like Out, sum_policy Policy = pairwise_t>
  requires detail::same_elements<T, Out>
void variance(E&& exec, const nd_view<T>& x, const axis_list& axes, Out&& out, std::size_t ddof = 0,
              Policy policy = {}) {
  detail::along_axes<T>(
      "variance", exec, x, axes, out, detail::line_result::of_any_line,
      [&](auto& with, const auto& line) { return variance(with, line, ddof, policy); });
}
template <detail::floating_view T, vector_like Out, sum_policy Policy = pairwise_t>
  requires detail::same_elements<T, Out>
void variance(const nd_view<T>& x, const axis_list& axes, Out&& out, std::size_t ddof = 0,
              Policy policy = {}) {
  variance(seq, x, axes, out, ddof, policy);
}

/// The standard deviations along axes, each with the bits of stddev() over its elements; as the sums.
template <executor E, detail::floating_view T, vector_like Out, sum_policy Policy = pairwise_t>
  requires detail::same_elements<T, Out>
void stddev(E&& exec, const nd_view<T>& x, const axis_list& axes, Out&& out, std::size_t ddof = 0,
            Policy policy = {}) {
  detail::along_axes<T>(
      "stddev", exec, x, axes, out, detail::line_result::of_any_line,
      [&](auto& with, const auto& line) { return stddev(with, line, ddof, policy); });
}
template <detail::floating_view T, vector_like Out, sum_policy Policy = pairwise_t>
  requires detail::same_elements<T, Out>
void stddev(const nd_view<T>& x, const axis_list& axes, Out&& out, std::size_t ddof = 0,
            Policy policy = {}) {
  stddev(seq, x, axes, out, ddof, policy);
}

/// The Euclidean norms along axes, each with the bits of norm2() over its elements; as the sums, without a policy.
template <executor E, detail::floating_view T, vector_like Out>
  requires detail::same_elements<T, Out>
void norm2(E&& exec, const nd_view<T>& x, const axis_list& axes, Out&& out) {
  detail::along_axes<T>("norm2", exec, x, axes, out, detail::line_result::of_any_line,
                        [](auto& with, const auto& line) { return norm2(with, line); });
}
template <detail::floating_view T, vector_like Out>
  requires detail::same_elements<T, Out>
void norm2(const nd_view<T>& x, const axis_list& axes, Out&& out) {
  norm2(seq, x, axes, out);
}

/// The largest elements along axes; as the sums, without a policy. Throws too where the reduced axes have no elements.
template <executor E, detail::ordered_view T, vector_like Out>
  requires detail::same_elements<T, Out>
void max(E&& exec, const nd_view<T>& x, const axis_list& axes, Out&& out) {
  detail::along_axes<T>("max", exec, x, axes, out, detail::line_result::of_elements,
                        [](auto& with, const auto& line) { return max(with, line); });
}
template <detail::ordered_view T, vector_like Out>
  requires detail::same_elements<T, Out>
void max(const nd_view<T>& x, const axis_list& axes, Out&& out) {
  max(seq, x, axes, out);
}

/// The smallest elements along axes; as the largest.
template <executor E, detail::ordered_view T, vector_like Out>
  requires detail::same_elements<T, Out>
void min(E&& exec, const nd_view<T>& x, const axis_list& axes, Out&& out) {
  detail::along_axes<T>("min", exec, x, axes, out, detail::line_result::of_elements,
                        [](auto& with, const auto& line) { return min(with, line); });
}
template <detail::ordered_view T, vector_like Out>
  requires detail::same_elements<T, Out>
void min(const nd_view<T>& x, const axis_list& axes, Out&& out) {
  min(seq, x, axes, out);
}

/// The positions of the largest elements, row-major among the reduced axes; as the largest. out holds integers that are
/// wide enough for the number of reduced elements (else std::invalid_argument).
template <executor E, detail::ordered_view T, vector_like Out>
  requires std::integral<element_t<Out>>
void argmax(E&& exec, const nd_view<T>& x, const axis_list& axes, Out&& out) {
  detail::along_axes<T>("argmax", exec, x, axes, out, detail::line_result::position,
                        [](auto& with, const auto& line) { return argmax(with, line); });
}
template <detail::ordered_view T, vector_like Out>
  requires std::integral<element_t<Out>>
void argmax(const nd_view<T>& x, const axis_list& axes, Out&& out) {
  argmax(seq, x, axes, out);
}

/// The positions of the smallest elements; as those of the largest.
template <executor E, detail::ordered_view T, vector_like Out>
  requires std::integral<element_t<Out>>
void argmin(E&& exec, const nd_view<T>& x, const axis_list& axes, Out&& out) {
  detail::along_axes<T>("argmin", exec, x, axes, out, detail::line_result::position,
                        [](auto& with, const auto& line) { return argmin(with, line); });
}
template <detail::ordered_view T, vector_like Out>
  requires std::integral<element_t<Out>>
void argmin(const nd_view<T>& x, const axis_list& axes, Out&& out) {
  argmin(seq, x, axes, out);
}

} // namespace detops::inline DETOPS_ISA

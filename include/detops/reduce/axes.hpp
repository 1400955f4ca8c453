// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Reductions of views of up to four dimensions along any of their axes.
#pragma once

#include <detops/reduce/axis.hpp>
#include <detops/reduce/axis_count.hpp>
#include <detops/reduce/axis_extrema.hpp>
#include <detops/reduce/axis_integers.hpp>
#include <detops/reduce/lines.hpp>

namespace detops::inline DETOPS_ISA {
namespace detail {

/// What a line needs to have a result that out can hold.
enum class line_result { of_any_line, of_elements, position, count };

/// out[k] = value(executor, line k as a matrix) for every index of the kept axes, in row-major order.
template <class T, executor E, class Out, class Value>
void along_axes(const char* operation, E& exec, const nd_view<const std::remove_const_t<T>>& x,
                const axis_list& axes, Out& out, line_result kind, const Value& value) {
  using S = std::remove_const_t<T>;
  using U = element_t<Out>;
  const auto to = as_vector_output(out);
  const auto lines = lines_along<S>(operation, x, axes, to);
  const bool needs_elements = kind == line_result::of_elements || kind == line_result::position;
  if (needs_elements && lines.length == 0 && lines.count != 0) {
    invalid(operation, "the reduced axes of x ", text(x), " have no elements, so no result exists");
  }
  if constexpr (std::integral<U>) {
    if (kind == line_result::position) {
      check_index_type<U>(operation, lines.length);
    } else if (kind == line_result::count) {
      check_count_type<U>(operation, lines.length);
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
template <class T>
concept countable_view = countable<std::remove_const_t<T>>;

/// An output that holds products of the elements.
template <class T, class Out>
concept product_elements =
    (floating_view<T> && same_elements<T, Out>) ||
    (integer_view<T> && std::same_as<element_t<Out>, integer_sum_t<std::remove_const_t<T>>>);

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

/// The means of integers along axes, in double, each with the value of mean() over its elements; as the sums.
template <executor E, detail::integer_view T, vector_like Out>
  requires std::same_as<element_t<Out>, double>
void mean(E&& exec, const nd_view<T>& x, const axis_list& axes, Out&& out) {
  detail::along_axes<T>("mean", exec, x, axes, out, detail::line_result::of_any_line,
                        [](auto& with, const auto& line) { return mean(with, line); });
}
template <detail::integer_view T, vector_like Out>
  requires std::same_as<element_t<Out>, double>
void mean(const nd_view<T>& x, const axis_list& axes, Out&& out) {
  mean(seq, x, axes, out);
}

/// The products along axes, each with the bits of prod() over its elements; of integers in std::int64_t or std::uint64_t.
/// As the sums, without a policy.
template <executor E, class T, vector_like Out>
  requires detail::product_elements<T, Out>
void prod(E&& exec, const nd_view<T>& x, const axis_list& axes, Out&& out) {
  detail::along_axes<T>("prod", exec, x, axes, out, detail::line_result::of_any_line,
                        [](auto& with, const auto& line) { return prod(with, line); });
}
template <class T, vector_like Out>
  requires detail::product_elements<T, Out>
void prod(const nd_view<T>& x, const axis_list& axes, Out&& out) {
  prod(seq, x, axes, out);
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

/// The smallest and the largest elements along axes, in two outputs that must not overlap either; as the largest.
template <executor E, detail::ordered_view T, vector_like Low, vector_like High>
  requires(detail::same_elements<T, Low> && detail::same_elements<T, High>)
void minmax(E&& exec, const nd_view<T>& x, const axis_list& axes, Low&& smallest, High&& largest) {
  using S = std::remove_const_t<T>;
  const auto low = detail::as_vector_output(smallest), high = detail::as_vector_output(largest);
  detail::lines_along<S>("minmax", x, axes, low);
  detail::lines_along<S>("minmax", x, axes, high);
  detail::check_apart("minmax", low, high);
  detail::along_axes<T>("minmax", exec, x, axes, smallest, detail::line_result::of_elements,
                        [](auto& with, const auto& line) { return min(with, line); });
  detail::along_axes<T>("minmax", exec, x, axes, largest, detail::line_result::of_elements,
                        [](auto& with, const auto& line) { return max(with, line); });
}
template <detail::ordered_view T, vector_like Low, vector_like High>
  requires(detail::same_elements<T, Low> && detail::same_elements<T, High>)
void minmax(const nd_view<T>& x, const axis_list& axes, Low&& smallest, High&& largest) {
  minmax(seq, x, axes, smallest, largest);
}

/// How many elements of each line along axes are not zero, each as count_nonzero() over its elements; as the sums, with
/// an output of integers that can hold the number of reduced elements (else std::invalid_argument).
template <executor E, detail::countable_view T, vector_like Out>
  requires std::integral<element_t<Out>>
void count_nonzero(E&& exec, const nd_view<T>& x, const axis_list& axes, Out&& out) {
  detail::along_axes<T>("count_nonzero", exec, x, axes, out, detail::line_result::count,
                        [](auto& with, const auto& line) { return count_nonzero(with, line); });
}
template <detail::countable_view T, vector_like Out>
  requires std::integral<element_t<Out>>
void count_nonzero(const nd_view<T>& x, const axis_list& axes, Out&& out) {
  count_nonzero(seq, x, axes, out);
}

/// Whether each line along axes has an element that is not zero: 0 or 1, in bool or any integer; of lines without
/// elements 0. Else as count_nonzero.
template <executor E, detail::countable_view T, vector_like Out>
  requires std::integral<element_t<Out>>
void any(E&& exec, const nd_view<T>& x, const axis_list& axes, Out&& out) {
  detail::along_axes<T>("any", exec, x, axes, out, detail::line_result::of_any_line,
                        [](auto& with, const auto& line) { return any(with, line); });
}
template <detail::countable_view T, vector_like Out>
  requires std::integral<element_t<Out>>
void any(const nd_view<T>& x, const axis_list& axes, Out&& out) {
  any(seq, x, axes, out);
}

/// Whether no element of each line along axes is zero; of lines without elements 1. Else as any.
template <executor E, detail::countable_view T, vector_like Out>
  requires std::integral<element_t<Out>>
void all(E&& exec, const nd_view<T>& x, const axis_list& axes, Out&& out) {
  detail::along_axes<T>("all", exec, x, axes, out, detail::line_result::of_any_line,
                        [](auto& with, const auto& line) { return all(with, line); });
}
template <detail::countable_view T, vector_like Out>
  requires std::integral<element_t<Out>>
void all(const nd_view<T>& x, const axis_list& axes, Out&& out) {
  all(seq, x, axes, out);
}

} // namespace detops::inline DETOPS_ISA

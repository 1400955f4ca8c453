// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// sum, mean and prod of integers along one axis of a matrix.
#pragma once

#include <detops/reduce/columns.hpp>
#include <detops/reduce/fold.hpp>

namespace detops::inline DETOPS_ISA {
namespace detail {

/// finish(j, word) for the sum of every column j of integers.
template <executor E, std::integral T, class Finish>
void sum_integer_columns(E& exec, const matrix_view<const T>& lines, const Finish& finish) {
  fold_columns<std::uint64_t>(
      exec, lines, 0, [](std::uint64_t total, T value) { return total + word(value); }, add_words,
      [](const auto& line, const executor_ref& inner) { return word(sum(inner, line)); }, finish);
}

} // namespace detail

/// The sums of integers along one axis.
///
///   x        rows x cols matrix of integers, any strides
///   axis     0: out[j] is the sum of column j; 1: out[i] is the sum of row i
///   out      cols or rows elements of std::int64_t, or std::uint64_t where x is unsigned; must not overlap x
///
/// Each is the value of sum() over its line, modulo 2^64. O(rows cols) time; memory for one row of sums, or for one to
/// every 65536 elements or so where exec has several threads. Throws as sum along an axis of floating-point numbers.
template <executor E, matrix_like X, vector_like Out>
  requires(std::integral<element_t<X>> && std::same_as<element_t<Out>, integer_sum_t<element_t<X>>>)
void sum(E&& exec, const X& x, std::size_t axis, Out&& out) {
  const auto to = detail::as_vector_output(out);
  const auto lines = detail::lines_of("sum", detail::as_matrix(x), axis, to);
  detail::sum_integer_columns(exec, lines, [&](std::size_t j, std::uint64_t total) {
    to[j] = static_cast<element_t<Out>>(total);
  });
}
template <matrix_like X, vector_like Out>
  requires(std::integral<element_t<X>> && std::same_as<element_t<Out>, integer_sum_t<element_t<X>>>)
void sum(const X& x, std::size_t axis, Out&& out) {
  sum(seq, x, axis, out);
}

/// The means of integers along one axis, in double, each as mean() over its line: the sum modulo 2^64 as a double, divided
/// by the length; NaN of lines without elements. Else as their sums.
template <executor E, matrix_like X, vector_like Out>
  requires(std::integral<element_t<X>> && std::same_as<element_t<Out>, double>)
void mean(E&& exec, const X& x, std::size_t axis, Out&& out) {
  using S = integer_sum_t<element_t<X>>;
  const auto to = detail::as_vector_output(out);
  const auto lines = detail::lines_of("mean", detail::as_matrix(x), axis, to);
  detail::sum_integer_columns(exec, lines, [&](std::size_t j, std::uint64_t total) {
    to[j] = detail::tree_total<double>{static_cast<double>(static_cast<S>(total))}
                .template divided<double>(lines.rows);
  });
}
template <matrix_like X, vector_like Out>
  requires(std::integral<element_t<X>> && std::same_as<element_t<Out>, double>)
void mean(const X& x, std::size_t axis, Out&& out) {
  mean(seq, x, axis, out);
}

/// The products of integers along one axis, modulo 2^64, each as prod() over its line; 1 of lines without elements. Else
/// as their sums.
template <executor E, matrix_like X, vector_like Out>
  requires(std::integral<element_t<X>> && std::same_as<element_t<Out>, integer_sum_t<element_t<X>>>)
void prod(E&& exec, const X& x, std::size_t axis, Out&& out) {
  using T = element_t<X>;
  const auto to = detail::as_vector_output(out);
  const auto lines = detail::lines_of("prod", detail::as_matrix(x), axis, to);
  detail::fold_columns<std::uint64_t>(
      exec, lines, 1, [](std::uint64_t total, T value) { return total * detail::word(value); },
      [](std::uint64_t a, std::uint64_t b) { return a * b; },
      [](const auto& line, const detail::executor_ref& inner) {
        return detail::word(prod(inner, line));
      },
      [&](std::size_t j, std::uint64_t total) { to[j] = static_cast<element_t<Out>>(total); });
}
template <matrix_like X, vector_like Out>
  requires(std::integral<element_t<X>> && std::same_as<element_t<Out>, integer_sum_t<element_t<X>>>)
void prod(const X& x, std::size_t axis, Out&& out) {
  prod(seq, x, axis, out);
}

} // namespace detops::inline DETOPS_ISA

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// count_nonzero, any and all along one axis of a matrix.
#pragma once

#include <detops/reduce/columns.hpp>
#include <detops/reduce/count.hpp>

namespace detops::inline DETOPS_ISA {
namespace detail {

/// For every line along an axis: whether it has an element that is nonzero (Any), or none that is zero.
template <bool Any, executor E, matrix_like X, vector_like Out>
void exists_along(const char* operation, E& exec, const X& x, std::size_t axis, Out& out) {
  using T = element_t<X>;
  const auto to = as_vector_output(out);
  const auto lines = lines_of(operation, as_matrix(x), axis, to);
  fold_columns<unsigned char>(
      exec, lines, 0,
      [](unsigned char found, const T& value) {
        return static_cast<unsigned char>(found | (is_nonzero(value) == Any ? 1 : 0));
      },
      [](unsigned char a, unsigned char b) { return static_cast<unsigned char>(a | b); },
      [](const auto& line, const executor_ref& inner) {
        return static_cast<unsigned char>(exists<Any>(inner, line) ? 1 : 0);
      },
      [&](std::size_t j, unsigned char found) {
        to[j] = static_cast<element_t<Out>>((found != 0) == Any);
      });
}

} // namespace detail

/// How many elements of each line along one axis are not zero, each as count_nonzero() over its line.
///
///   x        rows x cols matrix of floating-point numbers or integers, any strides
///   axis     0: out[j] is of column j; 1: out[i] is of row i
///   out      cols or rows integers that can hold the length of a line (else std::invalid_argument); must not overlap x
///
/// Throws as sum along an axis.
template <executor E, matrix_like X, vector_like Out>
  requires(detail::countable<element_t<X>> && std::integral<element_t<Out>>)
void count_nonzero(E&& exec, const X& x, std::size_t axis, Out&& out) {
  using T = element_t<X>;
  const auto to = detail::as_vector_output(out);
  const auto lines = detail::lines_of("count_nonzero", detail::as_matrix(x), axis, to);
  detail::check_count_type<element_t<Out>>("count_nonzero", lines.rows);
  detail::fold_columns<std::uint64_t>(
      exec, lines, 0,
      [](std::uint64_t total, const T& value) {
        return total + (detail::is_nonzero(value) ? 1 : 0);
      },
      detail::add_words,
      [](const auto& line, const detail::executor_ref& inner) {
        return std::uint64_t{count_nonzero(inner, line)};
      },
      [&](std::size_t j, std::uint64_t total) { to[j] = static_cast<element_t<Out>>(total); });
}
template <matrix_like X, vector_like Out>
  requires(detail::countable<element_t<X>> && std::integral<element_t<Out>>)
void count_nonzero(const X& x, std::size_t axis, Out&& out) {
  count_nonzero(seq, x, axis, out);
}

/// Whether each line along one axis has an element that is not zero: 0 or 1, in bool or any integer; of lines without
/// elements 0. Else as count_nonzero along an axis.
template <executor E, matrix_like X, vector_like Out>
  requires(detail::countable<element_t<X>> && std::integral<element_t<Out>>)
void any(E&& exec, const X& x, std::size_t axis, Out&& out) {
  detail::exists_along<true>("any", exec, x, axis, out);
}
template <matrix_like X, vector_like Out>
  requires(detail::countable<element_t<X>> && std::integral<element_t<Out>>)
void any(const X& x, std::size_t axis, Out&& out) {
  any(seq, x, axis, out);
}

/// Whether no element of each line along one axis is zero; of lines without elements 1. Else as any along an axis.
template <executor E, matrix_like X, vector_like Out>
  requires(detail::countable<element_t<X>> && std::integral<element_t<Out>>)
void all(E&& exec, const X& x, std::size_t axis, Out&& out) {
  detail::exists_along<false>("all", exec, x, axis, out);
}
template <matrix_like X, vector_like Out>
  requires(detail::countable<element_t<X>> && std::integral<element_t<Out>>)
void all(const X& x, std::size_t axis, Out&& out) {
  all(seq, x, axis, out);
}

} // namespace detops::inline DETOPS_ISA

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// max, min, argmax and argmin along one axis of a matrix.
#pragma once

#include <detops/reduce/columns.hpp>
#include <detops/reduce/extrema.hpp>

namespace detops::inline DETOPS_ISA {
namespace detail {

template <class Order, executor E, ordered T, class Finish>
void extrema_of_columns(const char* operation, E& exec, const matrix_view<const T>& x,
                        bool with_index, Finish&& finish) {
  if (x.rows == 0 && x.cols != 0) {
    invalid(operation, "the reduced axis has no elements, so no result exists");
  }
  each_column(exec, x, [&](std::size_t j, const auto& line, auto& inner) {
    finish(j, find_extremum<Order>(executor_ref(inner), line, with_index));
  });
}

} // namespace detail

/// The largest elements along one axis (0: of every column; 1: of every row); each as max() over its line.
/// Throws as sum along an axis, and where a line has no elements.
template <executor E, matrix_like X, vector_like Out>
  requires(detail::ordered<element_t<X>> && std::same_as<element_t<X>, element_t<Out>>)
void max(E&& exec, const X& x, std::size_t axis, Out&& out) {
  const auto to = detail::as_vector_output(out);
  const auto lines = detail::lines_of("max", detail::as_matrix(x), axis, to);
  detail::extrema_of_columns<detail::maximum>(
      "max", exec, lines, false, [&](std::size_t j, const auto& found) { to[j] = found.value; });
}
template <matrix_like X, vector_like Out>
  requires(detail::ordered<element_t<X>> && std::same_as<element_t<X>, element_t<Out>>)
void max(const X& x, std::size_t axis, Out&& out) {
  max(seq, x, axis, out);
}

/// The smallest elements along one axis; as max along an axis.
template <executor E, matrix_like X, vector_like Out>
  requires(detail::ordered<element_t<X>> && std::same_as<element_t<X>, element_t<Out>>)
void min(E&& exec, const X& x, std::size_t axis, Out&& out) {
  const auto to = detail::as_vector_output(out);
  const auto lines = detail::lines_of("min", detail::as_matrix(x), axis, to);
  detail::extrema_of_columns<detail::minimum>(
      "min", exec, lines, false, [&](std::size_t j, const auto& found) { to[j] = found.value; });
}
template <matrix_like X, vector_like Out>
  requires(detail::ordered<element_t<X>> && std::same_as<element_t<X>, element_t<Out>>)
void min(const X& x, std::size_t axis, Out&& out) {
  min(seq, x, axis, out);
}

/// The positions of the largest elements along one axis, within their lines; out holds integers that are wide
/// enough for the length of a line (else std::invalid_argument). Each as argmax() over its line.
template <executor E, matrix_like X, vector_like Out>
  requires(detail::ordered<element_t<X>> && std::integral<element_t<Out>>)
void argmax(E&& exec, const X& x, std::size_t axis, Out&& out) {
  const auto to = detail::as_vector_output(out);
  const auto lines = detail::lines_of("argmax", detail::as_matrix(x), axis, to);
  detail::check_index_type<element_t<Out>>("argmax", lines.rows);
  detail::extrema_of_columns<detail::maximum>(
      "argmax", exec, lines, true,
      [&](std::size_t j, const auto& found) { to[j] = static_cast<element_t<Out>>(found.index); });
}
template <matrix_like X, vector_like Out>
  requires(detail::ordered<element_t<X>> && std::integral<element_t<Out>>)
void argmax(const X& x, std::size_t axis, Out&& out) {
  argmax(seq, x, axis, out);
}

/// The positions of the smallest elements along one axis; as argmax along an axis.
template <executor E, matrix_like X, vector_like Out>
  requires(detail::ordered<element_t<X>> && std::integral<element_t<Out>>)
void argmin(E&& exec, const X& x, std::size_t axis, Out&& out) {
  const auto to = detail::as_vector_output(out);
  const auto lines = detail::lines_of("argmin", detail::as_matrix(x), axis, to);
  detail::check_index_type<element_t<Out>>("argmin", lines.rows);
  detail::extrema_of_columns<detail::minimum>(
      "argmin", exec, lines, true,
      [&](std::size_t j, const auto& found) { to[j] = static_cast<element_t<Out>>(found.index); });
}
template <matrix_like X, vector_like Out>
  requires(detail::ordered<element_t<X>> && std::integral<element_t<Out>>)
void argmin(const X& x, std::size_t axis, Out&& out) {
  argmin(seq, x, axis, out);
}

} // namespace detops::inline DETOPS_ISA

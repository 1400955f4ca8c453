// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// sum, mean, norms, moments and prod of floating-point numbers along one axis of a matrix.
#pragma once

#include <detops/reduce/columns.hpp>
#include <detops/reduce/fold.hpp>
#include <detops/reduce/norm.hpp>

namespace detops::inline DETOPS_ISA {
namespace detail {

/// finish(j, variance as F) for every column j: a panel's means, then its deviations while the panel is in cache.
template <class Policy, floating F, executor E, floating S, class Finish>
void variances_of_columns(E& exec, const matrix_view<const S>& lines, std::size_t ddof,
                          Finish&& finish) {
  if constexpr (std::same_as<Policy, exact_t>) {
    each_column(exec, lines, [&](std::size_t j, const auto& line, const executor_ref& inner) {
      finish(j, divided_deviations<Policy, F>(inner, ddof, line));
    });
  } else {
    using rule = typename tree_rule<Policy, S>::rule;
    using C = typename tree_rule<Policy, S>::compute;
    using T = compute_t<S>;
    for_each_panel<C>(
        exec, lines,
        [&](std::size_t first, std::size_t count, std::size_t skip, const auto& panel) {
          constexpr std::size_t most = std::remove_cvref_t<decltype(panel)>::most_lines;
          C sums[most];
          T centers[most] = {};
          panel.template values<rule, false>(one_map<no_map>{}, sums);
          for (std::size_t k = 0; k < count; ++k) {
            centers[k] = tree_total<C>{sums[k]}.template divided<T>(lines.rows);
          }
          panel.template values<rule, true>(own_centers<T>{centers}, sums);
          for (std::size_t k = skip; k < count; ++k) {
            finish(first + k, lines.rows <= ddof
                                  ? element_from_bits<F>(float_format<F>::nan)
                                  : tree_total<C>{sums[k]}.template divided<F>(lines.rows - ddof));
          }
        });
  }
}

/// finish(j, Euclidean norm) for every column j.
template <executor E, floating S, class Finish>
void norms_of_columns(E& exec, const matrix_view<const S>& lines, Finish&& finish) {
  using rule = pairwise_t;
  for_each_panel<double>(
      exec, lines, [&](std::size_t first, std::size_t count, std::size_t skip, const auto& panel) {
        double squares[std::remove_cvref_t<decltype(panel)>::most_lines];
        panel.template values<rule, true>(one_map<no_map>{}, squares);
        for (std::size_t k = skip; k < count; ++k) {
          if constexpr (!std::same_as<S, double>) {
            finish(first + k, narrow<S>(static_cast<float>(root_of<double>(squares[k]))));
          } else if (squares[k] >= 0x1p-900 && is_finite(squares[k])) {
            finish(first + k, root_of<double>(squares[k]));
          } else {
            finish(first + k, norm2_of(seq, as_elements(lines.col(first + k))));
          }
        }
      });
}

/// finish(j, total) for the product of every column j.
template <executor E, floating S, class Finish>
void products_of_columns(E& exec, const matrix_view<const S>& lines, Finish&& finish) {
  using C = compute_t<S>;
  for_each_panel<C>(exec, lines,
                    [&](std::size_t first, std::size_t count, std::size_t skip, const auto& panel) {
                      C values[std::remove_cvref_t<decltype(panel)>::most_lines];
                      panel.template values<product_rule, false>(one_map<no_map>{}, values);
                      for (std::size_t k = skip; k < count; ++k) {
                        finish(first + k, tree_total<C>{lines.rows == 0 ? C{1} : values[k]});
                      }
                    });
}

} // namespace detail

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
              Policy = {}) {
  const auto to = detail::as_vector_output(out);
  const auto lines = detail::lines_of("variance", detail::as_matrix(x), axis, to);
  detail::variances_of_columns<Policy, element_t<X>>(
      exec, lines, ddof, [&](std::size_t j, const auto& value) { to[j] = value; });
}
template <matrix_like X, vector_like Out, sum_policy Policy = pairwise_t>
  requires(floating<element_t<X>> && std::same_as<element_t<X>, element_t<Out>>)
void variance(const X& x, std::size_t axis, Out&& out, std::size_t ddof = 0, Policy policy = {}) {
  variance(seq, x, axis, out, ddof, policy);
}

/// The standard deviations along one axis: as the variances.
template <executor E, matrix_like X, vector_like Out, sum_policy Policy = pairwise_t>
  requires(floating<element_t<X>> && std::same_as<element_t<X>, element_t<Out>>)
void stddev(E&& exec, const X& x, std::size_t axis, Out&& out, std::size_t ddof = 0, Policy = {}) {
  using T = element_t<X>;
  const auto to = detail::as_vector_output(out);
  const auto lines = detail::lines_of("stddev", detail::as_matrix(x), axis, to);
  detail::variances_of_columns<Policy, detail::compute_t<T>>(
      exec, lines, ddof,
      [&](std::size_t j, const auto& value) { to[j] = detail::root_of<T>(value); });
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
  const auto to = detail::as_vector_output(out);
  const auto lines = detail::lines_of("norm2", detail::as_matrix(x), axis, to);
  detail::norms_of_columns(exec, lines, [&](std::size_t j, const auto& value) { to[j] = value; });
}
template <matrix_like X, vector_like Out>
  requires(floating<element_t<X>> && std::same_as<element_t<X>, element_t<Out>>)
void norm2(const X& x, std::size_t axis, Out&& out) {
  norm2(seq, x, axis, out);
}

/// The products along one axis: as sum along an axis, each with the bits of prod() over its line.
template <executor E, matrix_like X, vector_like Out>
  requires(floating<element_t<X>> && std::same_as<element_t<X>, element_t<Out>>)
void prod(E&& exec, const X& x, std::size_t axis, Out&& out) {
  const auto to = detail::as_vector_output(out);
  const auto lines = detail::lines_of("prod", detail::as_matrix(x), axis, to);
  detail::products_of_columns(exec, lines, [&](std::size_t j, const auto& total) {
    to[j] = total.template rounded<element_t<X>>();
  });
}
template <matrix_like X, vector_like Out>
  requires(floating<element_t<X>> && std::same_as<element_t<X>, element_t<Out>>)
void prod(const X& x, std::size_t axis, Out&& out) {
  prod(seq, x, axis, out);
}

} // namespace detops::inline DETOPS_ISA

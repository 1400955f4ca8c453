// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// max, min, argmax, argmin and minmax along one axis of a matrix.
#pragma once

#include <limits>

#include <detops/reduce/columns.hpp>
#include <detops/reduce/extrema.hpp>

namespace detops::inline DETOPS_ISA {
namespace detail {

/// Nodes for the largest (smallest) elements of lines; a NaN is all bits until value() makes it canonical.
template <class Order>
struct extremum_rule {
  static constexpr std::size_t fields = 1;
  static constexpr double neutral = std::same_as<Order, maximum>
                                        ? -std::numeric_limits<double>::infinity()
                                        : std::numeric_limits<double>::infinity();
  template <class V>
  using node = tree_node<V, 1>;
  template <class V>
  static DETOPS_ALWAYS_INLINE node<V> leaf(const V& x) {
    return {{x}};
  }
  template <class V>
  static DETOPS_ALWAYS_INLINE node<V> combine(const node<V>& a, const node<V>& b) {
    return combine_leaves(a.field[0], b.field[0]);
  }
  /// Of -0 and +0 the CPU takes the one that stands first, or second, or is right: so both ways.
  template <class V>
  static DETOPS_ALWAYS_INLINE node<V> combine_leaves(const V& x, const V& y) {
    const V one = Order::of_numbers(x, y), other = Order::of_numbers(y, x);
    const V nan = simd::nan_bits(x, y);
    if constexpr (std::same_as<Order, maximum>) {
      return {{simd::bit_or(simd::bit_and(one, other), nan)}};
    } else {
      return {{simd::bit_or(simd::bit_or(one, other), nan)}};
    }
  }
  template <class V>
  static DETOPS_ALWAYS_INLINE V value(const node<V>& root) {
    return simd::canonical(root.field[0]);
  }
};

/// Refuses two outputs that share an element.
template <class T>
void check_apart(const char* operation, const vector_view<T>& low, const vector_view<T>& high) {
  if (overlap(low, high)) {
    invalid(operation, "the outputs ", text(low), " and ", text(high), " overlap");
  }
}

/// The position of the first element that is `best`, which the line holds.
template <ordered T>
std::size_t position_of(const vector_view<const T>& line, const T& best) {
  const bool nan = is_nan_element(best);
  std::size_t i = 0;
  while (nan ? !is_nan_element(line[i]) : order_key(line[i]) != order_key(best)) {
    ++i;
  }
  return i;
}

template <class Order, executor E, ordered T, class Finish>
void extrema_of_columns(const char* operation, E& exec, const matrix_view<const T>& x,
                        bool with_index, Finish&& finish) {
  if (x.rows == 0 && x.cols != 0) {
    invalid(operation, "the reduced axis has no elements, so no result exists");
  }
  if constexpr (floating<T>) {
    using C = compute_t<T>;
    for_each_panel<C>(
        exec, x, [&](std::size_t first, std::size_t count, std::size_t skip, const auto& panel) {
          constexpr std::size_t most = std::remove_cvref_t<decltype(panel)>::most_lines;
          if constexpr (most == 1) {
            finish(first, find_extremum<Order>(panel.exec, panel.elements, with_index));
          } else {
            C best[most];
            panel.template values<extremum_rule<Order>, false>(one_map<no_map>{}, best);
            for (std::size_t k = skip; k < count; ++k) {
              const T value = narrow<T>(best[k]);
              finish(first + k,
                     extremum<T>{value, with_index ? position_of(x.col(first + k), value) : 0});
            }
          }
        });
  } else {
    const auto better = [](const T& a, const T& b) { return Order::better(b, a) ? b : a; };
    constexpr T worst = std::same_as<Order, maximum> ? std::numeric_limits<T>::min()
                                                     : std::numeric_limits<T>::max();
    fold_columns<T>(
        exec, x, worst, better, better,
        [&](const auto& line, const executor_ref& inner) {
          return find_extremum<Order>(inner, line, with_index);
        },
        [&](std::size_t j, const auto& found) {
          if constexpr (std::same_as<decltype(found), const T&>) {
            finish(j, extremum<T>{found, with_index ? position_of(x.col(j), found) : 0});
          } else {
            finish(j, found);
          }
        });
  }
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

/// The smallest and the largest elements along one axis, in two outputs that must not overlap either; as min and as max
/// along an axis.
template <executor E, matrix_like X, vector_like Low, vector_like High>
  requires(detail::ordered<element_t<X>> && std::same_as<element_t<X>, element_t<Low>> &&
           std::same_as<element_t<X>, element_t<High>>)
void minmax(E&& exec, const X& x, std::size_t axis, Low&& smallest, High&& largest) {
  const auto low = detail::as_vector_output(smallest);
  const auto high = detail::as_vector_output(largest);
  const auto lines = detail::lines_of("minmax", detail::as_matrix(x), axis, low);
  detail::lines_of("minmax", detail::as_matrix(x), axis, high);
  detail::check_apart("minmax", low, high);
  detail::extrema_of_columns<detail::minimum>(
      "minmax", exec, lines, false,
      [&](std::size_t j, const auto& found) { low[j] = found.value; });
  detail::extrema_of_columns<detail::maximum>(
      "minmax", exec, lines, false,
      [&](std::size_t j, const auto& found) { high[j] = found.value; });
}
template <matrix_like X, vector_like Low, vector_like High>
  requires(detail::ordered<element_t<X>> && std::same_as<element_t<X>, element_t<Low>> &&
           std::same_as<element_t<X>, element_t<High>>)
void minmax(const X& x, std::size_t axis, Low&& smallest, High&& largest) {
  minmax(seq, x, axis, smallest, largest);
}

} // namespace detops::inline DETOPS_ISA

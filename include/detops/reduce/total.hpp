// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// A sum in any policy before its last rounding: rounded to the element type, or divided by a count first.
#pragma once

#include <detops/reduce/exact.hpp>
#include <detops/reduce/tree.hpp>

namespace detops::inline DETOPS_ISA::detail {

/// The value of a tree, in the type that it was computed in.
template <real C>
struct tree_total {
  C value = 0;

  template <floating T>
  T rounded() const {
    return narrow<T>(static_cast<compute_t<T>>(value));
  }
  /// Divided by n in double, rounded once to the type that T is computed in; NaN for n = 0.
  template <floating T>
  T divided(std::size_t n) const {
    const double quotient = static_cast<double>(value) / static_cast<double>(n);
    return narrow<T>(n == 0 ? canonical_nan<compute_t<T>>() : static_cast<compute_t<T>>(quotient));
  }
};
template <real T>
struct exact_total {
  exact_state<T> state;

  template <floating F>
  F rounded() const {
    return state.template rounded<F>();
  }
  template <floating F>
  F divided(std::size_t n) const {
    return n == 0 ? element_from_bits<F>(float_format<F>::nan) : state.template rounded<F>(n);
  }
};

/// The policy's sum over a source, or over the products of two, for results of type T.
template <sum_policy Policy, floating T, executor E, class... Sources>
DETOPS_NOINLINE auto total_of(E& exec, const Sources&... sources) {
  if constexpr (std::same_as<Policy, exact_t>) {
    using C = compute_t<T>;
    const reader<double> operands[] = {reader<double>(sources)...};
    return exact_total<C>{exact_root<C>(executor_ref(exec), operands)};
  } else {
    using rule = typename tree_rule<Policy, T>::rule;
    using C = typename tree_rule<Policy, T>::compute;
    const reader<C> operands[] = {reader<C>(sources)...};
    if (operands[0].size() == 0) {
      return tree_total<C>{};
    }
    return tree_total<C>{rule::value(tree_root<rule>(executor_ref(exec), operands))};
  }
}

/// Whether the policy computes in the type of the elements, T.
template <class Policy, class T>
inline constexpr bool computes_in_elements =
    std::same_as<typename tree_rule<Policy, T>::compute, T>;
template <class T>
inline constexpr bool computes_in_elements<exact_t, T> = false;
template <class Policy, class T, class... S>
using plain_walk = tree_walk<typename tree_rule<Policy, T>::rule, T, contiguous_loader<S, T>...>;

template <class S, class... More>
std::size_t elements_of(const matrix_view<S>& x, const matrix_view<More>&...) {
  return x.rows * x.cols;
}
template <class S>
bool is_contiguous(const matrix_view<S>& x) {
  return is_one_line(x) && x.col_stride == 1;
}

/// The same over the elements of views as they are. (Contiguous ones in the type that is computed in go straight to the
/// tree where one thread walks it: of short ones the sum costs less than what else surrounds it.)
template <sum_policy Policy, floating T, executor E, std::same_as<T>... S>
DETOPS_ALWAYS_INLINE auto total(E& exec, const matrix_view<const S>&... views) {
  if constexpr (computes_in_elements<Policy, T>) {
    const std::size_t n = elements_of(views...);
    if ((is_contiguous(views) && ...) && n != 0 &&
        (n < shortest_cut<T> || exec.concurrency() == 1)) {
      return tree_total<T>{plain_walk<Policy, T, S...>::value(n, {views.data}...)};
    }
  }
  return total_of<Policy, T>(exec, source<S>(views)...);
}

/// The same, rounded, in the default environment.
template <sum_policy Policy, floating T, executor E, class... S>
DETOPS_NOINLINE T guarded_total(E& exec, matrix_view<S>... views) {
  return with_fp_environment(
      [&] { return total<Policy, T>(exec, views...).template rounded<T>(); });
}
/// The same; the shortest do without what guards a longer call: where there is nothing to set there is nothing to
/// restore, and views stay in registers.
template <sum_policy Policy, floating T, executor E, class... S>
DETOPS_ALWAYS_INLINE T rounded_total(E& exec, const matrix_view<S>&... views) {
  if constexpr (computes_in_elements<Policy, T>) {
    const std::size_t n = elements_of(views...);
    if ((is_contiguous(views) && ...) && n != 0 && n < shortest_cut<T> && fp_environment_is_set()) {
      return plain_walk<Policy, T, std::remove_const_t<S>...>::value(n, {views.data}...);
    }
  }
  return guarded_total<Policy, T>(exec, views...);
}

} // namespace detops::inline DETOPS_ISA::detail

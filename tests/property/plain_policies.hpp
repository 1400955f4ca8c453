// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The policies as plain loops; `exact` as one accumulator that is fed one by one in another order.
#pragma once

#include <type_traits>
#include <vector>

#include <detops/reduce.hpp>

#include "../unit/reduce/plain.hpp"

namespace test {

template <class T, class Policy>
struct plain {
  using narrow = detops::detail::compute_t<T>; // 16-bit elements are computed in float
  using C = std::conditional_t<std::is_same_v<Policy, detops::wide_t>, double, narrow>;
  static constexpr bool compensated =
      std::is_same_v<Policy, detops::kahan_t> ||
      (std::is_same_v<Policy, detops::wide_t> && std::is_same_v<T, double>);

  template <class U>
  static std::vector<C> widened(const std::vector<U>& x) {
    std::vector<C> result;
    for (const U& value : x) {
      result.push_back(static_cast<C>(detops::detail::widen(value)));
    }
    return result;
  }
  static T rounded(double value) { return detops::detail::narrow<T>(static_cast<narrow>(value)); }
  static double quotient(C value, std::size_t n) {
    return static_cast<double>(value) / static_cast<double>(n);
  }
  static C total(const std::vector<T>& x) { return plain_sum(widened(x), compensated); }

  static T sum(const std::vector<T>& x) { return rounded(static_cast<double>(total(x))); }
  static T dot(const std::vector<T>& x, const std::vector<T>& y) {
    return rounded(static_cast<double>(plain_dot(widened(x), widened(y), compensated)));
  }
  static T mean(const std::vector<T>& x) { return rounded(quotient(total(x), x.size())); }
  static std::vector<narrow> deviations(const std::vector<T>& x) {
    const auto center = static_cast<narrow>(quotient(total(x), x.size()));
    std::vector<narrow> result;
    for (const T& value : x) {
      const volatile narrow difference = detops::detail::widen(value) - center;
      result.push_back(narrow{difference});
    }
    return result;
  }
  static T covariance(const std::vector<T>& x, const std::vector<T>& y, std::size_t ddof) {
    if (x.size() <= ddof) {
      return rounded(std::nan(""));
    }
    const C squares = plain_dot(widened(deviations(x)), widened(deviations(y)), compensated);
    return rounded(quotient(squares, x.size() - ddof));
  }
};

template <class T>
struct plain<T, detops::exact_t> {
  static T sum(const std::vector<T>& x) {
    detops::accumulator<T, detops::exact_t> total;
    for (std::size_t i = x.size(); i-- > 0;) {
      total.add(x[i]);
    }
    return total.value();
  }
  static T dot(const std::vector<T>& x, const std::vector<T>& y) {
    detops::accumulator<T, detops::exact_t> total;
    for (std::size_t i = x.size(); i-- > 0;) {
      total.add_product(x[i], y[i]);
    }
    return total.value();
  }
  static T mean(std::vector<T> x) {
    std::reverse(x.begin(), x.end());
    return detops::mean(x, detops::exact);
  }
  static T covariance(std::vector<T> x, std::vector<T> y, std::size_t ddof) {
    std::reverse(x.begin(), x.end());
    std::reverse(y.begin(), y.end());
    return detops::covariance(x, y, ddof, detops::exact);
  }
};

} // namespace test

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// What the cards of reduce/ promise, with every constant. Data are such that nothing overflows and no product
// underflows.
//
// d(n) is the depth of the tree: ceil(log2(rows)) down the rows, log2(W) across the lanes. gamma(k) = k u / (1 - k u)
// bounds the relative error of k roundings (Higham 2002, lemma 3.1).
//   pairwise  a leaf meets d roundings, of a product d + 1: gamma(d) sum|x|
//   kahan     TwoSum is free of error, so sum x = s + the sum of all the errors t that it splits off, and those have
//             sum|t| <= gamma(d) sum|x| (with those of the products: d + 1). On its way to the root a t meets at most
//             2d roundings: gamma(2d) gamma(d) sum|x|, about 2 d^2 u^2 sum|x|. The last addition rounds to nearest:
//             u (|s| + that).
//   wide      of float is pairwise in double, and products are exact; one rounding to float. Of double it is kahan.
#pragma once

#include <cmath>
#include <limits>

#include <detops/reduce/norm.hpp>

namespace test {

template <class T>
inline constexpr double unit = std::numeric_limits<T>::epsilon() / 2;

template <class C>
double depth(std::size_t n) {
  constexpr std::size_t width = 64 / sizeof(C);
  const std::size_t rows = (n + width - 1) / width;
  return std::ceil(std::log2(static_cast<double>(rows))) + std::log2(static_cast<double>(width));
}
template <class C>
double gamma(double count) {
  return count * unit<C> / (1 - count * unit<C>);
}

/// A real sum: of n terms, or of n products, and of their magnitudes.
struct sum_size {
  std::size_t n;
  bool products;
  double sum, magnitude;
};

/// Of a sum before its last rounding to T, where that is another one than the tree's.
template <class T>
double unrounded_bound(detops::pairwise_t, const sum_size& s) {
  return gamma<T>(depth<T>(s.n) + (s.products ? 1 : 0)) * s.magnitude;
}
template <class T>
double unrounded_bound(detops::kahan_t, const sum_size& s) {
  const double d = depth<T>(s.n);
  const double tree = gamma<T>(2 * d) * gamma<T>(d + (s.products ? 1 : 0)) * s.magnitude;
  return tree + unit<T> * (std::fabs(s.sum) + tree);
}
template <class T>
double unrounded_bound(detops::wide_t, const sum_size& s) {
  return sizeof(T) == 8 ? unrounded_bound<T>(detops::kahan, s)
                        : gamma<double>(depth<double>(s.n)) * s.magnitude;
}

template <class T, class Policy>
double sum_bound(Policy policy, const sum_size& s) {
  const double bound = unrounded_bound<T>(policy, s);
  const bool rounds = sizeof(T) == 4 && std::is_same_v<Policy, detops::wide_t>;
  return rounds ? bound + unit<T> * (std::fabs(s.sum) + bound) : bound;
}
/// The sum divided by n in double, then rounded to T.
template <class T, class Policy>
double mean_bound(Policy policy, const sum_size& s) {
  const auto n = static_cast<double>(s.n);
  const double sum = unrounded_bound<T>(policy, s) / n;
  const double roundings = unit<double> + (sizeof(T) == 4 ? unit<T> * (1 + unit<double>) : 0);
  return sum + roundings * (std::fabs(s.sum) / n + sum);
}
/// Relative: float has one rounding of its own, all else is in double, where a root halves an error and is rounded.
template <class T>
double norm2_bound(std::size_t n) {
  const double squares = gamma<double>(depth<double>(n) + (sizeof(T) == 8 ? 1 : 0));
  const double root = squares / 2 * (1 + squares) + unit<double> * (1 + squares);
  return root + (sizeof(T) == 4 ? unit<T> * (1 + root) : 0);
}

} // namespace test

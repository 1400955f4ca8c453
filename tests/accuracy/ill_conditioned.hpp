// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Sums and dot products of a wanted condition sum|x| / |sum x|, after Ogita, Rump, Oishi 2005, algorithm 6.1: the first
// half is random, with exponents over the whole range; each of the second half pulls the exact total closer to the
// wanted one, with exponents that go down. Then all are permuted.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include "oracle.hpp"

namespace test {

/// In (-1, 1), with the magnitude in [1/2, 1): the same on every standard library.
inline double signed_unit(std::mt19937_64& random) {
  const std::uint64_t h = random();
  const double magnitude = 0.5 + static_cast<double>(h >> 12) * 0x1p-53;
  return (h & 1) != 0 ? magnitude : -magnitude;
}
inline std::size_t below(std::mt19937_64& random, std::size_t count) {
  return static_cast<std::size_t>(random() % count);
}
template <class T>
void permute(std::vector<T>& x, std::mt19937_64& random) {
  for (std::size_t i = x.size(); i > 1; --i) {
    std::swap(x[i - 1], x[below(random, i)]);
  }
}

/// The two operands of a dot product; of a sum, y is empty.
template <class T>
struct operands {
  std::vector<T> x, y;
};

/// n terms of the wanted condition, up to a small factor. n is some times log2(condition), so that a step down is
/// shorter than the precision of T.
template <class T>
operands<T> ill_conditioned(std::size_t n, double condition, bool products,
                            std::mt19937_64& random) {
  std::vector<std::pair<T, T>> terms;
  const double range = std::log2(condition);
  real_number total;
  double magnitude = 0;
  const auto push = [&](double x, double y) {
    terms.emplace_back(static_cast<T>(x), static_cast<T>(y));
    const auto [a, b] = std::pair<double, double>(terms.back());
    total.add_product(a, b);
    magnitude += std::fabs(a * b);
  };
  const std::size_t half = n / 2;
  for (std::size_t i = 0; i < half; ++i) {
    const double place = i == 0 ? range : range * static_cast<double>(random() >> 11) * 0x1p-53;
    const double size = std::exp2(std::rint(place - range / 2));
    const double factor = std::exp2(std::rint(place / 2));
    products ? push(signed_unit(random) * factor, signed_unit(random) * size / factor)
             : push(signed_unit(random) * size, 1);
  }
  const double wanted = magnitude / condition * signed_unit(random);
  const double first = std::log2(magnitude / static_cast<double>(half));
  const double last = std::min(first, std::log2(std::fabs(wanted)));
  for (std::size_t i = half; i + 1 < n; ++i) {
    const double progress = static_cast<double>(i - half) / static_cast<double>(n - half);
    const double step = std::exp2(first + (last - first) * progress);
    real_number rest(i + 2 == n ? wanted : wanted + signed_unit(random) * step);
    rest.subtract(total);
    const double x = products ? static_cast<double>(static_cast<T>(signed_unit(random))) : 1;
    rest.divide(x);
    products ? push(x, rest.rounded<double>()) : push(rest.rounded<double>(), 1);
  }
  // a last one far below, so that the total is no T
  push(wanted * signed_unit(random) * 0x1p-10, products ? signed_unit(random) : 1);
  permute(terms, random);
  operands<T> result;
  for (const auto& [x, y] : terms) {
    result.x.push_back(x);
    if (products) {
      result.y.push_back(y);
    }
  }
  return result;
}

} // namespace test

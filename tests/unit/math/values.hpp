// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Values and comparisons that the elementwise tests share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include <detops/core/bits.hpp>

namespace test {

template <class T>
bool same(T a, T b) {
  return detops::detail::to_bits(a) == detops::detail::to_bits(b);
}

template <class T>
bool same(const std::vector<T>& a, const std::vector<T>& b) {
  bool equal = a.size() == b.size();
  for (std::size_t i = 0; equal && i < a.size(); ++i) {
    equal = same(a[i], b[i]);
  }
  return equal;
}

/// Zeros, subnormals, extremes, infinities, and NaNs of either sign with payloads.
template <class T>
std::vector<T> special_values() {
  using limits = std::numeric_limits<T>;
  using bits = detops::detail::uint_of<T>;
  const T nan = detops::detail::from_bits<T>(detops::detail::canonical_nan_bits<T> | bits{0x123});
  std::vector<T> x{T(0),
                   T(1),
                   T(1.5),
                   T(3),
                   T(0.1),
                   limits::min(),
                   limits::max(),
                   limits::denorm_min(),
                   limits::min() - limits::denorm_min(),
                   limits::infinity(),
                   limits::epsilon(),
                   nan};
  const std::size_t n = x.size();
  for (std::size_t i = 0; i < n; ++i) {
    x.push_back(
        detops::detail::from_bits<T>(detops::detail::to_bits(x[i]) ^ detops::detail::sign_bit<T>));
  }
  return x;
}

/// Any bits, about one in sixteen a special value.
template <class T>
std::vector<T> any_values(std::size_t n, unsigned seed) {
  std::mt19937_64 random(seed);
  const std::vector<T> special = special_values<T>();
  std::vector<T> x(n);
  for (T& value : x) {
    const std::uint64_t bits = random();
    value = random() % 16 == 0
                ? special[bits % special.size()]
                : detops::detail::from_bits<T>(static_cast<detops::detail::uint_of<T>>(bits));
  }
  return x;
}

/// Ordinary numbers in [-8, 8).
template <class T>
std::vector<T> ordinary_values(std::size_t n, unsigned seed) {
  std::mt19937_64 random(seed);
  std::vector<T> x(n);
  for (T& value : x) {
    value =
        static_cast<T>(static_cast<std::int64_t>(random() >> 12)) * static_cast<T>(0x1p-48) - T(8);
  }
  return x;
}

} // namespace test

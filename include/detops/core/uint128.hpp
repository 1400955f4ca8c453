// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Unsigned integers of 128 bits, also where the compiler has none (32-bit targets).
#pragma once

#include <cstdint>

#include <detops/core/config.hpp>

namespace detops::inline DETOPS_ISA::detail {

/// What is used of them; counts of shifts are below 128.
struct two_words {
  std::uint64_t low = 0;
  std::uint64_t high = 0;

  constexpr two_words(std::uint64_t value = 0) : low(value) {}
  constexpr two_words(std::uint64_t upper, std::uint64_t lower) : low(lower), high(upper) {}
  explicit constexpr operator std::uint64_t() const { return low; }

  friend constexpr bool operator==(const two_words&, const two_words&) = default;
  friend constexpr bool operator>(const two_words& a, const two_words& b) {
    return a.high != b.high ? a.high > b.high : a.low > b.low;
  }
  friend constexpr two_words operator|(const two_words& a, const two_words& b) {
    return {a.high | b.high, a.low | b.low};
  }
  friend constexpr two_words operator+(const two_words& a, const two_words& b) {
    const std::uint64_t sum = a.low + b.low;
    return {a.high + b.high + (sum < a.low), sum};
  }
  friend constexpr two_words operator-(const two_words& a, const two_words& b) {
    return {a.high - b.high - (a.low < b.low), a.low - b.low};
  }
  friend constexpr two_words operator<<(const two_words& a, int count) {
    return count == 0   ? a
           : count < 64 ? two_words(a.high << count | a.low >> (64 - count), a.low << count)
                        : two_words(a.low << (count - 64), 0);
  }
  friend constexpr two_words operator>>(const two_words& a, int count) {
    return count == 0   ? a
           : count < 64 ? two_words(a.high >> count, a.low >> count | a.high << (64 - count))
                        : two_words(0, a.high >> (count - 64));
  }
  constexpr two_words& operator<<=(int count) { return *this = *this << count; }
  /// Of factors below 2^64, by halves.
  friend constexpr two_words operator*(const two_words& a, const two_words& b) {
    constexpr std::uint64_t half = 0xffffffffu;
    const std::uint64_t a0 = a.low & half, a1 = a.low >> 32, b0 = b.low & half, b1 = b.low >> 32;
    const std::uint64_t middle = a1 * b0 + (a0 * b0 >> 32);
    const std::uint64_t other = a0 * b1 + (middle & half);
    return {a1 * b1 + (middle >> 32) + (other >> 32), other << 32 | (a0 * b0 & half)};
  }
};

#if defined(__SIZEOF_INT128__)
__extension__ using uint128 = unsigned __int128;
#else
using uint128 = two_words;
#endif

} // namespace detops::inline DETOPS_ISA::detail

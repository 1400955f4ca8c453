// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// One double fma in integers: for ISAs without fma, where the floating-point emulation would overflow or
// underflow on the way.
#pragma once

#include <bit>
#include <cstdint>
#include <utility>

#include <detops/core/bits.hpp>
#include <detops/core/uint128.hpp>

namespace detops::inline DETOPS_ISA::simd {

/// fl(a * b + c), rounded once to nearest even; NaN in, or an invalid operation: some NaN.
DETOPS_NOINLINE inline double soft_fma(double a, double b, double c) {
  using detail::from_bits;
  using detail::to_bits;
  using detail::uint128;
  if (!detail::is_finite(a) || !detail::is_finite(b) || a == 0.0 || b == 0.0) {
    return detail::pin(detail::pin(a) * b) + c;
  }
  if (!detail::is_finite(c)) {
    return c;
  }
  // value = significand * 2^exponent
  const auto significand = [](double x) {
    const std::uint64_t bits = to_bits(x);
    const std::uint64_t fraction = bits & 0xfffffffffffffu;
    return (bits >> 52 & 0x7ff) != 0 ? fraction | std::uint64_t{1} << 52 : fraction;
  };
  const auto exponent = [](double x) {
    const int field = static_cast<int>(to_bits(x) >> 52 & 0x7ff);
    return (field == 0 ? 1 : field) - 1075;
  };
  const auto leading_zeros = [](uint128 x) {
    const auto high = static_cast<std::uint64_t>(x >> 64);
    return high != 0 ? std::countl_zero(high)
                     : 64 + std::countl_zero(static_cast<std::uint64_t>(x));
  };
  const auto shift_right_sticky = [](uint128 x, int count) -> uint128 {
    if (count <= 0) {
      return x;
    }
    if (count > 127) {
      return x != 0;
    }
    return x >> count | ((x << (128 - count)) != 0);
  };

  uint128 large = uint128{significand(a)} * significand(b);
  int large_exponent = exponent(a) + exponent(b);
  bool large_negative = ((to_bits(a) ^ to_bits(b)) >> 63) != 0;
  uint128 small = significand(c);
  int small_exponent = exponent(c);
  bool small_negative = (to_bits(c) >> 63) != 0;

  // Both leading bits at 125; 106 and 53 bits leave room for what an alignment of up to 20 shifts out.
  const auto normalise = [&](uint128& x, int& e) {
    if (x == 0) {
      e = -100000;
      return;
    }
    const int shift = leading_zeros(x) - 2;
    x <<= shift;
    e -= shift;
  };
  normalise(large, large_exponent);
  normalise(small, small_exponent);
  if (small_exponent > large_exponent || (small_exponent == large_exponent && small > large)) {
    std::swap(large, small);
    std::swap(large_exponent, small_exponent);
    std::swap(large_negative, small_negative);
  }
  small = shift_right_sticky(small, large_exponent - small_exponent);
  uint128 total = large_negative == small_negative ? large + small : large - small;
  if (total == 0) {
    return 0.0; // exact cancellation rounds to +0
  }
  // 55 bits and a sticky one keep the rounding right; fewer where the result is subnormal.
  int e = large_exponent;
  const int excess = 128 - leading_zeros(total) - 53;
  const int shift = excess + e < -1074 ? -1074 - e : excess;
  std::uint64_t kept;
  if (shift <= 0) {
    kept = static_cast<std::uint64_t>(total << -shift);
  } else {
    const uint128 with_guard = shift == 1 ? total << 1 : shift_right_sticky(total, shift - 2);
    const auto scaled = static_cast<std::uint64_t>(with_guard);
    kept = scaled >> 2;
    const std::uint64_t rest = scaled & 3;
    kept += rest > 2 || (rest == 2 && (kept & 1) != 0);
  }
  e += shift;
  if (kept >> 53 != 0) {
    kept >>= 1;
    ++e;
  }
  const std::uint64_t sign = large_negative ? std::uint64_t{1} << 63 : 0;
  if (e + 52 > 1023) {
    return from_bits<double>(sign | 0x7ff0000000000000u);
  }
  const bool normal = kept >> 52 != 0;
  const std::uint64_t field = normal ? static_cast<std::uint64_t>(e + 1075) : 0;
  return from_bits<double>(sign | field << 52 | (kept & 0xfffffffffffffu));
}

} // namespace detops::inline DETOPS_ISA::simd

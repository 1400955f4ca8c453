// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Element types and the type that each is computed in: float and double in themselves, Eigen::half and
// Eigen::bfloat16 in float. Nothing of Eigen is included; who has such elements has.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include <detops/core/bits.hpp>

namespace Eigen {
struct half;
struct bfloat16;
} // namespace Eigen

namespace detops::inline DETOPS_ISA {

/// Elements of 16 bits: IEEE binary16 and bfloat16.
template <class T>
concept half_precision = std::same_as<T, Eigen::half> || std::same_as<T, Eigen::bfloat16>;

/// Every floating-point element.
template <class T>
concept floating = real<T> || half_precision<T>;

namespace detail {

/// The layout of a binary floating-point type: `precision` significant bits, the hidden one among them; the
/// exponent of the smallest subnormal; the bits of infinity and of the canonical NaN.
template <class T>
struct float_format;
template <>
struct float_format<double> {
  static constexpr int precision = 53, least = -1074;
  static constexpr std::uint64_t infinity = 0x7ff0000000000000u, nan = 0x7ff8000000000000u;
};
template <>
struct float_format<float> {
  static constexpr int precision = 24, least = -149;
  static constexpr std::uint64_t infinity = 0x7f800000u, nan = 0x7fc00000u;
};
template <>
struct float_format<Eigen::half> {
  static constexpr int precision = 11, least = -24;
  static constexpr std::uint64_t infinity = 0x7c00u, nan = 0x7e00u;
};
template <>
struct float_format<Eigen::bfloat16> {
  static constexpr int precision = 8, least = -133;
  static constexpr std::uint64_t infinity = 0x7f80u, nan = 0x7fc0u;
};

template <half_precision T>
inline constexpr bool is_bfloat16 = std::same_as<T, Eigen::bfloat16>;

/// What T is computed in.
template <floating T>
using compute_t = std::conditional_t<std::same_as<T, double>, double, float>;

template <half_precision T>
std::uint16_t half_bits(const T& value) {
  std::uint16_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}
/// A value of T from its bits.
template <floating T>
T element_from_bits(std::uint64_t bits) {
  if constexpr (real<T>) {
    return from_bits<T>(static_cast<uint_of<T>>(bits));
  } else {
    const auto narrow = static_cast<std::uint16_t>(bits);
    T value;
    std::memcpy(static_cast<void*>(&value), &narrow, sizeof value);
    return value;
  }
}

/// The float with the bits' value: exact.
template <half_precision T>
float widen_bits(std::uint32_t bits) {
  if constexpr (is_bfloat16<T>) {
    return from_bits<float>(bits << 16);
  } else {
    // as a float with half's exponent, which is 112 too small
    const float scaled = from_bits<float>((bits & 0x7fff) << 13) * 0x1p112f;
    const std::uint32_t special = (bits & 0x7c00) == 0x7c00 ? infinity_bits<float> : 0;
    return from_bits<float>(to_bits(scaled) | special | (bits & 0x8000) << 16);
  }
}

template <floating T>
compute_t<T> widen(const T& value) {
  if constexpr (real<T>) {
    return value;
  } else {
    return widen_bits<T>(half_bits(value));
  }
}

/// The nearest T, ties to even; NaN becomes T's canonical one.
template <floating T>
T narrow(compute_t<T> value) {
  if constexpr (real<T>) {
    return canonical(value);
  } else {
    using format = float_format<T>;
    const std::uint32_t bits = to_bits(value);
    const std::uint32_t magnitude = bits & ~sign_bit<float>;
    constexpr int drop = 24 - format::precision;
    // the magnitude of the smallest normal T, and what its exponent field is above T's
    constexpr int least_normal = format::least + format::precision - 1 + 127;
    const auto to_even = [](std::uint32_t x, int count) {
      return (x + (std::uint32_t{1} << (count - 1)) - 1 + (x >> count & 1)) >> count;
    };
    std::uint32_t result;
    if (magnitude > infinity_bits<float>) {
      return element_from_bits<T>(format::nan);
    }
    const int exponent = static_cast<int>(magnitude >> 23);
    if (exponent >= least_normal) {
      constexpr auto rebias = static_cast<std::uint32_t>(least_normal - 1) << 23;
      result = std::min(to_even(magnitude - rebias, drop), std::uint32_t{format::infinity});
    } else {
      const std::uint32_t mantissa =
          exponent == 0 ? magnitude
                        : (magnitude & 0x7fffff) | 0x800000; // times 2^(max(exponent, 1) - 150)
      const int count = format::least + 150 - (exponent == 0 ? 1 : exponent);
      result = count > 25 ? 0 : to_even(mantissa, count);
    }
    return element_from_bits<T>(result | (bits & sign_bit<float>) >> 16);
  }
}

} // namespace detail
} // namespace detops::inline DETOPS_ISA

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The kinds of data of README.md: element i of an operand as bits, from a seed and i alone.
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <type_traits>

#include <Eigen/Core>

namespace golden {

template <class T>
using bits_of = std::conditional_t<
    sizeof(T) == 8, std::uint64_t,
    std::conditional_t<sizeof(T) == 4, std::uint32_t,
                       std::conditional_t<sizeof(T) == 2, std::uint16_t, std::uint8_t>>>;

inline std::uint64_t splitmix64(std::uint64_t z) {
  z += 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}
/// h of README.md.
inline std::uint64_t hash_of(std::uint64_t seed, std::uint64_t index) {
  return splitmix64(seed * 0x9E3779B97F4A7C15u + index);
}

/// The numbers that kinds of data are built from. (Bits, because 32-bit x86 returns floats in a register that
/// quietens NaNs.)
template <class T>
struct shape_of_data {
  using bits = bits_of<T>;
  static constexpr bool brain = std::is_same_v<T, Eigen::bfloat16>;
  static constexpr int width = 8 * sizeof(T);
  static constexpr int mantissa = width == 64 ? 52 : width == 32 ? 23 : brain ? 7 : 10;
  static constexpr int bias = width == 64 ? 1023 : width == 32 || brain ? 127 : 15;

  static constexpr bits field(int exponent) {
    return static_cast<bits>(std::uint64_t(exponent) << mantissa);
  }
  static constexpr bits low_bits = static_cast<bits>(field(1) - 1);
  static constexpr bits sign = static_cast<bits>(std::uint64_t{1} << (width - 1));
  static constexpr bits infinity = field(2 * bias + 1);
  static constexpr auto first_nan = static_cast<bits>(width == 64   ? 0x7ff4000000000001u
                                                      : width == 32 ? 0x7fa00001u
                                                      : brain       ? 0x7fa1u
                                                                    : 0x7d01u);
  static constexpr auto second_nan = static_cast<bits>(width == 64   ? 0xfff8000000000123u
                                                       : width == 32 ? 0xffc00123u
                                                       : brain       ? 0xffc3u
                                                                     : 0xfe23u);

  static constexpr bits negated(bits value) { return static_cast<bits>(value ^ sign); }
  /// `value`, negative where the top bit of h is 1.
  static constexpr bits with_sign(std::uint64_t h, bits value) {
    return h >> 63 != 0 ? negated(value) : value;
  }
  /// The bits of a value that T can represent.
  static bits exactly(double value) {
    if constexpr (width == 64) {
      return std::bit_cast<bits>(value);
    } else {
      return std::bit_cast<bits>(static_cast<T>(static_cast<float>(value)));
    }
  }

  static std::uint64_t spread(std::uint64_t h) { return width == 64 ? (h >> 53) & 1023 : h >> 32; }
  /// Sign and mantissa of h, an exponent field.
  static bits fields(std::uint64_t h, std::uint64_t exponent) {
    return with_sign(h, static_cast<bits>(exponent << mantissa | (h & low_bits)));
  }
  /// One of `count` exponents from `least` on, for float and for double.
  static bits some_exponent(std::uint64_t h, int least32, unsigned count32, int least64,
                            unsigned count64) {
    const int least = bias + (width == 64 ? least64 : least32);
    return fields(h, static_cast<std::uint64_t>(least) +
                         spread(h) % (width == 64 ? count64 : count32));
  }
  static bits wide(std::uint64_t h) {
    return width == 16 && !brain ? fields(h, 1 + spread(h) % 29)
                                 : some_exponent(h, -40, 81, -300, 601);
  }
  static bits moderate(std::uint64_t h) { return some_exponent(h, -12, 20, -12, 20); }
  static bits tiny(std::uint64_t h) { return some_exponent(h, -75, 24, -538, 30); }
  static bits full(std::uint64_t h) {
    return fields(h, 1 + (width == 64 ? ((h >> 52) & 2047) % 2046 : spread(h) % 254));
  }
  /// Pairs of opposite values; of every 64th pair the second one, or both, are `tiny` instead.
  static bits cancel(std::uint64_t seed, std::uint64_t index, bool both) {
    const std::uint64_t pair = index / 2, g = hash_of(seed, pair);
    const bool odd = index % 2 != 0;
    if (pair % 64 == 0 && (odd || both)) {
      return tiny(g);
    }
    return odd ? negated(wide(g)) : wide(g);
  }
  /// 16 values and the same again, there with the other sign or with the same.
  static bits sixteens(std::uint64_t seed, std::uint64_t index, bool opposed) {
    const std::uint64_t g = hash_of(seed, index / 32 * 16 + index % 16);
    const bits value = width == 16 ? wide(g) : moderate(g);
    return opposed && index / 16 % 2 != 0 ? negated(value) : value;
  }
  static bits unit(std::uint64_t h) {
    const auto integer =
        static_cast<std::int64_t>(h >> (63 - mantissa)) - (std::int64_t{1} << mantissa);
    return exactly(std::ldexp(static_cast<double>(integer), -mantissa));
  }
  static bits tie(std::uint64_t h, int around) {
    constexpr int reach = width == 64 ? 27 : 12;
    const double d = static_cast<double>((h >> 8) % 17) - 8;
    const int e = static_cast<int>(spread(h) % (2 * reach + 1)) - reach + around;
    return with_sign(h, exactly(std::ldexp(std::ldexp(1.0, mantissa) + d, e - mantissa)));
  }
  /// `unit`, but strewn with other values, of which entries 4 and 5 are given.
  static bits special(std::uint64_t h, bits entry4, bits entry5) {
    const std::array<bits, 8> entries = {0,      sign,   1,        negated(low_bits),
                                         entry4, entry5, field(1), negated(field(bias))};
    return h % 17 == 0 ? entries[(h >> 8) % 8] : unit(h);
  }
  static bits few(std::uint64_t h) {
    const std::array<bits, 4> entries = {negated(field(bias)), sign, 0, field(bias)};
    return entries[(h >> 8) % 4];
  }
  /// `usual`, but in rare places the zero of the other sign.
  static bits rare(std::uint64_t h, bits usual) {
    return (h >> 8) % 61 == 0 ? negated(usual) : usual;
  }
};

/// The bits of element `index`.
template <class T>
using generator = bits_of<T> (*)(std::uint64_t seed, std::uint64_t index);

/// Null for a kind that the type does not have.
template <class T>
generator<T> find_generator(const std::string& kind) {
  using word = std::uint64_t;
  using bits = bits_of<T>;
  if constexpr (std::is_integral_v<T>) {
    return kind == "bits" ? [](word seed, word i) { return static_cast<bits>(hash_of(seed, i)); }
                          : generator<T>{};
  } else {
    using shape = shape_of_data<T>;
    std::map<std::string, generator<T>> kinds;
#define GOLDEN_KIND(NAME, VALUE)                                                                   \
  kinds[NAME] = []([[maybe_unused]] word seed, [[maybe_unused]] word i) -> bits {                  \
    [[maybe_unused]] const word h = hash_of(seed, i);                                              \
    return VALUE;                                                                                  \
  }
    GOLDEN_KIND("unit", shape::unit(h));
    GOLDEN_KIND("wide", shape::wide(h));
    GOLDEN_KIND("bits", static_cast<bits>(h));
    GOLDEN_KIND("subnormal", shape::fields(h, 0));
    GOLDEN_KIND("signedzero", shape::with_sign(h, 0));
    GOLDEN_KIND("few", shape::few(h));
    GOLDEN_KIND("special",
                shape::special(h, shape::infinity - 1, shape::negated(shape::infinity - 1)));
    GOLDEN_KIND("specialinf", shape::special(h, shape::infinity, shape::negated(shape::infinity)));
    GOLDEN_KIND("specialnan", shape::special(h, shape::first_nan, shape::second_nan));
    GOLDEN_KIND("zero", 0);
    GOLDEN_KIND("negzero", shape::sign);
    GOLDEN_KIND("rareminus", shape::rare(h, 0));
    GOLDEN_KIND("rareplus", shape::rare(h, shape::sign));
    GOLDEN_KIND("opposed", shape::sixteens(seed, i, true));
    GOLDEN_KIND("repeated", shape::sixteens(seed, i, false));
    if constexpr (sizeof(T) >= 4) {
      GOLDEN_KIND("moderate", shape::moderate(h));
      GOLDEN_KIND("tiny", shape::tiny(h));
      GOLDEN_KIND("huge", shape::some_exponent(h, 58, 7, 506, 7));
      GOLDEN_KIND("full", shape::full(h));
      GOLDEN_KIND("tie", shape::tie(h, 0));
      GOLDEN_KIND("tinytie", shape::tie(h, sizeof(T) == 4 ? -75 : -538));
      GOLDEN_KIND("cancel", shape::cancel(seed, i, false));
      GOLDEN_KIND("residue", shape::cancel(seed, i, true));
    }
#undef GOLDEN_KIND
    const auto found = kinds.find(kind);
    return found == kinds.end() ? nullptr : found->second;
  }
}

} // namespace golden

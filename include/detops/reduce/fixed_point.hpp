// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Sums of products of floats or doubles as one long integer: every finite value has a place, nothing is rounded
// until the end, and so the order of the additions leaves no trace.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>

#include <detops/core/element.hpp>
#include <detops/core/uint128.hpp>

namespace detops::inline DETOPS_ISA::detail {

/// The significand of a finite double as an integer, and the exponent it is multiplied with: |value| = m * 2^e.
struct significand {
  std::uint64_t m;
  int e;
};
constexpr significand split(double value) {
  const std::uint64_t bits = to_bits(value) & ~sign_bit<double>;
  const auto field = static_cast<int>(bits >> 52);
  const std::uint64_t hidden = field == 0 ? 0 : std::uint64_t{1} << 52;
  return {(bits & ((std::uint64_t{1} << 52) - 1)) | hidden, (field == 0 ? 1 : field) - 1075};
}

/// The sum of limb[k] * 2^(32 k + lowest). A limb holds 32 bits of the number and, until carry(), what additions
/// have brought beyond them:
///
///   limb      ... 3        2        1        0
///   weight    2^96     2^64     2^32     1   (times 2^lowest)
///   +         m << s spreads over three limbs, s = place mod 32
template <real T>
class fixed_point {
public:
  /// The smallest product of two subnormals; the largest product of two numbers is below 2^(1 - lowest).
  static constexpr int lowest = 2 * float_format<T>::least;
  /// 64 bits for as many carries as elements can be counted, and the sign
  static constexpr std::size_t limbs = static_cast<std::size_t>(-2 * lowest + 64 + 32) / 32 + 1;

  /// Adds m * 2^e, or subtracts it. Below 2^lowest m has only zeros.
  void add(std::uint64_t m, int e, bool negative) {
    if (e < lowest) {
      const int drop = lowest - e;
      m = drop < 64 ? m >> drop : 0;
      e = lowest;
    }
    const auto place = static_cast<std::size_t>(e - lowest);
    const std::size_t k = place / 32;
    const std::size_t shift = place % 32;
    const std::uint64_t low = (m & 0xffffffffu) << shift;
    const std::uint64_t high = (m >> 32) << shift;
    const auto first = static_cast<std::int64_t>(low & 0xffffffffu);
    const auto second = static_cast<std::int64_t>((low >> 32) + (high & 0xffffffffu));
    const auto third = static_cast<std::int64_t>(high >> 32);
    limb_[k] += negative ? -first : first;
    limb_[k + 1] += negative ? -second : second;
    limb_[k + 2] += negative ? -third : third;
    if (++pending_ == limit) {
      carry();
    }
  }
  /// Adds a finite number, or subtracts it.
  void add(double value, bool subtract = false) {
    const significand s = split(value);
    add(s.m, s.e, ((to_bits(value) & sign_bit<double>) != 0) != subtract);
  }
  /// The exact product of two finite numbers of T.
  void add_product(double x, double y, bool subtract = false) {
    const significand a = split(x), b = split(y);
    const uint128 product = uint128(a.m) * uint128(b.m);
    const bool negative = (((to_bits(x) ^ to_bits(y)) & sign_bit<double>) != 0) != subtract;
    add(static_cast<std::uint64_t>(product), a.e + b.e, negative);
    add(static_cast<std::uint64_t>(product >> 64), a.e + b.e + 64, negative);
  }
  void add(const fixed_point& other) {
    if (pending_ + other.pending_ + 1 >= limit) {
      carry();
      fixed_point copy = other;
      copy.carry();
      merge(copy);
    } else {
      merge(other);
    }
  }

  /// Brings every limb but the last, which keeps the sign, to 32 bits: the only such form of the number.
  void carry() {
    for (std::size_t k = 0; k + 1 < limbs; ++k) {
      limb_[k + 1] += limb_[k] >> 32;
      limb_[k] &= 0xffffffff;
    }
    pending_ = 0;
  }
  bool is_zero() const {
    fixed_point copy = *this;
    copy.carry();
    std::int64_t all = 0;
    for (const std::int64_t limb : copy.limb_) {
      all |= limb;
    }
    return all == 0;
  }

  /// The number divided by n >= 1, rounded once to F, to nearest even. Zero is +0.
  template <floating F>
  F rounded(std::uint64_t n = 1) const {
    fixed_point value = *this;
    value.carry();
    const bool negative = value.limb_[limbs - 1] < 0;
    if (negative) {
      value.negate();
    }
    const bool inexact = n != 1 && value.divide(n) != 0;
    std::uint64_t bits = value.template magnitude<float_format<F>>(inexact);
    if (negative) {
      bits |= std::uint64_t{1} << (8 * sizeof(F) - 1);
    }
    return element_from_bits<F>(bits);
  }

  /// After carry(): the digits, the last one signed.
  std::int64_t& digit(std::size_t k) { return limb_[k]; }

private:
  // An addition brings less than 2^33 to a limb.
  static constexpr std::uint32_t limit = std::uint32_t{1} << 29;

  void merge(const fixed_point& other) {
    for (std::size_t k = 0; k < limbs; ++k) {
      limb_[k] += other.limb_[k];
    }
    pending_ += other.pending_ + 1;
  }
  void negate() {
    for (std::int64_t& limb : limb_) {
      limb = -limb;
    }
    carry();
  }
  /// Divides the digits; returns the remainder.
  std::uint64_t divide(std::uint64_t n) {
    std::uint64_t rest = 0;
    for (std::size_t k = limbs; k-- > 0;) {
      const auto digit = static_cast<std::uint64_t>(limb_[k]);
      std::uint64_t quotient = 0;
      if (n >> 32 == 0) {
        const std::uint64_t dividend = rest << 32 | digit;
        quotient = dividend / n;
        rest = dividend % n;
      } else { // bit by bit; n < 2^63
        for (int bit = 31; bit >= 0; --bit) {
          rest = rest << 1 | (digit >> bit & 1);
          quotient = quotient << 1 | (rest >= n ? 1 : 0);
          rest -= rest >= n ? n : 0;
        }
      }
      limb_[k] = static_cast<std::int64_t>(quotient);
    }
    return rest;
  }

  /// Bits [place, place + 64) of the digits.
  std::uint64_t bits_from(std::size_t place) const {
    const std::size_t k = place / 32;
    const auto digit = [&](std::size_t i) {
      return i < limbs ? static_cast<std::uint64_t>(limb_[i]) : std::uint64_t{0};
    };
    const std::uint64_t low = digit(k) | digit(k + 1) << 32;
    return place % 32 == 0 ? low : low >> place % 32 | digit(k + 2) << (64 - place % 32);
  }
  /// The digits as the bits of a number of Format; `inexact` says that there are more bits below them.
  template <class Format>
  std::uint64_t magnitude(bool inexact) const {
    std::size_t top = limbs;
    while (top > 0 && limb_[top - 1] == 0) {
      --top;
    }
    constexpr int least = Format::least - lowest; // where the smallest number of Format stands
    int highest = -1;                             // the highest bit
    if (top > 0) {
      const auto digit = static_cast<std::uint64_t>(limb_[top - 1]);
      highest = static_cast<int>(32 * (top - 1)) + 63 - std::countl_zero(digit);
    }
    const int last = std::max(highest - Format::precision + 1, least); // the last bit that is kept
    const auto place = static_cast<std::size_t>(last);
    std::uint64_t kept = highest < last ? 0 : bits_from(place);
    const bool half = (bits_from(place - 1) & 1) != 0;
    if (half) {
      bool below = inexact;
      for (std::size_t k = 0; !below && k < limbs && 32 * k < place - 1; ++k) {
        const std::size_t count = place - 1 - 32 * k;
        below = (count >= 32 ? limb_[k] : limb_[k] & ((std::int64_t{1} << count) - 1)) != 0;
      }
      kept += below || (kept & 1) != 0 ? 1 : 0;
    }
    const auto field = static_cast<std::uint64_t>(last - least);
    return std::min((field << (Format::precision - 1)) + kept, std::uint64_t{Format::infinity});
  }

  std::int64_t limb_[limbs] = {};
  std::uint32_t pending_ = 0;
};

} // namespace detops::inline DETOPS_ISA::detail

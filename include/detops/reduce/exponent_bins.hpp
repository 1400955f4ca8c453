// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Exact sums of numbers however far their exponents lie apart: one integer for every sign and exponent.
#pragma once

#include <algorithm>
#include <cstring>
#include <type_traits>

#include <detops/reduce/fixed_point.hpp>

namespace detops::inline DETOPS_ISA::detail {

/// Sums of elements of S, one for each sign and exponent field: an addition to memory for each element, of its bits and
/// 2^place, which counts:
///
///      |    count     |      sum of bits       |
///                   place                      0
///
/// All elements of a bin have the same sign and exponent field, so the sum of bits and the count give the sum of fractions.
template <real S>
class exponent_bins {
  static constexpr int fraction = float_format<S>::precision - 1; // bits
  static constexpr std::size_t size = std::size_t{1} << (8 * sizeof(S) - fraction);
  static constexpr std::size_t fields = size / 2;
  static constexpr int place = 96;
  // Floats: an addition in one word, for so many that neither part overflows.
  static constexpr bool words = sizeof(S) == 4;
  static constexpr int word_place = 48;
  static constexpr std::size_t word_limit = (std::size_t{1} << (64 - word_place)) - 1;
  using bin = std::conditional_t<words, std::uint64_t, uint128>;

public:
  /// So many elements fit between two calls of flush().
  static constexpr std::size_t limit = std::size_t{1} << 31;

  /// At most 2^15 elements.
  void add(const S* elements, std::size_t count) {
    constexpr bin one = bin(1) << (words ? word_place : place);
    const auto add_one = [&](std::uint64_t bits) DETOPS_INLINE_LAMBDA {
      bin& sum = bins_[bits >> fraction];
      sum = sum + (one + bin(bits));
    };
    std::size_t i = 0;
    if constexpr (words) {
      if (in_words_ + count > word_limit) {
        empty_words();
      }
      in_words_ += count;
      for (; count - i >= 4; i += 4) { // two floats in a load, whichever is the first
        std::uint64_t pairs[2];
        std::memcpy(pairs, elements + i, sizeof pairs);
        add_one(pairs[0] & 0xffffffffu);
        add_one(pairs[0] >> 32);
        add_one(pairs[1] & 0xffffffffu);
        add_one(pairs[1] >> 32);
      }
    }
    for (; i < count; ++i) {
      add_one(to_bits(elements[i]));
    }
  }
  /// Whether a NaN or an infinity was added since the last call; if so, all of them are dropped.
  bool drop_not_finite() {
    bin& positive = bins_[fields - 1];
    bin& negative = bins_[size - 1];
    const bool found = !((positive | negative) == bin(0));
    positive = negative = bin(0);
    return found;
  }
  /// Adds the sums to `total` and empties the bins.
  template <class Total>
  void flush(Total& total) {
    if constexpr (words) {
      empty_words();
      flush(sums_, total);
    } else {
      flush(bins_, total);
    }
  }

private:
  void empty_words() {
    for (std::size_t k = 0; k < size; ++k) {
      constexpr std::uint64_t one = std::uint64_t{1} << word_place;
      sums_[k] =
          sums_[k] + ((uint128(bins_[k] >> word_place) << place) | uint128(bins_[k] & (one - 1)));
      bins_[k] = 0;
    }
    in_words_ = 0;
  }
  template <class Total>
  static void flush(uint128 (&sums)[size], Total& total) {
    for (std::size_t k = 0; k < size; ++k) {
      if (!(sums[k] == uint128(0))) {
        const std::size_t field = k % fields;
        const uint128 count = sums[k] >> place;
        const uint128 fractions = sums[k] - (count << place) - count * (uint128(k) << fraction);
        const uint128 sum = field == 0 ? fractions : fractions + (count << fraction);
        const int exponent = std::max(static_cast<int>(field), 1) - 1 + float_format<S>::least;
        total.add(static_cast<std::uint64_t>(sum), exponent, k >= fields);
        total.add(static_cast<std::uint64_t>(sum >> 64), exponent + 64, k >= fields);
        sums[k] = uint128(0);
      }
    }
  }

  bin bins_[size] = {};
  std::size_t in_words_ = 0;
  uint128 sums_[words ? size : 1] = {};
};

/// Sums of products of elements of S, one for each sign and sum of two exponents, of the products of significands.
template <real S>
class product_bins {
  static constexpr int fraction = float_format<S>::precision - 1; // bits
  static constexpr std::uint64_t fields = std::uint64_t{1} << (8 * sizeof(S) - 1 - fraction);
  static constexpr std::size_t size = 4 * fields;

public:
  /// So many products, each below 2^106, fit between two calls of flush().
  static constexpr std::size_t limit = std::size_t{1} << 22;

  /// Adds x[i] y[i]; calls not_finite(i) where one of them is not finite.
  template <class NotFinite>
  void add(const S* x, const S* y, std::size_t count, const NotFinite& not_finite) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t a = to_bits(x[i]), b = to_bits(y[i]);
      const std::uint64_t a_field = a >> fraction & (fields - 1);
      const std::uint64_t b_field = b >> fraction & (fields - 1);
      if (a_field == fields - 1 || b_field == fields - 1) [[unlikely]] {
        not_finite(i);
        continue;
      }
      const std::uint64_t a_hidden = a_field != 0 ? 1 : 0, b_hidden = b_field != 0 ? 1 : 0;
      const std::uint64_t sign = (a ^ b) >> (8 * sizeof(S) - 1);
      uint128& sum = bins_[sign * (2 * fields) + (a_field - a_hidden) + (b_field - b_hidden)];
      sum = sum + uint128((a & fractions) | a_hidden << fraction) *
                      uint128((b & fractions) | b_hidden << fraction);
    }
  }
  /// Adds the sums to `total` and empties the bins.
  template <class Total>
  void flush(Total& total) {
    for (std::size_t k = 0; k < size; ++k) {
      if (!(bins_[k] == uint128(0))) {
        const int exponent = static_cast<int>(k % (2 * fields)) + 2 * float_format<S>::least;
        total.add(static_cast<std::uint64_t>(bins_[k]), exponent, k >= 2 * fields);
        total.add(static_cast<std::uint64_t>(bins_[k] >> 64), exponent + 64, k >= 2 * fields);
        bins_[k] = uint128(0);
      }
    }
  }

private:
  static constexpr std::uint64_t fractions = (std::uint64_t{1} << fraction) - 1;
  uint128 bins_[size] = {};
};

} // namespace detops::inline DETOPS_ISA::detail

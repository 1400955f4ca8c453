// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The fast part of exact sums: doubles go, without rounding, into two accumulators per lane (a window of exponents),
// or, where the values of a block are spread wider than that, into one integer per exponent (bins).
#pragma once

#include <limits>

#include <detops/reduce/fixed_point.hpp>
#include <detops/reduce/source.hpp>

namespace detops::inline DETOPS_ISA::detail {

/// The least and the largest magnitude in a block; zeros do not count as the least.
struct magnitudes {
  double least;
  double largest;
  bool finite() const { return largest < infinity; }
  bool zero() const { return largest == 0; }
  static constexpr double infinity = std::numeric_limits<double>::infinity();
};

/// Sums of numbers of `Bits` significant bits below 2^E, each cut in two without rounding:
///
///     2^E                    2^(E-40)                  2^(E-82)
///      |------- high ---------|---------- low ----------|
///
/// x + C with C = 1.5 * 2^(E+12) ends in units of 2^(E-40), so high = (x + C) - C and low = x - high are exact. 2^12
/// of each fit a double without rounding where every x is a multiple of 2^(E-82), that is, at least
/// 2^(E-83+Bits). With one level all of x is `low` of a narrower window: 2^8 terms, multiples of 2^(E-45).
template <int Bits>
class window {
public:
  static constexpr int levels = Bits <= 24 ? 1 : 2;
  /// A row: two registers, which is enough for the latency of an addition.
  using V = simd::lanes<double, 2 * simd::register_lanes<double>>;

  window() {
    for (V& level : sum_) {
      level = V::broadcast(0);
    }
  }

  /// Adds rows [0, count) of row(i) where all fit the window; else adds nothing.
  template <class Row>
  DETOPS_NOINLINE magnitudes add(const Row& row, std::size_t count) {
    V high = sum_[0], low = sum_[levels - 1];
    V least = V::broadcast(none), largest = V::broadcast(0);
    const V zero = V::broadcast(0), highest = V::broadcast(none), cut = V::broadcast(cut_);
    for (std::size_t i = 0; i < count; ++i) {
      const V x = row(i);
      const V size = simd::abs(x);
      largest = simd::larger(largest, size);
      least = simd::smaller(least, simd::select(simd::equal(size, zero), highest, size));
      if constexpr (levels == 1) {
        low = simd::add(low, x);
      } else {
        const V part = simd::sub(simd::add(x, cut), cut);
        high = simd::add(high, part);
        low = simd::add(low, simd::sub(x, part));
      }
    }
    double lows[V::size], highs[V::size], sums[V::size];
    least.store(lows);
    largest.store(highs);
    low.store(sums);
    magnitudes found{none, 0};
    for (std::size_t l = 0; l < V::size; ++l) {
      found.least = std::min(found.least, lows[l]);
      found.largest = std::max(found.largest, highs[l]);
    }
    for (const double sum : sums) {
      if (!is_finite(sum)) { // a NaN or an infinity among x stays in the sum
        found.largest = magnitudes::infinity;
      }
    }
    added_ = found.finite() && fits(found) && has_room(count);
    if (added_) {
      sum_[0] = high;
      sum_[levels - 1] = low;
      terms_ += count;
    }
    return found;
  }
  /// Whether the last call of add() added.
  bool added() const { return added_; }
  /// Whether so many more rows may be added before flush().
  bool has_room(std::size_t count) const { return terms_ + count <= max_terms; }

  /// Moves the window, with some room above, so that numbers like these fit; false where none holds them. The
  /// window must be empty.
  bool move_to(const magnitudes& m) {
    const int top = std::max(exponent(m.largest) + 1 + 4, -1000);
    if (top > 1000 || m.least < least_of(top)) {
      return false;
    }
    largest_ = from_bits<double>(static_cast<std::uint64_t>(top + 1023) << 52);
    cut_ = 1.5 * from_bits<double>(static_cast<std::uint64_t>(top + 12 + 1023) << 52);
    least_ = least_of(top);
    return true;
  }

  /// Adds the sums to `total` and empties the window.
  template <real T>
  void flush(fixed_point<T>& total) {
    if (terms_ == 0) {
      return;
    }
    for (V& level : sum_) {
      double sums[V::size];
      level.store(sums);
      for (const double value : sums) {
        total.add(value);
      }
      level = V::broadcast(0);
    }
    terms_ = 0;
  }

private:
  static constexpr double none = 0x1p1023; // the least magnitude where there is none
  static constexpr std::size_t max_terms = levels == 1 ? 256 : 4096;
  static constexpr int reach = levels == 1 ? 45 : 82;

  static int exponent(double magnitude) {
    return std::max(static_cast<int>(to_bits(magnitude) >> 52), 1) - 1023;
  }
  static double least_of(int top) { // a normal number, as top >= -1000 and reach - Bits < 32
    return from_bits<double>(
        static_cast<std::uint64_t>(std::max(top - reach + Bits - 1, -1022) + 1023) << 52);
  }
  bool fits(const magnitudes& m) const { return m.largest < largest_ && m.least >= least_; }

  V sum_[levels];
  double largest_ = 0, least_ = 0, cut_ = 0; // a window that nothing fits
  std::size_t terms_ = 0;
  bool added_ = false;
};

/// Sums of significands, one integer for every sign and exponent: an addition to memory for each number.
class exponent_bins {
public:
  static constexpr std::size_t size = 4096;

  /// Adds a finite number.
  template <real T>
  DETOPS_ALWAYS_INLINE void add(double value, fixed_point<T>& total) {
    // With their exponents on: the sum of those is known from the count, modulo 2^64.
    const std::uint64_t bits = to_bits(value);
    const auto k = static_cast<std::size_t>(bits >> 52);
    sum_[k] += bits;
    if (++count_[k] == limit) {
      flush(k, total);
    }
  }
  template <real T>
  void flush(fixed_point<T>& total) {
    for (std::size_t k = 0; k < size; ++k) {
      if (count_[k] != 0) {
        flush(k, total);
      }
    }
  }

private:
  static constexpr std::uint16_t limit = 1024; // significands below 2^53

  template <real T>
  DETOPS_NOINLINE void flush(std::size_t k, fixed_point<T>& total) {
    const std::size_t field = k & 2047;
    const std::uint64_t hidden = field == 0 ? 0 : std::uint64_t{count_[k]} << 52;
    const std::uint64_t significands = sum_[k] - count_[k] * (static_cast<std::uint64_t>(k) << 52);
    const int exponent = (field == 0 ? 1 : static_cast<int>(field)) - 1075;
    total.add(significands + hidden, exponent, k >= 2048);
    sum_[k] = 0;
    count_[k] = 0;
  }

  std::uint64_t sum_[size] = {};
  std::uint16_t count_[size] = {};
};

} // namespace detops::inline DETOPS_ISA::detail

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The fast part of exact sums: numbers whose exponents lie in a window go, without rounding, into two accumulators
// per lane.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include <detops/reduce/fixed_point.hpp>
#include <detops/reduce/source.hpp>

namespace detops::inline DETOPS_ISA::detail {

/// The least and the largest magnitude in a block. Zeros count as the least, or not at all.
struct magnitudes {
  double least;
  double largest;

  static constexpr double infinity = std::numeric_limits<double>::infinity();
  bool finite() const { return largest < infinity; }
  /// The exponents; that of subnormal doubles is that of the least normal one.
  int bottom() const { return exponent(least); }
  int top() const { return exponent(largest); }

private:
  static int exponent(double magnitude) {
    return std::max(static_cast<int>(to_bits(magnitude) >> 52), 1) - 1023;
  }
};

/// Magnitudes lane by lane; NaN may get lost.
template <class V, bool Zeros>
class magnitude_range {
  using S = typename V::value_type;

public:
  DETOPS_ALWAYS_INLINE void note(const V& x) {
    V size = simd::abs(x);
    largest_ = simd::larger(largest_, size);
    if constexpr (!Zeros) {
      size = simd::select(simd::equal(size, V::broadcast(0)), V::broadcast(none), size);
    }
    least_ = simd::smaller(least_, size);
  }
  magnitudes of_all() const {
    using R = simd::lanes<S, simd::register_lanes<S>>;
    R least{{least_.part[0]}}, largest{{largest_.part[0]}};
    V::for_each_register([&](auto k) DETOPS_INLINE_LAMBDA {
      least = simd::smaller(least, R{{least_.part[k]}});
      largest = simd::larger(largest, R{{largest_.part[k]}});
    });
    S lows[R::size], highs[R::size];
    least.store(lows);
    largest.store(highs);
    return {static_cast<double>(*std::min_element(lows, lows + R::size)),
            static_cast<double>(*std::max_element(highs, highs + R::size))};
  }

private:
  static constexpr S none = std::numeric_limits<S>::max(); // the least where there is none
  V least_ = V::broadcast(none), largest_ = V::broadcast(0);
};

/// Sums of numbers of at most 2^E, each cut in two without rounding:
///
///     2^(E+14)  2^E                    2^(E-40)                2^(E-81)
///      |--------------- high ------------|---------- low ----------|
///
/// `high` starts at 1.5 * 2^(E+13), so while fewer than 2^12 were added it ends in units of 2^(E-39), and what an
/// addition to it rounds off, 2^(E-40) at most, is known without error (Dekker 1971). 2^12 of those fit a double
/// without rounding where all numbers are multiples of 2^(E-81).
template <class V>
struct cut_sum {
  static constexpr std::size_t limit = 4096;
  static constexpr int carries = 13;
  static constexpr int reach = 81;
  V high, low;

  static double start(int e) {
    return 1.5 * from_bits<double>(static_cast<std::uint64_t>(e + carries + 1023) << 52);
  }
  void clear(int e) {
    high = V::broadcast(start(e));
    low = V::broadcast(0);
  }
  DETOPS_ALWAYS_INLINE void add(const V& x) { low = simd::add(low, simd::add_to(high, x)); }
  template <class Total>
  void flush(Total& total, int e) {
    double lows[V::size], highs[V::size];
    low.store(lows);
    simd::sub(high, V::broadcast(start(e))).store(highs);
    for (std::size_t l = 0; l < V::size; ++l) {
      total.add(highs[l]);
      total.add(lows[l]);
    }
    clear(e);
  }
};

/// Sums of rows of numbers of `Bits` significant bits whose magnitudes lie in a window. With Errors the numbers are
/// products of doubles, normal and finite, and what their rounding left is summed beside them.
template <int Bits, bool Errors = false>
class window {
public:
  /// A row: two registers, which is enough for the latency of an addition.
  using V = simd::lanes<double, 2 * simd::register_lanes<double>>;

  window() { clear(); }

  /// Adds rows.value(i), and rows.error(i, value), of i in [0, count) where all fit the window; else adds nothing.
  template <bool Zeros, class Rows>
  DETOPS_NOINLINE magnitudes add(const Rows& rows, std::size_t count) {
    magnitude_range<V, Zeros> range;
    cut_sum<V> values = values_, errors = errors_;
    for (std::size_t i = 0; i < count; ++i) {
      const V value = rows.value(i);
      range.note(value);
      values.add(value);
      if constexpr (Errors) {
        errors.add(rows.error(i, value));
      }
    }
    const magnitudes found = checked(range.of_all(), values.high);
    added_ = found.finite() && holds(found);
    if (added_) {
      values_ = values;
      errors_ = errors;
      terms_ += count;
    }
    return found;
  }

  /// Adds `count` pairs of rows of floats, at most 2^7, where they fit the window and lie close enough together for a
  /// double to hold the sum of a lane; else adds nothing.
  template <bool Zeros>
  DETOPS_NOINLINE magnitudes add_floats(const float* data, std::size_t count) {
    using F = simd::lanes<float, 2 * V::size>;
    magnitude_range<F, Zeros> range;
    V even = V::broadcast(0), odd = even;
    for (std::size_t i = 0; i < count; ++i, data += F::size) {
      __builtin_prefetch(data + prefetched_bytes / sizeof(float));
      range.note(F::load(data));
      even = simd::add(even, simd::load_as<double, V::size>(data));
      odd = simd::add(odd, simd::load_as<double, V::size>(data + V::size));
    }
    const magnitudes found = checked(range.of_all(), simd::add(even, odd));
    added_ = found.finite() && holds(found) && found.bottom() - 23 >= found.top() + 1 + 7 - 53;
    if (added_) {
      cut_sum<V> values = values_;
      values.add(even);
      values.add(odd);
      values_ = values;
      terms_ += 2;
    }
    return found;
  }

  /// Whether the last call added.
  bool added() const { return added_; }
  bool holds(const magnitudes& m) const { return m.largest < above_ && m.least >= least_; }

  /// Moves the window, with some room above, so that numbers like these fit; false where none holds them.
  template <class Total>
  bool move_to(const magnitudes& m, Total& total) {
    flush(total);
    // the errors of products, below 2^(e - 53), must be multiples of the least double
    constexpr int lowest = Errors ? cut_sum<V>::reach + 54 - 1074 : -1000;
    const int e = std::max(m.top() + 1 + room + sums, lowest);
    if (e > 1000 || m.bottom() < least_of(e)) {
      return false;
    }
    e_ = e;
    above_ = from_bits<double>(static_cast<std::uint64_t>(e - sums + 1023) << 52);
    // the last place of the least double is high enough for any window
    least_ = least_of(e) < -1022
                 ? 0
                 : from_bits<double>(static_cast<std::uint64_t>(least_of(e) + 1023) << 52);
    clear();
    return true;
  }
  /// Empties the window where so many more rows have no room.
  template <class Total>
  void make_room(std::size_t count, Total& total) {
    if (terms_ + count > cut_sum<V>::limit) {
      flush(total);
    }
  }
  /// Adds the sums to `total` and empties the window.
  template <class Total>
  void flush(Total& total) {
    if (terms_ != 0) {
      values_.flush(total, e_);
      if constexpr (Errors) {
        errors_.flush(total, e_ - 54);
      }
      terms_ = 0;
    }
  }

private:
  static constexpr int room = 4;
  static constexpr int sums = Bits <= 24 ? 7 : 0; // the sum of a block of floats fits too

  /// The exponent from which on numbers are multiples of 2^(e - reach). The errors of such products are multiples of
  /// 2^(e - reach - 54), as those are multiples of units of factors whose product is below 2^106 units.
  static int least_of(int e) { return e - cut_sum<V>::reach + Bits - 1; }

  /// A NaN or an infinity stays in a sum.
  static magnitudes checked(magnitudes found, const V& sum) {
    if (simd::any(simd::not_equal(simd::sub(sum, sum), V::broadcast(0)))) {
      found.largest = magnitudes::infinity;
    }
    return found;
  }
  void clear() {
    values_.clear(e_);
    errors_.clear(e_ - 54);
  }

  cut_sum<V> values_, errors_;
  int e_ = 0;
  double above_ = 0, least_ = 0; // a window that nothing fits
  std::size_t terms_ = 0;
  bool added_ = false;
};

} // namespace detops::inline DETOPS_ISA::detail

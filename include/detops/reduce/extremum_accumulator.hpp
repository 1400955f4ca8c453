// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Extrema of data that comes in chunks.
#pragma once

#include <detops/reduce/extrema.hpp>

namespace detops::inline DETOPS_ISA {
namespace detail {

/// The best element so far; its accumulators name themselves in errors.
template <class Order, ordered T>
class extremum_stream {
public:
  std::size_t count() const { return count_; }

  template <array_like X>
  void add(const char* operation, const X& x) {
    const auto view = as_elements(x);
    check_view(operation, "x", view);
    const std::size_t n = view.rows * view.cols;
    if (n != 0) {
      with_fp_environment(
          [&] { take(find_extremum<Order>(executor_ref(seq), view, false).value, n); });
    }
  }
  void merge(const extremum_stream& right) {
    if (right.count_ != 0) {
      with_fp_environment([&] { take(right.best_, right.count_); });
    }
  }
  const T& value(const char* operation) const {
    if (count_ == 0) {
      invalid(operation, "no element was added, so no result exists");
    }
    return best_;
  }

private:
  void take(const T& best, std::size_t count) {
    best_ = count_ == 0 || Order::better(best, best_) ? best : best_;
    count_ += count;
  }

  T best_{};
  std::size_t count_ = 0;
};

} // namespace detail

/// The largest of the elements added, in any chunks and any order: the bits of max(all of them).
///
///   T        a floating-point type or an integer
///
/// A NaN wins; -0 < +0. O(n) time. Not safe for use by two threads at once. There is no policy: nothing is rounded.
template <detail::ordered T>
class max_accumulator {
public:
  /// Adds one element.
  void add(const T& value) { add(vector_view<const T>(&value, 1)); }
  /// Adds elements. Throws std::invalid_argument for null data with a size.
  template <array_like X>
    requires std::same_as<element_t<X>, T>
  void add(const X& x) {
    stream_.add("max_accumulator::add", x);
  }
  /// Adds what another holds.
  void merge(const max_accumulator& other) { stream_.merge(other.stream_); }
  /// The largest element that was added. Throws std::invalid_argument where there was none.
  T value() const { return stream_.value("max_accumulator::value"); }
  /// How many elements were added.
  std::size_t count() const { return stream_.count(); }

private:
  detail::extremum_stream<detail::maximum, T> stream_;
};

/// The smallest of the elements added: the bits of min(all of them). Else as max_accumulator.
template <detail::ordered T>
class min_accumulator {
public:
  void add(const T& value) { add(vector_view<const T>(&value, 1)); }
  template <array_like X>
    requires std::same_as<element_t<X>, T>
  void add(const X& x) {
    stream_.add("min_accumulator::add", x);
  }
  void merge(const min_accumulator& other) { stream_.merge(other.stream_); }
  T value() const { return stream_.value("min_accumulator::value"); }
  std::size_t count() const { return stream_.count(); }

private:
  detail::extremum_stream<detail::minimum, T> stream_;
};

/// The smallest and the largest of the elements added: the bits of minmax(all of them). Else as max_accumulator.
template <detail::ordered T>
class minmax_accumulator {
public:
  void add(const T& value) { add(vector_view<const T>(&value, 1)); }
  template <array_like X>
    requires std::same_as<element_t<X>, T>
  void add(const X& x) {
    min_.add("minmax_accumulator::add", x);
    max_.add("minmax_accumulator::add", x);
  }
  void merge(const minmax_accumulator& other) {
    min_.merge(other.min_);
    max_.merge(other.max_);
  }
  minmax_result<T> value() const {
    return {min_.value("minmax_accumulator::value"), max_.value("minmax_accumulator::value")};
  }
  std::size_t count() const { return min_.count(); }

private:
  detail::extremum_stream<detail::minimum, T> min_;
  detail::extremum_stream<detail::maximum, T> max_;
};

} // namespace detops::inline DETOPS_ISA

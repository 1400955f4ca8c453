// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Sums of data that comes in chunks, with the bits of one call over all of it.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include <detops/reduce/sum.hpp>

namespace detops::inline DETOPS_ISA {

/// A running sum: any chunks, added in order, end in the bits of sum(all of them, policy).
///
///   T        float, double, Eigen::half or Eigen::bfloat16
///   Policy   pairwise_t (default), kahan_t, wide_t; exact_t has more, below
///
/// Order, error, special values as sum. O(n) time; O(1) memory, about 3 KB (kahan: 6). Not safe for use by two threads
/// at once.
template <floating T, sum_policy Policy = pairwise_t>
class accumulator {
  using rule = typename detail::tree_rule<Policy, T>::rule;
  using C = typename detail::tree_rule<Policy, T>::compute;
  static constexpr std::size_t row = simd::row_lanes<C>;

public:
  /// Adds one element.
  void add(const T& value) { add(vector_view<const T>(&value, 1)); }
  /// Adds elements in order, a matrix in row-major order. Throws std::invalid_argument for null data with a size.
  template <array_like X>
    requires std::same_as<element_t<X>, T>
  void add(const X& x) {
    const auto view = detail::checked_elements("accumulator::add", "x", x);
    if (view.rows == 0 || view.cols == 0) {
      return;
    }
    detail::with_fp_environment([&] { append(detail::source<T>(view)); });
  }
  /// Adds what `right` holds behind all that is here. The sum of both is a node of the whole's tree only where the
  /// count so far is a multiple of W * 2^floor(log2(ceil(n / W))), n the count of `right` and W the lanes of a row
  /// (16 where the policy computes in float, 8 in double); else throws std::invalid_argument, nothing is changed.
  void merge(const accumulator& right) {
    if (right.count() == 0) {
      return;
    }
    const std::size_t unit = row * std::bit_floor((right.count() - 1) / row + 1);
    if (count() % unit != 0) {
      detail::invalid("accumulator::merge", "the right part of ", right.count(),
                      " elements can follow only a multiple of ", unit, " elements, not ", count());
    }
    detail::with_fp_environment([&] { stack_.append(right.stack_); });
    last_ = right.last_;
    tail_ = right.tail_;
  }
  /// The sum of all that was added; +0 of nothing.
  T value() const {
    if (count() == 0) {
      return detail::narrow<T>(detail::compute_t<T>{0});
    }
    return detail::with_fp_environment([&] {
      const auto root = last_row().root_of(stack_, 0, tail_);
      return detail::tree_total<C>{rule::value(root)}.template rounded<T>();
    });
  }
  /// How many elements were added.
  std::size_t count() const { return stack_.count() * row + tail_; }

private:
  /// The row that is not yet full, for the tree.
  auto last_row() const {
    return detail::tree_walk<rule, C, detail::contiguous_loader<C, C>>({last_.data()});
  }
  void append(const detail::source<T>& x) {
    const std::size_t n = x.size();
    std::size_t done = 0;
    const auto buffer = [&](std::size_t count) {
      C values[row];
      x.template read<C>(done, count, values);
      std::copy(values, values + count, last_.begin() + static_cast<std::ptrdiff_t>(tail_));
      tail_ += count;
      done += count;
    };
    if (tail_ != 0) {
      buffer(std::min(n, row - tail_));
      if (tail_ < row) {
        return;
      }
      last_row().push_rows(stack_, 0, 1);
      tail_ = 0;
    }
    const std::size_t rows = (n - done) / row;
    const detail::reader<C> operands[] = {detail::reader<C>(x)};
    detail::tree_feed<rule, C, 1>(operands).push_rows(stack_, done, rows);
    done += rows * row;
    buffer(n - done);
  }

  detail::fold_stack<rule, simd::lanes<C, row>> stack_;
  std::array<C, row> last_{};
  std::size_t tail_ = 0;
};

/// The exact sum of elements and of products: in any order, in any parts, and with removals, the correctly rounded
/// sum of what is in it (contract, section 2, `exact`).
template <floating T>
class accumulator<T, exact_t> {
  using C = detail::compute_t<T>;

public:
  /// The bytes that save() writes.
  static constexpr std::size_t saved_size =
      8 + 2 + 3 * 8 + 4 * (detail::fixed_point<C>::limbs - 1) + 8;
  using bytes = std::array<std::byte, saved_size>;

  /// Adds one element, or takes it out again: value() is then as if it had never been added (but the sign of an exact
  /// zero is + once anything other than -0 was added).
  void add(const T& value) { one(value, false); }
  void remove(const T& value) { one(value, true); }
  /// Adds the product of two elements, unrounded, or takes it out again.
  void add_product(const T& x, const T& y) { product(x, y, false); }
  void remove_product(const T& x, const T& y) { product(x, y, true); }
  /// Adds elements; for many by far the fastest way. Throws std::invalid_argument for null data with a size.
  template <array_like X>
    requires std::same_as<element_t<X>, T>
  void add(const X& x) {
    const auto view = detail::checked_elements("accumulator::add", "x", x);
    add_all(detail::source<T>(view));
  }
  /// Adds the products of elements; throws also where the shapes differ.
  template <array_like X, array_like Y>
    requires(std::same_as<element_t<X>, T> && std::same_as<element_t<Y>, T>)
  void add_products(const X& x, const Y& y) {
    const auto a = detail::checked_elements("accumulator::add_products", "x", x);
    const auto b = detail::checked_elements("accumulator::add_products", "y", y);
    detail::check_same_shape("accumulator::add_products", a, b);
    add_all(detail::source<T>(a), detail::source<T>(b));
  }
  /// Adds what another holds.
  void merge(const accumulator& other) { state_.add(other.state_); }

  /// The sum, rounded once; +0 of nothing.
  T value() const { return state_.template rounded<T>(); }

  /// What is in it, as bytes: 8 of magic ("detopsX1"); type (1 float and 16-bit elements, 2 double); flags (1 anything
  /// added, 2 anything but -0); how many NaN, +inf and -inf (three int64); the sum times 2^298 (double: 2^2148) as an
  /// integer in two's complement. All numbers little-endian. Equal contents give equal bytes, on every machine.
  bytes save() const;
  /// From such bytes. Throws std::invalid_argument where they are not those of an accumulator of this type.
  static accumulator load(std::span<const std::byte> saved);

private:
  template <class... Sources>
  void add_all(const Sources&... sources) {
    const detail::reader<double> operands[] = {detail::reader<double>(sources)...};
    detail::with_fp_environment(
        [&] { state_.add(detail::exact_root<C>(detail::executor_ref(seq), operands)); });
  }
  void one(const T& value, bool subtract) {
    detail::with_fp_environment(
        [&] { state_.add(static_cast<double>(detail::widen(value)), subtract); });
  }
  void product(const T& x, const T& y, bool subtract) {
    detail::with_fp_environment([&] {
      state_.add_product(static_cast<double>(detail::widen(x)),
                         static_cast<double>(detail::widen(y)), subtract);
    });
  }

  detail::exact_state<C> state_;
};

namespace detail {

/// Writes or reads little-endian words one after the other.
template <class Byte>
class byte_cursor {
public:
  explicit byte_cursor(Byte* first) : at_(first) {}
  void put(std::uint64_t word, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
      *at_++ = static_cast<std::byte>(word >> 8 * i & 0xff);
    }
  }
  std::uint64_t get(std::size_t size) {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < size; ++i) {
      word |= static_cast<std::uint64_t>(*at_++) << 8 * i;
    }
    return word;
  }

private:
  Byte* at_;
};

inline constexpr std::uint64_t saved_magic = 0x315873706f746564u; // "detopsX1"

} // namespace detail

template <floating T>
auto accumulator<T, exact_t>::save() const -> bytes {
  bytes result;
  detail::byte_cursor<std::byte> out(result.data());
  out.put(detail::saved_magic, 8);
  out.put(sizeof(C) / 4, 1);
  out.put((state_.any ? 1u : 0u) | (state_.other ? 2u : 0u), 1);
  for (const std::int64_t count :
       {state_.nan, state_.positive_infinity, state_.negative_infinity}) {
    out.put(static_cast<std::uint64_t>(count), 8);
  }
  detail::fixed_point<C> sum = state_.finite;
  sum.carry();
  for (std::size_t k = 0; k < sum.limbs; ++k) {
    out.put(static_cast<std::uint64_t>(sum.digit(k)), k + 1 < sum.limbs ? 4 : 8);
  }
  return result;
}

template <floating T>
auto accumulator<T, exact_t>::load(std::span<const std::byte> saved) -> accumulator {
  if (saved.size() != saved_size) {
    detail::invalid("accumulator::load", saved.size(), " bytes; there are ", saved_size);
  }
  detail::byte_cursor<const std::byte> in(saved.data());
  const bool magic = in.get(8) == detail::saved_magic;
  const std::uint64_t type = in.get(1), flags = in.get(1);
  if (!magic || type != sizeof(C) / 4 || flags > 3 || flags == 2) {
    detail::invalid("accumulator::load", "not the bytes of an exact accumulator of this type");
  }
  accumulator result;
  result.state_.any = (flags & 1) != 0;
  result.state_.other = (flags & 2) != 0;
  for (std::int64_t* count :
       {&result.state_.nan, &result.state_.positive_infinity, &result.state_.negative_infinity}) {
    *count = static_cast<std::int64_t>(in.get(8));
  }
  auto& sum = result.state_.finite;
  for (std::size_t k = 0; k < sum.limbs; ++k) {
    sum.digit(k) = static_cast<std::int64_t>(in.get(k + 1 < sum.limbs ? 4 : 8));
  }
  return result;
}

} // namespace detops::inline DETOPS_ISA

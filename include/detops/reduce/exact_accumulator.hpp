// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Exact sums of data that comes and goes in any order, and their bytes.
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include <detops/reduce/sum.hpp>

namespace detops::inline DETOPS_ISA {

template <floating T, sum_policy Policy = pairwise_t>
class accumulator; // reduce/accumulator.hpp

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

namespace detail {

/// The exact dot product of what comes in chunks, with the interface of tree_stream.
template <floating T>
class exact_products {
public:
  std::size_t count() const { return count_; }
  void add(const T& x, const T& y) {
    total_.add_product(x, y);
    ++count_;
  }
  void add_all(const matrix_view<const T>& x, const matrix_view<const T>& y) {
    total_.add_products(x, y);
    count_ += x.rows * x.cols;
  }
  void merge(const char*, const exact_products& right) {
    total_.merge(right.total_);
    count_ += right.count_;
  }
  T value(compute_t<T>) const { return total_.value(); }

private:
  accumulator<T, exact_t> total_;
  std::size_t count_ = 0;
};

} // namespace detail
} // namespace detops::inline DETOPS_ISA

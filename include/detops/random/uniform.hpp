// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Random bits and uniform floating-point numbers, by index (contract, section 5).
#pragma once

#include <limits>

#include <detops/random/fill.hpp>
#include <detops/simd/arith.hpp>

namespace detops::inline DETOPS_ISA {
namespace detail {

inline std::uint32_t bits32_of(const random_key& key, std::uint64_t i) {
  return philox_block(key.seed, i / 4, key.stream).word[i % 4];
}
inline std::uint64_t bits64_of(const random_key& key, std::uint64_t i) {
  const philox_words w = philox_block(key.seed, i / 2, key.stream);
  return i % 2 == 0 ? w.low() : w.high();
}

/// 24 bits as a float in [0, 1): exact.
template <std::size_t N>
DETOPS_ALWAYS_INLINE simd::lanes<float, N> unit_float(const simd::lanes<std::uint32_t, N>& word) {
  return simd::mul(simd::to_float(simd::shift_right<8>(word)),
                   simd::lanes<float, N>::broadcast(0x1p-24f));
}

/// 53 bits as a double in [0, 1): exact. The upper 21 bits become 2^31 + high * 2^-21, the lower 32
/// become 1/2 + low * 2^-53; both offsets go in one subtraction.
template <std::size_t N>
DETOPS_ALWAYS_INLINE simd::lanes<double, N> unit_double(const simd::lanes<std::uint64_t, N>& bits) {
  using U = simd::lanes<std::uint64_t, N>;
  using D = simd::lanes<double, N>;
  const U high = simd::bit_or(simd::shift_right<43>(bits), U::broadcast(to_bits(0x1p31)));
  const U low = simd::bit_or(simd::bit_and(simd::shift_right<11>(bits), U::broadcast(0xffffffffu)),
                             U::broadcast(to_bits(0.5)));
  return simd::add(simd::sub(simd::bit_cast_to<double>(high), D::broadcast(0x1p31 + 0.5)),
                   simd::bit_cast_to<double>(low));
}

/// A step's bits as elements of uniform<T> in order.
template <real T>
DETOPS_ALWAYS_INLINE auto unit_lanes(const philox_lanes::output& bits) {
  if constexpr (std::same_as<T, float>) {
    return unit_float(simd::words(bits));
  } else {
    return unit_double(bits);
  }
}

/// Elements of uniform<T> in one block.
template <real T>
inline constexpr std::size_t uniform_per_block = 16 / sizeof(T);

/// The next value towards -inf; x is finite.
template <real T>
T value_below(T x) {
  using U = uint_of<T>;
  const U bits = to_bits(x);
  if ((bits & ~sign_bit<T>) == 0) {
    return from_bits<T>(sign_bit<T> | 1);
  }
  return from_bits<T>((bits & sign_bit<T>) != 0 ? bits + 1 : bits - 1);
}

} // namespace detail

/// 32 random bits, element i of the stream: Philox4x32-10 (Salmon et al., 2011), as the contract's
/// section 5 numbers its words. Constant time. Throws std::invalid_argument for a stream with its
/// top bit set, as does every function that takes a key.
[[nodiscard]] inline std::uint32_t bits32(const random_key& key, std::uint64_t i) {
  detail::check_key("bits32", key);
  return detail::bits32_of(key, i);
}

/// 64 random bits, element i: words 2i and 2i + 1 of the same stream that bits32 reads.
[[nodiscard]] inline std::uint64_t bits64(const random_key& key, std::uint64_t i) {
  detail::check_key("bits64", key);
  return detail::bits64_of(key, i);
}

/// Element i, uniform in [0, 1): a multiple of 2^-24 (float) or 2^-53 (double), exact. Constant
/// time.
template <real T>
[[nodiscard]] T uniform(const random_key& key, std::uint64_t i) {
  detail::check_key("uniform", key);
  if constexpr (std::same_as<T, float>) {
    return detail::pin(static_cast<float>(detail::bits32_of(key, i) >> 8) * 0x1p-24f);
  } else {
    return detail::pin(static_cast<double>(detail::bits64_of(key, i) >> 11) * 0x1p-53);
  }
}

/// out[k] = bits32 or bits64 of element first_index + k, by the element type: std::uint32_t or
/// std::uint64_t. The same bits however the range is cut into calls and whatever the executor.
/// Throws std::invalid_argument, before anything is written: null data, a stream with its top bit
/// set, or elements past index 2^64 - 1. Linear time, no memory.
template <executor E, class Out>
  requires detail::random_output<Out, std::uint32_t, std::uint64_t>
void fill_bits(E&& exec, const random_key& key, Out&& out, std::uint64_t first_index = 0) {
  const auto view = detail::as_vector_output(out);
  detail::check_fill("fill_bits", key, view, first_index);
  if constexpr (std::same_as<element_t<Out>, std::uint32_t>) {
    detail::fill_mapped<4>(exec, key, view, first_index,
                           [](const detail::philox_lanes::output& bits)
                               DETOPS_INLINE_LAMBDA { return simd::words(bits); });
  } else {
    detail::fill_mapped<2>(exec, key, view, first_index,
                           [](const detail::philox_lanes::output& bits)
                               DETOPS_INLINE_LAMBDA { return bits; });
  }
}
template <class Out>
  requires detail::random_output<Out, std::uint32_t, std::uint64_t>
void fill_bits(const random_key& key, Out&& out, std::uint64_t first_index = 0) {
  fill_bits(seq, key, out, first_index);
}

/// out[k] = uniform<T>(key, first_index + k), T the element type: float or double, in [0, 1).
/// Order, errors and cost as fill_bits.
template <executor E, class Out>
  requires detail::random_output<Out, float, double>
void fill_uniform(E&& exec, const random_key& key, Out&& out, std::uint64_t first_index = 0) {
  using T = element_t<Out>;
  const auto view = detail::as_vector_output(out);
  detail::check_fill("fill_uniform", key, view, first_index);
  detail::fill_mapped<detail::uniform_per_block<T>>(
      exec, key, view, first_index,
      [](const detail::philox_lanes::output& bits)
          DETOPS_INLINE_LAMBDA { return detail::unit_lanes<T>(bits); });
}
template <class Out>
  requires detail::random_output<Out, float, double>
void fill_uniform(const random_key& key, Out&& out, std::uint64_t first_index = 0) {
  fill_uniform(seq, key, out, first_index);
}

/// The interval [lo, hi).
template <real T>
struct uniform_range {
  T lo = 0;
  T hi = 1;
};

namespace detail {

template <real T>
struct range_constants {
  T width;
  T below;
};

/// Under the guard even where no arithmetic shows: a caller may have subnormals taken for zeros,
/// and clang makes a floating-point comparison of an integer test for zero.
template <real T>
range_constants<T> checked_range(const char* operation, const uniform_range<T>& range) {
  return with_fp_environment([&] {
    if (!is_finite(range.lo) || !is_finite(range.hi) || !(range.lo < range.hi)) {
      invalid(operation, "the range [", range.lo, ", ", range.hi,
              ") is not one of finite numbers with lo < hi");
    }
    const T width = pin(pin(range.hi) - range.lo);
    if (!is_finite(width)) {
      invalid(operation, "the width of the range [", range.lo, ", ", range.hi, ") overflows");
    }
    return range_constants<T>{width, value_below(range.hi)};
  });
}

} // namespace detail

/// Uniform in [lo, hi): the smaller of fma(u, fl(hi - lo), lo), rounded once, and the value just
/// below hi, with u as in the form without a range. lo < hi, both finite, and fl(hi - lo) finite,
/// else std::invalid_argument; the rest as fill_bits.
template <executor E, class Out>
  requires detail::random_output<Out, float, double>
void fill_uniform(E&& exec, const random_key& key, Out&& out,
                  const uniform_range<element_t<Out>>& range, std::uint64_t first_index = 0) {
  using T = element_t<Out>;
  const auto view = detail::as_vector_output(out);
  detail::check_fill("fill_uniform", key, view, first_index);
  const auto constants = detail::checked_range("fill_uniform", range);
  detail::fill_mapped<detail::uniform_per_block<T>>(
      exec, key, view, first_index,
      [constants, lo = range.lo](const detail::philox_lanes::output& bits) DETOPS_INLINE_LAMBDA {
        const auto u = detail::unit_lanes<T>(bits);
        using V = std::remove_const_t<decltype(u)>;
        const V x = simd::fma(u, V::broadcast(constants.width), V::broadcast(lo));
        const V limit = V::broadcast(constants.below);
        return simd::select(simd::less(x, limit), x, limit);
      });
}
template <class Out>
  requires detail::random_output<Out, float, double>
void fill_uniform(const random_key& key, Out&& out, const uniform_range<element_t<Out>>& range,
                  std::uint64_t first_index = 0) {
  fill_uniform(seq, key, out, range, first_index);
}

} // namespace detops::inline DETOPS_ISA

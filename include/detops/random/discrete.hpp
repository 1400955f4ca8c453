// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Uniform integers without bias, by index (contract, section 5; Lemire: "Fast random integer
// generation in an interval", 2019).
#pragma once

#include <concepts>
#include <limits>
#include <type_traits>

#include <detops/core/uint128.hpp>
#include <detops/random/uniform.hpp>

namespace detops::inline DETOPS_ISA {

/// The integers that the discrete functions return: of 1 to 8 bytes, no bool, no character types.
template <class T>
concept random_integer =
    std::integral<T> && sizeof(T) <= 8 && !std::same_as<T, bool> && !std::same_as<T, char> &&
    !std::same_as<T, wchar_t> && !std::same_as<T, char8_t> && !std::same_as<T, char16_t> &&
    !std::same_as<T, char32_t>;

namespace detail {

/// A draw multiplied by n: the value, and the part that decides whether it counts.
struct scaled_draw {
  std::uint64_t value;
  std::uint64_t rest;
};
inline scaled_draw scale32(std::uint32_t draw, std::uint64_t n) { // n <= 2^32
  const std::uint64_t product = draw * n;
  return {product >> 32, product & 0xffffffffu};
}
inline scaled_draw scale64(std::uint64_t draw, std::uint64_t n) {
  const uint128 product = uint128{draw} * n;
  return {static_cast<std::uint64_t>(product >> 64), static_cast<std::uint64_t>(product)};
}

inline constexpr std::uint64_t two_32 = std::uint64_t{1} << 32;

/// Element i after its first draw was refused: rest < 2^32 mod n, or 2^64 mod n.
DETOPS_NOINLINE inline std::uint64_t bounded_retry(const random_key& key, std::uint64_t i,
                                                   std::uint64_t n) {
  const random_key retries = child_of(key, child_purpose::bounded_retry, i);
  const std::uint64_t threshold = n <= two_32 ? two_32 % n : (std::uint64_t{0} - n) % n;
  for (std::uint64_t t = 0;; ++t) {
    const scaled_draw draw =
        n <= two_32 ? scale32(bits32_of(retries, t), n) : scale64(bits64_of(retries, t), n);
    if (draw.rest >= threshold) {
      return draw.value;
    }
  }
}

/// n = 0 stands for 2^64.
inline std::uint64_t bounded_of(const random_key& key, std::uint64_t i, std::uint64_t n) {
  if (n == 0) {
    return bits64_of(key, i);
  }
  const bool narrow = n <= two_32;
  const scaled_draw draw = narrow ? scale32(bits32_of(key, i), n) : scale64(bits64_of(key, i), n);
  if (draw.rest < n) [[unlikely]] { // every threshold is below n
    const std::uint64_t threshold = narrow ? two_32 % n : (std::uint64_t{0} - n) % n;
    if (draw.rest < threshold) {
      return bounded_retry(key, i, n);
    }
  }
  return draw.value;
}

/// Words of `bits` times the words of n: the upper and the lower words of the products.
template <std::size_t N>
struct scaled_lanes {
  simd::lanes<std::uint32_t, 2 * N> value;
  simd::lanes<std::uint32_t, 2 * N> rest;
};
template <std::size_t N>
DETOPS_ALWAYS_INLINE scaled_lanes<N> scale_words(const simd::lanes<std::uint64_t, N>& bits,
                                                 const simd::lanes<std::uint64_t, N>& n) {
  using V = simd::lanes<std::uint64_t, N>;
  const V low_half = V::broadcast(0xffffffffu);
  const V even = simd::mul_even(bits, n);
  const V odd = simd::mul_even(simd::shift_right<32>(bits), simd::shift_right<32>(n));
  return {simd::words(simd::bit_or(simd::shift_right<32>(even),
                                   simd::bit_and(odd, simd::bit_not(low_half)))),
          simd::words(simd::bit_or(simd::bit_and(even, low_half), simd::shift_left<32>(odd)))};
}

/// The index of a retry is the id of a child.
inline void check_bounded_index(const char* operation, std::uint64_t i) {
  check_id(operation, "index", i);
}

/// Elements first .. of bounded(key, ., n), n <= 2^32, plus `lo`.
template <class T>
void fill_bounded32(const random_key& key, const vector_view<T>& out, std::uint64_t first,
                    std::uint64_t n, std::uint64_t lo) {
  constexpr std::size_t step_size = 4 * philox_lanes::count;
  using V = philox_lanes::output;
  using W = simd::lanes<std::uint32_t, step_size>;
  const auto threshold = static_cast<std::uint32_t>(two_32 % n);
  const auto word = static_cast<std::uint32_t>(n); // 0 for 2^32, where the value is the draw
  const V pairs = V::broadcast(word | std::uint64_t{word} << 32);
  const W thresholds = W::broadcast(threshold);
  for_each_step<4>(
      key, first, out.size, [&](const V& bits, const step_part& part) DETOPS_INLINE_LAMBDA {
        std::uint32_t values[step_size];
        if (word == 0) {
          simd::words(bits).store(values);
        } else {
          const auto scaled = scale_words(bits, pairs);
          scaled.value.store(values);
          if (simd::any(simd::less(scaled.rest, thresholds))) [[unlikely]] {
            std::uint32_t rests[step_size];
            scaled.rest.store(rests);
            for (std::size_t i = part.skip; i < part.skip + part.take; ++i) {
              if (rests[i] < threshold) {
                values[i] = static_cast<std::uint32_t>(bounded_retry(key, part.index + i, n));
              }
            }
          }
        }
        for (std::size_t i = 0; i < part.take; ++i) {
          out[part.done + i] = static_cast<T>(lo + values[part.skip + i]);
        }
      });
}

/// The same for n > 2^32, or 0 for 2^64.
template <class T>
void fill_bounded64(const random_key& key, const vector_view<T>& out, std::uint64_t first,
                    std::uint64_t n, std::uint64_t lo) {
  constexpr std::size_t step_size = 2 * philox_lanes::count;
  const std::uint64_t threshold = n == 0 ? 0 : (std::uint64_t{0} - n) % n;
  for_each_step<2>(key, first, out.size,
                   [&](const philox_lanes::output& bits, const step_part& part)
                       DETOPS_INLINE_LAMBDA {
                         std::uint64_t draws[step_size];
                         bits.store(draws);
                         for (std::size_t i = 0; i < part.take; ++i) {
                           std::uint64_t value = draws[part.skip + i];
                           if (n != 0) {
                             const scaled_draw draw = scale64(value, n);
                             value = draw.rest < threshold
                                         ? bounded_retry(key, part.index + part.skip + i, n)
                                         : draw.value;
                           }
                           out[part.done + i] = static_cast<T>(lo + value);
                         }
                       });
}

template <class T>
void check_bounds(const char* operation, T lo, T hi) {
  if (hi < lo) [[unlikely]] {
    invalid(operation, "lo = ", lo, " is above hi = ", hi);
  }
}

/// hi - lo + 1 modulo 2^64.
template <class T>
std::uint64_t range_width(T lo, T hi) {
  return static_cast<std::uint64_t>(hi) - static_cast<std::uint64_t>(lo) + 1;
}

} // namespace detail

/// Element i of a stream of integers in [0, n), exactly uniform given uniform words: Lemire's
/// method, its retries drawn from a child of (key, i), so that the elements stay indexed. n >= 1; i
/// < 2^56, because i is the id of that child. Constant time but for retries: fewer than one
/// expected. Throws std::invalid_argument for n = 0, for such an i, and for a stream with its top
/// bit set.
[[nodiscard]] inline std::uint64_t bounded(const random_key& key, std::uint64_t i,
                                           std::uint64_t n) {
  detail::check_key("bounded", key);
  detail::check_bounded_index("bounded", i);
  if (n == 0) [[unlikely]] {
    detail::invalid("bounded", "n is 0: there is no integer below it");
  }
  return detail::bounded_of(key, i, n);
}

/// Element i, uniform in [lo, hi], both ends included: lo + bounded(key, i, hi - lo + 1).
/// Throws std::invalid_argument where hi < lo; the rest as bounded.
template <random_integer T>
[[nodiscard]] T uniform_int(const random_key& key, std::uint64_t i, T lo,
                            std::type_identity_t<T> hi) {
  detail::check_key("uniform_int", key);
  detail::check_bounded_index("uniform_int", i);
  detail::check_bounds("uniform_int", lo, hi);
  return static_cast<T>(static_cast<std::uint64_t>(lo) +
                        detail::bounded_of(key, i, detail::range_width(lo, hi)));
}

/// out[k] = uniform_int(key, first_index + k, lo, hi). The same bits however the range is cut into
/// calls and whatever the executor. Throws std::invalid_argument, before anything is written: hi <
/// lo, null data, a stream with its top bit set, elements past index 2^56 - 1. Linear time, no
/// memory.
template <executor E, class Out>
  requires(detail::random_output<Out, element_t<Out>> && random_integer<element_t<Out>>)
void fill_uniform_int(E&& exec, const random_key& key, Out&& out,
                      std::type_identity_t<element_t<Out>> lo,
                      std::type_identity_t<element_t<Out>> hi, std::uint64_t first_index = 0) {
  const auto view = detail::as_vector_output(out);
  detail::check_fill("fill_uniform_int", key, view, first_index, detail::child_ids - 1);
  detail::check_bounds("fill_uniform_int", lo, hi);
  const std::uint64_t n = detail::range_width(lo, hi);
  const auto base = static_cast<std::uint64_t>(lo);
  detail::for_each_block(exec, view.size, detail::fill_block,
                         [&](std::size_t begin, std::size_t end) {
                           const auto part = view.subview(begin, end - begin);
                           if (n != 0 && n <= detail::two_32) {
                             detail::fill_bounded32(key, part, first_index + begin, n, base);
                           } else {
                             detail::fill_bounded64(key, part, first_index + begin, n, base);
                           }
                         });
}
template <class Out>
  requires(detail::random_output<Out, element_t<Out>> && random_integer<element_t<Out>>)
void fill_uniform_int(const random_key& key, Out&& out, std::type_identity_t<element_t<Out>> lo,
                      std::type_identity_t<element_t<Out>> hi, std::uint64_t first_index = 0) {
  fill_uniform_int(seq, key, out, lo, hi, first_index);
}

} // namespace detops::inline DETOPS_ISA

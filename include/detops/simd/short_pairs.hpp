// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Pairs of 16-bit integers in 32-bit lanes: the products of integer matrices.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include <detops/simd/basic_arith.hpp>
#include <detops/simd/half_precision.hpp>

namespace detops::inline DETOPS_ISA::simd {
namespace detail_short_pairs {

// A trait, because g++ takes a vector typedef inside a template for its element type.
template <std::size_t Bytes>
struct vector_of {
  typedef std::int32_t signed_type __attribute__((vector_size(Bytes)));
  typedef std::uint32_t type __attribute__((vector_size(Bytes)));
};

/// a.low * b.low + a.high * b.high in every lane, modulo 2^32.
DETOPS_ALWAYS_INLINE batch<std::uint32_t> products(const batch<std::uint32_t>& a,
                                                   const batch<std::uint32_t>& b) {
#if DETOPS_WITH_XSIMD && defined(__AVX512BW__)
  return _mm512_madd_epi16(a.data, b.data);
#elif DETOPS_WITH_XSIMD && defined(__AVX2__) && !defined(__AVX512F__)
  return _mm256_madd_epi16(a.data, b.data);
#elif DETOPS_WITH_XSIMD && defined(__SSE2__) && !defined(__AVX__)
  return _mm_madd_epi16(a.data, b.data);
#else
  using R = typename batch<std::uint32_t>::register_type;
  using S = typename vector_of<sizeof(R)>::signed_type;
  using U = typename vector_of<sizeof(R)>::type;
  const auto high = [](const R& x) DETOPS_INLINE_LAMBDA {
    return std::bit_cast<U>(std::bit_cast<S>(x) >> 16);
  };
  const auto low = [](const R& x) DETOPS_INLINE_LAMBDA {
    return std::bit_cast<U>(std::bit_cast<S>(std::bit_cast<U>(x) << 16) >> 16);
  };
  return std::bit_cast<R>(low(a.data) * low(b.data) + high(a.data) * high(b.data));
#endif
}

} // namespace detail_short_pairs

/// The pair of two integers of 16 bits in one lane.
constexpr std::uint32_t short_pair(std::int16_t low, std::int16_t high) {
  return static_cast<std::uint16_t>(low) |
         static_cast<std::uint32_t>(static_cast<std::uint16_t>(high)) << 16;
}

/// The pairs (p[0], p[1]), (p[2], p[3]), ... widened.
template <std::size_t N>
DETOPS_ALWAYS_INLINE lanes<std::uint32_t, N> load_short_pairs(const std::int8_t* p) {
  using I = lanes<std::int32_t, N>;
  using U = lanes<std::uint32_t, N>;
  const auto words = U::make([&](auto k) DETOPS_INLINE_LAMBDA {
    return detail_half::load_words(p + k * 2 * register_lanes<std::uint32_t>);
  });
  // byte `at` of each word, as a signed number in the upper half of its lane
  const auto upper = [&](auto at) DETOPS_INLINE_LAMBDA {
    const I top = bit_cast_to<std::int32_t>(shift_left<24 - 8 * decltype(at)::value>(words));
    return bit_and(bit_cast_to<std::uint32_t>(shift_right<8>(top)), U::broadcast(0xffff0000u));
  };
  constexpr int first = std::endian::native == std::endian::little ? 0 : 1;
  const U low = upper(std::integral_constant<int, first>{});
  const U high = upper(std::integral_constant<int, 1 - first>{});
  return bit_or(shift_right<16>(low), high);
}

/// The pairs (low[0], high[0]), (low[1], high[1]), ... of 8 columns, widened to out.
DETOPS_ALWAYS_INLINE void widen_pairs_of_rows(const std::int8_t* low, const std::int8_t* high,
                                              std::uint32_t* out) {
  typedef std::int8_t bytes __attribute__((vector_size(16)));
  constexpr std::size_t lanes_at_once = register_lanes<std::uint32_t>;
  constexpr std::size_t n = lanes_at_once < 8 ? 8 : lanes_at_once;
  std::int8_t both[2 * n] = {};
  std::memcpy(both, low, 8);
  std::memcpy(both + 8, high, 8);
  bytes v;
  std::memcpy(&v, both, 16);
  v = __builtin_shufflevector(v, v, 0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15);
  std::memcpy(both, &v, 16);
  std::uint32_t pairs[n];
  load_short_pairs<n>(both).store(pairs);
  std::memcpy(out, pairs, 8 * sizeof(std::uint32_t));
}

/// sum + a.low * b.low + a.high * b.high, modulo 2^32.
template <std::size_t N>
DETOPS_ALWAYS_INLINE lanes<std::uint32_t, N> add_short_products(const lanes<std::uint32_t, N>& sum,
                                                                const lanes<std::uint32_t, N>& a,
                                                                const lanes<std::uint32_t, N>& b) {
  return lanes<std::uint32_t, N>::make([&](auto k) DETOPS_INLINE_LAMBDA {
    return batch<std::uint32_t>(sum.part[k] + detail_short_pairs::products(a.part[k], b.part[k]));
  });
}

} // namespace detops::inline DETOPS_ISA::simd

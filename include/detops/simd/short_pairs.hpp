// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Pairs of 16-bit integers in 32-bit lanes: the products of integer matrices.
#pragma once

#include <bit>
#include <cstdint>

#include <detops/simd/basic_arith.hpp>

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

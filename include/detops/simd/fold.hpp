// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Moving lanes down inside one register, for the step of the tree that crosses lanes.
#pragma once

#include <detops/simd/lanes.hpp>

// g++ 12 reports uninitialised registers inside its own AVX-512 header, from code inlined here.
#pragma GCC diagnostic push
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

namespace detops::inline DETOPS_ISA::simd {

/// Every lane l with l mod (2 Distance) < Distance receives lane l + Distance; the others are unspecified. Distance is
/// a power of two.
template <std::size_t Distance, class T>
DETOPS_ALWAYS_INLINE batch<T> shift_lanes_down(const batch<T>& a) {
  constexpr std::size_t bytes = Distance * sizeof(T);
  static_assert(bytes * 2 <= sizeof(a.data));
#if DETOPS_WITH_XSIMD && defined(__SSE2__)
  using R = typename batch<T>::register_type;
  [[maybe_unused]] constexpr std::size_t register_bytes = sizeof(R);
#if defined(__AVX512F__)
  if constexpr (register_bytes == 64) {
    const __m512i v = std::bit_cast<__m512i>(a.data);
    if constexpr (bytes == 32) {
      return std::bit_cast<R>(_mm512_shuffle_i64x2(v, v, 0xee));
    } else if constexpr (bytes == 16) {
      return std::bit_cast<R>(_mm512_shuffle_i64x2(v, v, 0xf5));
    } else if constexpr (bytes == 8) {
      return std::bit_cast<R>(_mm512_unpackhi_epi64(v, v));
    } else {
      return std::bit_cast<R>(_mm512_srli_epi64(v, 32));
    }
  } else
#endif
#if defined(__AVX__)
      if constexpr (register_bytes == 32) {
    const __m256d v = std::bit_cast<__m256d>(a.data);
    if constexpr (bytes == 16) {
      return std::bit_cast<R>(_mm256_permute2f128_pd(v, v, 0x11));
    } else if constexpr (bytes == 8) {
      return std::bit_cast<R>(_mm256_unpackhi_pd(v, v));
    } else {
      const __m256 f = std::bit_cast<__m256>(a.data);
      return std::bit_cast<R>(_mm256_permute_ps(f, 0xf5));
    }
  } else
#endif
  {
    const __m128i v = std::bit_cast<__m128i>(a.data);
    if constexpr (bytes == 8) {
      return std::bit_cast<R>(_mm_unpackhi_epi64(v, v));
    } else {
      return std::bit_cast<R>(_mm_srli_epi64(v, 32));
    }
  }
#else
  T values[2 * register_lanes<T>] = {};
  a.store_unaligned(values);
  return batch<T>::load_unaligned(values + Distance);
#endif
}

} // namespace detops::inline DETOPS_ISA::simd

#pragma GCC diagnostic pop

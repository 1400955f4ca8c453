// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The first elements of a register, from memory and to it: the ends of rows.
#pragma once

#include <bit>
#include <cstring>

#include <detops/core/unrolled.hpp>
#include <detops/simd/register.hpp>

namespace detops::inline DETOPS_ISA::simd {

#if DETOPS_WITH_XSIMD && defined(__AVX__)
/// Registers of which the CPU loads and stores the first elements alone.
template <class T>
inline constexpr bool has_partial_moves = std::is_same_v<T, float> || std::is_same_v<T, double>;

#if defined(__AVX512F__)
template <class T>
DETOPS_ALWAYS_INLINE auto first_elements(std::size_t count) {
  using M = std::conditional_t<sizeof(T) == 4, __mmask16, __mmask8>;
  return static_cast<M>((1u << (count < batch<T>::size ? count : batch<T>::size)) - 1);
}
#else
alignas(64) inline constexpr std::int32_t first_words[16] = {-1, -1, -1, -1, -1, -1, -1, -1};
template <class T>
DETOPS_ALWAYS_INLINE __m256i first_elements(std::size_t count) {
  const std::size_t words = (count < batch<T>::size ? count : batch<T>::size) * (sizeof(T) / 4);
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(first_words + 8 - words));
}
#endif
#else
template <class T>
inline constexpr bool has_partial_moves = false;
#endif

/// The first `count` elements from p on, `fill` in the other lanes; nothing is read for them.
template <class T>
DETOPS_ALWAYS_INLINE batch<T> load_first(const T* p, std::size_t count, T fill) {
  if constexpr (!has_partial_moves<T>) {
    T values[batch<T>::size];
    for (std::size_t i = 0; i < batch<T>::size; ++i) {
      values[i] = i < count ? p[i] : fill;
    }
    return batch<T>::load_unaligned(values);
#if DETOPS_WITH_XSIMD && defined(__AVX512F__)
  } else if constexpr (sizeof(T) == 4) {
    return _mm512_mask_loadu_ps(_mm512_set1_ps(fill), first_elements<T>(count), p);
  } else {
    return _mm512_mask_loadu_pd(_mm512_set1_pd(fill), first_elements<T>(count), p);
#elif DETOPS_WITH_XSIMD && defined(__AVX__)
  } else {
    const __m256i first = first_elements<T>(count);
    if constexpr (sizeof(T) == 4) {
      return _mm256_blendv_ps(_mm256_set1_ps(fill), _mm256_maskload_ps(p, first),
                              _mm256_castsi256_ps(first));
    } else {
      return _mm256_blendv_pd(_mm256_set1_pd(fill), _mm256_maskload_pd(p, first),
                              _mm256_castsi256_pd(first));
    }
#endif
  }
}

/// Writes the first `count` elements, and nothing behind them.
template <class T>
DETOPS_ALWAYS_INLINE void store_first(const batch<T>& a, T* p, std::size_t count) {
#if DETOPS_WITH_XSIMD && defined(__AVX512F__)
  if constexpr (std::is_same_v<T, float>) {
    return _mm512_mask_storeu_ps(p, first_elements<T>(count), a.data);
  } else if constexpr (std::is_same_v<T, double>) {
    return _mm512_mask_storeu_pd(p, first_elements<T>(count), a.data);
  }
#endif
  if (count >= batch<T>::size) {
    return a.store_unaligned(p);
  }
  T values[batch<T>::size]; // (a masked store takes AMD's CPUs tens of cycles)
  a.store_unaligned(values);
  std::size_t done = 0;
  detail::unrolled<std::countr_zero(batch<T>::size)>([&](auto k) DETOPS_INLINE_LAMBDA {
    constexpr std::size_t half = batch<T>::size >> (k + 1);
    if ((count & half) != 0) {
      std::memcpy(p + done, values + done, half * sizeof(T));
      done += half;
    }
  });
}

} // namespace detops::inline DETOPS_ISA::simd

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Moving lanes up through all registers of a row, and the last lane to everywhere: what prefix sums need.
#pragma once

#include <detops/simd/lanes.hpp>

// g++ 12 reports uninitialised registers inside its own AVX-512 header, from code inlined here.
#pragma GCC diagnostic push
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

namespace detops::inline DETOPS_ISA::simd {
namespace detail_shift {

// A trait, because g++ takes a vector typedef inside a template for its element type.
template <class T, std::size_t Bytes>
struct vector_of {
  typedef T type __attribute__((vector_size(Bytes)));
};

/// The last Distance lanes of `low`, then the first ones of `high`; Distance is a power of two.
template <std::size_t Distance, class T>
DETOPS_ALWAYS_INLINE batch<T> join(const batch<T>& low, const batch<T>& high) {
  using R = typename batch<T>::register_type;
  [[maybe_unused]] constexpr std::size_t bytes = Distance * sizeof(T);
#if DETOPS_WITH_XSIMD && defined(__AVX512F__)
  return std::bit_cast<R>(_mm512_alignr_epi32(std::bit_cast<__m512i>(high.data),
                                              std::bit_cast<__m512i>(low.data), 16 - bytes / 4));
#elif DETOPS_WITH_XSIMD && defined(__AVX__)
  const __m256d above = std::bit_cast<__m256d>(high.data);
  const __m256d middle = _mm256_permute2f128_pd(std::bit_cast<__m256d>(low.data), above, 0x21);
  if constexpr (bytes == 16) {
    return std::bit_cast<R>(middle);
  } else if constexpr (bytes == 8) {
    return std::bit_cast<R>(_mm256_shuffle_pd(middle, above, 5));
  } else {
#if defined(__AVX2__)
    return std::bit_cast<R>(
        _mm256_alignr_epi8(std::bit_cast<__m256i>(above), std::bit_cast<__m256i>(middle), 12));
#else
    const __m256 upper = std::bit_cast<__m256>(above);
    const __m256 pair = _mm256_shuffle_ps(std::bit_cast<__m256>(middle), upper, 0x0f);
    return std::bit_cast<R>(_mm256_shuffle_ps(pair, upper, 0x98));
#endif
  }
#else
  using V = typename vector_of<T, sizeof(R)>::type;
  return [&]<std::size_t... I>(std::index_sequence<I...>) DETOPS_INLINE_LAMBDA {
    return batch<T>(std::bit_cast<R>(
        __builtin_shufflevector(std::bit_cast<V>(low.data), std::bit_cast<V>(high.data),
                                static_cast<int>(sizeof...(I) - Distance + I)...)));
  }(std::make_index_sequence<register_lanes<T>>{});
#endif
}

template <class T>
DETOPS_ALWAYS_INLINE batch<T> broadcast_last(const batch<T>& a) {
  using R = typename batch<T>::register_type;
#if DETOPS_WITH_XSIMD && defined(__AVX512F__)
  if constexpr (sizeof(T) == 4) {
    return std::bit_cast<R>(
        _mm512_permutexvar_epi32(_mm512_set1_epi32(15), std::bit_cast<__m512i>(a.data)));
  } else {
    return std::bit_cast<R>(
        _mm512_permutexvar_epi64(_mm512_set1_epi64(7), std::bit_cast<__m512i>(a.data)));
  }
#elif DETOPS_WITH_XSIMD && defined(__AVX__)
  const __m256d v = std::bit_cast<__m256d>(a.data);
  const __m256d upper = _mm256_permute2f128_pd(v, v, 0x11);
  if constexpr (sizeof(T) == 4) {
    return std::bit_cast<R>(_mm256_permute_ps(std::bit_cast<__m256>(upper), 0xff));
  } else {
    return std::bit_cast<R>(_mm256_permute_pd(upper, 0xf));
  }
#else
  using V = typename vector_of<T, sizeof(R)>::type;
  const V v = std::bit_cast<V>(a.data);
  return [&]<std::size_t... I>(std::index_sequence<I...>) DETOPS_INLINE_LAMBDA {
    return batch<T>(std::bit_cast<R>(
        __builtin_shufflevector(v, v, static_cast<int>(sizeof...(I) - 1 + 0 * I)...)));
  }(std::make_index_sequence<register_lanes<T>>{});
#endif
}

} // namespace detail_shift

/// Lane l receives lane l - Distance of `a`, the lanes below Distance receive the last ones of `before`. Distance is
/// a power of two below N.
template <std::size_t Distance, class T, std::size_t N>
DETOPS_ALWAYS_INLINE lanes<T, N> shift_lanes_up(const lanes<T, N>& before, const lanes<T, N>& a) {
  constexpr std::size_t width = register_lanes<T>;
  constexpr std::size_t whole = Distance / width;
  return lanes<T, N>::make([&](auto k) DETOPS_INLINE_LAMBDA {
    if constexpr (whole > k) {
      return before.part[lanes<T, N>::registers - whole + k];
    } else if constexpr (whole > 0) {
      return a.part[k - whole];
    } else if constexpr (k == 0) {
      return detail_shift::join<Distance>(before.part[lanes<T, N>::registers - 1], a.part[0]);
    } else {
      return detail_shift::join<Distance>(a.part[k - 1], a.part[k]);
    }
  });
}

/// The last lane in one register.
template <class T, std::size_t N>
DETOPS_ALWAYS_INLINE lanes<T, register_lanes<T>> broadcast_last(const lanes<T, N>& a) {
  return {{detail_shift::broadcast_last(a.part[lanes<T, N>::registers - 1])}};
}

} // namespace detops::inline DETOPS_ISA::simd

#pragma GCC diagnostic pop

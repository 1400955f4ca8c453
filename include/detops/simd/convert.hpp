// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Between float and double lanes, and the widening integer product: what crosses element widths.
#pragma once

#include <detops/simd/lanes.hpp>

// g++ 12 reports uninitialised registers inside its own AVX-512 header, from code inlined here.
#pragma GCC diagnostic push
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

namespace detops::inline DETOPS_ISA::simd {
namespace detail_convert {

// One float register is two double registers: low half and high half.
template <int Half>
DETOPS_ALWAYS_INLINE batch<double> widen_half(const batch<float>& a) {
#if DETOPS_WITH_XSIMD && defined(__AVX512F__)
  if constexpr (Half == 0) {
    return _mm512_cvtps_pd(_mm512_castps512_ps256(a.data));
  } else {
    return _mm512_cvtps_pd(_mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(a.data), 1)));
  }
#elif DETOPS_WITH_XSIMD && defined(__AVX__)
  if constexpr (Half == 0) {
    return _mm256_cvtps_pd(_mm256_castps256_ps128(a.data));
  } else {
    return _mm256_cvtps_pd(_mm256_extractf128_ps(a.data, 1));
  }
#elif DETOPS_WITH_XSIMD && defined(__SSE2__)
  if constexpr (Half == 0) {
    return _mm_cvtps_pd(a.data);
  } else {
    return _mm_cvtps_pd(_mm_movehl_ps(a.data, a.data));
  }
#elif DETOPS_WITH_XSIMD
  if constexpr (Half == 0) {
    return vcvt_f64_f32(vget_low_f32(a.data));
  } else {
    return vcvt_high_f64_f32(a.data);
  }
#else
  typename batch<double>::register_type r{static_cast<double>(a.data[2 * Half]),
                                          static_cast<double>(a.data[2 * Half + 1])};
  return r;
#endif
}

DETOPS_ALWAYS_INLINE batch<float> narrow(const batch<double>& low, const batch<double>& high) {
#if DETOPS_WITH_XSIMD && defined(__AVX512F__)
  const __m512d both = _mm512_castpd256_pd512(_mm256_castps_pd(_mm512_cvtpd_ps(low.data)));
  return _mm512_castpd_ps(
      _mm512_insertf64x4(both, _mm256_castps_pd(_mm512_cvtpd_ps(high.data)), 1));
#elif DETOPS_WITH_XSIMD && defined(__AVX__)
  return _mm256_insertf128_ps(_mm256_castps128_ps256(_mm256_cvtpd_ps(low.data)),
                              _mm256_cvtpd_ps(high.data), 1);
#elif DETOPS_WITH_XSIMD && defined(__SSE2__)
  return _mm_movelh_ps(_mm_cvtpd_ps(low.data), _mm_cvtpd_ps(high.data));
#elif DETOPS_WITH_XSIMD
  return vcvt_high_f32_f64(vcvt_f32_f64(low.data), high.data);
#else
  typename batch<float>::register_type r{
      static_cast<float>(low.data[0]), static_cast<float>(low.data[1]),
      static_cast<float>(high.data[0]), static_cast<float>(high.data[1])};
  // g++ 12 takes float to double of this for the doubles before: pinned, the rounding stays
  return pin<float>(r);
#endif
}

DETOPS_ALWAYS_INLINE batch<std::uint64_t> mul_even(const batch<std::uint64_t>& a,
                                                   const batch<std::uint64_t>& b) {
#if DETOPS_WITH_XSIMD && defined(__AVX512F__)
  return _mm512_mul_epu32(a.data, b.data);
#elif DETOPS_WITH_XSIMD && defined(__AVX2__)
  return _mm256_mul_epu32(a.data, b.data);
#elif DETOPS_WITH_XSIMD && defined(__AVX__)
  const __m128i low = _mm_mul_epu32(_mm256_castsi256_si128(a.data), _mm256_castsi256_si128(b.data));
  const __m128i high =
      _mm_mul_epu32(_mm256_extractf128_si256(a.data, 1), _mm256_extractf128_si256(b.data, 1));
  return _mm256_insertf128_si256(_mm256_castsi128_si256(low), high, 1);
#elif DETOPS_WITH_XSIMD && defined(__SSE2__)
  return _mm_mul_epu32(a.data, b.data);
#elif DETOPS_WITH_XSIMD
  return vmull_u32(vmovn_u64(a.data), vmovn_u64(b.data));
#else
  const typename batch<std::uint64_t>::register_type low{0xffffffffu, 0xffffffffu};
  return (a.data & low) * (b.data & low);
#endif
}

} // namespace detail_convert

/// Exact.
template <class T, std::size_t N>
  requires(std::is_same_v<T, double>)
DETOPS_ALWAYS_INLINE lanes<T, N> convert(const lanes<float, N>& a) {
  return lanes<T, N>::make([&](auto k) DETOPS_INLINE_LAMBDA {
    return detail_convert::widen_half<static_cast<int>(k % 2)>(a.part[k / 2]);
  });
}

/// Rounds once, to nearest even.
template <class T, std::size_t N>
  requires(std::is_same_v<T, float>)
DETOPS_ALWAYS_INLINE lanes<T, N> convert(const lanes<double, N>& a) {
  return lanes<T, N>::make([&](auto k) DETOPS_INLINE_LAMBDA {
    return detail_convert::narrow(a.part[2 * k], a.part[2 * k + 1]);
  });
}

/// The 64-bit products of the low halves of each lane.
template <std::size_t N>
DETOPS_ALWAYS_INLINE lanes<std::uint64_t, N> mul_even(const lanes<std::uint64_t, N>& a,
                                                      const lanes<std::uint64_t, N>& b) {
  return lanes<std::uint64_t, N>::make(
      [&](auto k) DETOPS_INLINE_LAMBDA { return detail_convert::mul_even(a.part[k], b.part[k]); });
}

} // namespace detops::inline DETOPS_ISA::simd

#pragma GCC diagnostic pop

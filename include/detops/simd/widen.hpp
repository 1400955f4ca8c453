// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Loads that widen: elements in memory as lanes of the type they are computed in.
#pragma once

#include <cstring>

#include <detops/core/element.hpp>
#include <detops/simd/convert.hpp>
#include <detops/simd/half_precision.hpp>

// g++ 12 reports uninitialised registers inside its own AVX-512 header, from code inlined here.
#pragma GCC diagnostic push
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

namespace detops::inline DETOPS_ISA::simd {
namespace detail_widen {

DETOPS_ALWAYS_INLINE batch<double> load(const float* p) {
#if DETOPS_WITH_XSIMD && defined(__AVX512F__)
  return _mm512_cvtps_pd(_mm256_loadu_ps(p));
#elif DETOPS_WITH_XSIMD && defined(__AVX__)
  return _mm256_cvtps_pd(_mm_loadu_ps(p));
#elif DETOPS_WITH_XSIMD && defined(__SSE2__)
  double pair; // _mm_load_sd would read the floats as an object that they are not
  std::memcpy(&pair, p, sizeof pair);
  return _mm_cvtps_pd(_mm_castpd_ps(_mm_set_sd(pair)));
#elif DETOPS_WITH_XSIMD
  return vcvt_f64_f32(vld1_f32(p));
#else
  return
      typename batch<double>::register_type{static_cast<double>(p[0]), static_cast<double>(p[1])};
#endif
}

/// The doubles rounded to float and back.
DETOPS_ALWAYS_INLINE batch<double> to_float_grid(const batch<double>& a) {
#if DETOPS_WITH_XSIMD && defined(__AVX512F__)
  return _mm512_cvtps_pd(_mm512_cvtpd_ps(a.data));
#elif DETOPS_WITH_XSIMD && defined(__AVX__)
  return _mm256_cvtps_pd(_mm256_cvtpd_ps(a.data));
#elif DETOPS_WITH_XSIMD && defined(__SSE2__)
  return _mm_cvtps_pd(_mm_cvtpd_ps(a.data));
#elif DETOPS_WITH_XSIMD
  return vcvt_f64_f32(vcvt_f32_f64(a.data));
#else
  typename batch<double>::register_type r;
  for (std::size_t i = 0; i < batch<double>::size; ++i) {
    // g++ 12 takes the two conversions for none: pinned, the rounding stays
    r[i] = static_cast<double>(detail::pin(static_cast<float>(a.data[i])));
  }
  return r;
#endif
}

} // namespace detail_widen

/// N elements from p on as lanes of C; exact.
template <class C, std::size_t N, floating S>
DETOPS_ALWAYS_INLINE lanes<C, N> load_as(const S* p) {
  if constexpr (std::same_as<S, C>) {
    return lanes<C, N>::load(p);
  } else if constexpr (std::same_as<S, float>) {
    return lanes<C, N>::make([p](auto k) DETOPS_INLINE_LAMBDA {
      return detail_widen::load(p + k * register_lanes<double>);
    });
  } else if constexpr (std::same_as<C, float>) {
    return load_widened<N>(p);
  } else {
    std::uint16_t bits[N];
    std::memcpy(bits, static_cast<const void*>(p), sizeof bits);
    float values[N];
    for (std::size_t i = 0; i < N; ++i) {
      values[i] = detail::widen_bits<S>(bits[i]);
    }
    return load_as<C, N>(static_cast<const float*>(values));
  }
}
/// Elements [p, p + count); lanes from `count` on are `fill` and nothing is read for them.
template <class C, std::size_t N, floating S>
DETOPS_ALWAYS_INLINE lanes<C, N> load_as_partial(const S* p, std::size_t count, C fill) {
  if constexpr (std::same_as<S, C>) {
    return lanes<C, N>::load_partial(p, count, fill);
  } else {
    C values[N];
    for (std::size_t i = 0; i < N; ++i) {
      values[i] = i < count ? static_cast<C>(detail::widen(p[i])) : fill;
    }
    return lanes<C, N>::load(values);
  }
}
/// Element i at p[i * stride]; lanes from `count` on are 0 and nothing is read for them.
template <class C, std::size_t N, floating S>
DETOPS_ALWAYS_INLINE lanes<C, N> load_as_strided(const S* p, std::ptrdiff_t stride,
                                                 std::size_t count) {
  if constexpr (std::same_as<S, C>) {
    return lanes<C, N>::load_strided_partial(p, stride, count, C{0});
  } else {
    C values[N] = {};
    for (std::size_t i = 0; i < count; ++i) {
      values[i] = static_cast<C>(detail::widen(p[static_cast<std::ptrdiff_t>(i) * stride]));
    }
    return lanes<C, N>::load(values);
  }
}

/// Each lane rounded to the nearest float.
template <std::size_t N>
DETOPS_ALWAYS_INLINE lanes<double, N> to_float_grid(const lanes<double, N>& a) {
  return lanes<double, N>::make(
      [&](auto k) DETOPS_INLINE_LAMBDA { return detail_widen::to_float_grid(a.part[k]); });
}

/// The smaller and the larger of two numbers; which of -0 and +0, and what of NaN, is left to the CPU.
template <class T, std::size_t N>
DETOPS_ALWAYS_INLINE lanes<T, N> smaller(const lanes<T, N>& a, const lanes<T, N>& b) {
#if DETOPS_WITH_XSIMD
  return lanes<T, N>::make(
      [&](auto k) DETOPS_INLINE_LAMBDA { return batch<T>(xsimd::min(a.part[k], b.part[k])); });
#else
  return select(less(a, b), a, b);
#endif
}
template <class T, std::size_t N>
DETOPS_ALWAYS_INLINE lanes<T, N> larger(const lanes<T, N>& a, const lanes<T, N>& b) {
#if DETOPS_WITH_XSIMD
  return lanes<T, N>::make(
      [&](auto k) DETOPS_INLINE_LAMBDA { return batch<T>(xsimd::max(a.part[k], b.part[k])); });
#else
  return select(less(a, b), b, a);
#endif
}

} // namespace detops::inline DETOPS_ISA::simd

#pragma GCC diagnostic pop

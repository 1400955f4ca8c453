// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Elements of 16 bits in memory, floats in registers: the values of detail::widen and detail::narrow.
#pragma once

#include <bit>

#include <detops/core/element.hpp>
#include <detops/simd/arith.hpp>

// g++ 12 reports uninitialised registers inside its own AVX-512 header, from code inlined here.
#pragma GCC diagnostic push
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

// Every CPU with AVX2 converts binary16 itself.
#if DETOPS_WITH_XSIMD && defined(__AVX2__) && defined(__F16C__)
#define DETOPS_CONVERTS_BINARY16 1
#else
#define DETOPS_CONVERTS_BINARY16 0
#endif

namespace detops::inline DETOPS_ISA::simd {
namespace detail_half {

/// As many 16-bit words from p on as a register has 32-bit lanes.
DETOPS_ALWAYS_INLINE batch<std::uint32_t> load_words(const void* p) {
#if DETOPS_WITH_XSIMD && defined(__AVX512F__)
  return _mm512_cvtepu16_epi32(_mm256_loadu_si256(static_cast<const __m256i*>(p)));
#elif DETOPS_WITH_XSIMD && defined(__AVX2__)
  return _mm256_cvtepu16_epi32(_mm_loadu_si128(static_cast<const __m128i*>(p)));
#elif DETOPS_WITH_XSIMD && defined(__AVX__)
  const __m128i words = _mm_loadu_si128(static_cast<const __m128i*>(p));
  const __m128i low = _mm_cvtepu16_epi32(words);
  const __m128i high = _mm_cvtepu16_epi32(_mm_srli_si128(words, 8));
  return _mm256_insertf128_si256(_mm256_castsi128_si256(low), high, 1);
#elif DETOPS_WITH_XSIMD && defined(__SSE2__)
  const __m128i words = _mm_loadl_epi64(static_cast<const __m128i*>(p));
  return _mm_unpacklo_epi16(words, _mm_setzero_si128());
#elif DETOPS_WITH_XSIMD
  return vmovl_u16(vld1_u16(static_cast<const std::uint16_t*>(p)));
#else
  std::uint16_t words[4];
  std::memcpy(words, p, sizeof words);
  return typename batch<std::uint32_t>::register_type{words[0], words[1], words[2], words[3]};
#endif
}

/// The low halves of the lanes; the high ones are zero.
DETOPS_ALWAYS_INLINE void store_words(const batch<std::uint32_t>& a, void* p) {
#if DETOPS_WITH_XSIMD && defined(__AVX512F__)
  _mm256_storeu_si256(static_cast<__m256i*>(p), _mm512_cvtepi32_epi16(a.data));
#elif DETOPS_WITH_XSIMD && defined(__AVX__)
  _mm_storeu_si128(static_cast<__m128i*>(p), _mm_packus_epi32(_mm256_castsi256_si128(a.data),
                                                              _mm256_extractf128_si256(a.data, 1)));
#elif DETOPS_WITH_XSIMD && defined(__SSE2__)
  // packing saturates signed numbers: bit 15 becomes the sign first
  const __m128i extended = _mm_srai_epi32(_mm_slli_epi32(a.data, 16), 16);
  _mm_storel_epi64(static_cast<__m128i*>(p), _mm_packs_epi32(extended, extended));
#elif DETOPS_WITH_XSIMD
  vst1_u16(static_cast<std::uint16_t*>(p), vmovn_u32(a.data));
#else
  std::uint16_t words[4];
  for (std::size_t i = 0; i < 4; ++i) {
    words[i] = static_cast<std::uint16_t>(a.data[i]);
  }
  std::memcpy(p, words, sizeof words);
#endif
}

template <std::size_t N>
DETOPS_ALWAYS_INLINE lanes<std::uint32_t, N> all(std::uint32_t bits) {
  return lanes<std::uint32_t, N>::broadcast(bits);
}

/// x without its last Count bits, to nearest even.
template <int Count, std::size_t N>
DETOPS_ALWAYS_INLINE lanes<std::uint32_t, N> drop_bits(const lanes<std::uint32_t, N>& x) {
  const auto odd = bit_and(shift_right<Count>(x), all<N>(1));
  return shift_right<Count>(add(x, add(odd, all<N>((1u << (Count - 1)) - 1))));
}

template <half_precision S, std::size_t N>
DETOPS_ALWAYS_INLINE lanes<float, N> widen(const lanes<std::uint32_t, N>& words) {
  if constexpr (detail::is_bfloat16<S>) {
    return bit_cast_to<float>(shift_left<16>(words));
  } else {
    // as floats with half's exponent, which is 112 too small
    const auto magnitude = bit_and(words, all<N>(0x7fff));
    const auto scaled =
        mul(bit_cast_to<float>(shift_left<13>(magnitude)), lanes<float, N>::broadcast(0x1p112f));
    const auto exponent = bit_and(words, all<N>(0x7c00));
    const auto special =
        select(equal(exponent, all<N>(0x7c00)), all<N>(detail::infinity_bits<float>), all<N>(0));
    const auto sign = shift_left<16>(bit_and(words, all<N>(0x8000)));
    return bit_cast_to<float>(bit_or(bit_cast_to<std::uint32_t>(scaled), bit_or(special, sign)));
  }
}

template <half_precision S, std::size_t N>
DETOPS_ALWAYS_INLINE lanes<std::uint32_t, N> narrow(const lanes<float, N>& x) {
  if constexpr (detail::is_bfloat16<S>) {
    return drop_bits<16>(bit_cast_to<std::uint32_t>(canonical(x)));
  } else {
    using V = lanes<float, N>;
    const V magnitude = abs(x), least_normal = V::broadcast(0x1p-14f),
            too_large = V::broadcast(0x1p16f);
    // 112 is what a float's exponent field is above half's; from 2^16 on all are half's infinity
    const V clamped = select(less(magnitude, too_large), magnitude, too_large);
    const auto normal = drop_bits<13>(sub(bit_cast_to<std::uint32_t>(clamped), all<N>(112u << 23)));
    // the spacing of floats from 0.5 on is half's smallest subnormal
    const V half = V::broadcast(0.5f);
    const auto subnormal =
        sub(bit_cast_to<std::uint32_t>(add(magnitude, half)), bit_cast_to<std::uint32_t>(half));
    const auto sign = bit_and(shift_right<16>(bit_cast_to<std::uint32_t>(x)), all<N>(0x8000));
    const V number = select(less(magnitude, least_normal), bit_cast_to<float>(subnormal),
                            bit_cast_to<float>(normal));
    const V nan =
        bit_cast_to<float>(all<N>(static_cast<std::uint32_t>(detail::float_format<S>::nan)));
    const V result = select(equal(x, x), bit_or(number, bit_cast_to<float>(sign)), nan);
    return bit_cast_to<std::uint32_t>(result);
  }
}

} // namespace detail_half

/// N elements from p on; exact.
template <std::size_t N, half_precision S>
DETOPS_ALWAYS_INLINE lanes<float, N> load_widened(const S* p) {
#if DETOPS_CONVERTS_BINARY16
  if constexpr (!detail::is_bfloat16<S>) {
    return lanes<float, N>::make([&](auto k) DETOPS_INLINE_LAMBDA -> batch<float> {
      const auto* words = static_cast<const std::uint16_t*>(static_cast<const void*>(p)) +
                          k * register_lanes<float>;
#if defined(__AVX512F__)
      return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(words)));
#else
      return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(words)));
#endif
    });
  } else
#endif
  {
    const auto* words = static_cast<const unsigned char*>(static_cast<const void*>(p));
    return detail_half::widen<S>(lanes<std::uint32_t, N>::make([&](auto k) DETOPS_INLINE_LAMBDA {
      return detail_half::load_words(words + k * 2 * register_lanes<float>);
    }));
  }
}

/// Each lane rounded to the nearest element, ties to even; NaN is canonical.
template <std::size_t N, half_precision S>
DETOPS_ALWAYS_INLINE void store_narrowed(const lanes<float, N>& x, S* p) {
  auto* words = static_cast<unsigned char*>(static_cast<void*>(p));
#if DETOPS_CONVERTS_BINARY16
  if constexpr (!detail::is_bfloat16<S>) {
    const lanes<float, N> numbers = canonical(x);
    lanes<float, N>::for_each_register([&](auto k) DETOPS_INLINE_LAMBDA {
      auto* target = words + k * 2 * register_lanes<float>;
#if defined(__AVX512F__)
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(target),
                          _mm512_cvtps_ph(numbers.part[k].data, _MM_FROUND_TO_NEAREST_INT));
#else
      _mm_storeu_si128(reinterpret_cast<__m128i*>(target),
                       _mm256_cvtps_ph(numbers.part[k].data, _MM_FROUND_TO_NEAREST_INT));
#endif
    });
  } else
#endif
  {
    const auto rounded = detail_half::narrow<S>(x);
    lanes<float, N>::for_each_register([&](auto k) DETOPS_INLINE_LAMBDA {
      detail_half::store_words(rounded.part[k], words + k * 2 * register_lanes<float>);
    });
  }
}

} // namespace detops::inline DETOPS_ISA::simd

#pragma GCC diagnostic pop
#undef DETOPS_CONVERTS_BINARY16

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Long chains of float fma where the ISA has none: sums held as doubles, rounded to float's grid by
// two integer operations, with a test for ties that is asked once for many sums.
#pragma once

#include <detops/simd/fma_emulation.hpp>

namespace detops::inline DETOPS_ISA::simd {

/// Rounds sums to float's grid and remembers whether one of them may have been a tie, where bits
/// 28..0 are 100...0 and rounding is left to another.
template <std::size_t N>
class float_grid_rounding {
  using U = lanes<std::uint64_t, N>;

public:
  /// The value of the float nearest to s, held as a double, where s is 0 or of a normal float's
  /// magnitude and no tie.
  DETOPS_ALWAYS_INLINE lanes<double, N> operator()(const lanes<double, N>& s) {
    const U half_up = add(bit_cast_to<std::uint64_t>(s), U::broadcast(std::uint64_t{1} << 28));
    note(half_up); // after a tie bits 28..0 are 0
    return bit_cast_to<double>(bit_and(half_up, U::broadcast(~std::uint64_t{0x1fffffff})));
  }

#if DETOPS_WITH_XSIMD && defined(__SSE2__) && !defined(__AVX__)
  static_assert(U::registers % 2 == 0, "ties are looked for in the low words of two registers");

  /// Each half of a word of least_ is the least of the bits 28..16, or 14..0, of a quarter of the
  /// sums: both are 0 after a tie, and seldom else.
  DETOPS_ALWAYS_INLINE bool any_tie() const {
    return _mm_movemask_epi8(_mm_cmpeq_epi32(least_, _mm_setzero_si128())) != 0;
  }

private:
  DETOPS_ALWAYS_INLINE void note(const U& half_up) {
    U::for_each_register([&](auto k) DETOPS_INLINE_LAMBDA {
      if constexpr (k % 2 == 0) {
        const __m128 low_words = _mm_shuffle_ps(_mm_castsi128_ps(half_up.part[k].data),
                                                _mm_castsi128_ps(half_up.part[k + 1].data), 0x88);
        least_ = _mm_min_epi16(
            least_, _mm_and_si128(_mm_castps_si128(low_words), _mm_set1_epi32(0x1fff7fff)));
      }
    });
  }
  __m128i least_ = _mm_set1_epi16(0x7fff);
#else
  DETOPS_ALWAYS_INLINE bool any_tie() const {
    std::uint64_t values[N];
    borrowed_.store(values);
    std::uint64_t all = 0;
    for (std::uint64_t value : values) {
      all |= value;
    }
    return all >> 63 != 0;
  }

private:
  DETOPS_ALWAYS_INLINE void note(const U& half_up) {
    const U low = bit_and(half_up, U::broadcast(0x1fffffff));
    borrowed_ = bit_or(borrowed_, sub(low, U::broadcast(1))); // negative where low is 0
  }
  U borrowed_ = U::broadcast(0);
#endif
};

} // namespace detops::inline DETOPS_ISA::simd

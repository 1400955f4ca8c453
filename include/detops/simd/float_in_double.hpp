// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Long chains of float fma where the ISA has none: sums held as doubles, rounded to float's grid by
// two integer operations, with a test for ties that is asked once for many sums.
#pragma once

#include <detops/simd/fma_emulation.hpp>

namespace detops::inline DETOPS_ISA::simd {

/// s rounded to 24 significant bits. The value of the float nearest to s, held as a double, where s
/// is 0 or a normal float's magnitude and no tie.
template <std::size_t N>
DETOPS_ALWAYS_INLINE lanes<double, N> round_to_float_grid(const lanes<double, N>& s) {
  using U = lanes<std::uint64_t, N>;
  const U half_up = add(bit_cast_to<std::uint64_t>(s), U::broadcast(std::uint64_t{1} << 28));
  return bit_cast_to<double>(bit_and(half_up, U::broadcast(~std::uint64_t{0x1fffffff})));
}

/// Remembers whether a sum may have been a tie of float's grid, where bits 28..0 are 100...0.
template <std::size_t N>
class float_tie_watch {
  using U = lanes<std::uint64_t, N>;

public:
#if DETOPS_WITH_XSIMD && defined(__SSE2__) && !defined(__AVX__)
  // Bits 28..13 moved into a 16-bit element of their own, where those of a tie are the least
  // number: 2^-16 of other sums look like one.
  DETOPS_ALWAYS_INLINE float_tie_watch() : least_{_mm_setzero_si128()} {}

  DETOPS_ALWAYS_INLINE void note(const lanes<double, N>& s) {
    const U moved = shift_left<3>(bit_cast_to<std::uint64_t>(s));
    U::for_each_register(
        [&](auto k) DETOPS_INLINE_LAMBDA { least_ = _mm_min_epi16(least_, moved.part[k].data); });
  }
  DETOPS_ALWAYS_INLINE bool any() const {
    const __m128i tie = _mm_cmpeq_epi16(least_, _mm_set1_epi16(-0x8000));
    return (_mm_movemask_epi8(tie) & 0x0c0c) != 0; // element 1 of each 64 bits
  }

private:
  __m128i least_;
#else
  DETOPS_ALWAYS_INLINE float_tie_watch() : borrowed_(U::broadcast(0)) {}

  DETOPS_ALWAYS_INLINE void note(const lanes<double, N>& s) {
    const U low = bit_and(bit_cast_to<std::uint64_t>(s), U::broadcast(0x1fffffff));
    const U distance = bit_xor(low, U::broadcast(0x10000000));
    borrowed_ =
        bit_or(borrowed_, sub(distance, U::broadcast(1))); // negative where the distance is 0
  }
  DETOPS_ALWAYS_INLINE bool any() const {
    std::uint64_t values[N];
    borrowed_.store(values);
    std::uint64_t all = 0;
    for (std::uint64_t value : values) {
      all |= value;
    }
    return all >> 63 != 0;
  }

private:
  U borrowed_;
#endif
};

} // namespace detops::inline DETOPS_ISA::simd

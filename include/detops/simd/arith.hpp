// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Arithmetic on lanes: one stated rounding per operation. Every product is pinned where it is made, so
// no compiler can fuse it with an addition, here or in a caller into which this is inlined.
#pragma once

#include <detops/simd/convert.hpp>
#include <detops/simd/fma_emulation.hpp>

namespace detops::inline DETOPS_ISA::simd {

/// fma(a, b, c): one rounding, by the instruction or its exact emulation.
template <class T, std::size_t N>
DETOPS_ALWAYS_INLINE lanes<T, N> fma(const lanes<T, N>& a, const lanes<T, N>& b,
                                     const lanes<T, N>& c) {
  if constexpr (has_fma) {
    return lanes<T, N>::make([&](auto k) DETOPS_INLINE_LAMBDA {
      return native_fma<T>(a.part[k], b.part[k], c.part[k]);
    });
  } else {
    return emulated_fma(a, b, c);
  }
}

/// fma where the ISA has it, else a product and a sum, each rounded: the bits depend on the ISA. Only
/// for algorithms whose final result is proven equal for both.
template <class T, std::size_t N>
DETOPS_ALWAYS_INLINE lanes<T, N> mul_add(const lanes<T, N>& a, const lanes<T, N>& b,
                                         const lanes<T, N>& c) {
  if constexpr (has_fma) {
    return fma(a, b, c);
  } else {
    return add(mul(a, b), c);
  }
}

/// NaN lanes become the canonical NaN.
template <real T, std::size_t N>
DETOPS_ALWAYS_INLINE lanes<T, N> canonical(const lanes<T, N>& a) {
  return select(equal(a, a), a, lanes<T, N>::broadcast(detail::canonical_nan<T>()));
}

template <real T, std::size_t N>
DETOPS_ALWAYS_INLINE lanes<T, N> abs(const lanes<T, N>& a) {
  const T mask = detail::from_bits<T>(~detail::sign_bit<T>);
  return bit_and(a, lanes<T, N>::broadcast(mask));
}
template <real T, std::size_t N>
DETOPS_ALWAYS_INLINE lanes<T, N> neg(const lanes<T, N>& a) {
  return bit_xor(a, lanes<T, N>::broadcast(detail::from_bits<T>(detail::sign_bit<T>)));
}

/// The larger; NaN wins (and is canonical), -0 < +0. Equal operands differ at most in the sign of zero.
template <real T, std::size_t N>
DETOPS_ALWAYS_INLINE lanes<T, N> max(const lanes<T, N>& a, const lanes<T, N>& b) {
  const lanes<T, N> ordered = select(equal(a, b), bit_and(a, b), select(less(a, b), b, a));
  const auto both_numbers = mask_and(equal(a, a), equal(b, b));
  return select(both_numbers, ordered, lanes<T, N>::broadcast(detail::canonical_nan<T>()));
}
template <real T, std::size_t N>
DETOPS_ALWAYS_INLINE lanes<T, N> min(const lanes<T, N>& a, const lanes<T, N>& b) {
  const lanes<T, N> ordered = select(equal(a, b), bit_or(a, b), select(less(a, b), a, b));
  const auto both_numbers = mask_and(equal(a, a), equal(b, b));
  return select(both_numbers, ordered, lanes<T, N>::broadcast(detail::canonical_nan<T>()));
}

} // namespace detops::inline DETOPS_ISA::simd

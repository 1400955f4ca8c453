// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The operations that every ISA rounds once by itself, and the error-free sum built on them.
#pragma once

#include <detops/simd/lanes.hpp>

namespace detops::inline DETOPS_ISA::simd {

template <class T, std::size_t N>
DETOPS_ALWAYS_INLINE lanes<T, N> add(const lanes<T, N>& a, const lanes<T, N>& b) {
  return lanes<T, N>::make([&](auto k)
                               DETOPS_INLINE_LAMBDA { return batch<T>(a.part[k] + b.part[k]); });
}
template <class T, std::size_t N>
DETOPS_ALWAYS_INLINE lanes<T, N> sub(const lanes<T, N>& a, const lanes<T, N>& b) {
  return lanes<T, N>::make([&](auto k)
                               DETOPS_INLINE_LAMBDA { return batch<T>(a.part[k] - b.part[k]); });
}
/// Pinned: the product is rounded before anything is added to it.
template <real T, std::size_t N>
DETOPS_ALWAYS_INLINE lanes<T, N> mul(const lanes<T, N>& a, const lanes<T, N>& b) {
  return lanes<T, N>::make([&](auto k)
                               DETOPS_INLINE_LAMBDA { return pin<T>(a.part[k] * b.part[k]); });
}
template <real T, std::size_t N>
DETOPS_ALWAYS_INLINE lanes<T, N> div(const lanes<T, N>& a, const lanes<T, N>& b) {
  return lanes<T, N>::make([&](auto k)
                               DETOPS_INLINE_LAMBDA { return quotient<T>(a.part[k], b.part[k]); });
}
template <real T, std::size_t N>
DETOPS_ALWAYS_INLINE lanes<T, N> sqrt(const lanes<T, N>& a) {
  return lanes<T, N>::make([&](auto k) DETOPS_INLINE_LAMBDA { return root<T>(a.part[k]); });
}

// The same on single values, for the last steps of a tree.
template <real T>
DETOPS_ALWAYS_INLINE T add(T a, T b) {
  return a + b;
}
template <real T>
DETOPS_ALWAYS_INLINE T sub(T a, T b) {
  return a - b;
}
template <real T>
DETOPS_ALWAYS_INLINE T mul(T a, T b) {
  return detail::pin(a * b);
}

/// a + b = sum + error exactly, unless it overflows (contract, section 1).
template <class V>
struct sum_and_error {
  V sum;
  V error;
};
template <class V>
DETOPS_ALWAYS_INLINE sum_and_error<V> two_sum(const V& a, const V& b) {
  const V s = add(a, b);
  const V b_part = sub(s, a);
  const V a_part = sub(s, b_part);
  return {s, add(sub(a, a_part), sub(b, b_part))};
}
/// Adds x to sum and returns what the rounding took off, exactly where |sum| >= |x| (Dekker 1971). Register by register,
/// because g++ copies whole lanes through memory.
template <class T, std::size_t N>
DETOPS_ALWAYS_INLINE lanes<T, N> add_to(lanes<T, N>& sum, const lanes<T, N>& x) {
  return lanes<T, N>::make([&](auto k) DETOPS_INLINE_LAMBDA {
    const batch<T> before = sum.part[k];
    sum.part[k] = before + x.part[k];
    const batch<T> added = sum.part[k] - before;
    return batch<T>(x.part[k] - added);
  });
}

} // namespace detops::inline DETOPS_ISA::simd

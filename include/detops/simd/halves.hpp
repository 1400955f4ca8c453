// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The step of the tree that crosses lanes, for several rows of lanes at once: two registers give their lower halves to
// one register and their upper halves to another, so one combination halves both and no lane idles. Eight floats a
// register, rows 0 to 7 (r.l is lane l of row r, r+l what a step left of it):
//
//   distance 4   0.0 0.1 0.2 0.3 4.0 4.1 4.2 4.3   with   0.4 0.5 0.6 0.7 4.4 4.5 4.6 4.7
//   distance 2   0+0 0+1 1+0 1+1 4+0 4+1 5+0 5+1   with   0+2 0+3 1+2 1+3 4+2 4+3 5+2 5+3
//   distance 1   0+0 1+0 2+0 3+0 4+0 5+0 6+0 7+0   with   0+1 1+1 2+1 3+1 4+1 5+1 6+1 7+1
#pragma once

#include <detops/simd/lanes.hpp>

namespace detops::inline DETOPS_ISA::simd {
namespace detail_halves {

// A trait, because g++ takes a vector typedef inside a template for its element type.
template <class T, std::size_t Bytes>
struct vector_of {
  typedef T type __attribute__((vector_size(Bytes)));
};

/// Stretches of Distance lanes are gathered from a part of the register: the whole, or each 16 bytes where they are
/// shorter, so that no shuffle of single lanes leaves its 16 bytes.
template <class T, std::size_t Distance>
inline constexpr std::size_t part = Distance * sizeof(T) >= 16 ? register_lanes<T> : 16 / sizeof(T);

/// In each part the even (or odd) stretches of a, then those of b.
template <std::size_t Distance, bool Odd, class T>
DETOPS_ALWAYS_INLINE batch<T> stretches(const batch<T>& a, const batch<T>& b) {
  using R = typename batch<T>::register_type;
  using V = typename vector_of<T, sizeof(R)>::type;
  constexpr std::size_t lanes = register_lanes<T>, size = part<T, Distance>;
  return [&]<std::size_t... I>(std::index_sequence<I...>) DETOPS_INLINE_LAMBDA {
    return batch<T>(std::bit_cast<R>(__builtin_shufflevector(
        std::bit_cast<V>(a.data), std::bit_cast<V>(b.data),
        static_cast<int>(I / size * size + I % (size / 2) / Distance * 2 * Distance +
                         (Odd ? Distance : 0) + I % Distance +
                         (I % size >= size / 2 ? lanes : 0))...)));
  }(std::make_index_sequence<lanes>{});
}

} // namespace detail_halves

/// The lanes l with l mod (2 Distance) < Distance of a and b.
template <std::size_t Distance, class T>
DETOPS_ALWAYS_INLINE batch<T> lower_halves(const batch<T>& a, const batch<T>& b) {
  return detail_halves::stretches<Distance, false>(a, b);
}
/// Their partners, those Distance above, in the same places.
template <std::size_t Distance, class T>
DETOPS_ALWAYS_INLINE batch<T> upper_halves(const batch<T>& a, const batch<T>& b) {
  return detail_halves::stretches<Distance, true>(a, b);
}

/// How far apart in number two rows are that a step joins, for the last step to leave row r in lane r.
template <class T, std::size_t Distance>
inline constexpr std::size_t joined_rows =
    Distance * sizeof(T) >= 16 ? register_lanes<T> / (2 * Distance) * (16 / sizeof(T))
                               : 16 / sizeof(T) / (2 * Distance);

} // namespace detops::inline DETOPS_ISA::simd

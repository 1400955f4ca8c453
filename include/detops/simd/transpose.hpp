// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Transposition through registers: a few columns of as many rows as a register has lanes.
#pragma once

#include <bit>
#include <cstring>
#include <type_traits>

#include <detops/simd/lanes.hpp>

namespace detops::inline DETOPS_ISA::simd {

/// Columns that transpose_columns moves at once: 16 bytes of each row.
template <class T>
inline constexpr std::size_t transposed_columns = 16 / sizeof(T);

namespace detail_transpose {

// A trait, because g++ takes a vector typedef inside a template for its element type.
template <class T, std::size_t Bytes>
struct vector_of {
  typedef T type __attribute__((vector_size(Bytes)));
};

template <class T>
using chunk = typename vector_of<T, 16>::type;
template <class T>
using whole = typename vector_of<T, register_lanes<T> * sizeof(T)>::type;

template <class V, class U, std::size_t... I>
DETOPS_ALWAYS_INLINE V join(U a, U b, std::index_sequence<I...>) {
  return __builtin_shufflevector(a, b, static_cast<int>(I)...);
}

// The 16-byte chunks of rows Row, Row + Step, ... side by side in Bytes bytes.
template <class T, std::size_t Bytes, std::size_t Row, std::size_t Step, class RowPointer>
DETOPS_ALWAYS_INLINE typename vector_of<T, Bytes>::type gather_chunks(const RowPointer& row) {
  typename vector_of<T, Bytes>::type v;
  if constexpr (Bytes == 16) {
    std::memcpy(&v, row(Row), 16);
  } else {
    v = join<typename vector_of<T, Bytes>::type>(
        gather_chunks<T, Bytes / 2, Row, Step>(row),
        gather_chunks<T, Bytes / 2, Row + Bytes / 32 * Step, Step>(row),
        std::make_index_sequence<Bytes / sizeof(T)>{});
  }
  return v;
}

// Inside each 16-byte chunk: elements 0 and 2 of every pair (Low), or 1 and 3, of a and b, `Width`
// elements taken as one: the two halves of a 2 x 2 transposition.
template <bool High, class V, std::size_t... I>
DETOPS_ALWAYS_INLINE V interleave_singles(V a, V b, std::index_sequence<I...>) {
  // per chunk of 4: a0 b0 a1 b1, or a2 b2 a3 b3
  constexpr std::size_t n = sizeof...(I);
  return __builtin_shufflevector(
      a, b, static_cast<int>(I / 4 * 4 + (High ? 2 : 0) + I % 4 / 2 + (I % 2) * n)...);
}
template <bool High, class V, std::size_t... I>
DETOPS_ALWAYS_INLINE V interleave_pairs(V a, V b, std::index_sequence<I...>) {
  // per chunk of 4: a0 a1 b0 b1, or a2 a3 b2 b3
  constexpr std::size_t n = sizeof...(I);
  return __builtin_shufflevector(
      a, b, static_cast<int>(I / 4 * 4 + (High ? 2 : 0) + I % 2 + (I % 4 / 2) * n)...);
}
template <bool High, class V, std::size_t... I>
DETOPS_ALWAYS_INLINE V interleave_halves(V a, V b, std::index_sequence<I...>) {
  // per chunk of 2: a0 b0, or a1 b1
  constexpr std::size_t n = sizeof...(I);
  return __builtin_shufflevector(a, b,
                                 static_cast<int>(I / 2 * 2 + (High ? 1 : 0) + (I % 2) * n)...);
}

} // namespace detail_transpose

/// take(c, register) for column c < transposed_columns of rows 0 .. register_lanes - 1, whose
/// elements lie from row(r) on. row is a callable size_t -> const T*; c is a compile-time constant.
template <class T, class RowPointer, class Take>
DETOPS_ALWAYS_INLINE void transpose_columns(const RowPointer& row, const Take& take) {
  using namespace detail_transpose;
  using V = whole<T>;
  constexpr std::size_t bytes = sizeof(V);
  constexpr std::size_t columns = transposed_columns<T>;
  constexpr auto all = std::make_index_sequence<register_lanes<T>>{};
  using R = typename batch<T>::register_type;
  const auto made = [](V v) DETOPS_INLINE_LAMBDA { return batch<T>(std::bit_cast<R>(v)); };
  // chunk q of register r is row r + columns * q, so that lane l of a transposed column is row l
  const V r0 = gather_chunks<T, bytes, 0, columns>(row);
  const V r1 = gather_chunks<T, bytes, 1, columns>(row);
  if constexpr (columns == 2) {
    take(std::integral_constant<std::size_t, 0>{}, made(interleave_halves<false>(r0, r1, all)));
    take(std::integral_constant<std::size_t, 1>{}, made(interleave_halves<true>(r0, r1, all)));
  } else {
    const V r2 = gather_chunks<T, bytes, 2, columns>(row);
    const V r3 = gather_chunks<T, bytes, 3, columns>(row);
    const V low01 = interleave_singles<false>(r0, r1, all);
    const V low23 = interleave_singles<false>(r2, r3, all);
    const V high01 = interleave_singles<true>(r0, r1, all);
    const V high23 = interleave_singles<true>(r2, r3, all);
    take(std::integral_constant<std::size_t, 0>{},
         made(interleave_pairs<false>(low01, low23, all)));
    take(std::integral_constant<std::size_t, 1>{}, made(interleave_pairs<true>(low01, low23, all)));
    take(std::integral_constant<std::size_t, 2>{},
         made(interleave_pairs<false>(high01, high23, all)));
    take(std::integral_constant<std::size_t, 3>{},
         made(interleave_pairs<true>(high01, high23, all)));
  }
}

} // namespace detops::inline DETOPS_ISA::simd

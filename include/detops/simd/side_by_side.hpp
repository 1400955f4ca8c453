// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Rows of 64 bytes side by side: a register holds the same 16 bytes of as many rows as it has groups of 16 bytes. What
// moves lanes inside a row then stays inside a group, one instruction everywhere, or moves whole registers, none.
//
//   registers of 32 bytes, T = float       group 0                group 1
//   part 0                            row 0, lanes 0-3       row 1, lanes 0-3
//   part 1                            row 0, lanes 4-7       row 1, lanes 4-7
//   part 2                            row 0, lanes 8-11      row 1, lanes 8-11
//   part 3                            row 0, lanes 12-15     row 1, lanes 12-15
#pragma once

#include <bit>
#include <cstring>
#include <utility>

#include <detops/simd/lanes.hpp>

// g++ 12 reports uninitialised registers inside its own AVX-512 header, from code inlined here.
#pragma GCC diagnostic push
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

namespace detops::inline DETOPS_ISA::simd {

/// How many rows lie side by side, and all their lanes.
template <class T>
inline constexpr std::size_t rows_side_by_side = register_lanes<T> * sizeof(T) / 16;
template <class T>
using row_lanes_side_by_side = lanes<T, 4 * register_lanes<T>>;

namespace detail_rows {

// A trait, because g++ takes a vector typedef inside a template for its element type.
template <class T, std::size_t Bytes>
struct vector_of {
  typedef T type __attribute__((vector_size(Bytes)));
};
template <class T>
using whole = typename vector_of<T, register_lanes<T> * sizeof(T)>::type;

template <class T>
inline constexpr std::size_t group_lanes = 16 / sizeof(T);

} // namespace detail_rows

/// Sixteen bytes of one row.
template <class T>
using row_group = typename detail_rows::vector_of<T, 16>::type;

namespace detail_rows {

template <std::size_t Row, class T>
DETOPS_ALWAYS_INLINE row_group<T> group(const batch<T>& a) {
#if DETOPS_WITH_XSIMD && defined(__AVX512F__)
  return std::bit_cast<row_group<T>>(
      _mm512_extractf32x4_ps(std::bit_cast<__m512>(a.data), static_cast<int>(Row)));
#elif DETOPS_WITH_XSIMD && defined(__AVX__)
  if constexpr (Row == 0) {
    return std::bit_cast<row_group<T>>(_mm256_castpd256_pd128(std::bit_cast<__m256d>(a.data)));
  } else {
    return std::bit_cast<row_group<T>>(
        _mm256_extractf128_pd(std::bit_cast<__m256d>(a.data), static_cast<int>(Row)));
  }
#else
  return std::bit_cast<row_group<T>>(a.data);
#endif
}

/// The register whose group r is get(r), r a compile-time constant; called for r = 0, 1, ... in this order.
template <class T, class Get>
DETOPS_ALWAYS_INLINE batch<T> from_groups(const Get& get) {
  using R = typename batch<T>::register_type;
  const auto at = [&]<std::size_t Row>(std::integral_constant<std::size_t, Row> row)
                      DETOPS_INLINE_LAMBDA { return std::bit_cast<row_group<float>>(get(row)); };
  using std::integral_constant;
#if DETOPS_WITH_XSIMD && defined(__AVX__)
  const auto two =
      [&]<std::size_t Row>(integral_constant<std::size_t, Row> row) DETOPS_INLINE_LAMBDA {
        const auto first = at(row);
        const auto second = at(integral_constant<std::size_t, Row + 1>{});
        return _mm256_insertf128_ps(_mm256_castps128_ps256(std::bit_cast<__m128>(first)),
                                    std::bit_cast<__m128>(second), 1);
      };
  const __m256 low = two(integral_constant<std::size_t, 0>{});
#if defined(__AVX512F__)
  const __m256 high = two(integral_constant<std::size_t, 2>{});
  return std::bit_cast<R>(
      _mm512_insertf64x4(_mm512_castpd256_pd512(_mm256_castps_pd(low)), _mm256_castps_pd(high), 1));
#else
  return std::bit_cast<R>(low);
#endif
#else
  return std::bit_cast<R>(at(integral_constant<std::size_t, 0>{}));
#endif
}

/// In each group the last Distance lanes of `low`, then the first ones of `high`.
template <std::size_t Distance, class T>
DETOPS_ALWAYS_INLINE batch<T> join(const batch<T>& low, const batch<T>& high) {
  using R = typename batch<T>::register_type;
#if DETOPS_WITH_XSIMD && defined(__SSE2__) && !defined(__SSSE3__)
  if constexpr (Distance * sizeof(T) == 4) {
    // both turned by a lane: the turn of `high` is the one that its neighbour above takes as `low`
    const auto turned = [](const batch<T>& a) DETOPS_INLINE_LAMBDA {
      return _mm_castsi128_ps(_mm_shuffle_epi32(std::bit_cast<__m128i>(a.data), 0x93));
    };
    return std::bit_cast<R>(_mm_move_ss(turned(high), turned(low)));
  } else
#endif
  {
    using V = detail_rows::whole<T>;
    constexpr std::size_t width = register_lanes<T>, group = group_lanes<T>;
    return [&]<std::size_t... I>(std::index_sequence<I...>) DETOPS_INLINE_LAMBDA {
      return batch<T>(std::bit_cast<R>(__builtin_shufflevector(
          std::bit_cast<V>(low.data), std::bit_cast<V>(high.data),
          static_cast<int>(I % group < Distance ? I + group - Distance
                                                : width + I - Distance)...)));
    }(std::make_index_sequence<width>{});
  }
}

/// In each group its last lane.
template <class T>
DETOPS_ALWAYS_INLINE batch<T> broadcast_last(const batch<T>& a) {
  using R = typename batch<T>::register_type;
  using V = detail_rows::whole<T>;
  constexpr std::size_t group = group_lanes<T>;
  const V v = std::bit_cast<V>(a.data);
  return [&]<std::size_t... I>(std::index_sequence<I...>) DETOPS_INLINE_LAMBDA {
    return batch<T>(std::bit_cast<R>(
        __builtin_shufflevector(v, v, static_cast<int>(I / group * group + group - 1)...)));
  }(std::make_index_sequence<register_lanes<T>>{});
}

} // namespace detail_rows

/// The rows from p on.
template <class T>
DETOPS_ALWAYS_INLINE row_lanes_side_by_side<T> load_rows(const T* p) {
  return row_lanes_side_by_side<T>::make([&](auto k) DETOPS_INLINE_LAMBDA {
    return detail_rows::from_groups<T>([&](auto row) DETOPS_INLINE_LAMBDA {
      row_group<T> group;
      std::memcpy(&group, p + row * row_lanes<T> + k * detail_rows::group_lanes<T>, sizeof group);
      return group;
    });
  });
}
template <class T, std::size_t N>
DETOPS_ALWAYS_INLINE void store_rows(const lanes<T, N>& a, T* p) {
  lanes<T, N>::for_each_register([&](auto k) DETOPS_INLINE_LAMBDA {
    detail::unrolled<rows_side_by_side<T>>([&](auto row) DETOPS_INLINE_LAMBDA {
      const auto group = detail_rows::group<row>(a.part[k]);
      std::memcpy(p + row * row_lanes<T> + k * detail_rows::group_lanes<T>, &group, sizeof group);
    });
  });
}

/// In each row a[l] for l < Distance, a[l - Distance] + a[l] for the others; Distance is a power of two.
template <std::size_t Distance, real T, std::size_t N>
DETOPS_ALWAYS_INLINE lanes<T, N> add_shifted_in_rows(const lanes<T, N>& a) {
  constexpr std::size_t whole = Distance / detail_rows::group_lanes<T>;
  return lanes<T, N>::make([&](auto k) DETOPS_INLINE_LAMBDA -> batch<T> {
    if constexpr (whole > k) {
      return a.part[k];
    } else if constexpr (whole > 0) {
      return a.part[k - whole] + a.part[k];
    } else if constexpr (k == 0) {
      // -0 stands before a row: adding it changes no bit
      const batch<T> nothing(detail::from_bits<T>(detail::sign_bit<T>));
      return detail_rows::join<Distance>(nothing, a.part[k]) + a.part[k];
    } else {
      return detail_rows::join<Distance>(a.part[k - 1], a.part[k]) + a.part[k];
    }
  });
}

/// The sum, in every lane, before each of the rows; `sum` becomes that behind them. A row adds its last lane.
template <real T, std::size_t N>
DETOPS_ALWAYS_INLINE lanes<T, register_lanes<T>> sums_before_rows(row_group<T>& sum,
                                                                  const lanes<T, N>& rows) {
  const batch<T> last = detail_rows::broadcast_last(rows.part[lanes<T, N>::registers - 1]);
  return {{detail_rows::from_groups<T>([&](auto row) DETOPS_INLINE_LAMBDA {
    const row_group<T> before = sum;
    sum = before + detail_rows::group<row>(last);
    return before;
  })}};
}
template <real T>
DETOPS_ALWAYS_INLINE row_group<T> broadcast_in_group(T value) {
  return detail_rows::group<0>(batch<T>(value));
}

} // namespace detops::inline DETOPS_ISA::simd

#pragma GCC diagnostic pop

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// From the sums of a tile to elements of C: alpha, beta, the rounding to C's type.
#pragma once

#include <cstddef>
#include <cstdint>

#include <detops/matmul/blocking.hpp>
#include <detops/matmul/check.hpp>
#include <detops/simd/arith.hpp>
#include <detops/simd/widen.hpp>

namespace detops::inline DETOPS_ISA::detail::gemm {

/// Whether sums are elements of C as they are.
template <class S>
bool plain(const problem<S>& p) {
  using sum = typename S::sum;
  using result = typename S::result;
  return S::fields == 1 && (S::integer || std::same_as<sum, result>) && p.options.alpha == 1 &&
         p.options.beta == 0;
}

/// Lanes in which tiles are finished: whole registers of sums and of elements of C.
template <class S>
inline constexpr std::size_t finished_lanes =
    simd::register_lanes<std::conditional_t<S::wide && S::fields == 1, float, typename S::sum>>;

/// Each lane rounded to C's type.
template <class S, class V>
DETOPS_ALWAYS_INLINE void store_result(const V& value, typename S::result* out) {
  using T = typename S::result;
  if constexpr (std::same_as<T, typename S::sum>) {
    simd::canonical(value).store(out);
  } else if constexpr (std::same_as<T, float>) {
    simd::canonical(simd::convert<float>(value)).store(out);
  } else if constexpr (S::wide) {
    simd::store_narrowed(simd::convert<float>(value), out);
  } else {
    simd::store_narrowed(value, out);
  }
}

/// r = alpha * value, then fma(beta, c, r), for a tile whose sums lie in rows of `width`, and after all rows of the tile
/// their errors, `errors` further.
template <class S>
DETOPS_NOINLINE void finish_tile(const problem<S>& p, const region& at, const typename S::sum* sums,
                                 std::size_t width, std::size_t errors) {
  using T = typename S::result;
  using sum = typename S::sum;
  const auto alpha = static_cast<sum>(p.options.alpha), beta = static_cast<sum>(p.options.beta);
  for (std::size_t i = 0; i < at.rows; ++i) {
    const sum* row = sums + i * width;
    if constexpr (S::integer) {
      for (std::size_t j = 0; j < at.cols; ++j) {
        T& c = p.c(at.row + i, at.col + j);
        c = static_cast<T>(alpha * row[j] + (beta == 0 ? 0 : beta * static_cast<sum>(c)));
      }
    } else {
      using V = simd::lanes<sum, finished_lanes<S>>;
      for (std::size_t j = 0; j < at.cols; j += V::size) {
        const std::size_t count = smaller(V::size, at.cols - j);
        const bool whole = count == V::size && p.c.col_stride == 1;
        T* c = &p.c(at.row + i, at.col + j);
        V r = V::load(row + j);
        if constexpr (S::fields == 2) {
          r = kahan_t::value(kahan_t::node<V>{{r, V::load(row + j + errors)}});
        }
        if (alpha != 1) {
          r = simd::mul(V::broadcast(alpha), r);
        }
        if (beta != 0) {
          const V old = whole ? simd::load_as<sum, V::size>(c)
                              : simd::load_as_strided<sum, V::size>(c, p.c.col_stride, count);
          r = simd::fma(V::broadcast(beta), old, r);
        }
        if (whole) {
          store_result<S>(r, c);
        } else {
          T values[V::size];
          store_result<S>(r, values);
          for (std::size_t l = 0; l < count; ++l) {
            c[static_cast<std::ptrdiff_t>(l) * p.c.col_stride] = values[l];
          }
        }
      }
    }
  }
}

/// Rows of a narrow strip of C that are finished at once: they stay in cache though their distance be a power of two.
inline constexpr std::size_t finished_rows = 48;

/// Every way of computing C ends each part of it with this, once for every element.
template <class S>
void finished(const problem<S>& p, const region& at) {
  if (p.epilogue) [[unlikely]] {
    p.epilogue(p.c, at);
  }
}

} // namespace detops::inline DETOPS_ISA::detail::gemm

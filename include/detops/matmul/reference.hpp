// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The plain loop with the bits of matmul: contract section 3 as it reads. For tests and for
// readers.
#pragma once

#include <cstddef>
#include <type_traits>

#include <detops/core/fp_env.hpp>
#include <detops/matmul/check.hpp>
#include <detops/matmul/fold_depth.hpp>
#include <detops/simd/soft_fma.hpp>

namespace detops::inline DETOPS_ISA {
namespace detail::gemm {

/// One fma on scalars: the instruction, or where there is none the definition in integers.
inline double scalar_fma(double a, double b, double c) {
  if constexpr (has_fma) {
    return __builtin_fma(a, b, c);
  } else {
    return simd::soft_fma(a, b, c);
  }
}
/// The exact product plus c, rounded to odd in double, then once to float.
inline float scalar_fma(float a, float b, float c) {
  if constexpr (has_fma) {
    return __builtin_fmaf(a, b, c);
  } else {
    const double product = pin(double{a} * double{b});
    const double sum = pin(product + double{c});
    const double c_part = pin(sum - product);
    const double error = pin(product - pin(sum - c_part)) + pin(double{c} - c_part);
    const bool odd = (to_bits(sum) & 1) != 0;
    if (error == 0 || is_nan(error) || odd) {
      return static_cast<float>(sum);
    }
    const bool away = (error < 0) == (sum < 0);
    return static_cast<float>(from_bits<double>(away ? to_bits(sum) + 1 : to_bits(sum) - 1));
  }
}

template <class T>
T block_sum(const matrix_view<const T>& a, const matrix_view<const T>& b, std::size_t i,
            std::size_t j, std::size_t first, std::size_t last) {
  T sum = 0;
  for (std::size_t k = first; k < last; ++k) {
    sum = scalar_fma(a(i, k), b(k, j), sum);
  }
  return sum;
}

/// Blocks [first, first + 2^level) of one element of C, as far as they exist, combined by fold: the
/// left half is always whole, so that neighbours meet and an odd one is carried up.
template <class T>
T folded(const matrix_view<const T>& a, const matrix_view<const T>& b, std::size_t i, std::size_t j,
         std::size_t first, std::size_t level) {
  const std::size_t begin = first * fold_depth;
  if (level == 0) {
    const std::size_t end = a.cols - begin < fold_depth ? a.cols : begin + fold_depth;
    return block_sum(a, b, i, j, begin, end);
  }
  const std::size_t half = std::size_t{1} << (level - 1);
  const T left = folded(a, b, i, j, first, level - 1);
  if ((first + half) * fold_depth >= a.cols) {
    return left;
  }
  return pin(left + folded(a, b, i, j, first + half, level - 1));
}

} // namespace detail::gemm

/// matmul, one element of C after another.
template <class C>
  requires(detail::matmul_output<C>)
void matmul_reference(std::type_identity_t<detail::matmul_input<C>> a,
                      std::type_identity_t<detail::matmul_input<C>> b, C&& c,
                      std::type_identity_t<matmul_options<element_t<C>>> options = {}) {
  using T = element_t<C>;
  const matrix_view<T> out = detail::as_matrix_output(c);
  detail::gemm::check<detail::gemm::scheme<T, pairwise_t>>({a, b, out, options});
  detail::with_fp_environment([&] {
    std::size_t levels = 0;
    while ((detail::gemm::fold_depth << levels) < a.cols) {
      ++levels;
    }
    for (std::size_t i = 0; i < out.rows; ++i) {
      for (std::size_t j = 0; j < out.cols; ++j) {
        T r = detail::gemm::folded(a, b, i, j, 0, levels);
        if (options.alpha != 1) {
          r = detail::pin(options.alpha * r);
        }
        if (options.beta != 0) {
          r = detail::gemm::scalar_fma(options.beta, out(i, j), r);
        }
        out(i, j) = detail::canonical(r);
      }
    }
  });
}

} // namespace detops::inline DETOPS_ISA

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The plain loops with the bits of matmul: contract section 3 as it reads. For tests and for
// readers.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
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
/// Modulo 2^32.
inline std::uint32_t scalar_fma(std::uint32_t a, std::uint32_t b, std::uint32_t c) {
  return a * b + c;
}

/// What every partial sum of one element of C is; the chain of a block begins with one that is +0.
template <class C, bool Compensated>
struct partial_sum {
  C sum = 0;

  void add_product(C a, C b) { sum = scalar_fma(a, b, sum); }
  /// A node of the fold: this is its left side.
  void combine(const partial_sum& right) {
    if constexpr (std::integral<C>) {
      sum = scalar_fma(1, sum, right.sum);
    } else {
      sum = simd::add(sum, right.sum);
    }
  }
  C value() const { return sum; }
};
/// The roundings of the sum and of the products are summed beside it.
template <class C>
struct partial_sum<C, true> {
  C sum = 0;
  C error = 0;

  void add_product(C a, C b) {
    const C product = simd::mul(a, b);
    const C rest = scalar_fma(a, b, -product);
    const auto [total, lost] = simd::two_sum(sum, product);
    sum = total;
    error = simd::add(error, simd::add(rest, lost));
  }
  void combine(const partial_sum& right) {
    const auto both = kahan_t::combine<C>({{sum, error}}, {{right.sum, right.error}});
    sum = both.field[0];
    error = both.field[1];
  }
  C value() const { return kahan_t::value<C>({{sum, error}}); }
};

/// An element as the scheme S computes with it: exact.
template <class S, class T>
typename S::sum widened(const T& value) {
  if constexpr (floating<T>) {
    return static_cast<typename S::sum>(detail::widen(value));
  } else {
    return static_cast<typename S::sum>(value);
  }
}
/// A result as an element of C. From double to 16 bits it is rounded twice, to float in between.
template <class S>
typename S::result narrowed(typename S::sum value) {
  using T = typename S::result;
  if constexpr (floating<T>) {
    return detail::narrow<T>(static_cast<compute_t<T>>(value));
  } else {
    return static_cast<T>(value);
  }
}

/// Blocks [first, first + 2^level) of element (i, j) of C, as far as they exist, combined by fold: the
/// left half is always whole, so that neighbours meet and an odd one is carried up.
template <class S>
auto folded(const problem<S>& p, std::size_t i, std::size_t j, std::size_t first,
            std::size_t level) {
  partial_sum<typename S::sum, S::fields == 2> sum;
  const std::size_t begin = first * fold_depth;
  const std::size_t depth = p.a.cols;
  if (level == 0) {
    const std::size_t end = depth - begin < fold_depth ? depth : begin + fold_depth;
    for (std::size_t k = begin; k < end; ++k) {
      sum.add_product(widened<S>(p.a(i, k)), widened<S>(p.b(k, j)));
    }
    return sum;
  }
  const std::size_t half = std::size_t{1} << (level - 1);
  sum = folded(p, i, j, first, level - 1);
  if ((first + half) * fold_depth < depth) {
    sum.combine(folded(p, i, j, first + half, level - 1));
  }
  return sum;
}

/// One element of C after another.
template <class S>
void plain_loops(const problem<S>& p) {
  using C = typename S::sum;
  const C alpha = static_cast<C>(p.options.alpha);
  const C beta = static_cast<C>(p.options.beta);
  std::size_t levels = 0;
  while ((fold_depth << levels) < p.a.cols) {
    ++levels;
  }
  for (std::size_t i = 0; i < p.c.rows; ++i) {
    for (std::size_t j = 0; j < p.c.cols; ++j) {
      C r = folded(p, i, j, 0, levels).value();
      if (alpha != 1) {
        if constexpr (std::integral<C>) {
          r = scalar_fma(alpha, r, 0);
        } else {
          r = simd::mul(alpha, r);
        }
      }
      if (beta != 0) {
        r = scalar_fma(beta, widened<S>(p.c(i, j)), r);
      }
      p.c(i, j) = narrowed<S>(r);
    }
  }
}

} // namespace detail::gemm

/// The bits of matmul in each policy, by one element of C after another.
template <class C, class Policy = pairwise_t>
  requires(detail::matmul_output<C> && detail::gemm::policy_for<Policy, element_t<C>>)
void matmul_reference(std::type_identity_t<detail::matmul_input<C>> a,
                      std::type_identity_t<detail::matmul_input<C>> b, C&& c,
                      std::type_identity_t<matmul_options<element_t<C>>> options = {},
                      Policy = {}) {
  using scheme = detail::gemm::scheme<element_t<C>, Policy>;
  const detail::gemm::problem<scheme> p{a, b, detail::as_matrix_output(c), options};
  detail::gemm::check(p);
  detail::with_fp_environment([&] { detail::gemm::plain_loops(p); });
}

} // namespace detops::inline DETOPS_ISA

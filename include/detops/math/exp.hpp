// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// exp of floats, correctly rounded.
#pragma once

#include <detops/math/map.hpp>

namespace detops::inline DETOPS_ISA {
namespace detail {

/// e^x in double, narrowed once: x = (k + r) ln 2, |r| <= 1/2, 2^r by a polynomial of degree 10,
/// 2^k by an addition to the exponent. No input between the limits is misrounded, with and without
/// fma (exhaustive test).
template <std::size_t N>
DETOPS_ALWAYS_INLINE simd::lanes<float, N> exp_lanes(const simd::lanes<float, N>& x) {
  using F = simd::lanes<float, N>;
  using D = simd::lanes<double, N>;
  using simd::mul_add;
  const auto c = [](double value) DETOPS_INLINE_LAMBDA { return D::broadcast(value); };
  const D wide = simd::convert<double>(x);

  // Added to 1.5 * 2^52, a number is rounded to an integer that stands in the low bits.
  const D shift = c(0x1.8p52);
  D shifted;
  D r;
  if constexpr (has_fma) {
    const D log2_e = c(0x1.71547652b82fep+0);
    shifted = simd::fma(wide, log2_e, shift);
    r = simd::fma(wide, log2_e, simd::sub(shift, shifted));
  } else { // log2(e) in two parts: 24 bits, so that the first product is exact, and the rest
    const D k_and_r = simd::mul(wide, c(0x1.715476p+0));
    shifted = simd::add(k_and_r, shift);
    r = simd::add(simd::add(k_and_r, simd::sub(shift, shifted)),
                  simd::mul(wide, c(0x1.4ae0bf85ddf44p-26)));
  }

  // (2^r - 1) / r in pairs of coefficients, from the highest; minimax on [-1/2, 1/2], error 2^-51.6
  const D r2 = simd::mul(r, r);
  D q = mul_add(r, c(0x1.e63c4e7eaffabp-28), c(0x1.b675a0b38e39ep-24));
  q = mul_add(r2, q, mul_add(r, c(0x1.62bfb31d7855cp-20), c(0x1.ffcb54292fcep-17)));
  q = mul_add(r2, q, mul_add(r, c(0x1.43091317b3573p-13), c(0x1.5d87fe9d6b104p-10)));
  q = mul_add(r2, q, mul_add(r, c(0x1.3b2ab6fb9d025p-7), c(0x1.c6b08d703cef4p-5)));
  q = mul_add(r2, q, mul_add(r, c(0x1.ebfbdff82c5bap-3), c(0x1.62e42fefa3a19p-1)));
  const D power = mul_add(r, q, c(1.0));

  const auto exponent = simd::shift_left<52>(simd::bit_cast_to<std::uint64_t>(shifted));
  const auto scaled = simd::add(simd::bit_cast_to<std::uint64_t>(power), exponent);
  const F result = simd::convert<float>(simd::bit_cast_to<double>(scaled));

  // Below 512 the double neither overflows nor underflows, and the conversion gives infinity,
  // subnormals and zero by itself.
  const auto regular = simd::less(simd::abs(x), F::broadcast(512.0f));
  if (simd::all(regular)) [[likely]] {
    return result;
  }
  const F zero = F::broadcast(0.0f);
  const F infinity = F::broadcast(from_bits<float>(infinity_bits<float>));
  const F limit = simd::select(simd::less(x, zero), zero, infinity);
  return simd::select(regular, result, simd::canonical(simd::select(simd::equal(x, x), limit, x)));
}

struct exp_operation {
  static constexpr const char* name = "exp";
  template <std::size_t N>
  DETOPS_ALWAYS_INLINE simd::lanes<float, N> operator()(const simd::lanes<float, N>& x) const {
    return exp_lanes(x);
  }
};

} // namespace detail

/// out = e^in, elementwise.
///
///   in       a vector or matrix of float of the shape of out, any strides, or a broadcast
///            (math/arithmetic.hpp)
///   out      float; may be the same elements as in
///   exec     an executor; it changes the time, never a bit
///
/// Correctly rounded (contract, section 4), so the algorithm is free; proven over all 2^32 inputs.
/// exp(-inf) = +0, exp(+inf) = +inf, NaN gives the canonical NaN; results below 2^-126 are rounded
/// once. O(n) time, no memory. Throws as math/arithmetic.hpp. Reduction to a power of two and a
/// minimax polynomial (Sollya's fpminimax), in double.
template <executor E, class X, class Out>
  requires detail::float_map<X, Out>
void exp(E&& exec, const X& in, Out&& out) {
  detail::map(detail::exp_operation{}, {"in"}, exec, out, in);
}
template <class X, class Out>
  requires detail::float_map<X, Out>
void exp(const X& in, Out&& out) {
  exp(seq, in, out);
}
/// One value, in the caller's floating-point environment: the bits of the arrays where that is the
/// default.
inline float exp(float x) {
  return detail::scalar_value(detail::exp_operation{}, x);
}
double exp(double) = delete; // until it exists: a double is neither narrowed nor left to libm

} // namespace detops::inline DETOPS_ISA

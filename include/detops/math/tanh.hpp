// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Hyperbolic tangent of floats, correctly rounded.
#pragma once

#include <detops/math/map.hpp>

namespace detops::inline DETOPS_ISA {
namespace detail {

/// tanh(|x|) in double, narrowed once: e^(2|x|) = 2^k (1 + p), p = 2^r - 1 with its own relative
/// accuracy, so that with n = 2^-k the quotient (1 - n + p) / (1 + n + p) has none to lose at k =
/// 0, where it is p / (2 + p). No input is misrounded, with and without fma (exhaustive test).
template <std::size_t N>
DETOPS_ALWAYS_INLINE simd::lanes<float, N> tanh_lanes(const simd::lanes<float, N>& x) {
  using F = simd::lanes<float, N>;
  using D = simd::lanes<double, N>;
  using simd::mul_add;
  const auto c = [](double value) DETOPS_INLINE_LAMBDA { return D::broadcast(value); };
  const F sign = simd::bit_and(x, F::broadcast(-0.0f));
  const F size = simd::bit_xor(x, sign);
  const F saturated = F::broadcast(10.0f); // rounds to 1; a NaN stays
  const D wide = simd::convert<double>(simd::select(simd::less(saturated, size), saturated, size));

  const D shift = c(0x1.8p52); // rounds to an integer that stands in the low bits
  const D twice_log2_e = c(0x1.71547652b82fep+1);
  const D shifted = mul_add(wide, twice_log2_e, shift);
  const D r = mul_add(wide, twice_log2_e, simd::sub(shift, shifted));
  // (2^r - 1) / r in pairs of coefficients, from the highest; minimax on [-1/2, 1/2], error 2^-49.5
  const D r2 = simd::mul(r, r);
  D q = mul_add(r, c(0x1.e4d1acd481e42p-28), c(0x1.b656e3c829e3dp-24));
  q = mul_add(r2, q, mul_add(r, c(0x1.62c081eb0b15dp-20), c(0x1.ffcb76ab825ecp-17)));
  q = mul_add(r2, q, mul_add(r, c(0x1.430912c873c8bp-13), c(0x1.5d87fe9083a97p-10)));
  q = mul_add(r2, q, mul_add(r, c(0x1.3b2ab6fbb3e4fp-7), c(0x1.c6b08d7044129p-5)));
  q = mul_add(r2, q, mul_add(r, c(0x1.ebfbdff82c542p-3), c(0x1.62e42fefa39f7p-1)));
  const D p = simd::mul(r, q);

  const D one = c(1.0);
  const auto exponent = simd::shift_left<52>(simd::bit_cast_to<std::uint64_t>(shifted));
  const D n = simd::bit_cast_to<double>(simd::sub(simd::bit_cast_to<std::uint64_t>(one), exponent));
  const D value = simd::div(simd::add(p, simd::sub(one, n)), simd::add(p, simd::add(one, n)));
  return simd::canonical(simd::bit_xor(simd::convert<float>(value), sign));
}

struct tanh_operation {
  static constexpr const char* name = "tanh";
  template <std::size_t N>
  DETOPS_ALWAYS_INLINE simd::lanes<float, N> operator()(const simd::lanes<float, N>& x) const {
    return tanh_lanes(x);
  }
};

} // namespace detail

/// out = tanh(in), elementwise.
///
///   in       a vector or matrix of float of the shape of out, any strides, or a broadcast
///            (math/arithmetic.hpp)
///   out      float; may be the same elements as in
///   exec     an executor; it changes the time, never a bit
///
/// Correctly rounded (contract, section 4), so the algorithm is free; proven over all 2^32 inputs.
/// tanh(+-0) = +-0, tanh(+-inf) = +-1, NaN gives the canonical NaN. O(n) time, no memory. Throws as
/// math/arithmetic.hpp. Reduction to a power of two, a minimax polynomial (Sollya's fpminimax) and
/// one division, in double.
template <executor E, class X, class Out>
  requires detail::float_map<X, Out>
void tanh(E&& exec, const X& in, Out&& out) {
  detail::map(detail::tanh_operation{}, {"in"}, exec, out, in);
}
template <class X, class Out>
  requires detail::float_map<X, Out>
void tanh(const X& in, Out&& out) {
  tanh(seq, in, out);
}
/// One value, in the caller's floating-point environment: the bits of the arrays where that is the
/// default.
inline float tanh(float x) {
  return detail::scalar_value(detail::tanh_operation{}, x);
}
double tanh(double) = delete; // until it exists: a double is neither narrowed nor left to libm

} // namespace detops::inline DETOPS_ISA

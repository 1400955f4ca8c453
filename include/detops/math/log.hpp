// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Natural logarithm of floats, correctly rounded.
#pragma once

#include <detops/math/map.hpp>

namespace detops::inline DETOPS_ISA {
namespace detail {

/// log(x) in double, narrowed once: x = 2^k m, m in [sqrt(1/2), sqrt(2)); z = 2 (m-1) / (m+1);
/// log(m) = 2 artanh(z/2) = z + z^3 P(z^2). For positive finite x two results fall on the wrong
/// side of the middle between two floats, with and without fma (exhaustive test); they are put
/// right below.
template <std::size_t N>
DETOPS_ALWAYS_INLINE simd::lanes<float, N> log_lanes(const simd::lanes<float, N>& x) {
  using F = simd::lanes<float, N>;
  using D = simd::lanes<double, N>;
  using I = simd::lanes<std::int32_t, N>;
  using U = simd::lanes<std::uint64_t, N>;
  using simd::mul_add;
  const auto c = [](double value) DETOPS_INLINE_LAMBDA { return D::broadcast(value); };

  // Distances from sqrt(1/2) in the order of the bits: the exponent field counts powers of two from
  // there.
  constexpr std::uint64_t one = 0x3ff0000000000000u;
  constexpr std::uint64_t root_of_half = 0x3fe6a09e667f3bcdu;
  const U distance = simd::add(simd::bit_cast_to<std::uint64_t>(simd::convert<double>(x)),
                               U::broadcast(one - root_of_half));
  const U fraction = simd::bit_and(distance, U::broadcast(0x000fffffffffffffu));
  const D m = simd::bit_cast_to<double>(simd::add(fraction, U::broadcast(root_of_half)));
  // k + 1023 in the low bits of 2^52
  const U biased = simd::bit_or(simd::shift_right<52>(distance), U::broadcast(0x4330000000000000u));
  const D k = simd::sub(simd::bit_cast_to<double>(biased), c(0x1p52 + 1023));

  const D z = simd::div(simd::sub(m, c(1.0)), mul_add(m, c(0.5), c(0.5)));
  const D z2 = simd::mul(z, z);
  const D z4 = simd::mul(z2, z2);
  // minimax for |z| <= 0.3432, error of the logarithm 2^-50.4 relative
  const D p0 = mul_add(z2, c(0x1.9999999b8b2b5p-7), c(0x1.55555555553b3p-4));
  const D p1 = mul_add(z2, c(0x1.c71fd0a43b46dp-12), c(0x1.24924625ea56bp-9));
  const D p2 = mul_add(z2, c(0x1.547223d393815p-16), c(0x1.738247757cbadp-14));
  const D p = mul_add(z4, mul_add(z4, p2, p1), p0);
  // ln 2 in two parts; k times the first is exact
  const D small = mul_add(simd::mul(z2, z), p, simd::mul(k, c(0x1.ef35793c7673p-45)));
  const F result = simd::convert<float>(simd::add(mul_add(k, c(0x1.62e42fefa38p-1), z), small));

  // Positive finite floats are the integers 1 ... 0x7f7fffff: one signed comparison after a turn.
  const I bits = simd::bit_cast_to<std::int32_t>(x);
  const auto turn = simd::lanes<std::uint32_t, N>::broadcast(0x7fffffffu);
  const I turned =
      simd::bit_cast_to<std::int32_t>(simd::add(simd::bit_cast_to<std::uint32_t>(x), turn));
  const I first_hard = I::broadcast(0x4c5d65a5);
  const I second_hard = I::broadcast(0x65d890d3);
  const auto irregular =
      simd::mask_or(simd::less(I::broadcast(-0x800002), turned),
                    simd::mask_or(simd::equal(bits, first_hard), simd::equal(bits, second_hard)));
  if (simd::none(irregular)) [[likely]] {
    return result;
  }
  const F zero = F::broadcast(0.0f);
  const F infinity = F::broadcast(from_bits<float>(infinity_bits<float>));
  const F nan = F::broadcast(canonical_nan<float>());
  F special = simd::select(simd::equal(x, infinity), infinity, nan);
  special = simd::select(simd::equal(x, zero), simd::neg(infinity), special);
  const auto regular = simd::mask_and(simd::less(zero, x), simd::less(x, infinity));
  F fixed = simd::select(regular, result, special);
  const auto first = simd::equal(x, simd::bit_cast_to<float>(first_hard));
  const auto second = simd::equal(x, simd::bit_cast_to<float>(second_hard));
  fixed = simd::select(first, F::broadcast(0x1.1e0696p+4f), fixed);
  return simd::select(second, F::broadcast(0x1.a9a3f2p+5f), fixed);
}

struct log_operation {
  static constexpr const char* name = "log";
  template <std::size_t N>
  DETOPS_ALWAYS_INLINE simd::lanes<float, N> operator()(const simd::lanes<float, N>& x) const {
    return log_lanes(x);
  }
};

} // namespace detail

/// out = ln(in), elementwise.
///
///   in       a vector or matrix of float of the shape of out, any strides, or a broadcast
///            (math/arithmetic.hpp)
///   out      float; may be the same elements as in
///   exec     an executor; it changes the time, never a bit
///
/// Correctly rounded (contract, section 4), so the algorithm is free; proven over all 2^32 inputs.
/// log(+-0) = -inf, log(+inf) = +inf, log of what is less than 0 and of NaN: the canonical NaN;
/// log(1) = +0. O(n) time, no memory. Throws as math/arithmetic.hpp. The artanh series as a minimax
/// polynomial (Sollya's fpminimax) with one division, in double.
template <executor E, class X, class Out>
  requires detail::float_map<X, Out>
void log(E&& exec, const X& in, Out&& out) {
  detail::map(detail::log_operation{}, {"in"}, exec, out, in);
}
template <class X, class Out>
  requires detail::float_map<X, Out>
void log(const X& in, Out&& out) {
  log(seq, in, out);
}
/// One value, in the caller's floating-point environment: the bits of the arrays where that is the
/// default.
inline float log(float x) {
  return detail::scalar_value(detail::log_operation{}, x);
}
double log(double) = delete; // until it exists: a double is neither narrowed nor left to libm

} // namespace detops::inline DETOPS_ISA

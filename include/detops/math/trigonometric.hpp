// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// sinpi and cospi of floats, correctly rounded.
#pragma once

#include <detops/math/map.hpp>

namespace detops::inline DETOPS_ISA {
namespace detail {

/// sin(pi u) for u >= 0: u = k + r, |r| <= 1/2, (-1)^k sin(pi r), with +0 for a zero. Exact
/// reduction for u < 2^51; the odd polynomial of degree 15 is minimax on [-1/2, 1/2], error 2^-52
/// relative.
template <std::size_t N>
DETOPS_ALWAYS_INLINE simd::lanes<float, N> sinpi_of_double(const simd::lanes<double, N>& u) {
  using D = simd::lanes<double, N>;
  using simd::mul_add;
  const auto c = [](double value) DETOPS_INLINE_LAMBDA { return D::broadcast(value); };
  const D shift = c(0x1.8p52); // rounds to an integer that stands in the low bits
  const D shifted = simd::add(u, shift);
  const D r = simd::sub(u, simd::sub(shifted, shift));
  const D r2 = simd::mul(r, r);
  const D r4 = simd::mul(r2, r2);
  const D q0 = mul_add(r2, c(-0x1.4abbce625bd49p+2), c(0x1.921fb54442d17p+1));
  const D q1 = mul_add(r2, c(-0x1.32d2cce1612b5p-1), c(0x1.466bc67750a38p+1));
  const D q2 = mul_add(r2, c(-0x1.e3062119b4bcp-8), c(0x1.507832417bac9p-4));
  const D q3 = mul_add(r2, c(-0x1.625b1709dece6p-16), c(0x1.e89c7aa14abe1p-12));
  const D q = mul_add(r4, mul_add(r4, mul_add(r4, q3, q2), q1), q0);
  const auto sign = simd::shift_left<63>(simd::bit_cast_to<std::uint64_t>(shifted));
  const auto value = simd::bit_xor(simd::bit_cast_to<std::uint64_t>(simd::mul(r, q)), sign);
  return simd::convert<float>(simd::add(simd::bit_cast_to<double>(value), c(0.0))); // -0 + 0 = +0
}

/// What |x| >= 2^24 gives, an even integer or infinity, or NaN.
template <std::size_t N>
DETOPS_ALWAYS_INLINE simd::lanes<float, N> at_even_integer(const simd::lanes<float, N>& size,
                                                           float value) {
  using F = simd::lanes<float, N>;
  const auto finite = simd::less(size, F::broadcast(from_bits<float>(infinity_bits<float>)));
  return simd::select(finite, F::broadcast(value), F::broadcast(canonical_nan<float>()));
}

/// sinpi for |x| < 2^24.
template <std::size_t N>
DETOPS_ALWAYS_INLINE simd::lanes<float, N> sinpi_in_range(const simd::lanes<float, N>& x) {
  const auto sign = simd::bit_and(x, simd::lanes<float, N>::broadcast(-0.0f));
  return simd::bit_xor(sinpi_of_double(simd::convert<double>(simd::abs(x))), sign);
}
/// cospi for |x| < 2^24: sin(pi (|x| + 1/2)). The sum is exact where the result is not 1.
template <std::size_t N>
DETOPS_ALWAYS_INLINE simd::lanes<float, N> cospi_in_range(const simd::lanes<float, N>& x) {
  const auto half = simd::lanes<double, N>::broadcast(0.5);
  return sinpi_of_double(simd::add(simd::convert<double>(simd::abs(x)), half));
}

template <std::size_t N>
DETOPS_ALWAYS_INLINE simd::lanes<float, N> sinpi_lanes(const simd::lanes<float, N>& x) {
  using F = simd::lanes<float, N>;
  const F size = simd::abs(x);
  const auto regular = simd::less(size, F::broadcast(0x1p24f));
  const F result = sinpi_in_range(x);
  if (simd::all(regular)) [[likely]] {
    return result;
  }
  const F sign = simd::bit_and(x, F::broadcast(-0.0f));
  const F special = simd::canonical(simd::bit_or(at_even_integer(size, 0.0f), sign));
  return simd::select(regular, result, special);
}
template <std::size_t N>
DETOPS_ALWAYS_INLINE simd::lanes<float, N> cospi_lanes(const simd::lanes<float, N>& x) {
  using F = simd::lanes<float, N>;
  const F size = simd::abs(x);
  const auto regular = simd::less(size, F::broadcast(0x1p24f));
  const F result = cospi_in_range(x);
  if (simd::all(regular)) [[likely]] {
    return result;
  }
  return simd::select(regular, result, at_even_integer(size, 1.0f));
}

struct sinpi_operation {
  static constexpr const char* name = "sinpi";
  template <std::size_t N>
  DETOPS_ALWAYS_INLINE simd::lanes<float, N> operator()(const simd::lanes<float, N>& x) const {
    return sinpi_lanes(x);
  }
};

struct cospi_operation {
  static constexpr const char* name = "cospi";
  template <std::size_t N>
  DETOPS_ALWAYS_INLINE simd::lanes<float, N> operator()(const simd::lanes<float, N>& x) const {
    return cospi_lanes(x);
  }
};

} // namespace detail

/// out = sin(pi * in), elementwise.
///
///   in       a vector or matrix of float of the shape of out, any strides, or a broadcast
///            (math/arithmetic.hpp)
///   out      float; may be the same elements as in
///   exec     an executor; it changes the time, never a bit
///
/// Correctly rounded (contract, section 4), so the algorithm is free; proven over all 2^32 inputs.
/// The sine of an integer is a zero with the sign of the input; infinities and NaN give the
/// canonical NaN. O(n) time, no memory. Throws as math/arithmetic.hpp. Exact reduction by the
/// nearest integer and an odd minimax polynomial (Sollya's fpminimax), in double.
template <executor E, class X, class Out>
  requires detail::float_map<X, Out>
void sinpi(E&& exec, const X& in, Out&& out) {
  detail::map(detail::sinpi_operation{}, {"in"}, exec, out, in);
}
template <class X, class Out>
  requires detail::float_map<X, Out>
void sinpi(const X& in, Out&& out) {
  sinpi(seq, in, out);
}
/// One value, in the caller's floating-point environment: the bits of the arrays where that is the
/// default.
inline float sinpi(float x) {
  return detail::scalar_value(detail::sinpi_operation{}, x);
}
double sinpi(double) = delete; // until it exists: a double is neither narrowed nor left to libm

/// out = cos(pi * in), elementwise: as sinpi, at |in| + 1/2. Half an odd integer gives +0.
template <executor E, class X, class Out>
  requires detail::float_map<X, Out>
void cospi(E&& exec, const X& in, Out&& out) {
  detail::map(detail::cospi_operation{}, {"in"}, exec, out, in);
}
template <class X, class Out>
  requires detail::float_map<X, Out>
void cospi(const X& in, Out&& out) {
  cospi(seq, in, out);
}
/// One value, in the caller's floating-point environment: the bits of the arrays where that is the
/// default.
inline float cospi(float x) {
  return detail::scalar_value(detail::cospi_operation{}, x);
}
double cospi(double) = delete; // until it exists: a double is neither narrowed nor left to libm

} // namespace detops::inline DETOPS_ISA

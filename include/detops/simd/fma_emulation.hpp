// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Exact fma where the ISA has none. Float: product and sum in double, corrected only where the sum lies
// on a tie of the float grid. Double: error-free transformations with a rounding to odd (Boldo and
// Melquiond, "Emulation of FMA and correctly rounded sums", 2008), integers outside their range.
#pragma once

#include <detops/simd/basic_arith.hpp>
#include <detops/simd/convert.hpp>
#include <detops/simd/soft_fma.hpp>

namespace detops::inline DETOPS_ISA::simd {

/// sum + error rounded to odd: where the error is not zero the last bit of the result is 1, so a later
/// rounding to fewer bits, by two at least, is as if from the exact value.
template <std::size_t N>
DETOPS_ALWAYS_INLINE lanes<double, N> round_to_odd(const sum_and_error<lanes<double, N>>& x) {
  using D = lanes<double, N>;
  using U = lanes<std::uint64_t, N>;
  const U one = U::broadcast(1);
  const U s = bit_cast_to<std::uint64_t>(x.sum);
  const U e = bit_cast_to<std::uint64_t>(x.error);
  const U opposite = shift_right<63>(bit_xor(s, e));
  const U step = sub(one, add(opposite, opposite)); // away from zero, or towards it
  const U even = bit_and(bit_xor(s, one), one);
  const U minus_even = sub(U::broadcast(0), even);
  const D adjusted = bit_cast_to<double>(add(s, bit_and(step, minus_even)));
  const D zero = D::broadcast(0.0);
  const auto inexact = mask_or(less(x.error, zero), less(zero, x.error)); // false for NaN
  return select(inexact, adjusted, x.sum);
}

/// True where rounding the double sum s of a float fma to float may not be the rounding of the exact
/// value: on a tie of the float grid (bits 28..0 are 100...0), and below the smallest normal float, where
/// the grid's ties lie at other bits.
template <std::size_t N>
DETOPS_ALWAYS_INLINE bool any_float_tie(const lanes<double, N>& s) {
  using W = lanes<std::uint32_t, 2 * N>;
  const auto low = register_cast_to<std::uint32_t>(
      bit_and(bit_cast_to<std::uint64_t>(s), lanes<std::uint64_t, N>::broadcast(0x1fffffffu)));
  // the upper words of `low` are 0 and never equal those of the pattern
  const W tie =
      register_cast_to<std::uint32_t>(lanes<std::uint64_t, N>::broadcast(0xffffffff10000000u));
  const auto magnitude =
      bit_and(s, lanes<double, N>::broadcast(detail::from_bits<double>(~detail::sign_bit<double>)));
  const auto small = less(magnitude, lanes<double, N>::broadcast(0x1p-126));
  return any(equal(low, tie)) ||
         any(mask_and(small, less(lanes<double, N>::broadcast(0.0), magnitude)));
}

/// fma of floats held as doubles; the result is a float held as a double before its last rounding.
template <std::size_t N>
DETOPS_ALWAYS_INLINE lanes<double, N> float_fma_in_double(const lanes<double, N>& a,
                                                          const lanes<double, N>& b,
                                                          const lanes<double, N>& c) {
  const lanes<double, N> product = mul(a, b); // exact: 24 + 24 bits
  const lanes<double, N> s = add(product, c);
  if (any_float_tie(s)) [[unlikely]] {
    return round_to_odd(two_sum(product, c));
  }
  return s;
}

template <std::size_t N>
DETOPS_ALWAYS_INLINE lanes<float, N>
emulated_fma(const lanes<float, N>& a, const lanes<float, N>& b, const lanes<float, N>& c) {
  return convert<float>(
      float_fma_in_double(convert<double>(a), convert<double>(b), convert<double>(c)));
}

/// a * b = product + error exactly, for |a|, |b| < 2^996 and |a * b| >= 2^-969 (Dekker, Veltkamp).
template <std::size_t N>
DETOPS_ALWAYS_INLINE sum_and_error<lanes<double, N>>
two_product_without_fma(const lanes<double, N>& a, const lanes<double, N>& b) {
  using D = lanes<double, N>;
  const D splitter = D::broadcast(134217729.0); // 2^27 + 1
  const D a_scaled = mul(a, splitter);
  const D a_high = sub(a_scaled, sub(a_scaled, a));
  const D a_low = sub(a, a_high);
  const D b_scaled = mul(b, splitter);
  const D b_high = sub(b_scaled, sub(b_scaled, b));
  const D b_low = sub(b, b_high);
  const D p = mul(a, b);
  const D e1 = sub(mul(a_high, b_high), p);
  const D e2 = add(e1, mul(a_high, b_low));
  const D e3 = add(e2, mul(a_low, b_high));
  return {p, add(e3, mul(a_low, b_low))};
}

template <std::size_t N>
DETOPS_NOINLINE lanes<double, N>
soft_fma_lanes(const lanes<double, N>& a, const lanes<double, N>& b, const lanes<double, N>& c) {
  double x[N];
  double y[N];
  double z[N];
  a.store(x);
  b.store(y);
  c.store(z);
  for (std::size_t i = 0; i < N; ++i) {
    z[i] = soft_fma(x[i], y[i], z[i]);
  }
  return lanes<double, N>::load(z);
}

/// Inlined though it is long: as a function of one register double products take 1.3 times as long.
template <std::size_t N>
DETOPS_ALWAYS_INLINE lanes<double, N>
emulated_fma(const lanes<double, N>& a, const lanes<double, N>& b, const lanes<double, N>& c) {
  using D = lanes<double, N>;
  const D magnitude = D::broadcast(detail::from_bits<double>(~detail::sign_bit<double>));
  const D zero = D::broadcast(0.0);
  const auto [product, product_error] = two_product_without_fma(a, b);
  const D size = bit_and(product, magnitude);
  // Far from overflow and underflow, or a product that is zero because a factor is.
  const auto in_range =
      mask_and(less(D::broadcast(0x1p-900), size), less(size, D::broadcast(0x1p+900)));
  const auto factors = mask_and(less(bit_and(a, magnitude), D::broadcast(0x1p+900)),
                                less(bit_and(b, magnitude), D::broadcast(0x1p+900)));
  const auto zero_factor = mask_or(equal(a, zero), equal(b, zero));
  const auto safe =
      mask_and(mask_and(factors, less(bit_and(c, magnitude), D::broadcast(0x1p+1000))),
               mask_or(in_range, zero_factor));
  if (!all(safe)) [[unlikely]] {
    return soft_fma_lanes(a, b, c);
  }
  const auto t = two_sum(c, product_error);
  const auto v = two_sum(product, t.sum);
  const D result = add(v.sum, round_to_odd(two_sum(t.error, v.error)));
  return select(equal(result, zero), add(product, c), result); // an exact zero has the sum's sign
}

} // namespace detops::inline DETOPS_ISA::simd

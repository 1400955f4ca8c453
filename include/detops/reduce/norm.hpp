// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The Euclidean norm of all elements.
#pragma once

#include <detops/reduce/extrema.hpp>
#include <detops/reduce/moments.hpp>

namespace detops::inline DETOPS_ISA {
namespace detail {

/// The largest magnitude in a view; NaN where there is one.
template <executor E>
double largest_magnitude(E& exec, const matrix_view<const double>& x) {
  const double high = find_extremum<maximum>(executor_ref(exec), x, false).value;
  const double low = find_extremum<minimum>(executor_ref(exec), x, false).value;
  const double a = from_bits<double>(to_bits(high) & ~sign_bit<double>);
  const double b = from_bits<double>(to_bits(low) & ~sign_bit<double>);
  return is_nan(high) || a > b ? a : b;
}

/// 2^e for e in [-1074, 1023].
constexpr double power_of_two(int e) {
  return from_bits<double>(e >= -1022 ? static_cast<std::uint64_t>(e + 1023) << 52
                                      : std::uint64_t{1} << (e + 1074));
}

template <executor E, floating T>
T norm2_of(E& exec, const matrix_view<const T>& x) {
  if (x.rows == 0 || x.cols == 0) {
    return element_from_bits<T>(0);
  }
  if constexpr (!std::same_as<T, double>) {
    const auto squares = total<wide_t, T>(exec, x, x);
    return narrow<T>(static_cast<float>(root_of<double>(squares.value)));
  } else {
    const double squares = total<pairwise_t, T>(exec, x, x).value;
    if (squares >= 0x1p-900 && is_finite(squares)) {
      return root_of<double>(squares);
    }
    const double largest = largest_magnitude(exec, x);
    if (!(largest > 0) || !is_finite(largest)) {
      return canonical(largest);
    }
    // The power of two that brings the largest to [1, 2). Up to 2^1074 it is taken in two factors: scaling up is
    // exact. Scaling down, or back, rounds once.
    const std::uint64_t bits = to_bits(largest);
    const int up =
        bits >> 52 != 0 ? 1023 - static_cast<int>(bits >> 52) : 1011 + std::countl_zero(bits);
    const int first = std::min(up, 1000);
    using scaled = scaling<double>;
    const source<double, scaled> y(x, scaled{power_of_two(first), power_of_two(up - first)});
    const double root = root_of<double>(total_of<pairwise_t, T>(exec, y, y).value);
    return pin(root * power_of_two(-up));
  }
}

} // namespace detail

/// The Euclidean norm sqrt(sum of x[i]^2).
///
///   x        n elements of float, double or 16 bits, any strides; n = 0 gives +0
///
/// float and 16-bit elements: the squares are exact and summed in double by the tree of the contract, section 2, the
/// root is taken in double and rounded: error at most about half an ulp. double: the root of the pairwise
/// dot(x, x), with x scaled by a power of two where that sum would overflow or lose bits to underflow: error about
/// (log2(n/8) + 6) / 2 u. A NaN gives NaN, else an infinity +inf. There is no policy. O(n), a second pass over x
/// where it is scaled. Throws std::invalid_argument for null data with a size. The scaling: Blue 1978.
template <executor E, array_like X>
  requires floating<element_t<X>>
element_t<X> norm2(E&& exec, const X& x) {
  const auto view = detail::checked_elements("norm2", "x", x);
  return detail::with_fp_environment([&] { return detail::norm2_of(exec, view); });
}
template <array_like X>
  requires floating<element_t<X>>
element_t<X> norm2(const X& x) {
  return norm2(seq, x);
}

} // namespace detops::inline DETOPS_ISA

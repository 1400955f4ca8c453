// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Where two arrays differ first, and by how much.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <optional>
#include <string>

#include <detops/core/bits.hpp>
#include <detops/core/view.hpp>

namespace detops::inline DETOPS_ISA {

/// The first element, in row-major order, whose bits differ.
template <real T>
struct difference {
  std::size_t row = 0; ///< 0 in a vector
  std::size_t col = 0; ///< the index in a vector
  T a = 0;
  T b = 0;
  /// How many floats apart: 1 for neighbours, and for -0 and +0; the largest value where one is NaN.
  std::uint64_t ulp = 0;
  std::size_t count = 0; ///< how many elements differ in all

  /// For example "element (3, 17): 0x1.8p+0 and 0x1.800002p+0, 1 ulp apart; 5 elements differ".
  std::string text() const {
    char line[256];
    const bool nan = ulp == std::numeric_limits<std::uint64_t>::max();
    std::snprintf(line, sizeof line,
                  "element (%zu, %zu): %a and %a, %s%s apart; %zu element%s in all", row, col,
                  static_cast<double>(a), static_cast<double>(b),
                  nan ? "no number" : std::to_string(ulp).c_str(), nan ? "" : " ulp", count,
                  count == 1 ? " differs" : "s differ");
    return line;
  }
};

namespace detail {

template <real T>
std::uint64_t ulp_distance(T a, T b) {
  if (is_nan(a) || is_nan(b)) {
    return std::numeric_limits<std::uint64_t>::max();
  }
  // positions on a line where -0 is just below +0
  const auto position = [](T x) {
    const uint_of<T> bits = to_bits(x);
    return (bits & sign_bit<T>) != 0 ? static_cast<uint_of<T>>(~bits)
                                     : static_cast<uint_of<T>>(bits | sign_bit<T>);
  };
  const uint_of<T> p = position(a);
  const uint_of<T> q = position(b);
  return p < q ? q - p : p - q;
}

} // namespace detail

/// Nothing where a and b have equal bits, else the first difference.
///
///   a, b   vectors or matrices of the same shape and of float or double, any strides
///
/// Bits decide: -0 and +0 differ, as do NaNs of different payload. O(n). Throws std::invalid_argument where the
/// shapes differ, or for null data with a size.
template <array_like A, array_like B>
  requires(real<element_t<A>> && std::same_as<element_t<A>, element_t<B>>)
std::optional<difference<element_t<A>>> compare(const A& a, const B& b) {
  const auto x = detail::as_elements(a);
  const auto y = detail::as_elements(b);
  detail::check_view("compare", "a", x);
  detail::check_view("compare", "b", y);
  if (x.rows != y.rows || x.cols != y.cols) {
    detail::invalid("compare", "a ", detail::text(x), " and b ", detail::text(y),
                    " differ in shape");
  }
  difference<element_t<A>> found;
  for (std::size_t i = 0; i < x.rows; ++i) {
    for (std::size_t j = 0; j < x.cols; ++j) {
      if (detail::to_bits(x(i, j)) == detail::to_bits(y(i, j))) {
        continue;
      }
      if (found.count == 0) {
        found = {i, j, x(i, j), y(i, j), detail::ulp_distance(x(i, j), y(i, j)), 0};
      }
      ++found.count;
    }
  }
  if (found.count == 0) {
    return std::nullopt;
  }
  return found;
}

} // namespace detops::inline DETOPS_ISA

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The two parts of the program, and what they share.
#pragma once

#include <bit>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <type_traits>

#include "oracle.hpp"

namespace test {

/// Counts results, and prints those that are wrong.
class report {
public:
  void check(bool right, std::string_view what, double got, double expected) {
    ++checked_;
    if (!right && ++wrong_ <= 20) {
      std::printf("WRONG %s: %a, expected %a\n", std::string(what).c_str(), got, expected);
    }
  }
  /// The same bits.
  template <class T>
  void same(T got, T expected, std::string_view what) {
    using bits =
        std::conditional_t<sizeof(T) == 8, std::uint64_t,
                           std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint16_t>>;
    check(std::bit_cast<bits>(got) == std::bit_cast<bits>(expected), what, static_cast<double>(got),
          static_cast<double>(expected));
  }
  /// No farther from the real result than `bound`; gives the error in ulp of the real result.
  template <class T>
  double within(T got, const real_number& expected, double bound, const std::string& what) {
    const double error = distance(static_cast<double>(got), expected);
    char allowed[40];
    std::snprintf(allowed, sizeof allowed, ", at most %.3g away", bound);
    check(error <= bound * (1 + 0x1p-40), what + allowed, static_cast<double>(got),
          expected.rounded<double>());
    return error / ulp_of<T>(expected);
  }

  std::uint64_t checked() const { return checked_; }
  std::uint64_t wrong() const { return wrong_; }

private:
  std::uint64_t checked_ = 0, wrong_ = 0;
};

/// The bounds of the cards; prints the errors as Markdown tables if asked to.
void check_bounds(report& results, std::uint64_t seed, bool tables);
/// `exact` is the correctly rounded real result, in every bit.
void check_exact(report& results, std::uint64_t seed);

} // namespace test

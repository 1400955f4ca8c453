// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Real sums, held by MPFR without any rounding, and rounded once at the end.
#pragma once

#include <mpfr.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <type_traits>
#include <vector>

namespace test {

/// From 2^-2148, the least product of two doubles, to 2^2048 times any count of them. A quotient of such a sum by a
/// count is rounded to these bits first: where it is no midpoint of two doubles, it is at least 2^-2148 / count away
/// from each, more than is lost here.
inline constexpr mpfr_prec_t precision = 4400;

class real_number {
public:
  real_number() {
    mpfr_init2(value_, precision);
    mpfr_set_zero(value_, -1); // which changes no sum
  }
  explicit real_number(double value) : real_number() { mpfr_set_d(value_, value, MPFR_RNDN); }
  real_number(const real_number& other) : real_number() {
    mpfr_set(value_, other.value_, MPFR_RNDN);
  }
  real_number& operator=(const real_number& other) {
    mpfr_set(value_, other.value_, MPFR_RNDN);
    return *this;
  }
  ~real_number() { mpfr_clear(value_); }

  void add(double x) { exactly(mpfr_add_d(value_, value_, x, MPFR_RNDN)); }
  void add_product(double x, double y) {
    mpfr_t a, b;
    mpfr_inits2(53, a, b, nullptr);
    mpfr_set_d(a, x, MPFR_RNDN);
    mpfr_set_d(b, y, MPFR_RNDN);
    exactly(mpfr_fma(value_, a, b, value_, MPFR_RNDN));
    mpfr_clears(a, b, nullptr);
  }
  void subtract(const real_number& other) {
    exactly(mpfr_sub(value_, value_, other.value_, MPFR_RNDN));
  }
  void multiply(double x) { exactly(mpfr_mul_d(value_, value_, x, MPFR_RNDN)); }

  /// These two round, to far more bits than any result has.
  void divide(double x) { mpfr_div_d(value_, value_, x, MPFR_RNDN); }
  void take_root() { mpfr_sqrt(value_, value_, MPFR_RNDN); }

  bool is_zero() const { return mpfr_zero_p(value_) != 0; }
  /// e with 2^(e-1) <= |value| < 2^e.
  int exponent() const { return static_cast<int>(mpfr_get_exp(value_)); }

  /// The nearest T, ties to even, subnormals and overflow as IEEE 754 has them.
  template <class T>
  T rounded() const {
    if constexpr (std::is_same_v<T, float>) {
      return mpfr_get_flt(value_, MPFR_RNDN);
    } else if constexpr (std::is_same_v<T, double>) {
      return mpfr_get_d(value_, MPFR_RNDN);
    } else { // 16 bits: to a whole number of what T's last place is worth there
      using limits = std::numeric_limits<T>;
      const int least = limits::min_exponent - limits::digits;
      const int last = is_zero() ? least : std::max(exponent() - limits::digits, least);
      real_number places(*this);
      mpfr_div_2si(places.value_, places.value_, last, MPFR_RNDN);
      mpfr_rint(places.value_, places.value_, MPFR_RNDN);
      return static_cast<T>(
          static_cast<float>(std::ldexp(mpfr_get_d(places.value_, MPFR_RNDN), last)));
    }
  }

private:
  static void exactly(int direction) {
    if (direction != 0) {
      std::printf("the oracle has too few bits\n");
      std::abort();
    }
  }

  mpfr_t value_;
};

template <class T>
real_number real_sum(const std::vector<T>& x) {
  real_number total;
  for (const T value : x) {
    total.add(static_cast<double>(value));
  }
  return x.empty() ? real_number(0.0) : total;
}
/// An exact zero has the sign of the contract: a product of -0 is -0, and only sums of those are.
template <class T>
real_number real_dot(const std::vector<T>& x, const std::vector<T>& y) {
  real_number total;
  for (std::size_t i = 0; i < x.size(); ++i) {
    total.add_product(static_cast<double>(x[i]), static_cast<double>(y[i]));
  }
  return x.empty() ? real_number(0.0) : total;
}
template <class T>
std::vector<T> magnitudes(std::vector<T> x) {
  for (T& value : x) {
    value = std::fabs(value);
  }
  return x;
}

/// |got - expected|.
inline double distance(double got, const real_number& expected) {
  real_number difference(got);
  difference.subtract(expected);
  return std::fabs(difference.rounded<double>());
}
/// The distance of neighbouring T around a real number.
template <class T>
double ulp_of(const real_number& value) {
  using limits = std::numeric_limits<T>;
  const int least = limits::min_exponent - limits::digits;
  return std::ldexp(1.0,
                    value.is_zero() ? least : std::max(value.exponent() - limits::digits, least));
}

} // namespace test

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <vector>

#include <detops/math.hpp>

#include "catch.hpp"
#include "values.hpp"

using namespace detops;

namespace {

constexpr std::size_t sizes[] = {0,  1,  2,  3,  7,  8,  9,   15,  16,  17,  31,
                                 32, 33, 47, 63, 64, 65, 127, 128, 129, 1000};

// One rounded operation: what volatile holds is fused with nothing.
template <class T>
T rounded(T value) {
  const volatile T held = value;
  return detail::canonical<T>(held);
}

template <class T>
T plain_max(T a, T b) {
  if (a != a || b != b) {
    return detail::canonical_nan<T>();
  }
  return a == b ? (std::signbit(a) ? b : a) : (a < b ? b : a);
}
template <class T>
T plain_min(T a, T b) {
  if (a != a || b != b) {
    return detail::canonical_nan<T>();
  }
  return a == b ? (std::signbit(a) ? a : b) : (a < b ? a : b);
}

template <class T, class Operation, class Plain>
void check_unary(Operation operation, Plain plain) {
  for (const std::size_t n : sizes) {
    const std::vector<T> a = n == 1000 ? test::special_values<T>() : test::any_values<T>(n, 1);
    std::vector<T> out(a.size());
    std::vector<T> expected(a.size());
    operation(a, out);
    for (std::size_t i = 0; i < a.size(); ++i) {
      expected[i] = plain(a[i]);
    }
    CHECK(test::same(out, expected));
  }
}

template <class T, class Operation, class Plain>
void check_binary(Operation operation, Plain plain) {
  const auto check = [&](const std::vector<T>& a, const std::vector<T>& b) {
    std::vector<T> out(a.size());
    std::vector<T> expected(a.size());
    operation(a, b, out);
    for (std::size_t i = 0; i < a.size(); ++i) {
      expected[i] = plain(a[i], b[i]);
    }
    CHECK(test::same(out, expected));
  };
  for (const std::size_t n : sizes) {
    check(test::any_values<T>(n, 1), test::any_values<T>(n, 2));
    check(test::ordinary_values<T>(n, 1), test::ordinary_values<T>(n, 2));
  }
  std::vector<T> a;
  std::vector<T> b;
  for (const T x : test::special_values<T>()) {
    for (const T y : test::special_values<T>()) {
      a.push_back(x);
      b.push_back(y);
    }
  }
  check(a, b);
}

} // namespace

TEMPLATE_TEST_CASE("math/arithmetic: one rounding each, canonical NaN, every length", "", float,
                   double) {
  using T = TestType;
  check_binary<T>([](auto&... x) { add(x...); }, [](T a, T b) { return rounded<T>(a + b); });
  check_binary<T>([](auto&... x) { sub(x...); }, [](T a, T b) { return rounded<T>(a - b); });
  check_binary<T>([](auto&... x) { mul(x...); }, [](T a, T b) { return rounded<T>(a * b); });
  check_binary<T>([](auto&... x) { div(x...); }, [](T a, T b) { return rounded<T>(a / b); });
  check_binary<T>([](auto&... x) { detops::max(x...); }, [](T a, T b) { return plain_max(a, b); });
  check_binary<T>([](auto&... x) { detops::min(x...); }, [](T a, T b) { return plain_min(a, b); });
  check_unary<T>([](auto&... x) { neg(x...); }, [](T a) { return rounded<T>(-a); });
  check_unary<T>([](auto&... x) { detops::abs(x...); },
                 [](T a) { return rounded<T>(std::fabs(a)); });
  check_unary<T>([](auto&... x) { detops::sqrt(x...); },
                 [](T a) { return rounded<T>(std::sqrt(a)); });
}

TEMPLATE_TEST_CASE("math/arithmetic: fma rounds once", "", float, double) {
  using T = TestType;
  for (const std::size_t n : sizes) {
    const auto a = n == 1000 ? test::any_values<T>(n, 1) : test::ordinary_values<T>(n, 1);
    const auto b = n == 1000 ? test::any_values<T>(n, 2) : test::ordinary_values<T>(n, 2);
    const auto c = n == 1000 ? test::any_values<T>(n, 3) : test::ordinary_values<T>(n, 3);
    std::vector<T> out(n);
    std::vector<T> expected(n);
    detops::fma(a, b, c, out);
    for (std::size_t i = 0; i < n; ++i) {
      expected[i] = detail::canonical<T>(std::fma(a[i], b[i], c[i]));
    }
    CHECK(test::same(out, expected));
  }
}

TEST_CASE("math/arithmetic: a composition is rounded at every step") {
  const std::vector<float> a = test::ordinary_values<float>(1000, 1);
  const std::vector<float> b = test::ordinary_values<float>(1000, 2);
  const std::vector<float> c = test::ordinary_values<float>(1000, 3);
  std::vector<float> out(1000);
  mul(a, b, out);
  add(out, c, out);
  std::size_t differences = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const volatile float product = a[i] * b[i];
    const volatile float sum = product + c[i];
    differences += test::same(out[i], static_cast<float>(sum)) ? 0 : 1;
  }
  CHECK(differences == 0);
}

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <random>
#include <vector>

#include <detops/exec.hpp>
#include <detops/reduce.hpp>

#include "catch.hpp"

using namespace detops;

namespace {

template <class T>
bool same(T a, T b) {
  return detail::to_bits(a) == detail::to_bits(b);
}

/// Values whose exponents spread over `width` around `middle`.
template <class T>
std::vector<T> spread(std::size_t n, int middle, int width, std::mt19937_64& random) {
  std::vector<T> x(n);
  for (T& value : x) {
    const int e = middle + static_cast<int>(random() % static_cast<unsigned>(width)) - width / 2;
    const double unit = static_cast<double>(static_cast<std::int64_t>(random())) * 0x1p-63;
    value = static_cast<T>(std::ldexp(unit, e));
  }
  return x;
}

} // namespace

TEMPLATE_TEST_CASE("reduce/exact: fast ways and one by one", "", float, double) {
  using T = TestType;
  using C = detail::exact_state<T>;
  const unsigned seed = 5;
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  const thread_pool pool(3);
  const int top = std::numeric_limits<T>::max_exponent;
  // narrow, wider than a window, everywhere, at the top, at the bottom, where products underflow
  const int shapes[][2] = {{0, 1},       {0, 60},         {0, 2 * top - 40},
                           {top - 4, 8}, {-top - 20, 30}, {-top / 2, 40}};
  for (const auto& shape : shapes) {
    for (const std::size_t n : {0, 1, 7, 8, 31, 33, 64, 100, 2047, 2049, 5000, 140000}) {
      INFO("n = " << n << ", 2^" << shape[0] << " +- " << shape[1] / 2);
      const auto x = spread<T>(n, shape[0], shape[1], random);
      const auto y = spread<T>(n, shape[0], shape[1], random);
      C total, products;
      for (std::size_t i = 0; i < n; ++i) {
        total.add(static_cast<double>(x[i]));
        products.add_product(static_cast<double>(x[i]), static_cast<double>(y[i]));
      }
      REQUIRE(same(sum(x, exact), total.template rounded<T>()));
      REQUIRE(same(sum(pool, x, exact), total.template rounded<T>()));
      REQUIRE(same(dot(x, y, exact), products.template rounded<T>()));
      REQUIRE(same(dot(pool, x, y, exact), products.template rounded<T>()));
      if (n > 0) {
        REQUIRE(same(mean(x, exact), total.template rounded<T>(n)));
        std::vector<T> reversed(x.rbegin(), x.rend());
        const vector_view<const T> backwards(reversed.data() + n - 1, n, -1);
        REQUIRE(same(sum(backwards, exact), total.template rounded<T>()));
      }
    }
  }
}

TEMPLATE_TEST_CASE("reduce/exact: any permutation", "", float, double) {
  using T = TestType;
  const T big = std::numeric_limits<T>::max(), small = std::numeric_limits<T>::denorm_min();
  std::vector<T> hard = {big, big, -big, -big, 1, small, -1, T(0.1), -T(0.3), big, -big, 3};
  const T expected = sum(hard, exact);
  std::mt19937_64 random(11);
  for (int trial = 0; trial < 100000; ++trial) {
    std::shuffle(hard.begin(), hard.end(), random);
    if (!same(sum(hard, exact), expected)) {
      FAIL("another sum in trial " << trial);
    }
  }
}

TEMPLATE_TEST_CASE("reduce/exact: zeros, infinities, NaN, overflow", "", float, double) {
  using T = TestType;
  const T inf = std::numeric_limits<T>::infinity(), max = std::numeric_limits<T>::max();
  const T nan = std::numeric_limits<T>::quiet_NaN();
  const auto total = [](std::vector<T> x, std::size_t copies) {
    std::vector<T> all;
    for (std::size_t i = 0; i < copies; ++i) {
      all.insert(all.end(), x.begin(), x.end());
    }
    return sum(all, exact);
  };
  for (const std::size_t copies : {1, 20, 3000}) {
    REQUIRE(same(total({-T{0}}, copies), -T{0}));
    REQUIRE(same(total({-T{0}, T{0}}, copies), T{0}));
    REQUIRE(same(total({1, -1, -T{0}}, copies), T{0}));
    REQUIRE(same(total({inf, 1}, copies), inf));
    REQUIRE(same(total({-inf, max}, copies), -inf));
    REQUIRE(same(total({inf, -inf}, copies), detail::canonical_nan<T>()));
    REQUIRE(same(total({-nan, 1}, copies), detail::canonical_nan<T>()));
    REQUIRE(same(total({max, max}, copies), inf));
    REQUIRE(same(total({max, -max, 2}, copies), static_cast<T>(2 * copies)));
  }
}

TEMPLATE_TEST_CASE("reduce/exact: nothing is lost in a window", "", float, double) {
  // Compared before any rounding, by the accumulators' bytes. In stretches of 64, so that every lane has all values.
  using T = TestType;
  const bool narrow = sizeof(T) == 4;
  const auto check = [](const std::vector<T>& x) {
    accumulator<T, exact_t> fast, one_by_one;
    fast.add(x);
    for (const T& value : x) {
      one_by_one.add(value);
    }
    REQUIRE(fast.save() == one_by_one.save());
  };
  // parts that are cut off always add up, and the least of them have bits at the window's end
  std::vector<T> filled(std::size_t{1} << 18);
  for (std::size_t i = 0; i < filled.size(); ++i) {
    const bool large = i / 64 % 2 == 0;
    filled[i] = static_cast<T>(narrow  ? large ? 0x1.fffffep-1 : 0x1.000002p-17
                               : large ? 1 + 0x1.fffep-37
                                       : 0x1.0000003fffff1p-25);
  }
  check(filled);
  // a small value between large ones that cancel, just too small for the window
  std::vector<T> between(192);
  for (std::size_t i = 0; i < between.size(); ++i) {
    const T large = static_cast<T>(narrow ? 1 : 1 + 0x1.fffep-37);
    const T small = static_cast<T>(narrow ? 0x1.000002p-30 : 0x1.0000000000001p-40);
    between[i] = i < 64 ? large : i < 128 ? small : -large;
  }
  check(between);
}

TEST_CASE("reduce/exact: products that underflow to zero count") {
  std::vector<double> x(64), y(64);
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = i < 8 ? 0x1p-538 : i % 2 == 0 ? 1 : -1;
    y[i] = i < 8 ? 0x1p-538 : 1;
  }
  REQUIRE(dot(x, y, exact) == 0x1p-1073);
}

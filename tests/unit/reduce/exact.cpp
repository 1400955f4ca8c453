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

namespace exact_tests {

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

namespace {

/// Compared before any rounding, by the accumulators' bytes.
template <class T>
void check_bytes(const std::vector<T>& x) {
  accumulator<T, exact_t> fast, one_by_one;
  fast.add(x);
  for (const T& value : x) {
    one_by_one.add(value);
  }
  REQUIRE(fast.save() == one_by_one.save());
}
template <class T>
void check_bytes(const std::vector<T>& x, const std::vector<T>& y) {
  accumulator<T, exact_t> fast, one_by_one;
  fast.add_products(x, y);
  for (std::size_t i = 0; i < x.size(); ++i) {
    one_by_one.add_product(x[i], y[i]);
  }
  REQUIRE(fast.save() == one_by_one.save());
}

} // namespace

TEMPLATE_TEST_CASE("reduce/exact: nothing is lost in a window", "", float, double) {
  // In stretches of 64, so that every lane has all values.
  using T = TestType;
  const bool narrow = sizeof(T) == 4;
  // What is cut off always adds up, and has bits down to the window's end. The first elements say where that is: at
  // 2^5 - 2^-76. Floats of one block: 2^-1 and the last bit at 2^-46; one more in every second block.
  std::vector<T> filled(std::size_t{1} << 18);
  for (std::size_t i = 0; i < filled.size(); ++i) {
    filled[i] = static_cast<T>(!narrow             ? i < 128 ? 1 : 0x1.001ffffffffffp-24
                               : i / 64 % 2 == 0   ? 0x1.fffffep-1
                               : i / 8192 % 2 == 0 ? 0x1.000002p-23
                                                   : 0x1.000002p-24);
  }
  check_bytes(filled);
  check_bytes(filled, std::vector<T>(filled.size(), T(1) + std::numeric_limits<T>::epsilon()));
  // a small value between large ones that cancel, just too small for the window
  std::vector<T> between(192);
  for (std::size_t i = 0; i < between.size(); ++i) {
    const T large = static_cast<T>(narrow ? 1 : 1 + 0x1.fffep-37);
    const T small = static_cast<T>(narrow ? 0x1.000002p-30 : 0x1.0000000000001p-40);
    between[i] = i < 64 ? large : i < 128 ? small : -large;
  }
  check_bytes(between);
}

TEMPLATE_TEST_CASE("reduce/exact: nothing is lost in bins", "", float, double) {
  using T = TestType;
  const unsigned seed = 17;
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  const int top = std::numeric_limits<T>::max_exponent;
  // more numbers of one exponent, with all bits set, than a bin has room for
  std::vector<T> x(std::size_t{1} << 19);
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] =
        i % 64 == 0 ? std::numeric_limits<T>::denorm_min() : 2 - std::numeric_limits<T>::epsilon();
  }
  check_bytes(x);
  if constexpr (sizeof(T) == 8) {
    std::vector<T> many;
    for (int i = 0; i < 9; ++i) {
      many.insert(many.end(), x.begin(), x.end());
    }
    check_bytes(many, many);
  }
  // everywhere, with what is not finite, and with zeros of both signs
  x = spread<T>(70000, 0, 2 * top - 4, random);
  auto y = spread<T>(70000, 0, 2 * top - 4, random);
  check_bytes(x);
  check_bytes(x, y);
  for (const T other : {std::numeric_limits<T>::infinity(), -std::numeric_limits<T>::infinity(),
                        std::numeric_limits<T>::quiet_NaN(), T(0), -T(0)}) {
    for (int i = 0; i < 20; ++i) {
      x[random() % x.size()] = other;
      y[random() % y.size()] = other;
    }
    check_bytes(x);
    check_bytes(x, y);
  }
  // windows and bins by turns, and stretches of zeros
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (i / 3000 % 3 != 0) {
      x[i] = i / 3000 % 3 == 1 ? T(i) : T(0);
      y[i] = T(3) / T(i + 1);
    }
  }
  check_bytes(x);
  check_bytes(x, y);
}

TEMPLATE_TEST_CASE("reduce/exact: zeros alone keep their sign", "", float, double) {
  using T = TestType;
  const std::vector<T> negative(5000, -T(0)), ones(5000, T(1));
  check_bytes(negative);
  check_bytes(negative, ones);
  REQUIRE(same(sum(negative, exact), -T(0)));
  REQUIRE(same(dot(negative, ones, exact), -T(0)));
  REQUIRE(same(dot(negative, negative, exact), T(0)));
  std::vector<T> one_positive = negative;
  one_positive[3000] = 0;
  check_bytes(one_positive);
  check_bytes(one_positive, ones);
  REQUIRE(same(sum(one_positive, exact), T(0)));
  REQUIRE(same(dot(one_positive, ones, exact), T(0)));
}

TEST_CASE("reduce/exact: products that underflow to zero count") {
  std::vector<double> x(64), y(64);
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = i < 8 ? 0x1p-538 : i % 2 == 0 ? 1 : -1;
    y[i] = i < 8 ? 0x1p-538 : 1;
  }
  REQUIRE(dot(x, y, exact) == 0x1p-1073);
}

} // namespace exact_tests

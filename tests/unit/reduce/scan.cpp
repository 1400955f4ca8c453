// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>
#include <vector>

#include <Eigen/Core>

#include <detops/exec.hpp>
#include <detops/reduce/scan.hpp>

#include "catch.hpp"
#include "plain.hpp"

using namespace detops;

namespace scan_tests {

constexpr std::size_t sizes[] = {
    0,   1,   2,    7,    8,    9,    15,   16,   17,   63,   64,   65,   511,   512,   513,   519,
    520, 521, 1000, 1023, 1024, 1025, 1040, 1041, 2047, 2048, 2049, 5000, 65536, 65537, 140001};

/// The contract's rows, carries and offsets as plain loops.
template <class T>
std::vector<T> plain_scan(const std::vector<T>& x) {
  const std::size_t width = 64 / sizeof(T), block = 64 * width;
  std::vector<T> result;
  test::plain_node<T> total{};
  for (std::size_t first = 0; first < x.size(); first += block) {
    const T offset = first == 0 ? T{0} : kahan_t::value(kahan_t::node<T>{{total.sum, total.error}});
    T carry = 0, last = 0;
    for (std::size_t r = first; r < std::min(first + block, x.size()); r += width) {
      std::vector<T> p(x.begin() + static_cast<std::ptrdiff_t>(r),
                       x.begin() + static_cast<std::ptrdiff_t>(std::min(r + width, x.size())));
      for (std::size_t d = 1; d < width; d *= 2) {
        const std::vector<T> old = p;
        for (std::size_t l = d; l < p.size(); ++l) {
          const volatile T sum = old[l - d] + old[l];
          p[l] = sum;
        }
      }
      for (const T value : p) {
        const volatile T sum = r == first ? value : carry + value;
        const volatile T shifted = first == 0 ? sum : offset + sum;
        result.push_back(detail::canonical<T>(shifted));
        last = sum;
      }
      const volatile T next = r == first ? p.back() : carry + p.back();
      carry = next;
    }
    total =
        first == 0 ? test::plain_node<T>{last, 0} : test::plain_combine<T>(total, {last, 0}, true);
  }
  return result;
}

template <class T>
std::vector<T> exclusive(std::vector<T> sums) {
  sums.insert(sums.begin(), T{0});
  sums.pop_back();
  return sums;
}

template <class T>
bool same(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(static_cast<const void*>(a.data()),
                                   static_cast<const void*>(b.data()), a.size() * sizeof(T)) == 0);
}

template <class T>
std::vector<T> random_values(std::size_t n, unsigned seed) {
  std::mt19937_64 random(seed);
  std::vector<T> x(n);
  for (T& value : x) {
    value = std::ldexp(static_cast<T>(static_cast<std::int64_t>(random())),
                       static_cast<int>(random() % 40) - 80);
  }
  return x;
}

/// Every way to call has the bits of `inclusive`.
template <class T>
void check_all_ways(const std::vector<T>& x, const std::vector<scan_t<T>>& inclusive) {
  using R = scan_t<T>;
  static const thread_pool pool(3);
  const std::size_t n = x.size();
  const auto before = n == 0 ? inclusive : exclusive(inclusive);
  std::vector<R> out(n);
  cumsum(x, out);
  CHECK(same(out, inclusive));
  cumsum(pool, x, out);
  CHECK(same(out, inclusive));
  exclusive_cumsum(x, out);
  CHECK(same(out, before));
  exclusive_cumsum(pool, x, out);
  CHECK(same(out, before));

  std::vector<T> spread(3 * n + 1);
  std::vector<R> reversed(n + 1);
  for (std::size_t i = 0; i < n; ++i) {
    spread[3 * i] = x[i];
  }
  const vector_view<const T> by_three(spread.data(), n, 3);
  const vector_view<R> backwards(reversed.data() + (n == 0 ? 0 : n - 1), n, -1);
  cumsum(pool, by_three, backwards);
  CHECK(same(std::vector<R>(reversed.rend() - static_cast<std::ptrdiff_t>(n), reversed.rend()),
             inclusive));
  exclusive_cumsum(by_three, backwards);
  CHECK(same(std::vector<R>(reversed.rend() - static_cast<std::ptrdiff_t>(n), reversed.rend()),
             before));
  if constexpr (std::same_as<T, R>) {
    std::vector<T> a = x, b = x, c = x;
    cumsum(a, a);
    CHECK(same(a, inclusive));
    exclusive_cumsum(pool, b, b);
    CHECK(same(b, before));
    exclusive_cumsum(c, c);
    CHECK(same(c, before));
    cumsum(pool, by_three, vector_view<T>(spread.data(), n, 3));
    for (std::size_t i = 0; i < n; ++i) {
      c[i] = spread[3 * i];
    }
    CHECK(same(c, inclusive));
  }
}

TEMPLATE_TEST_CASE("reduce/scan: the bits of plain loops", "", float, double) {
  for (const std::size_t n : sizes) {
    INFO("n = " << n);
    const auto x = random_values<TestType>(n, static_cast<unsigned>(n));
    check_all_ways(x, plain_scan(x));
  }
}

TEMPLATE_TEST_CASE("reduce/scan: 16-bit elements have the sums of floats, rounded once more", "",
                   Eigen::half, Eigen::bfloat16) {
  for (const std::size_t n : {0u, 1u, 17u, 1025u, 70001u}) {
    std::vector<TestType> x, sums;
    std::vector<float> wide;
    for (const float value : random_values<float>(n, 3)) {
      x.push_back(detail::narrow<TestType>(std::fmod(value, 4.0f)));
      wide.push_back(detail::widen(x.back()));
    }
    for (const float sum : plain_scan(wide)) {
      sums.push_back(detail::narrow<TestType>(sum));
    }
    check_all_ways(x, sums);
  }
}

TEMPLATE_TEST_CASE("reduce/scan: an output that passes the caches has the same bits", "", float,
                   double) {
  using T = TestType;
  static const thread_pool pool(3);
  for (const std::size_t n : sizes) {
    INFO("n = " << n);
    const auto x = random_values<T>(n, static_cast<unsigned>(n));
    std::vector<T> expected(n), spread(n + 3);
    const vector_view<const T> from(x.data(), n);
    const vector_view<T> to(spread.data() + 3, n);
    const auto check = [&](const auto& walk) {
      walk.run(seq);
      CHECK(std::equal(expected.begin(), expected.end(), spread.begin() + 3));
      std::fill(spread.begin(), spread.end(), T{0});
      walk.run(pool);
      CHECK(std::equal(expected.begin(), expected.end(), spread.begin() + 3));
    };
    cumsum(x, expected);
    check(detail::scan_walk<T, false>(from, to, 0));
    exclusive_cumsum(x, expected);
    check(detail::scan_walk<T, true>(from, to, 0));
  }
}

TEMPLATE_TEST_CASE("reduce/scan: integers modulo 2^64", "", bool, std::int8_t, std::uint16_t,
                   std::int32_t, std::int64_t, std::uint64_t) {
  if constexpr (!std::same_as<TestType, bool>) {
    for (const std::size_t n : {0u, 1u, 2u, 100u, 65536u, 65537u, 140001u}) {
      std::mt19937_64 random(n);
      std::vector<TestType> x(n);
      std::vector<scan_t<TestType>> sums(n);
      std::uint64_t total = 0;
      for (std::size_t i = 0; i < n; ++i) {
        x[i] = static_cast<TestType>(random());
        total += static_cast<std::uint64_t>(x[i]);
        sums[i] = static_cast<scan_t<TestType>>(total);
      }
      check_all_ways(x, sums);
    }
  } else {
    const bool x[3] = {true, false, true};
    std::uint64_t out[3];
    cumsum(x, out);
    CHECK((out[0] == 1 && out[1] == 1 && out[2] == 2));
  }
}

TEMPLATE_TEST_CASE("reduce/scan: special values", "", float, double) {
  using T = TestType;
  constexpr T inf = std::numeric_limits<T>::infinity(), max = std::numeric_limits<T>::max();
  check_all_ways(std::vector<T>(3000, -T{0}), std::vector<T>(3000, -T{0}));
  // a NaN of finite elements inside a row whose last sum is finite
  std::vector<T> x(2000, 0);
  x[513] = x[514] = -max;
  x[515] = x[516] = max;
  auto sums = plain_scan(x);
  CHECK(std::isnan(sums[516]));
  CHECK(sums[1999] == 0);
  check_all_ways(x, sums);
  x[1100] = inf;
  check_all_ways(x, plain_scan(x));
  x[1105] = -inf;
  sums = plain_scan(x);
  CHECK(std::isnan(sums[1999]));
  check_all_ways(x, sums);
  x[0] = std::bit_cast<T>(static_cast<detail::uint_of<T>>(detail::canonical_nan_bits<T> | 5));
  check_all_ways(x, std::vector<T>(2000, detail::canonical_nan<T>()));
}

TEST_CASE("reduce/scan: misuse is refused before anything is written") {
  std::vector<float> x(8, 1.0f), out(7, 5.0f);
  CHECK_THROWS_WITH(cumsum(x, out), "detops::cumsum: x [8] and out [7] differ in size");
  CHECK_THROWS_WITH(exclusive_cumsum(vector_view<const float>(nullptr, 7), out),
                    "detops::exclusive_cumsum: x [1x7] has null data");
  CHECK_THROWS_AS(cumsum(x, vector_view<float>(out.data(), 8, 0)), std::invalid_argument);
  CHECK(out == std::vector<float>(7, 5.0f));
  const vector_view<float> low(x.data(), 7), high(x.data() + 1, 7);
  CHECK_THROWS_WITH(cumsum(low, high),
                    "detops::cumsum: x [7] overlaps out [7] without being the same elements");
  CHECK_THROWS_AS(cumsum(low, vector_view<float>(x.data() + 6, 7, -1)), std::invalid_argument);
  CHECK(x == std::vector<float>(8, 1.0f));
  // interleaved, but apart
  cumsum(vector_view<const float>(x.data(), 4, 2), vector_view<float>(x.data() + 1, 4, 2));
  CHECK(x == std::vector<float>{1, 1, 1, 2, 1, 3, 1, 4});
}

} // namespace scan_tests

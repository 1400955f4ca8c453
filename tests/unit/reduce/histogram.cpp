// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <stdexcept>
#include <vector>

#include <Eigen/Core>

#include <detops/exec.hpp>
#include <detops/reduce/histogram.hpp>
#include <detops/reduce/sum.hpp>

#include "catch.hpp"

using namespace detops;

namespace histogram_tests {

template <class T>
std::vector<T> random_values(std::size_t n, unsigned seed) {
  std::mt19937_64 random(seed);
  std::vector<T> x(n);
  for (T& value : x) {
    value = static_cast<T>(std::ldexp(static_cast<float>(random() >> 40), -23) - 1.0f);
  }
  return x;
}

/// The bin of each element by a search from below; `bins` for none.
std::vector<std::size_t> plain_bins(const std::vector<double>& x, double lo, double hi,
                                    std::size_t bins) {
  std::vector<double> edges;
  const volatile double width = hi - lo;
  const volatile double step = width / static_cast<double>(bins);
  for (std::size_t i = 0; i < bins; ++i) {
    edges.push_back(i == 0 ? lo : std::min(std::fma(static_cast<double>(i), step, lo), hi));
  }
  std::vector<std::size_t> result;
  for (const double value : x) {
    std::size_t bin = bins;
    for (std::size_t i = 0; i < bins && value >= edges[i] && value <= hi; ++i) {
      bin = i;
    }
    result.push_back(bin);
  }
  return result;
}

template <class T>
bool same(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() &&
         std::memcmp(static_cast<const void*>(a.data()), static_cast<const void*>(b.data()),
                     a.size() * sizeof(T)) == 0;
}

/// sum() of the weights of each bin.
template <class T, class Policy>
std::vector<T> plain_sums(const std::vector<std::size_t>& bin, const std::vector<T>& weights,
                          std::size_t bins, Policy policy) {
  std::vector<T> result;
  for (std::size_t b = 0; b < bins; ++b) {
    std::vector<T> mine;
    for (std::size_t i = 0; i < bin.size(); ++i) {
      if (bin[i] == b) {
        mine.push_back(weights[i]);
      }
    }
    result.push_back(sum(mine, policy));
  }
  return result;
}

std::vector<std::uint64_t> plain_counts(const std::vector<std::size_t>& bin, std::size_t bins) {
  std::vector<std::uint64_t> result(bins);
  for (const std::size_t b : bin) {
    if (b < bins) {
      ++result[b];
    }
  }
  return result;
}

TEMPLATE_TEST_CASE("reduce/histogram: bincount counts", "", std::int8_t, std::uint16_t,
                   std::int32_t, std::uint64_t) {
  const thread_pool pool(3);
  for (const std::size_t n : {0u, 1u, 100u, 200001u}) {
    for (const std::size_t bins : {1u, 2u, 100u, 127u}) {
      std::mt19937 random(static_cast<unsigned>(n + bins));
      std::vector<TestType> x(n);
      std::vector<std::size_t> bin(n);
      for (std::size_t i = 0; i < n; ++i) {
        bin[i] = random() % bins;
        x[i] = static_cast<TestType>(bin[i]);
      }
      const auto expected = plain_counts(bin, bins);
      std::vector<std::uint64_t> out(bins, 77);
      bincount(x, out);
      CHECK(out == expected);
      std::vector<std::uint64_t> spread(2 * bins, 77);
      bincount(pool, x, vector_view<std::uint64_t>(spread.data(), bins, 2));
      for (std::size_t b = 0; b < bins; ++b) {
        CHECK((spread[2 * b] == expected[b] && spread[2 * b + 1] == 77));
      }
      std::reverse(x.begin(), x.end());
      bincount(pool, vector_view<const TestType>(x.data() + (n == 0 ? 0 : n - 1), n, -1), out);
      CHECK(out == expected);
    }
  }
}

TEMPLATE_TEST_CASE("reduce/histogram: weights are summed in order and policy", "", float, double,
                   Eigen::half, Eigen::bfloat16) {
  const thread_pool pool(3);
  const auto check = [&](auto policy) {
    for (const std::size_t n : {0u, 1u, 50u, 3000u, 200001u}) {
      for (const std::size_t bins : {1u, 3u, 40u}) {
        const auto weights = random_values<TestType>(n, 1);
        std::mt19937 random(2);
        std::vector<std::size_t> bin(n);
        std::vector<std::uint32_t> indices(n);
        for (std::size_t i = 0; i < n; ++i) {
          bin[i] = random() % bins;
          indices[i] = static_cast<std::uint32_t>(bin[i]);
        }
        const auto expected = plain_sums(bin, weights, bins, policy);
        std::vector<TestType> out(bins);
        bincount(indices, weights, out, policy);
        CHECK(same(out, expected));
        bincount(pool, indices, weights, out, policy);
        CHECK(same(out, expected));
      }
    }
  };
  check(pairwise);
  check(kahan);
  check(wide);
  check(exact);
}

TEMPLATE_TEST_CASE("reduce/histogram: bins of a range", "", float, double, Eigen::half,
                   Eigen::bfloat16) {
  const thread_pool pool(3);
  const double inf = std::numeric_limits<double>::infinity();
  const std::pair<double, double> ranges[] = {
      {-1, 1},           {0, 1},          {-0.3, 0.7}, {0.5, 0.5 + 0x1p-52},
      {-5e-324, 1e-323}, {-1e300, 1e300}, {0.1, 0.11}};
  for (const auto& [lo, hi] : ranges) {
    for (const std::size_t bins : {1u, 2u, 3u, 10u, 117u}) {
      auto x = random_values<TestType>(3000, 5);
      for (std::size_t i = 0; i <= bins; ++i) { // on the edges and beside them
        const double edge = lo + static_cast<double>(i) * ((hi - lo) / static_cast<double>(bins));
        for (const double value : {edge, std::nextafter(edge, -inf), std::nextafter(edge, inf)}) {
          x.push_back(static_cast<TestType>(static_cast<detail::compute_t<TestType>>(value)));
        }
      }
      for (const double value : {lo, hi, inf, -inf, -0.0, std::nan("")}) {
        x.push_back(static_cast<TestType>(static_cast<detail::compute_t<TestType>>(value)));
      }
      std::vector<double> values;
      for (const TestType& value : x) {
        values.push_back(static_cast<double>(detail::widen(value)));
      }
      const auto bin = plain_bins(values, lo, hi, bins);
      std::vector<std::uint64_t> counts(bins);
      histogram(x, lo, hi, counts);
      CHECK(counts == plain_counts(bin, bins));
      const auto weights = random_values<float>(x.size(), 6);
      const auto expected = plain_sums(bin, weights, bins, kahan);
      std::vector<float> sums(bins);
      histogram(x, lo, hi, weights, sums, kahan);
      CHECK(same(sums, expected));
      histogram(pool, x, lo, hi, weights, sums, kahan);
      CHECK(same(sums, expected));
    }
  }
  const auto x = random_values<TestType>(300001, 7);
  std::vector<std::uint64_t> serial(50), parallel(50);
  histogram(x, -0.9, 0.8, serial);
  histogram(pool, x, -0.9, 0.8, parallel);
  CHECK(serial == parallel);
}

TEST_CASE("reduce/histogram: misuse is refused before anything is written") {
  std::vector<std::uint64_t> out(4, 9);
  const std::vector<std::uint64_t> untouched(4, 9);
  const std::vector<int> negative{1, 2, -1, 7}, large{0, 1, 2, 4};
  CHECK_THROWS_WITH(bincount(negative, out),
                    "detops::bincount: indices[2] is -1, out has 4 elements");
  CHECK_THROWS_WITH(bincount(large, out), "detops::bincount: indices[3] is 4, out has 4 elements");
  std::vector<int> many(200000, 3);
  many[190000] = many[150000] = 4;
  CHECK_THROWS_WITH(bincount(par, many, out),
                    "detops::bincount: indices[150000] is 4, out has 4 elements");
  CHECK_THROWS_AS(bincount(std::vector<int>{0}, vector_view<std::uint64_t>()),
                  std::invalid_argument);
  const std::vector<double> x{0.5};
  const double nan = std::nan(""), max = std::numeric_limits<double>::max();
  CHECK_THROWS_AS(histogram(x, 1, 1, out), std::invalid_argument);
  CHECK_THROWS_AS(histogram(x, 1, 0, out), std::invalid_argument);
  CHECK_THROWS_AS(histogram(x, nan, 1, out), std::invalid_argument);
  CHECK_THROWS_AS(histogram(x, 0, HUGE_VAL, out), std::invalid_argument);
  CHECK_THROWS_AS(histogram(x, -max, max, out), std::invalid_argument);
  CHECK_THROWS_WITH(histogram(x, 0, 1, vector_view<std::uint64_t>()),
                    "detops::histogram: out [0] has no bins");
  CHECK_THROWS_WITH(bincount(out, out), "detops::bincount: out [4] overlaps indices [4]");
  std::vector<double> sums(4, 9.0);
  CHECK_THROWS_WITH(bincount(large, x, sums),
                    "detops::bincount: indices [4] and weights [1] differ in size");
  CHECK_THROWS_AS(histogram(sums, 0, 1, sums, sums), std::invalid_argument);
  CHECK_THROWS_AS(histogram(vector_view<const float>(nullptr, 2), 0, 1, out),
                  std::invalid_argument);
  CHECK(out == untouched);
  CHECK(sums == std::vector<double>(4, 9.0));
}

} // namespace histogram_tests

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The bits of every reduction under every rounding mode and flush-to-zero setting of the caller.
#include <cmath>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <detops/exec.hpp>
#include <detops/reduce.hpp>

#include "catch.hpp"
#include "host_environment.hpp"

using namespace detops;

namespace host_tests {

template <class T>
using results = std::vector<std::pair<std::string, T>>;

template <class T>
results<T> all_of(const std::vector<T>& x, const std::vector<T>& y, const thread_pool& pool) {
  results<T> r;
  const auto policies = [&](const std::string& name, auto policy) {
    r.emplace_back("sum " + name, sum(pool, x, policy));
    r.emplace_back("dot " + name, dot(x, y, policy));
    r.emplace_back("mean " + name, mean(x, policy));
    r.emplace_back("norm1 " + name, norm1(x, policy));
    r.emplace_back("variance " + name, variance(x, 1, policy));
    r.emplace_back("stddev " + name, stddev(x, 0, policy));
    r.emplace_back("covariance " + name, covariance(x, y, 0, policy));
  };
  policies("pairwise", pairwise);
  policies("kahan", kahan);
  policies("wide", wide);
  policies("exact", exact);
  r.emplace_back("norm2", norm2(x));
  r.emplace_back("prod", prod(x));
  r.emplace_back("min", minmax(x).min);
  r.emplace_back("count", static_cast<T>(count_nonzero(x)));
  accumulator<T, exact_t> one_by_one;
  accumulator<T, kahan_t> chunk;
  chunk.add(x);
  for (std::size_t i = 0; i < x.size(); ++i) {
    one_by_one.add(x[i]);
    one_by_one.add_product(x[i], y[i]);
  }
  one_by_one.remove(x[0]);
  r.emplace_back("accumulator exact", one_by_one.value());
  r.emplace_back("accumulator kahan", chunk.value());
  dot_accumulator<T> dots;
  prod_accumulator<T> products, more_products;
  max_accumulator<T> largest;
  for (std::size_t i = 0; i < 200; ++i) {
    dots.add(x[i], y[i]);
    products.add(x[i]);
    largest.add(x[i]);
  }
  more_products.add(x);
  r.emplace_back("dot_accumulator", dots.value());
  r.emplace_back("prod_accumulator", products.value());
  r.emplace_back("prod_accumulator of a chunk", more_products.value());
  r.emplace_back("max_accumulator", largest.value());
  r.emplace_back("reduce", reduce(pool, x, [](T a, T b) { return a - b; }, T{0}));
  std::vector<T> sums(x.size());
  cumsum(x, sums);
  r.emplace_back("cumsum", sums.back());
  std::vector<T> bins(7);
  histogram(x, -0x1p-1000, 0x1p-1000, x, bins);
  r.emplace_back("histogram", bins[3]);
  std::vector<T> columns(2);
  norm2(matrix_view<const T>(x.data(), x.size() / 2, 2), 0, columns);
  r.emplace_back("norm2 along an axis", columns[1]);
  variance(nd_view<const T>(x.data(), {2, x.size() / 4, 2}), {1, 0}, columns);
  r.emplace_back("variance along axes", columns[1]);
  return r;
}

TEMPLATE_TEST_CASE("reduce/host: the caller's environment changes no bit", "", float, double) {
  using T = TestType;
  std::mt19937_64 random(3);
  const thread_pool pool(2);
  // all normal; half of them subnormal; all subnormal, so that flushed ones would leave nothing
  for (const int shape : {0, 1, 2}) {
    std::vector<T> x(20000), y(20000);
    for (std::size_t i = 0; i < x.size(); ++i) {
      const auto value = [&] {
        const double unit = static_cast<double>(static_cast<std::int64_t>(random())) * 0x1p-63;
        const int e = shape == 2 || (shape == 1 && random() % 2 == 0)
                          ? std::numeric_limits<T>::min_exponent - 3
                          : 0;
        return static_cast<T>(std::ldexp(unit, e));
      };
      x[i] = value();
      y[i] = value();
    }
    const results<T> expected = all_of(x, y, pool);
    for (const auto& host : test::host_environments()) {
      results<T> found;
      {
        const test::host_environment_guard set(host);
        found = all_of(x, y, pool);
      }
      INFO(host.name << ", shape " << shape);
      for (std::size_t i = 0; i < expected.size(); ++i) {
        INFO(expected[i].first);
        REQUIRE(detail::to_bits(found[i].second) == detail::to_bits(expected[i].second));
      }
    }
  }
}

} // namespace host_tests

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>
#include <vector>

#include <detops/exec.hpp>
#include <detops/reduce.hpp>

#include "catch.hpp"

using namespace detops;

namespace extrema_tests {

template <class T>
std::size_t plain_best(const std::vector<T>& x, bool largest) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < x.size(); ++i) {
    const T a = x[i];
    const T b = x[best];
    bool better = false;
    if (std::isnan(b)) {
      better = false;
    } else if (std::isnan(a)) {
      better = true;
    } else if (a == b) {
      better = largest ? std::signbit(b) && !std::signbit(a) : std::signbit(a) && !std::signbit(b);
    } else {
      better = largest ? a > b : a < b;
    }
    best = better ? i : best;
  }
  return best;
}

template <class T>
void check_extrema() {
  const thread_pool pool(3);
  std::mt19937_64 random(4);
  for (const std::size_t n :
       {1u, 2u, 15u, 16u, 17u, 33u, 100u, 4095u, 4096u, 4097u, 70000u, 200000u}) {
    for (int kind = 0; kind < 6; ++kind) {
      INFO("n = " << n << ", kind " << kind);
      std::vector<T> x(n);
      for (T& value : x) {
        const auto h = static_cast<int>(random() % 1000);
        value = kind == 0   ? static_cast<T>(h)
                : kind == 1 ? (h % 2 == 0 ? T{0} : -T{0})
                : kind == 2 ? -static_cast<T>(h)
                : kind == 3 ? (h < 2 ? std::numeric_limits<T>::quiet_NaN() : static_cast<T>(h))
                : kind == 4 ? (h < 5 ? std::numeric_limits<T>::infinity() : -static_cast<T>(h))
                            : static_cast<T>(7);
      }
      const std::size_t largest = plain_best(x, true);
      const std::size_t smallest = plain_best(x, false);
      const auto bits = [](T value) { return detail::to_bits(value); };
      CHECK(argmax(x) == largest);
      CHECK(argmin(x) == smallest);
      CHECK(argmax(pool, x) == largest);
      CHECK(argmin(pool, x) == smallest);
      CHECK(bits(max(x)) == bits(detail::canonical(x[largest])));
      CHECK(bits(min(x)) == bits(detail::canonical(x[smallest])));
      CHECK(bits(max(pool, x)) == bits(max(x)));
      const vector_view<const T> reversed(x.data() + n - 1, n, -1);
      CHECK(bits(max(reversed)) == bits(max(x)));
      CHECK(bits(min(reversed)) == bits(min(x)));
    }
  }
}

TEST_CASE("reduce/extrema: float as a plain loop") {
  check_extrema<float>();
}
TEST_CASE("reduce/extrema: double as a plain loop") {
  check_extrema<double>();
}

TEST_CASE("reduce/extrema: of nothing is an error") {
  const std::vector<float> nothing;
  CHECK_THROWS_WITH(max(nothing), "detops::max: x [1x0] has no elements, so no result exists");
  CHECK_THROWS_AS(min(nothing), std::invalid_argument);
  CHECK_THROWS_AS(argmax(nothing), std::invalid_argument);
  CHECK_THROWS_AS(argmin(par, nothing), std::invalid_argument);
}

TEMPLATE_TEST_CASE("reduce/extrema: one zero of the other sign, anywhere", "", float, double) {
  using T = TestType;
  for (const std::size_t n : {5u, 64u, 65u, 200u, 4200u}) {
    std::vector<T> negative(n, -T{0});
    std::vector<T> positive(n, T{0});
    for (std::size_t i = 0; i < n; i += n > 1000 ? 37 : 1) {
      INFO("n = " << n << ", i = " << i);
      negative[i] = T{0};
      positive[i] = -T{0};
      REQUIRE(!std::signbit(max(negative)));
      REQUIRE(argmax(negative) == i);
      REQUIRE(std::signbit(min(positive)));
      REQUIRE(argmin(positive) == i);
      negative[i] = -T{0};
      positive[i] = T{0};
    }
    CHECK(std::signbit(max(negative)));
    CHECK(!std::signbit(min(positive)));
  }
}

} // namespace extrema_tests

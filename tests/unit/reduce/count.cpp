// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
#include <limits>
#include <stdexcept>
#include <vector>

#include <Eigen/Core>

#include <detops/exec.hpp>
#include <detops/reduce/count.hpp>

#include "catch.hpp"

using namespace detops;

namespace count_tests {

template <class X>
void check_count(const X& x, std::size_t n, std::size_t nonzero) {
  const thread_pool pool(3);
  CHECK(count_nonzero(x) == nonzero);
  CHECK(count_nonzero(pool, x) == nonzero);
  CHECK(any(x) == (nonzero != 0));
  CHECK(any(pool, x) == (nonzero != 0));
  CHECK(all(x) == (nonzero == n));
  CHECK(all(pool, x) == (nonzero == n));
}

TEMPLATE_TEST_CASE("reduce/count: one element among others, anywhere", "", float, double,
                   Eigen::half, Eigen::bfloat16, std::int8_t, std::uint16_t, std::int32_t,
                   std::uint64_t) {
  const auto zero = static_cast<TestType>(0), one = static_cast<TestType>(1);
  for (const std::size_t n : {0u, 1u, 2u, 17u, 255u, 256u, 257u, 65537u, 200001u}) {
    std::vector<TestType> x(n, zero), y(n, one);
    check_count(x, n, 0);
    check_count(y, n, n);
    for (const std::size_t at : {std::size_t{0}, n / 2, n - 1}) {
      if (at < n) {
        x[at] = one;
        y[at] = zero;
        check_count(x, n, 1);
        check_count(y, n, n - 1);
        check_count(vector_view<const TestType>(x.data() + at, 1, -1), 1, 1);
        x[at] = zero;
        y[at] = one;
      }
    }
    if (n >= 2) {
      y[0] = zero;
      check_count(vector_view<const TestType>(y.data() + 1, (n + 1) / 2, 0), (n + 1) / 2,
                  (n + 1) / 2);
      check_count(vector_view<const TestType>(y.data(), (n + 1) / 2, 2), (n + 1) / 2,
                  (n + 1) / 2 - 1);
    }
  }
}

TEST_CASE("reduce/count: special values and matrices") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float tiny = std::numeric_limits<float>::denorm_min();
  check_count(std::vector<float>{-0.0f, 0.0f, nan, -nan, tiny, -tiny}, 6, 4);
  check_count(std::vector<double>(5, -0.0), 5, 0);
  const bool flags[] = {true, false, true};
  check_count(flags, 3, 2);
  std::vector<double> values(6 * 5, 1.0);
  values[4] = values[9] = 0; // in the last column of the first two rows
  check_count(matrix_view<const double>(values.data(), 6, 4, 5, 1), 24, 24);
  check_count(matrix_view<const double>(values.data(), 6, 5), 30, 28);
  check_count(matrix_view<const double>(values.data(), 5, 6, 1, 5), 30, 28);
  check_count(matrix_view<const double>(values.data(), 0, 5), 0, 0);
}

TEST_CASE("reduce/count: null data is refused") {
  const vector_view<const float> null(nullptr, 3);
  CHECK_THROWS_WITH(count_nonzero(null), "detops::count_nonzero: x [1x3] has null data");
  CHECK_THROWS_AS(any(null), std::invalid_argument);
  CHECK_THROWS_AS(all(null), std::invalid_argument);
}

} // namespace count_tests

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
#include "plain.hpp"

using namespace detops;

namespace sum_tests {

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

constexpr std::size_t sizes[] = {
    0,    1,    2,    3,    7,    8,    9,     15,    16,    17,    31,    32,    33,    47,
    48,   63,   64,   65,   127,  128,  129,   255,   256,   257,   271,   272,   273,   1000,
    1023, 1024, 1025, 4095, 4096, 4097, 16384, 16385, 40000, 65535, 65536, 65537, 300001};

template <class T>
bool same(T a, T b) {
  return detail::to_bits(a) == detail::to_bits(b);
}

template <class T>
void check_against_plain() {
  const thread_pool pool(3);
  for (const std::size_t n : sizes) {
    INFO("n = " << n);
    const auto x = random_values<T>(n, 1);
    const auto y = random_values<T>(n, 2);
    std::vector<T> strided(3 * n + 1, std::numeric_limits<T>::quiet_NaN());
    std::vector<T> backwards(x.rbegin(), x.rend());
    for (std::size_t i = 0; i < n; ++i) {
      strided[3 * i] = x[i];
    }
    const vector_view<const T> by_three(strided.data(), n, 3);
    const vector_view<const T> reversed(n == 0 ? nullptr : backwards.data() + n - 1, n, -1);
    for (const bool compensated : {false, true}) {
      const T total = test::plain_sum(x, compensated);
      const T product = test::plain_dot(x, y, compensated);
      const T average = n == 0
                            ? detail::canonical_nan<T>()
                            : static_cast<T>(static_cast<double>(total) / static_cast<double>(n));
      const auto check = [&](auto policy) {
        CHECK(same(sum(x, policy), total));
        CHECK(same(sum(pool, x, policy), total));
        CHECK(same(sum(by_three, policy), total));
        CHECK(same(sum(pool, reversed, policy), total));
        CHECK(same(dot(x, y, policy), product));
        CHECK(same(dot(pool, by_three, y, policy), product));
        CHECK(same(mean(x, policy), average));
        CHECK(same(mean(pool, by_three, policy), average));
      };
      compensated ? check(kahan) : check(pairwise);
    }
    CHECK(same(sum(x), sum(x, pairwise)));
  }
}

TEST_CASE("reduce/sum: float has the bits of the plain tree") {
  check_against_plain<float>();
}
TEST_CASE("reduce/sum: double has the bits of the plain tree") {
  check_against_plain<double>();
}

TEST_CASE("reduce/sum: address and alignment do not matter") {
  const auto x = random_values<float>(1000, 5);
  const float expected = sum(x);
  std::vector<float> buffer(1100);
  for (std::size_t offset = 0; offset < 32; ++offset) {
    std::copy(x.begin(), x.end(), buffer.begin() + static_cast<std::ptrdiff_t>(offset));
    CHECK(same(sum(vector_view<const float>(buffer.data() + offset, x.size())), expected));
  }
}

TEST_CASE("reduce/sum: a matrix has the bits of its elements in row-major order") {
  const std::size_t rows = 37;
  const std::size_t cols = 53;
  const auto x = random_values<float>(rows * cols, 6);
  std::vector<float> column_major(rows * cols);
  std::vector<float> padded(rows * (cols + 11), std::numeric_limits<float>::quiet_NaN());
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j < cols; ++j) {
      column_major[j * rows + i] = x[i * cols + j];
      padded[i * (cols + 11) + j] = x[i * cols + j];
    }
  }
  const matrix_view<const float> a(column_major.data(), rows, cols, 1,
                                   static_cast<std::ptrdiff_t>(rows));
  const matrix_view<const float> b(padded.data(), rows, cols,
                                   static_cast<std::ptrdiff_t>(cols + 11), 1);
  const thread_pool pool(3);
  CHECK(same(sum(a), sum(x)));
  CHECK(same(sum(pool, b, kahan), sum(x, kahan)));
  CHECK(same(dot(a, b), dot(x, x)));
  CHECK(max(a) == max(x));
  CHECK(argmax(a) == argmax(x));
  CHECK(argmin(pool, b) == argmin(x));
}

TEST_CASE("reduce/sum: special values") {
  constexpr float inf = std::numeric_limits<float>::infinity();
  const float nan = detail::from_bits<float>(0xffc00123u);
  CHECK(detail::to_bits(sum(std::vector<float>{})) == 0);
  CHECK(detail::to_bits(dot(std::vector<float>{}, std::vector<float>{}, kahan)) == 0);
  for (const std::size_t n : {1u, 5u, 16u, 17u, 100u}) {
    std::vector<float> x(n, -0.0f);
    CHECK(detail::to_bits(sum(x)) == 0x80000000u);
    CHECK(detail::to_bits(sum(x, kahan)) == 0x80000000u);
    x[n / 2] = nan;
    CHECK(detail::to_bits(sum(x)) == 0x7fc00000u);
    CHECK(detail::to_bits(sum(x, kahan)) == 0x7fc00000u);
    CHECK(detail::to_bits(mean(x)) == 0x7fc00000u);
    x[n / 2] = inf;
    CHECK(sum(x) == inf);
    CHECK(sum(x, kahan) == inf);
  }
  CHECK(detail::to_bits(sum(std::vector<float>{inf, -inf})) == 0x7fc00000u);
  CHECK(sum(std::vector<float>(4, std::numeric_limits<float>::max()), kahan) == inf);
  CHECK(detail::to_bits(mean(std::vector<double>{})) == 0x7ff8000000000000u);
}

TEST_CASE("reduce/sum: compensation recovers what plain addition loses") {
  std::vector<float> x(4097, 0x1p-25f);
  x[0] = 1;
  CHECK(sum(x, kahan) == 1 + 4096 * 0x1p-25f);
}

TEST_CASE("reduce/sum: bad input names the operation and the shapes") {
  const std::vector<float> x(3);
  const std::vector<float> y(4);
  CHECK_THROWS_WITH(dot(x, y), "detops::dot: x [1x3] and y [1x4] differ in shape");
  CHECK_THROWS_WITH(sum(vector_view<const float>(nullptr, 3)),
                    "detops::sum: x [1x3] has null data");
  CHECK_THROWS_AS(mean(vector_view<const float>(nullptr, 3)), std::invalid_argument);
  CHECK(sum(vector_view<const float>(nullptr, 0)) == 0);
}

TEST_CASE("reduce/sum: a padded matrix has the bits of its elements in a row") {
  for (std::size_t rows = 2; rows < 80; rows += 7) {
    for (std::size_t cols = 1; cols < 80; ++cols) {
      const auto x = random_values<float>(rows * cols, 5);
      std::vector<float> padded(rows * (cols + 3), std::numeric_limits<float>::quiet_NaN());
      for (std::size_t i = 0; i < rows * cols; ++i) {
        padded[i / cols * (cols + 3) + i % cols] = x[i];
      }
      const matrix_view<const float> view(padded.data(), rows, cols,
                                          static_cast<std::ptrdiff_t>(cols + 3), 1);
      if (!same(sum(view), sum(x)) || !same(sum(view, exact), sum(x, exact))) {
        FAIL(rows << " x " << cols);
      }
    }
  }
}

} // namespace sum_tests

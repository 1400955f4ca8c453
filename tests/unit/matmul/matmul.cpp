// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// matmul against matmul_reference, bit by bit; what a result must not depend on; refusals.
#include "catch.hpp"

#include <algorithm>
#include <cfenv>
#include <cmath>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include <detops/exec.hpp>
#include <detops/matmul.hpp>

#include "matmul_ways.hpp"
#include "operands.hpp"

namespace matmul_tests {

using detops::matmul;
using detops::matmul_options;
using detops::matmul_reference;
using detops::matrix_view;
using detops_test::contains;
using detops_test::layout;
using detops_test::stored_matrix;
using detops_test::values;

std::size_t pick(std::mt19937& engine, std::size_t most) {
  return engine() % (most + 1);
}

template <class T>
T pick_scale(std::mt19937& engine) {
  const T scales[] = {T(1), T(0), T(-1), T(0.7), T(3), std::numeric_limits<T>::min()};
  return scales[engine() % 6];
}

// The reference is slow: sizes are kept so that one product is small work, with each extent long at
// times.
struct sizes {
  std::size_t m;
  std::size_t n;
  std::size_t k;
};
sizes pick_sizes(std::mt19937& engine) {
  switch (engine() % 6) {
  case 0:
    return {pick(engine, 300), pick(engine, 20), pick(engine, 40)};
  case 1:
    return {pick(engine, 20), pick(engine, 300), pick(engine, 40)};
  case 2:
    return {pick(engine, 9), pick(engine, 40), pick(engine, 300)};
  case 3:
    return {pick(engine, 30), pick(engine, 70), pick(engine, 70)};
  case 4:
    return {pick(engine, 4), pick(engine, 5), pick(engine, 3000)};
  default:
    return {pick(engine, 14), pick(engine, 34), 254 + pick(engine, 4)};
  }
}

template <class T>
std::vector<T> product(std::size_t m, std::size_t n, std::size_t k, const std::vector<T>& a,
                       const std::vector<T>& b) {
  std::vector<T> c(m * n);
  matmul({a.data(), m, k}, {b.data(), k, n}, matrix_view<T>(c.data(), m, n));
  return c;
}

template <class T>
std::vector<T> random_values(std::size_t count, unsigned seed) {
  std::mt19937 engine(seed);
  std::normal_distribution<double> normal;
  std::vector<T> x(count);
  for (T& value : x) {
    value = static_cast<T>(normal(engine));
  }
  return x;
}

TEMPLATE_TEST_CASE("matmul/matmul: equals the plain loop for any shape, layout and values", "",
                   float, double) {
  using T = TestType;
  std::mt19937 engine(sizeof(T));
  const int rounds = detops::has_fma ? 3000 : 800;
  for (int round = 0; round < rounds; ++round) {
    const auto [m, n, k] = pick_sizes(engine);
    const auto input = [&] { return static_cast<layout>(engine() % detops_test::input_layouts); };
    stored_matrix<T> a(m, k, input());
    stored_matrix<T> b(k, n, input());
    stored_matrix<T> c(m, n, static_cast<layout>(engine() % detops_test::output_layouts));
    const auto kind = static_cast<values>(engine() % 8 < 5 ? 0 : engine() % 4);
    a.fill(engine, kind);
    b.fill(engine, kind);
    matmul_options<T> options;
    if (engine() % 2 == 0) {
      options = {pick_scale<T>(engine), pick_scale<T>(engine)};
    }
    // beta = 0 does not read c: it holds NaN then
    if (options.beta != 0) {
      c.fill(engine, values::normal);
    }
    const auto before = c;
    auto expected = c;
    matmul(a.view(), b.view(), c.view(), options);
    matmul_reference(a.view(), b.view(), expected.view(), options);
    if (!c.same_storage(expected)) {
      CAPTURE(round, m, n, k, options.alpha, options.beta, static_cast<int>(kind));
      FAIL_CHECK("bits differ from the reference");
    }
    detops_test::for_each_way(
        detops::seq, a.view(), b.view(), c.view(), options, detops::pairwise, [&] { c = before; },
        [&] { CHECK(c.same_storage(expected)); });
  }
}

TEMPLATE_TEST_CASE("matmul/matmul: the same bits for every executor", "", float, double) {
  using T = TestType;
  const sizes shapes[] = {
      {130, 257, 513}, {1, 700, 900}, {700, 1, 900}, {400, 33, 1300}, {65, 65, 2100}};
  for (const auto& [m, n, k] : shapes) {
    const auto a = random_values<T>(m * k, 1);
    const auto b = random_values<T>(k * n, 2);
    const auto serial = product(m, n, k, a, b);
    for (const std::size_t threads : {1u, 2u, 3u, 7u}) {
      const detops::thread_pool pool(threads);
      for (const bool col_major : {false, true}) {
        std::vector<T> c(m * n);
        const auto rows = static_cast<std::ptrdiff_t>(m);
        const matrix_view<T> out =
            col_major ? matrix_view<T>(c.data(), m, n, 1, rows) : matrix_view<T>(c.data(), m, n);
        matmul(pool, {a.data(), m, k}, {b.data(), k, n}, out);
        std::size_t wrong = 0;
        for (std::size_t i = 0; i < m; ++i) {
          for (std::size_t j = 0; j < n; ++j) {
            wrong += !detops_test::same_bits(out(i, j), serial[i * n + j]);
          }
        }
        CAPTURE(m, n, k, threads, col_major);
        CHECK(wrong == 0);
      }
    }
  }
}

TEMPLATE_TEST_CASE("matmul/matmul: a row alone, and any split of rows and columns, equal the whole",
                   "", float, double) {
  using T = TestType;
  const std::size_t m = 53;
  const std::size_t n = 97;
  const std::size_t k = 800;
  const auto a = random_values<T>(m * k, 3);
  const auto b = random_values<T>(k * n, 4);
  const auto whole = product(m, n, k, a, b);
  const matrix_view<const T> a_view(a.data(), m, k);
  const matrix_view<const T> b_view(b.data(), k, n);
  std::vector<T> parts(m * n);
  const matrix_view<T> c(parts.data(), m, n);
  const auto same = [&] { return std::memcmp(parts.data(), whole.data(), m * n * sizeof(T)) == 0; };
  for (std::size_t i = 0; i < m; ++i) {
    matmul(a_view.submatrix(i, 0, 1, k), b_view, c.submatrix(i, 0, 1, n));
  }
  CHECK(same());
  for (std::size_t i = 1; i < m; ++i) {
    parts.assign(m * n, T(0));
    const std::size_t j = i * n / m;
    for (const auto& [row, rows] : {std::pair{std::size_t{0}, i}, std::pair{i, m - i}}) {
      for (const auto& [col, cols] : {std::pair{std::size_t{0}, j}, std::pair{j, n - j}}) {
        matmul(a_view.submatrix(row, 0, rows, k), b_view.submatrix(0, col, k, cols),
               c.submatrix(row, col, rows, cols));
      }
    }
    CHECK(same());
  }
}

TEMPLATE_TEST_CASE("matmul/matmul: k in parts of packed B", "", float, double) {
  using T = TestType;
  const std::size_t k = detops::has_fma ? 600001 : 70001; // more than packed_b_bytes for one panel
  const std::size_t m = 2;
  const std::size_t n = 3;
  const auto a = random_values<T>(m * k, 5);
  const auto b = random_values<T>(k * n, 6);
  std::vector<T> expected(m * n);
  matmul_reference({a.data(), m, k}, {b.data(), k, n}, matrix_view<T>(expected.data(), m, n));
  CHECK(product(m, n, k, a, b) == expected);
  const detops::thread_pool pool(3);
  std::vector<T> c(m * n);
  matmul(pool, {a.data(), m, k}, {b.data(), k, n}, matrix_view<T>(c.data(), m, n));
  CHECK(c == expected);
}

TEMPLATE_TEST_CASE("matmul/matmul: the caller's floating-point environment does not matter", "",
                   float, double) {
  using T = TestType;
  const std::size_t m = 30;
  const std::size_t n = 50;
  const std::size_t k = 300;
  auto a = random_values<T>(m * k, 7);
  const auto b = random_values<T>(k * n, 8);
  for (std::size_t i = 0; i < k; ++i) {
    a[i] *= std::numeric_limits<T>::min() / 16; // subnormal results in row 0
  }
  const auto expected = product(m, n, k, a, b);
  const auto word = detops::detail::read_fp_control();
  std::fesetround(FE_UPWARD);
#if defined(__SSE2__)
  detops::detail::write_fp_control(detops::detail::read_fp_control() | 0x8040u); // FTZ, DAZ
#endif
  const auto inside = detops::detail::read_fp_control();
  const auto c = product(m, n, k, a, b);
  const auto after = detops::detail::read_fp_control();
  std::fesetround(FE_TONEAREST);
  detops::detail::write_fp_control(word);
  CHECK(std::memcmp(c.data(), expected.data(), m * n * sizeof(T)) == 0);
  CHECK((after & detops::detail::fp_control_mask) == (inside & detops::detail::fp_control_mask));
}

TEST_CASE("matmul/matmul: float sums that overflow on the way") {
  // nothing is small, so that infinity alone asks for care where float sums run in double
  const std::size_t m = 9;
  const std::size_t n = 33;
  const std::size_t k = 300;
  auto a = random_values<float>(m * k, 9);
  auto b = random_values<float>(k * n, 10);
  for (float& value : a) {
    value = std::copysign(std::ldexp(1 + std::abs(value) / 16, 62), value);
  }
  for (float& value : b) {
    value = std::copysign(std::ldexp(1 + std::abs(value) / 16, 62), value);
  }
  std::vector<float> expected(m * n);
  matmul_reference({a.data(), m, k}, {b.data(), k, n}, matrix_view<float>(expected.data(), m, n));
  const auto c = product(m, n, k, a, b);
  CHECK(std::memcmp(c.data(), expected.data(), m * n * sizeof(float)) == 0);
  const auto count = [&](auto kind) { return std::count_if(c.begin(), c.end(), kind); };
  CHECK(count([](float x) { return std::isinf(x); }) > 20);
  CHECK(count([](float x) { return std::isfinite(x); }) > 20);
}

TEST_CASE("matmul/matmul: empty shapes and k = 0") {
  std::vector<float> c = {1, -2, std::numeric_limits<float>::quiet_NaN(), 4};
  const matrix_view<const float> tall(nullptr, 2, 0);
  const matrix_view<const float> wide(nullptr, 0, 2);
  SECTION("k = 0 gives +0 without reading c") {
    matmul(tall, wide, matrix_view<float>(c.data(), 2, 2));
    for (const float value : c) {
      CHECK(detops_test::same_bits(value, 0.0f));
    }
  }
  SECTION("k = 0 with alpha and beta") {
    matmul(tall, wide, matrix_view<float>(c.data(), 2, 2), {.alpha = -3, .beta = 2});
    CHECK(c[0] == 2);
    CHECK(c[1] == -4);
    CHECK(detops_test::same_bits(c[2], detops::detail::canonical_nan<float>()));
    CHECK(c[3] == 8);
  }
  SECTION("no rows, no columns") {
    matmul(matrix_view<const float>(nullptr, 0, 3), matrix_view<const float>(c.data(), 3, 1),
           matrix_view<float>(nullptr, 0, 1));
    matmul(detops::par, wide, matrix_view<const float>(nullptr, 2, 0), matrix_view<float>());
    CHECK(c[0] == 1);
  }
}

TEST_CASE("matmul/matmul: what is refused, before anything is written") {
  std::vector<double> x(100, 1.0);
  std::vector<double> y(100, 2.0);
  const matrix_view<const double> a(x.data(), 2, 3);
  const matrix_view<const double> b(x.data() + 10, 3, 4);
  const matrix_view<double> c(y.data(), 2, 4);
  SECTION("shapes") {
    CHECK_THROWS_AS(matmul(a, a, c), std::invalid_argument);
    CHECK_THROWS_WITH(matmul(a, a, c),
                      contains("detops::matmul: ") && contains("2x3") && contains("2x4"));
    CHECK_THROWS_AS(matmul(a, b, c.transposed()), std::invalid_argument);
    CHECK_THROWS_AS(matmul(a.submatrix(0, 0, 1, 3), b, c), std::invalid_argument);
  }
  SECTION("null") {
    CHECK_THROWS_WITH(matmul(matrix_view<const double>(nullptr, 2, 3), b, c),
                      contains("A") && contains("null"));
    CHECK_THROWS_WITH(matmul(a, matrix_view<const double>(nullptr, 3, 4), c),
                      contains("B") && contains("null"));
    CHECK_THROWS_WITH(matmul(a, b, matrix_view<double>(nullptr, 2, 4)),
                      contains("C") && contains("null"));
  }
  SECTION("overlap") {
    CHECK_THROWS_WITH(matmul(a, b, matrix_view<double>(x.data() + 5, 2, 4)),
                      contains("overlaps A"));
    CHECK_THROWS_WITH(matmul(a, b, matrix_view<double>(x.data() + 20, 2, 4)),
                      contains("overlaps B"));
    CHECK_THROWS_WITH(matmul(detops::par, a, b, matrix_view<double>(x.data() + 20, 2, 4)),
                      contains("overlaps B"));
    CHECK(x == std::vector<double>(100, 1.0));
  }
  SECTION("c on itself") {
    CHECK_THROWS_AS(matmul(a, b, matrix_view<double>(y.data(), 2, 4, 0, 1)), std::invalid_argument);
    CHECK_THROWS_AS(matmul(a, b, matrix_view<double>(y.data(), 2, 4, 4, 0)), std::invalid_argument);
    CHECK_THROWS_AS(matmul(a, b, matrix_view<double>(y.data(), 2, 4, 3, 1)), std::invalid_argument);
    CHECK_THROWS_AS(matmul(a, b, matrix_view<double>(y.data(), 2, 4, 1, 1)), std::invalid_argument);
    CHECK(y == std::vector<double>(100, 2.0));
    matmul(a, b, matrix_view<double>(y.data(), 2, 4, 1, 2));
    matmul(a, b, matrix_view<double>(y.data(), 2, 4, 7, 2));
  }
  SECTION("more than the address space") {
    CHECK_THROWS_AS(matmul(matrix_view<const double>(x.data(), 2, std::size_t{1} << 62),
                           matrix_view<const double>(x.data(), std::size_t{1} << 62, 4, 0, 1), c),
                    std::invalid_argument);
  }
}

} // namespace matmul_tests

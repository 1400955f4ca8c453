// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
#include <cfenv>
#include <cstddef>
#include <functional>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include <detops/exec.hpp>
#include <detops/math.hpp>

#include "catch.hpp"
#include "values.hpp"

using namespace detops;

namespace {

// A matrix inside a larger buffer, in any of the layouts that a caller may have.
struct placed {
  std::vector<float> memory;
  matrix_view<float> view;

  placed(std::size_t rows, std::size_t cols, int layout, unsigned seed) {
    const auto r = static_cast<std::ptrdiff_t>(rows);
    const auto c = static_cast<std::ptrdiff_t>(cols);
    memory = test::ordinary_values<float>((rows + 3) * (cols + 3) * 2 + 8, seed);
    float* p = memory.data();
    switch (layout) {
    case 0: // row-major
      view = {p, rows, cols};
      break;
    case 1: // row-major with padding
      view = {p + 1, rows, cols, c + 3, 1};
      break;
    case 2: // column-major
      view = {p, rows, cols, 1, r};
      break;
    case 3: // column-major with padding
      view = {p + 2, rows, cols, 1, r + 3};
      break;
    case 4: // every second column
      view = {p, rows, cols, 2 * c + 1, 2};
      break;
    default: // backwards in both
      view = {p + rows * cols, rows, cols, -c, -1};
      break;
    }
    if (layout > 5) {
      view.data -= 1;
    }
  }
};
constexpr int layouts = 6;

std::vector<float> elements(const matrix_view<float>& x) {
  std::vector<float> list;
  for (std::size_t i = 0; i < x.rows; ++i) {
    for (std::size_t j = 0; j < x.cols; ++j) {
      list.push_back(x(i, j));
    }
  }
  return list;
}

float plain_sub(float a, float b) {
  const volatile float value = a - b;
  return value;
}

struct shape {
  std::size_t rows;
  std::size_t cols;
};
constexpr shape shapes[] = {{0, 0},  {0, 5},  {5, 0},  {1, 1},  {1, 17},  {17, 1},  {3, 4},
                            {5, 16}, {16, 5}, {7, 33}, {33, 7}, {2, 300}, {300, 2}, {130, 260}};

std::string message_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "no error";
}

} // namespace

TEST_CASE("math/map: every layout of every operand gives the bits of a plain loop") {
  for (const shape& s : shapes) {
    for (int la = 0; la < layouts; ++la) {
      for (int lb = 0; lb < layouts; ++lb) {
        for (int lo = 0; lo < layouts; ++lo) {
          const placed a(s.rows, s.cols, la, 1);
          const placed b(s.rows, s.cols, lb, 2);
          placed out(s.rows, s.cols, lo, 3);
          std::vector<float> expected = out.memory;
          const matrix_view<float> expected_view(
              expected.data() + (out.view.data - out.memory.data()), s.rows, s.cols,
              out.view.row_stride, out.view.col_stride);
          for (std::size_t i = 0; i < s.rows; ++i) {
            for (std::size_t j = 0; j < s.cols; ++j) {
              expected_view(i, j) = plain_sub(a.view(i, j), b.view(i, j));
            }
          }
          sub(a.view, b.view, out.view);
          // the whole buffer: nothing beside the elements is written
          if (!test::same(out.memory, expected)) {
            FAIL("shape " << s.rows << "x" << s.cols << ", layouts " << la << " " << lb << " "
                          << lo);
          }
        }
      }
    }
  }
  SUCCEED();
}

TEST_CASE("math/map: scalars and broadcasts") {
  for (const shape& s : shapes) {
    for (int la = 0; la < layouts; ++la) {
      for (int lo = 0; lo < layouts; ++lo) {
        const placed a(s.rows, s.cols, la, 1);
        const std::vector<float> in_row = test::ordinary_values<float>(s.cols, 5);
        const std::vector<float> in_column = test::ordinary_values<float>(2 * s.rows, 6);
        const vector_view<const float> column(in_column.data(), s.rows, 2);
        placed out(s.rows, s.cols, lo, 3);
        const auto check = [&](auto&& left, auto&& right) {
          std::vector<float> expected;
          for (std::size_t i = 0; i < s.rows; ++i) {
            for (std::size_t j = 0; j < s.cols; ++j) {
              expected.push_back(plain_sub(left(i, j), right(i, j)));
            }
          }
          return test::same(elements(out.view), expected);
        };
        const auto of_a = [&](std::size_t i, std::size_t j) { return a.view(i, j); };
        const auto of_row = [&](std::size_t, std::size_t j) { return in_row[j]; };
        const auto of_column = [&](std::size_t i, std::size_t) { return column[i]; };
        const auto of_scalar = [](std::size_t, std::size_t) { return 0.75f; };
        bool right = true;
        sub(a.view, 0.75f, out.view);
        right = right && check(of_a, of_scalar);
        sub(0.75f, a.view, out.view);
        right = right && check(of_scalar, of_a);
        sub(a.view, broadcast_row(in_row), out.view);
        right = right && check(of_a, of_row);
        sub(broadcast_row(in_row), a.view, out.view);
        right = right && check(of_row, of_a);
        sub(a.view, broadcast_column(column), out.view);
        right = right && check(of_a, of_column);
        sub(broadcast_row(in_row), broadcast_column(column), out.view);
        right = right && check(of_row, of_column);
        sub(broadcast_column(column), 0.75f, out.view);
        right = right && check(of_column, of_scalar);
        fma(a.view, 1.0f, broadcast_row(in_row), out.view);
        right = right && check(of_a, [&](std::size_t, std::size_t j) { return -in_row[j]; });
        if (!right) {
          FAIL("shape " << s.rows << "x" << s.cols << ", layouts " << la << " " << lo);
        }
      }
    }
  }
  SUCCEED();
}

TEST_CASE("math/map: vectors with any stride") {
  for (const std::ptrdiff_t stride : {1, 2, 3, 17, -1, -2}) {
    for (const std::size_t n : {0u, 1u, 15u, 16u, 17u, 33u, 255u, 256u, 257u, 1000u}) {
      std::vector<float> memory = test::ordinary_values<float>(17 * 1000 + 1, 1);
      float* const end = memory.data() + 17 * 1000;
      const vector_view<float> x(stride > 0 ? memory.data() : end, n, stride);
      std::vector<float> out(n);
      std::vector<float> expected(n);
      for (std::size_t i = 0; i < n; ++i) {
        expected[i] = plain_sub(x[i], 1.0f);
      }
      sub(x, 1.0f, out);
      CHECK(test::same(out, expected));
      sub(x, 1.0f, x);
      for (std::size_t i = 0; i < n; ++i) {
        out[i] = x[i];
      }
      CHECK(test::same(out, expected));
    }
  }
}

TEST_CASE("math/map: in place, and a scalar that is an element of the output") {
  std::vector<float> x = test::ordinary_values<float>(1000, 1);
  const std::vector<float> y = test::ordinary_values<float>(1000, 2);
  std::vector<float> expected(1000);
  for (std::size_t i = 0; i < 1000; ++i) {
    expected[i] = plain_sub(plain_sub(x[i], y[i]), plain_sub(x[0], y[0]));
  }
  sub(x, y, x);
  sub(x, x[0], x);
  CHECK(test::same(x, expected));
  sub(x, x, x);
  CHECK(test::same(x, std::vector<float>(1000, 0.0f)));

  // rows of one matrix beside each other are not an overlap
  std::vector<float> memory = test::ordinary_values<float>(12, 3);
  const matrix_view<float> m(memory.data(), 3, 4);
  const std::vector<float> before = memory;
  neg(m.submatrix(0, 0, 3, 2), m.submatrix(0, 2, 3, 2));
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(m(i, 2) == -before[4 * i]);
    CHECK(m(i, 3) == -before[4 * i + 1]);
  }
  const vector_view<float> even(memory.data(), 6, 2);
  const vector_view<float> odd(memory.data() + 1, 6, 2);
  neg(even, odd);
  CHECK(memory[11] == -memory[10]);
}

TEST_CASE("math/map: refused before anything is written") {
  std::vector<float> x = test::ordinary_values<float>(40, 1);
  const std::vector<float> before = x;
  std::vector<float> y(40);
  const matrix_view<float> m(x.data(), 4, 10);
  const matrix_view<float> o(y.data(), 4, 10);
  const vector_view<float> v(x);
  CHECK(message_of([&] { add(x, y, vector_view<float>(y).subview(0, 39)); }) ==
        "detops::add: a [40] does not fit out [39]");
  CHECK(message_of([&] { mul(y, vector_view<float>(x).subview(0, 39), y); }) ==
        "detops::mul: b [39] does not fit out [40]");
  CHECK(message_of([&] { exp(m.transposed(), o); }) ==
        "detops::exp: in [10x4] does not fit out [4x10]");
  CHECK(message_of([&] { add(m, broadcast_row(v.subview(0, 4)), o); }) ==
        "detops::add: b [1x4] does not fit out [4x10]");
  CHECK(message_of([&] { add(m, broadcast_column(v.subview(0, 10)), o); }) ==
        "detops::add: b [10x1] does not fit out [4x10]");
  CHECK(message_of([&] { add(v.subview(0, 30), 1.0f, v.subview(1, 30)); }) ==
        "detops::add: a [30] overlaps out [30] without being the same elements");
  CHECK(message_of([&] { fma(y, y, v.subview(0, 20), vector_view<float>(x.data(), 20, 2)); }) ==
        "detops::fma: a [40] does not fit out [20]");
  CHECK(message_of([&] {
          fma(vector_view<float>(y).subview(0, 20), 1.0f, v.subview(0, 20),
              vector_view<float>(x.data(), 20, 2));
        }) == "detops::fma: c [20] overlaps out [20] without being the same elements");
  CHECK(message_of([&] { add(m, broadcast_row(m.row(2)), m); }) ==
        "detops::add: b [1x10] overlaps out [4x10] without being the same elements");
  CHECK(message_of([&] { tanh(m.submatrix(0, 0, 4, 9), m.submatrix(0, 1, 4, 9)); }) ==
        "detops::tanh: in [4x9] overlaps out [4x9] without being the same elements");
  CHECK(message_of([&] { log(y, vector_view<float>(x.data(), 40, 0)); }) ==
        "detops::log: out [40] with strides 0 and 1 holds some element twice");
  CHECK(message_of([&] {
          neg(o.submatrix(0, 0, 4, 4), matrix_view<float>(x.data(), 4, 4, 3, 1));
        }) == "detops::neg: out [4x4] with strides 3 and 1 holds some element twice");
  CHECK_THROWS_WITH(neg(vector_view<float>(nullptr, 40), x), detops_test::contains("null data"));
  CHECK_THROWS_WITH(neg(y, vector_view<float>(nullptr, 40)), detops_test::contains("null data"));
  CHECK(test::same(x, before));
  CHECK(test::same(y, std::vector<float>(40)));
}

TEST_CASE("math/map: nothing to do") {
  std::vector<float> none;
  add(none, none, none);
  exp(none, none);
  sub(none, 1.0f, none);
  add(matrix_view<float>(nullptr, 0, 5), broadcast_column(none), matrix_view<float>(nullptr, 0, 5));
  SUCCEED();
}

TEST_CASE("math/map: executors change no bit") {
  for (const std::size_t n : {100u, 16384u, 16385u, 100000u}) {
    const std::vector<float> a = test::any_values<float>(n, 1);
    const std::vector<float> b = test::any_values<float>(n, 2);
    std::vector<float> sum(n);
    std::vector<float> power(n);
    add(a, b, sum);
    exp(a, power);
    for (const std::size_t threads : {1u, 2u, 3u, 7u}) {
      const thread_pool pool(threads);
      std::vector<float> out(n);
      add(pool, a, b, out);
      CHECK(test::same(out, sum));
      exp(pool, a, out);
      CHECK(test::same(out, power));
    }
  }
  const placed a(700, 301, 2, 1);
  placed out(700, 301, 0, 2);
  placed out_of_pool(700, 301, 0, 3);
  const std::vector<float> bias = test::ordinary_values<float>(301, 4);
  add(a.view, broadcast_row(bias), out.view);
  const thread_pool pool(3);
  add(pool, a.view, broadcast_row(bias), out_of_pool.view);
  CHECK(test::same(elements(out.view), elements(out_of_pool.view)));
}

TEST_CASE("math/map: the caller's rounding mode and flush bits change no bit and come back") {
  const std::size_t n = 40000;
  const std::vector<float> a = test::any_values<float>(n, 1);
  const std::vector<float> b = test::any_values<float>(n, 2);
  std::vector<float> sum(n);
  std::vector<float> product(n);
  std::vector<float> power(n);
  add(a, b, sum);
  mul(a, b, product);
  exp(a, power);
  const thread_pool pool(2);
  const auto check = [&] {
    std::vector<float> out(n);
    add(a, b, out);
    CHECK(test::same(out, sum));
    mul(pool, a, b, out);
    CHECK(test::same(out, product));
    exp(a, out);
    CHECK(test::same(out, power));
  };
  for (const int mode : {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO}) {
    std::fesetround(mode);
    check();
    const int after = std::fegetround();
    std::fesetround(FE_TONEAREST);
    CHECK(after == mode);
  }
#if defined(__SSE2__)
  const unsigned before = detail::read_fp_control();
  detail::write_fp_control(before | 0x8040u); // FTZ and DAZ
  check();
  const unsigned after = detail::read_fp_control();
  detail::write_fp_control(before);
  CHECK((after & 0x8040u) == 0x8040u);
#endif
}

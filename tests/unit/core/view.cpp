// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstdint>
#include <limits>
#include <random>
#include <set>
#include <span>
#include <stdexcept>
#include <vector>

#include <detops/core/view.hpp>

#include "catch.hpp"

using namespace detops;

static_assert(vector_like<std::vector<float>> && vector_like<const std::vector<float>> &&
              vector_like<std::span<const double>> && vector_like<std::array<float, 3>> &&
              vector_like<float[4]> && vector_like<vector_view<float>> &&
              !vector_like<matrix_view<float>> && !vector_like<float>);
static_assert(matrix_like<matrix_view<float>> && !matrix_like<std::vector<float>>);
static_assert(std::is_constructible_v<vector_view<const float>, const std::vector<float>&> &&
              std::is_constructible_v<vector_view<const float>, std::span<float>> &&
              std::is_constructible_v<vector_view<const float>, vector_view<float>> &&
              !std::is_constructible_v<vector_view<const float>, std::vector<float>> &&
              !std::is_constructible_v<vector_view<float>, const std::vector<float>&> &&
              !std::is_constructible_v<vector_view<float>, vector_view<const float>> &&
              !std::is_constructible_v<matrix_view<float>, matrix_view<const float>>);

TEST_CASE("core/view: elements, rows, columns, transpose") {
  std::array<int, 12> data{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
  const matrix_view<int> m(data.data(), 3, 4);
  CHECK(m(2, 3) == 11);
  CHECK(m.transposed()(3, 2) == 11);
  CHECK(m.row(1)[2] == 6);
  CHECK(m.col(1)[2] == 9);
  CHECK(m.submatrix(1, 1, 2, 2)(1, 1) == 10);
  const vector_view<int> backwards(data.data() + 11, 12, -1);
  CHECK(backwards[0] == 11);
  CHECK(backwards.subview(2, 3)[1] == 8);
}

TEST_CASE("core/view: overlap is exact for equal strides") {
  // every pair of small views in a small buffer against the sets of their addresses
  std::array<float, 64> data{};
  std::mt19937 random(7);
  const auto pick = [&](unsigned low, unsigned high) {
    return std::uniform_int_distribution<unsigned>(low, high)(random);
  };
  int exact = 0;
  for (int repeat = 0; repeat < 20000; ++repeat) {
    const auto row_stride = static_cast<std::ptrdiff_t>(pick(1, 12));
    const auto col_stride = static_cast<std::ptrdiff_t>(pick(1, 4));
    const auto view = [&] {
      for (;;) {
        const std::size_t rows = pick(0, 4);
        const std::size_t cols = pick(0, 4);
        const std::size_t first = pick(0, 20);
        const matrix_view<float> v(data.data() + first, rows, cols, row_stride, col_stride);
        if (rows == 0 || cols == 0 || &v(rows - 1, cols - 1) < data.data() + data.size()) {
          return v;
        }
      }
    };
    const auto a = view();
    const auto b = view();
    std::set<const float*> in_a;
    bool shared = false;
    for (std::size_t i = 0; i < a.rows; ++i) {
      for (std::size_t j = 0; j < a.cols; ++j) {
        in_a.insert(&a(i, j));
      }
    }
    for (std::size_t i = 0; i < b.rows; ++i) {
      for (std::size_t j = 0; j < b.cols; ++j) {
        shared = shared || in_a.count(&b(i, j)) != 0;
      }
    }
    const bool reported = detail::overlap(a, b);
    const bool lattice =
        (static_cast<std::ptrdiff_t>(std::max(a.cols, b.cols)) - 1) * col_stride < row_stride;
    if (lattice) {
      ++exact;
      CHECK(reported == shared);
    } else {
      CHECK((reported || !shared)); // never misses one
    }
  }
  CHECK(exact > 1000);
}

TEST_CASE("core/view: null data and sizes beyond the address space are refused") {
  const auto check = [](const matrix_view<const float>& v) { detail::check_view("sum", "x", v); };
  CHECK_THROWS_WITH(check({nullptr, 3, 4}), "detops::sum: x [3x4] has null data");
  CHECK_NOTHROW(check({nullptr, 0, 4}));
  CHECK_NOTHROW(check({nullptr, 4, 0}));
  const float one = 1;
  constexpr std::size_t huge = std::numeric_limits<std::size_t>::max();
  CHECK_THROWS_AS(check({&one, huge, huge, 1, 1}), std::invalid_argument);
  CHECK_THROWS_AS(check({&one, 2, 2, std::numeric_limits<std::ptrdiff_t>::min(), 1}),
                  std::invalid_argument);
  CHECK_THROWS_AS(check({&one, std::size_t{1} << 40, 1, std::ptrdiff_t{1} << 40, 1}),
                  std::invalid_argument);
  CHECK_NOTHROW(check({&one, 1, 1, std::numeric_limits<std::ptrdiff_t>::min(), 1}));
}

TEST_CASE("core/view: both strides together stay within the address space") {
  // each reaches just as far as one may, so that only their sum is too far
  const float one = 1;
  constexpr std::ptrdiff_t reach = std::numeric_limits<std::ptrdiff_t>::max() / 4;
  const auto check = [&](std::ptrdiff_t row_stride, std::ptrdiff_t col_stride) {
    detail::check_view("sum", "x", matrix_view<const float>(&one, 2, 2, row_stride, col_stride));
  };
  CHECK_NOTHROW(check(reach - 1, 1));
  CHECK_THROWS_AS(check(reach, 1), std::invalid_argument);
  CHECK_THROWS_AS(check(reach, reach), std::invalid_argument);
  CHECK_THROWS_AS(check(-reach, reach), std::invalid_argument);
}

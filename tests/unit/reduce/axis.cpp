// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <limits>
#include <random>
#include <stdexcept>
#include <vector>

#include <detops/exec.hpp>
#include <detops/reduce.hpp>

#include "catch.hpp"

using namespace detops;

namespace axis_tests {

template <class T>
bool same(T a, T b) {
  return detail::to_bits(a) == detail::to_bits(b);
}

/// Every line along the axis reduced alone is every element of the axis form, in every layout.
template <class T>
void check_shape(std::size_t rows, std::size_t cols) {
  INFO(rows << " x " << cols);
  const thread_pool pool(3);
  std::mt19937_64 random(rows * 1000 + cols);
  const T nan = std::numeric_limits<T>::quiet_NaN();
  const auto r = static_cast<std::ptrdiff_t>(rows);
  const auto c = static_cast<std::ptrdiff_t>(cols);
  const std::ptrdiff_t layouts[][2] = {{c, 1}, {1, r}, {c + 5, 1}, {1, r + 3}, {2 * c + 1, 2}};
  std::vector<T> values(rows * cols);
  for (T& value : values) {
    value =
        static_cast<T>(static_cast<std::int64_t>(random())) * (random() % 7 == 0 ? T{1024} : T{1});
  }
  for (const auto& layout : layouts) {
    std::vector<T> data(
        static_cast<std::size_t>(std::max<std::ptrdiff_t>(1, r * layout[0] + c * layout[1] + 1)),
        nan);
    const matrix_view<T> x(data.data(), rows, cols, layout[0], layout[1]);
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t j = 0; j < cols; ++j) {
        x(i, j) = values[i * cols + j];
      }
    }
    for (const std::size_t axis : {0u, 1u}) {
      const std::size_t count = axis == 0 ? cols : rows;
      const auto line = [&](std::size_t k) { return axis == 0 ? x.col(k) : x.row(k); };
      std::vector<T> plain(count, nan), threads(count, nan), compensated(count, nan),
          means(count, nan);
      sum(x, axis, plain);
      sum(pool, x, axis, threads);
      sum(pool, x, axis, compensated, kahan);
      mean(x, axis, means);
      for (std::size_t k = 0; k < count; ++k) {
        REQUIRE(same(plain[k], sum(line(k))));
        REQUIRE(same(threads[k], plain[k]));
        REQUIRE(same(compensated[k], sum(line(k), kahan)));
        REQUIRE(same(means[k], mean(line(k))));
      }
      if ((axis == 0 ? rows : cols) > 0) {
        std::vector<T> largest(2 * count, nan);
        std::vector<T> smallest(count, nan);
        std::vector<std::uint32_t> where(count);
        std::vector<int> where_smallest(count);
        max(pool, x, axis, vector_view<T>(largest.data(), count, 2));
        min(x, axis, smallest);
        argmax(x, axis, where);
        argmin(pool, x, axis, where_smallest);
        for (std::size_t k = 0; k < count; ++k) {
          REQUIRE(same(largest[2 * k], max(line(k))));
          REQUIRE(same(smallest[k], min(line(k))));
          REQUIRE(where[k] == argmax(line(k)));
          REQUIRE(static_cast<std::size_t>(where_smallest[k]) == argmin(line(k)));
        }
      }
    }
  }
}

TEST_CASE("reduce/axis: every line has the bits it has alone") {
  for (const std::size_t rows : {0u, 1u, 2u, 7u, 16u, 17u, 33u, 128u}) {
    for (const std::size_t cols : {0u, 1u, 3u, 10u, 16u, 31u, 257u}) {
      check_shape<float>(rows, cols);
      check_shape<double>(rows, cols);
    }
  }
  check_shape<float>(70000, 3);
  check_shape<double>(3, 70000);
}

TEST_CASE("reduce/axis: zeros of both signs, NaN and infinities, as each line alone") {
  std::mt19937_64 random(7);
  const float infinity = std::numeric_limits<float>::infinity();
  const float special[][4] = {
      {-0.0f, -0.0f, -0.0f, -0.0f},
      {-0.0f, 0.0f, -1.0f, -0.0f},
      {infinity, 1.0f, std::numeric_limits<float>::quiet_NaN(), -infinity},
      {std::numeric_limits<float>::max(), -std::numeric_limits<float>::max(), 1e-40f, 3.0f},
  };
  for (const auto& values : special) {
    for (const std::size_t rows : {3u, 17u, 40u, 300u}) {
      for (const std::size_t cols : {5u, 8u, 23u, 64u, 99u}) {
        std::vector<float> data(rows * cols);
        for (float& value : data) {
          value = values[random() % 4];
        }
        const matrix_view<float> x(data.data(), rows, cols);
        for (const std::size_t axis : {0u, 1u}) {
          INFO(rows << " x " << cols << " along " << axis << " of " << values[0]);
          const auto line = [&](std::size_t k) { return axis == 0 ? x.col(k) : x.row(k); };
          std::vector<float> out(axis == 0 ? cols : rows);
          const auto check = [&](const auto& alone) {
            for (std::size_t k = 0; k < out.size(); ++k) {
              REQUIRE(same(out[k], alone(line(k))));
            }
          };
          sum(x, axis, out);
          check([](const auto& one) { return sum(one); });
          sum(x, axis, out, kahan);
          check([](const auto& one) { return sum(one, kahan); });
          max(x, axis, out);
          check([](const auto& one) { return max(one); });
          min(x, axis, out);
          check([](const auto& one) { return min(one); });
          norm2(x, axis, out);
          check([](const auto& one) { return norm2(one); });
          variance(x, axis, out, 1);
          check([](const auto& one) { return variance(one, 1); });
          stddev(x, axis, out, 0, wide);
          check([](const auto& one) { return stddev(one, 0, wide); });
        }
      }
    }
  }
}

TEST_CASE("reduce/axis: bad input names the operation and the shapes, and nothing is written") {
  std::vector<float> data(12, 1);
  const matrix_view<float> x(data.data(), 3, 4);
  std::vector<float> out(3, 5);
  CHECK_THROWS_WITH(sum(x, 0, out),
                    "detops::sum: out [3] for x [3x4] along axis 0 needs 4 elements");
  CHECK_THROWS_WITH(max(x, 2, out), "detops::max: axis 2 of x [3x4]; a matrix has axes 0 and 1");
  CHECK_THROWS_AS(sum(x, 1, vector_view<float>(out.data(), 3, 0)), std::invalid_argument);
  CHECK_THROWS_AS(sum(x, 1, vector_view<float>(data.data(), 3)), std::invalid_argument);
  CHECK_THROWS_AS(sum(matrix_view<float>(nullptr, 3, 4), 1, out), std::invalid_argument);
  CHECK(out == std::vector<float>(3, 5));
  std::vector<float> three(3, 5);
  CHECK_THROWS_AS(max(matrix_view<float>(data.data(), 3, 0), 1, three), std::invalid_argument);
  std::vector<std::int8_t> narrow(1);
  std::vector<float> long_row(200);
  CHECK_THROWS_AS(argmax(matrix_view<float>(long_row.data(), 1, 200), 1, narrow),
                  std::invalid_argument);
}

} // namespace axis_tests

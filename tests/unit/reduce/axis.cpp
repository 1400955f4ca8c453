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
          means(count, nan), products(count, nan);
      sum(x, axis, plain);
      sum(pool, x, axis, threads);
      sum(pool, x, axis, compensated, kahan);
      mean(x, axis, means);
      prod(pool, x, axis, products);
      for (std::size_t k = 0; k < count; ++k) {
        REQUIRE(same(plain[k], sum(line(k))));
        REQUIRE(same(threads[k], plain[k]));
        REQUIRE(same(compensated[k], sum(line(k), kahan)));
        REQUIRE(same(means[k], mean(line(k))));
        REQUIRE(same(products[k], prod(line(k))));
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
          prod(x, axis, out);
          check([](const auto& one) { return prod(one); });
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

/// Every line along both axes reduced alone is every element of the axis forms of integers, counts and extrema.
template <class T>
void check_lines(const matrix_view<const T>& x) {
  const thread_pool pool(3);
  for (const std::size_t axis : {0u, 1u}) {
    INFO(x.rows << " x " << x.cols << " along " << axis << ", strides " << x.row_stride << ' '
                << x.col_stride);
    const std::size_t count = axis == 0 ? x.cols : x.rows;
    const auto alone = [&]<class R>(R, const auto& value) {
      std::vector<R> expected;
      for (std::size_t k = 0; k < count; ++k) {
        expected.push_back(static_cast<R>(value(axis == 0 ? x.col(k) : x.row(k))));
      }
      return expected;
    };
    std::vector<std::uint32_t> counts(count), threads(count);
    std::vector<unsigned char> some(count, 7);
    std::vector<std::int16_t> every(count, 7);
    count_nonzero(x, axis, counts);
    count_nonzero(pool, x, axis, threads);
    any(pool, x, axis, some);
    all(x, axis, every);
    REQUIRE(counts == alone(std::uint32_t{}, [](auto line) { return count_nonzero(line); }));
    REQUIRE(threads == counts);
    REQUIRE(some == alone(static_cast<unsigned char>(0), [](auto line) { return any(line); }));
    REQUIRE(every == alone(std::int16_t{}, [](auto line) { return all(line); }));
    if constexpr (std::integral<T>) {
      using S = integer_sum_t<T>;
      std::vector<S> sums(count), by_threads(count), products(count), spaced(2 * count, S{7});
      std::vector<double> means(count);
      sum(x, axis, sums);
      sum(pool, x, axis, by_threads);
      prod(x, axis, products);
      prod(pool, x, axis, vector_view<S>(spaced.data(), count, 2));
      REQUIRE(sums == alone(S{}, [](auto line) { return sum(line); }));
      REQUIRE(by_threads == sums);
      REQUIRE(products == alone(S{}, [](auto line) { return prod(line); }));
      for (std::size_t k = 0; k < count; ++k) {
        REQUIRE((spaced[2 * k] == products[k] && spaced[2 * k + 1] == 7));
      }
      if ((axis == 0 ? x.rows : x.cols) > 0) { // else NaN
        mean(x, axis, means);
        REQUIRE(means == alone(double{}, [](auto line) { return mean(line); }));
      }
    }
    if ((axis == 0 ? x.rows : x.cols) > 0) {
      std::vector<T> low(count), high(count), largest(count);
      std::vector<int> where(count);
      minmax(pool, x, axis, low, high);
      max(x, axis, largest);
      argmin(pool, x, axis, where);
      REQUIRE(low == alone(T{}, [](auto line) { return min(line); }));
      REQUIRE(high == alone(T{}, [](auto line) { return max(line); }));
      REQUIRE(largest == high);
      REQUIRE(where == alone(int{}, [](auto line) { return argmin(line); }));
    }
  }
}

TEMPLATE_TEST_CASE("reduce/axis: integers, counts and extrema, as each line alone", "", std::int8_t,
                   std::uint64_t, float) {
  std::mt19937_64 random(11);
  const auto check = [&](std::size_t rows, std::size_t cols) {
    const auto r = static_cast<std::ptrdiff_t>(rows), c = static_cast<std::ptrdiff_t>(cols);
    std::vector<TestType> data((rows + 3) * (2 * cols + 3));
    for (TestType& value : data) { // of both signs, with zeros, and some that are large
      const std::uint64_t h = random();
      value = static_cast<TestType>(h % 3 == 0 ? 0 : static_cast<std::int64_t>(h) >> 7);
    }
    for (const auto& [down, along] : {std::pair{c, std::ptrdiff_t{1}},
                                      {std::ptrdiff_t{1}, r},
                                      {2 * c + 1, std::ptrdiff_t{1}},
                                      {2 * c + 1, std::ptrdiff_t{2}}}) {
      check_lines(matrix_view<const TestType>(data.data(), rows, cols, down, along));
    }
    if (rows > 0) {
      check_lines(matrix_view<const TestType>(data.data() + (rows - 1) * cols, rows, cols, -c, 1));
    }
    check_lines(matrix_view<const TestType>(data.data(), rows, cols, 0, 1));
  };
  for (const std::size_t rows : {0u, 1u, 2u, 3u, 4u, 5u, 8u, 23u}) {
    for (const std::size_t cols : {0u, 1u, 7u, 8u, 9u, 255u, 257u, 515u}) {
      check(rows, cols);
    }
  }
  check(3300, 40); // several tasks below one another
  check(3, 70000);
}

TEST_CASE("reduce/axis: truth values, and zeros among NaN and subnormal numbers") {
  const float nan = std::numeric_limits<float>::quiet_NaN(),
              least = std::numeric_limits<float>::denorm_min();
  const std::vector<float> data = {0, -0.0f, nan, 1, 0, least, -0.0f, 0, 0, 0, 0, 2};
  const matrix_view<const float> x(data.data(), 3, 4);
  bool some[4] = {}, every[3] = {};
  any(x, 0, vector_view<bool>(some, 4));
  CHECK((some[0] == false && some[1] == true && some[2] == true && some[3] == true));
  all(x, 1, vector_view<bool>(every, 3));
  CHECK((every[0] == false && every[1] == false && every[2] == false));
  std::vector<std::int8_t> counts(3);
  count_nonzero(x, 1, counts);
  CHECK(counts == std::vector<std::int8_t>{2, 1, 1});
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
  CHECK_THROWS_WITH(minmax(x, 1, vector_view<float>(three.data(), 3), three),
                    "detops::minmax: the outputs [3] and [3] overlap");
  CHECK_THROWS_AS(minmax(x, 0, std::vector<float>(4), three), std::invalid_argument);
  CHECK_THROWS_AS(minmax(x, 1, three, vector_view<float>(data.data(), 3)), std::invalid_argument);
  CHECK_THROWS_AS(minmax(matrix_view<float>(data.data(), 3, 0), 1, three, out),
                  std::invalid_argument);
  CHECK_THROWS_WITH(prod(x, 0, three),
                    "detops::prod: out [3] for x [3x4] along axis 0 needs 4 elements");
  CHECK(three == std::vector<float>(3, 5));
  CHECK(out == std::vector<float>(3, 5));
  std::vector<std::int8_t> narrow(1);
  std::vector<float> long_row(200);
  std::vector<double> doubles(3, 5);
  const std::vector<int> whole(12, 1);
  CHECK_THROWS_WITH(mean(matrix_view<const int>(whole.data(), 3, 4), 3, doubles),
                    "detops::mean: axis 3 of x [3x4]; a matrix has axes 0 and 1");
  CHECK_THROWS_WITH(count_nonzero(matrix_view<float>(long_row.data(), 1, 200), 1, narrow),
                    "detops::count_nonzero: the type of out cannot hold counts up to 200");
  CHECK(narrow[0] == 0);
  CHECK(doubles == std::vector<double>(3, 5));
  CHECK_THROWS_AS(argmax(matrix_view<float>(long_row.data(), 1, 200), 1, narrow),
                  std::invalid_argument);
}

} // namespace axis_tests

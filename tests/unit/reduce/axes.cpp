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

namespace axes_tests {

template <class T>
bool same_bits(T a, T b) {
  return detail::to_bits(a) == detail::to_bits(b);
}

/// A view of random values, some of them NaN, -0 or large, with gaps and strides of both signs.
template <class T>
struct random_view {
  std::vector<T> storage;
  nd_view<const T> view;

  explicit random_view(std::mt19937_64& random) {
    nd_view<T> x;
    x.rank = random() % 4 + 1;
    std::size_t order[max_rank] = {0, 1, 2, 3}; // innermost first
    std::shuffle(order, order + x.rank, random);
    std::size_t size = 1, begin = 0;
    for (std::size_t k = 0; k < x.rank; ++k) {
      const std::size_t d = order[k];
      x.extents[d] = random() % 12 == 0 ? 0 : random() % 3 == 0 ? 1 : random() % 9 + 1;
      const bool backwards = random() % 3 == 0;
      x.strides[d] =
          backwards ? -static_cast<std::ptrdiff_t>(size) : static_cast<std::ptrdiff_t>(size);
      if (backwards && x.extents[d] > 0) {
        begin += (x.extents[d] - 1) * size;
      }
      size = size * std::max<std::size_t>(x.extents[d], 1) + random() % 2;
    }
    storage.resize(size);
    const bool specials = random() % 3 == 0;
    for (T& value : storage) {
      const std::uint64_t h = random();
      value = static_cast<T>(static_cast<std::int32_t>(h >> 32)) * (h % 5 == 0 ? T{4096} : T{1});
      if (specials && h % 17 == 0) {
        value = h % 2 == 0 ? std::numeric_limits<T>::quiet_NaN() : -T{0};
      }
    }
    x.data = storage.data() + begin;
    view = x;
  }
};

/// The reduced elements of each line, by counting through all indices.
template <class T>
std::vector<std::vector<T>> gathered(const nd_view<const T>& x,
                                     const std::vector<std::size_t>& axes) {
  std::size_t extents[max_rank] = {1, 1, 1, 1};
  std::ptrdiff_t strides[max_rank] = {};
  bool reduced[max_rank] = {};
  std::copy_n(x.extents.begin(), x.rank, extents);
  std::copy_n(x.strides.begin(), x.rank, strides);
  for (const std::size_t axis : axes) {
    reduced[axis] = true;
  }
  std::size_t count = 1;
  for (std::size_t d = 0; d < x.rank; ++d) {
    count *= reduced[d] ? 1 : extents[d];
  }
  std::vector<std::vector<T>> lines(count);
  std::size_t at[max_rank];
  for (at[0] = 0; at[0] < extents[0]; ++at[0]) {
    for (at[1] = 0; at[1] < extents[1]; ++at[1]) {
      for (at[2] = 0; at[2] < extents[2]; ++at[2]) {
        for (at[3] = 0; at[3] < extents[3]; ++at[3]) {
          std::size_t line = 0;
          std::ptrdiff_t offset = 0;
          for (std::size_t d = 0; d < x.rank; ++d) {
            offset += static_cast<std::ptrdiff_t>(at[d]) * strides[d];
            line = reduced[d] ? line : line * extents[d] + at[d];
          }
          lines[line].push_back(x.data[offset]);
        }
      }
    }
  }
  return lines;
}

std::vector<std::size_t> random_axes(std::size_t rank, std::mt19937_64& random) {
  std::vector<std::size_t> axes;
  for (std::size_t d = 0; d < rank; ++d) {
    if (random() % 2 == 0) {
      axes.push_back(d);
    }
  }
  std::shuffle(axes.begin(), axes.end(), random);
  return axes;
}

TEMPLATE_TEST_CASE("reduce/axes: every line has the bits it has alone", "", float, double) {
  using T = TestType;
  const thread_pool pool(3);
  const unsigned seed = 20261126;
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  for (int trial = 0; trial < 400; ++trial) {
    const random_view<T> from(random);
    const nd_view<const T>& x = from.view;
    const auto axes = random_axes(x.rank, random);
    const axis_list list{std::span<const std::size_t>(axes)};
    const auto lines = gathered(x, axes);
    std::vector<T> serial(lines.size()), spaced(2 * lines.size() + 1, T{7});
    std::vector<T> high(lines.size()), spaced_high(lines.size());
    const vector_view<T> threads(spaced.data(), lines.size(), 2);
    const auto check = [&](const char* name, const auto& alone) {
      INFO(name << ", trial " << trial);
      for (std::size_t k = 0; k < lines.size(); ++k) {
        const T expected = alone(lines[k]);
        REQUIRE(same_bits(serial[k], expected));
        REQUIRE(same_bits(threads[k], expected));
        REQUIRE(spaced[2 * k + 1] == 7);
      }
    };
    const auto sums = [&](auto policy) {
      sum(x, list, serial, policy);
      sum(pool, x, list, threads, policy);
      check("sum", [&](const auto& line) { return sum(line, policy); });
      mean(x, list, serial, policy);
      mean(pool, x, list, threads, policy);
      check("mean", [&](const auto& line) { return mean(line, policy); });
      norm1(x, list, serial, policy);
      norm1(pool, x, list, threads, policy);
      check("norm1", [&](const auto& line) { return norm1(line, policy); });
      variance(x, list, serial, 1, policy);
      variance(pool, x, list, threads, 1, policy);
      check("variance", [&](const auto& line) { return variance(line, 1, policy); });
      stddev(x, list, serial, 0, policy);
      stddev(pool, x, list, threads, 0, policy);
      check("stddev", [&](const auto& line) { return stddev(line, 0, policy); });
    };
    trial % 4 == 0   ? sums(pairwise)
    : trial % 4 == 1 ? sums(kahan)
    : trial % 4 == 2 ? sums(wide)
                     : sums(exact);
    norm2(x, list, serial);
    norm2(pool, x, list, threads);
    check("norm2", [](const auto& line) { return norm2(line); });
    prod(x, list, serial);
    prod(pool, x, list, threads);
    check("prod", [](const auto& line) { return prod(line); });
    std::vector<std::uint16_t> counts(lines.size()), some(lines.size()), every(lines.size());
    count_nonzero(pool, x, list, counts);
    any(x, list, some);
    all(pool, x, list, every);
    for (std::size_t k = 0; k < lines.size(); ++k) {
      REQUIRE(counts[k] == count_nonzero(lines[k]));
      REQUIRE(some[k] == (any(lines[k]) ? 1 : 0));
      REQUIRE(every[k] == (all(lines[k]) ? 1 : 0));
    }
    if (lines.empty() || !lines[0].empty()) {
      max(x, list, serial);
      max(pool, x, list, threads);
      check("max", [](const auto& line) { return max(line); });
      min(x, list, serial);
      min(pool, x, list, threads);
      check("min", [](const auto& line) { return min(line); });
      minmax(pool, x, list, serial, spaced_high);
      minmax(x, list, high, threads);
      for (std::size_t k = 0; k < lines.size(); ++k) {
        const auto both = minmax(lines[k]);
        REQUIRE(same_bits(serial[k], both.min));
        REQUIRE(same_bits(high[k], both.min));
        REQUIRE(same_bits(spaced_high[k], both.max));
        REQUIRE(same_bits(threads[k], both.max));
      }
      std::vector<std::uint32_t> largest(lines.size());
      std::vector<std::int16_t> smallest(lines.size());
      argmax(pool, x, list, largest);
      argmin(x, list, smallest);
      for (std::size_t k = 0; k < lines.size(); ++k) {
        REQUIRE(largest[k] == argmax(lines[k]));
        REQUIRE(static_cast<std::size_t>(smallest[k]) == argmin(lines[k]));
      }
    } else {
      REQUIRE_THROWS_AS(max(x, list, serial), std::invalid_argument);
      REQUIRE_THROWS_AS(argmin(x, list, std::vector<int>(lines.size())), std::invalid_argument);
    }
  }
}

TEST_CASE("reduce/axes: integers, and lines for several tasks") {
  const thread_pool pool(3);
  std::vector<std::int32_t> values(40 * 700 * 3);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<std::int32_t>(i * 2654435761u);
  }
  const nd_view<const std::int32_t> x(values.data(), {40, 700, 3});
  std::vector<std::int64_t> sums(40);
  sum(pool, x, {2, 1}, sums);
  std::vector<std::int32_t> largest(700);
  max(pool, x, {0, 2}, largest);
  std::vector<std::int64_t> products(700);
  prod(pool, x, {0, 2}, products);
  std::vector<double> means(40);
  mean(pool, x, {2, 1}, means);
  std::vector<std::int32_t> low(700), high(700);
  minmax(x, {0, 2}, low, high);
  std::vector<std::uint8_t> where(700);
  argmin(x, {2, 0}, where);
  const auto by_row = gathered(x, {1, 2}), by_column = gathered(x, {0, 2});
  for (std::size_t i = 0; i < sums.size(); ++i) {
    REQUIRE(sums[i] == sum(by_row[i]));
    REQUIRE(same_bits(means[i], mean(by_row[i])));
  }
  for (std::size_t i = 0; i < largest.size(); ++i) {
    REQUIRE(largest[i] == max(by_column[i]));
    REQUIRE(products[i] == prod(by_column[i]));
    REQUIRE(low[i] == min(by_column[i]));
    REQUIRE(high[i] == largest[i]);
    REQUIRE(where[i] == argmin(by_column[i]));
  }
  std::vector<std::int64_t> whole(1);
  sum(pool, x, {0, 1, 2}, whole);
  CHECK(whole[0] == sum(values));
}

TEST_CASE("reduce/axes: bad input names the operation and the shapes, and nothing is written") {
  std::vector<float> data(24, 1), out(12, 5), one(1, 5);
  const nd_view<const float> x(data.data(), {2, 3, 4});
  CHECK_THROWS_WITH(variance(x, {0, 3}, out),
                    "detops::variance: axis 3 of x [2x3x4] does not exist");
  CHECK_THROWS_WITH(stddev(x, {1, 1}, out), "detops::stddev: axis 1 of x [2x3x4] is named twice");
  CHECK_THROWS_WITH(norm1(x, {2}, out, exact),
                    "detops::norm1: out [12] for x [2x3x4] needs 6 elements");
  CHECK_THROWS_WITH(norm2(x, {0}, vector_view<float>(out.data(), 12, 0)),
                    "detops::norm2: out [12] has stride 0");
  CHECK_THROWS_WITH(variance(x, {0}, vector_view<float>(data.data(), 12)),
                    "detops::variance: out [12] overlaps x [2x3x4]");
  CHECK_THROWS_WITH(norm1(nd_view<const float>(nullptr, {2, 3}), {0, 1}, one),
                    "detops::norm1: x [2x3] has null data");
  CHECK_THROWS_WITH(
      min(nd_view<const float>(data.data(), {0, 3}), {0}, std::vector<float>(3)),
      "detops::min: the reduced axes of x [0x3] have no elements, so no result exists");
  std::vector<float> long_row(300);
  std::vector<std::int8_t> narrow(2, 5);
  CHECK_THROWS_WITH(argmin(nd_view<const float>(long_row.data(), {2, 150}), {1}, narrow),
                    "detops::argmin: the type of out cannot hold positions up to 149");
  CHECK_THROWS_WITH(count_nonzero(nd_view<const float>(long_row.data(), {2, 150}), {1}, narrow),
                    "detops::count_nonzero: the type of out cannot hold counts up to 150");
  CHECK_THROWS_WITH(minmax(x, {0}, out, vector_view<float>(out.data(), 12)),
                    "detops::minmax: the outputs [12] and [12] overlap");
  CHECK_THROWS_WITH(minmax(x, {0}, out, one),
                    "detops::minmax: out [1] for x [2x3x4] needs 12 elements");
  CHECK_THROWS_WITH(
      minmax(nd_view<const float>(data.data(), {0, 3}), {0}, std::vector<float>(3),
             std::vector<float>(3)),
      "detops::minmax: the reduced axes of x [0x3] have no elements, so no result exists");
  CHECK(narrow[0] == 5);
  CHECK(out == std::vector<float>(12, 5));
  CHECK(one[0] == 5);
}

TEST_CASE("reduce/axes: an output holds what the elements give") {
  const auto accepts = []<class T, class U>(T, U) {
    return requires(nd_view<T> x, std::vector<U> out) { sum(x, axis_list{0}, out); };
  };
  STATIC_REQUIRE(accepts(float{}, float{}));
  STATIC_REQUIRE_FALSE(accepts(float{}, double{}));
  STATIC_REQUIRE_FALSE(accepts(double{}, float{}));
  STATIC_REQUIRE(accepts(std::int8_t{}, std::int64_t{}));
  STATIC_REQUIRE_FALSE(accepts(std::int8_t{}, std::int8_t{}));
  const auto multiplies = []<class T, class U>(T, U) {
    return requires(nd_view<T> x, std::vector<U> out) { prod(x, axis_list{0}, out); };
  };
  STATIC_REQUIRE(multiplies(float{}, float{}));
  STATIC_REQUIRE_FALSE(multiplies(float{}, double{}));
  STATIC_REQUIRE(multiplies(std::uint8_t{}, std::uint64_t{}));
  STATIC_REQUIRE_FALSE(multiplies(std::int8_t{}, std::uint64_t{}));
}

} // namespace axes_tests

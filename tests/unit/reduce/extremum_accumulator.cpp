// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include <Eigen/Core>

#include <detops/reduce.hpp>

#include "catch.hpp"

using namespace detops;

namespace extremum_accumulator_tests {

/// The bits of an element of any type.
template <class T>
std::uint64_t bits_of_element(const T& value) {
  if constexpr (std::integral<T>) {
    return static_cast<std::uint64_t>(value);
  } else if constexpr (real<T>) {
    return detail::to_bits(value);
  } else {
    return detail::half_bits(value);
  }
}

template <class T>
T random_element(std::mt19937_64& random, bool specials) {
  const std::uint64_t h = random();
  if constexpr (std::integral<T>) {
    return static_cast<T>(h);
  } else {
    if (specials && h % 11 == 0) {
      return h % 3 == 0 ? -static_cast<T>(0.0f)
                        : static_cast<T>(std::numeric_limits<float>::quiet_NaN());
    }
    return static_cast<T>(static_cast<float>(h % 7) - 3.0f) *
           static_cast<T>(specials ? 0.0f : 0.5f);
  }
}

TEMPLATE_TEST_CASE("reduce/extremum_accumulator: any chunks in any order", "", float, double,
                   Eigen::half, Eigen::bfloat16, std::int8_t, std::uint64_t) {
  using T = TestType;
  const unsigned seed = 8;
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  for (int trial = 0; trial < 500; ++trial) {
    std::vector<T> x(random() % 300 + 1);
    const bool specials = random() % 2 == 0;
    std::generate(x.begin(), x.end(), [&] { return random_element<T>(random, specials); });
    const auto expected = minmax(x);
    min_accumulator<T> smallest, smallest_of[3];
    max_accumulator<T> largest, largest_of[3];
    minmax_accumulator<T> both, both_of[3];
    for (std::size_t i = 0; i < x.size();) {
      const std::size_t count = std::min<std::size_t>(x.size() - i, random() % 90);
      const vector_view<const T> chunk(x.data() + i, count);
      const std::size_t part = random() % 3;
      if (count == 1) {
        smallest.add(x[i]);
        largest.add(x[i]);
        both.add(x[i]);
        smallest_of[part].add(x[i]);
        largest_of[part].add(x[i]);
        both_of[part].add(x[i]);
      } else {
        const vector_view<const T> backwards(x.data() + i + count - (count > 0), count, -1);
        smallest.add(chunk);
        largest.add(backwards);
        both.add(chunk);
        smallest_of[part].add(backwards);
        largest_of[part].add(chunk);
        both_of[part].add(backwards);
      }
      i += count;
    }
    for (const std::size_t part : {1u, 2u}) {
      smallest_of[0].merge(smallest_of[part]);
      largest_of[0].merge(largest_of[part]);
      both_of[0].merge(both_of[part]);
    }
    for (const auto& found : {smallest.value(), smallest_of[0].value(), both.value().min,
                              both_of[0].value().min, min(x)}) {
      REQUIRE(bits_of_element(found) == bits_of_element(expected.min));
    }
    for (const auto& found : {largest.value(), largest_of[0].value(), both.value().max,
                              both_of[0].value().max, max(x)}) {
      REQUIRE(bits_of_element(found) == bits_of_element(expected.max));
    }
    REQUIRE(smallest.count() == x.size());
    REQUIRE(largest_of[0].count() == x.size());
    REQUIRE(both_of[0].count() == x.size());
  }
}

TEST_CASE("reduce/extremum_accumulator: NaN wins and is canonical, -0 < +0") {
  const float nan = detail::from_bits<float>(0xffc00123u);
  minmax_accumulator<float> both;
  both.add(0.0f);
  both.add(-0.0f);
  CHECK(detail::to_bits(both.value().min) == 0x80000000u);
  CHECK(detail::to_bits(both.value().max) == 0u);
  both.add(nan);
  both.add(std::numeric_limits<float>::infinity());
  CHECK(detail::to_bits(both.value().min) == 0x7fc00000u);
  CHECK(detail::to_bits(both.value().max) == 0x7fc00000u);
}

TEST_CASE("reduce/extremum_accumulator: of nothing and of null data") {
  min_accumulator<float> smallest;
  smallest.add(std::vector<float>());
  smallest.merge(min_accumulator<float>());
  CHECK_THROWS_WITH(smallest.value(), "detops::min_accumulator::value: no element was added, so no "
                                      "result exists");
  CHECK_THROWS_WITH(max_accumulator<int>().value(),
                    detops_test::contains("max_accumulator::value"));
  CHECK_THROWS_WITH(minmax_accumulator<double>().value(),
                    detops_test::contains("minmax_accumulator::value"));
  CHECK_THROWS_WITH(smallest.add(vector_view<const float>(nullptr, 3)),
                    "detops::min_accumulator::add: x [1x3] has null data");
  CHECK_THROWS_WITH(max_accumulator<int>().add(vector_view<const int>(nullptr, 3)),
                    detops_test::contains("max_accumulator::add: x [1x3] has null data"));
  CHECK_THROWS_WITH(minmax_accumulator<int>().add(vector_view<const int>(nullptr, 3)),
                    detops_test::contains("minmax_accumulator::add: x [1x3] has null data"));
  CHECK(smallest.count() == 0);
}

} // namespace extremum_accumulator_tests

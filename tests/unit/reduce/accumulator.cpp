// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <stdexcept>
#include <vector>

#include <detops/reduce.hpp>

#include "catch.hpp"

using namespace detops;

namespace {

template <class T>
std::vector<T> random_values(std::size_t n, std::mt19937_64& random) {
  std::vector<T> x(n);
  for (T& value : x) {
    value = static_cast<T>(std::ldexp(static_cast<double>(static_cast<std::int64_t>(random())),
                                      static_cast<int>(random() % 60) - 90));
  }
  return x;
}

template <class T>
bool same(T a, T b) {
  return detail::to_bits(a) == detail::to_bits(b);
}

/// Chunks of random sizes and strides, and merges of a right part where the tree allows it.
template <class T, class Policy>
void check_chunks(Policy policy) {
  const unsigned seed = 20261122;
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  for (int trial = 0; trial < 2000; ++trial) {
    const auto x = random_values<T>(random() % 900, random);
    accumulator<T, Policy> chunks;
    for (std::size_t i = 0; i < x.size();) {
      const std::size_t most = random() % 3 == 0 ? 5 : 200;
      const std::size_t count = std::min<std::size_t>(x.size() - i, random() % most);
      if (count == 1) {
        chunks.add(x[i]);
      } else if (random() % 2 == 0) {
        chunks.add(vector_view<const T>(x.data() + i, count));
      } else {
        std::vector<T> spaced(3 * count + 1);
        for (std::size_t k = 0; k < count; ++k) {
          spaced[3 * k] = x[i + k];
        }
        chunks.add(vector_view<const T>(spaced.data(), count, 3));
      }
      i += count;
    }
    REQUIRE(same(chunks.value(), sum(x, policy)));

    const std::size_t cut = std::min<std::size_t>(x.size(), (random() % 12) * 16);
    accumulator<T, Policy> left, right;
    left.add(vector_view<const T>(x.data(), cut));
    right.add(vector_view<const T>(x.data() + cut, x.size() - cut));
    try {
      left.merge(right);
    } catch (const std::invalid_argument&) {
      REQUIRE_FALSE(std::same_as<Policy, exact_t>);
      REQUIRE(same(left.value(), sum(vector_view<const T>(x.data(), cut), policy)));
      continue;
    }
    REQUIRE(same(left.value(), sum(x, policy)));
  }
}

} // namespace

TEMPLATE_TEST_CASE("reduce/accumulator chunks", "", float, double) {
  check_chunks<TestType>(pairwise);
  check_chunks<TestType>(kahan);
  check_chunks<TestType>(wide);
  check_chunks<TestType>(exact);
}

TEST_CASE("reduce/accumulator merge states its condition") {
  accumulator<float> left, right;
  left.add(1.0f);
  right.add(2.0f);
  REQUIRE_THROWS_WITH(left.merge(right), Catch::Contains("a multiple of 16"));
  REQUIRE(left.value() == 1);
  REQUIRE(left.count() == 1);
}

TEMPLATE_TEST_CASE("reduce/accumulator exact: any order, removal, bytes", "", float, double) {
  using T = TestType;
  const unsigned seed = 7;
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  for (int trial = 0; trial < 300; ++trial) {
    auto x = random_values<T>(random() % 300, random);
    x.insert(x.end(), {std::numeric_limits<T>::max(), std::numeric_limits<T>::max(),
                       -std::numeric_limits<T>::max(), std::numeric_limits<T>::denorm_min()});
    accumulator<T, exact_t> forward, backward, parts[3];
    forward.add(x);
    const auto expected = forward.save();
    std::shuffle(x.begin(), x.end(), random);
    for (const T& value : x) {
      backward.add(value);
      parts[random() % 3].add(value);
    }
    parts[2].merge(parts[0]);
    parts[1].merge(parts[2]);
    REQUIRE(backward.save() == expected);
    REQUIRE(parts[1].save() == expected);
    REQUIRE(same(backward.value(), sum(x, exact)));

    auto loaded = accumulator<T, exact_t>::load(expected);
    loaded.add(std::numeric_limits<T>::infinity());
    loaded.add(std::numeric_limits<T>::quiet_NaN());
    REQUIRE(std::isnan(loaded.value()));
    loaded.remove(std::numeric_limits<T>::quiet_NaN());
    REQUIRE(std::isinf(loaded.value()));
    loaded.remove(std::numeric_limits<T>::infinity());
    REQUIRE(loaded.save() == expected);
    for (const T& value : x) {
      loaded.remove(value);
    }
    REQUIRE(same(loaded.value(), T{0}));
    loaded.add_products(x, x);
    REQUIRE(same(loaded.value(), dot(x, x, exact)));
    for (const T& value : x) {
      loaded.remove_product(value, value);
    }
    REQUIRE(same(loaded.value(), T{0}));
  }
}

TEST_CASE("reduce/accumulator refuses foreign bytes") {
  using exact_float = accumulator<float, exact_t>;
  auto bytes = exact_float().save();
  REQUIRE(exact_float::load(bytes).save() == bytes);
  REQUIRE_THROWS_AS(exact_float::load(std::span(bytes).first(bytes.size() - 1)),
                    std::invalid_argument);
  REQUIRE_THROWS_AS((accumulator<double, exact_t>::load(bytes)), std::invalid_argument);
  bytes[0] = std::byte{0};
  REQUIRE_THROWS_AS(exact_float::load(bytes), std::invalid_argument);
}

TEST_CASE("reduce/accumulator exact: many equal values") {
  accumulator<float, exact_t> total;
  const std::vector<float> tenth(1 << 16, 0.1f);
  for (int i = 0; i < 1 << 8; ++i) {
    total.add(tenth);
  }
  REQUIRE(total.value() == 0.1f * 16777216.0f); // 2^24 copies: exact, as a power of two times 0.1f
}

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include <detops/exec.hpp>
#include <detops/random.hpp>

#include "catch.hpp"
#include "host_environment.hpp"
#include "plain.hpp"

using namespace detops;

namespace {

template <class T>
concept has_normal = requires(random_key key) { normal<T>(key, 0); };
static_assert(has_normal<float> && !has_normal<double> && !has_normal<int>);

std::vector<std::uint32_t> bits_of(const std::vector<float>& x) {
  std::vector<std::uint32_t> bits;
  for (const float value : x) {
    bits.push_back(detail::to_bits(value));
  }
  return bits;
}
std::vector<std::uint32_t> plain_bits(random_key key, std::size_t n, std::uint64_t first) {
  std::vector<float> x(n);
  for (std::size_t i = 0; i < n; ++i) {
    x[i] = test::plain_normal(key, first + i);
  }
  return bits_of(x);
}

} // namespace

TEST_CASE("random/normal: every offset and length") {
  const random_key key = {0x123456789abcdef0u, 99};
  const auto plain = plain_bits(key, 1300, 0);
  for (std::size_t first = 0; first <= 70; ++first) {
    for (std::size_t n : {0u, 1u, 2u, 3u, 15u, 64u, 127u, 128u, 129u, 1111u}) {
      std::vector<float> out(n + 1, 7.0f);
      fill_normal(key, vector_view<float>(out.data(), n), first);
      CHECK(out[n] == 7.0f);
      out.pop_back();
      const auto from = plain.begin() + static_cast<std::ptrdiff_t>(first);
      REQUIRE(bits_of(out) ==
              std::vector<std::uint32_t>(from, from + static_cast<std::ptrdiff_t>(n)));
    }
  }
}

TEST_CASE("random/normal: keys, far indices and scalars") {
  for (const random_key& key : test::keys) {
    for (std::uint64_t first : test::far_indices) {
      std::vector<float> out(1200);
      fill_normal(key, out, first);
      const auto plain = plain_bits(key, 1200, first);
      CHECK(bits_of(out) == plain);
      for (std::size_t i = 0; i < 40; ++i) {
        REQUIRE(detail::to_bits(normal<float>(key, first + i)) == plain[i]);
      }
    }
  }
}

TEST_CASE("random/normal: chunks, executors, strides and parameters") {
  const random_key key = {3, 4};
  const std::size_t n = 200003;
  std::vector<float> whole(n);
  fill_normal(key, whole);
  for (std::size_t threads : {1u, 2u, 3u, 7u}) {
    const thread_pool pool(threads);
    std::vector<float> out(n);
    fill_normal(pool, key, out);
    CHECK(bits_of(out) == bits_of(whole));
  }
  std::vector<float> chunks(n);
  for (std::size_t first = 0, step = 1; first < n; first += step, step = step * 3 + 1) {
    fill_normal(par, key, vector_view<float>(chunks.data() + first, std::min(step, n - first)),
                first);
  }
  CHECK(bits_of(chunks) == bits_of(whole));
  std::vector<float> strided(2 * 1000);
  fill_normal(key, vector_view<float>(strided.data() + 1998, 1000, -2));
  std::vector<float> scaled(1000);
  fill_normal(key, scaled, {0.3f, 0.1f}, 5);
  std::vector<float> zero(3);
  fill_normal(key, zero, {2.5f, 0.0f});
  CHECK(zero == std::vector<float>(3, 2.5f));
  bool equal = true;
  for (std::size_t i = 0; i < 1000; ++i) {
    equal = equal && detail::to_bits(strided[1998 - 2 * i]) == detail::to_bits(whole[i]);
    equal =
        equal && detail::to_bits(scaled[i]) == detail::to_bits(std::fma(whole[i + 5], 0.1f, 0.3f));
  }
  CHECK(equal);
}

TEST_CASE("random/normal: errors") {
  using detops_test::contains;
  const random_key bad = {1, std::uint64_t{1} << 63};
  std::vector<float> out(10, 9.0f);
  const float inf = std::numeric_limits<float>::infinity();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH(normal<float>(bad, 0), contains("detops::normal: stream"));
  CHECK_THROWS_WITH(fill_normal(bad, out), contains("detops::fill_normal: stream"));
  CHECK_THROWS_WITH(fill_normal({1}, out, ~std::uint64_t{0}),
                    contains("detops::fill_normal: 10 elements"));
  CHECK_THROWS_WITH(fill_normal({1}, out, {0.0f, -1.0f}),
                    contains("detops::fill_normal: mean 0 and stddev -1"));
  CHECK_THROWS_AS(fill_normal({1}, out, {0.0f, inf}), std::invalid_argument);
  CHECK_THROWS_AS(fill_normal({1}, out, {nan, 1.0f}), std::invalid_argument);
  CHECK_THROWS_AS(fill_normal({1}, out, {inf, 1.0f}), std::invalid_argument);
  CHECK_THROWS_AS(fill_normal({1}, vector_view<float>(nullptr, 1)), std::invalid_argument);
  CHECK(out == std::vector<float>(10, 9.0f));
}

TEST_CASE("random/normal: the caller's environment changes nothing") {
  std::vector<float> plain(1000);
  fill_normal({1}, plain, {0.3f, 0.1f});
  for (const auto& host : test::host_environments()) {
    INFO(host.name);
    std::vector<float> out(1000);
    {
      const test::host_environment_guard guard(host);
      fill_normal(par, {1}, out, {0.3f, 0.1f});
    }
    CHECK(bits_of(out) == bits_of(plain));
  }
}

TEST_CASE("random/normal: moments and tails") {
  const std::size_t n = 1 << 20;
  std::vector<float> out(n);
  fill_normal(par, {2024}, out);
  double moment[5] = {};
  std::size_t beyond_two = 0;
  std::size_t beyond_four = 0;
  double neighbours = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double z = out[i];
    for (int k = 1; k <= 4; ++k) {
      moment[k] += std::pow(z, k) / static_cast<double>(n);
    }
    beyond_two += std::abs(z) > 2;
    beyond_four += std::abs(z) > 4;
    neighbours += i % 2 == 1 ? z * static_cast<double>(out[i - 1]) / static_cast<double>(n / 2) : 0;
  }
  // five standard deviations of each estimate
  CHECK(std::abs(moment[1]) < 5 * 0.000977);
  CHECK(std::abs(moment[2] - 1) < 5 * 0.00138);
  CHECK(std::abs(moment[3]) < 5 * 0.00378);
  CHECK(std::abs(moment[4] - 3) < 5 * 0.00957);
  CHECK(std::abs(neighbours) < 5 * 0.00138);
  CHECK(std::abs(static_cast<double>(beyond_two) - 47711) < 5 * 213.4);
  CHECK(std::abs(static_cast<double>(beyond_four) - 66.4) < 5 * 8.2);
}

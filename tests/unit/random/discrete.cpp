// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <vector>

#include <detops/exec.hpp>
#include <detops/random.hpp>

#include "catch.hpp"
#include "plain.hpp"

using namespace detops;

namespace {

constexpr std::uint64_t bounds[] = {1,
                                    2,
                                    3,
                                    6,
                                    7,
                                    1000003,
                                    0x7fffffff,
                                    0x80000000,
                                    0x80000001, // half of the draws are refused
                                    0xfffffffe,
                                    0xffffffff,
                                    0x100000000,
                                    0x100000001,
                                    std::uint64_t{1} << 40,
                                    (std::uint64_t{1} << 63) + 1, // half again
                                    ~std::uint64_t{0}};

template <class T>
std::vector<T> plain_fill(random_key key, std::size_t n, T lo, T hi, std::uint64_t first) {
  std::vector<T> out(n);
  const std::uint64_t width = static_cast<std::uint64_t>(hi) - static_cast<std::uint64_t>(lo) + 1;
  for (std::size_t i = 0; i < n; ++i) {
    out[i] =
        static_cast<T>(static_cast<std::uint64_t>(lo) + test::plain_bounded(key, first + i, width));
  }
  return out;
}

template <class T>
std::vector<T> filled(auto&& exec, random_key key, std::size_t n, T lo, T hi, std::uint64_t first) {
  std::vector<T> out(n);
  fill_uniform_int(exec, key, out, lo, hi, first);
  return out;
}

} // namespace

TEST_CASE("random/discrete: bounded is the contract's loop") {
  for (const random_key& key : test::keys) {
    for (const std::uint64_t n : bounds) {
      INFO("n = " << n);
      bool equal = true;
      bool inside = true;
      for (std::uint64_t i = 0; i < 300; ++i) {
        const std::uint64_t value = bounded(key, i, n);
        equal = equal && value == test::plain_bounded(key, i, n);
        inside = inside && value < n;
      }
      CHECK(equal);
      CHECK(inside);
      const std::uint64_t last = (std::uint64_t{1} << 56) - 1;
      CHECK(bounded(key, last, n) == test::plain_bounded(key, last, n));
    }
  }
}

TEST_CASE("random/discrete: small bounds where the first draw is refused") {
  // key {1}: the first indices whose low product is below 2^32 mod n
  std::size_t refused = 0;
  for (std::uint64_t i = 0; i < 200000; ++i) {
    const std::uint64_t n = 1000000007;
    refused += static_cast<std::uint32_t>(bits32({1}, i) * n) < (std::uint64_t{1} << 32) % n;
    REQUIRE(bounded({1}, i, n) == test::plain_bounded({1}, i, n));
  }
  CHECK(refused > 1000);
}

TEMPLATE_TEST_CASE("random/discrete: fills of every width", "", std::int8_t, std::uint8_t,
                   std::int16_t, std::uint16_t, std::int32_t, std::uint32_t, std::int64_t,
                   std::uint64_t, long long) {
  using T = TestType;
  constexpr T least = std::numeric_limits<T>::min();
  constexpr T most = std::numeric_limits<T>::max();
  const std::pair<T, T> ranges[] = {
      {0, 0},    {0, 5},     {least, most},     {least, least},       {most, most},
      {1, most}, {least, 1}, {0, most / 2 + 1}, {least / 2, most / 3}};
  const thread_pool pool(3);
  for (const auto& [lo, hi] : ranges) {
    for (std::uint64_t first :
         {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{5}, (std::uint64_t{1} << 56) - 700}) {
      const auto plain = plain_fill<T>({9, 8}, 700, lo, hi, first);
      CHECK(filled<T>(seq, {9, 8}, 700, lo, hi, first) == plain);
      CHECK(filled<T>(pool, {9, 8}, 700, lo, hi, first) == plain);
      CHECK(uniform_int<T>({9, 8}, first + 3, lo, hi) == plain[3]);
    }
  }
}

TEST_CASE("random/discrete: offsets, lengths, strides and chunks") {
  const random_key key = {1, 2};
  const auto plain = plain_fill<std::int32_t>(key, 1500, -3, 3, 0);
  const auto wide = plain_fill<std::int64_t>(key, 1500, -3, std::int64_t{1} << 62, 0);
  for (std::size_t first = 0; first <= 70; ++first) {
    for (std::size_t n : {0u, 1u, 3u, 64u, 127u, 128u, 129u, 1111u}) {
      const auto from = static_cast<std::ptrdiff_t>(first);
      const auto to = static_cast<std::ptrdiff_t>(first + n);
      REQUIRE(filled<std::int32_t>(seq, key, n, -3, 3, first) ==
              std::vector<std::int32_t>(plain.begin() + from, plain.begin() + to));
      REQUIRE(filled<std::int64_t>(seq, key, n, -3, std::int64_t{1} << 62, first) ==
              std::vector<std::int64_t>(wide.begin() + from, wide.begin() + to));
    }
  }
  std::vector<std::int32_t> strided(2000);
  fill_uniform_int(key, vector_view<std::int32_t>(strided.data() + 1998, 1000, -2), -3, 3);
  for (std::size_t i = 0; i < 1000; ++i) {
    REQUIRE(strided[1998 - 2 * i] == plain[i]);
  }
  for (std::size_t threads : {1u, 2u, 3u, 7u}) {
    CHECK(filled<std::uint32_t>(thread_pool(threads), key, 200003, 0, 999, 0) ==
          filled<std::uint32_t>(seq, key, 200003, 0, 999, 0));
  }
}

TEST_CASE("random/discrete: errors") {
  using detops_test::contains;
  const random_key bad = {1, std::uint64_t{1} << 63};
  std::vector<std::int32_t> out(10, 9);
  CHECK_THROWS_WITH(bounded({1}, 0, 0), contains("detops::bounded: n is 0"));
  CHECK_THROWS_WITH(bounded(bad, 0, 5), contains("detops::bounded: stream"));
  CHECK_THROWS_WITH(bounded({1}, std::uint64_t{1} << 56, 5),
                    contains("detops::bounded: index 72057594037927936"));
  CHECK_THROWS_WITH(uniform_int<int>({1}, 0, 3, 2),
                    contains("detops::uniform_int: lo = 3 is above hi = 2"));
  CHECK_THROWS_WITH(uniform_int<int>(bad, 0, 0, 2), contains("detops::uniform_int: stream"));
  CHECK_THROWS_WITH(fill_uniform_int({1}, out, 3, 2), contains("detops::fill_uniform_int: lo = 3"));
  CHECK_THROWS_WITH(fill_uniform_int(bad, out, 0, 2), contains("detops::fill_uniform_int: stream"));
  CHECK_THROWS_WITH(fill_uniform_int({1}, out, 0, 2, (std::uint64_t{1} << 56) - 9),
                    contains("detops::fill_uniform_int: 10 elements from index"));
  CHECK_THROWS_AS(fill_uniform_int({1}, vector_view<int>(nullptr, 1), 0, 2), std::invalid_argument);
  CHECK(out == std::vector<std::int32_t>(10, 9));
}

TEST_CASE("random/discrete: chi-square of dice") {
  std::vector<std::int32_t> out(600000);
  fill_uniform_int({2024}, out, 1, 6);
  double cells[7] = {};
  for (const std::int32_t face : out) {
    ++cells[face];
  }
  double chi_square = 0;
  for (int face = 1; face <= 6; ++face) {
    chi_square += (cells[face] - 1e5) * (cells[face] - 1e5) / 1e5;
  }
  CHECK(chi_square < 20.5); // 5 degrees of freedom: 0.1%
}

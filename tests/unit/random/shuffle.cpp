// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <map>
#include <memory>
#include <new>
#include <numeric>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include <detops/exec.hpp>
#include <detops/random.hpp>

#include "catch.hpp"
#include "plain.hpp"

using namespace detops;

namespace {

template <class T>
std::vector<T> counting(std::size_t n) {
  std::vector<T> x(n);
  for (std::size_t i = 0; i < n; ++i) {
    x[i] = static_cast<T>(i);
  }
  return x;
}
template <class T>
std::vector<T> plain_order(random_key key, std::size_t n) {
  auto x = counting<T>(n);
  test::plain_shuffle(key, x);
  return x;
}
template <class T>
std::vector<T> order(auto&& exec, random_key key, std::size_t n) {
  auto x = counting<T>(n);
  shuffle(exec, key, x);
  return x;
}

constexpr std::size_t leaf = std::size_t{1} << 20;

/// Runs some tasks, then gives up.
struct failing_executor {
  std::size_t calls_that_succeed = 0;
  std::size_t tasks_before_failure = 0;
  static constexpr std::size_t concurrency() { return 2; }
  void bulk(std::size_t count, task_ref task) {
    if (calls_that_succeed > 0) {
      --calls_that_succeed;
      seq.bulk(count, task);
      return;
    }
    for (std::size_t i = 0; i < std::min(count, tasks_before_failure); ++i) {
      task(i);
    }
    throw std::bad_alloc();
  }
};

} // namespace

TEST_CASE("random/shuffle: leaves are the contract's loop") {
  for (const random_key& key : test::keys) {
    for (std::size_t n : {0u, 1u, 2u, 3u, 15u, 16u, 17u, 127u, 128u, 129u, 255u, 256u, 257u, 511u,
                          512u, 513u, 1000u, 70000u}) {
      INFO("n = " << n);
      const auto plain = plain_order<std::uint32_t>(key, n);
      CHECK(order<std::uint32_t>(seq, key, n) == plain);
      CHECK(order<std::uint32_t>(par, key, n) == plain);
      CHECK(permutation<std::uint32_t>(key, n) == plain);
    }
  }
}

TEST_CASE("random/shuffle: sizes around a leaf and above") {
  for (std::size_t n : {leaf - 1, leaf, leaf + 1, 3 * leaf + 5}) {
    INFO("n = " << n);
    const random_key key = {n, 7};
    const auto plain = plain_order<std::uint32_t>(key, n);
    CHECK(order<std::uint32_t>(seq, key, n) == plain);
    for (std::size_t threads : {1u, 2u, 3u, 7u}) {
      CHECK(order<std::uint32_t>(thread_pool(threads), key, n) == plain);
    }
    const auto wide = permutation(par, key, n);
    CHECK(std::equal(wide.begin(), wide.end(), plain.begin(), plain.end()));
  }
}

TEST_CASE("random/shuffle: the last size before a digit gets another bit") {
  const std::size_t n = 2 * leaf; // four buckets of half a leaf; one element more takes eight
  const auto plain = plain_order<std::uint32_t>({8, 9}, n);
  const bool equal = order<std::uint32_t>(thread_pool(2), {8, 9}, n) == plain;
  CHECK(equal); // without printing them
}

TEST_CASE("random/shuffle: elements of other types move in the same order") {
  struct large {
    std::array<std::uint64_t, 5> words;
  };
  for (std::size_t n : {std::size_t{1000}, leaf + 3}) {
    const random_key key = {4, 5};
    const auto plain = plain_order<std::uint32_t>(key, n);
    std::vector<large> larges(n);
    std::vector<std::string> strings(n);
    std::vector<std::unique_ptr<std::size_t>> owners(n);
    std::vector<std::uint8_t> bytes(n);
    std::vector<std::uint32_t> strided(2 * n, 7);
    for (std::size_t i = 0; i < n; ++i) {
      larges[i].words.fill(i);
      strings[i] = std::to_string(i);
      owners[i] = std::make_unique<std::size_t>(i);
      bytes[i] = static_cast<std::uint8_t>(i * 37);
      strided[2 * i] = static_cast<std::uint32_t>(n - 1 - i);
    }
    shuffle(par, key, larges);
    shuffle(par, key, strings);
    shuffle(key, owners);
    shuffle(key, std::span<std::uint8_t>(bytes));
    // backwards: element 0 of the view is the last in memory
    shuffle(par, key, vector_view<std::uint32_t>(strided.data() + 2 * (n - 1), n, -2));
    bool equal = true;
    for (std::size_t i = 0; i < n; ++i) {
      equal = equal && larges[i].words[0] == plain[i] && larges[i].words[4] == plain[i];
      equal = equal && strings[i] == std::to_string(plain[i]) && *owners[i] == plain[i];
      equal = equal && bytes[i] == static_cast<std::uint8_t>(plain[i] * 37);
      equal = equal && strided[2 * (n - 1 - i)] == plain[i] && strided[2 * i + 1] == 7;
    }
    CHECK(equal);
  }
}

TEST_CASE("random/shuffle: the bits of NaNs are kept") {
  std::vector<float> x(1000);
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = detail::from_bits<float>(0x7f800001u + static_cast<std::uint32_t>(i));
  }
  shuffle({1}, x);
  const auto plain = plain_order<std::uint32_t>({1}, x.size());
  bool equal = true;
  for (std::size_t i = 0; i < x.size(); ++i) {
    equal = equal && detail::to_bits(x[i]) == 0x7f800001u + plain[i];
  }
  CHECK(equal);
}

TEST_CASE("random/shuffle: every order of four is equally likely") {
  std::map<std::vector<std::uint32_t>, double> counts;
  const double expected = 2000;
  for (std::uint64_t id = 0; id < 24 * 2000; ++id) {
    ++counts[order<std::uint32_t>(seq, child({2024}, id), 4)];
  }
  CHECK(counts.size() == 24);
  double chi_square = 0;
  for (const auto& [x, count] : counts) {
    chi_square += (count - expected) * (count - expected) / expected;
  }
  CHECK(chi_square < 49.7); // 23 degrees of freedom: 0.1%
}

TEST_CASE("random/shuffle: an executor that fails loses no element") {
  const std::size_t n = leaf + 1000;
  const random_key key = {6, 6};
  for (std::size_t calls : {0u, 1u}) { // counting, scattering: nothing has been written
    auto x = counting<std::uint32_t>(n);
    failing_executor exec{calls, 1};
    CHECK_THROWS_AS(shuffle(exec, key, x), std::bad_alloc);
    CHECK(x == counting<std::uint32_t>(n));
  }
  auto x = counting<std::uint32_t>(n);
  failing_executor exec{2, 1}; // the buckets: finished all the same
  shuffle(exec, key, x);
  CHECK(x == plain_order<std::uint32_t>(key, n));
}

TEST_CASE("random/shuffle: errors") {
  using detops_test::contains;
  const random_key bad = {1, std::uint64_t{1} << 63};
  auto x = counting<std::uint32_t>(10);
  CHECK_THROWS_WITH(shuffle(bad, x), contains("detops::shuffle: stream"));
  CHECK_THROWS_WITH(shuffle({1}, vector_view<float>(nullptr, 3)), contains("has null data"));
  CHECK_THROWS_WITH(shuffle({1}, vector_view<std::uint32_t>(x.data(), 10, 0)),
                    contains("stride 0"));
  CHECK_THROWS_WITH(permutation(bad, 3), contains("detops::permutation: stream"));
  CHECK_THROWS_WITH(permutation<std::uint8_t>({1}, 257),
                    contains("detops::permutation: the index type cannot hold 256"));
  CHECK_THROWS_WITH(permutation({1}, ~std::size_t{0} / 8),
                    contains("larger than the address space"));
  CHECK(permutation<std::uint8_t>({1}, 256).size() == 256);
  CHECK(permutation<std::int8_t>({1}, 128).size() == 128);
  CHECK(permutation({1}, 0).empty());
  CHECK(x == counting<std::uint32_t>(10));
}

// Two levels of buckets: 400 MB and half a minute, so only by hand: unit_random_<isa> "[.large]"
TEST_CASE("random/shuffle: more than 2^27 elements", "[.large]") {
  const std::size_t n = (std::size_t{1} << 27) + 12345;
  std::vector<std::uint8_t> x(n);
  fill_uniform_int(par, {1}, x, std::uint8_t{0}, std::uint8_t{255});
  auto plain = x;
  test::plain_shuffle({2}, plain);
  shuffle(par, {2}, x);
  CHECK(x == plain);
}

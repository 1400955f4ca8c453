// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>
#include <span>
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
T plain_element(random_key key, std::uint64_t i) {
  if constexpr (std::is_floating_point_v<T>) {
    return test::plain_uniform<T>(key, i);
  } else if constexpr (sizeof(T) == 4) {
    return test::plain_bits32(key, i);
  } else {
    return test::plain_bits64(key, i);
  }
}
template <class T>
std::vector<T> plain_fill(random_key key, std::size_t n, std::uint64_t first) {
  std::vector<T> out(n);
  for (std::size_t i = 0; i < n; ++i) {
    out[i] = plain_element<T>(key, first + i);
  }
  return out;
}
template <class T>
void fill_from(auto&& exec, random_key key, const vector_view<T>& out, std::uint64_t first) {
  if constexpr (std::is_floating_point_v<T>) {
    fill_uniform(exec, key, out, first);
  } else {
    fill_bits(exec, key, out, first);
  }
}

} // namespace

TEMPLATE_TEST_CASE("random/uniform: every offset and length", "", std::uint32_t, std::uint64_t,
                   float, double) {
  using T = TestType;
  const random_key key = {0x123456789abcdef0u, 99};
  const auto plain = plain_fill<T>(key, 2000, 0);
  for (std::size_t first = 0; first <= 70; ++first) {
    for (std::size_t n : {0u, 1u, 2u, 3u, 7u, 31u, 64u, 127u, 128u, 129u, 300u, 1111u}) {
      std::vector<T> out(n + 1, T{7});
      fill_from(seq, key, vector_view<T>(out.data(), n), first);
      REQUIRE(std::equal(out.begin(), out.end() - 1,
                         plain.begin() + static_cast<std::ptrdiff_t>(first)));
      REQUIRE(out[n] == T{7});
    }
  }
}

TEMPLATE_TEST_CASE("random/uniform: keys and far indices", "", std::uint32_t, std::uint64_t, float,
                   double) {
  using T = TestType;
  for (const random_key& key : test::keys) {
    for (std::uint64_t first : test::far_indices) {
      std::vector<T> out(1200);
      fill_from(seq, key, vector_view<T>(out), first);
      CHECK(out == plain_fill<T>(key, 1200, first));
    }
  }
}

TEMPLATE_TEST_CASE("random/uniform: strides, chunks and executors", "", std::uint32_t,
                   std::uint64_t, float, double) {
  using T = TestType;
  const random_key key = {3, 4};
  const std::size_t n = 200003;
  std::vector<T> whole(n);
  fill_from(seq, key, vector_view<T>(whole), 0);
  CHECK(whole == plain_fill<T>(key, n, 0));
  for (std::size_t threads : {1u, 2u, 3u, 7u}) {
    const thread_pool pool(threads);
    std::vector<T> out(n);
    fill_from(pool, key, vector_view<T>(out), 0);
    CHECK(out == whole);
  }
  std::vector<T> chunks(n);
  for (std::size_t first = 0, step = 1; first < n; first += step, step = step * 3 + 1) {
    const std::size_t count = std::min(step, n - first);
    fill_from(par, key, vector_view<T>(chunks.data() + first, count), first);
  }
  CHECK(chunks == whole);
  std::vector<T> strided(3 * 1000, T{1});
  fill_from(seq, key, vector_view<T>(strided.data(), 1000, 3), 0);
  std::vector<T> backwards(1000);
  fill_from(seq, key, vector_view<T>(backwards.data() + 999, 1000, -1), 0);
  for (std::size_t i = 0; i < 1000; ++i) {
    REQUIRE(strided[3 * i] == whole[i]);
    REQUIRE(strided[3 * i + 1] == T{1});
    REQUIRE(backwards[999 - i] == whole[i]);
  }
}

TEST_CASE("random/uniform: scalars are the elements of the fills") {
  for (const random_key& key : test::keys) {
    for (std::uint64_t i : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{3},
                            std::uint64_t{4}, std::uint64_t{1} << 40, ~std::uint64_t{0}}) {
      CHECK(bits32(key, i) == test::plain_bits32(key, i));
      CHECK(bits64(key, i) == test::plain_bits64(key, i));
      CHECK(uniform<float>(key, i) == test::plain_uniform<float>(key, i));
      CHECK(uniform<double>(key, i) == test::plain_uniform<double>(key, i));
    }
  }
}

TEMPLATE_TEST_CASE("random/uniform: ranges", "", float, double) {
  using T = TestType;
  const T one_above = std::nextafter(T{1}, T{2});
  const uniform_range<T> ranges[] = {
      {0, 1},
      {-1, 1},
      {T(-0.1), T(0.3)},
      {1, one_above},
      {0, std::numeric_limits<T>::denorm_min()},
      {-std::numeric_limits<T>::denorm_min(), 0},
      {-std::numeric_limits<T>::min(), std::numeric_limits<T>::min()},
      {0, std::numeric_limits<T>::max()},
      {-5, -3}};
  const random_key key = {5, 6};
  const thread_pool pool(2);
  for (const auto& [lo, hi] : ranges) {
    std::vector<T> out(1000);
    std::vector<T> parallel(1000);
    fill_uniform(key, out, {lo, hi}, 3);
    fill_uniform(pool, key, parallel, {lo, hi}, 3);
    CHECK(out == parallel);
    bool equal = true;
    for (std::size_t i = 0; i < out.size(); ++i) {
      const T expected =
          std::min(std::fma(uniform<T>(key, i + 3), hi - lo, lo), std::nextafter(hi, lo));
      equal = equal && detail::to_bits(out[i]) == detail::to_bits(expected) && lo <= out[i] &&
              out[i] < hi;
    }
    CHECK(equal);
  }
  std::vector<T> out(10, T{9});
  const T inf = std::numeric_limits<T>::infinity();
  const T nan = std::numeric_limits<T>::quiet_NaN();
  const T max = std::numeric_limits<T>::max();
  for (const auto& [lo, hi] :
       {uniform_range<T>{1, 1}, {2, 1}, {0, inf}, {-inf, 0}, {nan, 1}, {0, nan}, {-max, max}}) {
    CHECK_THROWS_AS(fill_uniform(key, out, uniform_range<T>{lo, hi}), std::invalid_argument);
  }
  CHECK(out == std::vector<T>(10, T{9}));
}

TEST_CASE("random/uniform: errors name the operation and come before any write") {
  const random_key bad = {1, std::uint64_t{1} << 63};
  std::vector<float> out(10, 9.0f);
  std::vector<std::uint32_t> words(10, 9);
  using detops_test::contains;
  CHECK_THROWS_WITH(bits32(bad, 0),
                    contains("detops::bits32: stream 9223372036854775808 has its top bit set"));
  CHECK_THROWS_WITH(bits64(bad, 0), contains("detops::bits64: stream"));
  CHECK_THROWS_WITH(uniform<float>(bad, 0), contains("detops::uniform: stream"));
  CHECK_THROWS_WITH(fill_uniform(bad, out), contains("detops::fill_uniform: stream"));
  CHECK_THROWS_WITH(fill_uniform(bad, out, {0.0f, 1.0f}), contains("detops::fill_uniform: stream"));
  CHECK_THROWS_WITH(fill_bits(bad, words), contains("detops::fill_bits: stream"));
  CHECK_THROWS_WITH(fill_bits({1}, words, ~std::uint64_t{0} - 8),
                    contains("detops::fill_bits: 10 elements from index 18446744073709551607"));
  CHECK_NOTHROW(fill_bits({1}, words, ~std::uint64_t{0} - 9));
  CHECK_THROWS_WITH(fill_uniform({1}, vector_view<float>(nullptr, 5)), contains("null"));
  CHECK_THROWS_WITH(fill_uniform({1}, vector_view<float>(out.data(), 5, 0)), contains("stride 0"));
  CHECK_NOTHROW(fill_uniform({1}, vector_view<float>(nullptr, 0)));
  CHECK_NOTHROW(fill_uniform({1}, std::span<float>(out), ~std::uint64_t{0} - 9));
  out.assign(10, 9.0f);
  CHECK_THROWS(fill_uniform({1}, out, ~std::uint64_t{0} - 8));
  CHECK(out == std::vector<float>(10, 9.0f));
}

TEST_CASE("random/uniform: the caller's environment changes nothing") {
  std::vector<float> plain(500);
  std::vector<double> plain_double(500);
  fill_uniform({1}, plain, {-0.1f, 0.3f});
  fill_uniform({1}, plain_double, {-1e-310, 3e-310});
  for (const auto& host : test::host_environments()) {
    INFO(host.name);
    std::vector<float> out(500);
    std::vector<double> out_double(500);
    {
      const test::host_environment_guard guard(host);
      fill_uniform({1}, out, {-0.1f, 0.3f});
      fill_uniform(par, {1}, out_double, {-1e-310, 3e-310});
    }
    CHECK(out == plain);
    CHECK(out_double == plain_double);
  }
}

TEST_CASE("random/uniform: chi-square of 256 cells for each byte of the words") {
  std::vector<std::uint64_t> out(1 << 16);
  fill_bits({2024}, out);
  for (int byte = 0; byte < 8; ++byte) {
    std::vector<double> cells(256);
    for (const std::uint64_t value : out) {
      ++cells[value >> (8 * byte) & 0xff];
    }
    double chi_square = 0;
    for (const double count : cells) {
      chi_square += (count - 256) * (count - 256) / 256;
    }
    // 255 degrees of freedom: mean 255, standard deviation 22.6
    CHECK(chi_square > 165);
    CHECK(chi_square < 365);
  }
}

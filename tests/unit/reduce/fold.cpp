// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <cstdint>
#include <functional>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include <detops/exec.hpp>
#include <detops/reduce.hpp>

#include "catch.hpp"
#include "plain.hpp"

using namespace detops;

namespace fold_tests {

/// Writes the tree down.
const auto bracket = [](const std::string& a, const std::string& b) {
  return std::string("(").append(a).append(b).append(")");
};

/// Not associative, not commutative, never rounded.
const auto mix = [](std::uint64_t a, std::uint64_t b) { return (a * 3 + 1) ^ (b * 5 + (a >> 7)); };
const auto mix32 = [](std::uint32_t a, std::uint32_t b) { return a * 3 + b * 5 + (a >> 7); };

template <class R, class Op>
R plain_reduce(const std::vector<R>& x, const Op& op) {
  return test::plain_root(x, sizeof(R) <= 4 ? 16 : 8, op);
}

TEST_CASE("reduce/fold: the tree, written down") {
  std::vector<std::string> x;
  for (char letter = 'a'; letter <= 'z'; ++letter) {
    x.emplace_back(1, letter);
    CHECK(reduce(x, bracket, std::string()) == plain_reduce(x, bracket));
  }
  x.resize(9); // two rows of which the second has one element
  CHECK(reduce(x, bracket, std::string("nothing")) == "((((ai)e)(cg))((bf)(dh)))");
}

TEST_CASE("reduce/fold: any executor, layout and size") {
  const thread_pool pool(3);
  std::mt19937_64 random(9);
  // 2048 rows, of 8, and of 16, are the first that are shared out
  for (const std::size_t n :
       {1u, 7u, 8u, 9u, 100u, 16383u, 16384u, 16385u, 24000u, 32767u, 32768u, 50001u, 300007u}) {
    std::vector<std::uint64_t> x(n);
    std::vector<std::uint32_t> y(n);
    for (std::size_t i = 0; i < n; ++i) {
      x[i] = random();
      y[i] = static_cast<std::uint32_t>(random());
    }
    const std::uint64_t expected = plain_reduce(x, mix);
    CHECK(reduce(x, mix, std::uint64_t{0}) == expected);
    CHECK(reduce(pool, x, mix, std::uint64_t{0}) == expected);
    CHECK(reduce(pool, y, mix32, std::uint32_t{0}) == plain_reduce(y, mix32));
    std::vector<std::uint64_t> reversed(x.rbegin(), x.rend());
    CHECK(reduce(pool, vector_view<const std::uint64_t>(&reversed.back(), n, -1), mix,
                 std::uint64_t{0}) == expected);
    if (n % 9 == 0) { // row-major by columns
      std::vector<std::uint64_t> columns(n);
      const matrix_view<std::uint64_t> matrix(columns.data(), n / 9, 9, 1,
                                              static_cast<std::ptrdiff_t>(n / 9));
      for (std::size_t i = 0; i < n; ++i) {
        matrix(i / 9, i % 9) = x[i];
      }
      CHECK(reduce(pool, matrix, mix, std::uint64_t{0}) == expected);
    }
    const auto join = [](const std::string& a, const std::string& b) {
      return std::string(1, static_cast<char>(a[0] * 3 + b[0] * 5));
    };
    const std::vector<std::string> text(std::min<std::size_t>(n, 30000), "q");
    CHECK(reduce(pool, text, join, std::string()) == reduce(text, join, std::string()));
  }
}

TEMPLATE_TEST_CASE("reduce/fold: a product is the tree with *", "", float, double) {
  using T = TestType;
  const thread_pool pool(3);
  std::mt19937_64 random(10);
  for (const std::size_t n : {0u, 1u, 15u, 16u, 17u, 100u, 40000u}) {
    std::vector<T> x(n);
    for (T& value : x) {
      value = static_cast<T>(1 + (static_cast<double>(random() % 4096) - 2048) / 1000000);
    }
    const T expected = test::plain_prod(x);
    const auto times = [](T a, T b) { return a * b; };
    CHECK(detail::to_bits(prod(pool, x)) == detail::to_bits(expected));
    CHECK(detail::to_bits(reduce(pool, x, times, T{1})) == detail::to_bits(expected));
  }
}

TEST_CASE("reduce/fold: of nothing, errors, and the type of the results") {
  const thread_pool pool(2);
  const std::vector<float> none;
  CHECK(reduce(none, std::plus<>(), -1.0f) == -1);
  CHECK(reduce(pool, none, std::plus<>(), -1.0f) == -1);
  CHECK_THROWS_WITH(reduce(pool, vector_view<const float>(nullptr, 3), std::plus<>(), 0.0f),
                    "detops::reduce: x [1x3] has null data");
  std::vector<int> x(40000, 1);
  CHECK(reduce(pool, x, std::plus<>(), 0.0) == 40000); // rows of 8 doubles
  std::atomic<int> calls{0};
  const auto failing = [&](int a, int b) {
    if (++calls == 30000) {
      throw std::runtime_error("the operation");
    }
    return a + b;
  };
  CHECK_THROWS_WITH(reduce(pool, x, failing, 0), "the operation");
}

} // namespace fold_tests

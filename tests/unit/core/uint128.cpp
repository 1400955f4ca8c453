// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
#include <random>

#include <detops/core/uint128.hpp>

#include "catch.hpp"

using detops::detail::two_words;

#if defined(__SIZEOF_INT128__)
TEST_CASE("core/uint128: two words do what the compiler's integer does") {
  __extension__ using wide = unsigned __int128;
  std::mt19937_64 random(1);
  const auto word = [&]() -> std::uint64_t {
    const std::uint64_t value = random();
    switch (random() % 4) {
    case 0:
      return value;
    case 1:
      return value >> 40;
    case 2:
      return ~(value >> 50);
    default:
      return (value & 1) != 0 ? 0 : ~std::uint64_t{0};
    }
  };
  const auto same = [](const two_words& x, wide y) {
    return x.low == static_cast<std::uint64_t>(y) && x.high == static_cast<std::uint64_t>(y >> 64);
  };
  int wrong = 0;
  for (int i = 0; i < 200000; ++i) {
    const std::uint64_t a = word(), b = word(), c = word(), d = word();
    const two_words x(a, b), y(c, d);
    const wide p = wide{a} << 64 | b, q = wide{c} << 64 | d;
    const int shift = static_cast<int>(random() % 128);
    wrong += !same(x + y, p + q) || !same(x - y, p - q) || !same(x | y, p | q);
    wrong += !same(x << shift, p << shift) || !same(x >> shift, p >> shift);
    wrong += !same(two_words(a) * two_words(c), wide{a} * c);
    wrong += (x > y) != (p > q) || (x == y) != (p == q) || !(x == x);
  }
  CHECK(wrong == 0);
}
#endif

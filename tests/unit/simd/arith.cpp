// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

#include <detops/simd/simd.hpp>

#include "catch.hpp"

using namespace detops;

namespace {

/// Values of every kind: any bits, near 1, tiny, short significands (ties), specials.
template <class T>
T draw(std::mt19937_64& random, int kind) {
  using limits = std::numeric_limits<T>;
  const std::uint64_t h = random();
  switch (kind % 5) {
  case 0:
    return detail::from_bits<T>(static_cast<detail::uint_of<T>>(h));
  case 1:
    return std::ldexp(static_cast<T>(static_cast<std::int64_t>(random() >> 4)),
                      static_cast<int>(h % 40) - 80);
  case 2:
    return static_cast<T>(static_cast<int>(h % 64) - 32) * std::ldexp(limits::denorm_min(), 9);
  case 3:
    return static_cast<T>(static_cast<int>(h % 4097) - 2048) *
           (h >> 40 & 1 ? T{1} : std::sqrt(limits::epsilon()));
  default: {
    const T special[] = {T{0},
                         -T{0},
                         T{1},
                         T{-1},
                         limits::infinity(),
                         -limits::infinity(),
                         limits::quiet_NaN(),
                         limits::min(),
                         limits::max(),
                         -limits::max(),
                         limits::denorm_min(),
                         limits::epsilon(),
                         1 + limits::epsilon()};
    return special[h % std::size(special)];
  }
  }
}

template <class T>
bool same(T a, T b) {
  return detail::to_bits(detail::canonical(a)) == detail::to_bits(detail::canonical(b));
}

template <class T>
void check_arithmetic() {
  using V = simd::lanes<T, simd::row_lanes<T>>;
  std::mt19937_64 random(1);
  long wrong = 0;
  for (int repeat = 0; repeat < 40000; ++repeat) {
    T a[V::size], b[V::size], c[V::size], r[V::size];
    for (std::size_t i = 0; i < V::size; ++i) {
      a[i] = draw<T>(random, repeat);
      b[i] = draw<T>(random, repeat / 5);
      c[i] = repeat % 7 == 0 ? -a[i] * b[i] : draw<T>(random, repeat / 25);
    }
    const V x = V::load(a), y = V::load(b), z = V::load(c);
    const auto check = [&](const V& result, auto expected) {
      result.store(r);
      for (std::size_t i = 0; i < V::size; ++i) {
        wrong += !same<T>(r[i], expected(i));
      }
    };
    check(simd::fma(x, y, z), [&](std::size_t i) { return std::fma(a[i], b[i], c[i]); });
    check(simd::add(x, y), [&](std::size_t i) { return a[i] + b[i]; });
    check(simd::sub(x, y), [&](std::size_t i) { return a[i] - b[i]; });
    check(simd::mul(x, y), [&](std::size_t i) { return a[i] * b[i]; });
    check(simd::div(x, y), [&](std::size_t i) { return a[i] / b[i]; });
    check(simd::sqrt(x), [&](std::size_t i) { return std::sqrt(a[i]); });
    // two roundings, however the compiler contracts
    check(simd::add(simd::mul(x, y), z), [&](std::size_t i) {
      const volatile T product = a[i] * b[i];
      return product + c[i];
    });
    check(simd::max(x, y), [&](std::size_t i) {
      return std::isnan(a[i]) || std::isnan(b[i]) ? std::numeric_limits<T>::quiet_NaN()
             : a[i] == b[i]                       ? (std::signbit(a[i]) ? b[i] : a[i])
                                                  : std::fmax(a[i], b[i]);
    });
    check(simd::min(x, y), [&](std::size_t i) {
      return std::isnan(a[i]) || std::isnan(b[i]) ? std::numeric_limits<T>::quiet_NaN()
             : a[i] == b[i]                       ? (std::signbit(a[i]) ? a[i] : b[i])
                                                  : std::fmin(a[i], b[i]);
    });
    if constexpr (sizeof(T) == 8) {
      for (std::size_t i = 0; i < V::size; ++i) {
        wrong += !same<T>(simd::soft_fma(a[i], b[i], c[i]), std::fma(a[i], b[i], c[i]));
      }
    }
    simd::canonical(x).store(r);
    for (std::size_t i = 0; i < V::size; ++i) {
      wrong += detail::to_bits(r[i]) != detail::to_bits(detail::canonical(a[i]));
    }
  }
  CHECK(wrong == 0);
}

} // namespace

TEST_CASE("simd/arith: float operations round once") {
  check_arithmetic<float>();
}
TEST_CASE("simd/arith: double operations round once") {
  check_arithmetic<double>();
}

TEST_CASE("simd/arith: the emulated fma is right on every ISA") {
  std::mt19937_64 random(2);
  long wrong = 0;
  using F = simd::lanes<float, 16>;
  using D = simd::lanes<double, 8>;
  for (int repeat = 0; repeat < 60000; ++repeat) {
    float a[16], b[16], c[16], r[16];
    double p[8], q[8], s[8], t[8];
    for (std::size_t i = 0; i < 16; ++i) {
      a[i] = draw<float>(random, repeat);
      b[i] = draw<float>(random, repeat / 5);
      c[i] = repeat % 7 == 0 ? -a[i] * b[i] : draw<float>(random, repeat / 25);
      if (i < 8) {
        p[i] = draw<double>(random, repeat);
        q[i] = draw<double>(random, repeat / 5);
        s[i] = repeat % 7 == 0 ? -p[i] * q[i] : draw<double>(random, repeat / 25);
      }
    }
    simd::emulated_fma(F::load(a), F::load(b), F::load(c)).store(r);
    simd::emulated_fma(D::load(p), D::load(q), D::load(s)).store(t);
    for (std::size_t i = 0; i < 16; ++i) {
      wrong += !same(r[i], std::fma(a[i], b[i], c[i]));
      if (i < 8) {
        wrong += !same(t[i], std::fma(p[i], q[i], s[i]));
      }
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("simd/arith: the emulated fma where all but the last bits cancel") {
  // (2^52 + x) (2^52 + y) less its upper bits is x y, of any length
  long wrong = 0;
  using D = simd::lanes<double, 8>;
  for (int i = 0; i < 52; ++i) {
    for (int j = 0; i + j < 52; ++j) {
      const double x = std::ldexp(1.0, i) + (i > 1), y = std::ldexp(1.0, j) + (j > 1);
      for (const int scale : {0, -480, 400}) { // the latter by integers
        const double a = std::ldexp(0x1p52 + x, scale), b = std::ldexp(-0x1p52 - y, scale);
        const double c = std::ldexp(0x1p52 + x + y, 52 + 2 * scale);
        double r[8];
        simd::emulated_fma(D::broadcast(a), D::broadcast(b), D::broadcast(c)).store(r);
        const double expected = -std::ldexp(x * y, 2 * scale);
        wrong += !same(r[0], expected);
        wrong += !same(simd::soft_fma(a, b, c), expected);
        wrong += !same(simd::soft_fma(-a, b, -c), -expected);
      }
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("simd/arith: conversions keep the order of lanes and round once") {
  using F = simd::lanes<float, 16>;
  std::mt19937_64 random(3);
  for (int repeat = 0; repeat < 2000; ++repeat) {
    float a[16], r[16];
    double d[16], w[16];
    for (std::size_t i = 0; i < 16; ++i) {
      a[i] = detail::canonical(draw<float>(random, repeat));
      d[i] = draw<double>(random, repeat) * 1e-300;
    }
    simd::convert<double>(F::load(a)).store(w);
    for (std::size_t i = 0; i < 16; ++i) {
      REQUIRE(same(w[i], static_cast<double>(a[i])));
    }
    simd::convert<float>(simd::lanes<double, 16>::load(d)).store(r);
    for (std::size_t i = 0; i < 16; ++i) {
      REQUIRE(same(r[i], static_cast<float>(d[i])));
    }
  }
}

TEST_CASE("simd/arith: partial and strided loads and stores touch only their elements") {
  using V = simd::lanes<float, 16>;
  float data[64];
  for (int i = 0; i < 64; ++i) {
    data[i] = static_cast<float>(i);
  }
  for (std::size_t count = 0; count <= 16; ++count) {
    const V v = V::load_strided_partial(data + 5, 1, count, -1.0f);
    const V s = V::load_strided_partial(data + 5, 3, count, -2.0f);
    float out[20] = {};
    v.store_partial(out, count);
    for (std::size_t i = 0; i < 16; ++i) {
      REQUIRE(v.get(i) == (i < count ? static_cast<float>(5 + i) : -1.0f));
      REQUIRE(s.get(i) == (i < count ? static_cast<float>(5 + 3 * i) : -2.0f));
      REQUIRE(out[i] == (i < count ? static_cast<float>(5 + i) : 0.0f));
    }
  }
}

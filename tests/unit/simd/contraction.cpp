// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// No compiler may fuse across our borders: the caller's product with our first addition, our last product with
// the caller's addition, or two of our own operations. Built with -ffp-contract=fast, and checked against
// operands and results that have been through memory.
#include <cmath>
#include <random>
#include <vector>

#include <detops/detops.hpp>

#include "catch.hpp"

using namespace detops;

namespace {

/// Through memory: the compiler can neither fuse across nor see what is there.
template <class T>
T stored(T value) {
  const volatile T memory = value;
  return memory;
}

std::vector<float> random_floats(std::size_t n, unsigned seed, float low, float high) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> uniform(low, high);
  std::vector<float> x(n);
  for (float& value : x) {
    value = uniform(random);
  }
  return x;
}

template <class Function>
void check_scalar(const Function& f, float low, float high) {
  const auto u = random_floats(20000, 1, low, high);
  const auto v = random_floats(20000, 2, 0.5f, 1.5f);
  const auto z = random_floats(20000, 3, -2, 2);
  int wrong = 0;
  for (std::size_t i = 0; i < u.size(); ++i) {
    const float inside = f(u[i] * v[i]);
    const float argument = stored(u[i] * v[i]);
    const float expected = stored(f(argument));
    wrong += detail::to_bits(inside) != detail::to_bits(expected);
    // the caller's own expression may be contracted or not, but the value of f in it is the one above
    const float around = f(argument) * v[i] + z[i];
    const float fused = std::fma(expected, v[i], z[i]);
    const float rounded = stored(expected * v[i]) + z[i];
    wrong += detail::to_bits(around) != detail::to_bits(fused) &&
             detail::to_bits(around) != detail::to_bits(stored(rounded));
    const float added = f(argument) + z[i];
    wrong += detail::to_bits(added) != detail::to_bits(stored(expected + z[i]));
  }
  CHECK(wrong == 0);
}

} // namespace

TEST_CASE("simd/contraction: scalar functions inside a caller's expressions") {
  SECTION("exp") {
    check_scalar([](float x) { return exp(x); }, -20, 20);
  }
  SECTION("log") {
    check_scalar([](float x) { return log(x); }, 0.01f, 100);
  }
  SECTION("tanh") {
    check_scalar([](float x) { return tanh(x); }, -3, 3);
  }
  SECTION("sinpi") {
    check_scalar([](float x) { return sinpi(x); }, -3, 3);
  }
  SECTION("cospi") {
    check_scalar([](float x) { return cospi(x); }, -3, 3);
  }
  SECTION("a chain") {
    check_scalar([](float x) { return exp(tanh(log(x))); }, 0.01f, 100);
  }
}

// Of one register too: g++ may keep more of them in memory, where nothing can be fused.
TEMPLATE_TEST_CASE_SIG("simd/contraction: lanes inside a caller's expressions", "",
                       ((std::size_t N), N), simd::register_lanes<float>, 16) {
  using V = simd::lanes<float, N>;
  const auto x = random_floats(16 * 500, 4, -2, 2);
  const auto y = random_floats(16 * 500, 5, -2, 2);
  const auto z = random_floats(16 * 500, 6, -2, 2);
  int wrong = 0;
  for (std::size_t i = 0; i < x.size(); i += N) {
    const auto product = [&] { return simd::mul(V::load(&x[i]), V::load(&y[i])); };
    float sum[N], difference[N];
    simd::add(product(), V::load(&z[i])).store(sum);
    simd::sub(V::load(&z[i]), product()).store(difference);
    for (std::size_t l = 0; l < N; ++l) {
      const float kept = stored(x[i + l] * y[i + l]);
      wrong += detail::to_bits(sum[l]) != detail::to_bits(stored(kept + z[i + l]));
      wrong += detail::to_bits(difference[l]) != detail::to_bits(stored(z[i + l] - kept));
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("simd/contraction: arrays that the caller has just computed") {
  const auto x = random_floats(1000, 7, -2, 2);
  const auto y = random_floats(1000, 8, -2, 2);
  std::vector<float> plain(1000);
  std::vector<float> kept(1000);
  for (std::size_t i = 0; i < 1000; ++i) {
    plain[i] = x[i] * y[i];
    kept[i] = stored(x[i] * y[i]);
  }
  CHECK(detail::to_bits(sum(plain)) == detail::to_bits(sum(kept)));
  CHECK(detail::to_bits(sum(plain, kahan)) == detail::to_bits(sum(kept, kahan)));
  CHECK(detail::to_bits(dot(x, y)) == detail::to_bits(sum(kept)));
  // few enough elements that everything could be inlined and kept in registers
  float few[3] = {x[0] * y[0], x[1] * y[1], x[2] * y[2]};
  const float stored_few[3] = {kept[0], kept[1], kept[2]};
  CHECK(detail::to_bits(sum(few)) == detail::to_bits(sum(stored_few)));
  std::vector<float> out(1000);
  std::vector<float> expected(1000);
  mul(x, y, out);
  add(out, x, out);
  for (std::size_t i = 0; i < 1000; ++i) {
    expected[i] = stored(kept[i] + x[i]);
  }
  CHECK(!compare(out, expected));
}

TEST_CASE("simd/contraction: draws inside a caller's expressions") {
  int wrong = 0;
  for (std::uint64_t i = 0; i < 3000; ++i) {
    const random_key key{7, 1};
    const float z = stored(normal<float>(key, i));
    const float u = stored(uniform<float>(key, i));
    const float a = normal<float>(key, i) + 0.25f;
    const float b = uniform<float>(key, i) - 0.3f;
    wrong += detail::to_bits(a) != detail::to_bits(stored(z + 0.25f));
    wrong += detail::to_bits(b) != detail::to_bits(stored(u - 0.3f));
  }
  CHECK(wrong == 0);
}

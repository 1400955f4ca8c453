// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// A caller whose own arithmetic stands around ours: the bits are those of arguments and results that have been
// through memory, whatever the compiler may fuse. unit/simd/contraction does this for one setting and every
// lane; this small program is compiled for each.
#include <cstddef>
#include <cstdint>
#include <cstdio>

#include <detops/math.hpp>
#include <detops/random.hpp>
#include <detops/reduce.hpp>

namespace {

using detops::detail::from_bits;
using detops::detail::to_bits;

constexpr std::size_t count = 4000;
int failures = 0;

/// Through memory: the compiler can neither fuse across nor see what is there.
template <class T>
T stored(T value) {
  const volatile T memory = value;
  return memory;
}

struct triple {
  float u, v, z;
};

/// u and v with full fractions, so that a product needs its rounding: their product lies in [low, 4 low).
triple draw(std::uint32_t i, float low) {
  std::uint64_t x = (i + 1) * 0x9e3779b97f4a7c15u;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
  const auto one_to_two = [](std::uint64_t bits) {
    return from_bits<float>(0x3f800000u | static_cast<std::uint32_t>(bits & 0x7fffffu));
  };
  return {stored(low * one_to_two(x)), one_to_two(x >> 23), one_to_two(x >> 40)};
}

__attribute__((noinline)) void expect(const char* function, const char* place, float got,
                                      float expected, bool also = false) {
  if (!also && to_bits(got) != to_bits(expected)) {
    if (++failures <= 20) {
      std::printf("%s, %s: %a instead of %a\n", function, place, static_cast<double>(got),
                  static_cast<double>(expected));
    }
  }
}

/// How often a fused multiply-add would give something else: where it is 0 nothing is tested.
int differing_products = 0;

/// Flattened: what may be inlined is, so that a compiler sees our arithmetic beside the caller's.
template <class Function>
__attribute__((flatten)) void check(const char* name, float low, const Function& f) {
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto [u, v, z] = draw(i, low);
    const float product = stored(u * v);
    const float value = stored(f(product));
    expect(name, "f(u*v)", f(u * v), value);
    expect(name, "f(u+z)", f(u + z), stored(f(stored(u + z))));
    // The caller's own product and sum may be fused; the value between them is ours.
    const float fused = stored(__builtin_fmaf(value, v, z));
    const float rounded = stored(stored(value * v) + z);
    differing_products += to_bits(fused) != to_bits(rounded);
    const float around = f(product) * v + z;
    expect(name, "f(x)*v+z", around, rounded, to_bits(around) == to_bits(fused));
    expect(name, "f(x)+z", f(product) + z, stored(value + z));
    expect(name, "z-f(x)", z - f(product), stored(z - value));
  }
}

float sum_of(float x) {
  const float one[1] = {x};
  return detops::sum(one);
}
float sum_of_two(float x) {
  const float two[2] = {x, 0.75f};
  return detops::sum(two);
}
float kahan_of_two(float x) {
  const float two[2] = {x, 0.75f};
  return detops::sum(two, detops::kahan);
}
float dot_of_two(float x) {
  const float two[2] = {x, 0.75f};
  return detops::dot(two, two);
}

/// An operation on arrays of one element, of which the caller keeps a float.
template <class Operation>
float of_one(const Operation& operation, float x, float y) {
  const float a[1] = {x}, b[1] = {y};
  float out[1];
  operation(detops::vector_view<const float>(a, 1), detops::vector_view<const float>(b, 1),
            detops::vector_view<float>(out, 1));
  return out[0];
}
float add(float x, float y) {
  return of_one([](auto a, auto b, auto out) { detops::add(a, b, out); }, x, y);
}
float mul(float x, float y) {
  return of_one([](auto a, auto b, auto out) { detops::mul(a, b, out); }, x, y);
}

__attribute__((flatten)) void check_chains() {
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto [u, v, z] = draw(i, 0.5f);
    // three of our calls in one expression: exp of mul of add
    const float sum = stored(add(u, v));
    const float product = stored(mul(sum, z));
    expect("add", "alone", sum, stored(u + v));
    expect("mul", "alone", product, stored(sum * z));
    expect("chain", "exp(mul(add))", detops::exp(mul(add(u, v), z)), stored(detops::exp(product)));
    expect("chain", "add(mul)", add(mul(u, v), z), stored(stored(u * v) + z));
    expect("chain", "mul-add", mul(u, v) - z, stored(stored(u * v) - z));
    // ours, the caller's, ours
    const float inner = stored(detops::log(stored(u * v)));
    const float fused = stored(detops::exp(stored(__builtin_fmaf(inner, v, z))));
    const float rounded = stored(detops::exp(stored(stored(inner * v) + z)));
    const float between = detops::exp(detops::log(u * v) * v + z);
    expect("chain", "exp(log(u*v)*v+z)", between, rounded, to_bits(between) == to_bits(fused));
    expect("chain", "tanh(exp(log))", detops::tanh(detops::exp(detops::log(u * v))),
           stored(detops::tanh(stored(detops::exp(inner)))));
  }
}

__attribute__((flatten)) void check_draws() {
  const detops::random_key key{7, 1};
  for (std::uint64_t i = 0; i < count; ++i) {
    const float normal = stored(detops::normal<float>(key, i));
    const float uniform = stored(detops::uniform<float>(key, i));
    expect("normal", "+", detops::normal<float>(key, i) + 0.25f, stored(normal + 0.25f));
    expect("uniform", "-", detops::uniform<float>(key, i) - 0.3f, stored(uniform - 0.3f));
  }
}

} // namespace

int main() {
  check("exp", 0.5f, [](float x) { return detops::exp(x); });
  check("log", 0.5f, [](float x) { return detops::log(x); });
  check("sinpi", 0.5f, [](float x) { return detops::sinpi(x); });
  check("cospi", 0.5f, [](float x) { return detops::cospi(x); });
  check("tanh", 0.25f, [](float x) { return detops::tanh(x); });
  check("sum", 0.5f, sum_of);
  check("sum of two", 0.5f, sum_of_two);
  check("kahan of two", 0.5f, kahan_of_two);
  check("dot of two", 0.5f, dot_of_two);
  check_chains();
  check_draws();
  if (differing_products < static_cast<int>(count)) {
    std::printf("only %d products need their rounding: the inputs test nothing\n",
                differing_products);
    return 1;
  }
  std::printf("%d failures, %d of the caller's products change when fused\n", failures,
              differing_products);
  return failures == 0 ? 0 : 1;
}

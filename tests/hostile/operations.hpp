// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// A selection of operations on values that hostile settings change: subnormals, zeros of both signs, NaN,
// infinities, sums on ties. Inputs are made of integers alone, so that no setting changes them. No
// container and no string: tests/odr reads the symbols of what this file makes of the headers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stdexcept>

#include <detops/math.hpp>
#include <detops/matmul.hpp>
#include <detops/random.hpp>
#include <detops/reduce.hpp>
#include <detops/verify/digest.hpp>

namespace {
namespace hostile {

// Enough for several blocks of the tree, the elementwise tasks, the fills and the products.
constexpr std::size_t count = 50000;
constexpr std::size_t fill_count = 70000;
constexpr std::size_t side = 160;
constexpr std::size_t depth = 300;
constexpr std::size_t few = 600;

/// One result: its fingerprint, or what the library said when it refused.
using emit_function = void (*)(const char* name, std::uint64_t high, std::uint64_t low,
                               const char* refusal);

std::uint64_t scrambled(std::uint64_t x) { // splitmix64
  x = (x + 1) * 0x9e3779b97f4a7c15u;
  x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
  x = (x ^ x >> 27) * 0x94d049bb133111ebu;
  return x ^ x >> 31;
}

/// Finite values of either sign: most between 2^-20 and 2^20, some subnormal, zero, or a small
/// integer, which meets others on ties of large sums.
template <class T>
T finite_value(std::uint64_t i, std::uint64_t seed) {
  using U = detops::detail::uint_of<T>;
  constexpr int fraction_bits = sizeof(T) == 8 ? 52 : 23;
  constexpr U bias = sizeof(T) == 8 ? 1023 : 127;
  const std::uint64_t hash = scrambled(seed << 32 ^ i);
  const U sign = static_cast<U>(hash & 1) << (8 * sizeof(T) - 1);
  const U fraction = static_cast<U>(hash >> 8) & ((U{1} << fraction_bits) - 1);
  U rest = 0; // zero
  switch (hash >> 1 & 15) {
  case 0:
    break;
  case 1:
    rest = fraction;
    break;
  case 2: // 1, 3/2, 2, 3
    rest = (bias + (fraction & 1)) << fraction_bits | (fraction & 2) << (fraction_bits - 2);
    break;
  case 3: // 2^24 (2^53) and its neighbours
    rest = (bias + fraction_bits + 1) << fraction_bits | (fraction & 3);
    break;
  default:
    rest = (bias - 20 + static_cast<U>(hash >> 58) % 41) << fraction_bits | fraction;
  }
  return detops::detail::from_bits<T>(sign | rest);
}

/// Subnormals and the smallest normal numbers.
template <class T>
T tiny_value(std::uint64_t i, std::uint64_t seed) {
  using U = detops::detail::uint_of<T>;
  constexpr int fraction_bits = sizeof(T) == 8 ? 52 : 23;
  const std::uint64_t hash = scrambled(seed << 32 ^ i);
  const U sign = static_cast<U>(hash & 1) << (8 * sizeof(T) - 1);
  const U magnitude = static_cast<U>(hash >> 4) & ((U{1} << (fraction_bits + 1)) - 1);
  return detops::detail::from_bits<T>(sign | magnitude);
}

/// Any bits at all, NaNs with a payload and infinities among them; small ones where exp and tanh
/// are not constant.
template <class T>
T any_value(std::uint64_t i, std::uint64_t seed) {
  using U = detops::detail::uint_of<T>;
  const std::uint64_t hash = scrambled(seed << 32 ^ i);
  switch (hash & 7) {
  case 0:
    return detops::detail::from_bits<T>(static_cast<U>(hash >> 3) |
                                        detops::detail::infinity_bits<T>);
  case 1:
    return detops::detail::from_bits<T>(detops::detail::infinity_bits<T> |
                                        static_cast<U>(hash >> 3 & 1) << (8 * sizeof(T) - 1));
  case 2:
    return detops::detail::from_bits<T>(static_cast<U>(hash >> (64 - 8 * sizeof(T))));
  default:
    return finite_value<T>(i, seed);
  }
}

template <class T>
struct buffers {
  T x[count], y[count], z[count], tiny[count], special[count], other[count], positive[count];
  T a[side * depth], b[depth * side], c[side * side];
  T out[fill_count];

  buffers() {
    using U = detops::detail::uint_of<T>;
    for (std::size_t i = 0; i < count; ++i) {
      x[i] = finite_value<T>(i, 1);
      y[i] = finite_value<T>(i, 2);
      z[i] = finite_value<T>(i, 3);
      tiny[i] = tiny_value<T>(i, 4);
      special[i] = any_value<T>(i, 5);
      other[i] = any_value<T>(i, 6);
      positive[i] = detops::detail::from_bits<T>(detops::detail::to_bits(special[i]) &
                                                 ~(U{1} << (8 * sizeof(T) - 1)));
    }
    for (std::size_t i = 0; i < side * depth; ++i) {
      a[i] = i < 5 * depth ? tiny_value<T>(i, 7) : finite_value<T>(i, 7);
      b[i] = finite_value<T>(i, 8);
    }
  }
};

template <class T>
buffers<T>& data() {
  static buffers<T> made;
  return made;
}

template <class T, std::size_t N>
detops::vector_view<T> all(T (&x)[N]) {
  return {x, N};
}

/// Gives emit the fingerprint of what body returns, or the refusal.
template <class Body>
void report(emit_function emit, const char* name, Body&& body) {
  try {
    const auto& result = body();
    const detops::fingerprint print = detops::digest(result);
    emit(name, print.high, print.low, nullptr);
  } catch (const std::runtime_error& error) {
    emit(name, 0, 0, error.what());
  }
}

/// The functions of one value. They run in the caller's rounding mode.
inline void run_scalars(emit_function emit) {
  auto& f = data<float>();
  const auto each = [&](const char* name, auto function) {
    report(emit, name, [&] {
      for (std::size_t i = 0; i < few; ++i) {
        f.out[i] = function(i);
      }
      return detops::vector_view<const float>(f.out, few);
    });
  };
  each("scalar_exp", [&](std::size_t i) { return detops::exp(f.special[i]); });
  each("scalar_log", [&](std::size_t i) { return detops::log(f.positive[i]); });
  each("scalar_sinpi", [&](std::size_t i) { return detops::sinpi(f.special[i]); });
  each("scalar_cospi", [&](std::size_t i) { return detops::cospi(f.special[i]); });
  each("scalar_tanh", [&](std::size_t i) { return detops::tanh(f.special[i]); });
  each("scalar_normal", [&](std::size_t i) { return detops::normal<float>({1, 2}, i); });
}

/// The operations on arrays; their results depend on nothing but their arguments.
template <class Executor>
void run_arrays(const Executor& exec, emit_function emit) {
  auto& f = data<float>();
  auto& d = data<double>();
  const detops::vector_view<float> out(f.out, count);
  const detops::vector_view<double> double_out(d.out, count);
  const auto written = [&](const char* name, auto function) {
    report(emit, name, [&] {
      function();
      return detops::vector_view<const float>(out);
    });
  };
  const auto double_written = [&](const char* name, auto function) {
    report(emit, name, [&] {
      function();
      return detops::vector_view<const double>(double_out);
    });
  };
  // Of the whole, and of many short pieces: in a long sum the last bit of one product is lost.
  const auto reduced = [&]<class T>(const char* name, buffers<T>& m, const T(&x)[count],
                                    auto function) {
    report(emit, name, [&] {
      constexpr std::size_t pieces = 160;
      constexpr std::size_t length = 307; // whole unrolled steps, rows after them, a tail
      m.out[pieces] = function(all(x), all(m.y));
      for (std::size_t i = 0; i < pieces; ++i) {
        m.out[i] =
            function(all(x).subview(i * length, length), all(m.y).subview(i * length, length));
      }
      return detops::vector_view<const T>(m.out, pieces + 1);
    });
  };
  const auto sum = [&](auto x, auto) { return detops::sum(exec, x); };
  const auto sum_kahan = [&](auto x, auto) { return detops::sum(exec, x, detops::kahan); };
  reduced("sum", f, f.x, sum);
  reduced("sum_kahan", f, f.x, sum_kahan);
  reduced("sum_tiny", f, f.tiny, sum);
  reduced("dot", f, f.x, [&](auto x, auto y) { return detops::dot(exec, x, y); });
  reduced("dot_kahan", f, f.x,
          [&](auto x, auto y) { return detops::dot(exec, x, y, detops::kahan); });
  reduced("mean_tiny", f, f.tiny, [&](auto x, auto) { return detops::mean(exec, x); });
  reduced("max", f, f.x, [&](auto x, auto) { return detops::max(exec, x); });
  reduced("max_special", f, f.special, [&](auto x, auto) { return detops::max(exec, x); });
  reduced("double_sum", d, d.x, sum);
  reduced("double_sum_kahan", d, d.x, sum_kahan);

  written("add", [&] { detops::add(exec, all(f.special), all(f.x), out); });
  written("mul", [&] { detops::mul(exec, all(f.special), all(f.other), out); });
  written("mul_tiny", [&] { detops::mul(exec, all(f.tiny), all(f.x), out); });
  written("fma", [&] { detops::fma(exec, all(f.special), all(f.y), all(f.z), out); });
  written("fma_tiny", [&] { detops::fma(exec, all(f.tiny), all(f.y), all(f.tiny), out); });
  written("div", [&] { detops::div(exec, all(f.special), all(f.y), out); });
  written("div_scalar", [&] { detops::div(exec, all(f.x), 3.0f, out); });
  written("sqrt", [&] { detops::sqrt(exec, all(f.special), out); });
  double_written("double_fma",
                 [&] { detops::fma(exec, all(d.special), all(d.y), all(d.tiny), double_out); });
  double_written("double_div", [&] { detops::div(exec, all(d.special), all(d.y), double_out); });

  written("exp", [&] { detops::exp(exec, all(f.special), out); });
  written("log", [&] { detops::log(exec, all(f.positive), out); });
  written("sinpi", [&] { detops::sinpi(exec, all(f.special), out); });
  written("cospi", [&] { detops::cospi(exec, all(f.special), out); });
  written("tanh", [&] { detops::tanh(exec, all(f.special), out); });

  const auto filled = [&](const char* name, auto function) {
    report(emit, name, [&] {
      function();
      return detops::vector_view<const float>(f.out, fill_count);
    });
  };
  const detops::random_key key{42, 7};
  filled("fill_uniform", [&] { detops::fill_uniform(exec, key, all(f.out)); });
  filled("fill_uniform_range",
         [&] { detops::fill_uniform(exec, key, all(f.out), {.lo = -0x1p-130f, .hi = 3.0f}); });
  filled("fill_normal", [&] { detops::fill_normal(exec, key, all(f.out)); });
  report(emit, "shuffle", [&] {
    static std::uint32_t order[fill_count];
    for (std::size_t i = 0; i < fill_count; ++i) {
      order[i] = static_cast<std::uint32_t>(i);
    }
    detops::shuffle(exec, key, all(order));
    return detops::vector_view<const std::uint32_t>(order, fill_count);
  });

  const auto product = [&]<class T>(const char* name, buffers<T>& m, T alpha, T beta) {
    report(emit, name, [&] {
      for (std::size_t i = 0; i < side * side; ++i) {
        m.c[i] = finite_value<T>(i, 9);
      }
      const detops::matrix_view<T> c(m.c, side, side);
      detops::matmul(exec, detops::matrix_view<const T>(m.a, side, depth),
                     detops::matrix_view<const T>(m.b, depth, side), c,
                     {.alpha = alpha, .beta = beta});
      return detops::matrix_view<const T>(c);
    });
  };
  product("matmul", f, 1.0f, 0.0f);
  product("matmul_options", f, -1.5f, 0x1p-130f);
  product("double_matmul", d, static_cast<double>(1), static_cast<double>(0));
}

} // namespace hostile
} // namespace

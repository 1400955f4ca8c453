// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Functions of floats and fills by the kernels of each level against those of this file's instruction set, bit by bit.
#include "catch.hpp"

#include <random>
#include <vector>

#include <detops/dispatch.hpp>
#include <detops/exec.hpp>
#include <detops/math.hpp>
#include <detops/random.hpp>

#include "../matmul/operands.hpp"
#include "each_level.hpp"

namespace {

using detops_test::at_each_level;
using detops_test::layout;
using detops_test::same_bits;
using detops_test::stored_matrix;
using detops_test::values;

#define DETOPS_TEST_FUNCTIONS(header)                                                              \
  [](auto&& check) {                                                                               \
    check([](const auto&... x) { header::exp(x...); });                                            \
    check([](const auto&... x) { header::log(x...); });                                            \
    check([](const auto&... x) { header::sinpi(x...); });                                          \
    check([](const auto&... x) { header::cospi(x...); });                                          \
    check([](const auto&... x) { header::tanh(x...); });                                           \
  }

TEST_CASE("dispatch/math: one result at all levels") {
  const detops::thread_pool pool(3);
  std::mt19937 engine(3);
  for (const layout kind : {layout::row_major, layout::spread, layout::negative}) {
    for (const values of : {values::normal, values::mixed_exponents, values::special}) {
      stored_matrix<float> in(130, 300, kind);
      in.fill(engine, of);
      std::vector<stored_matrix<float>> expected;
      DETOPS_TEST_FUNCTIONS(detops)
      ([&](auto function) {
        expected.emplace_back(130, 300, kind);
        function(in.view(), expected.back().view());
      });
      at_each_level([&] {
        std::size_t i = 0;
        DETOPS_TEST_FUNCTIONS(detops::dispatch)
        ([&](auto function) {
          stored_matrix<float> serial(130, 300, kind), pooled = in;
          function(in.view(), serial.view());
          function(pool, pooled.view(), pooled.view()); // in place
          CHECK(serial.same_storage(expected[i]));
          CHECK(pooled.same_storage(expected[i]));
          ++i;
        });
      });
    }
  }
}

TEST_CASE("dispatch/math: vectors, and refusals with the words of detops") {
  const std::vector<float> in{-1.5f, 0.25f, 7.0f};
  std::vector<float> out(3), expected(3), shorter(2);
  detops::exp(in, expected);
  at_each_level([&] {
    detops::dispatch::exp(in, out);
    CHECK(same_bits(out, expected));
    CHECK(detops_test::refusal_of([&] { detops::dispatch::exp(in, shorter); }) ==
          detops_test::refusal_of([&] { detops::exp(in, shorter); }));
  });
}

TEST_CASE("dispatch/random: one result at all levels") {
  constexpr detops::random_key key{5, 9};
  constexpr std::size_t n = 70001, first = 12345;
  const detops::thread_pool pool(3);
  std::vector<float> uniform(n), normal(n);
  std::vector<double> uniform_double(n);
  detops::fill_uniform(key, uniform, first);
  detops::fill_uniform(key, uniform_double, first);
  detops::fill_normal(key, normal, first);
  at_each_level([&] {
    std::vector<float> x(n);
    std::vector<double> y(n);
    detops::dispatch::fill_uniform(key, x, first);
    CHECK(same_bits(x, uniform));
    detops::dispatch::fill_normal(pool, key, x, first);
    CHECK(same_bits(x, normal));
    detops::dispatch::fill_uniform(pool, key, y, first);
    CHECK(same_bits(y, uniform_double));
  });
}

} // namespace

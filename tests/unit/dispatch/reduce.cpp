// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Reductions by the kernels of each level against those of this file's instruction set, bit by bit.
#include "catch.hpp"

#include <random>
#include <type_traits>
#include <vector>

#include <detops/dispatch.hpp>
#include <detops/exec.hpp>
#include <detops/reduce.hpp>

#include "../matmul/operands.hpp"
#include "each_level.hpp"

namespace {

using detops_test::at_each_level;
using detops_test::layout;
using detops_test::stored_matrix;
using detops_test::values;

/// Rows and columns, so that the number of elements is around every boundary.
constexpr std::size_t shapes[][2] = {{0, 5}, {1, 1},   {1, 15},   {3, 17},
                                     {9, 9}, {40, 33}, {1, 5000}, {270, 300}};

/// All results of one header's functions for one matrix, with any executor.
#define DETOPS_TEST_RESULTS(header)                                                                \
  [](const auto& exec, const auto& x, const auto& y) {                                             \
    using T = detops::element_t<decltype(x)>;                                                      \
    std::vector<T> r;                                                                              \
    const auto sums = [&](auto policy) {                                                           \
      r.push_back(header::sum(exec, x, policy));                                                   \
      r.push_back(header::dot(exec, x, y, policy));                                                \
      r.push_back(header::mean(exec, x, policy));                                                  \
      r.push_back(header::norm1(exec, x, policy));                                                 \
      r.push_back(header::variance(exec, x, 1, policy));                                           \
      r.push_back(header::stddev(exec, x, 0, policy));                                             \
      r.push_back(header::covariance(exec, x, y, 1, policy));                                      \
    };                                                                                             \
    sums(detops::pairwise);                                                                        \
    sums(detops::kahan);                                                                           \
    sums(detops::wide);                                                                            \
    sums(detops::exact);                                                                           \
    r.push_back(header::norm2(exec, x));                                                           \
    if (x.rows * x.cols != 0) {                                                                    \
      r.push_back(header::max(exec, x));                                                           \
      r.push_back(header::min(exec, x));                                                           \
      r.push_back(static_cast<T>(static_cast<float>(header::argmax(exec, x) % 1000)));             \
      r.push_back(static_cast<T>(static_cast<float>(header::argmin(exec, x) % 1000)));             \
    }                                                                                              \
    return r;                                                                                      \
  }

TEMPLATE_TEST_CASE("dispatch/reduce: one result at all levels", "", float, double, Eigen::half,
                   Eigen::bfloat16) {
  const auto own = DETOPS_TEST_RESULTS(detops);
  const auto dispatched = DETOPS_TEST_RESULTS(detops::dispatch);
  const detops::thread_pool pool(3);
  std::mt19937 engine(11);
  for (const auto& [rows, cols] : shapes) {
    for (const layout kind : {layout::row_major, layout::spread, layout::broadcast_rows}) {
      for (const values of : {values::normal, values::mixed_exponents, values::special}) {
        INFO(rows << "x" << cols << ", layout " << static_cast<int>(kind));
        stored_matrix<TestType> x(rows, cols, kind), y(rows, cols, layout::padded);
        x.fill(engine, of);
        y.fill(engine, of);
        const auto expected = own(detops::seq, x.view(), y.view());
        at_each_level([&] {
          CHECK(detops_test::same_bits(dispatched(detops::seq, x.view(), y.view()), expected));
          CHECK(detops_test::same_bits(dispatched(pool, x.view(), y.view()), expected));
        });
      }
    }
  }
}

TEST_CASE("dispatch/reduce: forms without an executor, and of vectors") {
  const std::vector<float> x{1, 2, 3, 4, -9, 4}, y{1, 1, 1, 1, 1, 2};
  namespace ops = detops::dispatch;
  at_each_level([&] {
    CHECK(ops::sum(x) == 5);
    CHECK(ops::sum(x, detops::exact) == 5);
    CHECK(ops::dot(x, y) == 9);
    CHECK(ops::dot(x, y, detops::wide) == 9);
    CHECK(ops::mean(y) == 7.0f / 6);
    CHECK(ops::norm1(x) == 23);
    CHECK(ops::norm2(std::vector<double>{3, 4}) == 5);
    CHECK(ops::variance(std::vector<double>{1, 3}, 1) == 2);
    CHECK(ops::stddev(std::vector<double>{1, 3}) == 1);
    CHECK(ops::covariance(std::vector<double>{1, 3}, std::vector<double>{3, 1}) == -1);
    CHECK(ops::max(x) == 4);
    CHECK(ops::min(x) == -9);
    CHECK(ops::argmax(x) == 3);
    CHECK(ops::argmin(x) == 4);
  });
}

TEST_CASE("dispatch/reduce: refuses what detops refuses, with its words") {
  const std::vector<float> x(4), y(5), none;
  at_each_level([&] {
    CHECK(detops_test::refusal_of([&] { detops::dispatch::dot(x, y); }) ==
          detops_test::refusal_of([&] { detops::dot(x, y); }));
    CHECK(detops_test::refusal_of([&] { detops::dispatch::max(none); }) ==
          detops_test::refusal_of([&] { detops::max(none); }));
  });
}

} // namespace

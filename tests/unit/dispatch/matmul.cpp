// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Products by the kernels of each level against those of this file's instruction set, bit by bit.
#include "catch.hpp"

#include <random>
#include <stdexcept>

#include <detops/dispatch.hpp>
#include <detops/exec.hpp>
#include <detops/matmul.hpp>

#include "../matmul/operands.hpp"
#include "each_level.hpp"

namespace {

using detops::matrix_view;
using detops_test::at_each_level;
using detops_test::layout;
using detops_test::product_of;
using detops_test::stored_matrix;
using detops_test::values;

struct shape {
  std::size_t m, n, k;
};

#define DETOPS_TEST_PRODUCTS                                                                       \
  (product_of<float, detops::pairwise_t>), (product_of<float, detops::kahan_t>),                   \
      (product_of<float, detops::wide_t>), (product_of<double, detops::pairwise_t>),               \
      (product_of<double, detops::kahan_t>), (product_of<Eigen::half, detops::pairwise_t>),        \
      (product_of<Eigen::bfloat16, detops::wide_t>),                                               \
      (product_of<std::int32_t, detops::pairwise_t>)

TEMPLATE_TEST_CASE("dispatch/matmul: one result at all levels", "", DETOPS_TEST_PRODUCTS) {
  using T = typename TestType::result;
  using Operand = typename TestType::operand;
  using Scalar = typename TestType::scalar;
  const detops::thread_pool pool(3);
  std::mt19937 engine(7);
  for (const auto& [m, n, k] : {shape{0, 3, 4}, shape{1, 1, 0}, shape{1, 70, 300}, shape{5, 7, 9},
                                shape{33, 47, 600}, shape{130, 90, 257}}) {
    for (const layout kind : {layout::row_major, layout::col_major, layout::negative}) {
      for (const values of : {values::normal, values::special}) {
        INFO(m << "x" << n << "x" << k << ", layout " << static_cast<int>(kind));
        stored_matrix<Operand> a(m, k, kind), b(k, n, layout::padded);
        stored_matrix<T> old(m, n, kind);
        a.fill(engine, of);
        b.fill(engine, of);
        old.fill(engine, values::normal);
        const detops::matmul_options<T> options{static_cast<Scalar>(3), static_cast<Scalar>(-2)};

        stored_matrix<T> plain(m, n, kind), expected = old;
        detops::matmul(a.view(), b.view(), plain.view(), {}, TestType::policy);
        detops::matmul(a.view(), b.view(), expected.view(), options, TestType::policy);
        at_each_level([&] {
          stored_matrix<T> c(m, n, kind), added = old, pooled = old;
          detops::dispatch::matmul(a.view(), b.view(), c.view(), {}, TestType::policy);
          CHECK(c.same_storage(plain));
          detops::dispatch::matmul(a.view(), b.view(), added.view(), options, TestType::policy);
          CHECK(added.same_storage(expected));
          detops::dispatch::matmul(pool, a.view(), b.view(), pooled.view(), options,
                                   TestType::policy);
          CHECK(pooled.same_storage(expected));
        });
      }
    }
  }
}

TEST_CASE("dispatch/matmul: refuses what detops::matmul refuses, with its words") {
  std::vector<float> x(20), untouched(20, 1.0f);
  const matrix_view<const float> a(x.data(), 4, 5), null(nullptr, 5, 3);
  const auto each_refusal = [&](auto matmul) {
    const matrix_view<float> c(untouched.data(), 4, 3);
    const matrix_view<float> itself(x.data(), 4, 4);
    std::vector<std::string> messages;
    messages.push_back(detops_test::refusal_of([&] { matmul(a, a, c); }));
    messages.push_back(detops_test::refusal_of([&] { matmul(a, null, c); }));
    messages.push_back(detops_test::refusal_of([&] { matmul(a, a.transposed(), itself); }));
    return messages;
  };
  const auto expected = each_refusal([](auto... args) { detops::matmul(args...); });
  CHECK(expected[0] == "detops::matmul: A [4x5] times B [4x5] does not give C [4x3]");
  at_each_level([&] {
    CHECK(each_refusal([](auto... args) { detops::dispatch::matmul(args...); }) == expected);
  });
  CHECK(untouched == std::vector<float>(20, 1.0f));
}

/// Runs nothing.
struct broken_executor {
  static std::size_t concurrency() { return 2; }
  static void bulk(std::size_t, detops::task_ref) { throw std::runtime_error("no threads"); }
};

TEST_CASE("dispatch/matmul: an exception of the executor reaches the caller") {
  std::vector<double> x(200 * 200), y(200 * 200);
  const matrix_view<const double> a(x.data(), 200, 200);
  at_each_level([&] {
    CHECK_THROWS_WITH(
        detops::dispatch::matmul(broken_executor{}, a, a, matrix_view<double>(y.data(), 200, 200)),
        "no threads");
  });
}

} // namespace

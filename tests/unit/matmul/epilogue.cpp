// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// matmul with an epilogue against matmul and then each step on the whole of C, bit by bit; every element of C is in one
// part.
#include "products.hpp"

#include <cfenv>
#include <stdexcept>

#include <detops/math.hpp>

namespace epilogue_tests {

using detops::broadcast_column;
using detops::broadcast_row;
using detops::epilogue;
using detops::matmul;
using detops::matrix_view;
using detops::vector_view;
using detops_test::contains;
using detops_test::layout;
using detops_test::random_matrix;
using detops_test::stored_matrix;
namespace activation = detops::activation;

struct sizes {
  std::size_t m, n, k;
};
/// Small ones, thin ones of both kinds, those that are packed, with edges in rows, columns and k, and those whose k threads
/// share.
constexpr sizes shapes[] = {{1, 1, 1},      {7, 33, 20},   {40, 50, 60},   {13, 45, 300},
                            {5, 4000, 70},  {4000, 3, 70}, {33, 700, 513}, {300, 130, 40},
                            {257, 90, 700}, {1, 900, 600}, {900, 1, 600},  {97, 1300, 1030},
                            {20, 30, 0},    {7, 20, 8200}, {1, 3, 140000}};

/// With both ways to write it, for some operands, a C and two biases.
template <class T, class Policy, class Fused, class Apart>
void check_steps(Policy policy, const sizes& size, layout out, const Fused& fused,
                 const Apart& apart, detops::matmul_options<T> options = {}) {
  std::mt19937 engine(static_cast<unsigned>(size.m + size.n + size.k + 7 * static_cast<int>(out)));
  const auto kind = detops_test::pick_values(engine);
  auto a = random_matrix<T>(engine, size.m, size.k, detops_test::pick_output(engine), kind);
  auto b = random_matrix<T>(engine, size.k, size.n, detops_test::pick_output(engine), kind);
  auto row = random_matrix<T>(engine, 1, size.n, detops_test::pick_input(engine), {});
  auto column = random_matrix<T>(engine, size.m, 1, detops_test::pick_input(engine), {});
  auto c = detops_test::random_result<T>(engine, size.m, size.n, out, options);
  auto expected = c;
  matmul(a.view(), b.view(), expected.view(), options, policy);
  const vector_view<const T> row_bias = row.view().row(0), column_bias = column.view().col(0);
  apart(expected.view(), row_bias, column_bias);
  for (const std::size_t threads : {1u, 3u}) {
    auto result = c;
    matmul(detops::thread_pool(threads), a.view(), b.view(), result.view(), options, policy,
           fused(row_bias, column_bias));
    CAPTURE(size.m, size.n, size.k, static_cast<int>(out), threads);
    CHECK(result.same_storage(expected));
  }
}

template <class Check>
void for_shapes(const Check& check) {
  for (const sizes& size : shapes) {
    for (const layout out :
         {layout::row_major, layout::col_major, layout::spread, layout::padded}) {
      check(size, out);
    }
  }
}

TEST_CASE("matmul/epilogue: a bias and a function of float") {
  for_shapes([](const sizes& size, layout out) {
    check_steps<float>(
        detops::pairwise, size, out,
        [](auto row, auto) { return epilogue(broadcast_row(row), activation::tanh); },
        [](auto c, auto row, auto) {
          add(c, broadcast_row(row), c);
          detops::tanh(c, c);
        });
    check_steps<float>(
        detops::pairwise, size, out,
        [](auto row, auto column) {
          return epilogue(broadcast_column(column), activation::exp, broadcast_row(row),
                          activation::relu);
        },
        [](auto c, auto row, auto column) {
          add(c, broadcast_column(column), c);
          detops::exp(c, c);
          add(c, broadcast_row(row), c);
          detops::max(c, 0.0f, c);
        },
        {.alpha = 0.7f, .beta = 3});
  });
}

TEST_CASE("matmul/epilogue: a bias and relu of double, with errors beside the sums") {
  for_shapes([](const sizes& size, layout out) {
    check_steps<double>(
        detops::kahan, size, out,
        [](auto row, auto column) {
          return epilogue(broadcast_row(row), broadcast_column(column), activation::relu);
        },
        [](auto c, auto row, auto column) {
          add(c, broadcast_row(row), c);
          add(c, broadcast_column(column), c);
          detops::max(c, 0.0, c);
        });
  });
}

TEST_CASE("matmul/epilogue: each element is in one part, at its place") {
  detops_test::for_some_products([]<class P>(P) {
    using T = typename P::result;
    for_shapes([](const sizes& size, layout out) {
      const auto [m, n, k] = size;
      std::mt19937 engine(7);
      auto a = random_matrix<typename P::operand>(engine, m, k, {}, {});
      auto b = random_matrix<typename P::operand>(engine, k, n, {}, {});
      stored_matrix<T> c(m, n, out);
      auto expected = c;
      matmul(a.view(), b.view(), expected.view(), {}, P::policy);
      for (const std::size_t threads : {1u, 2u, 5u}) {
        std::vector<unsigned char> seen(m * n), finished(m * n);
        matmul(detops::thread_pool(threads), a.view(), b.view(), c.view(), {}, P::policy,
               [&](const matrix_view<T>& part, std::size_t row, std::size_t col) {
                 for (std::size_t i = 0; i < part.rows; ++i) {
                   for (std::size_t j = 0; j < part.cols; ++j) {
                     const std::size_t at = (row + i) * n + col + j;
                     ++seen[at];
                     finished[at] =
                         &part(i, j) == &c.view()(row + i, col + j) &&
                         detops_test::same_bits(part(i, j), expected.view()(row + i, col + j));
                     part(i, j) = T(1);
                   }
                 }
               });
        std::vector<unsigned char> ones(m * n, 1);
        CAPTURE(m, n, k, static_cast<int>(out), threads);
        CHECK(detops_test::same_bits(seen, ones));
        CHECK(detops_test::same_bits(finished, ones));
        bool kept = true; // nothing is written later
        for (std::size_t i = 0; i < m; ++i) {
          for (std::size_t j = 0; j < n; ++j) {
            kept = kept && c.view()(i, j) == T(1);
          }
        }
        CHECK(kept);
      }
    });
  });
}

TEST_CASE("matmul/epilogue: forms of the call") {
  std::mt19937 engine(8);
  auto a = random_matrix<float>(engine, 9, 20, {}, {});
  auto b = random_matrix<float>(engine, 20, 11, {}, {});
  const std::vector<float> bias(11, 0.25f);
  std::vector<float> expected(99), c(99);
  const matrix_view<float> plain(expected.data(), 9, 11), view(c.data(), 9, 11);
  const auto same = [&] { return detops_test::same_bits(c, expected); };
  matmul(a.view(), b.view(), plain);
  matmul(a.view(), b.view(), view, epilogue());
  CHECK(same());
  add(plain, broadcast_row(bias), plain);
  matmul(detops::par, a.view(), b.view(), view, broadcast_row(bias));
  CHECK(same());
  detops::tanh(plain, plain);
  matmul(a.view(), b.view(), view, epilogue(broadcast_row(bias), activation::tanh));
  CHECK(same());
  const epilogue biased(broadcast_row(bias));
  matmul(a.view(), b.view(), view, {}, detops::pairwise, epilogue(biased, activation::tanh));
  CHECK(same());
  detops::neg(plain, plain);
  matmul(detops::seq, a.view(), b.view(), view,
         epilogue(biased, activation::tanh, [](auto part) { detops::neg(part, part); }));
  CHECK(same());
}

TEST_CASE("matmul/epilogue: what is refused, before anything is written") {
  std::vector<double> memory(60, 1.0), c(20, 2.0);
  const matrix_view<const double> a(memory.data(), 4, 3), b(memory.data() + 12, 3, 5);
  const matrix_view<double> out(c.data(), 4, 5);
  const vector_view<const double> row(memory.data() + 30, 5), column(memory.data() + 40, 4);
  const auto refused = [&](const auto& step, const char* what) {
    CHECK_THROWS_AS(matmul(a, b, out, step), std::invalid_argument);
    CHECK_THROWS_WITH(matmul(detops::par, a, b, out, epilogue(activation::relu, step)),
                      contains("detops::matmul: ") && contains(what));
  };
  refused(broadcast_row(column), "the bias [1x4] does not fit C [4x5]");
  refused(broadcast_column(row), "the bias [5x1] does not fit C [4x5]");
  refused(broadcast_row(vector_view<const double>(nullptr, 5)), "the bias [1x5] has null data");
  refused(broadcast_row(vector_view<const double>(c.data() + 5, 5)),
          "C [4x5] overlaps the bias [1x5]");
  refused(broadcast_column(vector_view<const double>(c.data() + 2, 4, 5)),
          "C [4x5] overlaps the bias [4x1]");
  CHECK_THROWS_WITH(matmul(b, a, out, broadcast_row(row)), contains("A [3x5] times B [4x3]"));
  CHECK(c == std::vector<double>(20, 2.0));
  // a column of the matrix that holds C
  const matrix_view<double> all(memory.data() + 28, 4, 8);
  matmul(a, b, all.submatrix(0, 0, 4, 5), broadcast_column(all.col(5)));
  CHECK(all(3, 4) == 4);
}

TEST_CASE("matmul/epilogue: errors of a callable, its environment, a C of nothing") {
  std::mt19937 engine(9);
  auto a = random_matrix<float>(engine, 300, 70, {}, {});
  auto b = random_matrix<float>(engine, 70, 300, {}, {});
  std::vector<float> c(300 * 300);
  const matrix_view<float> view(c.data(), 300, 300);
  const auto fails = [](const matrix_view<float>&) { throw std::runtime_error("of the caller"); };
  CHECK_THROWS_WITH(matmul(a.view(), b.view(), view, fails), "of the caller");
  CHECK_THROWS_WITH(matmul(detops::thread_pool(3), a.view(), b.view(), view, fails),
                    "of the caller");
  matmul(matrix_view<const float>(nullptr, 0, 70), b.view(), matrix_view<float>(nullptr, 0, 300),
         fails);
  bool as_default = true;
  std::fesetround(FE_UPWARD);
  matmul(a.view(), b.view(), view, [&](const matrix_view<float>&) {
    as_default = as_default && detops::detail::default_fp_environment();
  });
  const int after = std::fegetround();
  std::fesetround(FE_TONEAREST);
  CHECK(as_default);
  CHECK(after == FE_UPWARD);
}

} // namespace epilogue_tests

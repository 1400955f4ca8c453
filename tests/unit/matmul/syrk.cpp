// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// syrk against the plain loops of A times its transpose into a symmetric C, bit by bit.
#include "products.hpp"

#include <limits>
#include <stdexcept>

namespace syrk_tests {

using detops::matrix_view;
using detops::syrk;
using detops_test::contains;
using detops_test::random_matrix;
using detops_test::stored_matrix;

struct sizes {
  std::size_t n, k;
};
/// Around the blocks on the diagonal, and some k's of several blocks.
sizes pick_sizes(std::mt19937& engine) {
  using detops_test::pick;
  switch (engine() % 5) {
  case 0:
    return {pick(engine, 12), pick(engine, 800)};
  case 1:
    return {94 + pick(engine, 8), pick(engine, 30)};
  case 2:
    return {180 + pick(engine, 40), pick(engine, 5)};
  default:
    return {pick(engine, 30), pick(engine, 40)};
  }
}

TEST_CASE("matmul/syrk: the plain loops, for any shape, layout and values") {
  detops_test::for_some_products([]<class P>(P) {
    using T = typename P::result;
    std::mt19937 engine(sizeof(T));
    for (int round = 0; round < (detops::has_fma ? 200 : 60); ++round) {
      const auto [n, k] = pick_sizes(engine);
      const auto kind = detops_test::pick_values(engine);
      auto a =
          random_matrix<typename P::operand>(engine, n, k, detops_test::pick_input(engine), kind);
      const auto options = detops_test::pick_options<T>(engine);
      // no element of the upper triangle is read
      stored_matrix<T> c(n, n, detops_test::pick_output(engine));
      auto expected = c;
      if (options.beta != 0) {
        expected.fill(engine, detops_test::values::normal);
        for (std::size_t i = 0; i < n; ++i) {
          for (std::size_t j = 0; j <= i; ++j) {
            c.view()(i, j) = expected.view()(j, i) = expected.view()(i, j);
          }
        }
      }
      syrk(a.view(), c.view(), options, P::policy);
      detops::matmul_reference(a.view(), a.view().transposed(), expected.view(), options,
                               P::policy);
      if (!c.same_storage(expected)) {
        CAPTURE(round, n, k, options.alpha, options.beta, static_cast<int>(kind));
        FAIL_CHECK("bits differ from the plain loops");
      }
    }
  });
}

TEST_CASE("matmul/syrk: large, the same bits for every executor, both triangles") {
  detops_test::for_some_products([]<class P>(P) {
    using T = typename P::result;
    constexpr std::size_t n = 431, k = 530;
    std::mt19937 engine(3);
    for (const auto kind : {detops_test::layout::padded, detops_test::layout::col_major}) {
      auto a = random_matrix<typename P::operand>(engine, n, k, kind, {});
      stored_matrix<T> old(n, n, kind);
      old.fill(engine, {});
      for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < i; ++j) {
          old.view()(j, i) = old.view()(i, j);
        }
      }
      auto expected = old;
      detops::matmul(a.view(), a.view().transposed(), expected.view(), {.beta = 3}, P::policy);
      for (const std::size_t threads : {1u, 2u, 3u, 7u}) {
        CAPTURE(threads);
        auto c = old;
        syrk(detops::thread_pool(threads), a.view(), c.view(), {.beta = 3}, P::policy);
        CHECK(c.same_storage(expected));
      }
    }
  });
}

TEST_CASE("matmul/syrk: of nothing") {
  std::vector<float> c = {1, std::numeric_limits<float>::quiet_NaN(), 3, 4};
  const matrix_view<float> view(c.data(), 2, 2);
  syrk(matrix_view<const float>(nullptr, 2, 0), view, {.beta = 2});
  CHECK(c == std::vector<float>{2, 6, 6, 8});
  syrk(matrix_view<const float>(nullptr, 2, 0), view);
  CHECK(c == std::vector<float>(4, 0.0f));
  syrk(matrix_view<const float>(nullptr, 0, 2), matrix_view<float>());
}

TEST_CASE("matmul/syrk: what is refused, before anything is written") {
  std::vector<double> memory(60, 1.0), c(9, 2.0);
  const matrix_view<const double> a(memory.data(), 3, 5);
  const matrix_view<double> out(c.data(), 3, 3);
  CHECK_THROWS_AS(syrk(a.transposed(), out), std::invalid_argument);
  CHECK_THROWS_WITH(syrk(a.transposed(), out),
                    contains("detops::syrk: A [5x3] times its transpose does not give C [3x3]"));
  CHECK_THROWS_WITH(syrk(detops::par, a, out.submatrix(0, 0, 3, 2)), contains("C [3x2]"));
  CHECK_THROWS_WITH(syrk(matrix_view<const double>(nullptr, 3, 5), out),
                    contains("A [3x5] has null data"));
  CHECK_THROWS_WITH(syrk(a, matrix_view<double>(c.data(), 3, 3, 2, 1)), contains("share"));
  CHECK_THROWS_WITH(syrk(a, matrix_view<double>(memory.data() + 14, 3, 3), {.beta = 1}),
                    contains("C [3x3] overlaps A [3x5]"));
  CHECK(memory == std::vector<double>(60, 1.0));
  CHECK(c == std::vector<double>(9, 2.0));
}

} // namespace syrk_tests

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// matvec against the plain loops of a product with one column, bit by bit.
#include "products.hpp"

#include <stdexcept>

#include <detops/math.hpp>

namespace matvec_tests {

using detops::matrix_view;
using detops::matvec;
using detops::vector_view;
using detops_test::contains;
using detops_test::random_matrix;

struct sizes {
  std::size_t m, k;
};
sizes pick_sizes(std::mt19937& engine) {
  using detops_test::pick;
  switch (engine() % 4) {
  case 0:
    return {pick(engine, 200), pick(engine, 40)};
  case 1:
    return {pick(engine, 40), pick(engine, 900)};
  default:
    return {pick(engine, 20), pick(engine, 30)};
  }
}

TEST_CASE("matmul/matvec: the plain loops, for any shape, stride and values") {
  detops_test::for_some_products([]<class P>(P) {
    using T = typename P::result;
    using O = typename P::operand;
    std::mt19937 engine(sizeof(T));
    for (int round = 0; round < (detops::has_fma ? 300 : 100); ++round) {
      const auto [m, k] = pick_sizes(engine);
      const auto kind = detops_test::pick_values(engine);
      auto a = random_matrix<O>(engine, m, k, detops_test::pick_input(engine), kind);
      auto x = random_matrix<O>(engine, k, 1, detops_test::pick_input(engine), kind);
      const auto options = detops_test::pick_options<T>(engine);
      auto y =
          detops_test::random_result<T>(engine, m, 1, detops_test::pick_output(engine), options);
      auto expected = y;
      matvec(a.view(), x.view().col(0), y.view().col(0), options, P::policy);
      detops::matmul_reference(a.view(), x.view(), expected.view(), options, P::policy);
      if (!y.same_storage(expected)) {
        CAPTURE(round, m, k, options.alpha, options.beta, static_cast<int>(kind));
        FAIL_CHECK("bits differ from the plain loops");
      }
    }
  });
}

TEST_CASE("matmul/matvec: the same bits for every executor") {
  detops_test::for_some_products([]<class P>(P) {
    using T = typename P::result;
    std::mt19937 engine(1);
    for (const auto& [m, k] : {sizes{2500, 600}, sizes{300, 4000}}) {
      for (const auto kind : {detops_test::layout::row_major, detops_test::layout::col_major}) {
        auto a = random_matrix<typename P::operand>(engine, m, k, kind, {});
        auto x = random_matrix<typename P::operand>(engine, k, 1, {}, {});
        std::vector<T> serial(m), y(m);
        matvec(a.view(), x.view().col(0), serial, {}, P::policy);
        for (const std::size_t threads : {2u, 3u, 7u}) {
          CAPTURE(m, k, threads);
          matvec(detops::thread_pool(threads), a.view(), x.view().col(0), y, {}, P::policy);
          CHECK(detops_test::same_bits(y, serial));
        }
      }
    }
  });
}

TEST_CASE("matmul/matvec: an epilogue has the bits of its steps on the whole y") {
  std::mt19937 engine(2);
  // few and many rows, rows of which one register is not full, and k that threads share
  for (const auto& [m, k] : {sizes{1, 1}, sizes{5, 20}, sizes{33, 300}, sizes{2500, 600},
                             sizes{7, 140000}, sizes{20, 0}}) {
    for (const auto kind : {detops_test::layout::row_major, detops_test::layout::col_major}) {
      auto a = random_matrix<float>(engine, m, k, kind, {});
      auto x = random_matrix<float>(engine, k, 1, detops_test::pick_input(engine), {});
      auto b = random_matrix<float>(engine, m, 1, detops_test::pick_input(engine), {});
      const vector_view<const float> bias = b.view().col(0);
      const detops::matmul_options<float> options = {0.5f, 2};
      auto y = detops_test::random_result<float>(engine, m, 1, detops_test::pick_output(engine),
                                                 options);
      auto expected = y;
      matvec(a.view(), x.view().col(0), expected.view().col(0), options, detops::wide);
      add(expected.view(), detops::broadcast_column(bias), expected.view());
      detops::tanh(expected.view(), expected.view());
      const detops::epilogue then(detops::broadcast_column(bias), detops::activation::tanh);
      for (const std::size_t threads : {1u, 3u}) {
        auto result = y;
        matvec(detops::thread_pool(threads), a.view(), x.view().col(0), result.view().col(0),
               options, detops::wide, then);
        CAPTURE(m, k, threads);
        CHECK(result.same_storage(expected));
      }
      std::vector<float> plain(m), fused(m);
      matvec(a.view(), x.view().col(0), plain);
      add(plain, bias, plain);
      detops::max(plain, 0.0f, plain);
      matvec(detops::thread_pool(2), a.view(), x.view().col(0), fused,
             detops::epilogue(detops::broadcast_column(bias), detops::activation::relu));
      CHECK(detops_test::same_bits(fused, plain));
      matvec(a.view(), x.view().col(0), fused, {}, detops::pairwise,
             detops::broadcast_column(bias));
      matvec(a.view(), x.view().col(0), fused, [&](const auto& part) { CHECK(part.cols == 1); });
      matvec(a.view(), x.view().col(0), plain);
      CHECK(detops_test::same_bits(fused, plain));
    }
  }
}

TEST_CASE("matmul/matvec: of nothing") {
  std::vector<float> y = {1, 2, 3};
  matvec(matrix_view<const float>(nullptr, 3, 0), vector_view<const float>(), y, {.beta = 2});
  CHECK(y == std::vector<float>{2, 4, 6});
  matvec(matrix_view<const float>(nullptr, 3, 0), vector_view<const float>(), y);
  CHECK(y == std::vector<float>{0, 0, 0});
  matvec(matrix_view<const float>(nullptr, 0, 3), y, vector_view<float>());
}

TEST_CASE("matmul/matvec: what is refused, before anything is written") {
  std::vector<double> memory(40, 1.0), y(3, 2.0);
  const matrix_view<const double> a(memory.data(), 3, 5);
  const vector_view<const double> x(memory.data() + 20, 5);
  CHECK_THROWS_AS(matvec(a, x.subview(0, 4), y), std::invalid_argument);
  CHECK_THROWS_WITH(matvec(a, x.subview(0, 4), y),
                    contains("detops::matvec: A [3x5] times x [4] does not give y [3]"));
  CHECK_THROWS_WITH(matvec(detops::par, a.transposed(), x, y), contains("A [5x3] times x [5]"));
  CHECK_THROWS_WITH(matvec(a, vector_view<const double>(nullptr, 5), y),
                    contains("x [1x5] has null data"));
  CHECK_THROWS_WITH(matvec(a, x, vector_view<double>(nullptr, 3)),
                    contains("y [1x3] has null data"));
  CHECK_THROWS_WITH(matvec(a, x, vector_view<double>(y.data(), 3, 0)),
                    contains("y [3]") && contains("share"));
  CHECK_THROWS_WITH(matvec(a, x, vector_view<double>(memory.data() + 14, 3)),
                    contains("y [3] overlaps A [3x5]"));
  CHECK_THROWS_WITH(matvec(a, x, vector_view<double>(memory.data() + 22, 3)),
                    contains("y [3] overlaps x [5]"));
  const auto bias_refused = [&](const auto& bias, const char* what) {
    CHECK_THROWS_WITH(matvec(a, x, y, bias), contains("detops::matvec: ") && contains(what));
    CHECK_THROWS_WITH(matvec(detops::par, a, x, y, detops::epilogue(bias)), contains(what));
  };
  bias_refused(detops::broadcast_column(x), "the bias [5x1] does not fit C [3x1]");
  bias_refused(detops::broadcast_row(x), "the bias [1x5] does not fit C [3x1]");
  bias_refused(detops::broadcast_column(vector_view<const double>(y)),
               "C [3x1] overlaps the bias [3x1]");
  CHECK(memory == std::vector<double>(40, 1.0));
  CHECK(y == std::vector<double>(3, 2.0));
  // columns of one matrix
  const matrix_view<double> all(memory.data(), 3, 7, 7, 1);
  matvec(all.submatrix(0, 0, 3, 5), x, all.col(5));
  CHECK(memory[5] == 5);
  CHECK(memory[6] == 1);
}

} // namespace matvec_tests

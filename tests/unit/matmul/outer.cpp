// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The outer product against the plain loops with k = 1, bit by bit.
#include "products.hpp"

#include <stdexcept>

namespace outer_tests {

using detops::matrix_view;
using detops::outer;
using detops::vector_view;
using detops_test::contains;
using detops_test::random_matrix;

TEST_CASE("matmul/outer: the plain loops, for any shape, stride and values") {
  detops_test::for_some_products([]<class P>(P) {
    using T = typename P::result;
    using O = typename P::operand;
    std::mt19937 engine(sizeof(T));
    for (int round = 0; round < (detops::has_fma ? 300 : 100); ++round) {
      const std::size_t m = detops_test::pick(engine, round % 4 == 0 ? 300 : 40);
      const std::size_t n = detops_test::pick(engine, round % 4 == 1 ? 300 : 40);
      const auto kind = detops_test::pick_values(engine);
      auto x = random_matrix<O>(engine, m, 1, detops_test::pick_input(engine), kind);
      auto y = random_matrix<O>(engine, n, 1, detops_test::pick_input(engine), kind);
      const auto options = detops_test::pick_options<T>(engine);
      auto c =
          detops_test::random_result<T>(engine, m, n, detops_test::pick_output(engine), options);
      auto expected = c;
      outer(x.view().col(0), y.view().col(0), c.view(), options, P::policy);
      detops::matmul_reference(x.view(), y.view().transposed(), expected.view(), options,
                               P::policy);
      if (!c.same_storage(expected)) {
        CAPTURE(round, m, n, options.alpha, options.beta, static_cast<int>(kind));
        FAIL_CHECK("bits differ from the plain loops");
      }
    }
  });
}

TEST_CASE("matmul/outer: the same bits for every executor") {
  detops_test::for_some_products([]<class P>(P) {
    using T = typename P::result;
    constexpr std::size_t m = 1300, n = 1700;
    std::mt19937 engine(2);
    auto x = random_matrix<typename P::operand>(engine, m, 1, {}, {});
    auto y = random_matrix<typename P::operand>(engine, n, 1, {}, {});
    std::vector<T> serial(m * n), c(m * n);
    outer(x.view().col(0), y.view().col(0), matrix_view<T>(serial.data(), m, n), {}, P::policy);
    for (const std::size_t threads : {2u, 3u, 7u}) {
      CAPTURE(threads);
      outer(detops::thread_pool(threads), x.view().col(0), y.view().col(0),
            matrix_view<T>(c.data(), m, n), {}, P::policy);
      CHECK(detops_test::same_bits(c, serial));
    }
  });
}

TEST_CASE("matmul/outer: rounded products, zeros") {
  const std::vector<float> x = {-0.0f, 1e-45f, 3, std::numeric_limits<float>::infinity()};
  const std::vector<float> y = {0.0f, 0.5f, -0.5f};
  std::vector<float> c(12);
  const matrix_view<float> view(c.data(), 4, 3);
  const auto zero = [](float value, float expected) {
    return detops_test::same_bits(value, expected);
  };
  outer(x, y, view);
  CHECK(zero(view(0, 1), 0.0f)); // an exact zero
  CHECK(zero(view(1, 1), 0.0f));
  CHECK(zero(view(1, 2), -0.0f)); // rounded to zero
  CHECK(view(2, 1) == 1.5f);
  CHECK(zero(view(3, 0), detops::detail::canonical_nan<float>()));
  outer(x, y, view, {}, detops::kahan);
  CHECK(zero(view(1, 2), 0.0f));
  CHECK(view(2, 1) == 1.5f);
}

TEST_CASE("matmul/outer: what is refused, before anything is written") {
  std::vector<double> memory(60, 1.0), c(15, 2.0);
  const vector_view<const double> x(memory.data(), 3), y(memory.data() + 5, 5);
  const matrix_view<double> out(c.data(), 3, 5);
  CHECK_THROWS_AS(outer(y, x, out), std::invalid_argument);
  CHECK_THROWS_WITH(
      outer(y, x, out),
      contains("detops::outer: x [5] times the transpose of y [3] does not give C [3x5]"));
  CHECK_THROWS_WITH(outer(detops::par, x, vector_view<const double>(nullptr, 5), out),
                    contains("y [1x5] has null data"));
  CHECK_THROWS_WITH(outer(x, y, matrix_view<double>(c.data(), 3, 5, 4, 1)), contains("share"));
  CHECK_THROWS_WITH(outer(x, y, matrix_view<double>(memory.data() + 2, 3, 5)),
                    contains("C [3x5] overlaps x [3]"));
  CHECK_THROWS_WITH(outer(x, y, matrix_view<double>(memory.data() + 9, 3, 5)),
                    contains("C [3x5] overlaps y [5]"));
  CHECK(memory == std::vector<double>(60, 1.0));
  CHECK(c == std::vector<double>(15, 2.0));
}

} // namespace outer_tests

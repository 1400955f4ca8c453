// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// matmul_reference against loops written from the contract alone, with std::fma.
#include "catch.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <detops/matmul/reference.hpp>

#include "../reduce/plain.hpp"
#include "operands.hpp"

namespace reference_tests {

using detops_test::layout;
using detops_test::stored_matrix;
using detops_test::values;

/// Elements of T in a policy: C is what is computed in.
template <class T, class Policy>
struct contract {
  static constexpr bool wide = std::is_same_v<Policy, detops::wide_t>;
  static constexpr bool compensated =
      std::is_same_v<Policy, detops::kahan_t> || (wide && std::is_same_v<T, double>);
  using C = std::conditional_t<wide, double, detops::detail::compute_t<T>>;
  using node = test::plain_node<C>;

  static C widened(const T& value) { return static_cast<C>(detops::detail::widen(value)); }

  static void add_product(node& sum, C a, C b) {
    if (!compensated) {
      sum.sum = std::fma(a, b, sum.sum);
      return;
    }
    const volatile C p = a * b;
    const volatile C q = std::fma(a, b, -p);
    const node both = test::plain_combine<C>({sum.sum, 0}, {p, 0}, true);
    const volatile C errors = q + both.error;
    const volatile C error = sum.error + errors;
    sum = {both.sum, error};
  }

  /// Before alpha and beta: block sums in a list, neighbours combined until one is left.
  static C value(const detops::matrix_view<const T>& a, const detops::matrix_view<const T>& b,
                 std::size_t i, std::size_t j) {
    std::vector<node> sums;
    for (std::size_t first = 0; first < a.cols; first += 256) {
      node sum = {0, 0};
      for (std::size_t k = first; k < std::min(a.cols, first + 256); ++k) {
        add_product(sum, widened(a(i, k)), widened(b(k, j)));
      }
      sums.push_back(sum);
    }
    if (sums.empty()) {
      return 0;
    }
    const auto [s, e] = test::plain_fold(sums, [](const node& left, const node& right) {
      return test::plain_combine(left, right, compensated);
    });
    return e == 0 || !std::isfinite(s) || !std::isfinite(e) ? s : s + e;
  }

  static T element(C r, C alpha, C beta, C old) {
    if (alpha != 1) {
      volatile C product = alpha * r;
      r = product;
    }
    if (beta != 0) {
      r = std::fma(beta, old, r);
    }
    return detops::detail::narrow<T>(static_cast<detops::detail::compute_t<T>>(r));
  }
};

template <class T, class Policy>
void check(std::size_t m, std::size_t n, std::size_t k, values kind,
           detops::matmul_options<T> options) {
  using rules = contract<T, Policy>;
  std::mt19937 engine(static_cast<unsigned>(m + 31 * n + 977 * k));
  stored_matrix<T> a(m, k, layout::padded);
  stored_matrix<T> b(k, n, layout::col_major);
  stored_matrix<T> c(m, n, layout::row_major);
  a.fill(engine, kind);
  b.fill(engine, kind);
  c.fill(engine, values::normal);
  if (k % 2 == 0 && kind != values::special) {
    detops_test::make_cancelling(a.view(), b.view());
  }
  auto old = c;
  detops::matmul_reference(a.view(), b.view(), c.view(), options, Policy());
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      const T expected = rules::element(rules::value(a.view(), b.view(), i, j), options.alpha,
                                        options.beta, rules::widened(old.view()(i, j)));
      wrong += !detops_test::same_bits(c.view()(i, j), expected);
    }
  }
  INFO(m << "x" << k << "x" << n << " alpha " << options.alpha << " beta " << options.beta);
  CHECK(wrong == 0);
}

template <class T, class Policy>
void check_all() {
  using S = detops::detail::gemm::scalar_t<T>;
  for (const std::size_t k :
       {0u, 1u, 2u, 255u, 256u, 257u, 511u, 512u, 513u, 768u, 769u, 1280u, 1537u, 2049u}) {
    for (const values kind :
         {values::normal, values::mixed_exponents, values::small_integers, values::special}) {
      check<T, Policy>(3, 4, k, kind, {});
      check<T, Policy>(2, 3, k, kind, {S(0.3), S(-1.7)});
      check<T, Policy>(1, 2, k, kind, {0, 1});
    }
  }
}

TEMPLATE_TEST_CASE("matmul/reference: the contract's loops", "", float, double, Eigen::half,
                   Eigen::bfloat16) {
  check_all<TestType, detops::pairwise_t>();
  check_all<TestType, detops::kahan_t>();
  check_all<TestType, detops::wide_t>();
}

TEST_CASE("matmul/reference: integers modulo 2^32") {
  std::mt19937 engine(1);
  for (const std::size_t k : {0u, 1u, 3u, 256u, 700u, 140000u}) {
    stored_matrix<std::int8_t> a(2, k, layout::padded), b(k, 3, layout::col_major);
    stored_matrix<std::int32_t> c(2, 3, layout::spread);
    a.fill(engine, k > 1000 ? values::special : values::normal);
    b.fill(engine, k > 1000 ? values::special : values::normal);
    c.fill(engine, values::normal);
    auto old = c;
    const std::int32_t alpha = 0x12345679, beta = -0x7654321;
    detops::matmul_reference(a.view(), b.view(), c.view(), {.alpha = alpha, .beta = beta});
    for (std::size_t i = 0; i < 2; ++i) {
      for (std::size_t j = 0; j < 3; ++j) {
        std::int64_t sum = 0;
        for (std::size_t l = 0; l < k; ++l) {
          sum += a.view()(i, l) * b.view()(l, j);
        }
        const auto whole =
            std::uint64_t{0x12345679} * static_cast<std::uint64_t>(sum) -
            std::uint64_t{0x7654321} * static_cast<std::uint64_t>(std::int64_t{old.view()(i, j)});
        CHECK(c.view()(i, j) == static_cast<std::int32_t>(static_cast<std::uint32_t>(whole)));
      }
    }
  }
}

TEST_CASE("matmul/reference: a float sum next to a tie is rounded once") {
  // 2^24 + 2 + (1 - 2^-46) and 2^24 + (1 + 2^-36): both are ties of the float grid to a double.
  struct sum {
    float c, a, b, expected;
  };
  const sum sums[] = {{0x1.000002p24f, 0x1.000002p0f, 0x1.fffffcp-1f, 0x1.000002p24f},
                      {0x1p24f, 0x1.001p0f, 0x1.ffe002p-1f, 0x1.000002p24f}};
  for (const auto& [c, a, b, expected] : sums) {
    for (const float sign : {1.0f, -1.0f}) {
      const std::vector<float> left = {sign * c, sign * a};
      const std::vector<float> right = {1, b};
      CHECK(std::fma(left[1], right[1], left[0]) == sign * expected);
      float result = 0;
      detops::matmul_reference({left.data(), 1, 2}, {right.data(), 2, 1},
                               detops::matrix_view<float>(&result, 1, 1));
      CHECK(result == sign * expected);
    }
  }
}

} // namespace reference_tests

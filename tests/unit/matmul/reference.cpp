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

#include "operands.hpp"

namespace {

using detops_test::layout;
using detops_test::stored_matrix;
using detops_test::values;

// One element: block sums in a list, neighbours combined until one is left.
template <class T>
T contract_element(const detops::matrix_view<const T>& a, const detops::matrix_view<const T>& b,
                   std::size_t i, std::size_t j) {
  std::vector<T> sums;
  for (std::size_t first = 0; first < a.cols; first += 256) {
    volatile T sum = 0;
    for (std::size_t k = first; k < std::min(a.cols, first + 256); ++k) {
      sum = std::fma(a(i, k), b(k, j), T(sum));
    }
    sums.push_back(T(sum));
  }
  if (sums.empty()) {
    return 0;
  }
  while (sums.size() > 1) {
    std::vector<T> next;
    for (std::size_t s = 0; s < sums.size(); s += 2) {
      volatile T pair = sums[s];
      if (s + 1 < sums.size()) {
        pair = pair + sums[s + 1];
      }
      next.push_back(T(pair));
    }
    sums = next;
  }
  return sums[0];
}

template <class T>
void check(std::size_t m, std::size_t n, std::size_t k, values kind, T alpha, T beta) {
  std::mt19937 engine(static_cast<unsigned>(m + 31 * n + 977 * k));
  stored_matrix<T> a(m, k, layout::padded);
  stored_matrix<T> b(k, n, layout::col_major);
  stored_matrix<T> c(m, n, layout::row_major);
  a.fill(engine, kind);
  b.fill(engine, kind);
  c.fill(engine, values::normal);
  auto old = c;
  detops::matmul_reference(a.view(), b.view(), c.view(), {.alpha = alpha, .beta = beta});
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      volatile T r = contract_element<T>(a.view(), b.view(), i, j);
      if (alpha != 1) {
        r = alpha * r;
      }
      if (beta != 0) {
        r = std::fma(beta, old.view()(i, j), T(r));
      }
      const T got = c.view()(i, j);
      const bool right = std::isnan(r)
                             ? detops_test::same_bits(got, detops::detail::canonical_nan<T>())
                             : detops_test::same_bits(got, T(r));
      wrong += !right;
    }
  }
  INFO(m << "x" << k << "x" << n << " alpha " << alpha << " beta " << beta);
  CHECK(wrong == 0);
}

} // namespace

TEMPLATE_TEST_CASE("matmul/reference: the contract's loops", "", float, double) {
  for (const std::size_t k :
       {0u, 1u, 2u, 255u, 256u, 257u, 511u, 512u, 513u, 768u, 769u, 1280u, 1537u, 2049u}) {
    for (const values kind :
         {values::normal, values::mixed_exponents, values::small_integers, values::special}) {
      check<TestType>(3, 4, k, kind, 1, 0);
      check<TestType>(2, 3, k, kind, TestType(0.3), TestType(-1.7));
      check<TestType>(1, 2, k, kind, 0, 1);
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

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// What the tests of matmul's relatives share. These go through the kernels that the tests of matmul hold, so some types
// and policies stand for all: with errors beside the sums, with operands widened, with integers.
#pragma once

#include <concepts>
#include <cstdint>
#include <random>
#include <vector>

#include <detops/exec.hpp>
#include <detops/matmul.hpp>

#include "catch.hpp"
#include "operands.hpp"

namespace detops_test {

/// check(product_of<T, Policy>()) for some of them.
template <class Check>
void for_some_products(const Check& check) {
  const auto one = [&]<class T, class Policy>(const char* name, T, Policy) {
    INFO(name);
    check(product_of<T, Policy>());
  };
  one("float pairwise", float(), detops::pairwise);
  one("double kahan", double(), detops::kahan);
  one("half wide", Eigen::half(), detops::wide);
  one("int8", std::int32_t(), detops::pairwise);
}

inline std::size_t pick(std::mt19937& engine, std::size_t most) {
  return engine() % (most + 1);
}
inline layout pick_input(std::mt19937& engine) {
  return static_cast<layout>(engine() % input_layouts);
}
inline layout pick_output(std::mt19937& engine) {
  return static_cast<layout>(engine() % output_layouts);
}
inline values pick_values(std::mt19937& engine) {
  return static_cast<values>(engine() % 8 < 4 ? 0 : engine() % 4);
}

/// Of each: 1, 0, -1, and others.
template <class T>
detops::matmul_options<T> pick_options(std::mt19937& engine) {
  using S = detops::detail::gemm::scalar_t<T>;
  const auto one = [&]() -> S {
    if constexpr (std::integral<S>) {
      const S factors[] = {1, 0, -1, 3, std::numeric_limits<S>::min(), 0x12345679};
      return factors[engine() % 6];
    } else {
      const S factors[] = {S(1), S(0), S(-1), S(0.7), S(3), -S(0)};
      return factors[engine() % 6];
    }
  };
  if (engine() % 3 == 0) {
    return {};
  }
  const S alpha = one();
  return {alpha, one()};
}

/// A filled matrix, and one of a single column.
template <class T>
stored_matrix<T> random_matrix(std::mt19937& engine, std::size_t rows, std::size_t cols,
                               layout kind, values of) {
  stored_matrix<T> x(rows, cols, kind);
  x.fill(engine, of);
  return x;
}

/// C, filled where it is read: else it holds what is no element.
template <class T>
stored_matrix<T> random_result(std::mt19937& engine, std::size_t rows, std::size_t cols,
                               layout kind, const detops::matmul_options<T>& options) {
  stored_matrix<T> c(rows, cols, kind);
  if (options.beta != 0) {
    c.fill(engine, values::normal);
  }
  return c;
}

template <class T>
bool same_elements(const detops::matrix_view<T>& a, const detops::matrix_view<T>& b) {
  for (std::size_t i = 0; i < a.rows; ++i) {
    for (std::size_t j = 0; j < a.cols; ++j) {
      if (!same_bits(a(i, j), b(i, j))) {
        return false;
      }
    }
  }
  return a.rows == b.rows && a.cols == b.cols;
}

} // namespace detops_test

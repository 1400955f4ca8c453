// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Products of matrices in each type and policy: any shape, layout and executor gives the bits of the plain loops, and so
// does any part of the rows and columns.
#include "trial.hpp"

#include <detops/matmul.hpp>

using namespace detops;

namespace {

/// A and B of a case, and C = alpha A B + beta C by the plain loops.
template <class T, class Policy>
struct random_product {
  using operand = detail::gemm::operand_t<T>;
  using scalar = detail::gemm::scalar_t<T>;

  random_product(test::trial& t, std::size_t rows, std::size_t cols, std::size_t length)
      : m(rows), n(cols), k(length) {
    t.kind = t.random.below(std::size(test::kinds));
    auto left = t.values<operand>(m * k), right = t.values<operand>(k * n);
    if (t.kind == 7) { // the products of each pair of k
      cancel(left, right);
    }
    old = t.values<T>(m * n);
    a = lay_out(t, left, m, k);
    b = lay_out(t, right, k, n);
    if (t.random.once_in(2)) {
      options = {some_factor(t.random), some_factor(t.random)};
    }
    expected = old;
    matmul_reference(a.view, b.view, matrix_view<T>(expected.data(), m, n), options, Policy());
  }

  /// Part of C by matmul, in some layout; what lies between its elements must stay.
  template <class E>
  void check(test::trial& t, const E& exec, std::size_t row, std::size_t row_count, std::size_t col,
             std::size_t col_count, const char* what) {
    std::vector<T> part;
    for (std::size_t i = 0; i < row_count; ++i) {
      for (std::size_t j = 0; j < col_count; ++j) {
        part.push_back(old[(row + i) * n + col + j]);
      }
    }
    auto c = lay_out(t, part, row_count, col_count);
    auto before = c.buffer;
    const matrix_view<T> out(const_cast<T*>(c.view.data), row_count, col_count, c.view.row_stride,
                             c.view.col_stride);
    matmul(exec, a.view.submatrix(row, 0, row_count, k), b.view.submatrix(0, col, k, col_count),
           out, options, Policy());
    const std::string operation = what + (" with k = " + std::to_string(k) + " in");
    for (std::size_t i = 0; i < row_count; ++i) {
      for (std::size_t j = 0; j < col_count; ++j) {
        t.require_same(out(i, j), expected[(row + i) * n + col + j], operation.c_str());
        before[static_cast<std::size_t>(&out(i, j) - c.buffer.data())] = out(i, j);
      }
    }
    t.require_same(test::same(before, c.buffer), true, "what lies between C");
  }

  std::size_t m, n, k;
  test::laid_out<operand> a, b;
  std::vector<T> old, expected;
  matmul_options<T> options;

private:
  template <class U>
  static test::laid_out<U> lay_out(test::trial& t, const std::vector<U>& x, std::size_t rows,
                                   std::size_t cols) {
    t.rows = rows;
    t.cols = cols;
    return t.lay_out(x);
  }
  void cancel(std::vector<operand>& left, std::vector<operand>& right) const {
    for (std::size_t at = 1; at < k; at += 2) {
      for (std::size_t i = 0; i < m; ++i) {
        left[i * k + at] = static_cast<operand>(-left[i * k + at - 1]);
      }
      for (std::size_t j = 0; j < n; ++j) {
        right[at * n + j] = right[(at - 1) * n + j];
      }
    }
  }
  static scalar some_factor(test::random_source& random) {
    constexpr double factors[] = {1, 0, -0.0, -1, 3, 0.7, 1e-30};
    const auto i = random.below(9);
    return i < 7 ? static_cast<scalar>(factors[i]) : test::some_value<scalar>(2, random);
  }
};

/// Mostly small, with each extent long at times; once in a hundred times enough for several threads.
template <class T, class Policy>
random_product<T, Policy> some_product(test::trial& t) {
  const auto below = [&](std::size_t count) { return t.random.below(count); };
  std::size_t extents[3] = {below(12), below(12), below(12)};
  if (t.random.once_in(100)) {
    for (std::size_t& extent : extents) {
      extent = below(301);
    }
  } else if (t.random.once_in(9)) {
    for (std::size_t& extent : extents) {
      extent = below(50);
    }
  } else if (t.random.once_in(3)) {
    const std::size_t long_one = below(3);
    extents[long_one] = below(long_one == 2 && t.random.once_in(5) ? 1400 : 301);
  }
  return {t, extents[0], extents[1], extents[2]};
}

template <class T, class Policy>
void check_product(test::trial& t, Policy) {
  auto p = some_product<T, Policy>(t);
  p.check(t, t.exec, 0, p.m, 0, p.n, "matmul");
  if (p.m == 0 || p.n == 0) {
    return;
  }
  const std::size_t row = t.random.below(p.m), col = t.random.below(p.n);
  p.check(t, seq, row, 1, 0, p.n, "a row alone");
  if (t.random.once_in(4)) {
    p.check(t, t.exec, row, 1 + t.random.below(p.m - row), col, 1 + t.random.below(p.n - col),
            "a part of matmul");
  }
  if (p.m * p.n * p.k > std::size_t{1} << 20) {
    for (int i = 0; i < 4; ++i) {
      p.check(t, test::some_executor(t.random), 0, p.m, 0, p.n, "matmul on other threads");
    }
  }
}

/// Each cut of the rows and of the columns.
template <class T, class Policy>
void check_cuts(test::trial& t, Policy) {
  random_product<T, Policy> p(t, 1 + t.random.below(20), 1 + t.random.below(40),
                              t.random.below(t.random.once_in(4) ? 600 : 60));
  for (std::size_t row = 1; row < p.m; ++row) {
    p.check(t, seq, 0, row, 0, p.n, "the upper rows of matmul");
    p.check(t, seq, row, p.m - row, 0, p.n, "the lower rows of matmul");
  }
  for (std::size_t col = 1; col < p.n; ++col) {
    p.check(t, seq, 0, p.m, 0, col, "the left columns of matmul");
    p.check(t, seq, 0, p.m, col, p.n - col, "the right columns of matmul");
  }
}

/// Few rows and columns of a k that is long enough for two threads, near the end of a block or not.
template <class T, class Policy>
void check_long(test::trial& t, Policy) {
  const std::size_t m = 1 + t.random.below(t.random.once_in(2) ? 1 : 8);
  const std::size_t n = 1 + t.random.below(t.random.once_in(2) ? 5 : 40);
  const std::size_t least = (std::size_t{1} << 20) / (m * ((n + 15) / 16 * 16)) + 2100;
  std::size_t k = least + t.random.below(2 * least);
  if (t.random.once_in(2)) {
    k = k / 256 * 256 + t.random.below(3) - 1;
  }
  random_product<T, Policy> p(t, m, n, k);
  for (int i = 0; i < 3; ++i) {
    p.check(t, test::some_executor(t.random), 0, m, 0, n, "matmul of long k");
  }
}

/// run(type, policy) for one of the element types of C and one of its policies.
template <class Run>
void one_product(test::trial& t, const Run& run) {
  test::one_of<float, double, Eigen::half, Eigen::bfloat16, std::int32_t>(t, [&](auto each) {
    using T = typename decltype(each)::element;
    const auto in = [&](const char* name, auto policy) {
      t.policy = name;
      run(each, policy);
    };
    if constexpr (floating<T>) {
      switch (t.random.below(3)) {
      case 0:
        return in("kahan", kahan);
      case 1:
        return in("wide", wide);
      default:
        break;
      }
    }
    in("pairwise", pairwise);
  });
}

} // namespace

TEST_CASE("property/matmul: the plain loops") {
  test::for_trials("matmul", 100000, [](test::trial& t) {
    one_product(t, [&](auto each, auto policy) {
      check_product<typename decltype(each)::element>(t, policy);
    });
  });
}

TEST_CASE("property/matmul: every cut of the rows and the columns") {
  test::for_trials("cuts of matmul", 1500, [](test::trial& t) {
    one_product(t, [&](auto each, auto policy) {
      check_cuts<typename decltype(each)::element>(t, policy);
    });
  });
}

TEST_CASE("property/matmul: long k of few rows and columns") {
  test::for_trials("long k of matmul", 120, [](test::trial& t) {
    one_product(t, [&](auto each, auto policy) {
      check_long<typename decltype(each)::element>(t, policy);
    });
  });
}

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Products of matrices, of batches, with an epilogue; with vectors; of a matrix with its transpose.

#include <detops/math/operand.hpp>
#include <detops/matmul.hpp>

#include "golden.hpp"
#include "matmul_ways.hpp"

namespace golden {
namespace {

template <class T>
using factor_of = std::conditional_t<std::is_same_v<T, std::int32_t>, std::int8_t, T>;

template <class T>
detops::matmul_options<T> options_of(const row& r) {
  using scalar = decltype(detops::matmul_options<T>::alpha);
  return {r.value<scalar>("alpha"), r.value<scalar>("beta")};
}
/// Where beta is zero what is not to be read holds the pattern of a buffer, a NaN.
template <class T>
void fill_old(const row& r, std::size_t count, buffer<T>& c) {
  if (options_of<T>(r).beta != 0) {
    c.fill(data<T>(r, count, 2));
  }
}
/// Column-major inputs meet a row-major output.
inline layout place_of_c(const trial& how) {
  return how.place == layout::column_major ? layout::aligned : how.place;
}
template <class T>
std::string result_of(buffer<T>& c, std::size_t rows, std::size_t cols) {
  const std::vector<T> result = c.read();
  return fingerprint_of(detops::matrix_view<const T>(result.data(), rows, cols));
}

/// A is m x k, B k x n; where the row has bt=, B is the transpose of data of that kind.
template <class T>
struct product {
  using factor = factor_of<T>;

  product(const row& r, const trial& how)
      : m(r.size("m")), n(r.size("n")), k(r.size("k")), transposed(r.has("bt")),
        options(options_of<T>(r)), a(data<factor>(r, m * k), m, k, how.place, 1),
        b(transposed ? buffer<factor>(data<factor>(r, k * n, 1, "bt"), n, k, how.place, 2)
                     : buffer<factor>(data<factor>(r, k * n, 1), k, n, how.place, 2)),
        c(m, n, place_of_c(how), 1) {
    if (options.beta != 0) {
      old = data<T>(r, m * n, 2);
    }
    fill_old(r, m * n, c);
  }

  detops::matrix_view<factor> right() { return transposed ? b.matrix().transposed() : b.matrix(); }
  template <class Policy>
  std::string in(const trial& how, Policy policy) {
    if (std::is_same_v<Policy, detops::pairwise_t> && how.place == layout::aligned &&
        options.alpha == 1 && options.beta == 0) {
      detops::matmul(how, a.matrix(), right(), c.matrix());
    } else {
      detops::matmul(how, a.matrix(), right(), c.matrix(), options, policy);
    }
    const std::string result = result_of(c, m, n);
    // A call takes one of several ways by its sizes: here each meets each row.
    std::string ways = result;
    detops_test::for_each_way(
        how, a.matrix(), right(), c.matrix(), options, policy,
        [&] {
          if (options.beta != 0) {
            c.fill(old);
          }
        },
        [&] {
          if (result_of(c, m, n) != result) {
            ways = "not the same by each way";
          }
        });
    return ways;
  }

  std::size_t m, n, k;
  bool transposed;
  detops::matmul_options<T> options;
  buffer<factor> a, b;
  buffer<T> c;
  std::vector<T> old;
};

/// Biases are operands 3 (row) and 4 (column).
template <class T, class Policy>
std::string with_epilogue(const row& r, const trial& how, Policy policy) {
  using namespace detops;
  product<T> p(r, how);
  buffer<T> row(data<T>(r, p.n, 3), how.place), column(data<T>(r, p.m, 4), how.place);
  const auto run = [&](const auto&... steps) {
    matmul(how, p.a.matrix(), p.b.matrix(), p.c.matrix(), p.options, policy, epilogue(steps...));
  };
  const auto then = [&](const auto& function) {
    const std::string& bias = r.field("bias");
    const auto by_row = broadcast_row(row.vector());
    const auto by_column = broadcast_column(column.vector());
    bias == "row"      ? run(by_row, function)
    : bias == "column" ? run(by_column, function)
                       : run(by_row, by_column, function);
  };
  const std::string& function = r.field("then");
  if (function == "relu") {
    then(activation::relu);
  } else if constexpr (std::is_same_v<T, float>) {
    function == "tanh" ? then(activation::tanh) : then(activation::exp);
  }
  return result_of(p.c, p.m, p.n);
}

/// The matrices of a batch lie one below the other, in one buffer.
template <class T, class Policy>
std::string batched(const row& r, const trial& how, Policy policy) {
  using factor = factor_of<T>;
  const std::size_t count = r.size("batch"), m = r.size("m"), n = r.size("n"), k = r.size("k");
  buffer<factor> a(data<factor>(r, count * m * k), count * m, k, how.place, 1);
  buffer<factor> b(data<factor>(r, count * k * n, 1), count * k, n, how.place, 2);
  buffer<T> c(count * m, n, place_of_c(how), 1);
  fill_old(r, count * m * n, c);
  const auto stacked = [&]<class U>(const detops::matrix_view<U>& x, std::size_t rows) {
    const auto step = static_cast<std::ptrdiff_t>(rows) * x.row_stride;
    return detops::nd_view<U>(x.data, {count, rows, x.cols}, {step, x.row_stride, x.col_stride});
  };
  const auto options = options_of<T>(r);
  if (how.place == layout::shifted || how.place == layout::mixed) { // as a list
    const auto parts = [&]<class U>(const detops::matrix_view<U>& x, std::size_t rows) {
      std::vector<detops::matrix_view<U>> list;
      for (std::size_t i = 0; i < count; ++i) {
        list.push_back(x.submatrix(i * rows, 0, rows, x.cols));
      }
      return list;
    };
    auto result = parts(c.matrix(), m);
    detops::matmul(how, parts(a.matrix(), m), parts(b.matrix(), k), result, options, policy);
  } else {
    detops::matmul(how, stacked(a.matrix(), m), stacked(b.matrix(), k), stacked(c.matrix(), m),
                   options, policy);
  }
  return result_of(c, count * m, n);
}

template <class T, class Policy>
std::string relative(const row& r, const trial& how, Policy policy) {
  using factor = factor_of<T>;
  const auto options = options_of<T>(r);
  if (r.op == "matvec") {
    const std::size_t m = r.size("m"), k = r.size("k");
    buffer<factor> a(data<factor>(r, m * k), m, k, how.place, 1);
    buffer<factor> x(data<factor>(r, k, 1), how.place);
    buffer<T> y(m, how.place);
    fill_old(r, m, y);
    detops::matvec(how, a.matrix(), x.vector(), y.vector(), options, policy);
    return fingerprint_of(y.read());
  }
  const std::size_t n = r.size("n"), m = r.op == "outer" ? r.size("m") : n;
  buffer<T> c(m, n, place_of_c(how), 1);
  fill_old(r, m * n, c);
  if (r.op == "outer") {
    buffer<factor> x(data<factor>(r, m), how.place), y(data<factor>(r, n, 1), how.place);
    detops::outer(how, x.vector(), y.vector(), c.matrix(), options, policy);
  } else {
    const std::size_t k = r.size("k");
    buffer<factor> a(data<factor>(r, n * k), n, k, how.place, 1);
    detops::syrk(how, a.matrix(), c.matrix(), options, policy);
  }
  return result_of(c, m, n);
}

/// Each kind of product in one type and policy.
template <class T, class Policy>
std::string any_product(const row& r, const trial& how, Policy policy) {
  if (r.op != "matmul") {
    return relative<T>(r, how, policy);
  }
  if (r.has("batch")) {
    return batched<T>(r, how, policy);
  }
  if constexpr (detops::real<T>) {
    if (r.has("bias")) {
      return with_epilogue<T>(r, how, policy);
    }
  }
  return product<T>(r, how).in(how, policy);
}

std::string matrix_products(const row& r, const trial& how) {
  if (r.type == "int8" && r.policy == "pairwise") {
    return any_product<std::int32_t>(r, how, detops::pairwise);
  }
  return with_type<float, double, Eigen::half, Eigen::bfloat16>(r, [&]<class T>(type_tag<T>) {
    return r.policy == "pairwise" ? any_product<T>(r, how, detops::pairwise)
           : r.policy == "kahan"  ? any_product<T>(r, how, detops::kahan)
           : r.policy == "wide"   ? any_product<T>(r, how, detops::wide)
                                  : (broken("unknown policy: " + r.policy), "");
  });
}

void add_matmul(operations& table) {
  for (const char* name : {"matmul", "matvec", "outer", "syrk"}) {
    table[name] = {matrix_products, matrix_layouts};
  }
}
const family matmul_family(add_matmul);

} // namespace
} // namespace golden

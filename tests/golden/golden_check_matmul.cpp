// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Matrix products.

#include <detops/matmul.hpp>

#include "golden.hpp"
#include "matmul_ways.hpp"

namespace golden {
namespace {

/// A is m x k, B k x n; where the row has bt=, B is the transpose of data of that kind.
template <class T>
struct product {
  using factor = std::conditional_t<std::is_same_v<T, std::int32_t>, std::int8_t, T>;
  using scalar = decltype(detops::matmul_options<T>::alpha);

  product(const row& r, const trial& how)
      : m(r.size("m")), n(r.size("n")), k(r.size("k")), transposed(r.has("bt")),
        options{r.value<scalar>("alpha"), r.value<scalar>("beta")},
        a(data<factor>(r, m * k), m, k, how.place, 1),
        b(transposed ? buffer<factor>(data<factor>(r, k * n, 1, "bt"), n, k, how.place, 2)
                     : buffer<factor>(data<factor>(r, k * n, 1), k, n, how.place, 2)),
        // Column-major inputs meet a row-major output.
        c(m, n, how.place == layout::column_major ? layout::aligned : how.place, 1) {
    if (options.beta != 0) { // what is not to be read holds the pattern of a buffer, a NaN
      old = data<T>(r, m * n, 2);
      c.fill(old);
    }
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
    const std::string result = fingerprint();
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
          if (fingerprint() != result) {
            ways = "not the same by each way";
          }
        });
    return ways;
  }
  std::string fingerprint() {
    const std::vector<T> result = c.read();
    return fingerprint_of(detops::matrix_view<const T>(result.data(), m, n));
  }

  std::size_t m, n, k;
  bool transposed;
  detops::matmul_options<T> options;
  buffer<factor> a, b;
  buffer<T> c;
  std::vector<T> old;
};

std::string matrix_products(const row& r, const trial& how) {
  if (r.type == "int8" && r.policy == "pairwise") {
    return product<std::int32_t>(r, how).in(how, detops::pairwise);
  }
  return with_type<float, double, Eigen::half, Eigen::bfloat16>(r, [&]<class T>(type_tag<T>) {
    product<T> p(r, how);
    return r.policy == "pairwise" ? p.in(how, detops::pairwise)
           : r.policy == "kahan"  ? p.in(how, detops::kahan)
           : r.policy == "wide"   ? p.in(how, detops::wide)
                                  : (broken("unknown policy: " + r.policy), "");
  });
}

} // namespace

void add_matmul(operations& table) {
  table["matmul"] = {matrix_products, matrix_layouts};
}

} // namespace golden

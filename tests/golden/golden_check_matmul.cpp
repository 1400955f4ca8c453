// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Matrix matrix_products.

#include <detops/matmul.hpp>

#include "golden.hpp"

namespace golden {
namespace {

template <class T>
std::string product(const row& r, const trial& how) {
  const std::size_t m = r.size("m"), n = r.size("n"), k = r.size("k");
  const T alpha = r.value<T>("alpha"), beta = r.value<T>("beta");
  buffer<T> a(data<T>(r, m * k), m, k, how.place, 1);
  buffer<T> b(data<T>(r, k * n, 1), k, n, how.place, 2);
  // Column-major inputs meet a row-major output; what is not to be read holds NaN from the start.
  buffer<T> c(m, n, how.place == layout::column_major ? layout::aligned : how.place, 1);
  if (beta != 0) {
    c.fill(data<T>(r, m * n, 2));
  }
  if (alpha == 1 && beta == 0 && how.place != layout::shifted) {
    detops::matmul(how, a.matrix(), b.matrix(), c.matrix());
  } else {
    detops::matmul(how, a.matrix(), b.matrix(), c.matrix(), {.alpha = alpha, .beta = beta});
  }
  const std::vector<T> result = c.read();
  return fingerprint_of(detops::matrix_view<const T>(result.data(), m, n));
}

std::string matrix_products(const row& r, const trial& how) {
  if (r.policy != "pairwise") {
    broken("unknown policy: " + r.policy);
  }
  return with_type<float, double>(r, [&]<class T>(type_tag<T>) { return product<T>(r, how); });
}

} // namespace

void add_matmul(operations& table) {
  table["matmul"] = {matrix_products, matrix_layouts};
}

} // namespace golden

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
// The same line on every CPU, with every number of threads, from every compiler.
#include <cstdio>
#include <vector>

#include <detops/detops.hpp>

int main() {
  std::vector<float> a(500 * 300), b(300 * 400), c(500 * 400);
  detops::fill_normal(detops::par, detops::random_key{42, 0}, a);
  detops::fill_normal(detops::par, detops::random_key{42, 1}, b);
  detops::matrix_view<float> product(c.data(), 500, 400);
  detops::matmul(detops::par, detops::matrix_view<float>(a.data(), 500, 300),
                 detops::matrix_view<float>(b.data(), 300, 400), product);
  const float total = detops::sum(detops::par, c);
  std::printf("sum %a, fingerprint %s\n", total, detops::digest(product).hex().c_str());
}

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// A user's program: products and sums by the kernels of the CPU at hand, the bits of the headers.
#include <detops/adapt/eigen.hpp>
#include <detops/dispatch.hpp>
#include <detops/exec.hpp>
#include <detops/reduce.hpp>

#include <cstdio>
#include <vector>

int main() {
  std::vector<float> x(100000);
  detops::dispatch::fill_normal(detops::par, detops::random_key{42}, x);
  const Eigen::MatrixXf a = Eigen::MatrixXf::Constant(3, 2, 2.0f);
  const Eigen::MatrixXf b = Eigen::MatrixXf::Constant(2, 5, 3.0f);
  Eigen::MatrixXf c(3, 5);
  detops::dispatch::matmul(a, b, c);

  const float total = detops::dispatch::sum(detops::par, x, detops::exact);
  const bool good = total == detops::sum(x, detops::exact) && c(2, 4) == 12.0f;
  std::printf("%s %s %a\n", good ? "ok" : "wrong", name_of(detops::dispatch::current_level()),
              static_cast<double>(total));
  return good ? 0 : 1;
}

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// A user's program: its two files include everything, and it names one function of each family.
#include <detops/adapt/eigen.hpp>
#include <detops/detops.hpp>

#include <cstdio>
#include <numeric>
#include <vector>

float other(const std::vector<float>& x);

int main() {
  std::vector<float> x(1000);
  detops::fill_uniform(detops::par, detops::random_key{42}, x);
  detops::exp(detops::par, x, x);
  std::vector<int> order(100);
  std::iota(order.begin(), order.end(), 0);
  detops::shuffle(detops::random_key{42}, order);

  const Eigen::MatrixXf a = Eigen::MatrixXf::Constant(3, 2, 2.0f);
  const Eigen::MatrixXf b = Eigen::MatrixXf::Constant(2, 5, 3.0f);
  Eigen::MatrixXf c(3, 5);
  detops::matmul(a, b, c);

  const std::vector<float> copy = x;
  const bool same = detops::digest(x) == detops::digest(copy);
  const bool good = same && detops::sum(detops::par, x) == other(x) && c(2, 4) == 12.0f;
  std::printf("%s %s\n", good ? "ok" : "wrong", detops::digest(x).hex().c_str());
  return good ? 0 : 1;
}

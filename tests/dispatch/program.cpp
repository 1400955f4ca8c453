// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// A program for every CPU of the family: prints the level in use and a fingerprint of results, or the refusal. With
// DETOPS_ISA set it is run once for each value, on this CPU and on emulated ones.
#include <cstdio>
#include <stdexcept>
#include <vector>

#include <detops/dispatch.hpp>
#include <detops/verify/digest.hpp>

namespace {

template <class T>
void print(const char* name, const std::vector<T>& values) {
  std::printf("%s %s\n", name, detops::digest(values).hex().c_str());
}

template <class T, class Policy>
void multiply(const char* name, std::size_t size, Policy policy) {
  std::vector<T> a(size * size), b(size * size), c(size * size);
  detops::dispatch::fill_uniform({1, 2}, a);
  detops::dispatch::fill_uniform({1, 3}, b);
  detops::dispatch::matmul({a.data(), size, size}, {b.data(), size, size},
                           detops::matrix_view<T>(c.data(), size, size), {.alpha = 3}, policy);
  print(name, c);
}

template <class T>
void reduce(const char* name) {
  std::vector<T> x(10007);
  detops::dispatch::fill_uniform({4, 5}, x);
  const auto sums = [&](auto policy) {
    print(name,
          std::vector<T>{detops::dispatch::sum(x, policy), detops::dispatch::dot(x, x, policy),
                         detops::dispatch::variance(x, 1, policy)});
  };
  sums(detops::pairwise);
  sums(detops::kahan);
  sums(detops::wide);
  sums(detops::exact);
  print(name, std::vector<T>{detops::dispatch::norm2(x), detops::dispatch::max(x)});
}

} // namespace

int main() {
  try {
    std::printf("level %s\n", name_of(detops::dispatch::current_level()));
    multiply<float>("float", 67, detops::pairwise);
    multiply<float>("float kahan", 33, detops::kahan);
    multiply<double>("double", 45, detops::pairwise);
    reduce<float>("float sums");
    reduce<double>("double sums");
    std::vector<float> x(1003);
    detops::dispatch::fill_normal({6, 7}, x);
    detops::dispatch::exp(x, x);
    print("exp", x);
  } catch (const std::invalid_argument& error) {
    std::printf("refused %s\n", error.what());
  }
  // Errors are raised by the chosen kernels, too.
  try {
    detops::dispatch::sum(detops::vector_view<const float>(nullptr, 3));
  } catch (const std::invalid_argument& error) {
    std::printf("error %s\n", error.what());
  }
}

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Each policy against its bound, on data of each condition.
#include "bounds.hpp"

#include <array>
#include <map>

#include "checks.hpp"
#include "ill_conditioned.hpp"

namespace test {
namespace {

constexpr std::size_t sizes[] = {1000, 100000};
constexpr double conditions[] = {1e2, 1e4, 1e8, 1e12, 1e16, 1e24, 1e32};
constexpr const char* policies[] = {"pairwise", "kahan", "wide", "exact"};
using errors = std::array<double, 4>;

template <class Run>
void for_each_policy(const Run& run) {
  run(std::size_t{0}, detops::pairwise);
  run(std::size_t{1}, detops::kahan);
  run(std::size_t{2}, detops::wide);
  run(std::size_t{3}, detops::exact);
}

template <class T>
std::string label(const std::string& operation, std::size_t policy, std::size_t n) {
  return operation + " " + (sizeof(T) == 4 ? "float " : "double ") + policies[policy] +
         " n = " + std::to_string(n);
}

template <class T>
sum_size size_of(const operands<T>& data, const real_number& sum, bool products) {
  const auto x = magnitudes(data.x), y = magnitudes(data.y);
  return {x.size(), products, sum.rounded<double>(),
          (products ? real_dot(x, y) : real_sum(x)).template rounded<double>()};
}

/// Of one policy: within its bound, `exact` the nearest T.
template <class T, class Policy, class Bound>
double judge(report& results, Policy policy, T got, const real_number& expected, const Bound& bound,
             const std::string& what) {
  if constexpr (std::is_same_v<Policy, detops::exact_t>) {
    results.same(got, expected.template rounded<T>(), what);
    return results.within(got, expected, ulp_of<T>(expected) / 2, what);
  } else {
    return results.within(got, expected, bound(policy), what);
  }
}

template <class T>
errors errors_at(report& results, std::size_t n, double condition, bool products,
                 std::mt19937_64& random) {
  const operands<T> data = ill_conditioned<T>(n, condition, products, random);
  const real_number expected = products ? real_dot(data.x, data.y) : real_sum(data.x);
  const sum_size size = size_of(data, expected, products);
  const double reached = size.magnitude / std::fabs(size.sum) / condition;
  results.check(reached > 0.2 && reached < 5, "condition of the data, as a share", reached, 1);
  errors result{};
  T kahan = 0;
  for_each_policy([&](std::size_t i, auto policy) {
    const T got = products ? detops::dot(data.x, data.y, policy) : detops::sum(data.x, policy);
    const auto bound = [&](auto which) { return sum_bound<T>(which, size); };
    const std::string what = label<T>(products ? "dot" : "sum", i, n);
    result[i] = judge(results, policy, got, expected, bound, what);
    kahan = i == 1 ? got : kahan;
    if (i == 2 && sizeof(T) == 8) {
      results.same(got, kahan, what + " as kahan");
    }
  });
  return result;
}

/// The largest errors of mean, norm1 and norm2 on data of each kind.
template <class T>
void other_errors(report& results, std::size_t n, std::mt19937_64& random,
                  std::map<std::string, errors>& table) {
  const auto keep = [&](const std::string& operation, std::size_t policy, double error) {
    double& largest = table[operation + (sizeof(T) == 4 ? " | float" : " | double")][policy];
    largest = std::max(largest, error);
  };
  for (int trial = 0; trial < 10; ++trial) {
    operands<T> data;
    if (trial % 2 == 0) {
      data = ill_conditioned<T>(n, 1e4, false, random);
    } else { // of one sign
      for (std::size_t i = 0; i < n; ++i) {
        data.x.push_back(static_cast<T>(std::fabs(signed_unit(random))));
      }
    }
    const real_number sum = real_sum(data.x), sum_of_magnitudes = real_sum(magnitudes(data.x));
    const sum_size signed_size = size_of(data, sum, false);
    const sum_size size = {n, false, signed_size.magnitude, signed_size.magnitude};
    real_number mean = sum;
    mean.divide(static_cast<double>(n));
    for_each_policy([&](std::size_t i, auto policy) {
      keep("mean", i,
           judge(
               results, policy, detops::mean(data.x, policy), mean,
               [&](auto which) { return mean_bound<T>(which, signed_size); },
               label<T>("mean", i, n)));
      keep("norm1", i,
           judge(
               results, policy, detops::norm1(data.x, policy), sum_of_magnitudes,
               [&](auto which) { return sum_bound<T>(which, size); }, label<T>("norm1", i, n)));
    });
    // also where squares overflow or underflow: powers of two move no bit of x
    for (const int scale : {0, sizeof(T) == 4 ? 100 : 900, sizeof(T) == 4 ? -100 : -900}) {
      std::vector<T> scaled = data.x;
      for (T& value : scaled) {
        value = std::ldexp(value, scale);
      }
      real_number norm = real_dot(scaled, scaled);
      norm.take_root();
      const double bound = norm2_bound<T>(n) * norm.rounded<double>();
      keep("norm2", 0, results.within(detops::norm2(scaled), norm, bound, label<T>("norm2", 0, n)));
    }
  }
}

void print_row(const errors& row, const std::vector<std::size_t>& columns) {
  for (const std::size_t i : columns) {
    std::printf(row[i] < 0.1 ? " %.1e |" : row[i] < 1000 ? " %.2f |" : " %.0e |", row[i]);
  }
}

} // namespace

void check_bounds(report& results, std::uint64_t seed, bool tables) {
  std::mt19937_64 random(seed);
  const auto print = [&](const auto&... text) { tables ? std::printf(text...) : 0; };
  for (const bool products : {false, true}) {
    for (const std::size_t n : sizes) {
      print("\n`%s`, n = %zu, error in ulp:\n\n", products ? "dot" : "sum", n);
      print("| condition | float pairwise | kahan | wide | exact | double pairwise | kahan, wide | "
            "exact |\n|---|---|---|---|---|---|---|---|\n%s",
            "");
      for (const double condition : conditions) {
        const errors narrow = errors_at<float>(results, n, condition, products, random);
        const errors wide = errors_at<double>(results, n, condition, products, random);
        if (tables) {
          std::printf("| %.0e |", condition);
          print_row(narrow, {0, 1, 2, 3});
          print_row(wide, {0, 1, 3});
          std::printf("\n");
        }
      }
    }
  }
  std::map<std::string, errors> others;
  for (const std::size_t n : sizes) {
    other_errors<float>(results, n, random, others);
    other_errors<double>(results, n, random, others);
  }
  print("\nThe largest errors in ulp of %zu vectors each of condition 1 and 1e4:\n\n",
        std::size(sizes) * 5);
  print("| operation | type | pairwise | kahan | wide | exact |\n|---|---|---|---|---|---|\n%s",
        "");
  for (const auto& [operation, row] : others) {
    if (tables) {
      std::printf("| %s |", operation.c_str());
      print_row(row, operation.starts_with("norm2") ? std::vector<std::size_t>{0}
                                                    : std::vector<std::size_t>{0, 1, 2, 3});
      std::printf(operation.starts_with("norm2") ? " | | |\n" : "\n");
    }
  }
}

} // namespace test

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// One program, compiled for every CPU, at each speed that this CPU has: the same fingerprint, other times.
#include <chrono>
#include <cstdio>
#include <vector>

#include <detops/dispatch.hpp>
#include <detops/exec.hpp>
#include <detops/verify.hpp>

int main() {
  constexpr std::size_t n = 512;
  std::vector<float> a(n * n), b(n * n), c(n * n);
  detops::dispatch::fill_normal(detops::random_key{42, 0}, a);
  detops::dispatch::fill_normal(detops::random_key{42, 1}, b);
  const detops::matrix_view<float> product(c.data(), n, n);
  const detops::dispatch::level chosen = detops::dispatch::current_level();
  for (int i = 0; i < detops::dispatch::levels; ++i) {
    const auto level = static_cast<detops::dispatch::level>(i);
    if (!detops::dispatch::has_level(level)) {
      continue;
    }
    detops::dispatch::use_level(level); // without it: `chosen`
    double best = 1e300;
    for (int repeat = 0; repeat < 3; ++repeat) {
      const auto start = std::chrono::steady_clock::now();
      detops::dispatch::matmul({a.data(), n, n}, {b.data(), n, n}, product);
      const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
      best = seconds.count() < best ? seconds.count() : best;
    }
    std::printf("%-8s  %6.1f GFlop/s  sum %a  fingerprint %s%s\n", name_of(level),
                2e-9 * n * n * n / best,
                static_cast<double>(detops::dispatch::sum(c, detops::exact)),
                detops::digest(product).hex().c_str(), level == chosen ? "  (chosen)" : "");
  }
}

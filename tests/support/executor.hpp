// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// What every executor must do, for those that adapt/ makes of a user's threads.
#pragma once

#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

#include <detops/matmul.hpp>
#include <detops/random.hpp>
#include <detops/reduce.hpp>
#include <detops/verify.hpp>

#include "catch.hpp"
#include "host_environment.hpp"

namespace test {

template <detops::executor E>
void check_each_index_once(const E& exec) {
  for (const std::size_t count : {0u, 1u, 2u, 3u, 100u, 5000u}) {
    std::vector<std::atomic<int>> calls(count);
    auto task = [&](std::size_t i) { calls[i].fetch_add(1); };
    exec.bulk(count, detops::task_ref(task));
    CHECK(std::vector<int>(calls.begin(), calls.end()) == std::vector<int>(count, 1));
  }
}

template <detops::executor E>
void check_exceptions(const E& exec) {
  std::atomic<int> calls{0};
  auto task = [&](std::size_t i) {
    ++calls;
    if (i % 10 == 4) {
      throw std::runtime_error("task " + std::to_string(i));
    }
  };
  for (int repeat = 0; repeat < 20; ++repeat) {
    calls = 0;
    CHECK_THROWS_WITH(exec.bulk(100, detops::task_ref(task)), "task 4");
    CHECK(calls == 100);
  }
}

template <detops::executor E>
void check_nested_use(const E& exec) {
  std::atomic<int> calls{0};
  auto inner = [&](std::size_t) { ++calls; };
  auto outer = [&](std::size_t) { exec.bulk(5, detops::task_ref(inner)); };
  exec.bulk(7, detops::task_ref(outer));
  CHECK(calls == 35);
}

/// Bits of the serial run, whatever environment the host has set on the thread that calls; the
/// host's environment is back afterwards on every thread that worked.
template <detops::executor E>
void check_bits(const E& exec) {
  constexpr std::size_t n = 300000, side = 90;
  std::vector<float> x(n), product(side * side), expected_product(side * side);
  detops::fill_normal({1, 2}, x);
  const detops::matrix_view<const float> a(x.data(), side, side);
  const float expected = detops::sum(x);
  detops::matmul(a, a.transposed(),
                 detops::matrix_view<float>(expected_product.data(), side, side));
  for (const auto& host : host_environments()) {
    INFO(host.name);
    const host_environment_guard set(host);
    const auto before = detops::detail::read_fp_control() & detops::detail::fp_control_mask;
    const float got = detops::sum(exec, x);
    std::vector<float> filled(n);
    detops::fill_normal(exec, {1, 2}, filled);
    detops::matmul(exec, a, a.transposed(), detops::matrix_view<float>(product.data(), side, side));
    const auto after = detops::detail::read_fp_control() & detops::detail::fp_control_mask;
    set.restore();
    CHECK(after == before);
    CHECK(detops::detail::to_bits(got) == detops::detail::to_bits(expected));
    CHECK(detops::digest(filled) == detops::digest(x));
    CHECK(detops::digest(product) == detops::digest(expected_product));
  }
}

template <detops::executor E>
void check_executor(const E& exec) {
  check_each_index_once(exec);
  check_exceptions(exec);
  check_nested_use(exec);
  check_bits(exec);
}

} // namespace test

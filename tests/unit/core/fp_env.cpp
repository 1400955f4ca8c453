// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
#include <cfenv>
#include <stdexcept>
#include <thread>
#include <vector>

#include <detops/exec.hpp>
#include <detops/reduce.hpp>

#include "catch.hpp"
#include "host_environment.hpp"

using namespace detops;

TEST_CASE("core/fp_env: the body runs in the default environment and the caller's comes back") {
  for (const auto& host : test::host_environments()) {
    INFO(host.name);
    const test::host_environment_guard set(host);
    const auto before = detail::read_fp_control() & detail::fp_control_mask;
    bool inside = false;
    detail::with_fp_environment([&] { inside = detail::default_fp_environment(); });
    CHECK(inside);
    CHECK((detail::read_fp_control() & detail::fp_control_mask) == before);
    CHECK_THROWS_AS(detail::with_fp_environment([] { throw std::runtime_error("out"); }),
                    std::runtime_error);
    CHECK((detail::read_fp_control() & detail::fp_control_mask) == before);
  }
}

TEST_CASE("core/fp_env: results do not depend on the caller's environment, on any thread") {
  std::vector<float> x(5000);
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = (i % 3 == 0 ? 0x1p-130f : 1.0f / 3) * static_cast<float>(i % 1000 + 1);
  }
  const float expected = sum(x);
  const float compensated = sum(x, kahan);
  const float tiny = sum(std::vector<float>(100, 0x1p-149f));
  CHECK(tiny == 100 * 0x1p-149f);
  for (const auto& host : test::host_environments()) {
    INFO(host.name);
    const test::host_environment_guard set(host);
    const thread_pool pool(3); // its threads inherit the host's environment
    const float serial = sum(x);
    const float threads = sum(pool, std::vector<float>(x.begin(), x.end()));
    const float kahan_sum = sum(x, kahan);
    const float subnormal = sum(std::vector<float>(100, 0x1p-149f));
    std::vector<float> large(200000, 0x1.000002p0f);
    const float many = sum(pool, large);
    const float many_serial = sum(large);
    set.restore();
    CHECK(serial == expected);
    CHECK(threads == expected);
    CHECK(kahan_sum == compensated);
    CHECK(detail::to_bits(subnormal) == detail::to_bits(tiny));
    CHECK(many == many_serial);
  }
}

TEST_CASE("core/fp_env: exception flags that the caller had raised stay") {
  std::feclearexcept(FE_ALL_EXCEPT);
  std::feraiseexcept(FE_DIVBYZERO);
  detail::with_fp_environment([] {});
  CHECK(std::fetestexcept(FE_DIVBYZERO) != 0);
  std::feclearexcept(FE_ALL_EXCEPT);
}

namespace {

/// Runs the tasks one after the other, as if on threads whose environment is the host's.
struct executor_of_host {
  const test::host_environment& host;
  static constexpr std::size_t concurrency() { return 3; }
  void bulk(std::size_t count, task_ref task) const {
    for (std::size_t i = 0; i < count; ++i) {
      const test::host_environment_guard set(host);
      task(i);
    }
  }
};

} // namespace

TEST_CASE("core/fp_env: each task sets the environment of the thread it runs on") {
  std::vector<float> inexact(200000);
  for (std::size_t i = 0; i < inexact.size(); ++i) {
    inexact[i] = 1.0f / static_cast<float>(i + 3);
  }
  const std::vector<float> subnormal(200000, 0x1p-149f);
  const float expected = sum(inexact);
  const float expected_subnormal = sum(subnormal);
  for (const auto& host : test::host_environments()) {
    INFO(host.name);
    const executor_of_host exec{host};
    CHECK(detail::to_bits(sum(exec, inexact)) == detail::to_bits(expected));
    CHECK(detail::to_bits(sum(exec, subnormal)) == detail::to_bits(expected_subnormal));
    int wrong = 0;
    detail::for_each_task(exec, 5,
                          [&](std::size_t) { wrong += !detail::default_fp_environment(); });
    CHECK(wrong == 0);
  }
}

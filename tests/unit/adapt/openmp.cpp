// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
#include <detops/adapt/openmp.hpp>

#include "executor.hpp"

using namespace detops;

TEST_CASE("adapt/openmp: a team is an executor") {
  for (const std::size_t threads : {1u, 2u, 3u, 7u}) {
    INFO(threads << " threads");
    const openmp_team team(threads);
    CHECK(team.concurrency() == threads);
    test::check_executor(team);
  }
  test::check_executor(openmp_team());
}

TEST_CASE("adapt/openmp: inside a parallel region of the user") {
  std::vector<float> x(200000);
  fill_uniform({3, 4}, x);
  const float expected = sum(x);
  bool same = true;
#pragma omp parallel num_threads(3) reduction(&& : same)
  same = detail::to_bits(sum(openmp_team(2), x)) == detail::to_bits(expected);
  CHECK(same);
}

TEST_CASE("adapt/openmp: a number of threads that cannot be") {
  CHECK_THROWS_AS(openmp_team(0), std::invalid_argument);
  CHECK_THROWS_AS(openmp_team(4097), std::invalid_argument);
}

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
#include <tbb/global_control.h>

#include <detops/adapt/tbb.hpp>

#include "executor.hpp"

using namespace detops;

TEST_CASE("adapt/tbb: an arena is an executor") {
  const tbb::global_control allow(tbb::global_control::max_allowed_parallelism, 7);
  for (const int threads : {1, 2, 3, 7}) {
    INFO(threads << " threads");
    tbb::task_arena arena(threads);
    const tbb_arena exec(arena);
    CHECK(exec.concurrency() == static_cast<std::size_t>(threads));
    test::check_executor(exec);
  }
}

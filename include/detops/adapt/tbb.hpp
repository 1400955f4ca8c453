// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The user's TBB arena as an executor. Link with -ltbb.
#pragma once

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <detops/exec/task_error.hpp>

namespace detops::inline DETOPS_ISA {

/// Runs tasks in an arena, which outlives it. An exception of a task (of the lowest index, where
/// several throw) reaches the caller after all tasks have ended.
class tbb_arena {
public:
  explicit tbb_arena(tbb::task_arena& arena) : arena_(&arena) {}

  std::size_t concurrency() const { return static_cast<std::size_t>(arena_->max_concurrency()); }

  void bulk(std::size_t count, task_ref task) const {
    detail::task_error error;
    arena_->execute([&] {
      tbb::parallel_for(std::size_t{0}, count, [&](std::size_t i) { error.run(task, i); });
    });
    error.rethrow();
  }

private:
  tbb::task_arena* arena_;
};

} // namespace detops::inline DETOPS_ISA

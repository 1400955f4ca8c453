// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The user's OpenMP threads as an executor. Compile with -fopenmp.
#pragma once

#if !defined(_OPENMP)
#error "detops: <detops/adapt/openmp.hpp> needs -fopenmp"
#endif
#include <omp.h>

#include <detops/exec/task_error.hpp>

namespace detops::inline DETOPS_ISA {

/// Runs tasks on a team of `threads` OpenMP threads, or of as many as OpenMP would take at the time
/// of the call. Inside a parallel region OpenMP gives one thread, unless nested regions are allowed.
/// An exception of a task (of the lowest index, where several throw) reaches the caller after all
/// tasks have ended. Throws std::invalid_argument where threads is above 4096.
class openmp_team {
public:
  openmp_team() = default;
  explicit openmp_team(std::size_t threads) : threads_(threads) {
    if (threads == 0 || threads > 4096) {
      detail::invalid("openmp_team", threads, " threads; 1 to 4096 are possible");
    }
  }

  std::size_t concurrency() const {
    return threads_ != 0 ? threads_ : static_cast<std::size_t>(omp_get_max_threads());
  }

  void bulk(std::size_t count, task_ref task) const {
    detail::task_error error;
    const auto wanted = static_cast<int>(std::min(count, concurrency()));
#pragma omp parallel for schedule(dynamic, 1) num_threads(wanted) if (wanted > 1)
    for (std::size_t i = 0; i < count; ++i) {
      error.run(task, i);
    }
    error.rethrow();
  }

private:
  std::size_t threads_ = 0;
};

} // namespace detops::inline DETOPS_ISA

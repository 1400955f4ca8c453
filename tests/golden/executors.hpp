// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The executors that golden_check runs every row with: the serial one, pools, and the user's OpenMP
// team and TBB arena where the program is built with them (-fopenmp; -DDETOPS_GOLDEN_TBB -ltbb).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <detops/exec.hpp>
#if defined(_OPENMP)
#include <detops/adapt/openmp.hpp>
#endif
#if defined(DETOPS_GOLDEN_TBB)
#include <tbb/global_control.h>

#include <detops/adapt/tbb.hpp>
#endif

#include "golden.hpp"

namespace golden {

template <class Executor>
class named_executor final : public any_executor {
public:
  template <class... Arguments>
  explicit named_executor(const std::string& name, Arguments&&... arguments)
      : name_(name), executor_(std::forward<Arguments>(arguments)...) {}

  std::string name() const override { return name_; }
  std::size_t concurrency() const override { return executor_.concurrency(); }
  void bulk(std::size_t count, detops::task_ref task) const override {
    executor_.bulk(count, task);
  }

private:
  std::string name_;
  Executor executor_;
};

#if defined(DETOPS_GOLDEN_TBB)
struct own_tbb_arena {
  explicit own_tbb_arena(int threads) : arena(threads) {
    // Else TBB takes no more threads than the machine has.
    static const tbb::global_control allow(tbb::global_control::max_allowed_parallelism, 16);
  }
  std::size_t concurrency() const { return detops::tbb_arena(arena).concurrency(); }
  void bulk(std::size_t count, detops::task_ref task) const {
    detops::tbb_arena(arena).bulk(count, task);
  }
  mutable tbb::task_arena arena;
};
#endif

/// The serial one first.
inline std::vector<std::unique_ptr<any_executor>>
make_executors([[maybe_unused]] const std::vector<std::size_t>& threads) {
  std::vector<std::unique_ptr<any_executor>> all;
  all.push_back(std::make_unique<named_executor<detops::seq_t>>("serial"));
  for ([[maybe_unused]] const std::size_t count : threads) {
    [[maybe_unused]] const std::string number = std::to_string(count);
#if DETOPS_THREADS
    all.push_back(
        std::make_unique<named_executor<detops::thread_pool>>("pool of " + number, count));
#endif
#if defined(_OPENMP)
    all.push_back(std::make_unique<named_executor<detops::openmp_team>>("OpenMP " + number, count));
#endif
#if defined(DETOPS_GOLDEN_TBB)
    all.push_back(
        std::make_unique<named_executor<own_tbb_arena>>("TBB " + number, static_cast<int>(count)));
#endif
  }
  return all;
}

} // namespace golden

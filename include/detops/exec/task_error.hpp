// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// What executors do with the exceptions of their tasks.
#pragma once

#include <cstddef>
#include <exception>
#include <mutex>
#include <utility>

#include <detops/exec/executor.hpp>

namespace detops::inline DETOPS_ISA::detail {

/// Keeps the exception of the lowest index, so that the caller gets the same one whatever the
/// threads did. Without exceptions it only runs the task.
class task_error {
public:
  void run(task_ref task, std::size_t i) {
#if DETOPS_EXCEPTIONS
    try {
      task(i);
    } catch (...) {
      const std::lock_guard lock(mutex_);
      if (!error_ || i < index_) {
        error_ = std::current_exception();
        index_ = i;
      }
    }
#else
    task(i);
#endif
  }

  /// After all tasks have ended. The caller takes the exception along: a thread that lets go of the job later destroys
  /// nothing of it.
  void rethrow() {
#if DETOPS_EXCEPTIONS
    const std::lock_guard lock(mutex_);
    if (error_) {
      std::rethrow_exception(std::exchange(error_, nullptr));
    }
#endif
  }

private:
#if DETOPS_EXCEPTIONS
  std::mutex mutex_;
  std::exception_ptr error_;
  std::size_t index_ = 0;
#endif
};

} // namespace detops::inline DETOPS_ISA::detail

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// thread_pool on Eigen's work-stealing pool, and `par`, the one that the process shares.
#pragma once

#include <detops/core/config.hpp>
#if !DETOPS_THREADS
#error "detops: this target has no threads; include <detops/exec.hpp>, whose par is then serial"
#endif

#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstdlib>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#if __has_include(<Eigen/ThreadPool>)
#include <Eigen/ThreadPool>
#else
#include <unsupported/Eigen/CXX11/ThreadPool>
#endif

#include <detops/core/check.hpp>
#include <detops/exec/task_error.hpp>

namespace detops::inline DETOPS_ISA {
namespace detail {

/// One call of bulk. Helpers may arrive after it has ended: they find no index left and touch only this
/// object, which they keep alive.
class bulk_job {
public:
  bulk_job(std::size_t count, task_ref task) : count_(count), task_(task) {}

  void work() {
    for (;;) {
      const std::size_t i = next_.fetch_add(1, std::memory_order_relaxed);
      if (i >= count_) {
        return;
      }
      error_.run(task_, i);
      if (done_.fetch_add(1, std::memory_order_acq_rel) + 1 == count_) {
        const std::lock_guard lock(mutex_);
        all_done_.notify_all();
      }
    }
  }

  /// Waits for the indices that other threads are still running. They run, so this ends, also when the
  /// caller is itself a thread of the pool.
  void wait() {
    for (int spin = 0; spin < 2000; ++spin) {
      if (done_.load(std::memory_order_acquire) == count_) {
        return;
      }
    }
    std::unique_lock lock(mutex_);
    all_done_.wait(lock, [&] { return done_.load(std::memory_order_acquire) == count_; });
  }

  void rethrow() { error_.rethrow(); }

private:
  const std::size_t count_;
  const task_ref task_;
  std::atomic<std::size_t> next_{0};
  std::atomic<std::size_t> done_{0};
  std::mutex mutex_;
  std::condition_variable all_done_;
  task_error error_;
};

/// What Eigen's pool makes threads and tasks of. A type of ours, so that files compiled for different
/// instruction sets share none of its code.
struct pool_environment {
  struct Task {
    std::function<void()> f;
  };
  class EnvThread {
  public:
    explicit EnvThread(std::function<void()> run) : thread_([run = std::move(run)] { run(); }) {}
    ~EnvThread() { thread_.join(); }
    static void OnCancel() {}

  private:
    std::thread thread_;
  };

  static EnvThread* CreateThread(std::function<void()> run) {
    return new EnvThread(std::move(run));
  }
  static Task CreateTask(std::function<void()> run) { return {std::move(run)}; }
  static void ExecuteTask(const Task& task) { task.f(); }
};

} // namespace detail

/// `threads` threads, the caller of bulk among them. Safe to use from several threads at once and from
/// inside its own tasks. Throws std::invalid_argument where threads is 0 or above 4096. An exception of a
/// task (of the lowest index, where several throw) reaches the caller after all tasks have ended.
class thread_pool {
public:
  explicit thread_pool(std::size_t threads) : threads_(threads) {
    if (threads == 0 || threads > 4096) {
      detail::invalid("thread_pool", threads, " threads; 1 to 4096 are possible");
    }
    if (threads > 1) {
      const bool may_spin = threads <= std::thread::hardware_concurrency();
      workers_ = std::make_unique<pool>(static_cast<int>(threads - 1), may_spin);
    }
  }

  std::size_t concurrency() const { return threads_; }

  void bulk(std::size_t count, task_ref task) const {
    if (count == 0) {
      return;
    }
    const auto job = std::make_shared<detail::bulk_job>(count, task);
    const std::size_t helpers = std::min(count, threads_) - 1;
    for (std::size_t i = 0; i < helpers; ++i) {
      if (!schedule(job)) {
        break;
      }
    }
    job->work();
    job->wait();
    job->rethrow();
  }

private:
  using pool = Eigen::ThreadPoolTempl<detail::pool_environment>;

  /// False where no memory is left for another helper: the caller then does more itself.
  bool schedule(const std::shared_ptr<detail::bulk_job>& job) const {
#if DETOPS_EXCEPTIONS
    try {
      workers_->Schedule([job] { job->work(); });
    } catch (const std::bad_alloc&) {
      return false;
    }
#else
    workers_->Schedule([job] { job->work(); });
#endif
    return true;
  }

  std::size_t threads_;
  std::unique_ptr<pool> workers_;
};

namespace detail {

/// DETOPS_NUM_THREADS, or all hardware threads.
inline std::size_t default_threads() {
  const char* value = std::getenv("DETOPS_NUM_THREADS");
  if (value == nullptr || *value == '\0') {
    return std::max<std::size_t>(1, std::thread::hardware_concurrency());
  }
  char* end = nullptr;
  errno = 0;
  const unsigned long threads = std::strtoul(value, &end, 10);
  if (errno != 0 || *end != '\0' || threads == 0 || threads > 4096) {
    invalid("par", "DETOPS_NUM_THREADS is \"", value, "\"; a number from 1 to 4096 is possible");
  }
  return threads;
}

inline std::atomic<bool>& in_forked_child() {
  static std::atomic<bool> forked{false};
  return forked;
}

/// Made at first use and never joined: its threads may still be asleep when the process ends.
inline const thread_pool& process_pool() {
  static const thread_pool* const pool = [] {
    pthread_atfork(nullptr, nullptr, [] { in_forked_child().store(true); });
    return new thread_pool(default_threads());
  }();
  return *pool;
}

} // namespace detail

/// The pool that the process shares, of DETOPS_NUM_THREADS or else all hardware threads, made at first
/// use. A forked child has no threads of its parent and runs serially.
struct par_t {
  static std::size_t concurrency() {
    const thread_pool& pool = detail::process_pool();
    return detail::in_forked_child().load(std::memory_order_relaxed) ? 1 : pool.concurrency();
  }
  static void bulk(std::size_t count, task_ref task) {
    if (concurrency() == 1) {
      seq_t::bulk(count, task);
    } else {
      detail::process_pool().bulk(count, task);
    }
  }
};
inline constexpr par_t par;

} // namespace detops::inline DETOPS_ISA

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// What runs work: the executor concept, the serial one, and the two loops over it that everything uses.
// Who needs no threads includes only this.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <memory>
#include <type_traits>

#include <detops/core/fp_env.hpp>

namespace detops::inline DETOPS_ISA {

/// A reference to a callable void(std::size_t); the callable outlives it.
class task_ref {
public:
  template <class F>
    requires(!std::same_as<std::remove_cv_t<F>, task_ref> && std::invocable<F&, std::size_t>)
  explicit task_ref(F& task)
      : object_(const_cast<void*>(static_cast<const void*>(std::addressof(task)))),
        call_([](void* object, std::size_t index) { (*static_cast<F*>(object))(index); }) {}

  void operator()(std::size_t index) const { call_(object_, index); }

private:
  void* object_;
  void (*call_)(void*, std::size_t);
};

/// `e.bulk(count, task)` calls task(i) once for every i < count, on any threads and in any order, and
/// returns when all are done; an exception of a task reaches the caller. `e.concurrency()` is how many may
/// run at once. An executor decides who computes what when, never what is computed: work is cut by size
/// alone, so no executor can change a bit.
template <class E>
concept executor = requires(std::remove_reference_t<E>& e, std::size_t count, task_ref task) {
  { e.concurrency() } -> std::convertible_to<std::size_t>;
  e.bulk(count, task);
};

/// Runs everything on the calling thread.
struct seq_t {
  static constexpr std::size_t concurrency() { return 1; }
  static void bulk(std::size_t count, task_ref task) {
    for (std::size_t i = 0; i < count; ++i) {
      task(i);
    }
  }
};
inline constexpr seq_t seq;

namespace detail {

/// Any executor behind one type, so that kernels are compiled once for all of them; the executor outlives it.
class executor_ref {
public:
  template <class E>
    requires(executor<E> && !std::same_as<std::remove_cv_t<E>, executor_ref>)
  explicit executor_ref(E& exec)
      : object_(const_cast<void*>(static_cast<const void*>(std::addressof(exec)))),
        concurrency_([](void* object) {
          return static_cast<std::size_t>(static_cast<E*>(object)->concurrency());
        }),
        bulk_([](void* object, std::size_t count, task_ref task) {
          static_cast<E*>(object)->bulk(count, task);
        }) {}

  std::size_t concurrency() const { return concurrency_(object_); }
  void bulk(std::size_t count, task_ref task) const { bulk_(object_, count, task); }

private:
  void* object_;
  std::size_t (*concurrency_)(void*);
  void (*bulk_)(void*, std::size_t, task_ref);
};

/// body(i) for every i < count, each under the IEEE default environment of the thread it runs on. (A reference, so that
/// a body is compiled once for all executors.)
template <executor E>
DETOPS_NOINLINE void run_tasks(E& exec, std::size_t count, task_ref body) {
  if (count <= 1 || exec.concurrency() <= 1) {
    with_fp_environment([&] {
      for (std::size_t i = 0; i < count; ++i) {
        body(i);
      }
    });
    return;
  }
  auto task = [&](std::size_t i) { with_fp_environment([&] { body(i); }); };
  exec.bulk(count, task_ref(task));
}
template <executor E, class Body>
void for_each_task(E& exec, std::size_t count, Body&& body) {
  if (count > 0) {
    run_tasks(exec, count, task_ref(body));
  }
}

/// body(first, last) for [0, total) cut at the multiples of `block`: the one partition, by size alone.
template <executor E, class Body>
void for_each_block(E& exec, std::size_t total, std::size_t block, Body&& body) {
  const std::size_t count = total / block + (total % block != 0);
  for_each_task(exec, count, [&](std::size_t i) {
    const std::size_t first = i * block;
    body(first, first + std::min(block, total - first));
  });
}

} // namespace detail
} // namespace detops::inline DETOPS_ISA

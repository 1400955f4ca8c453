// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <detops/exec.hpp>

#include "catch.hpp"

using namespace detops;

static_assert(executor<seq_t> && executor<par_t> && executor<thread_pool> &&
              executor<const thread_pool&> && !executor<int>);

namespace {

template <class E>
std::vector<int> count_calls(E& exec, std::size_t count) {
  std::vector<std::atomic<int>> calls(count);
  auto task = [&](std::size_t i) { calls[i].fetch_add(1); };
  exec.bulk(count, task_ref(task));
  return {calls.begin(), calls.end()};
}

} // namespace

TEST_CASE("exec/thread_pool: each index runs once") {
  for (std::size_t threads : {1u, 2u, 3u, 7u, 16u}) {
    const thread_pool pool(threads);
    CHECK(pool.concurrency() == threads);
    for (std::size_t count : {0u, 1u, 2u, 3u, 100u, 5000u}) {
      CHECK(count_calls(pool, count) == std::vector<int>(count, 1));
      CHECK(count_calls(par, count) == std::vector<int>(count, 1));
      CHECK(count_calls(seq, count) == std::vector<int>(count, 1));
    }
  }
}

TEST_CASE("exec/thread_pool: the exception of the lowest index reaches the caller") {
  const thread_pool pool(3);
  std::atomic<int> calls{0};
  auto task = [&](std::size_t i) {
    ++calls;
    if (i % 10 == 4) {
      throw std::runtime_error("task " + std::to_string(i));
    }
  };
  for (int repeat = 0; repeat < 20; ++repeat) {
    calls = 0;
    CHECK_THROWS_WITH(pool.bulk(100, task_ref(task)), "task 4");
    CHECK(calls == 100);
  }
  CHECK(count_calls(pool, 10) == std::vector<int>(10, 1));
}

TEST_CASE("exec/thread_pool: nested use ends") {
  const thread_pool pool(3);
  std::atomic<int> calls{0};
  auto inner = [&](std::size_t) { ++calls; };
  auto middle = [&](std::size_t) { pool.bulk(5, task_ref(inner)); };
  auto outer = [&](std::size_t) { pool.bulk(7, task_ref(middle)); };
  pool.bulk(11, task_ref(outer));
  CHECK(calls == 5 * 7 * 11);
}

TEST_CASE("exec/thread_pool: two user threads at once") {
  const thread_pool pool(3);
  std::atomic<int> calls{0};
  auto task = [&](std::size_t) { ++calls; };
  auto user = [&] {
    for (int i = 0; i < 200; ++i) {
      pool.bulk(17, task_ref(task));
    }
  };
  std::thread first(user);
  std::thread second(user);
  first.join();
  second.join();
  CHECK(calls == 2 * 200 * 17);
}

TEST_CASE("exec/thread_pool: wrong numbers of threads") {
  CHECK_THROWS_WITH(thread_pool(0), "detops::thread_pool: 0 threads; 1 to 4096 are possible");
  CHECK_THROWS_AS(thread_pool(4097), std::invalid_argument);
}

TEST_CASE("exec/thread_pool: DETOPS_NUM_THREADS") {
  const char* const set = std::getenv("DETOPS_NUM_THREADS");
  const std::string before = set == nullptr ? "" : set;
  for (const char* bad : {"0", "x", "3x", "-1", "99999999999999999999999"}) {
    setenv("DETOPS_NUM_THREADS", bad, 1);
    CHECK_THROWS_AS(detail::default_threads(), std::invalid_argument);
  }
  setenv("DETOPS_NUM_THREADS", "5", 1);
  CHECK(detail::default_threads() == 5);
  setenv("DETOPS_NUM_THREADS", "", 1);
  CHECK(detail::default_threads() >= 1);
  if (set == nullptr) {
    unsetenv("DETOPS_NUM_THREADS");
  } else {
    setenv("DETOPS_NUM_THREADS", before.c_str(), 1);
  }
}

TEST_CASE("exec/thread_pool: a forked child runs serially") {
  CHECK(count_calls(par, 10) == std::vector<int>(10, 1));
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const bool good = par.concurrency() == 1 && count_calls(par, 10) == std::vector<int>(10, 1);
    _exit(good ? 0 : 1);
  }
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 0));
}

TEST_CASE("exec/executor: blocks are cut by size alone") {
  const thread_pool pool(3);
  for (std::size_t total : {0u, 1u, 99u, 100u, 101u, 250u}) {
    std::vector<std::atomic<int>> seen(total);
    std::atomic<bool> aligned{true};
    detail::for_each_block(pool, total, 100, [&](std::size_t first, std::size_t last) {
      if (first % 100 != 0 || last - first > 100 || (last != total && last - first != 100)) {
        aligned = false;
      }
      for (std::size_t i = first; i < last; ++i) {
        ++seen[i];
      }
    });
    CHECK(aligned);
    CHECK(std::vector<int>(seen.begin(), seen.end()) == std::vector<int>(total, 1));
  }
}

TEST_CASE("exec/executor: every task runs in the default floating-point environment") {
  const thread_pool pool(3);
  std::atomic<int> wrong{0};
  detail::for_each_task(pool, 50, [&](std::size_t) {
    if (!detail::default_fp_environment()) {
      ++wrong;
    }
  });
  CHECK(wrong == 0);
}

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// host_states [shared object]: the operations on arrays where the host has changed rounding or flushes
// subnormals, on the caller's thread and on every worker; with a shared object, after loading it. Prints the
// fingerprints of the default environment, and a line for each state and executor.
#include <atomic>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <dlfcn.h>

#include <detops/exec.hpp>
#if defined(_OPENMP)
#include <detops/adapt/openmp.hpp>
#endif
#if defined(DETOPS_HOSTILE_TBB)
#include <detops/adapt/tbb.hpp>

#include <tbb/global_control.h>
#endif

#include "../support/host_environment.hpp"
#include "operations.hpp"

namespace {

struct line {
  std::string name;
  std::uint64_t high, low;
  std::string refusal;
  bool operator==(const line&) const = default;
};
std::vector<line> lines;

void keep(const char* name, std::uint64_t high, std::uint64_t low, const char* refusal) {
  lines.push_back({name, high, low, refusal == nullptr ? "" : refusal});
}

unsigned control_word() {
  return static_cast<unsigned>(detops::detail::read_fp_control() & detops::detail::fp_control_mask);
}

/// One type of executor, because each compiles all kernels anew. It puts every thread that works into the
/// host's state before a task and looks at it after.
class host_executor {
public:
  using bulk_function = std::function<void(std::size_t, detops::task_ref)>;

  host_executor(std::size_t threads, bulk_function bulk)
      : threads_(threads), bulk_(std::move(bulk)) {}

  std::size_t concurrency() const { return threads_; }

  void bulk(std::size_t count, detops::task_ref task) const {
    auto in_state = [&](std::size_t i) {
      if (state == nullptr) {
        task(i);
        return;
      }
      const test::host_environment_guard set(*state);
      const unsigned before = control_word();
      task(i);
      not_restored += control_word() != before;
      const std::lock_guard lock(mutex_);
      workers.insert(std::this_thread::get_id());
    };
    bulk_(count, detops::task_ref(in_state));
  }

  const test::host_environment* state = nullptr;
  mutable std::atomic<int> not_restored{0};
  mutable std::set<std::thread::id> workers;

private:
  std::size_t threads_;
  bulk_function bulk_;
  mutable std::mutex mutex_;
};

bool check(const std::string& what, host_executor& exec, const test::host_environment& host,
           const std::vector<line>& expected) {
  exec.workers.clear();
  exec.not_restored = 0;
  const auto many = [&] { return exec.workers.size() > 1 || exec.concurrency() == 1; };
  unsigned before, after;
  {
    const test::host_environment_guard set(host);
    exec.state = &host;
    before = control_word();
    // On a busy machine one thread may have done all before another woke up.
    for (int round = 0; round < 50 && (round == 0 || !many()); ++round) {
      lines.clear();
      hostile::run_arrays(exec, keep);
    }
    after = control_word();
  }
  exec.state = nullptr;
  bool good = lines.size() == expected.size() && before == after && exec.not_restored == 0;
  for (std::size_t i = 0; i < lines.size() && i < expected.size(); ++i) {
    if (!(lines[i] == expected[i])) {
      std::printf("# %s: %s differs %s\n", what.c_str(), lines[i].name.c_str(),
                  lines[i].refusal.c_str());
      good = false;
    }
  }
  std::printf("# %s: control word %04x before, %04x after, %d tasks left another, %zu threads%s\n",
              what.c_str(), before, after, exec.not_restored.load(), exec.workers.size(),
              good ? "" : ": FAILED");
  if (!many()) {
    std::printf("# %s: no second thread took part: FAILED\n", what.c_str());
  }
  return good && many();
}

} // namespace

int main(int argc, char** argv) {
  if (argc == 2) {
    // Nothing of the library has run yet, and no worker exists.
    if (control_word() != 0) {
      std::printf("# the control word was not the default before\n");
      return 1;
    }
    if (dlopen(argv[1], RTLD_NOW) == nullptr) {
      std::printf("# %s\n", dlerror());
      return 1;
    }
    std::printf("# control word after dlopen: %04x\n", control_word());
#if defined(DETOPS_HOSTILE_REQUIRE_FLUSH)
    if (control_word() == 0) {
      std::printf("# it does not flush subnormals, so nothing is tested\n");
      return 1;
    }
#endif
  }
  const unsigned loaded = control_word();

  detops::thread_pool pool(3); // its threads inherit the state of this one
  std::vector<std::pair<std::string, std::unique_ptr<host_executor>>> executors;
  const auto offer = [&](const std::string& name, std::size_t threads, auto bulk) {
    executors.emplace_back(name, std::make_unique<host_executor>(threads, bulk));
  };
  offer("caller", 1, [](std::size_t n, detops::task_ref task) { detops::seq.bulk(n, task); });
  offer("thread_pool", 3, [&](std::size_t n, detops::task_ref task) { pool.bulk(n, task); });
#if defined(_OPENMP)
  const detops::openmp_team team(3);
  offer("openmp", 3, [&](std::size_t n, detops::task_ref task) { team.bulk(n, task); });
#endif
#if defined(DETOPS_HOSTILE_TBB)
  const tbb::global_control allowed(tbb::global_control::max_allowed_parallelism, 3);
  tbb::task_arena arena(3);
  const detops::tbb_arena tbb_threads(arena);
  offer("tbb", 3, [&](std::size_t n, detops::task_ref task) { tbb_threads.bulk(n, task); });
#endif

  bool good = true;
  if (argc == 2) {
    // As the host left it: nothing of ours has set a control word.
    for (auto& [name, exec] : executors) {
      lines.clear();
      hostile::run_arrays(*exec, keep);
      good = good && control_word() == loaded;
      for (const line& l : lines) {
        std::printf("%s %016" PRIx64 "%016" PRIx64 "\n", l.name.c_str(), l.high, l.low);
      }
      std::printf("# as loaded, %s: control word %04x after\n", name.c_str(), control_word());
    }
    return good ? 0 : 1;
  }

  hostile::run_arrays(detops::seq, keep);
  const std::vector<line> expected = std::exchange(lines, {});
  for (const line& l : expected) {
    std::printf("%s %016" PRIx64 "%016" PRIx64 "\n", l.name.c_str(), l.high, l.low);
  }
  for (const test::host_environment& host : test::host_environments()) {
    for (auto& [name, exec] : executors) {
      good = check(host.name + ", " + name, *exec, host, expected) && good;
    }
  }
  return good ? 0 : 1;
}

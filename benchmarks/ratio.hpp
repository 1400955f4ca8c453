// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Speed as a ratio in one run: the contenders of a case take turns, round after round, and the best
// round of each is compared. Cases are Google Benchmark entries, so --benchmark_filter,
// --benchmark_format=json and the rest work; the program ends in lines
//
//   ratio <case>/<isa> <peer> <value>        value > 1: ours is faster
//
// and, for cases that differ in their last part alone (sizes, shapes), in
//
//   ratio <group>/<isa> best_peer_geometric_mean <value>
//   ratio <group>/<isa> best_peer_lowest <value>
//
// over the best peer of each case.
//
// Use:
//   ratio::add_case("sum/float/1024", bytes, "B", [] {
//     auto x = std::make_shared<std::vector<float>>(1024, 1.0f);
//     return ratio::contenders{
//         {"detops", [x] { benchmark::DoNotOptimize(detops::sum(*x)); }},
//         {"eigen", [x] { benchmark::DoNotOptimize(map(*x).sum()); }}};
//   });
//   int main(int argc, char** argv) { return ratio::run(argc, argv); }
//
// The outer lambda runs when the case does, so only one case's data is alive at a time. The first
// contender is ours. DETOPS_BENCH_SECONDS sets the time for one contender of one case (default
// 0.3).
//
// Time is that of the calling thread on a CPU, so that a busy machine disturbs less; a case whose
// contenders use more threads passes ratio::clock::wall. On the wall, turns are longer, and each
// begins when the threads of the one before it have gone to sleep.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include <detops/core/config.hpp>

namespace ratio {

struct contender {
  std::string name;
  std::function<void()> call;
};
using contenders = std::vector<contender>;

struct result {
  std::string name;
  std::string peer;
  double value;
};

inline std::vector<result>& results() {
  static std::vector<result> all;
  return all;
}

enum class clock { thread, wall };

inline double now(clock which) {
  std::timespec t{};
  clock_gettime(which == clock::thread ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

inline double seconds_for(const std::function<void()>& call, std::size_t repeats, clock which) {
  const double start = now(which);
  for (std::size_t i = 0; i < repeats; ++i) {
    call();
  }
  return now(which) - start;
}

// A call that takes so long is timed in fewer rounds.
constexpr double slow_call = 50e-3;

// Enough calls in one turn that the clock's own cost and resolution do not show, nor, on the wall,
// the waking of threads.
inline std::size_t calls_per_turn(const std::function<void()>& call, clock which) {
  const double shortest_turn = which == clock::thread ? 200e-6 : 10e-3;
  if (seconds_for(call, 1, which) >= slow_call) {
    return 1;
  }
  std::size_t repeats = 1;
  for (;;) {
    const double seconds = seconds_for(call, repeats, which);
    if (seconds >= shortest_turn) {
      return repeats;
    }
    const double factor = seconds > 0 ? 1.2 * shortest_turn / seconds : 10.0;
    repeats =
        static_cast<std::size_t>(static_cast<double>(repeats) * std::clamp(factor, 1.5, 10.0)) + 1;
  }
}

inline double seconds_per_contender() {
  const char* text = std::getenv("DETOPS_BENCH_SECONDS");
  return text != nullptr ? std::atof(text) : 0.3;
}

inline std::string isa() {
  std::string_view name = detops::isa_name;
  if (name.substr(0, 4) == "isa_") {
    name.remove_prefix(4);
  }
  return std::string(name);
}

// Threads of OpenMP and OpenBLAS that have nothing to do look for work for up to 30 ms before they
// sleep, and would take a core from the contender that comes next. One call then wakes its own.
inline void settle(const std::function<void()>& call, std::size_t repeats, clock which) {
  if (which == clock::wall) {
    std::this_thread::sleep_for(std::chrono::milliseconds(40));
    if (repeats > 1) {
      call();
    }
  }
}

// The best seconds for one call of each contender. Each round starts with the next one, so that
// none always runs behind the same neighbour.
inline std::vector<double> take_turns(const contenders& all, clock which) {
  std::size_t least_rounds = 5;
  std::vector<std::size_t> repeats;
  for (const contender& one : all) {
    repeats.push_back(calls_per_turn(one.call, which));
  }
  std::vector<double> best(all.size(), 1e300);
  const double budget = seconds_per_contender() * static_cast<double>(all.size());
  double spent = 0;
  for (std::size_t round = 0; round < least_rounds || spent < budget; ++round) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      const std::size_t who = (round + i) % all.size();
      settle(all[who].call, repeats[who], which);
      const double seconds = seconds_for(all[who].call, repeats[who], which);
      spent += seconds;
      best[who] = std::min(best[who], seconds / static_cast<double>(repeats[who]));
    }
    if (round == 0 && spent > slow_call * static_cast<double>(all.size())) {
      least_rounds = 3;
    }
  }
  return best;
}

/// `work` is what one call does, in `unit` ("FLOP", "B", "items"); it becomes a rate for each
/// contender. `make` returns the contenders.
inline void add_case(const std::string& name, double work, const std::string& unit,
                     std::function<contenders()> make, clock which = clock::thread) {
  const auto body = [name, work, unit, make = std::move(make), which](benchmark::State& state) {
    const contenders all = make();
    for (auto _ : state) {
      const std::vector<double> best = take_turns(all, which);
      state.SetIterationTime(best[0]);
      for (std::size_t i = 0; i < all.size(); ++i) {
        state.counters[all[i].name + " " + unit + "/s"] = work / best[i];
        if (i > 0) {
          results().push_back({name + "/" + isa(), all[i].name, best[i] / best[0]});
        }
      }
    }
  };
  benchmark::RegisterBenchmark(name.c_str(), body)->Iterations(1)->UseManualTime();
}

/// The lines over cases that differ in their last part alone.
inline void print_groups() {
  struct group {
    double log_sum = 0, lowest = 1e300;
    std::size_t cases = 0;
  };
  std::map<std::string, double> best_of_case;
  for (const result& one : results()) {
    const auto [at, added] = best_of_case.try_emplace(one.name, one.value);
    at->second = std::min(at->second, one.value);
  }
  std::map<std::string, group> groups;
  for (const auto& [name, value] : best_of_case) {
    const std::string without_isa = name.substr(0, name.rfind('/'));
    group& all = groups[without_isa.substr(0, without_isa.rfind('/')) + "/" + isa()];
    all.log_sum += std::log(value);
    all.lowest = std::min(all.lowest, value);
    ++all.cases;
  }
  for (const auto& [name, all] : groups) {
    if (all.cases > 1) {
      std::printf("ratio %s best_peer_geometric_mean %.3f\n", name.c_str(),
                  std::exp(all.log_sum / static_cast<double>(all.cases)));
      std::printf("ratio %s best_peer_lowest %.3f\n", name.c_str(), all.lowest);
    }
  }
}

/// Runs the registered cases and prints the ratio lines.
inline int run(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
    return 1;
  }
  benchmark::AddCustomContext("detops", detops::isa_name);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  for (const result& one : results()) {
    std::printf("ratio %s %s %.3f\n", one.name.c_str(), one.peer.c_str(), one.value);
  }
  print_groups();
  return 0;
}

} // namespace ratio

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Shuffles against std::shuffle with std::mt19937_64: four-byte elements, from L1 to DRAM.
// DETOPS_BENCH_LARGE=1 adds 1e8 elements, which take minutes.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include <detops/exec.hpp>
#include <detops/random.hpp>

#include "ratio.hpp"

namespace {

constexpr detops::random_key key = {1, 2};

template <class E>
void add(const std::string& name, const E& exec, std::size_t n) {
  ratio::add_case(name + "/" + std::to_string(n), static_cast<double>(n), "items", [=, &exec] {
    auto x = std::make_shared<std::vector<std::uint32_t>>(n);
    std::iota(x->begin(), x->end(), 0u);
    auto engine = std::make_shared<std::mt19937_64>(1);
    return ratio::contenders{{"detops", [=, &exec] { detops::shuffle(exec, key, *x); }},
                             {"std", [=] { std::shuffle(x->begin(), x->end(), *engine); }}};
  });
}

} // namespace

int main(int argc, char** argv) {
  for (std::size_t n : {1000u, 10000u, 100000u, 1000000u, 10000000u}) {
    add("shuffle", detops::seq, n);
  }
  add("shuffle_par", detops::par, 10000000);
  const char* large = std::getenv("DETOPS_BENCH_LARGE");
  if (large != nullptr && *large == '1') {
    add("shuffle", detops::seq, 100000000);
  }
  return ratio::run(argc, argv);
}

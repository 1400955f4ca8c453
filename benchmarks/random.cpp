// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Fills of an array in L2 against std::mt19937_64 with the distributions of <random>.
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <detops/random.hpp>

#include "ratio.hpp"

namespace {

constexpr detops::random_key key = {1, 2};
constexpr std::size_t bytes = std::size_t{1} << 17;

/// ours(out) fills; theirs(engine) is one element.
template <class T, class Ours, class Theirs>
void add(const std::string& name, Ours ours, Theirs theirs) {
  ratio::add_case("random/" + name, static_cast<double>(bytes), "B", [=] {
    auto out = std::make_shared<std::vector<T>>(bytes / sizeof(T));
    auto engine = std::make_shared<std::mt19937_64>(1);
    return ratio::contenders{{"detops",
                              [=] {
                                ours(*out);
                                benchmark::DoNotOptimize(out->data());
                                benchmark::ClobberMemory();
                              }},
                             {"std", [=] {
                                // A copy that lives in registers: the best that a caller of
                                // <random> can do.
                                auto distribution = theirs;
                                for (T& value : *out) {
                                  value = distribution(*engine);
                                }
                                benchmark::ClobberMemory();
                              }}};
  });
}

struct raw_bits {
  std::uint64_t operator()(std::mt19937_64& engine) const { return engine(); }
};
struct half_of_raw_bits {
  std::uint32_t operator()(std::mt19937_64& engine) const {
    return static_cast<std::uint32_t>(engine() >> 32);
  }
};

} // namespace

int main(int argc, char** argv) {
  add<std::uint64_t>("bits/uint64", [](auto& out) { detops::fill_bits(key, out); }, raw_bits());
  add<std::uint32_t>(
      "bits/uint32", [](auto& out) { detops::fill_bits(key, out); }, half_of_raw_bits());
  add<float>(
      "uniform/float", [](auto& out) { detops::fill_uniform(key, out); },
      std::uniform_real_distribution<float>());
  add<float>(
      "uniform_range/float", [](auto& out) { detops::fill_uniform(key, out, {-1, 1}); },
      std::uniform_real_distribution<float>(-1, 1));
  add<double>(
      "uniform/double", [](auto& out) { detops::fill_uniform(key, out); },
      std::uniform_real_distribution<double>());
  add<float>(
      "normal/float", [](auto& out) { detops::fill_normal(key, out); },
      std::normal_distribution<float>());
  add<float>(
      "normal_parameters/float", [](auto& out) { detops::fill_normal(key, out, {1, 2}); },
      std::normal_distribution<float>(1, 2));
  add<std::int32_t>(
      "uniform_int/int32", [](auto& out) { detops::fill_uniform_int(key, out, 0, 999); },
      std::uniform_int_distribution<std::int32_t>(0, 999));
  add<std::int64_t>(
      "uniform_int/int64", [](auto& out) { detops::fill_uniform_int(key, out, 0, 1000000000000); },
      std::uniform_int_distribution<std::int64_t>(0, 1000000000000));
  return ratio::run(argc, argv);
}

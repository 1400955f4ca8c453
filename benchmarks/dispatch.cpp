// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Operations through detops::dispatch against the same ones from the headers, compiled for the instruction set of this
// program. Of bench_dispatch_x86-64-v3 that is the native build, and a ratio below 1 what dispatching costs (on a CPU with
// AVX-512 set DETOPS_ISA=v3, or it is the kernels of v4 that are timed); of bench_dispatch_x86-64 it is what a program that
// is built for every CPU gains.
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <detops/dispatch.hpp>
#include <detops/math.hpp>
#include <detops/matmul.hpp>
#include <detops/random.hpp>
#include <detops/reduce.hpp>

#include "ratio.hpp"

namespace {

template <class T>
const char* name_of_type() {
  return sizeof(T) == 4 ? "float/" : "double/";
}

template <class T>
void add_product(std::size_t n) {
  const double work = 2.0 * static_cast<double>(n * n * n);
  const std::string name =
      std::string("dispatch/matmul/") + name_of_type<T>() + std::to_string(n) + "_cubed";
  ratio::add_case(name, work, "FLOP", [n] {
    auto x = std::make_shared<std::vector<T>>(3 * n * n);
    detops::fill_uniform({1, 2}, *x);
    const detops::matrix_view<T> a(x->data(), n, n), b(a.data + n * n, n, n),
        c(b.data + n * n, n, n);
    return ratio::contenders{{"dispatch", [x, a, b, c] { detops::dispatch::matmul(a, b, c); }},
                             {"headers", [x, a, b, c] { detops::matmul(a, b, c); }}};
  });
}

template <class T, class Policy>
void add_sum(std::size_t n, const char* name, Policy policy) {
  ratio::add_case(
      std::string("dispatch/sum_") + name + "/" + name_of_type<T>() + std::to_string(n),
      static_cast<double>(n * sizeof(T)), "B", [n, policy] {
        auto x = std::make_shared<std::vector<T>>(n);
        detops::fill_uniform({1, 2}, *x);
        return ratio::contenders{
            {"dispatch",
             [x, policy] { benchmark::DoNotOptimize(detops::dispatch::sum(*x, policy)); }},
            {"headers", [x, policy] { benchmark::DoNotOptimize(detops::sum(*x, policy)); }}};
      });
}

void add_exp(std::size_t n) {
  ratio::add_case("dispatch/exp/float/" + std::to_string(n), static_cast<double>(n), "items", [n] {
    auto x = std::make_shared<std::vector<float>>(n), y = std::make_shared<std::vector<float>>(n);
    detops::fill_normal({1, 2}, *x);
    return ratio::contenders{{"dispatch", [x, y] { detops::dispatch::exp(*x, *y); }},
                             {"headers", [x, y] { detops::exp(*x, *y); }}};
  });
}

} // namespace

int main(int argc, char** argv) {
  for (const std::size_t n : {8, 64, 512, 1024}) {
    if (detops::has_fma || n <= 512) {
      add_product<float>(n);
    }
    if (detops::has_fma || n <= 64) { // emulated: seconds each
      add_product<double>(n);
    }
  }
  for (const std::size_t n : {64, 4096, 1 << 20}) {
    add_sum<float>(n, "pairwise", detops::pairwise);
    add_sum<double>(n, "pairwise", detops::pairwise);
    add_sum<float>(n, "exact", detops::exact);
    add_sum<double>(n, "exact", detops::exact);
  }
  add_exp(4096);
  return ratio::run(argc, argv);
}

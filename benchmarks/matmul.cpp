// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// matmul against OpenBLAS, BLIS, oneDNN (float) and Eigen, as
//
//   matmul/<cubes | skinny | networks>/<float | double>/<one_thread | two_threads>/<shape>
//
// where <shape> ends in <m>x<n>x<k>_<nn | nt | tn | tt> and begins, for networks, with where the
// product comes from: --benchmark_filter=networks/float/one_thread/resnet50
//
// One thread is timed on its CPU clock, two on the wall. Before a case is timed, each peer's result
// is compared with ours, loosely: that tells a wrong call from a right one, nothing more.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include <detops/exec.hpp>
#include <detops/matmul.hpp>

#include "matmul_peers.hpp"
#include "matmul_shapes.hpp"
#include "ratio.hpp"

namespace {

using matmul_bench::problem;
using matmul_bench::shape;

template <class T>
struct operands {
  explicit operands(const shape& s)
      : a(s.m * s.k), b(s.k * s.n), ours(s.m * s.n), theirs(s.m * s.n) {
    std::uint32_t state = 1;
    for (std::vector<T>* values : {&a, &b}) {
      for (T& value : *values) { // in [-1, 1)
        state = state * 1664525u + 1013904223u;
        value = static_cast<T>(state >> 8) * T(0x1p-23) - T(1);
      }
    }
  }
  std::vector<T> a;
  std::vector<T> b;
  std::vector<T> ours;
  std::vector<T> theirs;
};

template <class T>
detops::matrix_view<const T> view(const T* x, std::size_t rows, std::size_t cols, bool transposed) {
  return transposed ? detops::matrix_view<const T>(x, cols, rows).transposed()
                    : detops::matrix_view<const T>(x, rows, cols);
}

template <class E, class T>
void multiply_detops(const E& exec, const problem<T>& p) {
  detops::matmul(exec, view(p.a, p.s.m, p.s.k, p.s.a_transposed),
                 view(p.b, p.s.k, p.s.n, p.s.b_transposed),
                 detops::matrix_view<T>(p.c, p.s.m, p.s.n));
}

/// Ends the program where a peer's result is not ours but for rounding. Elements are sums of k
/// products of numbers in [-1, 1), so about sqrt(k) / 3 large: a wrong operand, order or stride is
/// off by as much.
template <class T>
void check_theirs(const std::string& who, const shape& s, const operands<T>& x) {
  const T tolerance = T(std::is_same_v<T, float> ? 1e-3 : 1e-10) * std::sqrt(static_cast<T>(s.k));
  for (std::size_t i = 0; i < x.ours.size(); ++i) {
    if (!(std::abs(x.ours[i] - x.theirs[i]) <= tolerance)) { // a NaN is wrong, too
      std::fprintf(stderr, "matmul %s: element (%zu, %zu) is %g by detops and %g by %s\n",
                   name_of(s).c_str(), i / s.n, i % s.n, static_cast<double>(x.ours[i]),
                   static_cast<double>(x.theirs[i]), who.c_str());
      std::exit(1);
    }
  }
}

template <class T, class E>
ratio::contenders contenders_of(const shape& s, const E& exec, int threads) {
  const auto x = std::make_shared<operands<T>>(s);
  const problem<T> ours{s, x->a.data(), x->b.data(), x->ours.data()};
  const problem<T> theirs{s, x->a.data(), x->b.data(), x->theirs.data()};
  multiply_detops(exec, ours);
  ratio::contenders all = {{"detops", [x, ours, &exec] {
                              multiply_detops(exec, ours);
                              benchmark::ClobberMemory();
                            }}};
  for (const auto& peer : matmul_bench::peers_with_threads<T>(threads)) {
    x->theirs.assign(x->theirs.size(), std::numeric_limits<T>::quiet_NaN());
    peer.multiply(theirs);
    check_theirs(peer.name, s, *x);
    all.push_back({peer.name, [x, theirs, multiply = peer.multiply] {
                     multiply(theirs);
                     benchmark::ClobberMemory();
                   }});
  }
  return all;
}

const detops::thread_pool& two_threads() {
  static const detops::thread_pool pool(2); // made by the first case that needs it
  return pool;
}

template <class T>
void add(const std::string& group, const matmul_bench::shapes& shapes, int threads) {
  // Without the instruction ours emulates every fused multiply-add, some 4 GFlop/s for float and
  // far fewer for double: large products would take minutes and tell nothing new.
  constexpr double most_flop = DETOPS_HAS_FMA ? std::numeric_limits<double>::infinity() : 3e8;
  const std::string prefix = "matmul/" + group + (std::is_same_v<T, float> ? "/float" : "/double") +
                             (threads == 1 ? "/one_thread/" : "/two_threads/");
  for (const auto& [name, s] : shapes) {
    if (s.flop() > most_flop) {
      continue;
    }
    if (threads == 1) {
      ratio::add_case(prefix + name, s.flop(), "FLOP",
                      [s] { return contenders_of<T>(s, detops::seq, 1); });
    } else {
      ratio::add_case(
          prefix + name, s.flop(), "FLOP", [s] { return contenders_of<T>(s, two_threads(), 2); },
          ratio::clock::wall);
    }
  }
}

} // namespace

int main(int argc, char** argv) {
  matmul_bench::choose_kernels(argv);
#ifdef DETOPS_HAVE_OPENBLAS
  if (!matmul_bench::cblas_is_openblas()) {
    std::fputs("matmul: cblas_sgemm is not OpenBLAS's; link it before other libraries\n", stderr);
    return 1;
  }
#endif
  // One thread first, so that no peer has started others by then.
  for (const int threads : {1, 2}) {
    const auto add_both = [threads](const std::string& group, const matmul_bench::shapes& shapes) {
      add<float>(group, shapes, threads);
      add<double>(group, shapes, threads);
    };
    add_both("cubes", matmul_bench::cubes());
    add_both("skinny", matmul_bench::skinny());
    add_both("networks", matmul_bench::networks());
  }
  return ratio::run(argc, argv);
}

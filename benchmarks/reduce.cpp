// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Reductions against Eigen, OpenBLAS, the standard library, OpenMP and TBB, on one thread unless the case says two. The
// peers add in an order that depends on the instruction set (std::accumulate: serially); kahan, wide and exact meet
// Eigen's plain sum.
//
// Tried: tree rows of 128 and 256 bytes, 10 to 40 % slower from memory.

// Only unseq is used: <execution> need not look for TBB.
#define _GLIBCXX_USE_TBB_PAR_BACKEND 0
#if defined(__GNUC__) && !defined(__clang__)
// g++ 12 reports uninitialised registers inside its own AVX-512 header, where Eigen uses it.
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <bit>
#include <cstdint>
#include <execution>
#include <memory>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include <Eigen/Core>
#include <cblas.h>
#if defined(DETOPS_HAVE_TBB)
#include <tbb/blocked_range.h>
#include <tbb/parallel_reduce.h>
#include <tbb/task_arena.h>
#endif

#include <detops/exec.hpp>
#include <detops/reduce.hpp>

#include "ratio.hpp"

namespace {

using benchmark::DoNotOptimize;
using ratio::contenders;

template <class T>
using shared = std::shared_ptr<std::vector<T>>;

/// In [-1, 1).
template <class T>
shared<T> values(std::size_t n, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<T> uniform(-1, 1);
  auto x = std::make_shared<std::vector<T>>(n);
  for (T& value : *x) {
    value = uniform(random);
  }
  return x;
}

/// Over all finite exponents.
template <class T>
shared<T> spread_values(std::size_t n) {
  std::mt19937_64 random(3);
  auto x = std::make_shared<std::vector<T>>(n);
  for (T& value : *x) {
    do {
      value = std::bit_cast<T>(
          static_cast<std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>>(random()));
    } while (!(std::abs(value) <= std::numeric_limits<T>::max()));
  }
  return x;
}

template <class T>
auto as_eigen(const std::vector<T>& x) {
  return Eigen::Map<const Eigen::Matrix<T, Eigen::Dynamic, 1>>(x.data(),
                                                               static_cast<Eigen::Index>(x.size()));
}

template <class T>
T blas_dot(const std::vector<T>& x, const std::vector<T>& y) {
  if constexpr (sizeof(T) == 4) {
    return cblas_sdot(static_cast<blasint>(x.size()), x.data(), 1, y.data(), 1);
  } else {
    return cblas_ddot(static_cast<blasint>(x.size()), x.data(), 1, y.data(), 1);
  }
}
template <class T>
T blas_norm2(const std::vector<T>& x) {
  if constexpr (sizeof(T) == 4) {
    return cblas_snrm2(static_cast<blasint>(x.size()), x.data(), 1);
  } else {
    return cblas_dnrm2(static_cast<blasint>(x.size()), x.data(), 1);
  }
}

template <class T>
T openmp_simd_sum(const std::vector<T>& x) {
  const T* data = x.data();
  const std::size_t n = x.size();
  T total = 0;
#pragma omp simd reduction(+ : total)
  for (std::size_t i = 0; i < n; ++i) {
    total += data[i];
  }
  return total;
}
template <class T>
T openmp_sum(const std::vector<T>& x, [[maybe_unused]] int threads) {
  const T* data = x.data();
  const std::size_t n = x.size();
  T total = 0;
#pragma omp parallel for simd reduction(+ : total) num_threads(threads)
  for (std::size_t i = 0; i < n; ++i) {
    total += data[i];
  }
  return total;
}

#if defined(DETOPS_HAVE_TBB)
template <class T>
T tbb_sum(const std::vector<T>& x) {
  const auto part = [&x](const tbb::blocked_range<std::size_t>& range, T total) {
    const T* data = x.data();
    T sum = 0;
#pragma omp simd reduction(+ : sum)
    for (std::size_t i = range.begin(); i < range.end(); ++i) {
      sum += data[i];
    }
    return total + sum;
  };
  return tbb::parallel_reduce(tbb::blocked_range<std::size_t>(0, x.size(), 65536), T{0}, part,
                              std::plus<T>());
}
#endif

/// A case "<what>/<type>/<n>" of one operand; `calls` turns it into contenders.
template <class T, class Calls>
void add(const std::string& what, const std::string& type, std::size_t n, const Calls& calls,
         bool spread = false) {
  ratio::add_case(
      what + "/" + type + "/" + std::to_string(n), static_cast<double>(n * sizeof(T)), "B",
      [n, calls, spread] { return calls(spread ? spread_values<T>(n) : values<T>(n, 1)); });
}

template <class T>
void add_plain(const std::string& type) {
  for (std::size_t n = 64; n <= std::size_t{1} << 26; n *= 4) {
    add<T>("sum", type, n, [](shared<T> x) {
      return contenders{
          {"detops", [x] { DoNotOptimize(detops::sum(*x)); }},
          {"eigen", [x] { DoNotOptimize(as_eigen(*x).sum()); }},
          {"openmp_simd", [x] { DoNotOptimize(openmp_simd_sum(*x)); }},
          {"std_reduce_unseq",
           [x] { DoNotOptimize(std::reduce(std::execution::unseq, x->begin(), x->end(), T{0})); }},
          {"std_accumulate", [x] { DoNotOptimize(std::accumulate(x->begin(), x->end(), T{0})); }}};
    });
    add<T>("dot", type, n, [n](shared<T> x) {
      const auto y = values<T>(n, 2);
      return contenders{{"detops", [x, y] { DoNotOptimize(detops::dot(*x, *y)); }},
                        {"eigen", [x, y] { DoNotOptimize(as_eigen(*x).dot(as_eigen(*y))); }},
                        {"openblas", [x, y] { DoNotOptimize(blas_dot(*x, *y)); }},
                        {"std_transform_reduce_unseq", [x, y] {
                           DoNotOptimize(std::transform_reduce(std::execution::unseq, x->begin(),
                                                               x->end(), y->begin(), T{0}));
                         }}};
    });
  }
  for (const std::size_t n : {std::size_t{1024}, std::size_t{65536}, std::size_t{1} << 24}) {
    add<T>("norm2", type, n, [](shared<T> x) {
      return contenders{{"detops", [x] { DoNotOptimize(detops::norm2(*x)); }},
                        {"openblas", [x] { DoNotOptimize(blas_norm2(*x)); }},
                        {"eigen_stable", [x] { DoNotOptimize(as_eigen(*x).stableNorm()); }}};
    });
    add<T>("max", type, n, [](shared<T> x) {
      return contenders{{"detops", [x] { DoNotOptimize(detops::max(*x)); }},
                        {"eigen", [x] { DoNotOptimize(as_eigen(*x).maxCoeff()); }}};
    });
    add<T>("argmax", type, n, [](shared<T> x) {
      return contenders{
          {"detops", [x] { DoNotOptimize(detops::argmax(*x)); }},
          {"std_max_element", [x] { DoNotOptimize(std::max_element(x->begin(), x->end())); }}};
    });
  }
}

/// The policies that keep more than a plain sum does, from the first cache to memory.
template <class T>
void add_accurate(const std::string& type) {
  const auto add_policy = [&]<class Policy>(const std::string& name, Policy policy, std::size_t n,
                                            bool spread) {
    add<T>(
        "sum_" + name, type, n,
        [policy](shared<T> x) {
          return contenders{{"detops", [x, policy] { DoNotOptimize(detops::sum(*x, policy)); }},
                            {"eigen_plain", [x] { DoNotOptimize(as_eigen(*x).sum()); }}};
        },
        spread);
  };
  for (const std::size_t kibibytes : {16u, 256u, 4096u, 65536u, 262144u}) {
    const std::size_t n = kibibytes * 1024 / sizeof(T);
    add_policy("kahan", detops::kahan, n, false);
    add_policy("wide", detops::wide, n, false);
    add_policy("exact", detops::exact, n, false);
    add_policy("exact_all_exponents", detops::exact, n, true);
    add<T>("dot_exact", type, n, [n](shared<T> x) {
      const auto y = values<T>(n, 2);
      return contenders{{"detops", [x, y] { DoNotOptimize(detops::dot(*x, *y, detops::exact)); }},
                        {"eigen_plain", [x, y] { DoNotOptimize(as_eigen(*x).dot(as_eigen(*y))); }}};
    });
  }
}

template <class T>
void add_scans(const std::string& type) {
  for (const std::size_t n : {1024u, 16384u, 262144u, 1u << 24}) {
    add<T>("cumsum", type, n, [n](shared<T> x) {
      const auto out = std::make_shared<std::vector<T>>(n);
      return contenders{{"detops",
                         [x, out] {
                           detops::cumsum(*x, *out);
                           benchmark::ClobberMemory();
                         }},
                        {"std_inclusive_scan", [x, out] {
                           std::inclusive_scan(x->begin(), x->end(), out->begin());
                           benchmark::ClobberMemory();
                         }}};
    });
  }
}

/// A matrix of so many rows, reduced along an axis.
template <class T>
void add_axis(const std::string& type, std::size_t rows, std::size_t cols, std::size_t axis) {
  using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const std::string shape = "/" + type + "/" + std::to_string(rows) + "x" + std::to_string(cols);
  const auto add_operation = [&](const std::string& name, const auto& ours, const auto& eigen) {
    ratio::add_case(name + "_axis" + std::to_string(axis) + shape,
                    static_cast<double>(rows * cols * sizeof(T)), "B", [=] {
                      const auto x = values<T>(rows * cols, 1);
                      const auto out = std::make_shared<std::vector<T>>(axis == 0 ? cols : rows);
                      const Eigen::Map<const matrix> map(x->data(), static_cast<Eigen::Index>(rows),
                                                         static_cast<Eigen::Index>(cols));
                      Eigen::Map<Eigen::Matrix<T, Eigen::Dynamic, 1>> to(
                          out->data(), static_cast<Eigen::Index>(out->size()));
                      return contenders{
                          {"detops",
                           [=] {
                             ours(detops::matrix_view<const T>(x->data(), rows, cols), *out);
                             benchmark::ClobberMemory();
                           }},
                          {"eigen", [=]() mutable { // x and out are held by the other one
                             eigen(map, to);
                             benchmark::ClobberMemory();
                           }}};
                    });
  };
  add_operation(
      "sum", [axis](const auto& x, auto& out) { detops::sum(x, axis, out); },
      [axis](const auto& x, auto& out) {
        if (axis == 0) {
          out = x.colwise().sum().transpose();
        } else {
          out = x.rowwise().sum();
        }
      });
  add_operation(
      "max", [axis](const auto& x, auto& out) { detops::max(x, axis, out); },
      [axis](const auto& x, auto& out) {
        if (axis == 0) {
          out = x.colwise().maxCoeff().transpose();
        } else {
          out = x.rowwise().maxCoeff();
        }
      });
}

/// Two threads; the time is that on the wall.
template <class T>
void add_threads(const std::string& type) {
  static detops::thread_pool two(2);
  const std::size_t large = std::size_t{1} << 26, cached = 1u << 18;
  const auto name = [&](const std::string& what, std::size_t n) {
    return what + "_two_threads/" + type + "/" + std::to_string(n);
  };
  ratio::add_case(
      name("sum", large), static_cast<double>(large * sizeof(T)), "B",
      [large] {
        const auto x = values<T>(large, 1);
        return contenders{
            {"detops", [x] { DoNotOptimize(detops::sum(two, *x)); }},
#if defined(_OPENMP)
            {"openmp", [x] { DoNotOptimize(openmp_sum(*x, 2)); }},
#endif
#if defined(DETOPS_HAVE_TBB)
            {"tbb_parallel_reduce",
             [x] {
               static tbb::task_arena arena(2);
               arena.execute([&] { DoNotOptimize(tbb_sum(*x)); });
             }},
#endif
            {"detops_one_thread", [x] { DoNotOptimize(detops::sum(*x)); }},
        };
      },
      ratio::clock::wall);
  const auto add_scaling = [&]<class Policy>(const std::string& what, Policy policy,
                                             std::size_t n) {
    ratio::add_case(
        name(what, n), static_cast<double>(n * sizeof(T)), "B",
        [n, policy] {
          const auto x = values<T>(n, 1);
          return contenders{
              {"detops", [x, policy] { DoNotOptimize(detops::sum(two, *x, policy)); }},
              {"detops_one_thread", [x, policy] { DoNotOptimize(detops::sum(*x, policy)); }}};
        },
        ratio::clock::wall);
  };
  add_scaling("sum_kahan", detops::kahan, cached);
  add_scaling("sum_exact", detops::exact, cached);
  add_scaling("sum", detops::pairwise, 16384 / sizeof(T)); // below the first cut: no slower
}

template <class T>
void add_all(const std::string& type) {
  add_plain<T>(type);
  add_accurate<T>(type);
  add_scans<T>(type);
  for (const std::size_t cols : {8u, 16u, 17u, 32u, 64u, 100u, 128u, 256u}) {
    add_axis<T>(type, 4096, cols, 1);
  }
  const std::size_t shapes[][2] = {{128, 256}, {1024, 1024}, {65536, 16}, {16, 65536}};
  for (const auto& shape : shapes) {
    add_axis<T>(type, shape[0], shape[1], 0);
  }
  add_threads<T>(type);
}

} // namespace

int main(int argc, char** argv) {
  add_all<float>("float");
  add_all<double>("double");
  return ratio::run(argc, argv);
}

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// sum, dot, max and sums along an axis against Eigen, OpenBLAS and the standard library, one thread. Eigen and
// std::reduce add in an unspecified order, as vectorised as the flags allow; std::accumulate is the serial loop.

// Only unseq is used: <execution> need not look for TBB.
#define _GLIBCXX_USE_TBB_PAR_BACKEND 0
#if defined(__GNUC__) && !defined(__clang__)
// g++ 12 reports uninitialised registers inside its own AVX-512 header, where Eigen uses it.
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <cmath>
#include <cstdint>
#include <cstring>
#include <execution>
#include <memory>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include <Eigen/Core>
#include <cblas.h>

#include <detops/reduce.hpp>

#include "ratio.hpp"

namespace {

/// Random bits, but for NaN and infinities.
template <class T>
std::shared_ptr<std::vector<T>> any_exponent(std::size_t n) {
  std::mt19937_64 random(3);
  auto x = std::make_shared<std::vector<T>>(n);
  for (T& value : *x) {
    do {
      const std::uint64_t bits = random();
      std::memcpy(&value, &bits, sizeof value);
    } while (!std::isfinite(value));
  }
  return x;
}

template <class T>
std::shared_ptr<std::vector<T>> values(std::size_t n, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<T> uniform(-1, 1);
  auto x = std::make_shared<std::vector<T>>(n);
  for (T& value : *x) {
    value = uniform(random);
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
void add_cases(const std::string& type) {
  using ratio::contenders;
  for (const std::size_t n : {64u, 256u, 1024u, 4096u, 16384u, 65536u, 1u << 20, 1u << 24}) {
    const std::string size = "/" + type + "/" + std::to_string(n);
    const double bytes = static_cast<double>(n * sizeof(T));
    ratio::add_case("sum" + size, bytes, "B", [n] {
      const auto x = values<T>(n, 1);
      return contenders{{"detops", [x] { benchmark::DoNotOptimize(detops::sum(*x)); }},
                        {"eigen", [x] { benchmark::DoNotOptimize(as_eigen(*x).sum()); }},
                        {"std_reduce_unseq",
                         [x] {
                           benchmark::DoNotOptimize(
                               std::reduce(std::execution::unseq, x->begin(), x->end(), T{0}));
                         }},
                        {"std_accumulate", [x] {
                           benchmark::DoNotOptimize(std::accumulate(x->begin(), x->end(), T{0}));
                         }}};
    });
    ratio::add_case("sum_kahan" + size, bytes, "B", [n] {
      const auto x = values<T>(n, 1);
      return contenders{
          {"detops", [x] { benchmark::DoNotOptimize(detops::sum(*x, detops::kahan)); }},
          {"eigen_plain", [x] { benchmark::DoNotOptimize(as_eigen(*x).sum()); }}};
    });
    // Prefetching 1, 4 or 8 KiB ahead is no better than 2 KiB; one bin of 128 bits for each float is slower than one of 64
    // that is emptied more often.
    ratio::add_case("sum_exact" + size, bytes, "B", [n] {
      const auto x = values<T>(n, 1);
      return contenders{
          {"detops", [x] { benchmark::DoNotOptimize(detops::sum(*x, detops::exact)); }},
          {"eigen_plain", [x] { benchmark::DoNotOptimize(as_eigen(*x).sum()); }}};
    });
    ratio::add_case("sum_exact_any_exponent" + size, bytes, "B", [n] {
      const auto x = any_exponent<T>(n);
      return contenders{
          {"detops", [x] { benchmark::DoNotOptimize(detops::sum(*x, detops::exact)); }},
          {"eigen_plain", [x] { benchmark::DoNotOptimize(as_eigen(*x).sum()); }}};
    });
    ratio::add_case("dot_exact" + size, 2 * bytes, "B", [n] {
      const auto x = values<T>(n, 1);
      const auto y = values<T>(n, 2);
      return contenders{
          {"detops", [x, y] { benchmark::DoNotOptimize(detops::dot(*x, *y, detops::exact)); }},
          {"eigen_plain", [x, y] { benchmark::DoNotOptimize(as_eigen(*x).dot(as_eigen(*y))); }}};
    });
    ratio::add_case("dot" + size, 2 * bytes, "B", [n] {
      const auto x = values<T>(n, 1);
      const auto y = values<T>(n, 2);
      return contenders{
          {"detops", [x, y] { benchmark::DoNotOptimize(detops::dot(*x, *y)); }},
          {"eigen", [x, y] { benchmark::DoNotOptimize(as_eigen(*x).dot(as_eigen(*y))); }},
          {"openblas", [x, y] { benchmark::DoNotOptimize(blas_dot(*x, *y)); }},
          {"std_inner_product", [x, y] {
             benchmark::DoNotOptimize(std::inner_product(x->begin(), x->end(), y->begin(), T{0}));
           }}};
    });
    ratio::add_case("max" + size, bytes, "B", [n] {
      const auto x = values<T>(n, 1);
      return contenders{{"detops", [x] { benchmark::DoNotOptimize(detops::max(*x)); }},
                        {"eigen", [x] { benchmark::DoNotOptimize(as_eigen(*x).maxCoeff()); }}};
    });
  }
  using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const std::size_t shapes[][2] = {{128, 256}, {1024, 1024}, {65536, 16}, {16, 65536}};
  for (const auto& shape : shapes) {
    for (const std::size_t axis : {0u, 1u}) {
      const std::size_t rows = shape[0];
      const std::size_t cols = shape[1];
      const std::string name = "sum_axis" + std::to_string(axis) + "/" + type + "/" +
                               std::to_string(rows) + "x" + std::to_string(cols);
      ratio::add_case(name, static_cast<double>(rows * cols * sizeof(T)), "B", [rows, cols, axis] {
        const auto x = values<T>(rows * cols, 1);
        const auto out = std::make_shared<std::vector<T>>(axis == 0 ? cols : rows);
        const Eigen::Map<const matrix> map(x->data(), static_cast<Eigen::Index>(rows),
                                           static_cast<Eigen::Index>(cols));
        Eigen::Map<Eigen::Matrix<T, Eigen::Dynamic, 1>> to(out->data(),
                                                           static_cast<Eigen::Index>(out->size()));
        return contenders{{"detops",
                           [x, out, rows, cols, axis] {
                             detops::sum(detops::matrix_view<const T>(x->data(), rows, cols), axis,
                                         *out);
                             benchmark::ClobberMemory();
                           }},
                          {"eigen", [x, out, map, to, axis]() mutable {
                             if (axis == 0) {
                               to = map.colwise().sum().transpose();
                             } else {
                               to = map.rowwise().sum();
                             }
                             benchmark::ClobberMemory();
                           }}};
      });
    }
  }
}

} // namespace

int main(int argc, char** argv) {
  add_cases<float>("float");
  add_cases<double>("double");
  return ratio::run(argc, argv);
}

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// matmul against OpenBLAS and Eigen on one thread: cubes, and the products of the training example
// with their transposes as they occur (forward, gradient of the weights, gradient of the input).
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#if defined(__GNUC__) && !defined(__clang__)
// g++ 12 reports uninitialised registers inside its own AVX-512 header, where Eigen uses it.
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <Eigen/Core>
#ifdef DETOPS_HAVE_OPENBLAS
#include <cblas.h>
#include <unistd.h>
#endif

#include <detops/matmul.hpp>

#include "ratio.hpp"

namespace {

// C (m x n) = A (m x k) B (k x n); a transposed operand is stored as its transpose, row-major.
struct shape {
  std::size_t m;
  std::size_t n;
  std::size_t k;
  bool a_transposed = false;
  bool b_transposed = false;
};

template <class T>
struct operands {
  explicit operands(const shape& s)
      : a(s.m * s.k), b(s.k * s.n), ours(s.m * s.n), theirs(s.m * s.n) {
    std::uint32_t state = 1;
    for (std::vector<T>* values : {&a, &b}) {
      for (T& value : *values) {
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
detops::matrix_view<const T> view(const std::vector<T>& x, std::size_t rows, std::size_t cols,
                                  bool transposed) {
  return transposed ? detops::matrix_view<const T>(x.data(), cols, rows).transposed()
                    : detops::matrix_view<const T>(x.data(), rows, cols);
}

template <class T>
void run_detops(const shape& s, operands<T>& x) {
  detops::matmul(view(x.a, s.m, s.k, s.a_transposed), view(x.b, s.k, s.n, s.b_transposed),
                 detops::matrix_view<T>(x.ours.data(), s.m, s.n));
  benchmark::ClobberMemory();
}

#ifdef DETOPS_HAVE_OPENBLAS
template <class T>
void run_openblas(const shape& s, operands<T>& x) {
  const auto size = [](std::size_t n) { return static_cast<int>(n); };
  const auto a_order = s.a_transposed ? CblasTrans : CblasNoTrans;
  const auto b_order = s.b_transposed ? CblasTrans : CblasNoTrans;
  const int a_stride = size(s.a_transposed ? s.m : s.k);
  const int b_stride = size(s.b_transposed ? s.k : s.n);
  if constexpr (std::is_same_v<T, float>) {
    cblas_sgemm(CblasRowMajor, a_order, b_order, size(s.m), size(s.n), size(s.k), 1, x.a.data(),
                a_stride, x.b.data(), b_stride, 0, x.theirs.data(), size(s.n));
  } else {
    cblas_dgemm(CblasRowMajor, a_order, b_order, size(s.m), size(s.n), size(s.k), 1, x.a.data(),
                a_stride, x.b.data(), b_stride, 0, x.theirs.data(), size(s.n));
  }
  benchmark::ClobberMemory();
}
#endif

template <class T>
void run_eigen(const shape& s, operands<T>& x) {
  using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto map = [](const std::vector<T>& values, std::size_t rows, std::size_t cols) {
    return Eigen::Map<const matrix>(values.data(), static_cast<Eigen::Index>(rows),
                                    static_cast<Eigen::Index>(cols));
  };
  Eigen::Map<matrix> c(x.theirs.data(), static_cast<Eigen::Index>(s.m),
                       static_cast<Eigen::Index>(s.n));
  const auto a = s.a_transposed ? map(x.a, s.k, s.m) : map(x.a, s.m, s.k);
  const auto b = s.b_transposed ? map(x.b, s.n, s.k) : map(x.b, s.k, s.n);
  if (s.a_transposed && s.b_transposed) {
    c.noalias() = a.transpose() * b.transpose();
  } else if (s.a_transposed) {
    c.noalias() = a.transpose() * b;
  } else if (s.b_transposed) {
    c.noalias() = a * b.transpose();
  } else {
    c.noalias() = a * b;
  }
  benchmark::ClobberMemory();
}

template <class T>
void add(const shape& s) {
  const std::string name = std::string("matmul/") +
                           (std::is_same_v<T, float> ? "float/" : "double/") + std::to_string(s.m) +
                           "x" + std::to_string(s.k) + (s.a_transposed ? "t" : "") + "x" +
                           std::to_string(s.n) + (s.b_transposed ? "t" : "");
  const double work =
      2.0 * static_cast<double>(s.m) * static_cast<double>(s.n) * static_cast<double>(s.k);
  ratio::add_case(name, work, "FLOP", [s] {
    const auto x = std::make_shared<operands<T>>(s);
    return ratio::contenders{
        {"detops", [s, x] { run_detops(s, *x); }},
#ifdef DETOPS_HAVE_OPENBLAS
        {std::string("openblas-") + openblas_get_corename(), [s, x] { run_openblas(s, *x); }},
#endif
        {"eigen", [s, x] { run_eigen(s, *x); }},
    };
  });
}

} // namespace

int main(int argc, char** argv) {
#ifdef DETOPS_HAVE_OPENBLAS
#if defined(__AVX2__) && !defined(__AVX512F__)
  // OpenBLAS chooses its kernels when it is loaded. The build for AVX2 meets those for AVX2; with the
  // variable set to the CPU's own name, the best ones.
  if (std::getenv("OPENBLAS_CORETYPE") == nullptr) {
    setenv("OPENBLAS_CORETYPE", "Haswell", 1);
    execv("/proc/self/exe", argv);
  }
#endif
  openblas_set_num_threads(1);
#endif
  for (const std::size_t n : {16u, 32u, 64u, 128u, 256u, 512u, 1024u, 2048u}) {
    add<float>({n, n, n});
  }
  for (const std::size_t n : {16u, 32u, 64u, 128u, 256u, 512u, 1024u, 2048u}) {
    add<double>({n, n, n});
  }
  add<float>({128, 256, 784});
  add<float>({784, 256, 128, true, false});
  add<float>({128, 10, 256});
  add<float>({256, 10, 128, true, false});
  add<float>({128, 256, 10, false, true});
  return ratio::run(argc, argv);
}

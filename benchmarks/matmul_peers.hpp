// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The libraries that matmul is compared with, each where it was found: OpenBLAS, BLIS, oneDNN
// (float only) and Eigen.
//
// Both OpenBLAS and BLIS export cblas_sgemm and its like. Of BLIS only names that OpenBLAS lacks
// (bli_*) are called, which call none of the shared ones; cblas_is_openblas() tells whether the
// linker gave the shared ones to OpenBLAS.
#pragma once

#include <cstddef>
#include <cstdlib>
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
#include <dlfcn.h>
#include <unistd.h>
#endif
#ifdef DETOPS_HAVE_BLIS
#include <blis.h>
#endif
#if defined(DETOPS_HAVE_ONEDNN) && defined(_OPENMP)
#include <oneapi/dnnl/dnnl.h>
// Its threads are set through OpenMP; built for another runtime, it is left out.
#if DNNL_CPU_RUNTIME == DNNL_RUNTIME_OMP
#define DETOPS_USE_ONEDNN 1
#endif
#endif
#ifdef _OPENMP
#include <omp.h>
#endif

#include "matmul_shapes.hpp"

namespace matmul_bench {

template <class T>
struct problem {
  shape s;
  const T* a;
  const T* b;
  T* c;

  std::size_t a_stride() const { return s.a_transposed ? s.m : s.k; }
  std::size_t b_stride() const { return s.b_transposed ? s.k : s.n; }
};

#ifdef DETOPS_HAVE_OPENBLAS
template <class T>
void multiply_openblas(const problem<T>& p) {
  const auto size = [](std::size_t n) { return static_cast<blasint>(n); };
  const auto a_order = p.s.a_transposed ? CblasTrans : CblasNoTrans;
  const auto b_order = p.s.b_transposed ? CblasTrans : CblasNoTrans;
  const auto gemm = [] {
    if constexpr (std::is_same_v<T, float>) {
      return cblas_sgemm;
    } else {
      return cblas_dgemm;
    }
  }();
  gemm(CblasRowMajor, a_order, b_order, size(p.s.m), size(p.s.n), size(p.s.k), 1, p.a,
       size(p.a_stride()), p.b, size(p.b_stride()), 0, p.c, size(p.s.n));
}

inline bool cblas_is_openblas() {
  const auto library = [](const char* symbol) {
    Dl_info info{};
    dladdr(dlsym(RTLD_DEFAULT, symbol), &info);
    return info.dli_fbase;
  };
  return library("cblas_sgemm") == library("openblas_get_corename") &&
         library("cblas_dgemm") == library("openblas_get_corename");
}
#endif

#ifdef DETOPS_HAVE_BLIS
template <class T>
void multiply_blis(const problem<T>& p) {
  // Row-major and transposed are strides to it.
  struct strides {
    inc_t row;
    inc_t column;
  };
  const auto strides_of = [](bool transposed, std::size_t stride) {
    const auto step = static_cast<inc_t>(stride);
    return transposed ? strides{1, step} : strides{step, 1};
  };
  const strides a = strides_of(p.s.a_transposed, p.a_stride());
  const strides b = strides_of(p.s.b_transposed, p.b_stride());
  const strides c = strides_of(false, p.s.n);
  const auto size = [](std::size_t n) { return static_cast<dim_t>(n); };
  const auto gemm = [] {
    if constexpr (std::is_same_v<T, float>) {
      return bli_sgemm;
    } else {
      return bli_dgemm;
    }
  }();
  // It takes no pointers to const.
  T one = 1, zero = 0;
  gemm(BLIS_NO_TRANSPOSE, BLIS_NO_TRANSPOSE, size(p.s.m), size(p.s.n), size(p.s.k), &one,
       const_cast<T*>(p.a), a.row, a.column, const_cast<T*>(p.b), b.row, b.column, &zero, p.c,
       c.row, c.column);
}
#endif

#ifdef DETOPS_USE_ONEDNN
inline void multiply_onednn(const problem<float>& p) {
  const auto size = [](std::size_t n) { return static_cast<dnnl_dim_t>(n); };
  // Row-major, unlike its Fortran namesake. A failure leaves C as it was, which the check sees.
  dnnl_sgemm(p.s.a_transposed ? 'T' : 'N', p.s.b_transposed ? 'T' : 'N', size(p.s.m), size(p.s.n),
             size(p.s.k), 1, p.a, size(p.a_stride()), p.b, size(p.b_stride()), 0, p.c, size(p.s.n));
}

inline std::string onednn_kernels() {
  switch (dnnl_get_effective_cpu_isa()) {
  case dnnl_cpu_isa_sse41:
    return "sse41";
  case dnnl_cpu_isa_avx:
    return "avx";
  case dnnl_cpu_isa_avx2:
  case dnnl_cpu_isa_avx2_vnni:
    return "avx2";
  default:
    return "avx512";
  }
}
#endif

template <class T>
void multiply_eigen(const problem<T>& p) {
  using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  const auto size = [](std::size_t n) { return static_cast<Eigen::Index>(n); };
  const auto map = [&](const T* values, std::size_t rows, std::size_t cols) {
    return Eigen::Map<const matrix>(values, size(rows), size(cols));
  };
  const shape& s = p.s;
  const auto a = s.a_transposed ? map(p.a, s.k, s.m) : map(p.a, s.m, s.k);
  const auto b = s.b_transposed ? map(p.b, s.n, s.k) : map(p.b, s.k, s.n);
  Eigen::Map<matrix> c(p.c, size(s.m), size(s.n));
  if (s.a_transposed && s.b_transposed) {
    c.noalias() = a.transpose() * b.transpose();
  } else if (s.a_transposed) {
    c.noalias() = a.transpose() * b;
  } else if (s.b_transposed) {
    c.noalias() = a * b.transpose();
  } else {
    c.noalias() = a * b;
  }
}

template <class T>
struct peer {
  std::string name; // with the kernels it chose
  void (*multiply)(const problem<T>&);
};

/// All peers, set to so many threads. Eigen takes more than one only where it is compiled with
/// OpenMP, and is left out otherwise.
template <class T>
std::vector<peer<T>> peers_with_threads(int threads) {
  std::vector<peer<T>> all;
#ifdef _OPENMP
  omp_set_num_threads(threads);
#endif
#ifdef DETOPS_HAVE_OPENBLAS
  openblas_set_num_threads(threads);
  all.push_back({std::string("openblas-") + openblas_get_corename(), multiply_openblas<T>});
#endif
#ifdef DETOPS_HAVE_BLIS
  bli_thread_set_num_threads(threads);
  all.push_back({std::string("blis-") + bli_arch_string(bli_arch_query_id()), multiply_blis<T>});
#endif
#ifdef DETOPS_USE_ONEDNN
  if constexpr (std::is_same_v<T, float>) {
    all.push_back({"onednn-" + onednn_kernels(), multiply_onednn});
  }
#endif
  Eigen::setNbThreads(threads);
  if (Eigen::nbThreads() == threads) {
    all.push_back({"eigen", multiply_eigen<T>});
  }
  return all;
}

/// To be called before anything else: lets the build for AVX2 meet kernels for AVX2 on a CPU with
/// AVX-512 too. Other builds and other CPUs meet what the peers choose, and so does one whose
/// variable is set already: each peer has one that limits it.
inline void choose_kernels([[maybe_unused]] char** arguments) {
#if defined(__AVX2__) && !defined(__AVX512F__)
  if (!__builtin_cpu_supports("avx512f")) {
    return;
  }
  [[maybe_unused]] const bool amd = __builtin_cpu_is("amd");
#ifdef DETOPS_HAVE_BLIS
  setenv("BLIS_ARCH_TYPE", std::to_string(amd ? BLIS_ARCH_ZEN3 : BLIS_ARCH_HASWELL).c_str(), 0);
#endif
#ifdef DETOPS_USE_ONEDNN
  setenv("ONEDNN_MAX_CPU_ISA", "AVX2", 0);
#endif
#ifdef DETOPS_HAVE_OPENBLAS
  // OpenBLAS chooses when it is loaded.
  if (std::getenv("OPENBLAS_CORETYPE") == nullptr) {
    setenv("OPENBLAS_CORETYPE", amd ? "Zen" : "Haswell", 1);
    execv("/proc/self/exe", arguments);
  }
#endif
#endif
}

} // namespace matmul_bench

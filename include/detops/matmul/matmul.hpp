// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// matmul: C = alpha * A * B + beta * C in the order of contract section 3.
#pragma once

#include <type_traits>

#include <detops/matmul/run.hpp>

namespace detops::inline DETOPS_ISA {

/// C = alpha * A * B + beta * C: c (m x n) from a (m x k) and b (k x n), each of any layout and
/// stride (a and b also with stride 0), c sharing no element with them. Elements of all three are float, double,
/// Eigen::half or Eigen::bfloat16; or a and b hold int8 and c int32.
///
/// Order (contract, section 3): k is cut at the multiples of 256; within a block one chain of acc =
/// fma(a[i,k], b[k,j], acc) from +0; blocks are combined by fold: neighbours first, an odd one
/// carried up. Then r = alpha * acc where alpha != 1, and fma(beta, c, r) where beta != 0; beta = 0
/// does not read c. So c[i,j] depends on row i of a, column j of b, k, the options and the policy
/// alone: not on the rest of the batch, the layout, the threads or the CPU. Elements of 16 bits are
/// widened to float and the result rounded once more.
///
/// Policies: `pairwise` as above; `wide` the same in double, rounded once (double: as kahan); `kahan`
/// sums the errors of all products and additions beside them. int8: exact, modulo 2^32; `pairwise`
/// alone.
///
/// Error of a sum, to first order, u = 2^-24 (float), 2^-53 (double), |a||b| = |a[i,:]| . |b[:,j]|:
/// `pairwise` (min(k, 256) + log2(k / 256) + 1) u |a||b|; `wide` float u |sum|; `kahan` u |sum| +
/// O(u^2) |a||b|. k = 0 gives +0. NaN results are the canonical NaN.
///
/// Time O(m n k), memory at most 16 MiB for a part of b, and for each thread below 2 MiB, kept for
/// the next call; small products take none. Throws std::invalid_argument where shapes do not fit,
/// data is null with a size, c overlaps a, b or itself; nothing is written then. std::bad_alloc
/// comes before anything is written, too.
///
/// Method: panels packed for a register kernel (Goto and van de Geijn, "Anatomy of high-performance
/// matrix multiplication", 2008; BLIS), the fold kept in a stack of partial tiles; compensated
/// products: Ogita, Rump and Oishi, "Accurate sum and dot product", 2005.
template <executor E, class C, class Policy = pairwise_t>
  requires(detail::matmul_output<C> && detail::gemm::policy_for<Policy, element_t<C>>)
void matmul(E&& exec, std::type_identity_t<detail::matmul_input<C>> a,
            std::type_identity_t<detail::matmul_input<C>> b, C&& c,
            std::type_identity_t<matmul_options<element_t<C>>> options = {}, Policy = {}) {
  using scheme = detail::gemm::scheme<element_t<C>, Policy>;
  const detail::gemm::problem<scheme> p{a, b, detail::as_matrix_output(c), options};
  detail::gemm::check(p);
  detail::gemm::run(detail::executor_ref(exec), p);
}
/// On the calling thread.
template <class C, class Policy = pairwise_t>
  requires(detail::matmul_output<C> && detail::gemm::policy_for<Policy, element_t<C>>)
void matmul(std::type_identity_t<detail::matmul_input<C>> a,
            std::type_identity_t<detail::matmul_input<C>> b, C&& c,
            std::type_identity_t<matmul_options<element_t<C>>> options = {}, Policy policy = {}) {
  matmul(seq, a, b, c, options, policy);
}

} // namespace detops::inline DETOPS_ISA

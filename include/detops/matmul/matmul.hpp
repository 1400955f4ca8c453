// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// matmul: C = alpha * A * B + beta * C in the order of contract section 3.
#pragma once

#include <type_traits>

#include <detops/matmul/loops.hpp>

namespace detops::inline DETOPS_ISA {

/// C = alpha * A * B + beta * C: c (m x n) from a (m x k) and b (k x n), each of any layout and
/// stride (a and b also with stride 0), c sharing no element with them.
///
/// Order (contract, section 3): k is cut at the multiples of 256; within a block one chain of acc =
/// fma(a[i,k], b[k,j], acc) from +0; blocks are combined by fold: neighbours first, an odd one
/// carried up. Then r = alpha * acc where alpha != 1, and fma(beta, c, r) where beta != 0; beta = 0
/// does not read c. So c[i,j] depends on row i of a, column j of b, k and the options alone: not on
/// the rest of the batch, the layout, the threads or the CPU.
///
/// Error of a sum: at most (min(k, 256) + log2(k / 256) + 1) * u * (|a[i,:]| . |b[:,j]|) to first
/// order, u = 2^-24 (float), 2^-53 (double). k = 0 gives +0. NaN results are the canonical NaN.
///
/// Time O(m n k), memory at most 16 MiB for a part of b, and for each thread below 2 MiB; small
/// products allocate nothing. Throws std::invalid_argument where shapes do not fit, data is null
/// with a size, c overlaps a, b or itself; nothing is written then. std::bad_alloc comes before
/// anything is written, too.
///
/// Method: panels packed for a register kernel (Goto and van de Geijn, "Anatomy of high-performance
/// matrix multiplication", 2008; BLIS), the fold kept in a stack of partial tiles.
template <executor E, class C>
  requires(detail::matmul_output<C>)
void matmul(E&& exec, std::type_identity_t<detail::matmul_input<C>> a,
            std::type_identity_t<detail::matmul_input<C>> b, C&& c,
            std::type_identity_t<matmul_options<element_t<C>>> options = {}) {
  const detail::gemm::problem<element_t<C>> p{a, b, detail::as_matrix_output(c), options};
  detail::gemm::check(p);
  detail::gemm::run(exec, p);
}
/// On the calling thread.
template <class C>
  requires(detail::matmul_output<C>)
void matmul(std::type_identity_t<detail::matmul_input<C>> a,
            std::type_identity_t<detail::matmul_input<C>> b, C&& c,
            std::type_identity_t<matmul_options<element_t<C>>> options = {}) {
  matmul(seq, a, b, c, options);
}

} // namespace detops::inline DETOPS_ISA

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Products with vectors: matvec, and the outer product of two.
#pragma once

#include <type_traits>

#include <detops/matmul/epilogue_steps.hpp>
#include <detops/matmul/run.hpp>

namespace detops::inline DETOPS_ISA {

namespace detail {

template <class Y>
concept matvec_output = vector_like<std::remove_reference_t<Y>> && gemm::element<element_t<Y>>;
/// A vector operand of a product into elements of C.
template <class C>
using vector_input = vector_view<const gemm::operand_t<element_t<C>>>;

namespace gemm {

template <class S, class Epilogue = no_steps>
void run_matvec(const executor_ref& exec, const matrix_view<const typename S::operand>& a,
                const vector_view<const typename S::operand>& x,
                const vector_view<typename S::result>& y,
                const matmul_options<typename S::result>& options, const Epilogue& then = {}) {
  constexpr const char* name = "matvec";
  if (a.cols != x.size || a.rows != y.size) {
    invalid(name, "A ", text(a), " times x ", text(x), " does not give y ", text(y));
  }
  check_view(name, "A", a);
  check_view(name, "x", x);
  check_result(name, "y", y);
  check_apart(name, "y", y, "A", a);
  check_apart(name, "y", y, "x", x);
  const epilogue_hook<typename S::result, Epilogue> hook(then);
  const problem<S> p{a, as_single_column(x), as_single_column(y), options, hook.ref()};
  check_step(name, then, p.c);
  run(exec, p);
}

template <class S>
void run_outer(const executor_ref& exec, const vector_view<const typename S::operand>& x,
               const vector_view<const typename S::operand>& y,
               const matrix_view<typename S::result>& c,
               const matmul_options<typename S::result>& options) {
  constexpr const char* name = "outer";
  if (c.rows != x.size || c.cols != y.size) {
    invalid(name, "x ", text(x), " times the transpose of y ", text(y), " does not give C ",
            text(c));
  }
  check_view(name, "x", x);
  check_view(name, "y", y);
  check_result(name, "C", c);
  check_apart(name, "C", c, "x", x);
  check_apart(name, "C", c, "y", y);
  run<S>(exec, {as_single_column(x), as_single_column(y).transposed(), c, options});
}

} // namespace gemm
} // namespace detail

/// y = alpha * A * x + beta * y: a is m x k, of any layout and stride, x has k elements and y m, of
/// any stride; a and x also with stride 0, y shares no element with them. Element types as of
/// matmul: that of y decides.
///
/// Order, policies, error, special values: those of matmul, whose bits y gets, x and y being
/// matrices of one column (contract, section 3). So y[i] depends on row i of a, x, the options and
/// the policy alone, and not on the other rows; beta = 0 does not read y.
///
/// Time O(m k), memory as of matmul. Throws std::invalid_argument where shapes do not fit, data is
/// null with a size, y overlaps a, x or itself, and std::bad_alloc; nothing is written then.
template <executor E, class Y, class Policy = pairwise_t>
  requires(detail::matvec_output<Y> && detail::gemm::policy_for<Policy, element_t<Y>>)
void matvec(E&& exec, std::type_identity_t<detail::matmul_input<Y>> a,
            std::type_identity_t<detail::vector_input<Y>> x, Y&& y,
            std::type_identity_t<matmul_options<element_t<Y>>> options = {}, Policy = {}) {
  detail::gemm::run_matvec<detail::gemm::scheme<element_t<Y>, Policy>>(
      detail::executor_ref(exec), a, x, detail::as_vector_output(y), options);
}
/// On the calling thread.
template <class Y, class Policy = pairwise_t>
  requires(detail::matvec_output<Y> && detail::gemm::policy_for<Policy, element_t<Y>>)
void matvec(std::type_identity_t<detail::matmul_input<Y>> a,
            std::type_identity_t<detail::vector_input<Y>> x, Y&& y,
            std::type_identity_t<matmul_options<element_t<Y>>> options = {}, Policy policy = {}) {
  matvec(seq, a, x, y, options, policy);
}

/// matvec, then the steps of an epilogue (epilogue.hpp), or a single step, on each part of y, a matrix
/// of one column, as soon as it is finished:
///
///   matvec(par, weights, x, y, epilogue(broadcast_column(bias), activation::relu));
///
/// The bits are those of matvec, then of each step on the whole y; everything else as of matmul with
/// an epilogue.
template <executor E, class Y, class Policy, class Epilogue>
  requires(detail::matvec_output<Y> && detail::gemm::policy_for<Policy, element_t<Y>> &&
           detail::epilogue_step<Epilogue, element_t<Y>>)
void matvec(E&& exec, std::type_identity_t<detail::matmul_input<Y>> a,
            std::type_identity_t<detail::vector_input<Y>> x, Y&& y,
            std::type_identity_t<matmul_options<element_t<Y>>> options, Policy,
            const Epilogue& then) {
  detail::gemm::run_matvec<detail::gemm::scheme<element_t<Y>, Policy>>(
      detail::executor_ref(exec), a, x, detail::as_vector_output(y), options, then);
}
template <executor E, class Y, class Epilogue>
  requires(detail::matvec_output<Y> && detail::epilogue_step<Epilogue, element_t<Y>>)
void matvec(E&& exec, std::type_identity_t<detail::matmul_input<Y>> a,
            std::type_identity_t<detail::vector_input<Y>> x, Y&& y, const Epilogue& then) {
  matvec(exec, a, x, y, {}, pairwise, then);
}
/// On the calling thread.
template <class Y, class Policy, class Epilogue>
  requires(detail::matvec_output<Y> && detail::gemm::policy_for<Policy, element_t<Y>> &&
           detail::epilogue_step<Epilogue, element_t<Y>>)
void matvec(std::type_identity_t<detail::matmul_input<Y>> a,
            std::type_identity_t<detail::vector_input<Y>> x, Y&& y,
            std::type_identity_t<matmul_options<element_t<Y>>> options, Policy policy,
            const Epilogue& then) {
  matvec(seq, a, x, y, options, policy, then);
}
template <class Y, class Epilogue>
  requires(detail::matvec_output<Y> && detail::epilogue_step<Epilogue, element_t<Y>>)
void matvec(std::type_identity_t<detail::matmul_input<Y>> a,
            std::type_identity_t<detail::vector_input<Y>> x, Y&& y, const Epilogue& then) {
  matvec(seq, a, x, y, {}, pairwise, then);
}

/// C = alpha * x * y^T + beta * C (ger): c is m x n, of any layout and stride, x has m elements and y
/// n, of any stride, 0 too; c shares no element with them. Element types as of matmul: that of c
/// decides.
///
/// The bits of matmul with k = 1 (contract, section 3): p = fma(x[i], y[j], +0), the product rounded
/// once, an exact zero being +0; then alpha * p where alpha != 1, and fma(beta, c, that) where beta
/// != 0; beta = 0 does not read c. Policies: `kahan` gives +0 where a product is rounded to -0, and
/// else the same; `wide` rounds float and 16 bits once, at the end. Special values as of matmul.
///
/// Time O(m n), memory as of matmul. Throws std::invalid_argument where shapes do not fit, data is
/// null with a size, c overlaps x, y or itself, and std::bad_alloc; nothing is written then.
template <executor E, class C, class Policy = pairwise_t>
  requires(detail::matmul_output<C> && detail::gemm::policy_for<Policy, element_t<C>>)
void outer(E&& exec, std::type_identity_t<detail::vector_input<C>> x,
           std::type_identity_t<detail::vector_input<C>> y, C&& c,
           std::type_identity_t<matmul_options<element_t<C>>> options = {}, Policy = {}) {
  detail::gemm::run_outer<detail::gemm::scheme<element_t<C>, Policy>>(
      detail::executor_ref(exec), x, y, detail::as_matrix_output(c), options);
}
/// On the calling thread.
template <class C, class Policy = pairwise_t>
  requires(detail::matmul_output<C> && detail::gemm::policy_for<Policy, element_t<C>>)
void outer(std::type_identity_t<detail::vector_input<C>> x,
           std::type_identity_t<detail::vector_input<C>> y, C&& c,
           std::type_identity_t<matmul_options<element_t<C>>> options = {}, Policy policy = {}) {
  outer(seq, x, y, c, options, policy);
}

} // namespace detops::inline DETOPS_ISA

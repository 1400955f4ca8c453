// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// matmul by the kernels of the CPU that the program runs on.
#pragma once

#include <detops/dispatch/call.hpp>
#include <detops/matmul/check.hpp>

namespace detops::dispatch::inline DETOPS_ISA {

/// detops::matmul (its card: detops/matmul/matmul.hpp), the same bits and errors.
template <executor E, class C, class Policy = pairwise_t>
  requires(detops::detail::matmul_output<C> &&
           detops::detail::gemm::policy_for<Policy, element_t<C>>)
void matmul(E&& exec, std::type_identity_t<detops::detail::matmul_input<C>> a,
            std::type_identity_t<detops::detail::matmul_input<C>> b, C&& c,
            std::type_identity_t<matmul_options<element_t<C>>> options = {}, Policy = {}) {
  const auto run =
      plain::current_kernels()
          .matmul.run[detail::element_index<element_t<C>>()][detail::policy_index<Policy>()];
  run(detail::to_plain_executor(exec),
      {detail::to_plain(a), detail::to_plain(b),
       detail::to_plain(detops::detail::as_matrix_output(c)), static_cast<double>(options.alpha),
       static_cast<double>(options.beta)});
}
/// On the calling thread.
template <class C, class Policy = pairwise_t>
  requires(detops::detail::matmul_output<C> &&
           detops::detail::gemm::policy_for<Policy, element_t<C>>)
void matmul(std::type_identity_t<detops::detail::matmul_input<C>> a,
            std::type_identity_t<detops::detail::matmul_input<C>> b, C&& c,
            std::type_identity_t<matmul_options<element_t<C>>> options = {}, Policy policy = {}) {
  dispatch::matmul(seq, a, b, c, options, policy);
}

} // namespace detops::dispatch::inline DETOPS_ISA

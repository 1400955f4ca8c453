// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Every way to a product that its sizes and layouts allow, of which a call takes one.
#pragma once

#include <detops/matmul.hpp>

namespace detops_test {

/// prepare() fills c, which may hold the old elements; check() looks at it after each way, as it is and transposed.
template <class C, class Policy, class E, class Prepare, class Check>
void for_each_way(const E& exec, std::type_identity_t<detops::detail::matmul_input<C>> a,
                  std::type_identity_t<detops::detail::matmul_input<C>> b, const C& c,
                  const detops::matmul_options<detops::element_t<C>>& options, Policy,
                  const Prepare& prepare, const Check& check) {
  namespace gemm = detops::detail::gemm;
  using scheme = gemm::scheme<detops::element_t<C>, Policy>;
  const gemm::problem<scheme> p{a, b, c, options};
  if (c.rows == 0 || c.cols == 0) {
    return;
  }
  for (const gemm::way how : {gemm::way::row, gemm::way::in_place, gemm::way::spans,
                              gemm::way::resident, gemm::way::packed}) {
    for (const auto& form : {p, p.transposed()}) {
      if (gemm::is_possible(how, form)) {
        prepare();
        gemm::run_way(how, detops::detail::executor_ref(exec), form);
        check();
      }
    }
  }
}

} // namespace detops_test

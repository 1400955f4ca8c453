// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Loops over compile-time indices.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

#include <detops/core/config.hpp>

namespace detops::inline DETOPS_ISA::detail::gemm {

/// f(0), ..., f(N - 1) with compile-time arguments, unrolled at every optimisation level.
template <std::size_t N, class F>
DETOPS_ALWAYS_INLINE void unrolled(F&& f) {
  [&]<std::size_t... I>(std::index_sequence<I...>) DETOPS_INLINE_LAMBDA {
    (f(std::integral_constant<std::size_t, I>{}), ...);
  }(std::make_index_sequence<N>{});
}

} // namespace detops::inline DETOPS_ISA::detail::gemm

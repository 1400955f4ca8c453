// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Loops over compile-time indices.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

#include <detops/core/config.hpp>

namespace detops::inline DETOPS_ISA::detail {

template <class Indices>
struct unroller;
template <std::size_t... I>
struct unroller<std::index_sequence<I...>> {
  template <class F>
  DETOPS_ALWAYS_INLINE void operator()(F&& f) const {
    (f(std::integral_constant<std::size_t, I>{}), ...);
  }
};

/// unrolled<N>(f): f(0), ..., f(N - 1) with compile-time arguments, unrolled at every optimisation level. An object,
/// because a function that makes the indices would be one more copy of the unrolled code to compile.
template <std::size_t N>
inline constexpr unroller<std::make_index_sequence<N>> unrolled{};

} // namespace detops::inline DETOPS_ISA::detail

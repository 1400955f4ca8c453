// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// What a product computes in, by the type of C and the policy (contract, section 3).
#pragma once

#include <cstdint>
#include <type_traits>

#include <detops/core/element.hpp>
#include <detops/reduce/policies.hpp>

namespace detops::inline DETOPS_ISA {
namespace detail::gemm {

/// Elements of C. Those of A and B are the same, or int8 where C is int32.
template <class T>
concept element = floating<T> || std::same_as<T, std::int32_t>;

template <element T>
using operand_t = std::conditional_t<std::same_as<T, std::int32_t>, std::int8_t, T>;

/// The type of alpha and beta.
template <element T>
struct scalar_of {
  using type = T;
};
template <half_precision T>
struct scalar_of<T> {
  using type = float;
};
template <element T>
using scalar_t = typename scalar_of<T>::type;

/// Policies that a product into C of T knows: of the sums of integers, which are exact, one.
template <class Policy, class T>
concept policy_for = std::same_as<Policy, pairwise_t> ||
                     (floating<T> && (std::same_as<Policy, kahan_t> || std::same_as<Policy, wide_t>));

/// The chains of one element of C: what type they are computed in, and whether the errors of their additions are summed
/// beside them.
template <element T, class Policy>
struct scheme {
  using result = T;
  using operand = operand_t<T>;
  using scalar = scalar_t<T>;
  static constexpr bool wide = std::same_as<Policy, wide_t>;
  using compute = std::conditional_t<wide, double, scalar>;
  static constexpr bool compensated =
      std::same_as<Policy, kahan_t> || (wide && std::same_as<T, double>);
};

} // namespace detail::gemm

/// C = alpha * A * B + beta * C; T is float for elements of 16 bits, int32 for int8.
template <detail::gemm::element T>
struct matmul_options {
  detail::gemm::scalar_t<T> alpha = 1;
  detail::gemm::scalar_t<T> beta = 0;
};

} // namespace detops::inline DETOPS_ISA

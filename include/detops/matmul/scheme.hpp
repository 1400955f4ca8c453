// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// What a product computes in, by the type of C and the policy (contract, section 3).
#pragma once

#include <cstddef>
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
concept policy_for =
    std::same_as<Policy, pairwise_t> ||
    (floating<T> && (std::same_as<Policy, kahan_t> || std::same_as<Policy, wide_t>));

template <class T>
inline constexpr bool is_binary16 = false;
template <half_precision T>
inline constexpr bool is_binary16<T> = !is_bfloat16<T>;

/// How one element of C is computed.
template <element T, class Policy>
struct scheme {
  using result = T;
  using operand = operand_t<T>;
  using scalar = scalar_t<T>;
  static constexpr bool integer = std::same_as<T, std::int32_t>;
  static constexpr bool wide = std::same_as<Policy, wide_t>;
  /// What is kept of the sums of a chain: their errors, too, or not.
  static constexpr std::size_t fields =
      std::same_as<Policy, kahan_t> || (wide && std::same_as<T, double>) ? 2 : 1;
  /// The type of the sums.
  using sum = std::conditional_t<integer, std::uint32_t, std::conditional_t<wide, double, scalar>>;
  /// Products of two operands have no rounding error in `sum`, but for results below or above all its numbers.
  static constexpr bool exact_products =
      integer || (wide && !std::same_as<T, double>) || is_binary16<T>;
  /// Where the ISA has no fma, sums of floats are kept in doubles, in which products are exact.
  static constexpr bool float_in_double =
      !has_fma && std::same_as<sum, float> && fields == 1 && !exact_products;
  /// The type of packed operands. Integers of 8 bits are packed as pairs of 16, two products to a step.
  using packed = std::conditional_t<float_in_double, double, sum>;
  static constexpr std::size_t products_per_step = integer ? 2 : 1;
};

} // namespace detail::gemm

/// C = alpha * A * B + beta * C; T is float for elements of 16 bits, int32 for int8.
template <detail::gemm::element T>
struct matmul_options {
  detail::gemm::scalar_t<T> alpha = 1;
  detail::gemm::scalar_t<T> beta = 0;
};

} // namespace detops::inline DETOPS_ISA

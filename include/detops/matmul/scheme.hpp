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

/// How the sums of a chain take in products: all that the kernel knows, so that types and policies share kernels.
template <class Sum, std::size_t Fields, bool ExactProducts>
struct arithmetic {
  using sum = Sum;
  /// What is kept of the sums: their errors, too, or not.
  static constexpr std::size_t fields = Fields;
  /// Without fma: products have no rounding error in `sum`, but for results below or above all its numbers.
  static constexpr bool exact_products = ExactProducts;
  static constexpr bool integer = std::same_as<sum, std::uint32_t>;
  /// Where the ISA has no fma, sums of floats are kept in doubles, in which products are exact.
  static constexpr bool float_in_double =
      !has_fma && std::same_as<sum, float> && fields == 1 && !exact_products;
  /// The type of packed operands. Integers of 8 bits are packed as pairs of 16, two products to a step.
  using packed = std::conditional_t<float_in_double, double, sum>;
  static constexpr std::size_t products_per_step = integer ? 2 : 1;
};

template <class T, class Policy>
inline constexpr bool in_double = std::same_as<Policy, wide_t> && !std::same_as<T, double>;
template <class T, class Policy>
inline constexpr bool keeps_errors =
    std::same_as<Policy, kahan_t> || (std::same_as<Policy, wide_t> && std::same_as<T, double>);
template <class T, class Policy>
using sum_t = std::conditional_t<std::same_as<T, std::int32_t>, std::uint32_t,
                                 std::conditional_t<in_double<T, Policy>, double, scalar_t<T>>>;

template <class T, class Policy>
using arithmetic_for =
    arithmetic<sum_t<T, Policy>, keeps_errors<T, Policy> ? 2 : 1,
               !has_fma && !keeps_errors<T, Policy> &&
                   (in_double<T, Policy> || is_binary16<T> || std::same_as<T, std::int32_t>)>;

/// How one element of C is computed.
template <element T, class Policy>
struct scheme : arithmetic_for<T, Policy> {
  using result = T;
  using operand = operand_t<T>;
  using scalar = scalar_t<T>;
  static constexpr bool wide = std::same_as<Policy, wide_t>;
};

} // namespace detail::gemm

/// C = alpha * A * B + beta * C; T is float for elements of 16 bits, int32 for int8.
template <detail::gemm::element T>
struct matmul_options {
  detail::gemm::scalar_t<T> alpha = 1;
  detail::gemm::scalar_t<T> beta = 0;
};

} // namespace detops::inline DETOPS_ISA

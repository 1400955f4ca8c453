// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Eigen matrices, arrays, maps, refs, blocks and transposes as arguments of every operation.
#pragma once

#include <type_traits>

#include <Eigen/Core>

#include <detops/core/view.hpp>

namespace detops::inline DETOPS_ISA {
namespace detail {

template <class Derived>
void accepts_eigen_dense(const Eigen::DenseBase<Derived>&);
template <class X>
concept eigen_dense = requires(const X& x) { detail::accepts_eigen_dense(x); };

template <class Derived>
void accepts_eigen_owning(const Eigen::PlainObjectBase<Derived>&);
template <class X>
concept eigen_owning = requires(const X& x) { detail::accepts_eigen_owning(x); };

/// What keeps its elements in memory, so that a view can point at them.
template <class X>
inline constexpr bool eigen_in_memory = (X::Flags & Eigen::DirectAccessBit) != 0;

/// The element type that a view of X& has: const where X is const or maps const data.
template <class X>
using eigen_element = std::remove_pointer_t<decltype(std::declval<X&>().data())>;

} // namespace detail

template <detail::eigen_dense X>
  requires detail::eigen_in_memory<X>
struct view_trait<X> {
  /// Matrix and Array own their elements; everything else with elements in memory refers to them.
  static constexpr bool borrowed = !detail::eigen_owning<X>;

  template <class Y>
    requires(std::same_as<std::remove_const_t<Y>, X> && bool(X::IsVectorAtCompileTime))
  static vector_view<detail::eigen_element<Y>> vector(Y& x) {
    return {x.data(), static_cast<std::size_t>(x.size()),
            static_cast<std::ptrdiff_t>(x.innerStride())};
  }
  template <class Y>
    requires std::same_as<std::remove_const_t<Y>, X>
  static matrix_view<detail::eigen_element<Y>> matrix(Y& x) {
    const auto inner = static_cast<std::ptrdiff_t>(x.innerStride());
    const auto outer = static_cast<std::ptrdiff_t>(x.outerStride());
    const bool row_major = bool(X::IsRowMajor);
    return {x.data(), static_cast<std::size_t>(x.rows()), static_cast<std::size_t>(x.cols()),
            row_major ? outer : inner, row_major ? inner : outer};
  }
};

/// An expression has no elements yet, and evaluating it here would be Eigen's arithmetic.
template <detail::eigen_dense X>
  requires(!detail::eigen_in_memory<X>)
struct view_trait<X> {
  static constexpr bool borrowed = true;

  template <class Y>
  static matrix_view<const typename X::Scalar> matrix(Y&) {
    static_assert(
        detail::eigen_in_memory<std::remove_const_t<Y>>,
        "detops: this is an unevaluated Eigen expression, whose arithmetic Eigen would do in an "
        "unspecified order; use the named detops operations, or evaluate it first with .eval()");
    return {};
  }
};

} // namespace detops::inline DETOPS_ISA

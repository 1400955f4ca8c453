// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Elementwise arithmetic of float and double: add sub mul div max min fma neg abs sqrt. Their card:
//
//   out      vector or matrix of float or double, any strides
//   a, b, c  vectors or matrices of the shape and element type of out, or scalars of that type;
//            beside a matrix also broadcast_row(v), v[j] in every row, and broadcast_column(v),
//            v[i] along row i
//   exec     an executor; it changes the time, never a bit
//
// Each element is rounded once (contract, section 4), whatever the strides, the position and the
// ISA. NaN results are the canonical NaN, of neg and abs too. An operand may be the same elements as
// out (in place); elements shared in any other way are refused. O(n) time, no memory. Throws
// std::invalid_argument where shapes do not fit, an operand overlaps out, out holds an element
// twice, or data is null with a size; nothing is written then.
#pragma once

#include <detops/math/map.hpp>

namespace detops::inline DETOPS_ISA {
namespace detail {

struct add_operation {
  static constexpr const char* name = "add";
  template <simd::any_lanes V>
  DETOPS_ALWAYS_INLINE V operator()(const V& a, const V& b) const {
    return simd::canonical(simd::add(a, b));
  }
};
struct sub_operation {
  static constexpr const char* name = "sub";
  template <simd::any_lanes V>
  DETOPS_ALWAYS_INLINE V operator()(const V& a, const V& b) const {
    return simd::canonical(simd::sub(a, b));
  }
};
struct mul_operation {
  static constexpr const char* name = "mul";
  template <simd::any_lanes V>
  DETOPS_ALWAYS_INLINE V operator()(const V& a, const V& b) const {
    return simd::canonical(simd::mul(a, b));
  }
};
struct div_operation {
  static constexpr const char* name = "div";
  template <simd::any_lanes V>
  DETOPS_ALWAYS_INLINE V operator()(const V& a, const V& b) const {
    return simd::canonical(simd::div(a, b));
  }
};
struct max_operation {
  static constexpr const char* name = "max";
  template <simd::any_lanes V>
  DETOPS_ALWAYS_INLINE V operator()(const V& a, const V& b) const {
    return simd::max(a, b);
  }
};
struct min_operation {
  static constexpr const char* name = "min";
  template <simd::any_lanes V>
  DETOPS_ALWAYS_INLINE V operator()(const V& a, const V& b) const {
    return simd::min(a, b);
  }
};
struct fma_operation {
  static constexpr const char* name = "fma";
  template <simd::any_lanes V>
  DETOPS_ALWAYS_INLINE V operator()(const V& a, const V& b, const V& c) const {
    return simd::canonical(simd::fma(a, b, c));
  }
};
struct neg_operation {
  static constexpr const char* name = "neg";
  template <simd::any_lanes V>
  DETOPS_ALWAYS_INLINE V operator()(const V& a) const {
    return simd::canonical(simd::neg(a));
  }
};
struct abs_operation {
  static constexpr const char* name = "abs";
  template <simd::any_lanes V>
  DETOPS_ALWAYS_INLINE V operator()(const V& a) const {
    return simd::canonical(simd::abs(a));
  }
};
struct sqrt_operation {
  static constexpr const char* name = "sqrt";
  template <simd::any_lanes V>
  DETOPS_ALWAYS_INLINE V operator()(const V& a) const {
    return simd::canonical(simd::sqrt(a));
  }
};

} // namespace detail

/// out = a + b. Card: top of this file.
template <executor E, class A, class B, detail::elementwise_output Out>
  requires(detail::elementwise_operand<A, Out> && detail::elementwise_operand<B, Out>)
void add(E&& exec, const A& a, const B& b, Out&& out) {
  detail::map(detail::add_operation{}, {"a", "b"}, exec, out, a, b);
}
template <class A, class B, detail::elementwise_output Out>
  requires(detail::elementwise_operand<A, Out> && detail::elementwise_operand<B, Out>)
void add(const A& a, const B& b, Out&& out) {
  add(seq, a, b, out);
}

/// out = a - b.
template <executor E, class A, class B, detail::elementwise_output Out>
  requires(detail::elementwise_operand<A, Out> && detail::elementwise_operand<B, Out>)
void sub(E&& exec, const A& a, const B& b, Out&& out) {
  detail::map(detail::sub_operation{}, {"a", "b"}, exec, out, a, b);
}
template <class A, class B, detail::elementwise_output Out>
  requires(detail::elementwise_operand<A, Out> && detail::elementwise_operand<B, Out>)
void sub(const A& a, const B& b, Out&& out) {
  sub(seq, a, b, out);
}

/// out = a * b.
template <executor E, class A, class B, detail::elementwise_output Out>
  requires(detail::elementwise_operand<A, Out> && detail::elementwise_operand<B, Out>)
void mul(E&& exec, const A& a, const B& b, Out&& out) {
  detail::map(detail::mul_operation{}, {"a", "b"}, exec, out, a, b);
}
template <class A, class B, detail::elementwise_output Out>
  requires(detail::elementwise_operand<A, Out> && detail::elementwise_operand<B, Out>)
void mul(const A& a, const B& b, Out&& out) {
  mul(seq, a, b, out);
}

/// out = a / b, IEEE division.
template <executor E, class A, class B, detail::elementwise_output Out>
  requires(detail::elementwise_operand<A, Out> && detail::elementwise_operand<B, Out>)
void div(E&& exec, const A& a, const B& b, Out&& out) {
  detail::map(detail::div_operation{}, {"a", "b"}, exec, out, a, b);
}
template <class A, class B, detail::elementwise_output Out>
  requires(detail::elementwise_operand<A, Out> && detail::elementwise_operand<B, Out>)
void div(const A& a, const B& b, Out&& out) {
  div(seq, a, b, out);
}

/// The larger; NaN wins, -0 < +0.
template <executor E, class A, class B, detail::elementwise_output Out>
  requires(detail::elementwise_operand<A, Out> && detail::elementwise_operand<B, Out>)
void max(E&& exec, const A& a, const B& b, Out&& out) {
  detail::map(detail::max_operation{}, {"a", "b"}, exec, out, a, b);
}
template <class A, class B, detail::elementwise_output Out>
  requires(detail::elementwise_operand<A, Out> && detail::elementwise_operand<B, Out>)
void max(const A& a, const B& b, Out&& out) {
  max(seq, a, b, out);
}

/// The smaller; NaN wins, -0 < +0.
template <executor E, class A, class B, detail::elementwise_output Out>
  requires(detail::elementwise_operand<A, Out> && detail::elementwise_operand<B, Out>)
void min(E&& exec, const A& a, const B& b, Out&& out) {
  detail::map(detail::min_operation{}, {"a", "b"}, exec, out, a, b);
}
template <class A, class B, detail::elementwise_output Out>
  requires(detail::elementwise_operand<A, Out> && detail::elementwise_operand<B, Out>)
void min(const A& a, const B& b, Out&& out) {
  min(seq, a, b, out);
}

/// out = a * b + c with one rounding, on every CPU (emulated exactly where there is no
/// instruction).
template <executor E, class A, class B, class C, detail::elementwise_output Out>
  requires(detail::elementwise_operand<A, Out> && detail::elementwise_operand<B, Out> &&
           detail::elementwise_operand<C, Out>)
void fma(E&& exec, const A& a, const B& b, const C& c, Out&& out) {
  detail::map(detail::fma_operation{}, {"a", "b", "c"}, exec, out, a, b, c);
}
template <class A, class B, class C, detail::elementwise_output Out>
  requires(detail::elementwise_operand<A, Out> && detail::elementwise_operand<B, Out> &&
           detail::elementwise_operand<C, Out>)
void fma(const A& a, const B& b, const C& c, Out&& out) {
  fma(seq, a, b, c, out);
}

/// out = -a; zeros change their sign.
template <executor E, class A, detail::elementwise_output Out>
  requires detail::elementwise_operand<A, Out>
void neg(E&& exec, const A& a, Out&& out) {
  detail::map(detail::neg_operation{}, {"a"}, exec, out, a);
}
template <class A, detail::elementwise_output Out>
  requires detail::elementwise_operand<A, Out>
void neg(const A& a, Out&& out) {
  neg(seq, a, out);
}

/// out = |a|.
template <executor E, class A, detail::elementwise_output Out>
  requires detail::elementwise_operand<A, Out>
void abs(E&& exec, const A& a, Out&& out) {
  detail::map(detail::abs_operation{}, {"a"}, exec, out, a);
}
template <class A, detail::elementwise_output Out>
  requires detail::elementwise_operand<A, Out>
void abs(const A& a, Out&& out) {
  abs(seq, a, out);
}

/// out = the square root of a; of -0: -0; of what is less: NaN.
template <executor E, class A, detail::elementwise_output Out>
  requires detail::elementwise_operand<A, Out>
void sqrt(E&& exec, const A& a, Out&& out) {
  detail::map(detail::sqrt_operation{}, {"a"}, exec, out, a);
}
template <class A, detail::elementwise_output Out>
  requires detail::elementwise_operand<A, Out>
void sqrt(const A& a, Out&& out) {
  sqrt(seq, a, out);
}

} // namespace detops::inline DETOPS_ISA

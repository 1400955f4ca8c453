// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// What a product takes, and what it refuses before anything is written.
#pragma once

#include <cstddef>
#include <type_traits>

#include <detops/core/bits.hpp>
#include <detops/core/view.hpp>
#include <detops/matmul/epilogue_ref.hpp>
#include <detops/matmul/scheme.hpp>

namespace detops::inline DETOPS_ISA {

namespace detail {

template <class C>
concept matmul_output = matrix_like<std::remove_reference_t<C>> && gemm::element<element_t<C>>;
template <class C>
using matmul_input = matrix_view<const gemm::operand_t<element_t<C>>>;

namespace gemm {

/// Of a scheme S.
template <class S>
struct problem {
  matrix_view<const typename S::operand> a;
  matrix_view<const typename S::operand> b;
  matrix_view<typename S::result> c;
  matmul_options<typename S::result> options;
  epilogue_ref<typename S::result> epilogue = {};

  /// C^T = B^T A^T, which has the same bits.
  problem transposed() const {
    return {b.transposed(), a.transposed(), c.transposed(), options, epilogue.transposed()};
  }
};

/// Whether no two elements of a view lie at one place: the nearest pair of indices whose offsets
/// could agree is (col_stride, row_stride) over their common divisor.
template <class T>
bool distinct_elements(const matrix_view<T>& x) {
  const std::size_t row_step = magnitude(x.row_stride);
  const std::size_t col_step = magnitude(x.col_stride);
  if ((col_step == 1 && row_step >= x.cols) || (row_step == 1 && col_step >= x.rows)) {
    return true; // the usual cases, without a division
  }
  std::size_t divisor = row_step;
  for (std::size_t rest = col_step; rest != 0;) {
    const std::size_t next = divisor % rest;
    divisor = rest;
    rest = next;
  }
  if (x.rows == 0 || x.cols == 0 || divisor == 0) {
    return x.rows == 0 || x.cols == 0 || (x.rows == 1 && x.cols == 1);
  }
  return x.rows <= col_step / divisor || x.cols <= row_step / divisor;
}

/// Refuses null data, and a result with elements that share their place.
template <class View>
void check_result(const char* operation, const char* name, const View& c) {
  check_view(operation, name, c);
  const auto& x = as_single_column(c);
  if (!distinct_elements(x)) {
    invalid(operation, name, " ", text(c), " with strides ", x.row_stride, " and ", x.col_stride,
            " has elements that share their place");
  }
}
/// Refuses an operand that shares elements with the result.
template <class C, class X>
void check_apart(const char* operation, const char* c_name, const C& c, const char* x_name,
                 const X& x) {
  if (overlap(as_single_column(c), as_single_column(x))) {
    invalid(operation, c_name, " ", text(c), " overlaps ", x_name, " ", text(x));
  }
}

template <class S>
void check(const problem<S>& p) {
  constexpr const char* name = "matmul";
  if (p.a.cols != p.b.rows || p.c.rows != p.a.rows || p.c.cols != p.b.cols) {
    invalid(name, "A ", text(p.a), " times B ", text(p.b), " does not give C ", text(p.c));
  }
  check_view(name, "A", p.a);
  check_view(name, "B", p.b);
  check_result(name, "C", p.c);
  check_apart(name, "C", p.c, "A", p.a);
  check_apart(name, "C", p.c, "B", p.b);
}

} // namespace gemm
} // namespace detail
} // namespace detops::inline DETOPS_ISA

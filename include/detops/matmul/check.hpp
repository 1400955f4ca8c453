// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// What a product takes, and what it refuses before anything is written.
#pragma once

#include <cstddef>
#include <type_traits>

#include <detops/core/bits.hpp>
#include <detops/core/view.hpp>
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

template <class S>
void check(const problem<S>& p) {
  const auto& [a, b, c, options] = p;
  constexpr const char* name = "matmul";
  if (a.cols != b.rows || c.rows != a.rows || c.cols != b.cols) {
    invalid(name, "A ", text(a), " times B ", text(b), " does not give C ", text(c));
  }
  check_view(name, "A", a);
  check_view(name, "B", b);
  check_view(name, "C", c);
  if (!distinct_elements(c)) {
    invalid(name, "C ", text(c), " with strides ", c.row_stride, " and ", c.col_stride,
            " has elements that share their place");
  }
  if (overlap(c, a)) {
    invalid(name, "C ", text(c), " overlaps A ", text(a));
  }
  if (overlap(c, b)) {
    invalid(name, "C ", text(c), " overlaps B ", text(b));
  }
}

} // namespace gemm
} // namespace detail
} // namespace detops::inline DETOPS_ISA

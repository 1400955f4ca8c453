// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Operands of elementwise operations: what may stand beside an output, and the checks that come
// before anything is written. Every operand becomes a strided plane of the output's shape.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include <detops/core/bits.hpp>
#include <detops/core/view.hpp>

namespace detops::inline DETOPS_ISA {

/// What broadcast_row and broadcast_column give: an operand beside a matrix output.
template <class T>
struct row_broadcast {
  vector_view<const T> values;
};
template <class T>
struct column_broadcast {
  vector_view<const T> values;
};

namespace detail {
template <class X>
concept kept_vector = std::constructible_from<vector_view<const element_t<X>>, X>;
} // namespace detail

/// v[j] in column j of every row. v has as many elements as the output has columns, and stays
/// alive.
template <detail::kept_vector X>
row_broadcast<element_t<X>> broadcast_row(X&& v) {
  return {detail::as_vector(v)};
}
/// v[i] along row i. v has as many elements as the output has rows, and stays alive.
template <detail::kept_vector X>
column_broadcast<element_t<X>> broadcast_column(X&& v) {
  return {detail::as_vector(v)};
}

namespace detail {

template <class X, class T>
concept scalar_operand = std::same_as<std::remove_cvref_t<X>, T>;
template <class X, class T>
concept array_operand = array_like<X> && std::same_as<element_t<X>, T>;
template <class X, class T>
concept broadcast_operand = std::same_as<std::remove_cvref_t<X>, row_broadcast<T>> ||
                            std::same_as<std::remove_cvref_t<X>, column_broadcast<T>>;
template <class Out>
concept vector_output =
    vector_like<Out> && requires(Out& out) { vector_view<element_t<Out>>(to_vector(out)); };
template <class Out>
concept matrix_output = !vector_like<Out> && matrix_like<Out> &&
                        requires(Out& out) { matrix_view<element_t<Out>>(to_matrix(out)); };

/// A vector or matrix that can be written.
template <class Out>
concept elementwise_output =
    (vector_output<std::remove_reference_t<Out>> || matrix_output<std::remove_reference_t<Out>>) &&
    real<element_t<Out>>;

/// What may stand beside `Out`: an array of its element type and rank, a scalar of its element type
/// (no other type: a double is not narrowed in silence), a broadcast beside a matrix.
template <class X, class Out>
concept elementwise_operand =
    scalar_operand<X, element_t<Out>> || array_operand<X, element_t<Out>> ||
    (broadcast_operand<X, element_t<Out>> && matrix_output<std::remove_reference_t<Out>>);

/// What the float functions take: float in, float out.
template <class X, class Out>
concept float_map =
    elementwise_output<Out> && std::same_as<element_t<Out>, float> && elementwise_operand<X, Out>;

/// An operand with the shape of the output. A scalar is kept by value: it may be an element of the
/// output.
template <class T>
struct operand_plane {
  const T* data = nullptr;
  std::ptrdiff_t row_stride = 0;
  std::ptrdiff_t col_stride = 0;
  T scalar = 0;
};

/// check_view without its divisions where neither extents nor steps reach 2^29.
template <class T>
void check_array(const char* operation, const char* name, const matrix_view<T>& x) {
  const std::size_t any = x.rows | x.cols | magnitude(x.row_stride) | magnitude(x.col_stride);
  if (x.data == nullptr || any >> 29 != 0) {
    check_view(operation, name, x);
  }
}
template <class T>
void check_array(const char* operation, const char* name, const vector_view<T>& x) {
  if (x.data == nullptr || (x.size | magnitude(x.stride)) >> 29 != 0) {
    check_view(operation, name, x);
  }
}

/// False where `x` shares elements with `out` without being the same elements in the same order.
template <class X, class Out>
bool may_write_beside(const X& x, const Out& out) {
  const auto read = as_single_column(x);
  const auto written = as_single_column(out);
  return same_view(read, written) || !overlap(read, written);
}
/// Without strides, for short vectors: a comparison of addresses.
template <class T>
bool may_write_beside(const vector_view<const T>& x, const vector_view<T>& out) {
  if (x.stride != 1 || out.stride != 1) {
    return may_write_beside(as_single_column(x), as_single_column(out));
  }
  const auto from = reinterpret_cast<std::uintptr_t>(x.data);
  const auto to = reinterpret_cast<std::uintptr_t>(out.data);
  return from == to || (from < to ? to - from : from - to) >= x.size * sizeof(T);
}

/// Refuses null data, shapes that differ, and operands that share elements with the output without
/// being the output; then `x` may be read while `out` is written.
template <class X, class Out>
void check_operand(const char* operation, const char* name, const X& x, const Out& out, bool fits) {
  if (!fits) {
    invalid(operation, name, " ", text(x), " does not fit out ", text(out));
  }
  check_array(operation, name, x);
  if (!may_write_beside(x, out)) {
    invalid(operation, name, " ", text(x), " overlaps out ", text(out),
            " without being the same elements");
  }
}

/// Refuses an output that names an element twice. With the smaller step inside, the inner elements
/// of one step must end before the next begins.
template <class Out>
void check_output(const char* operation, const Out& out) {
  check_array(operation, "out", out);
  if constexpr (std::same_as<Out, vector_view<typename Out::value_type>>) {
    if (out.stride != 0) {
      return;
    }
  }
  const auto x = as_single_column(out);
  const std::size_t row_step = x.rows > 1 ? magnitude(x.row_stride) : 0;
  const std::size_t col_step = x.cols > 1 ? magnitude(x.col_stride) : 0;
  const bool zero = (x.rows > 1 && row_step == 0) || (x.cols > 1 && col_step == 0);
  const bool meet = x.rows > 1 && x.cols > 1 &&
                    (row_step < col_step ? (x.rows - 1) * row_step >= col_step
                                         : (x.cols - 1) * col_step >= row_step);
  if (x.rows != 0 && x.cols != 0 && (zero || meet)) {
    invalid(operation, "out ", text(out), " with strides ", x.row_stride, " and ", x.col_stride,
            " holds some element twice");
  }
}

template <class T, class X>
operand_plane<T> plane_of(const char* operation, const char* name, const X& x,
                          const vector_view<T>& out) {
  if constexpr (scalar_operand<X, T>) {
    return {.scalar = x};
  } else {
    static_assert(vector_like<X>, "detops: beside a vector output stand vectors and scalars");
    const vector_view<const T> v = as_vector(x);
    check_operand(operation, name, v, out, v.size == out.size);
    return {.data = v.data, .row_stride = v.stride};
  }
}
template <class T, class X>
operand_plane<T> plane_of(const char* operation, const char* name, const X& x,
                          const matrix_view<T>& out) {
  if constexpr (scalar_operand<X, T>) {
    return {.scalar = x};
  } else if constexpr (std::same_as<X, row_broadcast<T>>) {
    const vector_view<const T> v = x.values;
    check_operand(operation, name, matrix_view<const T>(v.data, 1, v.size, 0, v.stride), out,
                  v.size == out.cols);
    return {.data = v.data, .col_stride = v.stride};
  } else if constexpr (std::same_as<X, column_broadcast<T>>) {
    const vector_view<const T> v = x.values;
    check_operand(operation, name, as_single_column(v), out, v.size == out.rows);
    return {.data = v.data, .row_stride = v.stride};
  } else {
    static_assert(matrix_like<X>,
                  "detops: beside a matrix output stand matrices, scalars, broadcast_row and "
                  "broadcast_column");
    const matrix_view<const T> m = as_matrix(x);
    check_operand(operation, name, m, out, m.rows == out.rows && m.cols == out.cols);
    return {.data = m.data, .row_stride = m.row_stride, .col_stride = m.col_stride};
  }
}

} // namespace detail
} // namespace detops::inline DETOPS_ISA

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Strided views: what every public function takes. Strides count elements, may be negative, and may be
// 0 for inputs. Nothing is owned or copied.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <ranges>
#include <type_traits>

#include <detops/core/check.hpp>

namespace detops::inline DETOPS_ISA {

/// How a foreign type is seen; adapters specialise it with static functions `vector(x)` -> vector_view,
/// or `matrix(x)` -> matrix_view, or both, and `borrowed`, true where the type is itself a view, whose
/// elements outlive it.
template <class X>
struct view_trait;

template <class T>
struct vector_view;
template <class T>
struct matrix_view;

namespace detail {

template <class X>
concept adapted_vector = requires(X& x) { view_trait<std::remove_cvref_t<X>>::vector(x); };
template <class X>
concept adapted_matrix = requires(X& x) { view_trait<std::remove_cvref_t<X>>::matrix(x); };
template <class X>
concept contiguous_data =
    !adapted_vector<X> && std::ranges::contiguous_range<X&> && std::ranges::sized_range<X&>;
/// X is the type of a forwarding reference: what it refers to outlives the view made from it.
template <class X>
concept outlives_view =
    std::is_lvalue_reference_v<X> || view_trait<std::remove_cvref_t<X>>::borrowed;

} // namespace detail

/// `size` elements, element i at data[i * stride].
template <class T>
struct vector_view {
  using value_type = std::remove_const_t<T>;

  T* data = nullptr;
  std::size_t size = 0;
  std::ptrdiff_t stride = 1;

  constexpr vector_view() = default;
  constexpr vector_view(T* first, std::size_t count, std::ptrdiff_t step = 1)
      : data(first), size(count), stride(step) {}
  template <class U>
    requires(std::is_const_v<T> && std::same_as<U, value_type>)
  constexpr vector_view(const vector_view<U>& other)
      : data(other.data), size(other.size), stride(other.stride) {}

  /// A container, span or array that stays alive; a temporary container does not compile.
  template <class R>
    requires(detail::contiguous_data<R> &&
             (std::is_lvalue_reference_v<R> || std::ranges::borrowed_range<R>) &&
             std::convertible_to<std::remove_reference_t<std::ranges::range_reference_t<R&>>*, T*>)
  constexpr vector_view(R&& range)
      : data(std::ranges::data(range)), size(std::ranges::size(range)) {}

  /// A foreign vector that stays alive.
  template <class X>
    requires(detail::adapted_vector<std::remove_reference_t<X>> && detail::outlives_view<X>)
  constexpr vector_view(X&& x) : vector_view(view_trait<std::remove_cvref_t<X>>::vector(x)) {}

  constexpr T& operator[](std::size_t i) const {
    return data[static_cast<std::ptrdiff_t>(i) * stride];
  }
  constexpr vector_view subview(std::size_t first, std::size_t count) const {
    return {data + static_cast<std::ptrdiff_t>(first) * stride, count, stride};
  }
};

/// `rows` x `cols` elements, element (i, j) at data[i * row_stride + j * col_stride].
template <class T>
struct matrix_view {
  using value_type = std::remove_const_t<T>;

  T* data = nullptr;
  std::size_t rows = 0;
  std::size_t cols = 0;
  std::ptrdiff_t row_stride = 0;
  std::ptrdiff_t col_stride = 1;

  constexpr matrix_view() = default;
  /// Row-major without padding.
  constexpr matrix_view(T* first, std::size_t row_count, std::size_t col_count)
      : matrix_view(first, row_count, col_count, static_cast<std::ptrdiff_t>(col_count), 1) {}
  constexpr matrix_view(T* first, std::size_t row_count, std::size_t col_count,
                        std::ptrdiff_t row_step, std::ptrdiff_t col_step)
      : data(first), rows(row_count), cols(col_count), row_stride(row_step), col_stride(col_step) {}
  template <class U>
    requires(std::is_const_v<T> && std::same_as<U, value_type>)
  constexpr matrix_view(const matrix_view<U>& other)
      : data(other.data), rows(other.rows), cols(other.cols), row_stride(other.row_stride),
        col_stride(other.col_stride) {}

  /// A foreign matrix that stays alive.
  template <class X>
    requires(detail::adapted_matrix<std::remove_reference_t<X>> && detail::outlives_view<X>)
  constexpr matrix_view(X&& x) : matrix_view(view_trait<std::remove_cvref_t<X>>::matrix(x)) {}

  constexpr T& operator()(std::size_t i, std::size_t j) const {
    return data[static_cast<std::ptrdiff_t>(i) * row_stride +
                static_cast<std::ptrdiff_t>(j) * col_stride];
  }
  constexpr matrix_view transposed() const { return {data, cols, rows, col_stride, row_stride}; }
  constexpr vector_view<T> row(std::size_t i) const {
    return {data + static_cast<std::ptrdiff_t>(i) * row_stride, cols, col_stride};
  }
  constexpr vector_view<T> col(std::size_t j) const {
    return {data + static_cast<std::ptrdiff_t>(j) * col_stride, rows, row_stride};
  }
  constexpr matrix_view submatrix(std::size_t row_first, std::size_t col_first,
                                  std::size_t row_count, std::size_t col_count) const {
    return {data + static_cast<std::ptrdiff_t>(row_first) * row_stride +
                static_cast<std::ptrdiff_t>(col_first) * col_stride,
            row_count, col_count, row_stride, col_stride};
  }
};

namespace detail {

template <class T>
constexpr vector_view<T> to_vector(const vector_view<T>& x) {
  return x;
}
template <contiguous_data X>
constexpr auto to_vector(X& x) {
  using T = std::remove_reference_t<std::ranges::range_reference_t<X&>>;
  return vector_view<T>(std::ranges::data(x), std::ranges::size(x));
}
template <adapted_vector X>
constexpr auto to_vector(X& x) {
  return view_trait<std::remove_cv_t<X>>::vector(x);
}
/// Member by member: what the caller has just stored one by one, g++ would copy 16 bytes at a time, which waits for those
/// stores; that took longer than the sum of a short row.
template <class T>
constexpr matrix_view<T> to_matrix(const matrix_view<T>& x) {
  return {x.data, x.rows, x.cols, x.row_stride, x.col_stride};
}
template <adapted_matrix X>
constexpr auto to_matrix(X& x) {
  return view_trait<std::remove_cv_t<X>>::matrix(x);
}

} // namespace detail

/// What is read or written as one dimension: vector_view, contiguous ranges, adapted types.
template <class X>
concept vector_like = requires(X& x) { detail::to_vector(x); };

/// What is read or written as two dimensions: matrix_view, adapted types.
template <class X>
concept matrix_like = requires(X& x) { detail::to_matrix(x); };

/// What is read element by element, a matrix in row-major order.
template <class X>
concept array_like = vector_like<X> || matrix_like<X>;

namespace detail {
template <class X>
struct element {};
template <vector_like X>
struct element<X> {
  using type = typename decltype(to_vector(std::declval<X&>()))::value_type;
};
template <class X>
  requires(matrix_like<X> && !vector_like<X>)
struct element<X> {
  using type = typename decltype(to_matrix(std::declval<X&>()))::value_type;
};
} // namespace detail

/// The element type of a vector_like or matrix_like, without const.
template <class X>
using element_t = typename detail::element<std::remove_cvref_t<X>>::type;

namespace detail {

template <class X>
constexpr vector_view<const element_t<X>> as_vector(const X& x) {
  return to_vector(x);
}
template <class X>
constexpr vector_view<element_t<X>> as_vector_output(X&& x) {
  return to_vector(x);
}
template <class X>
constexpr matrix_view<const element_t<X>> as_matrix(const X& x) {
  return to_matrix(x);
}
template <class X>
constexpr matrix_view<element_t<X>> as_matrix_output(X&& x) {
  return to_matrix(x);
}

/// A vector is a matrix of one column: its stride is then the row stride, which overlap() knows exactly.
template <class T>
constexpr matrix_view<T> as_single_column(const vector_view<T>& x) {
  return {x.data, x.size, 1, x.stride, 1};
}
template <class T>
constexpr const matrix_view<T>& as_single_column(const matrix_view<T>& x) {
  return x;
}

/// Whether all elements, in row-major order, stand at one stride.
template <class T>
constexpr bool is_one_line(const matrix_view<T>& x) {
  return x.rows <= 1 || x.row_stride == static_cast<std::ptrdiff_t>(x.cols) * x.col_stride;
}
/// The elements of a matrix as lines of one stride, as few as there can be.
template <class T>
constexpr matrix_view<T> long_lines(const matrix_view<T>& x) {
  return is_one_line(x) ? matrix_view<T>(x.data, 1, x.rows * x.cols, 0, x.col_stride) : x;
}

/// Element i in row-major order.
template <class T>
constexpr T& element_at(const matrix_view<T>& x, std::size_t i) {
  return x.rows == 1 ? x(0, i) : x(i / x.cols, i % x.cols);
}

/// All elements in row-major order, a vector as a single row.
template <class X>
constexpr matrix_view<const element_t<X>> as_elements(const X& x) {
  if constexpr (vector_like<const X>) {
    const auto v = as_vector(x);
    return {v.data, 1, v.size, 0, v.stride};
  } else {
    return as_matrix(x);
  }
}

template <class T>
message_part text(const vector_view<T>& x) {
  return {1, &x.size};
}
template <class T>
message_part text(const matrix_view<T>& x) {
  const std::size_t extents[] = {x.rows, x.cols};
  return {2, extents};
}

/// The addresses [first, last] of a view's elements, in bytes; empty where it has no elements.
struct address_range {
  std::uintptr_t first = 1;
  std::uintptr_t last = 0;
};

constexpr bool meet(const address_range& x, const address_range& y) {
  return x.first <= x.last && y.first <= y.last && x.first <= y.last && y.first <= x.last;
}

constexpr std::size_t magnitude(std::ptrdiff_t stride) {
  return stride < 0 ? std::size_t{0} - static_cast<std::size_t>(stride)
                    : static_cast<std::size_t>(stride);
}

/// (By value: a view whose address is taken lies in memory in the caller, too.)
template <class T>
DETOPS_NOINLINE void check_large_view(const char* operation, const char* name, matrix_view<T> x) {
  if (x.rows == 0 || x.cols == 0) {
    return;
  }
  constexpr auto limit =
      static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max()) / sizeof(T);
  const std::size_t row_step = magnitude(x.row_stride);
  const std::size_t col_step = magnitude(x.col_stride);
  const bool fits = x.rows <= limit / x.cols && (row_step == 0 || x.rows - 1 <= limit / row_step) &&
                    (col_step == 0 || x.cols - 1 <= limit / col_step) &&
                    (x.rows - 1) * row_step <= limit - (x.cols - 1) * col_step;
  if (!fits) {
    invalid(operation, name, " ", text(x), " with strides ", x.row_stride, " and ", x.col_stride,
            " is larger than the address space");
  }
  if (x.data == nullptr) {
    invalid(operation, name, " ", text(x), " has null data");
  }
}
/// Refuses null data with elements, and extents whose addresses do not fit. (No division for what is small enough that
/// products of two of its numbers and their sum fit.)
template <class T>
DETOPS_ALWAYS_INLINE void check_view(const char* operation, const char* name,
                                     const matrix_view<T>& x) {
  constexpr int bits = 8 * sizeof(std::size_t) / 2 - 5;
  static_assert(sizeof(T) <= 64);
  const std::size_t all = x.rows | x.cols | magnitude(x.row_stride) | magnitude(x.col_stride);
  if (x.data == nullptr || all >> bits != 0) [[unlikely]] {
    check_large_view(operation, name, x);
  }
}
template <class T>
void check_view(const char* operation, const char* name, const vector_view<T>& x) {
  check_view(operation, name, matrix_view<T>(x.data, 1, x.size, 0, x.stride));
}

/// A view of what an operation reads, checked.
template <array_like X>
DETOPS_ALWAYS_INLINE auto checked_elements(const char* operation, const char* name, const X& x) {
  const auto view = as_elements(x);
  check_view(operation, name, view);
  return view;
}

template <class T>
address_range addresses(const matrix_view<T>& x) {
  if (x.rows == 0 || x.cols == 0) {
    return {};
  }
  auto first = reinterpret_cast<std::uintptr_t>(x.data);
  auto last = first + sizeof(T) - 1;
  const auto widen = [&](std::size_t count, std::ptrdiff_t stride) {
    const std::uintptr_t reach = (count - 1) * magnitude(stride) * sizeof(T);
    stride < 0 ? first -= reach : last += reach;
  };
  widen(x.rows, x.row_stride);
  widen(x.cols, x.col_stride);
  return {first, last};
}

/// The same elements in the same order.
template <class T, class U>
constexpr bool same_view(const matrix_view<T>& a, const matrix_view<U>& b) {
  return static_cast<const void*>(a.data) == static_cast<const void*>(b.data) && a.rows == b.rows &&
         a.cols == b.cols && (a.rows <= 1 || a.row_stride == b.row_stride) &&
         (a.cols <= 1 || a.col_stride == b.col_stride);
}

/// True where the two share an element: exact where type and strides are equal and one stride divides the
/// other (blocks of one matrix, interleaved columns), else whether their address ranges meet.
template <class T, class U>
bool overlap(const matrix_view<T>& a, const matrix_view<U>& b) {
  if (!meet(addresses(a), addresses(b))) {
    return false;
  }
  if constexpr (sizeof(T) == sizeof(U)) {
    const bool equal_strides = a.row_stride == b.row_stride && a.col_stride == b.col_stride;
    const auto distance =
        reinterpret_cast<std::intptr_t>(b.data) - reinterpret_cast<std::intptr_t>(a.data);
    constexpr auto width = static_cast<std::intptr_t>(sizeof(T));
    if (equal_strides && a.row_stride > 0 && a.col_stride > 0 && distance % width == 0) {
      // Both views lie on one lattice of (row, column) steps, the larger one outside (a step of a single
      // row or column is none). They share an element where the distance is outer * u + inner * v with
      // u and v within both extents.
      const bool columns = a.cols == 1 && b.cols == 1;
      const bool lines = a.rows == 1 && b.rows == 1;
      const bool row_outside = columns || (!lines && a.row_stride >= a.col_stride);
      const std::ptrdiff_t outer = row_outside ? a.row_stride : a.col_stride;
      const std::ptrdiff_t inner = row_outside ? a.col_stride : a.row_stride;
      const auto extent = [](std::size_t n) { return static_cast<std::ptrdiff_t>(n); };
      const std::ptrdiff_t a_outer = extent(row_outside ? a.rows : a.cols);
      const std::ptrdiff_t b_outer = extent(row_outside ? b.rows : b.cols);
      const std::ptrdiff_t a_inner = extent(row_outside ? a.cols : a.rows);
      const std::ptrdiff_t b_inner = extent(row_outside ? b.cols : b.rows);
      const bool lattice = (a_inner - 1) * inner < outer && (b_inner - 1) * inner < outer;
      if (lattice) {
        const std::ptrdiff_t d = distance / width;
        for (std::ptrdiff_t u : {d / outer - 1, d / outer, d / outer + 1}) {
          const std::ptrdiff_t rest = d - u * outer;
          if (rest % inner != 0) {
            continue;
          }
          const std::ptrdiff_t v = rest / inner;
          if (u > -b_outer && u < a_outer && v > -b_inner && v < a_inner) {
            return true;
          }
        }
        return false;
      }
    }
  }
  return true;
}
template <class T, class U>
bool overlap(const vector_view<T>& a, const vector_view<U>& b) {
  return overlap(as_single_column(a), as_single_column(b));
}

} // namespace detail
} // namespace detops::inline DETOPS_ISA

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// What is done with each finished part of C while it is in cache: the one hook into a product.
#pragma once

#include <cstddef>
#include <type_traits>

#include <detops/core/view.hpp>

namespace detops::inline DETOPS_ISA::detail::gemm {

/// A part of C.
struct region {
  std::size_t row;
  std::size_t col;
  std::size_t rows;
  std::size_t cols;
};

/// A reference to a callable void(matrix_view<T> part, std::size_t row, std::size_t col, std::size_t number), which outlives
/// it, or none. It is called once for every element of C, with parts of any shape, in any order, on the threads that finish
/// them; `number` is that of C in a batch, or 0.
template <class T>
class epilogue_ref {
public:
  epilogue_ref() = default;
  template <class F>
    requires(!std::same_as<F, epilogue_ref>)
  explicit epilogue_ref(const F& f)
      : object_(&f), call_([](const void* object, const matrix_view<T>& part, std::size_t row,
                              std::size_t col, std::size_t number) {
          (*static_cast<const F*>(object))(part, row, col, number);
        }) {}

  explicit operator bool() const { return call_ != nullptr; }
  /// Of a product that computes C^T: the callable sees C.
  epilogue_ref transposed() const {
    epilogue_ref other = *this;
    other.state_ ^= 1;
    return other;
  }
  /// Of the product of this number in a batch.
  epilogue_ref numbered(std::size_t number) const {
    epilogue_ref other = *this;
    other.state_ = 2 * number + state_ % 2;
    return other;
  }
  void operator()(const matrix_view<T>& c, const region& at) const {
    const matrix_view<T> part = c.submatrix(at.row, at.col, at.rows, at.cols);
    const std::size_t number = state_ / 2;
    if (state_ % 2 != 0) {
      call_(object_, part.transposed(), at.col, at.row, number);
    } else {
      call_(object_, part, at.row, at.col, number);
    }
  }

private:
  const void* object_ = nullptr;
  void (*call_)(const void*, const matrix_view<T>&, std::size_t, std::size_t,
                std::size_t) = nullptr;
  /// 2 * number, and 1 where transposed: small products copy each word of this.
  std::size_t state_ = 0;
};

} // namespace detops::inline DETOPS_ISA::detail::gemm

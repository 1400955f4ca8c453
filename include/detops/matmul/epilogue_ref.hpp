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
    other.transposed_ = !transposed_;
    return other;
  }
  /// Of the product of this number in a batch.
  epilogue_ref numbered(std::size_t number) const {
    epilogue_ref other = *this;
    other.number_ = number;
    return other;
  }
  void operator()(const matrix_view<T>& c, const region& at) const {
    const matrix_view<T> part = c.submatrix(at.row, at.col, at.rows, at.cols);
    if (transposed_) {
      call_(object_, part.transposed(), at.col, at.row, number_);
    } else {
      call_(object_, part, at.row, at.col, number_);
    }
  }

private:
  const void* object_ = nullptr;
  void (*call_)(const void*, const matrix_view<T>&, std::size_t, std::size_t,
                std::size_t) = nullptr;
  std::size_t number_ = 0;
  bool transposed_ = false;
};

} // namespace detops::inline DETOPS_ISA::detail::gemm

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Matrices for the tests of matmul: any layout, with NaN in every place that is not an element.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include <detops/core/view.hpp>

namespace detops_test {

enum class layout {
  row_major,
  col_major,
  padded,
  spread,
  negative,
  broadcast_rows,
  broadcast_cols
};
inline constexpr int output_layouts = 5; // the rest have stride 0
inline constexpr int input_layouts = 7;

enum class values { normal, mixed_exponents, small_integers, special };

template <class T>
class stored_matrix {
public:
  stored_matrix(std::size_t rows, std::size_t cols, layout kind) : rows_(rows), cols_(cols) {
    const auto r = static_cast<std::ptrdiff_t>(rows);
    const auto c = static_cast<std::ptrdiff_t>(cols);
    switch (kind) {
    case layout::row_major:
      strides(c, 1);
      break;
    case layout::col_major:
      strides(1, r);
      break;
    case layout::padded:
      strides(c + 3, 1);
      break;
    case layout::spread:
      strides(2, 2 * r + 5);
      break;
    case layout::negative:
      strides(-(c + 1), -1);
      break;
    case layout::broadcast_rows:
      strides(0, 1);
      break;
    case layout::broadcast_cols:
      strides(1, 0);
      break;
    }
    const auto reach = [](std::size_t n, std::ptrdiff_t stride) {
      return n == 0 ? 0 : (n - 1) * static_cast<std::size_t>(stride < 0 ? -stride : stride);
    };
    constexpr std::size_t border = 7;
    storage_.assign(reach(rows, row_stride_) + reach(cols, col_stride_) + 1 + 2 * border,
                    std::numeric_limits<T>::quiet_NaN());
    first_ = border + (row_stride_ < 0 ? reach(rows, row_stride_) : 0) +
             (col_stride_ < 0 ? reach(cols, col_stride_) : 0);
  }

  detops::matrix_view<T> view() {
    return {storage_.data() + first_, rows_, cols_, row_stride_, col_stride_};
  }

  template <class Engine>
  void fill(Engine& engine, values kind) {
    std::normal_distribution<double> normal;
    const auto out = view();
    for (std::size_t i = 0; i < rows_; ++i) {
      for (std::size_t j = 0; j < cols_; ++j) {
        const auto bits = static_cast<std::uint32_t>(engine());
        T value = static_cast<T>(normal(engine));
        if (kind == values::mixed_exponents) {
          const int most = sizeof(T) == 4 ? 80 : 600;
          value = std::ldexp(value,
                             static_cast<int>(bits % static_cast<std::uint32_t>(2 * most)) - most);
        } else if (kind == values::small_integers) {
          value = std::ldexp(static_cast<T>(static_cast<int>(bits % 4097) - 2048),
                             static_cast<int>(bits >> 13) % 14);
        } else if (kind == values::special && bits % 8 == 0) {
          using limits = std::numeric_limits<T>;
          const T specials[] = {
              T(0),          -T(0),          limits::denorm_min(), -limits::min() / 3,
              limits::max(), -limits::max(), limits::infinity(),   limits::quiet_NaN()};
          value = specials[bits / 8 % (bits % 3 == 0 ? 8 : 4)];
        }
        out(i, j) = value;
      }
    }
  }

  /// The bytes of all storage, what lies between the elements included.
  bool same_storage(const stored_matrix& other) const {
    return std::memcmp(storage_.data(), other.storage_.data(), storage_.size() * sizeof(T)) == 0;
  }

private:
  void strides(std::ptrdiff_t row, std::ptrdiff_t col) {
    row_stride_ = row;
    col_stride_ = col;
  }

  std::size_t rows_;
  std::size_t cols_;
  std::ptrdiff_t row_stride_ = 0;
  std::ptrdiff_t col_stride_ = 0;
  std::size_t first_ = 0;
  std::vector<T> storage_;
};

template <class T>
bool same_bits(T a, T b) {
  return std::memcmp(&a, &b, sizeof(T)) == 0;
}

} // namespace detops_test

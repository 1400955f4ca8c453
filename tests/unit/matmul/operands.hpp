// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Matrices for the tests of matmul: any element type and layout, with NaN (integers: some number) in every place that
// is not an element.
#pragma once

#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <type_traits>
#include <vector>

#include <Eigen/Core>

#include <detops/core/view.hpp>
#include <detops/matmul/scheme.hpp>

#include "filler.hpp"

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
T from_double(double value) {
  if constexpr (std::same_as<T, double>) {
    return value;
  } else {
    return static_cast<T>(static_cast<float>(value));
  }
}

template <class T>
struct random_value {
  static constexpr bool half = std::same_as<T, Eigen::half>;
  /// Exponents of values of mixed exponents lie from -range up to range.
  static constexpr int range = sizeof(T) == 8 ? 600 : sizeof(T) == 4 ? 80 : half ? 12 : 60;
  /// Small integers are below this, times a power of two below 2^shift, which is exact.
  static constexpr unsigned most = sizeof(T) > 2 ? 2048 : half ? 64 : 16;
  static constexpr unsigned shift = half ? 6 : 14;

  std::normal_distribution<double> normal;

  template <class Engine>
  T operator()(Engine& engine, values kind) {
    const auto bits = static_cast<std::uint32_t>(engine());
    if constexpr (std::integral<T>) {
      const T special[] = {0, 1, -1, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()};
      return kind == values::special          ? special[bits % 5]
             : kind == values::small_integers ? static_cast<T>(bits % 7) - T{3}
                                              : static_cast<T>(bits >> 5);
    } else {
      using limits = std::numeric_limits<T>;
      const double value = normal(engine);
      switch (kind) {
      case values::normal:
        break;
      case values::mixed_exponents:
        return from_double<T>(std::ldexp(value, static_cast<int>(bits % (2 * range)) - range));
      case values::small_integers:
        return from_double<T>(
            std::ldexp(static_cast<int>(bits % (2 * most + 1)) - static_cast<int>(most),
                       static_cast<int>((bits >> 13) % shift)));
      case values::special:
        if (bits % 8 == 0) {
          const T specials[] = {T(0),
                                -T(0),
                                limits::denorm_min(),
                                -limits::min() / T(3),
                                (limits::max)(),
                                -(limits::max)(),
                                limits::infinity(),
                                limits::quiet_NaN()};
          return specials[bits / 8 % (bits % 3 == 0 ? 8 : 4)];
        }
      }
      return from_double<T>(value);
    }
  }
};

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
                    filler<T>());
    first_ = border + (row_stride_ < 0 ? reach(rows, row_stride_) : 0) +
             (col_stride_ < 0 ? reach(cols, col_stride_) : 0);
  }

  detops::matrix_view<T> view() {
    return {storage_.data() + first_, rows_, cols_, row_stride_, col_stride_};
  }

  template <class Engine>
  void fill(Engine& engine, values kind) {
    random_value<T> some;
    const auto out = view();
    for (std::size_t i = 0; i < rows_; ++i) {
      for (std::size_t j = 0; j < cols_; ++j) {
        out(i, j) = some(engine, kind);
      }
    }
  }

  /// The bytes of all storage, what lies between the elements included.
  bool same_storage(const stored_matrix& other) const {
    return std::memcmp(static_cast<const void*>(storage_.data()), other.storage_.data(),
                       storage_.size() * sizeof(T)) == 0;
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
  return std::memcmp(static_cast<const void*>(&a), static_cast<const void*>(&b), sizeof(T)) == 0;
}
template <class T>
bool same_bits(const std::vector<T>& a, const std::vector<T>& b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(static_cast<const void*>(a.data()),
                                   static_cast<const void*>(b.data()), a.size() * sizeof(T)) == 0);
}

/// A product into elements of T in a policy, with the types of its operands and factors.
template <class T, class Policy>
struct product_of {
  using result = T;
  using operand = detops::detail::gemm::operand_t<T>;
  using scalar = detops::detail::gemm::scalar_t<T>;
  static constexpr Policy policy{};
};

/// Each product of k = 2 i and 2 i + 1 becomes the opposite of the other's.
template <class T>
void make_cancelling(const detops::matrix_view<T>& a, const detops::matrix_view<T>& b) {
  for (std::size_t k = 1; k < a.cols; k += 2) {
    for (std::size_t i = 0; i < a.rows; ++i) {
      a(i, k) = static_cast<T>(-a(i, k - 1));
    }
    for (std::size_t j = 0; j < b.cols; ++j) {
      b(k, j) = b(k - 1, j);
    }
  }
}

} // namespace detops_test

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The steps of an epilogue on one part of C: one after another by the functions of math/, or, where all are functions of
// lanes, in one loop, with the same bits.
#pragma once

#include <concepts>
#include <cstddef>
#include <type_traits>

#include <detops/math/arithmetic.hpp>
#include <detops/matmul/check.hpp>

namespace detops::inline DETOPS_ISA::detail {

template <class Step, class T>
concept called_with_place =
    std::invocable<const Step&, const matrix_view<T>&, std::size_t, std::size_t>;
template <class Step, class T>
concept called_with_number =
    std::invocable<const Step&, const matrix_view<T>&, std::size_t, std::size_t, std::size_t>;
/// A step of an epilogue of a C of T: a broadcast, or what can be called with a part of C.
template <class Step, class T>
concept epilogue_step =
    (real<T> && broadcast_operand<Step, T>) || called_with_number<Step, T> ||
    called_with_place<Step, T> || std::invocable<const Step&, const matrix_view<T>&>;

/// A broadcast as a matrix beside c, whose step of the other dimension it takes.
template <class T>
matrix_view<const T> beside(const row_broadcast<T>& bias, const matrix_view<T>& c) {
  return {bias.values.data, 1, bias.values.size, c.row_stride, bias.values.stride};
}
template <class T>
matrix_view<const T> beside(const column_broadcast<T>& bias, const matrix_view<T>& c) {
  return {bias.values.data, bias.values.size, 1, bias.values.stride, c.col_stride};
}

/// What a step refuses, of the whole C.
template <class Step, class T>
void check_step(const char* name, const Step& step, const matrix_view<T>& c) {
  if constexpr (broadcast_operand<Step, T>) {
    constexpr bool is_row = std::same_as<Step, row_broadcast<T>>;
    const auto bias = beside(step, c);
    if (step.values.size != (is_row ? c.cols : c.rows)) {
      invalid(name, "the bias ", text(bias), " does not fit C ", text(c));
    }
    check_view(name, "the bias", bias);
    gemm::check_apart(name, "C", c, "the bias", bias);
  } else if constexpr (requires { step.check(name, c); }) {
    step.check(name, c);
  }
}

/// A step on the part of C that begins at (row, col), C being that of this number.
template <class Step, class T>
void run_step(const Step& step, const matrix_view<T>& part, std::size_t row, std::size_t col,
              std::size_t number) {
  if constexpr (std::same_as<Step, row_broadcast<T>>) {
    add(part, row_broadcast<T>{step.values.subview(col, part.cols)}, part);
  } else if constexpr (std::same_as<Step, column_broadcast<T>>) {
    add(part, column_broadcast<T>{step.values.subview(row, part.rows)}, part);
  } else if constexpr (called_with_number<Step, T>) {
    step(part, row, col, number);
  } else if constexpr (called_with_place<Step, T>) {
    step(part, row, col);
  } else {
    step(part);
  }
}

/// Lanes in one step of the loop.
template <class T>
using step_lanes = simd::lanes<T, map_lanes<T>>;
template <class Step, class T>
concept lane_step =
    real<T> && (broadcast_operand<Step, T> || requires(const Step& step, const step_lanes<T>& x) {
      { step.on_lanes(x) } -> std::same_as<step_lanes<T>>;
    });

/// n elements, and ones behind them.
template <class T>
DETOPS_ALWAYS_INLINE step_lanes<T> load_lanes(const T* from, std::size_t n) {
  using V = step_lanes<T>;
  return n == V::size ? V::load(from) : V::load_partial(from, n, T{1});
}

/// Whether a step's values change along the lines of C, rows or columns.
template <class Step, class T, bool ByRows>
inline constexpr bool changes_along =
    std::same_as<Step, std::conditional_t<ByRows, row_broadcast<T>, column_broadcast<T>>>;
/// Whether they can be loaded.
template <bool ByRows, class T, class Step>
bool contiguous_along(const Step& step) {
  if constexpr (changes_along<Step, T, ByRows>) {
    return step.values.stride == 1;
  } else {
    return true;
  }
}

/// A step on n elements, from `at` on, of a line.
template <bool ByRows, class T, class Step>
DETOPS_ALWAYS_INLINE step_lanes<T> on_lanes(const Step& step, const step_lanes<T>& x,
                                            std::size_t line, std::size_t at, std::size_t n) {
  if constexpr (changes_along<Step, T, ByRows>) {
    return add_operation{}(x, load_lanes(step.values.data + at, n));
  } else if constexpr (broadcast_operand<Step, T>) {
    return add_operation{}(x, step_lanes<T>::broadcast(step.values[line]));
  } else {
    return step.on_lanes(x);
  }
}

/// All steps on the lines of a part of C, rows or columns of it, which are rows here.
template <bool ByRows, class T, class... Steps>
DETOPS_NOINLINE void run_lines(const matrix_view<T>& lines, std::size_t first_line,
                               std::size_t first, const Steps&... steps) {
  constexpr std::size_t size = step_lanes<T>::size;
  const auto on_vector = [&](T* to, std::size_t line, std::size_t at, std::size_t n)
                             DETOPS_INLINE_LAMBDA {
                               auto x = load_lanes(to, n);
                               ((x = on_lanes<ByRows, T>(steps, x, line, at, n)), ...);
                               n == size ? x.store(to) : x.store_partial(to, n);
                             };
  for (std::size_t i = 0; i < lines.rows; ++i) {
    T* const line = &lines(i, 0);
    std::size_t j = 0;
    for (; j + size <= lines.cols; j += size) {
      on_vector(line + j, first_line + i, first + j, size);
    }
    if (j < lines.cols) {
      on_vector(line + j, first_line + i, first + j, lines.cols - j);
    }
  }
}

/// Steps in order on the part of C that begins at (row, col).
template <class T, class... Steps>
void run_steps(const matrix_view<T>& part, std::size_t row, std::size_t col, std::size_t number,
               const Steps&... steps) {
  if constexpr (sizeof...(Steps) > 0 && (lane_step<Steps, T> && ...)) {
    if (part.col_stride == 1 && (contiguous_along<true, T>(steps) && ...)) {
      run_lines<true>(part, row, col, steps...);
      return;
    }
    if (part.row_stride == 1 && (contiguous_along<false, T>(steps) && ...)) {
      run_lines<false>(part.transposed(), col, row, steps...);
      return;
    }
  }
  (run_step(steps, part, row, col, number), ...);
}

/// A product without an epilogue.
struct no_steps {};

/// An epilogue, or a single step, as what a product calls; it outlives the product.
template <class T, class Epilogue>
class epilogue_hook {
public:
  explicit epilogue_hook(const Epilogue& then) : then_(then) {}
  void operator()(const matrix_view<T>& part, std::size_t row, std::size_t col,
                  std::size_t number) const {
    run_steps(part, row, col, number, then_);
  }
  gemm::epilogue_ref<T> ref() const {
    if constexpr (std::same_as<Epilogue, no_steps>) {
      return {};
    } else {
      return gemm::epilogue_ref<T>(*this);
    }
  }

private:
  const Epilogue& then_;
};

} // namespace detops::inline DETOPS_ISA::detail

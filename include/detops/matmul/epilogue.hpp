// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// matmul with an epilogue: a bias and an activation, or anything else, while each part of C is in cache.
#pragma once

#include <concepts>
#include <cstddef>
#include <type_traits>

#include <detops/math/arithmetic.hpp>
#include <detops/math/exp.hpp>
#include <detops/math/tanh.hpp>
#include <detops/matmul/run.hpp>

namespace detops::inline DETOPS_ISA {

namespace detail {

template <class Step, class T>
concept called_with_place =
    std::invocable<const Step&, const matrix_view<T>&, std::size_t, std::size_t>;
/// A step of an epilogue of a C of T: a broadcast, or what can be called with a part of C.
template <class Step, class T>
concept epilogue_step = (real<T> && broadcast_operand<Step, T>) || called_with_place<Step, T> ||
                        std::invocable<const Step&, const matrix_view<T>&>;

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
void check_step(const Step& step, const matrix_view<T>& c) {
  if constexpr (broadcast_operand<Step, T>) {
    constexpr const char* name = "matmul";
    constexpr bool is_row = std::same_as<Step, row_broadcast<T>>;
    const auto bias = beside(step, c);
    if (step.values.size != (is_row ? c.cols : c.rows)) {
      invalid(name, "the bias ", text(bias), " does not fit C ", text(c));
    }
    check_view(name, "the bias", bias);
    gemm::check_apart(name, "C", c, "the bias", bias);
  } else if constexpr (requires { step.check(c); }) {
    step.check(c);
  }
}

/// A step on the part of C that begins at (row, col).
template <class Step, class T>
void run_step(const Step& step, const matrix_view<T>& part, std::size_t row, std::size_t col) {
  if constexpr (std::same_as<Step, row_broadcast<T>>) {
    add(part, row_broadcast<T>{step.values.subview(col, part.cols)}, part);
  } else if constexpr (std::same_as<Step, column_broadcast<T>>) {
    add(part, column_broadcast<T>{step.values.subview(row, part.rows)}, part);
  } else if constexpr (called_with_place<Step, T>) {
    step(part, row, col);
  } else {
    step(part);
  }
}

} // namespace detail

/// Steps one after another, in the order in which they are given:
///
///   broadcast_row(v)      v[j] is added to column j of C; v stays alive during the call
///   broadcast_column(v)   v[i] is added to row i
///   a callable            called with a part of C, f(part) or f(part, row, col), where part is a
///                         matrix_view<T> and (row, col) the place of its first element in C
///
/// Broadcasts are of the element type of C, float or double. Callables: those of `activation`, any
/// function of math/ in a lambda, [](auto part) { log(part, part); }, or one's own.
template <class... Steps>
class epilogue {
public:
  constexpr epilogue() = default;
  template <class T>
  void check(const matrix_view<T>&) const {}
  template <class T>
  void operator()(const matrix_view<T>&, std::size_t, std::size_t) const {}
};
template <class First, class... Rest>
class epilogue<First, Rest...> {
public:
  explicit constexpr epilogue(First first, Rest... rest) : first_(first), rest_(rest...) {}

  template <class T>
    requires(detail::epilogue_step<First, T> && (detail::epilogue_step<Rest, T> && ...))
  void check(const matrix_view<T>& c) const {
    detail::check_step(first_, c);
    rest_.check(c);
  }
  template <class T>
    requires(detail::epilogue_step<First, T> && (detail::epilogue_step<Rest, T> && ...))
  void operator()(const matrix_view<T>& part, std::size_t row, std::size_t col) const {
    detail::run_step(first_, part, row, col);
    rest_(part, row, col);
  }

private:
  First first_;
  epilogue<Rest...> rest_;
};
template <class... Steps>
epilogue(Steps...) -> epilogue<Steps...>;

/// Functions of math/ as steps of an epilogue, with their bits, error and special values.
namespace activation {

struct relu_t {
  /// The larger of x and +0; NaN stays.
  template <real T>
  void operator()(const matrix_view<T>& part) const {
    detops::max(part, T{0}, part);
  }
};
struct tanh_t {
  void operator()(const matrix_view<float>& part) const { detops::tanh(part, part); }
};
struct exp_t {
  void operator()(const matrix_view<float>& part) const { detops::exp(part, part); }
};
inline constexpr relu_t relu;
inline constexpr tanh_t tanh;
inline constexpr exp_t exp;

} // namespace activation

/// matmul, then the steps of an epilogue, or a single step, on each part of C as soon as it is
/// finished and while it is in cache:
///
///   matmul(par, x, weights, y, epilogue(broadcast_row(bias), activation::relu));
///
/// The bits are those of matmul, then of each step on the whole C: add(c, broadcast_row(bias), c) of
/// math/, and so on. A callable of one's own gives bits that do not depend on the threads where what
/// it does to an element depends on that element and its place alone. Its parts have any shape and
/// stride and come in any order; each element of C is in one of them, and a C without elements has
/// none. It is called on the threads that finish the parts, several at a time, in the IEEE default
/// environment. What it throws reaches the caller; C is then written in part.
///
/// Everything else as matmul. Throws std::invalid_argument also where a broadcast does not fit C,
/// has null data or shares elements with C; nothing is written then.
template <executor E, class C, class Policy, class Epilogue>
  requires(detail::matmul_output<C> && detail::gemm::policy_for<Policy, element_t<C>> &&
           detail::epilogue_step<Epilogue, element_t<C>>)
void matmul(E&& exec, std::type_identity_t<detail::matmul_input<C>> a,
            std::type_identity_t<detail::matmul_input<C>> b, C&& c,
            std::type_identity_t<matmul_options<element_t<C>>> options, Policy,
            const Epilogue& then) {
  using T = element_t<C>;
  using scheme = detail::gemm::scheme<T, Policy>;
  const auto on_part = [&](const matrix_view<T>& part, std::size_t row, std::size_t col) {
    detail::run_step(then, part, row, col);
  };
  const detail::gemm::problem<scheme> p{a, b, detail::as_matrix_output(c), options,
                                        detail::gemm::epilogue_ref<T>(on_part)};
  detail::gemm::check(p);
  detail::check_step(then, p.c);
  detail::gemm::run(detail::executor_ref(exec), p);
}
template <executor E, class C, class Epilogue>
  requires(detail::matmul_output<C> && detail::epilogue_step<Epilogue, element_t<C>>)
void matmul(E&& exec, std::type_identity_t<detail::matmul_input<C>> a,
            std::type_identity_t<detail::matmul_input<C>> b, C&& c, const Epilogue& then) {
  matmul(exec, a, b, c, {}, pairwise, then);
}
/// On the calling thread.
template <class C, class Policy, class Epilogue>
  requires(detail::matmul_output<C> && detail::gemm::policy_for<Policy, element_t<C>> &&
           detail::epilogue_step<Epilogue, element_t<C>>)
void matmul(std::type_identity_t<detail::matmul_input<C>> a,
            std::type_identity_t<detail::matmul_input<C>> b, C&& c,
            std::type_identity_t<matmul_options<element_t<C>>> options, Policy policy,
            const Epilogue& then) {
  matmul(seq, a, b, c, options, policy, then);
}
template <class C, class Epilogue>
  requires(detail::matmul_output<C> && detail::epilogue_step<Epilogue, element_t<C>>)
void matmul(std::type_identity_t<detail::matmul_input<C>> a,
            std::type_identity_t<detail::matmul_input<C>> b, C&& c, const Epilogue& then) {
  matmul(seq, a, b, c, {}, pairwise, then);
}

} // namespace detops::inline DETOPS_ISA

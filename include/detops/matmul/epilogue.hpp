// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// matmul with an epilogue: a bias and an activation, or anything else, while each part of C is in cache.
#pragma once

#include <cstddef>
#include <type_traits>

#include <detops/math/exp.hpp>
#include <detops/math/tanh.hpp>
#include <detops/matmul/epilogue_steps.hpp>
#include <detops/matmul/run.hpp>

namespace detops::inline DETOPS_ISA {

/// Steps one after another, in the order in which they are given:
///
///   broadcast_row(v)      v[j] is added to column j of C; v stays alive during the call
///   broadcast_column(v)   v[i] is added to row i
///   a callable            called with a part of C, f(part), f(part, row, col) or f(part, row, col,
///                         number), where part is a matrix_view<T>, (row, col) the place of its
///                         first element in C, and number that of C in a batch, else 0
///
/// Broadcasts are of the element type of C, float or double. Callables: those of `activation`, any
/// function of math/ in a lambda, [](auto part) { log(part, part); }, or one's own.
template <class... Steps>
class epilogue {
public:
  constexpr epilogue() = default;
  template <class T>
  void check(const char*, const matrix_view<T>&) const {}
  template <class T>
  void operator()(const matrix_view<T>&, std::size_t, std::size_t, std::size_t) const {}
  /// f(steps...).
  template <class F>
  void with_steps(const F& f) const {
    f();
  }
};
template <class First, class... Rest>
class epilogue<First, Rest...> {
public:
  explicit constexpr epilogue(First first, Rest... rest) : first_(first), rest_(rest...) {}

  template <class T>
    requires(detail::epilogue_step<First, T> && (detail::epilogue_step<Rest, T> && ...))
  void check(const char* name, const matrix_view<T>& c) const {
    detail::check_step(name, first_, c);
    rest_.check(name, c);
  }
  template <class T>
    requires(detail::epilogue_step<First, T> && (detail::epilogue_step<Rest, T> && ...))
  void operator()(const matrix_view<T>& part, std::size_t row, std::size_t col,
                  std::size_t number) const {
    with_steps([&](const auto&... steps) { detail::run_steps(part, row, col, number, steps...); });
  }
  template <class F>
  void with_steps(const F& f) const {
    rest_.with_steps([&](const auto&... others) { f(first_, others...); });
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
  template <simd::any_lanes V>
  DETOPS_ALWAYS_INLINE V on_lanes(const V& x) const {
    return detail::max_operation{}(x, V::broadcast(0));
  }
};
struct tanh_t {
  void operator()(const matrix_view<float>& part) const { detops::tanh(part, part); }
  template <std::size_t N>
  DETOPS_ALWAYS_INLINE simd::lanes<float, N> on_lanes(const simd::lanes<float, N>& x) const {
    return detail::tanh_operation{}(x);
  }
};
struct exp_t {
  void operator()(const matrix_view<float>& part) const { detops::exp(part, part); }
  template <std::size_t N>
  DETOPS_ALWAYS_INLINE simd::lanes<float, N> on_lanes(const simd::lanes<float, N>& x) const {
    return detail::exp_operation{}(x);
  }
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
  const detail::epilogue_hook<T, Epilogue> hook(then);
  const detail::gemm::problem<scheme> p{a, b, detail::as_matrix_output(c), options, hook.ref()};
  detail::gemm::check(p);
  detail::check_step("matmul", then, p.c);
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

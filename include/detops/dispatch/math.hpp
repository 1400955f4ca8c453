// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Functions of floats by the kernels of the CPU that the program runs on. Vector to vector or matrix to matrix; scalars and
// broadcasts, which cost little, are in detops/math.hpp alone.
#pragma once

#include <detops/dispatch/call.hpp>
#include <detops/math/operand.hpp>

namespace detops::dispatch::inline DETOPS_ISA {
namespace detail {

template <class X, class Out>
concept float_arrays =
    detops::detail::elementwise_output<Out> && std::same_as<element_t<Out>, float> &&
    detops::detail::array_operand<X, float> &&
    vector_like<const X> == vector_like<std::remove_reference_t<Out>>;

template <plain::map Function, executor E, class X, class Out>
void map(E& exec, const X& in, Out& out) {
  const auto call = [&]() -> plain::map_call {
    if constexpr (vector_like<Out>) {
      return {to_plain(detops::detail::as_vector(in)),
              to_plain(detops::detail::as_vector_output(out))};
    } else {
      return {to_plain(detops::detail::as_matrix(in)),
              to_plain(detops::detail::as_matrix_output(out))};
    }
  }();
  plain::current_kernels().math.run[static_cast<std::size_t>(Function)](to_plain_executor(exec),
                                                                        call);
}

} // namespace detail

/// detops::exp of arrays (its card: detops/math/exp.hpp), the same bits and errors.
template <executor E, class X, class Out>
  requires detail::float_arrays<X, Out>
void exp(E&& exec, const X& in, Out&& out) {
  detail::map<plain::map::exp>(exec, in, out);
}
template <class X, class Out>
  requires detail::float_arrays<X, Out>
void exp(const X& in, Out&& out) {
  dispatch::exp(seq, in, out);
}

/// detops::log of arrays (detops/math/log.hpp).
template <executor E, class X, class Out>
  requires detail::float_arrays<X, Out>
void log(E&& exec, const X& in, Out&& out) {
  detail::map<plain::map::log>(exec, in, out);
}
template <class X, class Out>
  requires detail::float_arrays<X, Out>
void log(const X& in, Out&& out) {
  dispatch::log(seq, in, out);
}

/// detops::sinpi of arrays (detops/math/trigonometric.hpp).
template <executor E, class X, class Out>
  requires detail::float_arrays<X, Out>
void sinpi(E&& exec, const X& in, Out&& out) {
  detail::map<plain::map::sinpi>(exec, in, out);
}
template <class X, class Out>
  requires detail::float_arrays<X, Out>
void sinpi(const X& in, Out&& out) {
  dispatch::sinpi(seq, in, out);
}

/// detops::cospi of arrays (detops/math/trigonometric.hpp).
template <executor E, class X, class Out>
  requires detail::float_arrays<X, Out>
void cospi(E&& exec, const X& in, Out&& out) {
  detail::map<plain::map::cospi>(exec, in, out);
}
template <class X, class Out>
  requires detail::float_arrays<X, Out>
void cospi(const X& in, Out&& out) {
  dispatch::cospi(seq, in, out);
}

/// detops::tanh of arrays (detops/math/tanh.hpp).
template <executor E, class X, class Out>
  requires detail::float_arrays<X, Out>
void tanh(E&& exec, const X& in, Out&& out) {
  detail::map<plain::map::tanh>(exec, in, out);
}
template <class X, class Out>
  requires detail::float_arrays<X, Out>
void tanh(const X& in, Out&& out) {
  dispatch::tanh(seq, in, out);
}

} // namespace detops::dispatch::inline DETOPS_ISA

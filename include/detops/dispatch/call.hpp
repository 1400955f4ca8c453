// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The program's side of a call: views, executors, types and policies as plain data.
#pragma once

#include <memory>
#include <type_traits>

#include <detops/core/element.hpp>
#include <detops/core/view.hpp>
#include <detops/dispatch/table.hpp>
#include <detops/exec/executor.hpp>
#include <detops/reduce/policies.hpp>

namespace detops::dispatch::inline DETOPS_ISA::detail {

template <class T>
plain::array to_plain(const matrix_view<T>& x) {
  return {const_cast<std::remove_const_t<T>*>(x.data),
          x.rows,
          x.cols,
          x.row_stride,
          x.col_stride,
          false};
}
template <class T>
plain::array to_plain(const vector_view<T>& x) {
  return {const_cast<std::remove_const_t<T>*>(x.data), 1, x.size, 0, x.stride, true};
}

template <executor E>
plain::executor to_plain_executor(E& exec) {
  return {
      const_cast<void*>(static_cast<const void*>(std::addressof(exec))),
      [](void* object) { return static_cast<std::size_t>(static_cast<E*>(object)->concurrency()); },
      [](void* object, std::size_t count, const plain::task& what) {
        auto task = [&](std::size_t i) { what.call(what.object, i); };
        static_cast<E*>(object)->bulk(count, task_ref(task));
      }};
}

template <class T>
constexpr std::size_t element_index() {
  using enum plain::element;
  const auto which = [] {
    if constexpr (half_precision<T>) {
      return detops::detail::is_bfloat16<T> ? bfloat16 : float16;
    } else {
      static_assert(real<T> || std::same_as<T, std::int32_t>);
      return std::same_as<T, float> ? float32 : std::same_as<T, double> ? float64 : int32;
    }
  }();
  return static_cast<std::size_t>(which);
}
template <sum_policy Policy>
constexpr std::size_t policy_index() {
  using enum plain::policy;
  constexpr plain::policy result = std::same_as<Policy, pairwise_t> ? pairwise
                                   : std::same_as<Policy, kahan_t>  ? kahan
                                   : std::same_as<Policy, wide_t>   ? wide
                                                                    : exact;
  return static_cast<std::size_t>(result);
}

} // namespace detops::dispatch::inline DETOPS_ISA::detail

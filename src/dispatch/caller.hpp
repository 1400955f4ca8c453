// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The kernels' side of a call: views and an executor from plain data. Each source of this folder is compiled once for each
// level, with DETOPS_DISPATCH_LEVEL naming it: the inline namespace then names the instruction set and ends in _dispatch.
#pragma once

#include <detops/dispatch/table.hpp>
#include <detops/exec/executor.hpp>

// The name of a table of this level, e.g. matmul_v3.
#define DETOPS_TABLE(family) DETOPS_JOIN(family##_, DETOPS_DISPATCH_LEVEL)

namespace detops::inline DETOPS_ISA::detail {

/// The executor of a program's file.
class caller {
public:
  explicit caller(const dispatch::plain::executor& exec) : exec_(exec) {}

  std::size_t concurrency() const { return exec_.concurrency(exec_.object); }
  void bulk(std::size_t count, task_ref task) const {
    exec_.bulk(exec_.object, count, {&task, [](void* object, std::size_t i) {
                                       (*static_cast<const task_ref*>(object))(i);
                                     }});
  }

private:
  const dispatch::plain::executor& exec_;
};

/// The number or pointer itself, in one load: two of them in one load of 16 bytes would wait until the caller's stores of 8
/// bytes have left its store buffer, which takes as long as a sum of 64 elements.
template <class V>
V loaded(const V& value) {
  return *const_cast<const volatile V*>(&value);
}
template <class T>
matrix_view<T> matrix_of(const dispatch::plain::array& x) {
  return {static_cast<T*>(loaded(x.data)), loaded(x.rows), loaded(x.cols), loaded(x.row_stride),
          loaded(x.col_stride)};
}
template <class T>
vector_view<T> vector_of(const dispatch::plain::array& x) {
  return {static_cast<T*>(loaded(x.data)), loaded(x.cols), loaded(x.col_stride)};
}

} // namespace detops::inline DETOPS_ISA::detail

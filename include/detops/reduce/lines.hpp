// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The lines of a view of up to four dimensions along any of its axes. The axes fall into those that are kept, which
// number the lines, and those that are reduced, which number the elements of a line, both in row-major order.
#pragma once

#include <algorithm>
#include <span>

#include <detops/core/nd_view.hpp>
#include <detops/core/scratch.hpp>
#include <detops/exec/executor.hpp>

namespace detops::inline DETOPS_ISA {

/// Axes to reduce, in any order, each once; axis 0 is the outermost. From a list in braces, or from any span of them.
class axis_list {
public:
  axis_list(std::initializer_list<std::size_t> axes)
      : axis_list(std::span(axes.begin(), axes.size())) {}
  explicit axis_list(std::span<const std::size_t> axes) : size_(axes.size()) {
    if (size_ > max_rank) {
      detail::invalid("axis_list", size_, " axes; a view has at most ", max_rank);
    }
    std::copy(axes.begin(), axes.end(), axes_.begin());
  }
  const std::size_t* begin() const { return axes_.data(); }
  const std::size_t* end() const { return axes_.data() + size_; }

private:
  std::array<std::size_t, max_rank> axes_{};
  std::size_t size_;
};

namespace detail {

/// Dimensions of one kind (kept, or reduced), outermost first.
struct dimensions {
  std::size_t rank = 0;
  std::array<std::size_t, max_rank> extents{};
  std::array<std::ptrdiff_t, max_rank> strides{};

  void push(std::size_t extent, std::ptrdiff_t stride) {
    extents[rank] = extent;
    strides[rank++] = stride;
  }
  std::size_t count() const {
    std::size_t n = 1;
    for (std::size_t d = 0; d < rank; ++d) {
      n *= extents[d];
    }
    return n;
  }
  /// Where element i, in row-major order, stands.
  std::ptrdiff_t offset(std::size_t i) const {
    std::ptrdiff_t at = 0;
    for (std::size_t d = rank; d-- > 0; i /= extents[d]) {
      at += static_cast<std::ptrdiff_t>(i % extents[d]) * strides[d];
    }
    return at;
  }
  /// Neighbours that one stride walks through become one; dimensions of one element go.
  dimensions joined() const {
    dimensions result;
    for (std::size_t d = 0; d < rank; ++d) {
      const std::size_t last = result.rank - 1;
      if (extents[d] == 1) {
        continue;
      }
      if (result.rank > 0 &&
          result.strides[last] == static_cast<std::ptrdiff_t>(extents[d]) * strides[d]) {
        result.extents[last] *= extents[d];
        result.strides[last] = strides[d];
      } else {
        result.push(extents[d], strides[d]);
      }
    }
    return result;
  }
};

/// The lines of a view, checked.
template <class T>
struct axis_lines {
  const T* data;
  dimensions kept, reduced; // the reduced ones joined
  std::size_t count, length;
};

/// Checks the arguments and finds the lines.
template <class T, class U>
axis_lines<T> lines_along(const char* operation, const nd_view<const T>& x, const axis_list& axes,
                          const vector_view<U>& out) {
  check_view(operation, "x", x);
  check_view(operation, "out", out);
  std::array<bool, max_rank> reduced{};
  for (const std::size_t axis : axes) {
    if (axis >= x.rank || reduced[axis]) {
      invalid(operation, "axis ", axis, " of x ", text(x),
              axis >= x.rank ? " does not exist" : " is named twice");
    }
    reduced[axis] = true;
  }
  dimensions kept, folded;
  for (std::size_t d = 0; d < x.rank; ++d) {
    (reduced[d] ? folded : kept).push(x.extents[d], x.strides[d]);
  }
  const std::size_t count = kept.count();
  if (out.size != count) {
    invalid(operation, "out ", text(out), " for x ", text(x), " needs ", count, " elements");
  }
  if (out.size > 1 && out.stride == 0) {
    invalid(operation, "out ", text(out), " has stride 0");
  }
  if (meet(addresses(x), addresses(matrix_view<U>(out.data, 1, out.size, 0, out.stride)))) {
    invalid(operation, "out ", text(out), " overlaps x ", text(x));
  }
  return {x.data, kept, folded.joined(), count, folded.count()};
}

/// A reference to a callable void(index of a line, the line as a matrix, executor), so that the walk is compiled once
/// for all operations; the callable outlives it.
template <class T>
class line_task_ref {
public:
  template <class F>
    requires(!std::same_as<std::remove_cv_t<F>, line_task_ref>)
  explicit line_task_ref(F& task)
      : object_(const_cast<void*>(static_cast<const void*>(std::addressof(task)))),
        call_([](void* object, std::size_t k, const matrix_view<const T>& line,
                 const executor_ref& exec) { (*static_cast<F*>(object))(k, line, exec); }) {}

  void operator()(std::size_t k, const matrix_view<const T>& line, const executor_ref& exec) const {
    call_(object_, k, line, exec);
  }

private:
  void* object_;
  void (*call_)(void*, std::size_t, const matrix_view<const T>&, const executor_ref&);
};

/// task(k, line k, executor) for every line: where it lies if two strides walk through it, else copied. A single line
/// gets the executor, more are shared out by their length alone.
template <class T>
DETOPS_NOINLINE void for_each_line(const executor_ref& exec, const axis_lines<T>& lines,
                                   const line_task_ref<T>& task) {
  const dimensions& inner = lines.reduced;
  const std::size_t length = lines.length;
  const auto visit = [&](std::size_t k, const executor_ref& with) {
    const T* first = length == 0 ? nullptr : lines.data + lines.kept.offset(k);
    if (length == 0 || inner.rank <= 1) {
      const std::ptrdiff_t stride = inner.rank == 0 ? 1 : inner.strides[0];
      task(k, {first, 1, length, 0, stride}, with);
    } else if (inner.rank == 2) {
      task(k, {first, inner.extents[0], inner.extents[1], inner.strides[0], inner.strides[1]},
           with);
    } else {
      const scratch<T> copy(length);
      for (std::size_t i = 0; i < length; ++i) {
        copy[i] = first[inner.offset(i)];
      }
      task(k, {copy.data(), 1, length}, with);
    }
  };
  if (lines.count == 1) {
    visit(0, exec);
    return;
  }
  const executor_ref serial(seq);
  for_each_block(exec, lines.count,
                 std::max<std::size_t>(1, 16384 / std::max<std::size_t>(length, 1)),
                 [&](std::size_t first, std::size_t last) {
                   for (std::size_t k = first; k < last; ++k) {
                     visit(k, serial);
                   }
                 });
}

} // namespace detail
} // namespace detops::inline DETOPS_ISA

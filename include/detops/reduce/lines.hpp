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

/// Where the elements of dimensions stand, one after the other in row-major order, from element i on.
class dimension_walk {
public:
  dimension_walk(const dimensions& over, std::size_t i) : over_(over) {
    for (std::size_t d = over.rank; d-- > 0; i /= over.extents[d]) {
      at_[d] = i % over.extents[d];
      offset_ += static_cast<std::ptrdiff_t>(at_[d]) * over.strides[d];
    }
  }
  std::ptrdiff_t offset() const { return offset_; }
  void advance() {
    for (std::size_t d = over_.rank; d-- > 0; at_[d] = 0) {
      offset_ += over_.strides[d];
      if (++at_[d] < over_.extents[d]) {
        return;
      }
      offset_ -= static_cast<std::ptrdiff_t>(over_.extents[d]) * over_.strides[d];
    }
  }

private:
  const dimensions& over_;
  std::array<std::size_t, max_rank> at_{};
  std::ptrdiff_t offset_ = 0;
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

/// task(k, line k, executor) for every line: where it lies if two strides walk through it, else copied. A single line
/// gets the executor, more are shared out by their length alone.
template <class T, class Task>
void for_each_line(const executor_ref& exec, const axis_lines<T>& lines, const Task& task) {
  const dimensions& inner = lines.reduced;
  const std::size_t length = lines.length;
  using line = matrix_view<const T>;
  const auto visit = [&](std::size_t k, std::ptrdiff_t offset, const executor_ref& with) {
    const T* first = length == 0 ? nullptr : lines.data + offset;
    if (length == 0 || inner.rank <= 1) {
      const std::ptrdiff_t stride = inner.rank == 0 ? 1 : inner.strides[0];
      task(k, line(first, 1, length, 0, stride), with);
    } else if (inner.rank == 2) {
      task(k, line(first, inner.extents[0], inner.extents[1], inner.strides[0], inner.strides[1]),
           with);
    } else {
      const scratch<T> copy(length);
      dimension_walk from(inner, 0);
      for (std::size_t i = 0; i < length; ++i, from.advance()) {
        copy[i] = first[from.offset()];
      }
      task(k, line(copy.data(), 1, length), with);
    }
  };
  if (lines.count == 1) {
    visit(0, 0, exec);
    return;
  }
  const executor_ref serial(seq);
  for_each_block(exec, lines.count,
                 std::max<std::size_t>(1, 16384 / std::max<std::size_t>(length, 1)),
                 [&](std::size_t first, std::size_t last) {
                   dimension_walk at(lines.kept, first);
                   for (std::size_t k = first; k < last; ++k, at.advance()) {
                     visit(k, at.offset(), serial);
                   }
                 });
}

} // namespace detail
} // namespace detops::inline DETOPS_ISA

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Reductions of views of up to four dimensions along any of their axes.
#pragma once

#include <algorithm>
#include <span>

#include <detops/core/nd_view.hpp>
#include <detops/core/scratch.hpp>
#include <detops/reduce/axis.hpp>
#include <detops/reduce/axis_extrema.hpp>

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

/// out[k] = line(executor, matrix of the reduced elements) for every index of the kept axes, in row-major order.
template <executor E, class T, class U, class Line>
void along_axes(const char* operation, E& exec, const nd_view<const T>& x, const axis_list& axes,
                const vector_view<U>& out, bool needs_elements, const Line& line) {
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
  const std::size_t lines = kept.count(), length = folded.count();
  if (out.size != lines) {
    invalid(operation, "out ", text(out), " for x ", text(x), " needs ", lines, " elements");
  }
  if (out.size > 1 && out.stride == 0) {
    invalid(operation, "out ", text(out), " has stride 0");
  }
  if (meet(addresses(x), addresses(matrix_view<U>(out.data, 1, out.size, 0, out.stride)))) {
    invalid(operation, "out ", text(out), " overlaps x ", text(x));
  }
  if (needs_elements && length == 0 && lines != 0) {
    invalid(operation, "the reduced axes have no elements, so no result exists");
  }
  const dimensions inner = folded.joined();
  const auto value = [&](std::size_t k, auto& with) {
    const T* first = length == 0 ? nullptr : x.data + kept.offset(k);
    if (length == 0 || inner.rank <= 1) {
      const std::ptrdiff_t stride = inner.rank == 0 ? 1 : inner.strides[0];
      out[k] = line(with, matrix_view<const T>(first, 1, length, 0, stride));
    } else if (inner.rank == 2) {
      out[k] = line(with, matrix_view<const T>(first, inner.extents[0], inner.extents[1],
                                               inner.strides[0], inner.strides[1]));
    } else {
      const scratch<T> copy(length);
      for (std::size_t i = 0; i < length; ++i) {
        copy[i] = first[inner.offset(i)];
      }
      out[k] = line(with, matrix_view<const T>(copy.data(), 1, length));
    }
  };
  if (lines == 1) {
    value(0, exec);
    return;
  }
  for_each_block(exec, lines, std::max<std::size_t>(1, 16384 / std::max<std::size_t>(length, 1)),
                 [&](std::size_t first, std::size_t last) {
                   for (std::size_t k = first; k < last; ++k) {
                     value(k, seq);
                   }
                 });
}

} // namespace detail

/// The sums along axes.
///
///   x        a view of one to four dimensions, any strides
///   axes     those that are summed over, for instance {0, 2}; all or none of them too
///   out      one element for every index of the other axes, in row-major order; must not lie within x's addresses
///   policy   pairwise (default), kahan, wide or exact
///
/// Every element of out has the bits of sum() over its elements in row-major order of the reduced axes (contract,
/// section 2). Throws std::invalid_argument, before anything is written, for an axis that x does not have or that is
/// named twice, a wrong size of out, an overlap, or null data with elements. Else as sum.
template <executor E, class T, vector_like Out, sum_policy Policy = pairwise_t>
  requires floating<std::remove_const_t<T>>
void sum(E&& exec, const nd_view<T>& x, const axis_list& axes, Out&& out, Policy policy = {}) {
  detail::along_axes<E, std::remove_const_t<T>>(
      "sum", exec, x, axes, detail::as_vector_output(out), false,
      [&](auto& with, const auto& line) { return sum(with, line, policy); });
}
/// The means along axes; as the sums.
template <executor E, class T, vector_like Out, sum_policy Policy = pairwise_t>
  requires floating<std::remove_const_t<T>>
void mean(E&& exec, const nd_view<T>& x, const axis_list& axes, Out&& out, Policy policy = {}) {
  detail::along_axes<E, std::remove_const_t<T>>(
      "mean", exec, x, axes, detail::as_vector_output(out), false,
      [&](auto& with, const auto& line) { return mean(with, line, policy); });
}
/// The largest elements along axes; as the sums. Throws too where the reduced axes have no elements.
template <executor E, class T, vector_like Out>
  requires detail::ordered<std::remove_const_t<T>>
void max(E&& exec, const nd_view<T>& x, const axis_list& axes, Out&& out) {
  detail::along_axes<E, std::remove_const_t<T>>(
      "max", exec, x, axes, detail::as_vector_output(out), true,
      [&](auto& with, const auto& line) { return static_cast<element_t<Out>>(max(with, line)); });
}
/// The smallest elements along axes; as the largest.
template <executor E, class T, vector_like Out>
  requires detail::ordered<std::remove_const_t<T>>
void min(E&& exec, const nd_view<T>& x, const axis_list& axes, Out&& out) {
  detail::along_axes<E, std::remove_const_t<T>>(
      "min", exec, x, axes, detail::as_vector_output(out), true,
      [&](auto& with, const auto& line) { return static_cast<element_t<Out>>(min(with, line)); });
}
/// The positions of the largest elements, row-major among the reduced axes, in out's integer type; as the largest.
template <executor E, class T, vector_like Out>
  requires detail::ordered<std::remove_const_t<T>>
void argmax(E&& exec, const nd_view<T>& x, const axis_list& axes, Out&& out) {
  detail::along_axes<E, std::remove_const_t<T>>(
      "argmax", exec, x, axes, detail::as_vector_output(out), true,
      [&](auto& with, const auto& line) {
        return static_cast<element_t<Out>>(argmax(with, line));
      });
}
/// The positions of the smallest elements; as those of the largest.
template <executor E, class T, vector_like Out>
  requires detail::ordered<std::remove_const_t<T>>
void argmin(E&& exec, const nd_view<T>& x, const axis_list& axes, Out&& out) {
  detail::along_axes<E, std::remove_const_t<T>>(
      "argmin", exec, x, axes, detail::as_vector_output(out), true,
      [&](auto& with, const auto& line) {
        return static_cast<element_t<Out>>(argmin(with, line));
      });
}

/// Each of them without an executor: serial.
template <class T, vector_like Out, sum_policy Policy = pairwise_t>
void sum(const nd_view<T>& x, const axis_list& axes, Out&& out, Policy policy = {}) {
  sum(seq, x, axes, out, policy);
}
template <class T, vector_like Out, sum_policy Policy = pairwise_t>
void mean(const nd_view<T>& x, const axis_list& axes, Out&& out, Policy policy = {}) {
  mean(seq, x, axes, out, policy);
}
template <class T, vector_like Out>
void max(const nd_view<T>& x, const axis_list& axes, Out&& out) {
  max(seq, x, axes, out);
}
template <class T, vector_like Out>
void min(const nd_view<T>& x, const axis_list& axes, Out&& out) {
  min(seq, x, axes, out);
}
template <class T, vector_like Out>
void argmax(const nd_view<T>& x, const axis_list& axes, Out&& out) {
  argmax(seq, x, axes, out);
}
template <class T, vector_like Out>
void argmin(const nd_view<T>& x, const axis_list& axes, Out&& out) {
  argmin(seq, x, axes, out);
}

} // namespace detops::inline DETOPS_ISA

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// max, min, argmax and argmin of all elements.
#pragma once

#include <detops/core/element.hpp>
#include <detops/core/scratch.hpp>
#include <detops/core/view.hpp>
#include <detops/exec/executor.hpp>
#include <detops/simd/fold.hpp>
#include <detops/simd/simd.hpp>
#include <detops/simd/widen.hpp>

namespace detops::inline DETOPS_ISA {
namespace detail {

/// What has a largest element.
template <class T>
concept ordered = floating<T> || std::integral<T>;

/// Integers in the order of the numbers, -0 just below +0. Not for NaN.
template <ordered T>
constexpr auto order_key(const T& element) {
  if constexpr (std::integral<T>) {
    return element;
  } else {
    const auto value = widen(element);
    using C = compute_t<T>;
    const uint_of<C> bits = to_bits(value);
    const bool negative = (bits & sign_bit<C>) != 0;
    return static_cast<int_of<C>>(negative ? ~bits ^ sign_bit<C> : bits);
  }
}
template <ordered T>
constexpr bool is_nan_element(const T& element) {
  if constexpr (std::integral<T>) {
    return false;
  } else {
    return is_nan(widen(element));
  }
}

/// Which of two values wins: NaN, then the larger (or smaller) one.
struct maximum {
  /// The larger of two numbers; either zero of both, anything of a NaN.
  template <class V>
  static DETOPS_ALWAYS_INLINE V of_numbers(const V& a, const V& b) {
    return simd::larger(a, b);
  }
  template <ordered T>
  static bool better(const T& a, const T& b) {
    return !is_nan_element(b) && (is_nan_element(a) || order_key(a) > order_key(b));
  }
};
struct minimum {
  template <class V>
  static DETOPS_ALWAYS_INLINE V of_numbers(const V& a, const V& b) {
    return simd::smaller(a, b);
  }
  template <ordered T>
  static bool better(const T& a, const T& b) {
    return !is_nan_element(b) && (is_nan_element(a) || order_key(a) < order_key(b));
  }
};

template <class T>
struct extremum {
  T value;
  std::size_t index;
};

/// The best of lanes that are numbers.
template <class Order, class T, std::size_t N>
T best_lane(const simd::lanes<T, N>& x) {
  using R = simd::lanes<T, simd::register_lanes<T>>;
  R best{{x.part[0]}};
  simd::lanes<T, N>::for_each_register(
      [&](auto k) DETOPS_INLINE_LAMBDA { best = Order::of_numbers(best, R{{x.part[k]}}); });
  const auto halve = [&]<std::size_t Distance>(auto self,
                                               std::integral_constant<std::size_t, Distance>) {
    if constexpr (Distance > 0) {
      best = Order::of_numbers(best, R{{simd::shift_lanes_down<Distance>(best.part[0])}});
      self(self, std::integral_constant<std::size_t, Distance / 2>{});
    }
  };
  halve(halve, std::integral_constant<std::size_t, R::size / 2>{});
  return best.get(0);
}

/// The best of n >= 1 elements; which one it is among equal bits does not matter. Lanes keep the larger (smaller)
/// number and remember NaNs; a zero is looked at again, because -0 and +0 compare equal. (What is passed and returned is
/// in registers, and no arithmetic leaves the function.)
template <class Order, ordered T>
DETOPS_NOINLINE T best_value(const T* data, std::ptrdiff_t stride, std::size_t n) {
  memory_barrier();
  const vector_view<const T> x(data, n, stride);
  T best = x[0];
  std::size_t i = 0;
  if constexpr (real<T>) {
    // eight registers, to hide the latency of a comparison; in two halves that look for NaNs together
    using V = simd::lanes<T, 4 * simd::register_lanes<T>>;
    constexpr std::size_t step = 2 * V::size;
    if (x.stride == 1 && x.size >= step) {
      V left = V::load(x.data), right = V::load(x.data + V::size);
      auto numbers = simd::both_numbers(left, right);
      const auto take = [&](const T* from) DETOPS_INLINE_LAMBDA {
        const V next_left = V::load(from), next_right = V::load(from + V::size);
        numbers = simd::mask_and(numbers, simd::both_numbers(next_left, next_right));
        left = Order::of_numbers(left, next_left);
        right = Order::of_numbers(right, next_right);
      };
      for (i = step; x.size - i >= step; i += step) {
        take(x.data + i);
      }
      if (i < x.size) {
        take(x.data + x.size - step); // the end, of which some were seen
      }
      if (!simd::all(numbers)) {
        return canonical_nan<T>();
      }
      best = best_lane<Order>(Order::of_numbers(left, right));
      if (best != 0) {
        return best;
      }
      i = 0;
    }
  }
  for (; i < x.size; ++i) {
    best = Order::better(x[i], best) ? x[i] : best;
  }
  if constexpr (floating<T>) {
    best = narrow<T>(widen(best)); // the canonical NaN
  }
  memory_barrier();
  return best;
}

/// Elements that are searched before it is asked which of them it was.
inline constexpr std::size_t searched_block = 4096;

/// The best value, and where the first block that holds it begins; x is not empty.
template <class Order, ordered T>
extremum<T> find_block(const vector_view<const T>& x) {
  constexpr std::size_t block = searched_block;
  extremum<T> best{x[0], 0};
  for (std::size_t first = 0; first < x.size; first += block) {
    const T value = best_value<Order>(&x[first], x.stride, std::min(block, x.size - first));
    if (first == 0 || Order::better(value, best.value)) {
      best = {value, first};
    }
  }
  return best;
}

/// The best value and, where asked for, the lowest index that has it; x is not empty. Blocks are searched for the value
/// first, so only the winner is walked for its index.
template <class Order, ordered T>
extremum<T> find_extremum(const executor_ref& exec, const matrix_view<const T>& x,
                          bool with_index) {
  // lines that are cut by size alone; the lowest index wins among equals because they are compared in order
  constexpr std::size_t block = 65536;
  const matrix_view<const T> lines = long_lines(x);
  const std::size_t cols = lines.cols, pieces = (cols - 1) / block + 1;
  const auto piece = [&](std::size_t line, std::size_t p) {
    const std::size_t first = p * block;
    extremum<T> found =
        find_block<Order>(lines.row(line).subview(first, std::min(block, cols - first)));
    found.index += line * cols + first;
    return found;
  };
  const std::size_t count = lines.rows * pieces;
  extremum<T> best{};
  bool started = false;
  const auto consider = [&](const extremum<T>& found) {
    best = !started || Order::better(found.value, best.value) ? found : best;
    started = true;
  };
  if (count > 1 && exec.concurrency() > 1) {
    const scratch<extremum<T>> found(count);
    for_each_task(exec, count, [&](std::size_t i) { found[i] = piece(i / pieces, i % pieces); });
    for (std::size_t i = 0; i < count; ++i) {
      consider(found[i]);
    }
  } else {
    for (std::size_t line = 0; line < lines.rows; ++line) {
      for (std::size_t p = 0; p < pieces; ++p) {
        consider(piece(line, p));
      }
    }
  }
  const auto same = [&](const T& element) {
    return is_nan_element(best.value) ? is_nan_element(element)
                                      : order_key(element) == order_key(best.value);
  };
  while (with_index && !same(lines(best.index / cols, best.index % cols))) {
    ++best.index;
  }
  return best;
}

template <class T>
[[noreturn]] DETOPS_NOINLINE void no_extremum(const char* operation, matrix_view<T> x) {
  invalid(operation, "x ", text(x), " has no elements, so no result exists");
}
template <class Order, executor E, class T>
DETOPS_NOINLINE extremum<std::remove_const_t<T>> guarded_extremum(E& exec, matrix_view<T> x,
                                                                  bool with_index) {
  return with_fp_environment(
      [&] { return find_extremum<Order>(executor_ref(exec), x, with_index); });
}
template <class Order, executor E, array_like X>
std::size_t index_of(const char* operation, E& exec, const X& x) {
  const auto view = checked_elements(operation, "x", x);
  if (view.rows == 0 || view.cols == 0) {
    no_extremum(operation, view);
  }
  return guarded_extremum<Order>(exec, view, true).index;
}
/// The value alone; short lines without what guards a longer call.
template <class Order, executor E, array_like X>
DETOPS_ALWAYS_INLINE element_t<X> best_of(const char* operation, E& exec, const X& x) {
  const auto view = checked_elements(operation, "x", x);
  const std::size_t n = view.rows * view.cols;
  if (n == 0) [[unlikely]] {
    no_extremum(operation, view);
  }
  if (is_one_line(view) && n <= searched_block && fp_environment_is_set()) {
    return best_value<Order>(view.data, view.col_stride, n);
  }
  return guarded_extremum<Order>(exec, view, false).value;
}

} // namespace detail

/// The largest element.
///
///   x        n >= 1 floating-point numbers or integers, any strides
///   exec     an executor; it changes the time, never a bit
///
/// Exact. A NaN wins (and is returned as the canonical NaN); -0 < +0. The result does not depend on the
/// order of the elements (contract, section 2). O(n). Throws std::invalid_argument where x has no elements, or
/// null data with a size. There is no policy: nothing is rounded.
template <executor E, array_like X>
  requires detail::ordered<element_t<X>>
element_t<X> max(E&& exec, const X& x) {
  return detail::best_of<detail::maximum>("max", exec, x);
}
template <array_like X>
  requires detail::ordered<element_t<X>>
element_t<X> max(const X& x) {
  return max(seq, x);
}

/// The smallest element; as max, with NaN first and -0 < +0.
template <executor E, array_like X>
  requires detail::ordered<element_t<X>>
element_t<X> min(E&& exec, const X& x) {
  return detail::best_of<detail::minimum>("min", exec, x);
}
template <array_like X>
  requires detail::ordered<element_t<X>>
element_t<X> min(const X& x) {
  return min(seq, x);
}

/// The index of the largest element, counted in row-major order: of the first NaN if there is one, else the
/// lowest index among equal elements (+0 is larger than -0). Else as max.
template <executor E, array_like X>
  requires detail::ordered<element_t<X>>
std::size_t argmax(E&& exec, const X& x) {
  return detail::index_of<detail::maximum>("argmax", exec, x);
}
template <array_like X>
  requires detail::ordered<element_t<X>>
std::size_t argmax(const X& x) {
  return argmax(seq, x);
}

/// The index of the smallest element; as argmax.
template <executor E, array_like X>
  requires detail::ordered<element_t<X>>
std::size_t argmin(E&& exec, const X& x) {
  return detail::index_of<detail::minimum>("argmin", exec, x);
}
template <array_like X>
  requires detail::ordered<element_t<X>>
std::size_t argmin(const X& x) {
  return argmin(seq, x);
}

/// The smallest and the largest element; each as min and max.
template <class T>
struct minmax_result {
  T min;
  T max;
};
template <executor E, array_like X>
  requires detail::ordered<element_t<X>>
minmax_result<element_t<X>> minmax(E&& exec, const X& x) {
  return {detail::best_of<detail::minimum>("minmax", exec, x),
          detail::best_of<detail::maximum>("minmax", exec, x)};
}
template <array_like X>
  requires detail::ordered<element_t<X>>
minmax_result<element_t<X>> minmax(const X& x) {
  return minmax(seq, x);
}

} // namespace detops::inline DETOPS_ISA

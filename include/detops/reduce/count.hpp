// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// count_nonzero, any and all: by the bits of the elements, so the environment of the caller does not matter.
#pragma once

#include <detops/core/element.hpp>
#include <detops/reduce/integers.hpp>

namespace detops::inline DETOPS_ISA {
namespace detail {

/// What may be zero or not.
template <class T>
concept countable = floating<T> || std::integral<T>;

template <countable T>
bool is_nonzero(const T& element) {
  if constexpr (std::integral<T>) {
    return element != T{};
  } else if constexpr (real<T>) {
    return (to_bits(element) & ~sign_bit<T>) != 0;
  } else {
    return (half_bits(element) & 0x7fff) != 0;
  }
}

/// Whether an element is nonzero (Wanted), or zero; every task stops where one has found it.
template <bool Wanted, executor E, class T>
bool exists(E& exec, const matrix_view<const T>& elements) {
  if (elements.rows == 0 || elements.cols == 0) {
    return false;
  }
  const matrix_view<const T> x = long_lines(elements);
  constexpr std::size_t block = 65536, strip = 256;
  const std::size_t pieces = (x.cols - 1) / block + 1;
  bool found = false;
  for_each_task(exec, x.rows * pieces, [&](std::size_t piece) {
    const vector_view<const T> line = x.row(piece / pieces);
    const std::size_t last = std::min(piece % pieces * block + block, x.cols);
    for (std::size_t first = piece % pieces * block; first < last; first += strip) {
      if (__atomic_load_n(&found, __ATOMIC_RELAXED)) {
        return;
      }
      bool here = false;
      for (std::size_t i = first; i < std::min(first + strip, last); ++i) {
        here |= is_nonzero(line[i]) == Wanted;
      }
      if (here) {
        __atomic_store_n(&found, true, __ATOMIC_RELAXED);
      }
    }
  });
  return found;
}

template <array_like X>
auto countable_elements(const char* operation, const X& x) {
  const auto view = as_elements(x);
  check_view(operation, "x", view);
  return view;
}

} // namespace detail

/// How many elements are not zero.
///
///   x        n floating-point numbers or integers, any strides
///   exec     an executor; it changes the time, never the result
///
/// -0 is zero, NaN is not, subnormal numbers are not. O(n). Throws std::invalid_argument for null data with a size.
template <executor E, array_like X>
  requires detail::countable<element_t<X>>
std::size_t count_nonzero(E&& exec, const X& x) {
  const auto step = [](std::uint64_t total, const auto& value) {
    return total + (detail::is_nonzero(value) ? 1 : 0);
  };
  return static_cast<std::size_t>(detail::reduce_integers(
      exec, 0, step, detail::add_words, detail::countable_elements("count_nonzero", x)));
}
template <array_like X>
  requires detail::countable<element_t<X>>
std::size_t count_nonzero(const X& x) {
  return count_nonzero(seq, x);
}

/// Whether an element is not zero; of nothing: false. Stops at the first one. Else as count_nonzero.
template <executor E, array_like X>
  requires detail::countable<element_t<X>>
bool any(E&& exec, const X& x) {
  return detail::exists<true>(exec, detail::countable_elements("any", x));
}
template <array_like X>
  requires detail::countable<element_t<X>>
bool any(const X& x) {
  return any(seq, x);
}

/// Whether no element is zero; of nothing: true. Stops at the first zero. Else as count_nonzero.
template <executor E, array_like X>
  requires detail::countable<element_t<X>>
bool all(E&& exec, const X& x) {
  return !detail::exists<false>(exec, detail::countable_elements("all", x));
}
template <array_like X>
  requires detail::countable<element_t<X>>
bool all(const X& x) {
  return all(seq, x);
}

} // namespace detops::inline DETOPS_ISA

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// shuffle and permutation (contract, section 6).
#pragma once

#include <concepts>
#include <cstdint>
#include <limits>
#include <vector>

#include <detops/random/distribute.hpp>

namespace detops::inline DETOPS_ISA {
namespace detail {

/// Other elements change places by swaps along the cycles of a permutation that is made first.
template <class Index, class E, class X>
void shuffle_by_cycles(E& exec, const random_key& key, const X& x, std::size_t n) {
  const uninitialised<Index> order("shuffle", n);
  Index* const from = order.data();
  for (std::size_t i = 0; i < n; ++i) {
    from[i] = static_cast<Index>(i);
  }
  {
    const uninitialised<Index> buffer("shuffle", n);
    shuffle_root(exec, key, contiguous_elements<Index>{from},
                 contiguous_elements<Index>{buffer.data()}, n);
  }
  for (std::size_t start = 0; start < n; ++start) {
    std::size_t i = start;
    while (from[i] != start) {
      const std::size_t next = from[i];
      from[i] = static_cast<Index>(i);
      swap_elements(x[i], x[next]);
      i = next;
    }
    from[i] = static_cast<Index>(i);
  }
}

template <class T, class E, class X>
void shuffle_elements(E& exec, const random_key& user_key, const X& x, std::size_t n) {
  const random_key key = child_of(user_key, child_purpose::shuffle, 0);
  if (n <= largest_leaf) {
    for_each_task(exec, n > 1, [&](std::size_t) { fisher_yates(key, x, n); });
  } else if constexpr (std::is_trivially_copyable_v<T>) {
    const uninitialised<T> buffer("shuffle", n);
    shuffle_root(exec, key, x, contiguous_elements<T>{buffer.data()}, n);
  } else if (n <= std::numeric_limits<std::uint32_t>::max()) {
    shuffle_by_cycles<std::uint32_t>(exec, key, x, n);
  } else {
    shuffle_by_cycles<std::uint64_t>(exec, key, x, n);
  }
}

} // namespace detail

/// Puts the elements of x in a random order, every order equally likely given uniform words
/// (contract, section 6). Up to 2^20 elements: Fisher and Yates' shuffle, serial, in place. Above:
/// a stable distribution by random digits into buckets, each then shuffled alone, in parallel (Rao,
/// 1961, and Sandelius, 1962). Elements are moved, their bits kept. Any executor and number of
/// threads gives the same order. x may be strided. Linear time; above 2^20 elements it allocates
/// n elements (for types that are not trivially copyable: 2n indices) and throws std::bad_alloc
/// before x is touched. Throws std::invalid_argument for a stream with its top bit set and null
/// data.
template <executor E, class X>
  requires detail::random_output<X, element_t<X>> && std::movable<element_t<X>>
void shuffle(E&& exec, const random_key& key, X&& x) {
  using T = element_t<X>;
  const vector_view<T> view = detail::as_vector_output(x);
  detail::check_key("shuffle", key);
  detail::check_view("shuffle", "x", view);
  if (view.stride == 0 && view.size > 1) {
    detail::invalid("shuffle", "x ", detail::text(view), " has stride 0: its elements are one");
  }
  if (view.stride == 1) {
    detail::shuffle_elements<T>(exec, key, detail::contiguous_elements<T>{view.data}, view.size);
  } else {
    detail::shuffle_elements<T>(exec, key, detail::strided_elements<T>{view.data, view.stride},
                                view.size);
  }
}
template <class X>
  requires detail::random_output<X, element_t<X>> && std::movable<element_t<X>>
void shuffle(const random_key& key, X&& x) {
  shuffle(seq, key, x);
}

/// The shuffle of 0, 1, ... n - 1. Throws std::invalid_argument where Index cannot hold n - 1; the
/// rest as shuffle.
template <random_integer Index = std::uint64_t, executor E>
[[nodiscard]] std::vector<Index> permutation(E&& exec, const random_key& key, std::size_t n) {
  detail::check_key("permutation", key);
  if (n != 0 && n - 1 > static_cast<std::uint64_t>(std::numeric_limits<Index>::max())) {
    detail::invalid("permutation", "the index type cannot hold ", n - 1);
  }
  if (n > std::numeric_limits<std::ptrdiff_t>::max() / sizeof(Index)) {
    detail::invalid("permutation", n, " indices are larger than the address space");
  }
  std::vector<Index> order(n);
  Index* const data = order.data();
  detail::for_each_block(exec, n, detail::fill_block, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      data[i] = static_cast<Index>(i);
    }
  });
  detail::shuffle_elements<Index>(exec, key, detail::contiguous_elements<Index>{data}, n);
  return order;
}
template <random_integer Index = std::uint64_t>
[[nodiscard]] std::vector<Index> permutation(const random_key& key, std::size_t n) {
  return permutation<Index>(seq, key, n);
}

} // namespace detops::inline DETOPS_ISA

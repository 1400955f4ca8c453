// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The leaf of shuffle: Fisher and Yates' shuffle (Durstenfeld's form; Knuth, TAOCP 2, algorithm P)
// with all targets drawn ahead in lanes.
#pragma once

#include <concepts>
#include <ranges>
#include <type_traits>
#include <utility>

#include <detops/random/discrete.hpp>

namespace detops::inline DETOPS_ISA {
namespace detail {

/// Elements without gaps, indexed as a vector_view is.
template <class T>
struct contiguous_elements {
  T* data;
  T& operator[](std::size_t i) const { return data[i]; }
  contiguous_elements from(std::size_t first) const { return {data + first}; }
};
template <class T>
struct strided_elements {
  T* data;
  std::ptrdiff_t stride;
  T& operator[](std::size_t i) const { return data[static_cast<std::ptrdiff_t>(i) * stride]; }
  strided_elements from(std::size_t first) const { return {&(*this)[first], stride}; }
};

/// bounded(key, i, i + 1) for consecutive i below 2^32 - 1, a batch at a time.
class swap_targets {
public:
  static constexpr std::size_t batch = 256;

  explicit swap_targets(const random_key& key) : key_(key), blocks_(key.seed, key.stream) {
    std::uint64_t pair[2 * philox_lanes::count];
    for (std::size_t k = 0; k < 2 * philox_lanes::count; ++k) {
      pair[k] = (2 * k + 1) | std::uint64_t{2 * k + 2} << 32;
    }
    bounds_ = V::load(pair);
  }

  /// targets[k] = that of first + k for k < batch; first is a multiple of batch.
  DETOPS_NOINLINE void draw(std::size_t first, std::uint32_t* targets) {
    for (std::size_t k = 0; k < batch; k += step_size) {
      draw_step(static_cast<std::uint32_t>(first + k), targets + k);
    }
  }

private:
  using V = philox_lanes::output;
  static constexpr std::size_t step_size = 4 * philox_lanes::count;
  static_assert(batch % step_size == 0);

  DETOPS_ALWAYS_INLINE void draw_step(std::uint32_t first, std::uint32_t* targets) {
    const V n = simd::add(bounds_, V::broadcast(first | std::uint64_t{first} << 32));
    const auto scaled = scale_words(blocks_(first / 4), n);
    scaled.value.store(targets);
    if (simd::any(simd::less(scaled.rest, simd::words(n)))) [[unlikely]] {
      check(first, scaled.rest, targets);
    }
  }

  /// Some rest is below its n, so perhaps below 2^32 mod n.
  DETOPS_NOINLINE void check(std::uint32_t first, const simd::lanes<std::uint32_t, step_size>& rest,
                             std::uint32_t* targets) const {
    std::uint32_t rests[step_size];
    rest.store(rests);
    for (std::size_t k = 0; k < step_size; ++k) {
      const std::uint64_t i = first + k;
      if (rests[k] < two_32 % (i + 1)) {
        targets[k] = static_cast<std::uint32_t>(bounded_retry(key_, i, i + 1));
      }
    }
  }

  random_key key_;
  philox_lanes blocks_;
  V bounds_;
};

template <class T>
DETOPS_ALWAYS_INLINE void swap_elements(T& a, T& b) {
  if constexpr (std::is_trivially_copyable_v<T>) {
    T held = std::move(a);
    a = std::move(b);
    b = std::move(held);
  } else if (&a != &b) {
    std::ranges::swap(a, b);
  }
}

/// step(i, j) for i = n - 1 down to 1 with j = bounded(key, i, i + 1); n <= 2^20. Before that,
/// look(j) for each j of a batch.
template <class Look, class Step>
DETOPS_ALWAYS_INLINE void for_each_swap(const random_key& key, std::size_t n, Look look,
                                        Step step) {
  constexpr std::size_t batch = swap_targets::batch;
  swap_targets source(key);
  std::uint32_t targets[2][batch];
  const auto draw = [&](std::size_t base) DETOPS_INLINE_LAMBDA {
    std::uint32_t* const into = targets[base / batch % 2];
    source.draw(base, into);
    const std::size_t used = n - base < batch ? n - base : batch;
    for (std::size_t k = 0; k < used; ++k) {
      look(into[k]);
    }
  };
  if (n < 2) {
    return;
  }
  std::size_t end = n;
  std::size_t base = (n - 1) / batch * batch;
  draw(base);
  for (;;) {
    if (base != 0) {
      draw(base - batch);
    }
    const std::uint32_t* const from = targets[base / batch % 2];
    const std::size_t first = base == 0 ? 1 : base;
    for (std::size_t i = end; i-- > first;) {
      step(i, from[i - base]);
    }
    if (base == 0) {
      return;
    }
    end = base;
    base -= batch;
  }
}

/// In place.
template <class X>
void fisher_yates(const random_key& key, const X& x, std::size_t n) {
  const X elements = x;
  for_each_swap(
      key, n, [&](std::size_t j) DETOPS_INLINE_LAMBDA { __builtin_prefetch(&elements[j], 1); },
      [&](std::size_t i, std::size_t j)
          DETOPS_INLINE_LAMBDA { swap_elements(elements[i], elements[j]); });
}

/// From x, which is left in disorder, to y: what is final goes straight to its place.
template <class X, class Y>
void fisher_yates_to(const random_key& key, const X& x, const Y& y, std::size_t n) {
  const X from = x;
  const Y to = y;
  for_each_swap(
      key, n, [&](std::size_t j) DETOPS_INLINE_LAMBDA { __builtin_prefetch(&from[j], 1); },
      [&](std::size_t i, std::size_t j) DETOPS_INLINE_LAMBDA {
        auto chosen = std::move(from[j]);
        from[j] = std::move(from[i]);
        to[i] = std::move(chosen);
      });
  if (n != 0) {
    to[0] = std::move(from[0]);
  }
}

} // namespace detail
} // namespace detops::inline DETOPS_ISA

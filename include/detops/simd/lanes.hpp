// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// lanes<T, N>: N logical lanes of T on as many registers as it takes. Lane i is element i in memory,
// whatever the register width, so code above never sees a width.
#pragma once

#include <bit>
#include <utility>

#include <detops/core/unrolled.hpp>
#include <detops/simd/partial.hpp>

namespace detops::inline DETOPS_ISA::simd {

/// Lanes in one row of the reduction tree: 64 bytes (contract, section 2).
template <class T>
inline constexpr std::size_t row_lanes = 64 / sizeof(T);

/// R{f(0), f(1), ...} with compile-time arguments.
template <class R, class F, std::size_t... K>
DETOPS_ALWAYS_INLINE R per_register(F& f, std::index_sequence<K...>) {
  return R{{f(std::integral_constant<std::size_t, K>{})...}};
}

template <class T, std::size_t N>
struct lanes {
  using value_type = T;
  static constexpr std::size_t size = N;
  static constexpr std::size_t width = register_lanes<T>;
  static constexpr std::size_t registers = N / width;
  static_assert(N % width == 0 && N > 0, "lanes fill whole registers");

  batch<T> part[registers];

  static DETOPS_ALWAYS_INLINE lanes load(const T* p) {
    return make([p](auto k)
                    DETOPS_INLINE_LAMBDA { return batch<T>::load_unaligned(p + k * width); });
  }
  static DETOPS_ALWAYS_INLINE lanes broadcast(T value) {
    return make([b = batch<T>(value)](auto) { return b; });
  }
  /// 0, 1, 2, ...
  static DETOPS_ALWAYS_INLINE lanes iota() {
    T values[N];
    for (std::size_t i = 0; i < N; ++i) {
      values[i] = static_cast<T>(i);
    }
    return load(values);
  }
  /// Elements [p, p + count); lanes from `count` on hold `fill` and nothing is read for them.
  static DETOPS_ALWAYS_INLINE lanes load_partial(const T* p, std::size_t count, T fill) {
    return make([=](auto k) DETOPS_INLINE_LAMBDA {
      const std::size_t before = count < k * width ? count : k * width;
      return load_first(p + before, count - before, fill);
    });
  }
  /// Element i at p[i * stride]; lanes from `count` on hold `fill` and nothing is read for them.
  static DETOPS_ALWAYS_INLINE lanes load_strided_partial(const T* p, std::ptrdiff_t stride,
                                                         std::size_t count, T fill) {
    T values[N];
    for (std::size_t i = 0; i < N; ++i) {
      values[i] = i < count ? p[static_cast<std::ptrdiff_t>(i) * stride] : fill;
    }
    return load(values);
  }

  DETOPS_ALWAYS_INLINE void store(T* p) const {
    for_each_register([&](auto k) DETOPS_INLINE_LAMBDA { part[k].store_unaligned(p + k * width); });
  }
  DETOPS_ALWAYS_INLINE void store_partial(T* p, std::size_t count) const {
    for_each_register([&](auto k) DETOPS_INLINE_LAMBDA {
      const std::size_t before = count < k * width ? count : k * width;
      store_first(part[k], p + before, count - before);
    });
  }
  DETOPS_ALWAYS_INLINE T get(std::size_t i) const {
    T values[N];
    store(values);
    return values[i];
  }

  /// The lanes whose register k is f(k); k is a compile-time constant.
  template <class F>
  static DETOPS_ALWAYS_INLINE lanes make(F&& f) {
    return per_register<lanes>(f, std::make_index_sequence<registers>{});
  }
  /// f(0), f(1), ... for the registers, with compile-time arguments.
  static constexpr auto& for_each_register = detail::unrolled<registers>;
};

/// Any lanes<T, N>.
template <class V>
concept any_lanes = std::same_as<V, lanes<typename V::value_type, V::size>>;

/// A truth value per lane.
template <class T, std::size_t N>
struct lane_mask {
  static constexpr std::size_t registers = N / register_lanes<T>;
  batch_mask<T> part[registers];

  template <class F>
  static DETOPS_ALWAYS_INLINE lane_mask make(F&& f) {
    return per_register<lane_mask>(f, std::make_index_sequence<registers>{});
  }
};

// Bits, comparison, selection: no rounding.

#define DETOPS_LANES_BINARY(name, op)                                                              \
  template <class T, std::size_t N>                                                                \
  DETOPS_ALWAYS_INLINE lanes<T, N> name(const lanes<T, N>& a, const lanes<T, N>& b) {              \
    return lanes<T, N>::make(                                                                      \
        [&](auto k) DETOPS_INLINE_LAMBDA { return batch<T>(a.part[k] op b.part[k]); });            \
  }
DETOPS_LANES_BINARY(bit_and, &)
DETOPS_LANES_BINARY(bit_or, |)
DETOPS_LANES_BINARY(bit_xor, ^)
#undef DETOPS_LANES_BINARY

#define DETOPS_LANES_COMPARE(name, expression)                                                     \
  template <class T, std::size_t N>                                                                \
  DETOPS_ALWAYS_INLINE lane_mask<T, N> name(const lanes<T, N>& a, const lanes<T, N>& b) {          \
    return lane_mask<T, N>::make(                                                                  \
        [&](auto k) DETOPS_INLINE_LAMBDA -> batch_mask<T> { return expression; });                 \
  }
DETOPS_LANES_COMPARE(less, a.part[k] < b.part[k])
DETOPS_LANES_COMPARE(less_equal, a.part[k] <= b.part[k])
DETOPS_LANES_COMPARE(greater, b.part[k] < a.part[k])
DETOPS_LANES_COMPARE(equal, a.part[k] == b.part[k])
DETOPS_LANES_COMPARE(not_equal, ~(a.part[k] == b.part[k]))
#undef DETOPS_LANES_COMPARE

template <class T, std::size_t N>
DETOPS_ALWAYS_INLINE lanes<T, N> bit_not(const lanes<T, N>& a) {
  return lanes<T, N>::make([&](auto k) DETOPS_INLINE_LAMBDA { return ~a.part[k]; });
}
template <int K, class T, std::size_t N>
DETOPS_ALWAYS_INLINE lanes<T, N> shift_left(const lanes<T, N>& a) {
  return lanes<T, N>::make([&](auto k) DETOPS_INLINE_LAMBDA { return a.part[k] << K; });
}
/// Arithmetic for signed T, logical for unsigned.
template <int K, class T, std::size_t N>
DETOPS_ALWAYS_INLINE lanes<T, N> shift_right(const lanes<T, N>& a) {
  return lanes<T, N>::make([&](auto k) DETOPS_INLINE_LAMBDA { return a.part[k] >> K; });
}
template <class T, std::size_t N>
DETOPS_ALWAYS_INLINE lanes<T, N> select(const lane_mask<T, N>& mask, const lanes<T, N>& a,
                                        const lanes<T, N>& b) {
  return lanes<T, N>::make(
      [&](auto k) DETOPS_INLINE_LAMBDA { return choose<T>(mask.part[k], a.part[k], b.part[k]); });
}
template <class T, std::size_t N>
DETOPS_ALWAYS_INLINE lane_mask<T, N> mask_and(const lane_mask<T, N>& a, const lane_mask<T, N>& b) {
  return lane_mask<T, N>::make(
      [&](auto k) DETOPS_INLINE_LAMBDA -> batch_mask<T> { return a.part[k] & b.part[k]; });
}
template <class T, std::size_t N>
DETOPS_ALWAYS_INLINE lane_mask<T, N> mask_or(const lane_mask<T, N>& a, const lane_mask<T, N>& b) {
  return lane_mask<T, N>::make(
      [&](auto k) DETOPS_INLINE_LAMBDA -> batch_mask<T> { return a.part[k] | b.part[k]; });
}
template <class T, std::size_t N>
DETOPS_ALWAYS_INLINE lane_mask<T, N> mask_not(const lane_mask<T, N>& a) {
  return lane_mask<T, N>::make([&](auto k)
                                   DETOPS_INLINE_LAMBDA -> batch_mask<T> { return ~a.part[k]; });
}
/// Lanes where neither is a NaN.
template <real T, std::size_t N>
DETOPS_ALWAYS_INLINE lane_mask<T, N> both_numbers(const lanes<T, N>& a, const lanes<T, N>& b) {
  return lane_mask<T, N>::make([&](auto k) DETOPS_INLINE_LAMBDA -> batch_mask<T> {
    return compare_with_nan<true>(a.part[k], b.part[k]);
  });
}
/// All bits of the lanes where one is a NaN, none of the others.
template <real T, std::size_t N>
DETOPS_ALWAYS_INLINE lanes<T, N> nan_bits(const lanes<T, N>& a, const lanes<T, N>& b) {
  return lanes<T, N>::make([&](auto k) DETOPS_INLINE_LAMBDA -> batch<T> {
    using R = typename batch<T>::register_type;
    const batch_mask<T> nan = compare_with_nan<false>(a.part[k], b.part[k]);
    if constexpr (sizeof(nan.data) == sizeof(R)) {
      return std::bit_cast<R>(nan.data);
    } else { // a bit for each lane
      const T all = detail::from_bits<T>(~detail::uint_of<T>{0});
      return choose<T>(nan, batch<T>(all), batch<T>(T{0}));
    }
  });
}
template <class T, std::size_t N>
DETOPS_ALWAYS_INLINE bool any(const lane_mask<T, N>& mask) {
  batch_mask<T> all = mask.part[0];
  lanes<T, N>::for_each_register([&](auto k) DETOPS_INLINE_LAMBDA {
    if constexpr (k > 0) {
      all = all | mask.part[k];
    }
  });
  return any_of<T>(all);
}
template <class T, std::size_t N>
DETOPS_ALWAYS_INLINE bool none(const lane_mask<T, N>& mask) {
  return !any(mask);
}
template <class T, std::size_t N>
DETOPS_ALWAYS_INLINE bool all(const lane_mask<T, N>& mask) {
  return !any(mask_not(mask));
}

/// The same bits as another type of the same width.
template <class U, class T, std::size_t N>
  requires(sizeof(U) == sizeof(T))
DETOPS_ALWAYS_INLINE lanes<U, N> bit_cast_to(const lanes<T, N>& a) {
  using R = typename batch<U>::register_type;
  return lanes<U, N>::make(
      [&](auto k) DETOPS_INLINE_LAMBDA { return batch<U>(std::bit_cast<R>(a.part[k].data)); });
}
/// The same registers seen as elements of another width, in memory order on this machine.
template <class U, class T, std::size_t N>
DETOPS_ALWAYS_INLINE auto register_cast_to(const lanes<T, N>& a) {
  using R = typename batch<U>::register_type;
  return lanes<U, N * sizeof(T) / sizeof(U)>::make(
      [&](auto k) DETOPS_INLINE_LAMBDA { return batch<U>(std::bit_cast<R>(a.part[k].data)); });
}
template <class U, class T, std::size_t N>
  requires(sizeof(U) == sizeof(T))
DETOPS_ALWAYS_INLINE lane_mask<U, N> mask_cast(const lane_mask<T, N>& a) {
  using R = decltype(batch_mask<U>{}.data);
  return lane_mask<U, N>::make([&](auto k) DETOPS_INLINE_LAMBDA -> batch_mask<U> {
    return batch_mask<U>(std::bit_cast<R>(a.part[k].data));
  });
}

} // namespace detops::inline DETOPS_ISA::simd

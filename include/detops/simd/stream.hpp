// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// Stores past the caches, for outputs that no cache holds: a line is written without being read first.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include <detops/simd/register.hpp>

namespace detops::inline DETOPS_ISA::simd {

#if DETOPS_WITH_XSIMD && defined(__SSE2__)

inline constexpr bool has_stream = true;

/// Whether that pays on this CPU: against ordinary stores one thread wrote prefix sums a fifth to a third faster on AMD's
/// Zen 3, and took a fifth (double) to three quarters (float) longer on Intel's Sapphire Rapids.
inline bool stream_pays() {
  __builtin_cpu_init();
  return !__builtin_cpu_is("intel");
}

/// Copies `count` elements; whole lines of `to` go past the caches, and are seen by others after stream_fence alone.
/// Meanwhile as many elements from `ahead` on are fetched: memory that only writes stands half idle.
template <class T>
DETOPS_ALWAYS_INLINE void stream(const T* from, T* to, std::size_t count, const T* ahead) {
  constexpr std::size_t line = 64 / sizeof(T);
  const std::size_t into_line = reinterpret_cast<std::uintptr_t>(to) / sizeof(T) % line;
  const std::size_t head = std::min(count, (line - into_line) % line);
  std::memcpy(to, from, head * sizeof(T));
  std::size_t i = head;
  for (; count - i >= line; i += line) {
    __builtin_prefetch(ahead + i);
    const auto* source = reinterpret_cast<const __m128i*>(from + i);
    auto* target = reinterpret_cast<__m128i*>(to + i);
    const __m128i a = _mm_loadu_si128(source), b = _mm_loadu_si128(source + 1);
    const __m128i c = _mm_loadu_si128(source + 2), d = _mm_loadu_si128(source + 3);
    _mm_stream_si128(target, a);
    _mm_stream_si128(target + 1, b);
    _mm_stream_si128(target + 2, c);
    _mm_stream_si128(target + 3, d);
  }
  std::memcpy(to + i, from + i, (count - i) * sizeof(T));
}
DETOPS_ALWAYS_INLINE void stream_fence() {
  _mm_sfence();
}

#else

inline constexpr bool has_stream = false;
inline bool stream_pays() {
  return false;
}

template <class T>
DETOPS_ALWAYS_INLINE void stream(const T* from, T* to, std::size_t count, const T*) {
  std::memcpy(to, from, count * sizeof(T));
}
DETOPS_ALWAYS_INLINE void stream_fence() {}

#endif

} // namespace detops::inline DETOPS_ISA::simd

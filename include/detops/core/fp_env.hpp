// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The floating-point environment: round to nearest, subnormals kept, for the time of one call.
#pragma once

#include <cfenv>
#include <cstdint>
#include <stdexcept>
#include <type_traits>

#include <detops/core/bits.hpp>
#include <detops/core/check.hpp>

namespace detops::inline DETOPS_ISA {
namespace detail {

// The control word with its rounding mode and flush bits, where the CPU has one that C++ reaches;
// elsewhere the rounding mode through <cfenv>.
#if defined(__SSE2__)
using fp_control = unsigned int;
inline constexpr fp_control fp_control_mask = 0x6000u | 0x8000u | 0x0040u; // RC, FTZ, DAZ
DETOPS_ALWAYS_INLINE fp_control read_fp_control() {
  fp_control word;
  asm volatile("stmxcsr %0" : "=m"(word)::"memory");
  return word;
}
DETOPS_ALWAYS_INLINE void write_fp_control(fp_control word) {
  asm volatile("ldmxcsr %0" ::"m"(word) : "memory");
}
#elif defined(__aarch64__)
using fp_control = std::uint64_t;
inline constexpr fp_control fp_control_mask = // RMode, FZ, FZ16, DN, AH, FIZ
    (3u << 22) | (1u << 24) | (1u << 19) | (1u << 25) | 3u;
DETOPS_ALWAYS_INLINE fp_control read_fp_control() {
  fp_control word;
  asm volatile("mrs %0, fpcr" : "=r"(word)::"memory");
  return word;
}
DETOPS_ALWAYS_INLINE void write_fp_control(fp_control word) {
  asm volatile("msr fpcr, %0" ::"r"(word) : "memory");
}
#else
using fp_control = unsigned int;
inline constexpr fp_control fp_control_mask = ~0u;
inline fp_control read_fp_control() {
  memory_barrier();
  return static_cast<fp_control>(std::fegetround()) ^ static_cast<fp_control>(FE_TONEAREST);
}
inline void write_fp_control(fp_control word) {
  std::fesetround(static_cast<int>(word ^ static_cast<fp_control>(FE_TONEAREST)));
  memory_barrier();
}
#endif

/// True where the compiler has not reassociated: (1 + 2^30) - 2^30 is 0 as written, and 1 only where the
/// two large terms were cancelled, as flags do that no macro shows.
DETOPS_ALWAYS_INLINE bool arithmetic_as_written() {
  float one = 1.0f;
  asm volatile("" : "+m"(one)::"memory");
  const float large = pin(0x1p30f);
  const float cancelled = (one + large) - large; // no pin inside: this is what is asked
  return to_bits(cancelled) == 0;
}

/// True where this thread rounds to nearest even and keeps subnormals.
DETOPS_ALWAYS_INLINE bool default_fp_environment() {
  return (read_fp_control() & fp_control_mask) == 0;
}

/// Sets the IEEE default environment for its lifetime and puts the caller's rounding mode and flush bits
/// back; exception flags raised in between stay raised. Use through with_fp_environment.
class fp_environment_guard {
public:
  DETOPS_ALWAYS_INLINE fp_environment_guard() {
    if (!default_fp_environment() || !arithmetic_as_written()) [[unlikely]] {
      set_default();
    }
  }
  DETOPS_ALWAYS_INLINE ~fp_environment_guard() {
    if (changed_) [[unlikely]] {
      write_fp_control((read_fp_control() & ~fp_control_mask) | saved_);
    }
  }
  fp_environment_guard(const fp_environment_guard&) = delete;
  fp_environment_guard& operator=(const fp_environment_guard&) = delete;

private:
  DETOPS_NOINLINE void set_default() {
    const fp_control word = read_fp_control();
    saved_ = word & fp_control_mask;
    write_fp_control(word & ~fp_control_mask);
    changed_ = true;
    if (!arithmetic_as_written()) {
      write_fp_control(word);
      changed_ = false;
      raise<std::runtime_error>(
          "detops: this file was compiled with flags that change floating-point results "
          "(-funsafe-math-optimizations or a part of it); remove them");
    }
  }

  fp_control saved_ = 0;
  bool changed_ = false;
};

/// Not inlined, and fenced inside: no arithmetic of the body leaves it, in either direction.
template <class Body>
DETOPS_NOINLINE auto isolated(Body& body) {
  memory_barrier();
  if constexpr (std::is_void_v<decltype(body())>) {
    body();
    memory_barrier();
  } else {
    auto result = body();
    memory_barrier();
    return result;
  }
}

/// Runs body() in the IEEE default environment; the caller's is restored after, also on an exception.
template <class Body>
auto with_fp_environment(Body&& body) {
  const fp_environment_guard guard;
  return isolated(body);
}

} // namespace detail
} // namespace detops::inline DETOPS_ISA

// SPDX-FileCopyrightText: the detops authors
// SPDX-License-Identifier: Apache-2.0
//
// The floating-point environment: round to nearest, subnormals kept, for the time of one call. And what the
// compiler makes of arithmetic, where no macro tells.
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
#elif defined(__arm__) && defined(__ARM_FP)
using fp_control = unsigned int;
inline constexpr fp_control fp_control_mask = (3u << 22) | (1u << 24) | (1u << 25); // RMode, FZ, DN
DETOPS_ALWAYS_INLINE fp_control read_fp_control() {
  fp_control word;
  asm volatile("vmrs %0, fpscr" : "=r"(word)::"memory");
  return word;
}
DETOPS_ALWAYS_INLINE void write_fp_control(fp_control word) {
  asm volatile("vmsr fpscr, %0" ::"r"(word) : "memory");
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

/// True where this thread rounds to nearest even and keeps subnormals.
DETOPS_ALWAYS_INLINE bool default_fp_environment() {
  return (read_fp_control() & fp_control_mask) == 0;
}

/// Sets the IEEE default environment for its lifetime and puts the caller's rounding mode and flush bits
/// back; exception flags raised in between stay raised. Use through with_fp_environment.
class fp_environment_guard {
public:
  DETOPS_ALWAYS_INLINE fp_environment_guard() {
    if (!default_fp_environment()) [[unlikely]] {
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
  }

  fp_control saved_ = 0;
  bool changed_ = false;
};

// Flags that no macro shows, as all of clang's but two, are looked for at the first call. What does so is
// static: each file has its own, and asks for itself whichever file the linker took the caller from.

/// True where arithmetic is as written, in the default environment.
[[maybe_unused]] DETOPS_NOINLINE static bool arithmetic_as_written() {
  const auto unknown = [](float value) {
    asm volatile("" : "+m"(value)::"memory");
    return value;
  };
  const float one = unknown(1.0f);
  const float large = unknown(0x1p30f);
  const float zero = unknown(-0.0f);
  const float five = unknown(5.0f);
  const float nan = unknown(canonical_nan<float>());
  const float infinity = from_bits<float>(infinity_bits<float>);
  const float cancelled = (one + large) - large;               // 1 by -fassociative-math
  const float sum = zero + 0.0f;                               // -0 by -fno-signed-zeros
  const float quotient = five / 3.0f;                          // an ulp more by -freciprocal-math
  const bool has_nan = !(nan == nan);                          // -fno-honor-nans
  const bool has_infinity = !(unknown(infinity) < infinity) && // -fno-honor-infinities
                            unknown(infinity) == infinity;
  return to_bits(cancelled) == 0 && to_bits(sum) == 0 &&
         to_bits(quotient) == to_bits(0x1.aaaaaap0f) && has_nan && has_infinity;
}

[[maybe_unused]] static bool arithmetic_is_checked = false;

[[maybe_unused]] DETOPS_NOINLINE static void check_arithmetic() {
  const fp_environment_guard guard;
  if (!arithmetic_as_written()) {
    raise<std::runtime_error>(
        "detops: this file was compiled with flags that change floating-point results; remove "
        "-funsafe-math-optimizations, -fassociative-math, -freciprocal-math, -fno-signed-zeros, "
        "-fno-honor-nans and -fno-honor-infinities");
  }
  __atomic_store_n(&arithmetic_is_checked, true, __ATOMIC_RELAXED);
}

/// Throws std::runtime_error where this file was compiled with flags that change results.
DETOPS_ALWAYS_INLINE void require_arithmetic_as_written() {
  if (!__atomic_load_n(&arithmetic_is_checked, __ATOMIC_RELAXED)) [[unlikely]] {
    check_arithmetic();
  }
}

/// True where a call may compute as it is: nothing to set, nothing to restore.
DETOPS_ALWAYS_INLINE bool fp_environment_is_set() {
  return __atomic_load_n(&arithmetic_is_checked, __ATOMIC_RELAXED) && default_fp_environment();
}

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
  require_arithmetic_as_written();
  const fp_environment_guard guard;
  return isolated(body);
}

} // namespace detail
} // namespace detops::inline DETOPS_ISA
